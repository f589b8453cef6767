"""Answers without end or sense: each ends as a named failure, or as what can be used of it."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pytest

from cardgen_desktop.llm.client import Ended, Http, Timeouts
from cardgen_desktop.llm.models import list_models
from tests.llm.conftest import Asker
from tests.support.llm_server import FakeModelServer, Reply, error, stream
from tests.support.llm_server.shapes import DONE, EVENT_STREAM, JSON, event

SHORT = Timeouts(connect=30, first=60, idle=60, total=3)


@dataclass
class Endless(Sequence[bytes]):
    """The same piece for ever, after another one.

    Small pieces reach a limit of time, large ones a limit of bytes, however fast the machine is.
    """

    piece: bytes
    first: bytes = b" "

    def __iter__(self) -> Iterator[bytes]:
        yield self.first
        while True:
            yield self.piece

    def __len__(self) -> int:
        return 0

    def __getitem__(self, at: int) -> bytes:  # type: ignore[override]
        return self.piece


def delta(**fields: str) -> bytes:
    return event({"choices": [{"index": 0, "delta": fields}]})


async def test_answer_without_end_is_stopped_at_our_own_limit(http: Http) -> None:
    async with FakeModelServer() as fake:
        fake.play(Reply(headers=EVENT_STREAM, pieces=Endless(delta(content="word "))))
        asker = Asker(http, fake)
        text = await asker.ask(max_tokens=100)
    end = asker.events[-1]
    assert isinstance(end, Ended) and end.finish_reason == "length"
    assert 1000 < len(text) < 5000
    assert not fake.bills[-1].is_whole


@pytest.mark.parametrize(
    ("pieces", "kind"),
    [
        (Endless(delta(content=" \n")), "out.empty"),
        (Endless(delta(reasoning_content="hm " * 300)), "out.truncated"),
        (Endless(b"\n" * 4096), "srv.5xx"),
        (Endless(b" " * 4096), "srv.5xx"),
        (Endless(b" " * 65536, b"{"), "srv.5xx"),
        (Endless(b": still here\n\n"), "time.total"),
        (Endless(delta(content="")), "time.total"),
        ((b"data: " + b"[" * 30_000 + b"\n\n",), "srv.5xx"),
        ((b'data: {"choices":' + b"[" * 20_000 + b"]" * 20_000 + b"}\n\n",), "srv.5xx"),
    ],
)
async def test_endless_and_senseless_answers_are_named(
    http: Http, pieces: Sequence[bytes], kind: str
) -> None:
    async with FakeModelServer() as fake:
        fake.play(Reply(headers=EVENT_STREAM, pieces=pieces))
        failure = await Asker(http, fake, timeouts=SHORT).failure(max_tokens=100)
    assert failure.kind == kind


@pytest.mark.parametrize(
    "usage",
    [
        '"str"',
        "[1]",
        '{"prompt_tokens": 1e999999999}',
        '{"cost": {"a": 1}}',
        '{"x": ' + "9" * 5000 + "}",
        "[[",
    ],
)
async def test_senseless_usage_spoils_no_answer(http: Http, usage: str) -> None:
    body = (
        event({"choices": [{"index": 0, "delta": {"content": "hi"}, "finish_reason": "stop"}]}),
        f'data: {{"choices": [], "usage": {usage}}}\n\n'.encode(),
        DONE,
    )
    async with FakeModelServer() as fake:
        fake.play(Reply(headers=EVENT_STREAM, pieces=body))
        assert await Asker(http, fake).ask() == "hi"


async def test_halves_of_characters_are_put_together(http: Http) -> None:
    async with FakeModelServer() as fake:
        fake.play(stream("openai", "", pieces=["sea \ud83c", "\udf0a end", " \udf0a!"]))
        assert await Asker(http, fake).ask() == "sea 🌊 end \ufffd!"


@pytest.mark.parametrize("wait", ["9" * 400, "-5", "Mon, 99 Foo 99999 00:00:00 GMT", "NaN", "1e309"])
async def test_senseless_waits_are_none(http: Http, wait: str) -> None:
    async with FakeModelServer() as fake:
        fake.play(error("openai", 429, "x" * 3_000_000, headers={"Retry-After": wait}))
        failure = await Asker(http, fake).failure()
    assert failure.kind == "rate.429" and not getattr(failure, "retry_after", None)
    assert len(failure.message) < 600


async def test_lists_of_models_are_bounded(http: Http) -> None:
    many = json.dumps({"data": [{"id": f"m{number}"} for number in range(100_000)]}).encode()
    odd = b'{"data": [1, null, {"id": 5}, {"id": "a", "context_length": 1e999999999, "pricing": [1]}]}'
    async with FakeModelServer("openrouter") as fake:
        server = Asker(http, fake).server
        fake.routes["GET /api/v1/models"] = Reply(200, JSON, (many,))
        assert len(await list_models(http, server)) <= 10_000
        fake.routes["GET /api/v1/models"] = Reply(200, JSON, (odd,))
        assert [model.id for model in await list_models(http, server)] == ["a"]
        fake.routes["GET /api/v1/models"] = Reply(200, JSON, (many[:20], *[b" " * 2**20] * 50, many[20:]))
        with pytest.raises(Exception, match="larger than"):
            await list_models(http, server)
