"""How each server says that something is wrong, in its own way, and how streams end that nobody ended."""

import json
from typing import Any

import pytest

from cardgen_desktop.domain.profile import ServerKind
from cardgen_desktop.llm.client import Ended, Http, Timeouts
from tests.llm.conftest import Asker
from tests.support.llm_server import CLOSE, HANG, FakeModelServer, Reply, stream
from tests.support.llm_server.replies import Piece
from tests.support.llm_server.shapes import DONE, EVENT_STREAM, JSON, event

TEXT = "Ada keeps the lamp."
OVERFLOW = (
    "Trying to keep the first 5000 tokens when context the overflows. However, the model is loaded "
    "with context length of only 4096 tokens, which is not enough."
)
TOO_LONG = "This model's maximum context length is 8192 tokens. However, you requested 9000 tokens"


def chunk(content: str | None, finish: str | None = None, **more: Any) -> bytes:
    """A chunk of a stream."""
    return event({"choices": [{"index": 0, "delta": {"content": content}, "finish_reason": finish}], **more})


BUSY = {"code": 429, "message": "Rate limit exceeded", "metadata": {"error_type": "rate_limit_exceeded"}}
UPSTREAM = {
    "message": "Provider returned error",
    "code": 429,
    "metadata": {
        "raw": "model-1 is rate-limited upstream",
        "provider_name": "Venice",
        "retry_after_seconds": 17,
    },
}
EXHAUSTED = {
    "message": "No capacity",
    "error_type": "rate_limit_exceeded",
    "http_status": 429,
    "availability": {"code": "capacity_exhausted", "retryable": True, "retry_after": 40},
}

STREAMS: list[tuple[str, ServerKind, list[Piece], str, str]] = [
    (
        "event: error",
        "lmstudio",
        [b"event: error\n", event({"error": {"message": OVERFLOW}})],
        "ctx.overflow",
        "5k",
    ),
    ("a text", "lmstudio", [event({"error": "Model unloaded."})], "srv.5xx", "“Model unloaded.”"),
    ("a bare text", "lmstudio", [b"event: error\ndata: Model crashed.\n\n"], "srv.5xx", "“Model crashed.”"),
    ("nothing", "lmstudio", [], "stream.cut", "before the first word"),
    ("an empty chunk", "ollama", [chunk("Ada keeps "), chunk("")], "stream.cut", "2 words kept."),
    ("it just ends", "koboldcpp", [chunk("Ada keeps ")], "stream.cut", "2 words kept."),
    (
        "an error, then an end",
        "vllm",
        [chunk("Ada "), event({"error": {"message": "EngineDeadError", "code": 500}}), DONE],
        "stream.cut",
        "1 word kept.",
    ),
    (
        "a finish that is an error",
        "openrouter",
        [chunk("Ada "), chunk("", "error", error=BUSY)],
        "stream.cut",
        "Connection dropped. 1 word kept. OpenRouter says: “Rate limit exceeded”",
    ),
    ("an error in a choice", "openrouter", [event({"choices": [{"error": BUSY}]})], "rate.429", "Busy"),
    (
        "a finish without words",
        "openrouter",
        [chunk("Ada "), chunk("", "error")],
        "stream.cut",
        "1 word kept.",
    ),
    ("busy before the text", "openrouter", [event({"error": UPSTREAM})], "rate.429", "asked to wait 17 s."),
    ("no capacity", "openrouter", [event({"error": EXHAUSTED})], "rate.429", "asked to wait 40 s."),
    ("not JSON", "openai", [b"data: {nonsense\n\n"], "srv.5xx", "the answer made no sense"),
    ("not JSON after text", "openai", [chunk("Ada "), b"data: oops\n\n"], "stream.cut", "1 word kept."),
    ("a finish and nothing", "openai", [chunk(None, "stop"), DONE], "out.empty", "returned nothing"),
]


@pytest.mark.parametrize(
    ("kind", "pieces", "expected", "words"), [row[1:] for row in STREAMS], ids=[row[0] for row in STREAMS]
)
async def test_failures_inside_streams(
    http: Http, kind: ServerKind, pieces: list[Piece], expected: str, words: str
) -> None:
    async with FakeModelServer(kind) as fake:
        fake.play(Reply(headers=EVENT_STREAM, pieces=pieces))
        failure = await Asker(http, fake).failure()
    assert failure.kind == expected
    assert words in failure.message


BODIES: list[tuple[ServerKind, int, Any, str, str]] = [
    ("llamacpp", 401, {"error": {"code": 401, "message": "Invalid API Key"}}, "auth.401", "…9f"),
    ("llamacpp", 503, {"error": {"message": "Loading model", "code": 503}}, "srv.5xx", "Loading"),
    ("ollama", 404, {"error": {"message": 'model "x" not found', "code": None}}, "model.404", "not found"),
    ("ollama", 503, {"error": {"message": "server busy, please try again.  "}}, "srv.5xx", "busy"),
    ("lmstudio", 400, {"error": OVERFLOW}, "ctx.overflow", "model takes 4k"),
    ("koboldcpp", 503, {"detail": {"msg": "Server is busy", "type": "x"}}, "srv.5xx", "busy"),
    ("koboldcpp", 401, {"detail": {"error": "Unauthorized", "msg": "No"}}, "auth.401", "…9f"),
    ("textgen", 401, {"detail": "Unauthorized"}, "auth.401", "…9f"),
    ("textgen", 422, {"detail": [{"loc": ["body", "top_p"], "msg": "odd"}]}, "req.400", "body.top_p: odd"),
    ("vllm", 400, {"object": "error", "message": TOO_LONG}, "ctx.overflow", "is 9k tokens; model takes 8k."),
    ("vllm", 404, {"error": {"message": "The model `x` does not exist."}}, "model.404", "no longer"),
    ("openrouter", 404, {"error": {"message": "No endpoints found"}}, "model.404", "No endpoints"),
    ("openrouter", 429, {"error": UPSTREAM}, "rate.429", "“model-1 is rate-limited upstream”"),
]


@pytest.mark.parametrize(("kind", "status", "body", "expected", "words"), BODIES)
async def test_refusals_before_the_first_word(
    http: Http, kind: ServerKind, status: int, body: Any, expected: str, words: str
) -> None:
    async with FakeModelServer(kind) as fake:
        fake.play(Reply(status, JSON, (json.dumps(body).encode(),)))
        failure = await Asker(http, fake).failure()
    assert failure.kind == expected
    assert words in failure.message


async def test_the_text_before_an_error_in_one_piece_is_kept(http: Http) -> None:
    body = {
        "choices": [
            {"message": {"content": "Ada keeps"}, "finish_reason": "error", "error": {"message": "x"}}
        ]
    }
    async with FakeModelServer("openrouter") as fake:
        fake.play(Reply(headers=JSON, pieces=(json.dumps(body).encode(),)))
        asker = Asker(http, fake)
        failure = await asker.failure()
    assert (asker.text, failure.kind) == ("Ada keeps", "stream.cut")


@pytest.mark.parametrize("accident", [CLOSE, HANG])
async def test_a_stream_that_breaks_after_its_last_word_is_whole(http: Http, accident: Any) -> None:
    reply = stream("openai", TEXT).ending(chunk("", "length"), accident)
    soon = Timeouts(connect=30, first=60, idle=1, total=120)
    async with FakeModelServer() as fake:
        fake.play(reply)
        asker = Asker(http, fake, timeouts=soon)
        assert await asker.ask() == TEXT
    assert isinstance(ended := asker.events[-1], Ended)
    assert (ended.finish_reason, ended.usage) == ("length", None)
