"""HTTP against real sockets: deadlines, limits, redirects, proxies, closing, and no key anywhere."""

import asyncio
import logging
import time
import traceback
from collections.abc import AsyncIterator

import pytest
from pydantic import SecretStr

from cardgen_desktop.net.http import Http, NetError, Timeouts
from tests.support.llm_server import CLOSE, HANG, FakeModelServer, Reply, stream
from tests.support.waiting import until

KEY = "sk-canary-5d41402abc4b2a76b9719d911017c592"
HEADERS = {"Authorization": SecretStr(f"Bearer {KEY}")}
PATIENT = Timeouts(connect=30, first=60, idle=60, total=120)


@pytest.fixture
async def http() -> AsyncIterator[Http]:
    async with Http(is_online=lambda: True) as http:
        yield http


async def test_fetch_returns_status_headers_and_body(http: Http) -> None:
    async with FakeModelServer() as fake:
        fake.routes["GET /here"] = Reply(418, {"X-Odd": "yes"}, (b"tea", b"pot"))
        answer = await http.fetch("GET", f"{fake.root_url}/here", headers=HEADERS)
    assert (answer.status, answer.body, answer.headers["x-odd"]) == (418, b"teapot", "yes")
    assert fake.requests[0].headers["authorization"] == f"Bearer {KEY}"
    assert fake.requests[0].headers["accept-encoding"] == "identity"


async def test_an_answer_above_the_limit_is_not_read_on(http: Http) -> None:
    async with FakeModelServer() as fake:
        fake.routes["GET /big"] = Reply(200, {}, (b"x" * 5000, HANG))
        with pytest.raises(NetError) as caught:
            await http.fetch("GET", f"{fake.root_url}/big", limit=4000)
    assert caught.value.kind == "too_large"


async def test_a_compressed_answer_is_refused_before_it_unfolds(http: Http) -> None:
    async with FakeModelServer() as fake:
        fake.routes["GET /bomb"] = Reply(200, {"Content-Encoding": "gzip"}, (b"x",))
        with pytest.raises(NetError) as caught:
            await http.fetch("GET", f"{fake.root_url}/bomb")
    assert caught.value.kind == "encoding"


async def test_a_redirect_is_not_followed(http: Http) -> None:
    async with FakeModelServer() as other, FakeModelServer() as fake:
        fake.routes["GET /old"] = Reply(307, {"Location": f"{other.root_url}/new"})
        answer = await http.fetch("GET", f"{fake.root_url}/old", headers=HEADERS)
    assert answer.status == 307
    assert not other.requests


@pytest.mark.parametrize(
    ("timeouts", "kind"),
    [
        (Timeouts(connect=30, first=0.3, idle=60, total=60), "ttft"),
        (Timeouts(connect=30, first=60, idle=60, total=0.3), "total"),
    ],
)
async def test_a_silent_server_runs_into_a_deadline(http: Http, timeouts: Timeouts, kind: str) -> None:
    async with FakeModelServer() as fake:
        for pieces in ((HANG,), (b"half", HANG)):
            fake.routes["GET /slow"] = Reply(200, {}, pieces)
            with pytest.raises(NetError) as caught:
                await http.fetch("GET", f"{fake.root_url}/slow", timeouts=timeouts)
            assert (caught.value.kind, caught.value.silence) == (kind, 0.3)


async def test_a_connection_that_nobody_accepts_runs_into_its_deadline(http: Http) -> None:
    # A socket that is bound and listens, with a queue that is full: the system answers no further connection.
    import socket

    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(0)
        address = listening.getsockname()
        waiting = [socket.socket() for _ in range(4)]
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(address)
        hasty = Timeouts(connect=0.3, first=60, idle=60, total=60)
        with pytest.raises(NetError) as caught:
            await http.fetch("GET", f"http://127.0.0.1:{address[1]}/", timeouts=hasty)
        for one in waiting:
            one.close()
    assert (caught.value.kind, caught.value.silence) == ("connect", 0.3)


async def test_an_answer_that_ends_early_is_cut(http: Http) -> None:
    async with FakeModelServer() as fake:
        fake.routes["GET /cut"] = Reply(200, {}, (b"half", CLOSE))
        with pytest.raises(NetError) as caught:
            await http.fetch("GET", f"{fake.root_url}/cut")
    assert caught.value.kind == "cut"


