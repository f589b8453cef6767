"""The client against a real socket: what it sends, what it reads of every kind, cuts and cancelling."""

import asyncio
import json
import logging
import random
import time
import traceback
from contextlib import aclosing
from decimal import Decimal

import pytest

from cardgen_desktop.domain.errors import HeldError, ProviderError
from cardgen_desktop.domain.profile import Profile, ServerKind
from cardgen_desktop.domain.prompt_style import PromptMessage
from cardgen_desktop.llm.client import Ended, Http, Phase, Started, TextDelta, ThinkingDelta
from cardgen_desktop.llm.server import Server
from cardgen_desktop.llm.traits import TRAITS
from tests.llm.conftest import KEY, Asker, question
from tests.support.llm_server import CLOSE, HANG, FakeModelServer, Pause, Reply, answer, error, stream
from tests.support.llm_server.shapes import EVENT_STREAM, JSON, event
from tests.support.waiting import until

TEXT = "Ada keeps the lamp. “Grüße”, says 世界 🏮, and goes on."


@pytest.mark.parametrize("kind", TRAITS)
async def test_the_stream_of_every_kind_of_server_is_read(http: Http, kind: ServerKind) -> None:
    async with FakeModelServer(kind) as fake:
        fake.say(TEXT, thinking="She is the keeper.", model="model-1b")
        asker = Asker(http, fake)
        assert await asker.ask() == TEXT
    started, *between, ended = asker.events
    assert isinstance(started, Started) and started.model == "model-1b"
    assert isinstance(ended, Ended) and ended.finish_reason == "stop"
    thoughts = [item.text for item in between if isinstance(item, ThinkingDelta)]
    assert "".join(thoughts) == "She is the keeper."
    assert (ended.usage is None) == (kind == "koboldcpp")
    if ended.usage is not None:
        assert (ended.usage.tokens_in, ended.usage.tokens_out) == (100, len(between))


@pytest.mark.parametrize("kind", TRAITS)
async def test_what_is_sent_is_what_the_kind_of_server_takes(http: Http, kind: ServerKind) -> None:
    traits = TRAITS[kind]
    async with FakeModelServer(kind) as fake:
        fake.say(TEXT)
        messages = (
            PromptMessage(role="system", text="Be brief."),
            PromptMessage(role="user", text="Hello \ud800"),
        )
        await Asker(http, fake).ask(
            messages=messages,
            max_tokens=321,
            temperature=0.5,
            top_p=0.9,
            seed=7,
            extra={"top_k": 40, "stream": False, "n": 3, "messages": [], "max_tokens": 9},
        )
        sent = fake.chats[0]
    assert sent.body["messages"] == [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "Hello ?"},
    ]
    known = ("model", "stream", "max_tokens", "temperature", "top_p", "seed", "top_k", "n")
    assert [sent.body.get(name) for name in known] == ["model-1", True, 321, 0.5, 0.9, 7, 40, None]
    assert sent.body.get("stream_options") == ({"include_usage": True} if traits.usage_option else None)
    assert sent.body.get("return_progress") == (True if traits.progress else None)
    assert sent.headers["authorization"] == f"Bearer {KEY}"
    assert sent.headers.get("x-openrouter-title") == ("CardGen Desktop" if kind == "openrouter" else None)


async def test_the_provider_says_what_it_cost_to_the_last_digit(http: Http) -> None:
    cost = "0.00123456789012345678901234"
    async with FakeModelServer("openrouter") as fake:
        fake.say(TEXT, cost=cost, name="gen-77")
        asker = Asker(http, fake)
        await asker.ask()
        assert fake.billed == Decimal(cost)
    ended = asker.events[-1]
    assert isinstance(ended, Ended) and ended.usage is not None
    assert (ended.usage.cost, ended.usage.cost_source) == (Decimal(cost), "provider")
    assert (ended.provider_id, ended.provider) == ("gen-77", "Example")


async def test_the_progress_of_a_prompt_is_told(http: Http) -> None:
    progress = [
        event(
            {"choices": [], "prompt_progress": {"total": 3200, "cache": 0, "processed": done, "time_ms": 9}}
        )
        for done in (1280, 3200)
    ]
    async with FakeModelServer("llamacpp") as fake:
        fake.play(stream("llamacpp", TEXT).after(*progress))
        asker = Asker(http, fake)
        assert await asker.ask() == TEXT
    phases = [item for item in asker.events if isinstance(item, Phase)]
    assert phases == [Phase("reading 3,200 tokens", 0.4), Phase("reading 3,200 tokens", 1.0)]


