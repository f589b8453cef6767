"""The test of a connection: every line has its turn, its sentence and its class, and ends where it should."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from cardgen_desktop.domain.profile import CHECK_STEPS, ConnectionCheck, Profile, ServerKind
from cardgen_desktop.llm.client import Http
from cardgen_desktop.llm.connection import check_connection
from tests.support.llm_server import FakeModelServer, Reply, error, html, stream
from tests.support.llm_server.native import given
from tests.support.memory_facts import MemoryFacts

KEY = "sk-or-v1-0123456789abcdef9f"


async def tried(
    http: Http, fake: FakeModelServer | str, key: str = "", **fields: Any
) -> dict[str, ConnectionCheck]:
    """The last word on every line; checks that each began and ended in order."""
    address, kind = (fake, "openai") if isinstance(fake, str) else (fake.base_url, fake.kind)
    profile = Profile(name="Mine", kind=kind, base_url=address, **({"model": "model-1"} | fields))
    lines = [line async for line in check_connection(http, profile, key, MemoryFacts())]
    ends = [line for line in lines if line.status != "running"]
    assert [line.step for line in ends] == list(CHECK_STEPS)
    begun = [line.step for line in lines if line.status == "running"]
    assert begun == list(CHECK_STEPS)[: len(begun)]
    assert KEY not in "".join(line.sentence for line in lines)
    return {line.step: line for line in ends}


def outcome(lines: dict[str, ConnectionCheck]) -> str:
    """One letter for each line: o(k), f(ailed), s(kipped)."""
    return "".join(lines[step].status[0] for step in CHECK_STEPS)


@pytest.mark.parametrize(
    ("kind", "letters"),
    [
        ("openrouter", "osooooo"),
        ("openai", "ososooo"),
        ("llamacpp", "osssooo"),
        ("ollama", "osssooo"),
        ("lmstudio", "osssooo"),
        ("koboldcpp", "osssooo"),
        ("vllm", "osssooo"),
        ("textgen", "osssooo"),
    ],
)
async def test_a_good_connection_of_every_kind(http: Http, kind: ServerKind, letters: str) -> None:
    key = KEY if kind in ("openrouter", "openai") else ""
    async with FakeModelServer(kind, key=key) as fake:
        lines = await tried(http, fake, key)
        assert outcome(lines) == letters
        assert all(line.sentence for line in lines.values())
        assert fake.chats[-1].body["max_tokens"] <= 16
    if key:
        assert "…9f" in lines["key"].sentence


async def test_openrouter_says_what_is_left_and_what_the_call_cost(http: Http) -> None:
    async with FakeModelServer("openrouter", key=KEY) as fake:
        fake.cost = Decimal("0.000042")
        lines = await tried(http, fake, KEY)
    assert lines["credits"].sentence == "$7.50 left on this key."
    assert lines["model"].sentence == "model-1 is there, 8,192 tokens of context."
    assert lines["structured"].sentence == "Answers are held to a schema."
    assert lines["call"].sentence.endswith("It cost $0.000042.")
    assert len(fake.chats) == 1, "what the list tells is not tried for money"


async def test_a_local_call_costs_nothing(http: Http) -> None:
    async with FakeModelServer("llamacpp") as fake:
        lines = await tried(http, fake)
    assert lines["call"].sentence.endswith("It cost nothing.")


async def test_nobody_there(http: Http) -> None:
    async with FakeModelServer("openai") as fake:
        address = fake.base_url
    lines = await tried(http, address)
    assert outcome(lines) == "fssssss"
    assert lines["address"].failure == "net.refused"
    assert "is the server running?" in lines["address"].sentence


async def test_an_untrusted_certificate_is_its_own_line(http: Http) -> None:
    async with FakeModelServer("openai", tls=True) as fake:
        lines = await tried(http, fake)
    assert outcome(lines) == "ofsssss"
    assert lines["tls"].failure == "net.tls"
    assert "clock" in lines["tls"].sentence


@pytest.mark.parametrize("kind", ["openrouter", "openai", "vllm"])
@pytest.mark.parametrize("key", ["", "sk-wrong-key-000000000077"])
async def test_a_wrong_or_missing_key(http: Http, kind: ServerKind, key: str) -> None:
    async with FakeModelServer(kind, key=KEY) as fake:
        lines = await tried(http, fake, key)
    assert outcome(lines) == "osfssss"
    assert lines["key"].failure == "auth.401"
    assert "Enter the key again" in lines["key"].sentence


@pytest.mark.parametrize(
    ("reply", "failure"),
    [
        (html(200), "html.page"),
        (given({"detail": "Not Found"}, 404), "html.page"),
        (error("openai", 502, "down"), "srv.5xx"),
    ],
)
async def test_an_address_that_is_no_api(http: Http, reply: Reply, failure: str) -> None:
    async with FakeModelServer("openai") as fake:
        fake.routes["GET /v1/models"] = reply
        lines = await tried(http, fake)
    assert outcome(lines) == "fssssss"
    assert lines["address"].failure == failure


async def test_nothing_left_to_spend(http: Http) -> None:
    async with FakeModelServer("openrouter", key=KEY) as fake:
        fake.routes["GET /api/v1/key"] = given({"data": {"limit": 1, "limit_remaining": 0, "usage": 1}})
        lines = await tried(http, fake, KEY)
        assert outcome(lines) == "osofsss"
        assert lines["credits"].failure == "pay.402"
        free = await tried(http, fake, KEY, model="model-1:free")
        assert free["credits"].status == "ok", "a free model needs no credits"


async def test_a_model_that_is_gone_names_the_nearest(http: Http) -> None:
    async with FakeModelServer("openrouter", models=("acme/owl-2", "zoo/bear")) as fake:
        lines = await tried(http, fake, KEY, model="acme/owl-1")
    assert outcome(lines) == "osoofss"
    assert lines["model"].failure == "model.404"
    assert '"acme/owl-1" is not offered. The nearest is "acme/owl-2".' in lines["model"].sentence


async def test_the_models_of_single_tasks_are_looked_for_too(http: Http) -> None:
    async with FakeModelServer("ollama", models=("model-1",)) as fake:
        lines = await tried(http, fake, models={"dialogue": "other"})
    assert lines["model"].status == "failed"
    assert '"other"' in lines["model"].sentence


async def test_no_model_is_chosen(http: Http) -> None:
    async with FakeModelServer("openrouter") as fake:
        lines = await tried(http, fake, KEY, model="")
    assert (lines["model"].status, lines["model"].failure) == ("failed", "model.404")


async def test_a_server_that_serves_what_it_has_needs_no_model(http: Http) -> None:
    async with FakeModelServer("llamacpp", models=("whatever",)) as fake:
        lines = await tried(http, fake, model="")
        assert outcome(lines) == "osssooo"
        assert fake.chats[-1].body["model"] == "whatever"
        fake.routes["GET /v1/models"] = given({"data": []})
        empty = await tried(http, fake, model="")
    assert "no model loaded" in empty["model"].sentence


async def test_a_model_that_is_not_listed_may_be_there(http: Http) -> None:
    async with FakeModelServer("openai", models=("other",)) as fake:
        lines = await tried(http, fake)
    assert (lines["model"].status, lines["call"].status) == ("skipped", "ok")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"greeting": "Hello"}', "held to a schema"),
        ('{"hello": "you"}', "come as JSON"),
        ("Hello there.", "holds to no structure"),
    ],
)
async def test_a_server_may_take_a_schema_and_not_hold_to_it(http: Http, text: str, words: str) -> None:
    async with FakeModelServer("openai") as fake:
        fake.say(text)
        lines = await tried(http, fake)
    assert (lines["structured"].status, words in lines["structured"].sentence) == ("ok", True)


async def test_a_server_that_refuses_schemas_is_asked_more_loosely(http: Http) -> None:
    async with FakeModelServer("openai") as fake:
        fake.play(error("openai", 400, "response_format json_schema is not supported"))
        fake.say(json.dumps({"greeting": "Hello"}))
        lines = await tried(http, fake)
    assert lines["structured"].sentence.startswith("Answers come as JSON")


async def test_a_call_that_fails_is_the_last_word(http: Http) -> None:
    async with FakeModelServer("openrouter", key=KEY) as fake:
        fake.play(error("openrouter", 402, "Insufficient credits"))
        lines = await tried(http, fake, KEY)
    assert (lines["call"].status, lines["call"].failure) == ("failed", "pay.402")
    assert "Add credits" in lines["call"].sentence


async def test_a_model_that_thinks_first_answers_all_the_same(http: Http) -> None:
    async with FakeModelServer("openrouter", key=KEY) as fake:
        fake.play(stream("openrouter", "", thinking="Let me think about that", finish="length"))
        lines = await tried(http, fake, KEY)
    assert lines["call"].status == "ok"


async def test_a_model_file_without_an_engine_to_run_it(http: Http, tmp_path: Path) -> None:
    profile = Profile(name="File", kind="gguf", path=str(tmp_path / "m.gguf"))
    lines = [line async for line in check_connection(http, profile, "", MemoryFacts())]
    assert [line.status for line in lines] == ["running", "failed", *["skipped"] * 6]
