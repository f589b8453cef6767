"""What servers' lists of models look like, made one shape; every list is taken for a hostile one.

Shapes: llm-wire 5.1 (llama.cpp), 8 (OpenRouter), 9 (the others); the native lists of Ollama and LM Studio.
"""

from collections.abc import Iterable, Iterator
from typing import Annotated, Any, Literal

from pydantic import AliasChoices, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from ..domain.profile import ModelInfo
from .pricing import Amount, read_count

MOST_MODELS = 10_000
MOST_CONTEXT = 20_000_000
_TEXTLESS = ("embedding", "embeddings", "reranker", "image", "audio")


def plain_name(value: object, most: int = 300) -> str:
    """A text that fits a line of a list; "" for everything else."""
    text = value if isinstance(value, str) else ""
    return "".join(letter for letter in text[:most] if letter.isprintable()).strip()


def read_context(value: object) -> int | None:
    """A context in tokens; None when missing, absurd or no number."""
    count = read_count(value)
    return count if count is not None and 0 < count <= MOST_CONTEXT else None


def _mapping(value: object) -> object:
    return value if isinstance(value, dict) else {}


def _strings(value: object) -> object:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else None


Context = Annotated[int | None, BeforeValidator(read_context)]
Name = Annotated[str, BeforeValidator(plain_name)]
Names = Annotated[list[str] | None, BeforeValidator(_strings)]


class _Wire(BaseModel):
    """Somebody else's JSON: what is not asked for is left out."""

    model_config = ConfigDict(extra="ignore")


class _Pricing(_Wire):
    prompt: Amount = None
    completion: Amount = None
    request: Amount = None
    input_cache_read: Amount = None


class _TopProvider(_Wire):
    context_length: Context = None
    max_completion_tokens: Context = None


class _Meta(_Wire):
    n_ctx: Context = None


class _Architecture(_Wire):
    output_modalities: Names = None


class _WireModel(_Wire):
    """One entry of `data`, of any server that speaks OpenAI's protocol."""

    id: Name = Field("", validation_alias=AliasChoices("id", "model", "name"))
    name: Name = Field("", validation_alias=AliasChoices("name", "display_name"))
    own_context: Context = Field(
        None,
        validation_alias=AliasChoices(
            "loaded_context_length", "max_model_len", "context_length", "context_window", "max_context_length"
        ),
    )
    type: Name = ""
    state: Name = ""
    pricing: Annotated[_Pricing, BeforeValidator(_mapping)] = _Pricing()
    top_provider: Annotated[_TopProvider, BeforeValidator(_mapping)] = _TopProvider()
    meta: Annotated[_Meta, BeforeValidator(_mapping)] = _Meta()
    architecture: Annotated[_Architecture, BeforeValidator(_mapping)] = _Architecture()
    supported_parameters: Names = None
    expiration_date: Name = ""

    @property
    def writes_text(self) -> bool:
        """Whether it can be asked to write."""
        modalities = self.architecture.output_modalities
        return self.type not in _TEXTLESS and (modalities is None or "text" in modalities)

    @property
    def context(self) -> int | None:
        """Its context: what the server runs it with, else what its best provider gives, else its own."""
        contexts = (self.top_provider.context_length, self.own_context)
        return self.meta.n_ctx or min((known for known in contexts if known), default=None)


def read_models(body: object) -> tuple[ModelInfo, ...]:
    """The models of an answer to GET /models, in its order; entries that are none are left out."""
    wires = (wire for item in _entries(body) if (wire := _wire(item)) and wire.id and wire.writes_text)
    return _unique(_info(wire) for wire in wires)


def _entries(body: object) -> Iterator[Any]:
    """The list in an answer: `data`, or `models`, or the answer itself."""
    found: object = body
    if isinstance(body, dict):
        found = body.get("data") if isinstance(body.get("data"), list) else body.get("models")
    if isinstance(found, list):
        yield from found[:MOST_MODELS]


def _wire(item: object) -> _WireModel | None:
    given = {"id": item} if isinstance(item, str) else item
    if not isinstance(given, dict):
        return None
    try:
        # A null stands for a missing value, so that the next name of the same fact is looked at.
        return _WireModel.model_validate({key: value for key, value in given.items() if value is not None})
    except ValidationError:
        return None


def _unique(models: Iterable[ModelInfo]) -> tuple[ModelInfo, ...]:
    found: dict[str, ModelInfo] = {}
    for model in models:
        found.setdefault(model.id, model)
    return tuple(found.values())


def _info(wire: _WireModel) -> ModelInfo:
    return ModelInfo(
        id=wire.id,
        name=wire.name,
        context=wire.context,
        max_output=wire.top_provider.max_completion_tokens,
        prompt_price=wire.pricing.prompt,
        output_price=wire.pricing.completion,
        cached_price=wire.pricing.input_cache_read,
        request_price=wire.pricing.request,
        structured=_structured(wire.supported_parameters),
        loaded={"loaded": True, "not-loaded": False}.get(wire.state),
        expires=wire.expiration_date[:40],
    )


def _structured(parameters: list[str] | None) -> Literal["schema", "object", "none", "unknown"]:
    """`structured_outputs` enforces a schema, `response_format` alone is JSON mode (llm-wire 8)."""
    if parameters is None:
        return "unknown"
    if "structured_outputs" in parameters:
        return "schema"
    return "object" if "response_format" in parameters else "none"


class _Instance(_Wire):
    config: Annotated[dict[str, Any], BeforeValidator(_mapping)] = {}


class _StudioModel(_Wire):
    """One entry of LM Studio's GET /api/v1/models."""

    key: Name = ""
    display_name: Name = ""
    type: Name = ""
    max_context_length: Context = None
    loaded_instances: Annotated[list[_Instance], BeforeValidator(lambda value: value or [])] = []


def read_studio_models(body: object) -> tuple[ModelInfo, ...]:
    """LM Studio's own list, of version 0 or 1 of its interface."""
    entries = list(_entries(body))
    if not any(isinstance(item, dict) and "key" in item for item in entries):
        return read_models(body)
    return _unique(info for item in entries if (info := _studio_info(item)))


def _studio_info(item: object) -> ModelInfo | None:
    try:
        wire = _StudioModel.model_validate(item)
    except ValidationError:
        return None
    if not wire.key or wire.type in _TEXTLESS:
        return None
    loaded = [read_context(instance.config.get("context_length")) for instance in wire.loaded_instances]
    context = min((known for known in loaded if known), default=wire.max_context_length)
    return ModelInfo(id=wire.key, name=wire.display_name, context=context, loaded=bool(loaded))


def read_ollama_context(shown: object) -> int | None:
    """The context that a model of Ollama was told to use (`num_ctx`), from POST /api/show."""
    parameters = shown.get("parameters") if isinstance(shown, dict) else None
    for line in parameters.splitlines()[:200] if isinstance(parameters, str) else ():
        name, _, value = line.strip().partition(" ")
        if name == "num_ctx":
            return read_context(value.strip().strip('"'))
    return None


def read_ollama_most(shown: object) -> int | None:
    """The longest context a model of Ollama was trained for, from POST /api/show."""
    facts = shown.get("model_info") if isinstance(shown, dict) else None
    if not isinstance(facts, dict):
        return None
    found = (value for name, value in facts.items() if str(name).endswith(".context_length"))
    return next((context for value in found if (context := read_context(value))), None)


def writes_text(shown: object) -> bool:
    """Whether a model of Ollama answers chats; one that only embeds does not."""
    abilities = shown.get("capabilities") if isinstance(shown, dict) else None
    return not isinstance(abilities, list) or not abilities or "completion" in abilities
