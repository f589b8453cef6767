"""Which models a server has, with prices, context and what they can do, as far as it tells."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from decimal import Decimal
from difflib import SequenceMatcher

from ..domain.profile import ModelInfo, ServerKind
from ..net.http import Http
from . import model_lists
from .questions import ask, ask_quietly
from .server import Server

DEFAULT_CONTEXT = 8192
"""What a model is taken to hold when nobody says: what small models of today have."""

MOST_PAGES = 20
MOST_SHOWN = 200
AT_ONCE = 6

Lister = Callable[[Http, Server], Awaitable[tuple[ModelInfo, ...]]]


async def list_models(http: Http, server: Server) -> tuple[ModelInfo, ...]:
    """Every model of a server that writes text, in its order; raises the error of the failure's class.

    At most `model_lists.MOST_MODELS`. What makes no sense (negative prices, absurd contexts) is None.
    """
    return await _LISTERS[server.kind](http, server)


def context_of(server: Server, model: ModelInfo | None, chosen: int | None = None) -> int:
    """The context to budget with, in tokens: what the server says, a lower one the person chose, a default.

    A server that does not say is believed the person, else its kind's default.
    """
    told = model.context if model is not None else None
    if told is None:
        return chosen or server.traits.context or DEFAULT_CONTEXT
    return min(told, chosen) if chosen else told


SERVES_WHAT_IS_LOADED: frozenset[ServerKind] = frozenset({"llamacpp", "gguf", "koboldcpp", "textgen"})
"""Servers that ignore which model is asked for."""


def same_id(one: str, other: str) -> bool:
    """Whether two ids mean the same model: Ollama adds ":latest" to a name without a tag."""
    return one == other or one.removesuffix(":latest") == other.removesuffix(":latest")


async def _compatible(http: Http, server: Server) -> tuple[ModelInfo, ...]:
    """A server that speaks OpenAI's protocol and no other."""
    return model_lists.read_models(await ask(http, server, server.url("/models")))


async def _openrouter(http: Http, server: Server) -> tuple[ModelInfo, ...]:
    """All pages of the list; the address of the next one is made here, never taken from the answer."""
    found: dict[str, ModelInfo] = {}
    offset = 0
    for _ in range(MOST_PAGES):
        path = f"/models?offset={offset}" if offset else "/models"
        body = await ask(http, server, server.url(path))
        entries = body.get("data") if isinstance(body, dict) else None
        new = [model for model in model_lists.read_models(body) if model.id not in found]
        found.update((model.id, model) for model in new)
        offset += len(entries) if isinstance(entries, list) else 0
        total = body.get("total_count") if isinstance(body, dict) else None
        if not new or not isinstance(total, int) or offset >= min(total, model_lists.MOST_MODELS):
            break
    return tuple(found.values())[: model_lists.MOST_MODELS]


async def _llamacpp(http: Http, server: Server) -> tuple[ModelInfo, ...]:
    """The model that runs, with the context of one slot."""
    models = await _compatible(http, server)
    if models and all(model.context is None for model in models):
        facts = await ask_quietly(http, server, server.root_url(server.traits.native))
        settings = facts.get("default_generation_settings") if isinstance(facts, dict) else None
        context = settings.get("n_ctx") if isinstance(settings, dict) else None
        models = _with(models, context=model_lists.read_context(context))
    return _with(models, structured="schema", loaded=True)


async def _vllm(http: Http, server: Server) -> tuple[ModelInfo, ...]:
    return _with(await _compatible(http, server), structured="schema", loaded=True)


async def _koboldcpp(http: Http, server: Server) -> tuple[ModelInfo, ...]:
    models = await _compatible(http, server)
    told = await ask_quietly(http, server, server.root_url(server.traits.native))
    context = model_lists.read_context(told.get("value")) if isinstance(told, dict) else None
    return _with(models, context=context, structured="schema", loaded=True)


async def _textgen(http: Http, server: Server) -> tuple[ModelInfo, ...]:
    """The list, with a mark at the model that is loaded; its context is told by newer versions only."""
    models = await _compatible(http, server)
    told = await ask_quietly(http, server, server.root_url(server.traits.native))
    if not isinstance(told, dict):
        return _with(models, structured="none")
    name = model_lists.plain_name(told.get("model_name"))
    context = model_lists.read_context(told.get("truncation_length") or told.get("ctx_size"))
    loaded = ModelInfo(id=name, context=context, loaded=True) if name not in ("", "None") else None
    others = tuple(model for model in models if loaded is None or model.id != loaded.id)
    return _with((loaded, *others) if loaded else others, structured="none")


