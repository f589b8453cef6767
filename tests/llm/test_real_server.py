"""A real model on a real server: the protocol as it is, run by the program's own engine for model files."""

import asyncio
import json
import os
import signal
import time
from contextlib import aclosing

import pytest
from pydantic import SecretStr

from cardgen_desktop.domain.errors import CardgenError
from cardgen_desktop.domain.profile import Profile
from cardgen_desktop.domain.prompt_style import PromptMessage
from cardgen_desktop.llm.client import ChatRequest, Ended, Http, ModelClient, Phase, Started, TextDelta
from cardgen_desktop.llm.connection import check_connection
from cardgen_desktop.llm.discovery import find_servers
from cardgen_desktop.llm.gguf import GgufServers, fitness, read_gguf
from cardgen_desktop.llm.models import list_models
from cardgen_desktop.llm.server import Server
from cardgen_desktop.llm.tokens import TokenCounter
from tests.support.local_llm import CONTEXT, local_llm, weights
from tests.support.memory_facts import MemoryFacts

__all__ = ["local_llm"]

STORY = "Maren keeps the lamp of the lighthouse. Every night she climbs the stairs and trims the wick. "
SCHEMA = {
    "type": "object",
    "properties": {"name": {"type": "string", "maxLength": 40}, "is_keeper": {"type": "boolean"}},
    "required": ["name", "is_keeper"],
    "additionalProperties": False,
}


def asked(text: str, max_tokens: int, **options: object) -> ChatRequest:
    """A question that has one answer on one machine."""
    messages = (PromptMessage(role="system", text="Be short."), PromptMessage(role="user", text=text))
    return ChatRequest("local", messages, max_tokens, temperature=0.0, top_p=1.0, seed=1, **options)  # type: ignore[arg-type]


async def test_the_model_is_listed_with_its_context(http: Http, local_llm: Server) -> None:
    (model,) = await list_models(http, local_llm)
    assert (model.id, model.context, model.structured, model.loaded) == ("local", CONTEXT, "schema", True)


async def test_an_answer_is_streamed(http: Http, local_llm: Server) -> None:
    client = ModelClient(http, local_llm, MemoryFacts())
    events = [event async for event in client.chat(asked(STORY * 20 + "Who keeps the lamp?", 20))]
    texts = [event.text for event in events if isinstance(event, TextDelta)]
    (end,) = [event for event in events if isinstance(event, Ended)]
    assert len(texts) > 5
    assert isinstance(events[-1], Ended)
    assert end.finish_reason in ("stop", "length")
    assert end.usage is not None
    assert end.usage.tokens_out <= 20
    reading = [event.fraction for event in events if isinstance(event, Phase) and event.fraction is not None]
    assert reading, "how far the prompt is read is told"
    assert reading == sorted(reading)


async def test_an_answer_holds_to_its_schema(http: Http, local_llm: Server) -> None:
    client = ModelClient(http, local_llm, MemoryFacts())
    request = asked(STORY + "Who keeps the lamp?", 100, schema=SCHEMA)
    events = [event async for event in client.chat(request)]
    assert next(event for event in events if isinstance(event, Started)).form == "schema"
    value = json.loads("".join(event.text for event in events if isinstance(event, TextDelta)))
    assert set(value) == {"name", "is_keeper"}
    assert isinstance(value["is_keeper"], bool)


async def test_tokens_are_counted_as_the_model_counts_them(http: Http, local_llm: Server) -> None:
    counter = TokenCounter(http, local_llm, MemoryFacts(), "local")
    request = asked(STORY * 10, 1)
    count = await counter.count_prompt(request.messages)
    events = [event async for event in ModelClient(http, local_llm, MemoryFacts()).chat(request)]
    (end,) = [event for event in events if isinstance(event, Ended)]
    assert end.usage is not None
    assert count.is_exact
    assert end.usage.tokens_in <= count.tokens <= end.usage.tokens_in + 64, "never too few"


