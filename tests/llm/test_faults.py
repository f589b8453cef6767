"""Every fault of the error table at three kinds of servers: its class, the fate of the job, the sentence."""

from dataclasses import replace

import pytest

from cardgen_desktop.domain.errors import CardgenError, HeldError, ProviderError, TransientError
from cardgen_desktop.domain.failures import FAILURES
from cardgen_desktop.domain.profile import ServerKind
from cardgen_desktop.llm.client import Http
from tests.llm.conftest import KEY, Asker
from tests.support.llm_faults import FAULTS, HASTY, KINDS, TEXT, Fault
from tests.support.llm_server import (
    HANG,
    FakeModelServer,
    Pause,
    Reply,
    answer,
    stream,
)
from tests.support.llm_server.shapes import EVENT_STREAM, JSON


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
    comments = [piece for _ in range(60) for piece in (b": OPENROUTER PROCESSING\n\n", Pause(0.06))]
    async with FakeModelServer("openrouter") as fake:
        fake.play(stream("openrouter", TEXT).after(*comments))
        assert await Asker(http, fake, timeouts=replace(HASTY, first=2)).ask() == TEXT
        fake.play(stream("openrouter", TEXT).after(*comments))
        failure = await Asker(http, fake, timeouts=replace(HASTY, first=2, total=2.5)).failure()
    assert failure.kind == "time.total"
    assert "Not finished after 2.5 s." in failure.message


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
