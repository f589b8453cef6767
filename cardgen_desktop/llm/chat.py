"""What is asked of a model, and what comes back piece by piece."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from ..domain.costs import Usage
from ..domain.prompt_style import PromptMessage
from .traits import ResponseForm


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """One question to a model. `max_tokens` bounds the answer.

    `schema` is a JSON schema for the answer, None for free text. How it is enforced is the client's matter;
    where a server enforces nothing, `schema_words` (or a description made from the schema) is added to the
    last message. `extra` are further fields of the body, as the profile has them.
    """

    model: str
    messages: tuple[PromptMessage, ...]
    max_tokens: int
    temperature: float = 0.7
    top_p: float = 0.95
    seed: int | None = None
    schema: Mapping[str, Any] | None = None
    schema_words: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Phase:
    """What happens before the first word: "reading 3,200 tokens". `fraction` is None when nobody knows."""

    text: str
    fraction: float | None = None


@dataclass(frozen=True, slots=True)
class Started:
    """The answer begins. `provider_id` names it at the provider; `form` is how JSON was asked for."""

    provider_id: str = ""
    model: str = ""
    form: ResponseForm = "none"


@dataclass(frozen=True, slots=True)
class TextDelta:
    """More of the answer."""

    text: str


@dataclass(frozen=True, slots=True)
class ThinkingDelta:
    """More of what the model says to itself; it is no part of the answer."""

    text: str


FinishReason = Literal["stop", "length", "content_filter", "error"]


@dataclass(frozen=True, slots=True)
class Ended:
    """The server is done. `usage` is None when it told none; its cost is what the provider said.

    It is told for answers that cannot be used, too, right before the error: they may have been paid.
    """

    finish_reason: FinishReason
    usage: Usage | None = None
    model: str = ""
    provider: str = ""
    provider_id: str = ""


ChatEvent = Phase | Started | TextDelta | ThinkingDelta | Ended
