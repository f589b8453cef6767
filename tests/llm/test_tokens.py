"""Tokens: exact where a server counts, else an estimate on the safe side that learns."""

from typing import Any

import pytest

from cardgen_desktop.domain.profile import ServerKind
from cardgen_desktop.domain.prompt_style import PromptMessage
from cardgen_desktop.llm.client import Http
from cardgen_desktop.llm.server import Server
from cardgen_desktop.llm.tokens import MESSAGE_TOKENS, TEMPLATE_TOKENS, TokenCounter
from tests.support.llm_server import RESET, FakeModelServer, Reply, error
from tests.support.llm_server.native import given
from tests.support.memory_facts import MemoryFacts

ENGLISH = "It was a dark and stormy night; the rain fell in torrents, except at occasional intervals. " * 20
FRENCH = "Élise traversa le pré mouillé, près de la forêt, où l'été s'était arrêté à l'orée du bois. " * 20
RUSSIAN = "Все счастливые семьи похожи друг на друга, каждая несчастливая семья несчастлива по-своему. " * 20


def server_of(fake: FakeModelServer) -> Server:
    """The fake server as a profile knows it."""
    return Server(kind=fake.kind, base_url=fake.base_url, is_local=True)


def estimating(http: Http, *, language: str = "", kind: ServerKind = "openai") -> TokenCounter:
    """A counter whose server has no tokenizer."""
    server = Server(kind=kind, base_url="http://127.0.0.1:9/v1")
    return TokenCounter(http, server, MemoryFacts(), "m", language=language)


@pytest.mark.parametrize("kind", ["llamacpp", "gguf", "koboldcpp", "textgen", "vllm"])
async def test_a_server_with_a_tokenizer_counts(kind: ServerKind) -> None:
    async with FakeModelServer(kind) as fake, Http() as http:
        counter = TokenCounter(http, server_of(fake), MemoryFacts(), "model-1")
        assert await counter.count("one two three") == (3, True)
        assert await counter.count("one two three") == (3, True)
        assert len(fake.requests) == 1, "a text is counted once"


@pytest.mark.parametrize("kind", ["openrouter", "openai", "ollama", "lmstudio"])
async def test_others_are_not_asked(kind: ServerKind) -> None:
    async with FakeModelServer(kind) as fake, Http() as http:
        count = await TokenCounter(http, server_of(fake), MemoryFacts(), "m").count("one two three")
        assert not fake.requests
    assert not count.is_exact


async def test_nothing_is_no_token() -> None:
    async with Http() as http:
        assert await estimating(http).count("") == (0, True)


@pytest.mark.parametrize(
    ("text", "language", "margin"),
    [
        (ENGLISH, "", 1.25),
        (ENGLISH, "en-GB", 1.25),
        (ENGLISH, "tr", 1.7),
        (FRENCH, "", 1.7),
        (RUSSIAN, "", 1.7),
    ],
)
async def test_the_estimate_has_its_stated_margin(text: str, language: str, margin: float) -> None:
    async with Http() as http:
        count = await estimating(http, language=language).count(text)
    assert count == (int(len(text.encode()) / 4 * margin) + 1, False)


async def test_a_prompt_counts_what_its_template_adds() -> None:
    messages = (PromptMessage(role="system", text="one two"), PromptMessage(role="user", text="three"))
    async with FakeModelServer("llamacpp") as fake, Http() as http:
        counter = TokenCounter(http, server_of(fake), MemoryFacts(), "m")
        assert await counter.count_prompt(messages) == (3 + 2 * MESSAGE_TOKENS + TEMPLATE_TOKENS, True)


async def test_a_server_that_refuses_to_count_is_not_asked_again() -> None:
    async with FakeModelServer("vllm") as fake, Http() as http:
        fake.routes["POST /tokenize"] = error("vllm", 404, "Not Found")
        counter = TokenCounter(http, server_of(fake), MemoryFacts(), "m")
        assert not (await counter.count("one two")).is_exact
        assert not (await counter.count("one two three")).is_exact
        assert len(fake.requests) == 1


