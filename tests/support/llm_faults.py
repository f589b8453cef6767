"""Every fault of the error table as a reply of the fake server, and what has to come of it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from cardgen_desktop.domain.profile import ServerKind
from cardgen_desktop.llm.client import Timeouts
from tests.support.llm_server import CLOSE, HANG, RESET, Reply, error, html, stream
from tests.support.llm_server.replies import Piece
from tests.support.llm_server.shapes import EVENT_STREAM, JSON, event

KINDS: tuple[ServerKind, ...] = ("openrouter", "openai", "llamacpp")
PATIENT = Timeouts(connect=30, first=60, idle=60, total=120)
HASTY = Timeouts(connect=30, first=1, idle=60, total=120)
SILENT = Timeouts(connect=30, first=60, idle=1, total=120)
TEXT = "Ada keeps the lamp of the old tower."


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault, and what has to come of it. `retry_after` is what the server asked for."""

    reply: Callable[[ServerKind], Reply]
    kind: str
    sentence: str = ""
    retry_after: float | None = None
    attempts: int | None = None
    timeouts: Timeouts = PATIENT


def _overflow(kind: ServerKind) -> Reply:
    if kind == "llamacpp":
        words = "request (61031 tokens) exceeds the available context size (32000 tokens), try increasing it"
        return error(kind, 400, words, type="exceed_context_size_error", n_prompt_tokens=61031, n_ctx=32000)
    words = (
        "This endpoint's maximum context length is 32000 tokens. However, you requested about 61031 tokens"
    )
    return error(kind, 400, words)


def _mid_stream_error(kind: ServerKind) -> Reply:
    failure = {"error": {"code": "server_error", "message": "Provider disconnected"}, "choices": []}
    return stream(kind, TEXT).ending(event(failure))


def _error(status: int, words: str, **options: Any) -> Callable[[ServerKind], Reply]:
    return lambda kind: error(kind, status, words, **options)


def _ending(*pieces: Piece) -> Callable[[ServerKind], Reply]:
    return lambda kind: stream(kind, TEXT).ending(*pieces)


_WAIT_38 = {"Retry-After": "38"}
_FLAGGED = {"reasons": ["violence"], "flagged_input": "lamp"}
_BUSY_200 = Reply(200, JSON, (b'{"error":{"code":429,"message":"Rate limit exceeded"}}',))
_DAMAGED = b'data: {"choices":[{"delta":{"content":"\xff\xfe"}}]}\n\n'
_DROPPED = "Connection dropped. 8 words kept."
_GONE = "model-1 is no longer offered."

FAULTS: dict[str, Fault] = {
    "401": Fault(_error(401, "No credentials"), "auth.401", "rejected the key ending …9f"),
    "402": Fault(_error(402, "Insufficient credits"), "pay.402", "Out of credits."),
    "402 with a time": Fault(
        _error(402, "Insufficient credits", headers=_WAIT_38), "pay.402", "Out of credits.", retry_after=38
    ),
    "403 moderation": Fault(
        _error(403, "Input was flagged", metadata=_FLAGGED, type="moderation"),
        "auth.403.moderation",
        "The provider blocked this text before generation.",
    ),
    "403": Fault(_error(403, "Not in your region"), "auth.403.other", "This key may not use model-1."),
    "404": Fault(_error(404, "The model `model-1` does not exist"), "model.404", _GONE),
    "400 unknown model": Fault(_error(400, "model-1 is not a valid model ID"), "model.404", _GONE),
    "400": Fault(
        _error(400, "Field 'top_k' must be number"),
        "req.400",
        "The provider didn't accept the request: Field 'top_k' must be number",
    ),
    "400 overflow": Fault(_overflow, "ctx.overflow", "Source is 61k tokens; model takes 32k."),
    "413": Fault(_error(413, "Payload too large"), "ctx.overflow", "Source is longer"),
    "408": Fault(_error(408, "Timed out"), "time.ttft", "No answer in time."),
    "429 with seconds": Fault(
        _error(429, "Rate limit exceeded", headers=_WAIT_38),
        "rate.429",
        "Busy – provider asked to wait 38 s.",
        retry_after=38,
    ),
    "429": Fault(_error(429, "Slow down"), "rate.429", "Busy – "),
    "500": Fault(_error(500, "Internal"), "srv.5xx", "Provider trouble (500).", attempts=2),
    "502": Fault(lambda _: html(502), "srv.5xx", "Provider trouble (502)."),
    "503": Fault(
        _error(503, "Loading model", headers=_WAIT_38), "srv.5xx", "Provider trouble (503).", retry_after=38
    ),
    "529": Fault(_error(529, "Overloaded"), "srv.5xx", "Provider trouble (529)."),
    "200 with an error": Fault(lambda _: _BUSY_200, "rate.429", "Busy – "),
    "error in the stream": Fault(_mid_stream_error, "stream.cut", _DROPPED),
    "cut stream": Fault(_ending(CLOSE), "stream.cut", _DROPPED),
    "stream without an end": Fault(_ending(), "stream.cut", _DROPPED),
    "reset": Fault(_ending(RESET), "stream.cut", "8 words kept."),
    "silence": Fault(_ending(HANG), "time.idle", "No answer for 1 s. Kept 8 words.", timeouts=SILENT),
    "no first word": Fault(
        lambda _: Reply(headers=EVENT_STREAM, pieces=(HANG,)),
        "time.ttft",
        "No answer for 1 s.",
        timeouts=HASTY,
    ),
    "page": Fault(lambda _: html(), "html.page", "That address returned a web page, not an API."),
    "empty": Fault(lambda kind: stream(kind, ""), "out.empty", "The model returned nothing."),
    "refusal": Fault(
        lambda kind: stream(kind, "", finish="content_filter"), "out.refusal", "The model declined."
    ),
    "not UTF-8": Fault(_ending(_DAMAGED), "stream.cut", "The answer came damaged (not UTF-8). Kept 8 words."),
}
