"""Every fault of the error table at three kinds of servers: its class, the fate of the job, the sentence."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest

from cardgen_desktop.domain.errors import CardgenError, HeldError, ProviderError, TransientError
from cardgen_desktop.domain.failures import FAILURES
from cardgen_desktop.domain.profile import ServerKind
from cardgen_desktop.llm.client import Http, Timeouts
from tests.llm.conftest import KEY, PATIENT, Asker
from tests.support.llm_server import (
    CLOSE,
    HANG,
    RESET,
    FakeModelServer,
    Pause,
    Reply,
    answer,
    error,
    html,
    stream,
)
from tests.support.llm_server.replies import Piece
from tests.support.llm_server.shapes import EVENT_STREAM, JSON, event

KINDS: tuple[ServerKind, ...] = ("openrouter", "openai", "llamacpp")
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


def test_the_matrix_has_28_faults_and_3_kinds() -> None:
    assert len(FAULTS) == 28
    assert len(KINDS) == 3


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", FAULTS)
async def test_a_fault_is_mapped_to_its_class(http: Http, kind: ServerKind, name: str) -> None:
    fault = FAULTS[name]
    async with FakeModelServer(kind) as fake:
        fake.play(fault.reply(kind))
        asker = Asker(http, fake, timeouts=fault.timeouts)
        failure = await asker.failure()
    assert failure.kind == fault.kind
    assert failure.message.startswith(fault.sentence) or fault.sentence in failure.message
    assert FAILURES[failure.kind].actions
    assert len(fake.chats) == 1, "nothing is asked twice by itself"
    assert_fate(failure, fault)


def assert_fate(failure: CardgenError, fault: Fault) -> None:
    """What the error lets become of the job, as the row of its class says."""
    row = FAILURES[fault.kind]
    if fault.retry_after is not None or row.attempts:
        assert isinstance(failure, TransientError)
        assert failure.retry_after == fault.retry_after
        assert failure.attempts == (fault.attempts or row.attempts or 6)
    elif row.fate == "held":
        assert isinstance(failure, HeldError)
        assert (failure.reason, failure.scope) == (row.gate, "Mine")
    else:
        assert isinstance(failure, ProviderError)
    words = f"{failure.message} {failure.details}".lower()
    assert "unknown error" not in words and "cardgen" not in words
    assert KEY not in words


@pytest.mark.parametrize("kind", KINDS)
async def test_a_line_without_end_and_an_answer_without_end_are_refused(http: Http, kind: ServerKind) -> None:
    async with FakeModelServer(kind) as fake:
        fake.play(Reply(headers=EVENT_STREAM, pieces=(b"data: " + b"x" * 70_000, HANG)))
        asker = Asker(http, fake)
        failure = await asker.failure()
        assert failure.kind == "srv.5xx"
        assert "larger than a chat answer can be" in failure.message
        fake.play(Reply(headers=JSON, pieces=(b'{"choices": "', *(b"x" * 2**20,) * 5)))
        assert (await asker.failure()).kind == "srv.5xx"


async def test_a_server_that_drips_bytes_is_as_good_as_silent(http: Http) -> None:
    drip = [piece for _ in range(600) for piece in (b"x", Pause(0.01))]
    async with FakeModelServer() as fake:
        fake.play(Reply(headers=EVENT_STREAM, pieces=drip))
        failure = await Asker(http, fake, timeouts=HASTY).failure()
    assert failure.kind == "time.ttft"


async def test_comments_are_life_but_not_for_ever(http: Http) -> None:
    comments = [piece for _ in range(60) for piece in (b": OPENROUTER PROCESSING\n\n", Pause(0.04))]
    async with FakeModelServer("openrouter") as fake:
        fake.play(stream("openrouter", TEXT).after(*comments))
        assert await Asker(http, fake, timeouts=HASTY).ask() == TEXT
        fake.play(stream("openrouter", TEXT).after(*comments))
        failure = await Asker(http, fake, timeouts=replace(HASTY, total=1.5)).failure()
    assert failure.kind == "time.total"
    assert "Not finished after 1.5 s." in failure.message


async def test_nobody_listens(http: Http) -> None:
    async with FakeModelServer("lmstudio") as fake:
        address = fake.base_url
    failure = await Asker(http, address, "lmstudio", is_local=True).failure()
    port = address.split(":")[2].split("/")[0]
    assert failure.message == f"Can't reach 127.0.0.1:{port} – is LM Studio running?"
    assert isinstance(failure, TransientError) and failure.attempts == 3
    assert isinstance(failure.then, HeldError) and failure.then.reason == "endpoint"
    assert failure.kind == failure.then.kind == "net.refused"


async def test_no_such_name() -> None:
    async with Http(is_online=lambda: True) as http:
        failure = await Asker(http, "http://no-such-name.invalid/v1").failure()
    assert failure.kind == "net.dns"
    assert "no-such-name.invalid" in failure.message


async def test_offline_holds_without_an_attempt() -> None:
    async with Http(is_online=lambda: False) as http:
        failure = await Asker(http, "http://no-such-name.invalid/v1").failure()
    assert failure.kind == "net.offline"
    assert isinstance(failure, HeldError) and (failure.reason, failure.scope) == ("offline", "")


async def test_an_unknown_certificate_is_refused_and_a_trusted_one_is_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from tests.support.llm_server.server import CERTIFICATE

    async with FakeModelServer(tls=True) as fake:
        async with Http() as http:
            failure = await Asker(http, fake).failure()
        assert not fake.requests
        assert failure.kind == "net.tls"
        assert "its certificate is not trusted (self-signed certificate)" in failure.message
        monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
        fake.say(TEXT)
        async with Http() as http:
            assert await Asker(http, fake).ask() == TEXT


async def test_something_that_speaks_no_http(http: Http) -> None:
    async with FakeModelServer() as fake:
        fake.play(Reply(raw=b"SSH-2.0-OpenSSH_9.6\r\nnothing else\r\n\r\n"))
        failure = await Asker(http, fake).failure()
    assert failure.kind == "html.page"
    assert "does not speak HTTP" in failure.message


async def test_an_answer_in_one_piece_is_read_too(http: Http) -> None:
    async with FakeModelServer() as fake:
        fake.play(answer("openai", TEXT))
        asker = Asker(http, fake)
        assert await asker.ask() == TEXT