async def test_leaving_a_stream_closes_its_socket_at_once(http: Http) -> None:
    reply = stream("openai", "word " * 2000).paced(0.01)
    async with FakeModelServer() as fake:
        fake.play(reply)
        async with http.stream(f"{fake.base_url}/chat/completions", body={}, timeouts=PATIENT) as events:
            await anext(events)
            left = time.monotonic()
        await until(lambda: fake.bills[0].closed_at is not None)
    closed = fake.bills[0].closed_at
    assert closed is not None and closed - left < 5
    assert fake.bills[0].tokens < 2000


async def test_a_cancelled_reader_closes_its_socket_too(http: Http) -> None:
    async with FakeModelServer() as fake:
        fake.play(stream("openai", "one two").ending(HANG))

        async def read() -> None:
            async with http.stream(f"{fake.base_url}/chat/completions", body={}, timeouts=PATIENT) as events:
                async for _ in events:
                    pass

        task = asyncio.ensure_future(read())
        await until(lambda: fake.bills and fake.bills[0].tokens == 2)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await until(lambda: fake.bills[0].closed_at is not None)
    assert task.cancelled()


async def test_the_words_of_a_running_stream_come_together(http: Http) -> None:
    """A word that came with the one before it is there at once: the loop calls nobody in between."""
    together, rounds, loop = 0, 0, asyncio.get_running_loop()

    def count() -> None:
        nonlocal rounds
        rounds += 1

    async with FakeModelServer() as fake:
        fake.default = stream("openai", "word " * 60).paced(0.003)
        async with http.stream(f"{fake.base_url}/chat/completions", body={}, timeouts=PATIENT) as answer:
            async for _ in answer:
                answer.has_begun = True
                together += not rounds
                rounds = 0
                loop.call_soon(count)
    assert together > 30


async def test_a_proxy_stands_before_remote_servers_but_not_before_near_ones(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with FakeModelServer() as proxy, FakeModelServer() as fake:
        monkeypatch.setenv("HTTP_PROXY", proxy.root_url)
        monkeypatch.setenv("http_proxy", proxy.root_url)
        monkeypatch.delenv("NO_PROXY", raising=False)
        monkeypatch.delenv("no_proxy", raising=False)
        async with Http() as http:
            await http.fetch("GET", f"{fake.root_url}/v1/models")
            assert not proxy.requests
            await http.fetch("GET", "http://models.example.com/v1/models")
    assert proxy.requests[0].path == "http://models.example.com/v1/models"


async def test_a_proxy_that_cannot_be_used_is_a_failure_with_a_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", "gopher://127.0.0.1:1")
    async with Http() as http:
        with pytest.raises(NetError) as caught:
            await http.fetch("GET", "http://models.example.com/")
    assert caught.value.kind == "refused"


@pytest.mark.parametrize("key", [f"{KEY}\nX-Evil: 1", f"{KEY}…", f"{KEY}\x00"])
async def test_a_key_that_no_header_can_hold_is_not_told(http: Http, key: str) -> None:
    async with FakeModelServer() as fake:
        with pytest.raises(NetError) as caught:
            await http.fetch("GET", fake.root_url, headers={"Authorization": SecretStr(key)})
    assert caught.value.kind == "header"
    assert KEY not in "".join(traceback.format_exception(caught.value))
    assert not fake.requests


async def test_the_key_is_in_no_log_at_debug(http: Http, caplog: pytest.LogCaptureFixture) -> None:
    """Also when somebody turns the loggers of the libraries up one by one, and the server repeats the key."""
    echo = {"X-Echo": KEY, "Set-Cookie": f"key={KEY}"}
    names = ("", "httpx", "httpcore", "httpcore.connection", "httpcore.http11", "httpcore.proxy", "asyncio")
    for name in names:
        caplog.set_level(logging.DEBUG, logger=name)
    async with FakeModelServer() as fake:
        fake.routes["GET /echo"] = Reply(200, echo, (b"fine",))
        fake.routes["GET /cut"] = Reply(200, echo, (b"half", CLOSE))
        await http.fetch("GET", f"{fake.root_url}/echo", headers=HEADERS)
        with pytest.raises(NetError) as caught:
            await http.fetch("GET", f"{fake.root_url}/cut", headers=HEADERS)
    logging.getLogger("httpx").warning("a warning of theirs is still heard")
    assert KEY not in caplog.text
    assert "a warning of theirs" in caplog.text
    assert KEY not in repr(caught.value) + "".join(traceback.format_exception(caught.value))