async def test_usage_on_the_finish_chunk_and_odd_chunks_are_taken_as_they_come(http: Http) -> None:
    """Null choices and deltas, parts in place of text, ids that are numbers, an end without [DONE]."""
    chunks = [
        {"id": 7, "choices": None},
        {"choices": [{"delta": None, "finish_reason": None}]},
        {"choices": ["noise", {"delta": {"content": [{"type": "text", "text": "Ada "}]}}]},
        {"choices": [{"delta": {"content": "sings."}, "finish_reason": ""}]},
        {
            "choices": [{"delta": {"content": None}, "finish_reason": "length"}],
            "usage": {"prompt_tokens": 5, "completion_tokens": "2", "cost": float("nan"), "x": 1},
        },
    ]
    async with FakeModelServer() as fake:
        fake.play(Reply(headers=EVENT_STREAM, pieces=[event(json.dumps(chunk)) for chunk in chunks]))
        asker = Asker(http, fake)
        assert await asker.ask() == "Ada sings."
    ended = asker.events[-1]
    assert isinstance(ended, Ended) and ended.usage is not None
    assert (ended.finish_reason, ended.usage.tokens_in, ended.usage.tokens_out) == ("length", 5, 2)
    assert ended.usage.cost is None


@pytest.mark.parametrize(
    "cut", ["<think>She is the keeper.</think>\n\n", "<thinking>She is the keeper.</thinking>"]
)
@pytest.mark.parametrize("size", [1, 3, 1000])
async def test_thoughts_in_the_text_are_kept_apart(http: Http, cut: str, size: int) -> None:
    whole = f"\n{cut}{TEXT} <think>not a thought</think>"
    async with FakeModelServer("koboldcpp") as fake:
        fake.say(whole, pieces=[whole[at : at + size] for at in range(0, len(whole), size)])
        asker = Asker(http, fake)
        assert await asker.ask() == f"{TEXT} <think>not a thought</think>"
    thoughts = [item.text for item in asker.events if isinstance(item, ThinkingDelta)]
    assert "".join(thoughts) == "She is the keeper."


@pytest.mark.parametrize("whole", ["<", "<thin ice", "< think>", "<b>Ada</b>"])
async def test_text_that_only_begins_like_a_tag_is_text(http: Http, whole: str) -> None:
    async with FakeModelServer("koboldcpp") as fake:
        fake.say(whole, pieces=list(whole))
        assert await Asker(http, fake).ask() == whole


async def test_an_answer_in_one_piece_is_read_whatever_it_calls_itself(http: Http) -> None:
    async with FakeModelServer("openrouter") as fake:
        reply = answer("openrouter", TEXT, cost="0.25", reasoning="She is the keeper.")
        fake.play(Reply(headers=EVENT_STREAM, pieces=reply.pieces))
        asker = Asker(http, fake)
        assert await asker.ask() == TEXT
    assert ThinkingDelta("She is the keeper.") in asker.events
    ended = asker.events[-1]
    assert isinstance(ended, Ended) and ended.usage and ended.usage.cost == Decimal("0.25")


async def test_a_stream_that_calls_itself_json_is_read(http: Http) -> None:
    async with FakeModelServer() as fake:
        fake.play(Reply(headers=JSON, pieces=stream("openai", TEXT).pieces))
        assert await Asker(http, fake).ask() == TEXT


async def test_an_answer_that_was_paid_but_cannot_be_used_tells_its_usage_first(http: Http) -> None:
    async with FakeModelServer("openrouter") as fake:
        for finish, kind in (("content_filter", "out.refusal"), ("stop", "out.empty")):
            fake.say("", finish=finish, cost="0.5")
            asker = Asker(http, fake)
            assert (await asker.failure()).kind == kind
            ended = asker.events[-1]
            assert isinstance(ended, Ended) and ended.usage and ended.usage.cost == Decimal("0.5")


async def test_a_refusal_in_its_own_field_is_told(http: Http) -> None:
    chunks = [
        {"choices": [{"delta": {"content": None, "refusal": part}}]} for part in ("I cannot ", "do this.")
    ]
    end = {"choices": [{"delta": {}, "finish_reason": "stop"}]}
    async with FakeModelServer() as fake:
        fake.play(Reply(headers=EVENT_STREAM, pieces=[event(chunk) for chunk in (*chunks, end)]))
        failure = await Asker(http, fake).failure()
    assert isinstance(failure, ProviderError) and failure.kind == "out.refusal"
    assert failure.message.startswith("The model declined.")
    assert "“I cannot do this.”" in failure.message


async def test_an_answer_that_is_all_thoughts_was_cut_off(http: Http) -> None:
    async with FakeModelServer("openrouter") as fake:
        fake.say("", thinking="hm " * 5, finish="length")
        failure = await Asker(http, fake).failure()
    assert failure.kind == "out.truncated"
    assert "thinking" in failure.message


@pytest.mark.parametrize("kind", ["openrouter", "llamacpp", "lmstudio"])
async def test_a_stream_cut_anywhere_yields_a_beginning_of_the_text(http: Http, kind: ServerKind) -> None:
    whole = " ".join(f"{TEXT} {number}" for number in range(20))
    reply = stream(kind, whole, thinking="Let me see.")
    source, size = random.Random(5), len(reply.body)
    offsets = [source.randrange(size) for _ in range(60)]
    lengths = []
    async with FakeModelServer(kind) as fake:
        for offset in offsets:
            fake.play(reply.cut_at(offset))
            asker = Asker(http, fake)
            failure = await asker.failure_or_none()
            words = len(asker.text.split())
            assert failure is None or failure.kind == "stream.cut"
            assert failure is None or not words or f"{words:,} word" in failure.message
            assert whole.startswith(asker.text)
            lengths.append(len(asker.text))
    assert max(lengths) > len(whole) / 2
    assert sorted(lengths) == [length for _, length in sorted(zip(offsets, lengths, strict=True))]


