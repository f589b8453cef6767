"""A chunk of a streamed chat answer, or a whole one: what servers send, read leniently.

Only what is used is named, and every part may be missing, null or of another type.
"""

import json
import re
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from .chat import FinishReason

_SURROGATE = re.compile("[\ud800-\udfff]")
_FINISHES: Mapping[str, FinishReason] = {
    "length": "length",
    "max_tokens": "length",
    "max_length": "length",
    "model_length": "length",
    "content_filter": "content_filter",
    "safety": "content_filter",
    "prohibited_content": "content_filter",
    "refusal": "content_filter",
    "error": "error",
}
"""Every other word, such as "stop", "eos" or "tool_calls", is an ordinary end."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="ignore", protected_namespaces=())


def _objects(value: Any) -> list[Any]:
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []


class Choice(_Part):
    """One choice of a chunk; only the first is ever asked for."""

    delta: Any = None
    message: Any = None
    text: Any = None
    finish_reason: Any = None
    error: Any = None

    @property
    def fields(self) -> Mapping[str, Any]:
        """The delta, or the message of an answer that is not streamed."""
        for part in (self.delta, self.message):
            if isinstance(part, Mapping):
                return part
        return {"content": self.text}

    @property
    def finish(self) -> FinishReason | None:
        """How the answer ended, None while it goes on."""
        if not isinstance(self.finish_reason, str) or not self.finish_reason:
            return None
        return _FINISHES.get(self.finish_reason.lower(), "stop")


class Chunk(_Part):
    """One chunk."""

    id: Any = None
    model: Any = None
    provider: Any = None
    choices: Annotated[list[Choice], BeforeValidator(_objects)] = []
    usage: Any = None
    error: Any = None
    prompt_progress: Any = None

    @property
    def failure(self) -> Any:
        """The error it holds, an object or a text; None when all is well."""
        return self.error or next((choice.error for choice in self.choices if choice.error), None)


def chunk_in(text: str) -> Chunk | None:
    """The chunk of a JSON text, None when it is not a JSON object.

    Read a second time by a parser that takes half a character: some servers cut an emoji in two chunks.
    """
    try:
        return Chunk.model_validate_json(text)
    except ValidationError:
        pass
    try:
        return Chunk.model_validate(json.loads(text))
    except (ValidationError, ValueError, RecursionError):
        return None


def whole_characters(text: str) -> tuple[str, str]:
    """Text with halves of characters (surrogates) put together, and a half at its end that waits for more."""
    if text.isascii():
        return text, ""
    rest = text[-1:] if "\ud800" <= text[-1:] <= "\udbff" else ""
    text = text.removesuffix(rest)
    if _SURROGATE.search(text):
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text, rest


def text_of(value: Any) -> str:
    """Text that is a string, or a list of parts that hold some."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return "".join(text_of(part.get("text")) for part in value if isinstance(part, Mapping))
    return ""


def word(value: Any) -> str:
    """A short text such as an id, "" for anything else."""
    return value[:200] if isinstance(value, str) else ""