async def _lmstudio(http: Http, server: Server) -> tuple[ModelInfo, ...]:
    """Its own list, with what is loaded and its context: version 1 of it, else 0, else the common one."""
    for path in ("/api/v1/models", server.traits.native):
        models = model_lists.read_studio_models(await ask_quietly(http, server, server.root_url(path)))
        if models:
            return _with(models, structured="schema")
    return _with(await _compatible(http, server), structured="schema")


async def _ollama(http: Http, server: Server) -> tuple[ModelInfo, ...]:
    """Every model that is there, with the context it is run with unless the server's settings say more."""
    tags = await ask(http, server, server.root_url("/api/tags"))
    models = model_lists.read_models(tags)
    running = model_lists.read_models(await ask_quietly(http, server, server.root_url("/api/ps")))
    contexts = {model.id: model.context for model in running}
    gate = asyncio.Semaphore(AT_ONCE)
    shown = await asyncio.gather(*(_shown(http, server, model, gate) for model in models[:MOST_SHOWN]))
    described = [model for model in shown if model is not None] + list(models[MOST_SHOWN:])
    return tuple(
        model.model_copy(
            update={
                "context": contexts.get(model.id) or model.context or server.traits.context,
                "loaded": model.id in contexts,
                "structured": "schema",
            }
        )
        for model in described
    )


async def _shown(http: Http, server: Server, model: ModelInfo, gate: asyncio.Semaphore) -> ModelInfo | None:
    async with gate:
        shown = await ask_quietly(
            http, server, server.root_url(server.traits.native), body={"model": model.id}
        )
    if not model_lists.writes_text(shown):
        return None
    # What it was trained for is a limit, not what Ollama runs it with.
    context = model_lists.read_ollama_context(shown)
    most = model_lists.read_ollama_most(shown)
    if context is None and most is not None and most < (server.traits.context or DEFAULT_CONTEXT):
        context = most
    return model.model_copy(update={"context": context})


def _with(models: Sequence[ModelInfo], **facts: object) -> tuple[ModelInfo, ...]:
    """The same models, with what is true of all of them where they do not say themselves."""

    def filled(model: ModelInfo) -> ModelInfo:
        missing = {name: value for name, value in facts.items() if getattr(model, name) in (None, "unknown")}
        return model.model_copy(update=missing)

    return tuple(map(filled, models))


_LISTERS: Mapping[ServerKind, Lister] = {
    "openrouter": _openrouter,
    "openai": _compatible,
    "ollama": _ollama,
    "lmstudio": _lmstudio,
    "koboldcpp": _koboldcpp,
    "llamacpp": _llamacpp,
    "vllm": _vllm,
    "textgen": _textgen,
    "gguf": _llamacpp,
}

_NAME_WEIGHT = Decimal(4)
_UNKNOWN = Decimal(1)


def nearest_model(
    model_id: str, models: Sequence[ModelInfo], *, known: ModelInfo | None = None
) -> ModelInfo | None:
    """The model that comes nearest to one that is gone: by name, price and context; None without any.

    `known` is what a list from before said about the one that is gone.
    """
    if known is None:
        known = ModelInfo(id=model_id, prompt_price=Decimal(0) if model_id.endswith(":free") else None)
    others = [model for model in models if model.id != model_id and not model.expires] or [
        model for model in models if model.id != model_id
    ]
    return min(others, key=lambda model: _distance(known, model), default=None)


def _distance(known: ModelInfo, other: ModelInfo) -> Decimal:
    """Small for a model of the same family that costs and holds about as much."""
    name = Decimal(str(round(1 - SequenceMatcher(None, _family(known.id), _family(other.id)).ratio(), 4)))
    price = _apart(known.output_price or known.prompt_price, other.output_price or other.prompt_price)
    free = Decimal(3) if (known.prompt_price == 0) != (other.prompt_price == 0) else Decimal(0)
    context = _apart(_amount(known.context), _amount(other.context))
    return _NAME_WEIGHT * name + price + free + context / 2


def _family(model_id: str) -> str:
    return model_id.lower().partition(":")[0]


def _amount(number: int | None) -> Decimal | None:
    return None if number is None else Decimal(number)


def _apart(one: Decimal | None, other: Decimal | None) -> Decimal:
    """How often a number must be doubled to reach the other; a fixed distance when one is not known."""
    if not one or not other:
        return Decimal(0) if one == other else _UNKNOWN
    return abs((one / other).ln()) / Decimal(2).ln()
