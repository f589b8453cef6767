"""Lists of models: every kind of server, bounded and checked, and the nearest to one that is gone."""

from decimal import Decimal
from typing import Any

import pytest

from cardgen_desktop.domain.errors import CardgenError
from cardgen_desktop.domain.profile import ModelInfo, ServerKind
from cardgen_desktop.llm.client import Http
from cardgen_desktop.llm.model_lists import MOST_MODELS, read_models, read_studio_models
from cardgen_desktop.llm.models import context_of, list_models, nearest_model, same_id
from cardgen_desktop.llm.server import Server
from tests.support.llm_server import FakeModelServer, error, html
from tests.support.llm_server.native import given


async def listed(fake: FakeModelServer) -> tuple[ModelInfo, ...]:
    """The models of a fake server, as a profile of its kind sees them."""
    async with Http() as http:
        return await list_models(http, Server(kind=fake.kind, base_url=fake.base_url, is_local=True))


@pytest.mark.parametrize(
    ("kind", "context", "structured", "loaded"),
    [
        ("openrouter", 8192, "schema", None),
        ("openai", None, "unknown", None),
        ("llamacpp", 8192, "schema", True),
        ("gguf", 8192, "schema", True),
        ("vllm", 8192, "schema", True),
        ("ollama", 8192, "schema", True),
        ("lmstudio", 8192, "schema", True),
        ("koboldcpp", 8192, "schema", True),
        ("textgen", None, "none", True),
    ],
)
async def test_every_kind_of_server_lists_its_models(
    kind: ServerKind, context: int | None, structured: str, loaded: bool | None
) -> None:
    async with FakeModelServer(kind, models=("one", "two")) as fake:
        models = await listed(fake)
    assert [model.id for model in models] == ["one", "two"]
    assert (models[0].context, models[0].structured, models[0].loaded) == (context, structured, loaded)


async def test_prices_of_openrouter() -> None:
    async with FakeModelServer("openrouter") as fake:
        (model,) = await listed(fake)
    assert (model.prompt_price, model.output_price) == (Decimal("0.0000025"), Decimal("0.00001"))
    assert (model.request_price, model.max_output, model.name) == (0, 4096, "Example: model-1")


async def test_openrouter_is_read_page_by_page() -> None:
    async with FakeModelServer("openrouter") as fake:

        def page(request: Any) -> Any:
            start = int(request.path.partition("offset=")[2] or 0)
            data = [{"id": f"m{number}"} for number in range(start, min(start + 2, 5))]
            return given({"data": data, "total_count": 5, "links": {"next": "http://example.invalid/"}})

        fake.routes["GET /api/v1/models"] = page
        assert [model.id for model in await listed(fake)] == ["m0", "m1", "m2", "m3", "m4"]


async def test_pages_that_never_end_are_left() -> None:
    async with FakeModelServer("openrouter") as fake:
        fake.routes["GET /api/v1/models"] = given({"data": [{"id": "same"}], "total_count": 10**9})
        assert [model.id for model in await listed(fake)] == ["same"]
        assert len(fake.requests) == 2


async def test_lm_studio_tells_what_is_loaded() -> None:
    async with FakeModelServer("lmstudio", models=("one", "two"), context=2048) as fake:
        models = await listed(fake)
    assert [(model.context, model.loaded) for model in models] == [(2048, True), (8192, False)]


async def test_lm_studio_of_the_newer_interface() -> None:
    body = {
        "models": [
            {
                "type": "llm",
                "key": "a/b",
                "display_name": "B",
                "max_context_length": 32768,
                "loaded_instances": [{"id": "a/b", "config": {"context_length": 4096}}],
            },
            {"type": "llm", "key": "a/c", "max_context_length": 8192, "loaded_instances": []},
            {"type": "embedding", "key": "a/d"},
        ]
    }
    models = read_studio_models(body)
    assert [(model.id, model.context, model.loaded) for model in models] == [
        ("a/b", 4096, True),
        ("a/c", 8192, False),
    ]


async def test_ollama_runs_with_4096_unless_it_was_told_more() -> None:
    async with FakeModelServer("ollama", models=("plain", "told", "embeds")) as fake:
        fake.routes["GET /api/ps"] = given({"models": []})

        def show(request: Any) -> Any:
            more = {
                "told": {"parameters": 'stop "<|im_end|>"\nnum_ctx                        16384'},
                "embeds": {"capabilities": ["embedding"]},
            }
            shown = {"model_info": {"llama.context_length": 131072}} | more.get(request.body["model"], {})
            return given(shown)

        fake.routes["POST /api/show"] = show
        models = await listed(fake)
    assert [(model.id, model.context, model.loaded) for model in models] == [
        ("plain", 4096, False),
        ("told", 16384, False),
    ]


