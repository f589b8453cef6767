"""The shapes in which servers of each kind write answers and errors, as measured and as documented."""

import json
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from cardgen_desktop.domain.profile import ServerKind

from .replies import Piece, Reply, Token

EVENT_STREAM = {"Content-Type": "text/event-stream"}
JSON = {"Content-Type": "application/json"}
DONE = b"data: [DONE]\n\n"
_WORD = re.compile(r"\s*\S+\s*")
_THINKING = {"openrouter": "reasoning", "ollama": "reasoning"}


def tokens_of(text: str) -> list[str]:
    """Text as a model would write it: word by word."""
    return _WORD.findall(text) or ([text] if text else [])


def stream(
    kind: ServerKind,
    text: str,
    *,
    model: str = "model-1",
    finish: str = "stop",
    cost: Decimal | str = "0",
    prompt_tokens: int = 100,
    thinking: str = "",
    with_usage: bool = True,
    pieces: Sequence[str] | None = None,
    name: str = "gen-1",
) -> Reply:
    """A streamed answer as a server of this kind writes it."""
    tokens = tokens_of(text) if pieces is None else list(pieces)
    price = Decimal(cost)
    chunk = _Chunks(kind, model, name)
    thoughts = [Token(chunk.thought(token)) for token in tokens_of(thinking)]
    said = [Token(chunk.text(token)) for token in tokens]
    usage = usage_fields(kind, prompt_tokens, len(said) + len(thoughts), price)
    return Reply(
        headers={**EVENT_STREAM, **({"X-Generation-Id": name} if kind == "openrouter" else {})},
        pieces=(*chunk.beginning(), *thoughts, *said, *chunk.ending(finish, usage if with_usage else None)),
        cost=price,
        prompt_tokens=prompt_tokens,
    )


def usage_fields(kind: ServerKind, prompt: int, output: int, cost: Decimal) -> dict[str, Any]:
    """The `usage` object; its cost is written as it is, digit by digit."""
    fields: dict[str, Any] = {
        "prompt_tokens": prompt,
        "completion_tokens": output,
        "total_tokens": prompt + output,
        "prompt_tokens_details": {"cached_tokens": 0},
    }
    return fields | {"cost": exact(cost), "is_byok": False} if kind == "openrouter" else fields


_EXACT = re.compile(r'"@(-?[0-9.]+)@"')


def exact(number: Decimal) -> str:
    """A number that `dumped` writes with just these digits, which a float would not keep."""
    return f"@{number:f}@"


def dumped(value: Any) -> str:
    """JSON text with exact numbers."""
    return _EXACT.sub(r"\1", json.dumps(value))


def event(value: Any) -> bytes:
    """One event of a stream."""
    return f"data: {value if isinstance(value, str) else dumped(value)}\n\n".encode()


class _Chunks:
    """Writes the chunks of one answer."""

    def __init__(self, kind: ServerKind, model: str, name: str) -> None:
        self._kind = kind
        self._fields = {
            "id": name,
            "object": "chat.completion.chunk",
            "created": 1795406150,
            "model": model,
            **({"provider": "Example"} if kind == "openrouter" else {}),
        }

    def _chunk(self, delta: Any, finish: str | None = None, **more: Any) -> bytes:
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        return event({**self._fields, "choices": [choice], **more})

    def beginning(self) -> list[Piece]:
        """What comes before the first word."""
        if self._kind in ("llamacpp", "gguf"):
            return [self._chunk({"role": "assistant", "content": None}), b":\n\n"]
        if self._kind == "openrouter":
            return [b": OPENROUTER PROCESSING\n\n", self._chunk({"role": "assistant", "content": ""})]
        if self._kind == "textgen":
            return [
                b": ping - 2026-08-22\n\n",
                self._chunk({"role": "assistant", "content": "", "refusal": None}),
            ]
        return [self._chunk({"role": "assistant", "content": ""})] if self._kind == "vllm" else []

    def text(self, token: str) -> bytes:
        """One word of text; KoboldCpp repeats the role every time."""
        role = {"role": "assistant"} if self._kind == "koboldcpp" else {}
        return self._chunk({**role, "content": token})

    def thought(self, token: str) -> bytes:
        """One word of thoughts."""
        return self._chunk({_THINKING.get(self._kind, "reasoning_content"): token})

    def ending(self, finish: str, usage: Mapping[str, Any] | None) -> list[Piece]:
        """What comes after the last word."""
        end = self._chunk({}, finish)
        if usage is None or self._kind == "koboldcpp":
            return [end, DONE]
        return [end, event({**self._fields, "choices": [], "usage": usage}), DONE]


def answer(
    kind: ServerKind,
    text: str,
    *,
    model: str = "model-1",
    finish: str = "stop",
    cost: Decimal | str = "0",
    **message: Any,
) -> Reply:
    """An answer in one piece, as some servers give it although a stream was asked for."""
    choice = {
        "index": 0,
        "finish_reason": finish,
        "message": {"role": "assistant", "content": text, **message},
    }
    usage = usage_fields(kind, 100, len(tokens_of(text)), Decimal(cost))
    body = dumped(
        {"id": "gen-1", "object": "chat.completion", "model": model, "choices": [choice], "usage": usage}
    )
    return Reply(headers=JSON, pieces=(Token(body.encode()),), cost=Decimal(cost), prompt_tokens=100)


def error(
    kind: ServerKind,
    status: int,
    message: str = "",
    *,
    headers: Mapping[str, str] | None = None,
    metadata: Mapping[str, Any] | None = None,
    **fields: Any,
) -> Reply:
    """An error before the first word, in the shape of this kind of server."""
    words = message or f"status {status}"
    body = error_body(kind, status, words, metadata, fields)
    return Reply(status, {**JSON, **(headers or {})}, (dumped(body).encode(),))


def error_body(
    kind: ServerKind, status: int, message: str, metadata: Mapping[str, Any] | None, fields: Mapping[str, Any]
) -> Any:
    """The body of an error."""
    if kind == "lmstudio":
        return {"error": message}
    if kind == "koboldcpp":
        return {"detail": {"error": message, "msg": message, "type": "server_error", **fields}}
    if kind == "textgen" and status == 401:
        return {"detail": "Unauthorized"}
    if kind == "textgen" and status == 422:
        return {"detail": [{"loc": ["body", "messages"], "msg": message, "type": "missing"}]}
    if kind == "openrouter":
        inner = {"code": status, "message": message, **({"metadata": metadata} if metadata else {}), **fields}
        return {"error": inner, "user_id": "user-1"}
    code = status if kind in ("llamacpp", "gguf", "vllm") else None
    return {"error": {"message": message, "type": "server_error", "param": None, "code": code, **fields}}


def html(status: int = 200) -> Reply:
    """A web page."""
    page = b"<!DOCTYPE html>\n<html><head><title>Welcome</title></head><body>It works</body></html>"
    return Reply(status, {"Content-Type": "text/html; charset=utf-8"}, (page,))