async def test_closing_the_generator_closes_the_socket(http: Http) -> None:
    async with FakeModelServer() as fake:
        fake.play(stream("openai", "word " * 5000).paced(0.01))
        async with aclosing(Asker(http, fake).client.chat(question())) as events:
            async for item in events:
                if isinstance(item, TextDelta):
                    break
        left = time.monotonic()
        await until(lambda: fake.bills[0].closed_at is not None)
        closed, tokens = fake.bills[0].closed_at, fake.bills[0].tokens
        await asyncio.sleep(0.1)
        assert fake.bills[0].tokens == tokens < 5000, "nothing is billed after the close"
    assert closed is not None and closed - left < 5


async def test_cancelling_while_nothing_comes_closes_the_socket(http: Http) -> None:
    async with FakeModelServer() as fake:
        fake.play(Reply(headers=EVENT_STREAM, pieces=(HANG,)))
        asker = Asker(http, fake)
        task = asyncio.ensure_future(asker.ask())
        await until(lambda: fake.bills)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await until(lambda: fake.bills[0].closed_at is not None)


async def test_twenty_streams_at_once_do_not_mix(http: Http) -> None:
    async with FakeModelServer() as fake:
        texts = [f"{number} {TEXT} {number}" for number in range(20)]
        fake.play(*(stream("openai", text).paced(0.001) for text in texts))
        answers = await asyncio.gather(*(Asker(http, fake).ask() for _ in texts))
    assert sorted(answers) == sorted(texts)


async def test_a_redirect_is_no_answer_and_the_key_stays_here(http: Http) -> None:
    async with FakeModelServer() as other, FakeModelServer() as fake:
        fake.play(Reply(308, {"Location": f"{other.base_url}/chat/completions"}))
        failure = await Asker(http, fake).failure()
    assert isinstance(failure, HeldError)
    assert (failure.kind, failure.reason) == ("html.page", "endpoint")
    assert "points to another address" in failure.message
    assert not other.requests


async def test_a_wrong_path_is_about_the_address_and_not_about_the_model(http: Http) -> None:
    bodies = (
        b'{"error":{"code":404,"message":"File Not Found","type":"not_found_error"}}',
        b'{"detail":"Not Found"}',
        b"404 page not found",
        b"",
    )
    async with FakeModelServer() as fake:
        for body in bodies:
            fake.play(Reply(404, JSON, (body,) if body else ()))
            failure = await Asker(http, fake).failure()
            assert failure.kind == "html.page"
            assert "has no chat at this address" in failure.message


async def test_the_key_is_in_no_log_and_no_error(http: Http, caplog: pytest.LogCaptureFixture) -> None:
    for name in ("", "httpx", "httpcore", "httpcore.http11", "httpcore.connection", "cardgen_desktop"):
        caplog.set_level(logging.DEBUG, logger=name)
    echoes = [
        error("openai", status, f"Incorrect key {KEY} (Bearer {KEY})") for status in (400, 401, 403, 429, 500)
    ]
    midway = event({"error": {"message": f"bad {KEY}", "code": 502}})
    async with FakeModelServer() as fake:
        asker = Asker(http, fake)
        for reply in (*echoes, stream("openai", TEXT).ending(midway), stream("openai", TEXT).ending(CLOSE)):
            fake.play(reply)
            failure = await asker.failure()
            shown = f"{failure!r} {failure.message} {failure.details} {vars(failure)}"
            assert KEY not in shown + "".join(traceback.format_exception(failure))
    assert KEY not in caplog.text
    assert KEY not in f"{asker.server!r} {asker.server} {asker.server.model_dump()} {asker.server.headers}"


async def test_a_key_that_cannot_be_sent_is_rejected_here(http: Http) -> None:
    async with FakeModelServer() as fake:
        profile = Profile(name="Mine", kind="openai", base_url=fake.base_url, model="m")
        asker = Asker(http, fake)
        asker.client._server = Server.of(profile, "sk-copied…from a page")
        failure = await asker.failure()
    assert isinstance(failure, HeldError) and failure.kind == "auth.401"
    assert not fake.requests


async def test_a_server_that_asks_for_a_key_says_so_without_one(http: Http) -> None:
    async with FakeModelServer("openrouter", key="right") as fake:
        asker = Asker(http, fake)
        profile = Profile(name="Mine", kind="openrouter", base_url=fake.base_url, model="m")
        asker.client._server = Server.of(profile)
        failure = await asker.failure()
    assert failure.message.startswith("OpenRouter asks for a key, and this profile has none.")


async def test_a_model_that_loads_slowly_is_waited_for_while_it_lives(http: Http) -> None:
    async with FakeModelServer("llamacpp") as fake:
        fake.play(stream("llamacpp", TEXT).after(*(b":\n\n", Pause(0.05)) * 3))
        assert await Asker(http, fake).ask() == TEXT