async def test_llama_server_without_a_context_in_its_list_is_asked_for_its_properties() -> None:
    async with FakeModelServer("llamacpp", context=2048) as fake:
        fake.routes["GET /v1/models"] = given({"data": [{"id": "one"}]})
        assert [model.context for model in await listed(fake)] == [2048]


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (error("openai", 401, "no"), "auth.401"),
        (html(200), "html.page"),
        (given([]), ""),
        (given({"data": None}), ""),
        (given({"error": {"message": "Rate limit", "code": 429}}), "rate.429"),
    ],
)
async def test_what_is_no_list_is_told_or_empty(reply: Any, kind: str) -> None:
    async with FakeModelServer("openai") as fake:
        fake.routes["GET /v1/models"] = reply
        if not kind:
            assert await listed(fake) == ()
            return
        with pytest.raises(CardgenError) as caught:
            await listed(fake)
    assert caught.value.kind == kind


HOSTILE: list[Any] = [
    None,
    5,
    "plain-name",
    {},
    {"id": ""},
    {"id": 5},
    {"id": "x", "pricing": "free", "context_length": "many", "top_provider": [], "meta": 3},
    {"id": "y", "pricing": {"prompt": "-1", "completion": None}, "context_length": 10**18},
    {"id": "z\x00\x1b[31m", "context_length": -5, "supported_parameters": {"a": 1}},
    {"id": "x"},
    {"id": "long" * 1000},
    {"id": "pictures", "architecture": {"output_modalities": ["image"]}},
]


def test_entries_that_make_no_sense_are_left_out_or_unknown() -> None:
    models = {model.id: model for model in read_models({"data": HOSTILE})}
    assert set(models) == {"plain-name", "x", "y", "z[31m", ("long" * 1000)[:300]}
    assert models["x"].context is models["x"].prompt_price is models["y"].context is None
    assert models["y"].prompt_price is models["y"].output_price is None
    assert models["z[31m"].context is None


def test_a_list_is_bounded() -> None:
    body = {"data": [{"id": f"m{number}"} for number in range(MOST_MODELS + 50)]}
    assert len(read_models(body)) == MOST_MODELS


@pytest.mark.parametrize(
    ("told", "chosen", "kind", "context"),
    [
        (8192, None, "openai", 8192),
        (8192, 4000, "openai", 4000),
        (4096, 9000, "openai", 4096),
        (None, 9000, "ollama", 9000),
        (None, None, "ollama", 4096),
        (None, None, "openai", 8192),
        (None, None, "gguf", 8192),
    ],
)
def test_the_context_to_budget_with(
    told: int | None, chosen: int | None, kind: ServerKind, context: int
) -> None:
    server = Server(kind=kind, base_url="http://127.0.0.1:1/v1")
    assert context_of(server, ModelInfo(id="m", context=told), chosen) == context


def test_a_name_without_a_tag_means_the_latest() -> None:
    assert same_id("small:latest", "small")
    assert not same_id("small:7b", "small")


def priced(name: str, price: str | None, context: int | None = 32768, **more: Any) -> ModelInfo:
    """A model that costs so much in and out."""
    amount = None if price is None else Decimal(price)
    return ModelInfo(id=name, prompt_price=amount, output_price=amount, context=context, **more)


def test_the_nearest_model_is_of_the_same_family() -> None:
    models = [priced("acme/lion-large", "0.00001"), priced("acme/owl-2", "0.000001"), priced("x/y", "0")]
    assert nearest_model("acme/owl-1", models, known=priced("acme/owl-1", "0.000001")) == models[1]


def test_among_like_names_price_and_context_decide() -> None:
    gone = priced("acme/owl", "0.000001", 32768)
    models = [
        priced("acme/owl-a", "0.0001"),
        priced("acme/owl-b", "0.000001"),
        priced("acme/owl-c", "0.000001", 2048),
    ]
    assert nearest_model(gone.id, models, known=gone) == models[1]


def test_a_free_model_is_followed_by_a_free_one() -> None:
    models = [priced("acme/owl", "0.00001"), priced("zoo/tiger:free", "0")]
    assert nearest_model("acme/owl:free", models) == models[1]


def test_one_that_will_be_withdrawn_is_not_nearest_and_none_without_any() -> None:
    models = [priced("acme/owl-1", "0", expires="2027-01-01"), priced("other/thing", "0")]
    assert nearest_model("acme/owl-1", models) == models[1]
    assert nearest_model("acme/owl-1b", models) == models[1]
    assert nearest_model("a", []) is None