@pytest.mark.parametrize(
    "reply",
    [
        Reply(pieces=(RESET,)),
        given({"count": -1}),
        given({"count": "many"}),
        given([]),
        error("vllm", 500, "oops"),
    ],
)
async def test_a_server_in_trouble_is_asked_again_later(reply: Any) -> None:
    async with FakeModelServer("vllm") as fake, Http() as http:
        fake.routes["POST /tokenize"] = reply
        counter = TokenCounter(http, server_of(fake), MemoryFacts(), "m")
        assert not (await counter.count("one two")).is_exact
        del fake.routes["POST /tokenize"]
        assert await counter.count("one two") == (2, True)


async def test_the_ratio_of_a_model_and_script_is_learnt() -> None:
    facts = MemoryFacts()
    async with Http() as http:
        server = Server(kind="openrouter", base_url="http://127.0.0.1:9/v1")
        counter = TokenCounter(http, server, facts, "m")
        before = (await counter.count(RUSSIAN)).tokens
        true = len(RUSSIAN.encode()) // 5
        await counter.learn(RUSSIAN, true)
        after = (await counter.count(RUSSIAN)).tokens
        other = (await TokenCounter(http, server, facts, "other").count(RUSSIAN)).tokens
        english = (await counter.count(ENGLISH)).tokens
    assert true <= after <= true * 1.06 < before
    assert other == before, "another model has learnt nothing"
    assert english == int(len(ENGLISH) / 4 * 1.25) + 1, "nor has another script"


async def test_learning_rises_at_once_and_falls_slowly() -> None:
    size = len(ENGLISH.encode())
    async with Http() as http:
        counter = estimating(http)
        await counter.learn(ENGLISH, size // 4)
        await counter.learn(ENGLISH, size // 2)
        assert (await counter.count(ENGLISH)).tokens >= size // 2
        await counter.learn(ENGLISH, size // 4)
        assert (await counter.count(ENGLISH)).tokens > size * 0.4


@pytest.mark.parametrize(
    ("text", "tokens"), [("short", 4), (ENGLISH, 5), (ENGLISH, 10**9), (ENGLISH, 0), (ENGLISH, -5)]
)
async def test_what_makes_no_sense_is_not_learnt(text: str, tokens: int) -> None:
    async with Http() as http:
        counter = estimating(http)
        before = await counter.count(ENGLISH)
        await counter.learn(text, tokens)
        assert await counter.count(ENGLISH) == before


async def test_a_server_that_cuts_prompts_silently_teaches_no_lower_count() -> None:
    async with Http() as http:
        counter = estimating(http, kind="ollama")
        await counter.learn(ENGLISH, int(len(ENGLISH) * 0.16))
        assert (await counter.count(ENGLISH)).tokens >= len(ENGLISH) / 4


@pytest.mark.parametrize("fact", ["", "nonsense", "nan", "-1", "1e9"])
async def test_a_stored_ratio_that_cannot_be_is_not_believed(fact: str) -> None:
    facts = MemoryFacts()
    await facts.put("http://127.0.0.1:9/v1", "m", "tokens_per_byte.ascii", fact)
    async with Http() as http:
        server = Server(kind="openai", base_url="http://127.0.0.1:9/v1")
        count = await TokenCounter(http, server, facts, "m").count(ENGLISH)
    assert count.tokens == int(len(ENGLISH) / 4 * 1.25) + 1


@pytest.mark.parametrize("text", [ENGLISH, FRENCH, RUSSIAN, "夏目漱石は猫である。" * 200])
async def test_letters_for_a_budget_stay_within_it(text: str) -> None:
    async with Http() as http:
        counter = estimating(http)
        letters = await counter.letters_for(300, text)
        assert 0 < letters < len(text)
        assert (await counter.count(text[:letters])).tokens <= 301
        assert await counter.letters_for(0, text) == 0
        assert await counter.letters_for(100, "") > 0


async def test_letters_by_a_real_count_leave_a_little_room() -> None:
    text = "word " * 4000
    async with FakeModelServer("llamacpp") as fake, Http() as http:
        letters = await TokenCounter(http, server_of(fake), MemoryFacts(), "m").letters_for(1000, text)
    assert 4500 <= letters <= 5000