async def test_letters_for_a_budget_fit_and_fill_it(http: Http, local_llm: Server) -> None:
    counter = TokenCounter(http, local_llm, MemoryFacts(), "local")
    letters = await counter.letters_for(500, STORY * 100)
    assert 400 <= (await counter.count((STORY * 100)[:letters])).tokens <= 500


async def test_a_prompt_above_the_context_is_told_as_such(http: Http, local_llm: Server) -> None:
    with pytest.raises(CardgenError) as caught:
        async for _ in ModelClient(http, local_llm, MemoryFacts()).chat(asked(STORY * 400, 10)):
            pass
    assert caught.value.kind == "ctx.overflow"
    assert "4k" in caught.value.message


@pytest.mark.parametrize("key", ["", "wrong-key-0123456789"])
async def test_the_key_is_asked_for(http: Http, local_llm: Server, key: str) -> None:
    stranger = local_llm.model_copy(update={"key": SecretStr(key)})
    with pytest.raises(CardgenError) as caught:
        async for _ in ModelClient(http, stranger, MemoryFacts()).chat(asked("Hello", 5)):
            pass
    assert caught.value.kind == "auth.401"


async def test_closing_the_answer_stops_the_work(http: Http, local_llm: Server) -> None:
    """A cancelled answer of a thousand tokens would keep both slots busy for a while."""
    client = ModelClient(http, local_llm, MemoryFacts())
    for _ in range(3):
        async with aclosing(client.chat(asked("Count to a thousand, in words.", 2000))) as events:
            async for event in events:
                if isinstance(event, TextDelta):
                    break
    began = time.monotonic()
    async for _ in client.chat(asked("Hello", 2)):
        pass
    assert time.monotonic() - began < 15


async def test_the_connection_is_good(http: Http, local_llm: Server) -> None:
    key = local_llm.key.get_secret_value()
    profile = Profile(name="Here", kind="llamacpp", base_url=local_llm.base_url)
    lines = [line async for line in check_connection(http, profile, key, MemoryFacts())]
    assert [line.status for line in lines if line.status != "running"] == [
        "ok",
        "skipped",
        "ok",
        "skipped",
        "ok",
        "ok",
        "ok",
    ]


async def test_it_is_found_although_it_asks_for_a_key(http: Http, local_llm: Server) -> None:
    port = int(local_llm.base_url.removesuffix("/v1").rpartition(":")[2])
    (found,) = await find_servers(http, (port,))
    assert found.kind == "llamacpp"


async def test_a_model_file_is_tried_killed_and_started_again(http: Http) -> None:
    path = weights()
    file = await asyncio.to_thread(read_gguf, path)
    assert fitness(file).word in ("Fits", "May be slow")
    profile = Profile(name="File", kind="gguf", path=str(path), context=1024)
    async with GgufServers(threads=1) as servers:
        lines = [line async for line in check_connection(http, profile, "", MemoryFacts(), servers=servers)]
        assert [line.sentence for line in lines if line.status == "failed"] == []
        first = servers.pid
        assert first is not None
        os.kill(first, signal.SIGTERM)
        async with asyncio.timeout(60):
            while servers.pid is not None:
                await asyncio.sleep(0.05)
        server = await servers.ready(path, 1024)
        assert servers.pid not in (None, first)
        async for _ in ModelClient(http, server, MemoryFacts()).chat(asked("Hello", 2)):
            pass


async def test_a_server_that_goes_in_the_middle_of_an_answer(http: Http) -> None:
    text = ""

    async def tell(servers: GgufServers) -> None:
        nonlocal text
        client = ModelClient(http, await servers.ready(weights(), 1024), MemoryFacts())
        async for event in client.chat(asked("Tell a story.", 800)):
            if isinstance(event, TextDelta):
                text += event.text
                await servers.stop()

    async with GgufServers(threads=1) as servers:
        with pytest.raises(CardgenError) as caught:
            await tell(servers)
    assert text
    assert caught.value.kind == "stream.cut"
