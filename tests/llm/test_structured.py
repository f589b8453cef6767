"""The ladder of forms: one refusal, one step down, remembered; and fields that a server does not take."""

from typing import Any

import pytest

from cardgen_desktop.domain.profile import ServerKind
from cardgen_desktop.llm.client import Http, Started
from cardgen_desktop.llm.structured import in_words
from cardgen_desktop.llm.traits import TRAITS
from tests.llm.conftest import Asker
from tests.support.llm_server import FakeModelServer, Received, Reply, error, stream

SCHEMA = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "maxLength": 80},
        "tags": {"type": "array", "items": {"type": "string"}, "maxItems": 8},
        "mood": {"enum": ["calm", "wild"]},
    },
    "required": ["name", "tags", "mood"],
    "additionalProperties": False,
}


class Picky:
    """A server that takes only some forms of JSON, named as the types it sees."""

    def __init__(self, kind: ServerKind, takes: set[str], status: int = 400, words: str = "") -> None:
        self.kind = kind
        self._takes = takes
        self._status = status
        self._words = words or "'response_format.type' must be 'text'"

    def __call__(self, request: Received) -> Reply:
        if form_of(request.body) in self._takes:
            return stream(self.kind, '{"name": "Ada"}')
        return error(self.kind, self._status, self._words)


def form_of(body: Any) -> str:
    """Which form a request asks for."""
    asked = body.get("response_format")
    if asked is None:
        return "none"
    if asked["type"] == "json_object":
        return "object"
    return "schema" if asked["json_schema"]["schema"] == SCHEMA else "any_object"


LADDERS = {
    "openai": ["schema", "any_object", "object", "none"],
    "ollama": ["schema", "object", "none"],
    "lmstudio": ["schema", "any_object", "none"],
    "koboldcpp": ["schema", "any_object", "none"],
    "textgen": ["none"],
}


@pytest.mark.parametrize("kind", LADDERS)
async def test_each_refusal_is_one_step_down_and_the_place_is_remembered(
    http: Http, kind: ServerKind
) -> None:
    async with FakeModelServer(kind) as fake:
        fake.default = Picky(kind, {"none"})
        asker = Asker(http, fake)
        assert await asker.ask(schema=SCHEMA) == '{"name": "Ada"}'
        assert [form_of(request.body) for request in fake.chats] == LADDERS[kind]
        fake.requests.clear()
        await asker.ask(schema=SCHEMA)
        assert [form_of(request.body) for request in fake.chats] == ["none"]
        fake.requests.clear()
        await asker.ask(schema=SCHEMA, model="another")
        assert [form_of(request.body) for request in fake.chats] == LADDERS[kind]
    assert isinstance(started := asker.events[0], Started)
    assert started.form == "none"


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (400, "Unable to generate parser for this template. JSON schema error at #: unrecognized type"),
        (422, "response_format: extra fields not permitted"),
        (500, "failed to parse grammar"),
        (404, "No endpoints found that can handle the requested parameters"),
    ],
)
async def test_refusals_in_other_words_count_too(http: Http, status: int, words: str) -> None:
    async with FakeModelServer("openrouter") as fake:
        fake.default = Picky("openrouter", {"object"}, status, words)
        asker = Asker(http, fake)
        await asker.ask(schema=SCHEMA)
        assert await asker.client.response_form("model-1") == "object"


async def test_other_refusals_step_nowhere_and_nothing_is_learnt(http: Http) -> None:
    async with FakeModelServer() as fake:
        asker = Asker(http, fake)
        for reply in (
            error("openai", 400, "messages is required"),
            error("openai", 404, "model `m` does not exist"),
        ):
            fake.play(reply)
            await asker.failure(schema=SCHEMA)
        assert len(fake.chats) == 2
        fake.default = Picky("openai", set())
        failure = await asker.failure(schema=SCHEMA)
        assert failure.kind == "req.400"
        assert await asker.client.response_form("model-1") == "schema"


async def test_where_nothing_is_enforced_the_prompt_says_it(http: Http) -> None:
    async with FakeModelServer("textgen") as fake:
        await (asker := Asker(http, fake)).ask(schema=SCHEMA)
        assert fake.chats[0].body["messages"][-1]["content"].endswith(in_words(SCHEMA))
        await asker.ask(schema=SCHEMA, schema_words="Write JSON.")
        assert fake.chats[1].body["messages"][-1]["content"] == "Who keeps the lamp?\n\nWrite JSON."
        await asker.ask()
        assert fake.chats[2].body["messages"][-1]["content"] == "Who keeps the lamp?"
    async with FakeModelServer("vllm") as fake:
        await Asker(http, fake).ask(schema=SCHEMA)
        assert fake.chats[0].body["messages"][-1]["content"] == "Who keeps the lamp?"


def test_a_schema_in_words_names_every_field() -> None:
    assert in_words(SCHEMA).endswith(
        'Its fields: "name" (text), "tags" (a list, each text), "mood" (one of "calm", "wild").'
    )


async def test_stop_strings_and_forms_never_go_together(http: Http) -> None:
    async with FakeModelServer() as fake:
        asker = Asker(http, fake)
        await asker.ask(schema=SCHEMA, extra={"stop": ["\n"], "response_format": {"type": "text"}})
        await asker.ask(extra={"stop": ["\n"]})
        assert "stop" not in fake.chats[0].body
        assert form_of(fake.chats[0].body) == "schema"
        assert fake.chats[1].body["stop"] == ["\n"]


async def test_a_form_that_is_ignored_can_be_given_up(http: Http) -> None:
    async with FakeModelServer("koboldcpp") as fake:
        asker = Asker(http, fake)
        forms = [await asker.client.lower_form("model-1") for _ in range(3)]
        assert forms == ["any_object", "none", None]
        await asker.ask(schema=SCHEMA)
        assert form_of(fake.chats[0].body) == "none"


async def test_fields_that_a_model_does_not_take_are_left_out_from_then_on(http: Http) -> None:
    complaints = {
        "max_tokens": "Unsupported parameter: 'max_tokens' is not supported with this model. "
        "Use 'max_completion_tokens' instead.",
        "temperature": "Unsupported value: 'temperature' does not support 0.7 with this model.",
        "stream_options": "stream_options: Extra inputs are not permitted",
    }

    def picky(request: Received) -> Reply:
        wrong = next((words for name, words in complaints.items() if name in request.body), None)
        return error("openai", 400, wrong) if wrong else stream("openai", "Ada.")

    async with FakeModelServer() as fake:
        fake.default = picky
        asker = Asker(http, fake)
        assert await asker.ask() == "Ada."
        assert len(fake.chats) == 4
        assert fake.chats[-1].body["max_completion_tokens"] == 200
        await asker.ask()
        assert len(fake.chats) == 5


async def test_damaged_facts_are_as_good_as_none(http: Http) -> None:
    async with FakeModelServer() as fake:
        asker = Asker(http, fake)
        for fact, value in (("response_form", "verse"), ("without", "[[{")):
            await asker.facts.put(asker.server.base_url, "model-1", fact, value)
        await asker.ask(schema=SCHEMA)
        assert form_of(fake.chats[0].body) == "schema"


def test_every_kind_of_server_can_always_go_down_to_none() -> None:
    assert all(traits.forms[-1] == "none" for traits in TRAITS.values())
