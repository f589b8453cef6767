"""What servers tell about themselves: models, context, tokens, credits, each kind in its own way."""

from typing import TYPE_CHECKING, Any

from .replies import Reply
from .shapes import JSON, dumped, tokens_of

if TYPE_CHECKING:
    from .server import FakeModelServer


def native_reply(server: "FakeModelServer", asked: str, body: Any) -> Reply:
    """The reply to a request that asks no model; 404 in the server's own words for an unknown path."""
    method, _, path = asked.partition(" ")
    if method == "GET" and path.endswith("/v1/models") and path != "/api/v1/models":
        return given(models(server))
    known = _openrouter if server.kind == "openrouter" else _LOCAL.get(server.kind, _nothing)
    value = known(server, asked, body)
    return given(value) if value is not None else _unknown(server)


def given(value: Any, status: int = 200) -> Reply:
    """A JSON value as a reply."""
    return Reply(status, JSON, (dumped(value).encode(),))


def models(server: "FakeModelServer") -> Any:
    """`/v1/models` as the kind of server writes it."""
    data: list[dict[str, Any]] = [{"id": name, "object": "model", "created": 1} for name in server.models]
    for item in data:
        if server.kind in ("llamacpp", "gguf"):
            item["meta"] = {"n_ctx": server.context, "n_ctx_train": 4 * server.context, "n_vocab": 49152}
        elif server.kind == "vllm":
            item["max_model_len"] = server.context
    return {"object": "list", "data": data}


def _openrouter(server: "FakeModelServer", asked: str, _: Any) -> Any:
    if asked == "GET /api/v1/models":
        return {"data": [_offer(server, name) for name in server.models], "total_count": len(server.models)}
    if asked in ("GET /api/v1/key", "GET /api/v1/auth/key"):
        return {
            "data": {"label": "key", "limit": 10, "limit_remaining": 7.5, "usage": 2.5, "is_free_tier": False}
        }
    return None


def _offer(server: "FakeModelServer", name: str) -> dict[str, Any]:
    return {
        "id": name,
        "canonical_slug": name,
        "name": f"Example: {name}",
        "created": 1,
        "context_length": server.context,
        "architecture": {"input_modalities": ["text"], "output_modalities": ["text"], "tokenizer": "Other"},
        "pricing": {"prompt": "0.0000025", "completion": "0.00001", "request": "0", "image": "0"},
        "top_provider": {
            "context_length": server.context,
            "max_completion_tokens": 4096,
            "is_moderated": False,
        },
        "supported_parameters": ["max_tokens", "temperature", "response_format", "structured_outputs"],
        "expiration_date": None,
    }


def _llama(server: "FakeModelServer", asked: str, body: Any) -> Any:
    if asked == "GET /health":
        return {"status": "ok"}
    if asked == "GET /props":
        return {"default_generation_settings": {"n_ctx": server.context}, "total_slots": 1}
    if asked == "POST /tokenize":
        return {"tokens": list(range(len(tokens_of((body or {}).get("content", "")))))}
    return None


def _vllm(server: "FakeModelServer", asked: str, body: Any) -> Any:
    if asked != "POST /tokenize":
        return None
    count = len(tokens_of((body or {}).get("prompt", "")))
    return {"count": count, "max_model_len": server.context, "tokens": list(range(count))}


def _ollama(server: "FakeModelServer", asked: str, _: Any) -> Any:
    if asked == "GET /api/tags":
        return {"models": [{"name": name, "model": name} for name in server.models]}
    if asked == "GET /api/ps":
        return {"models": [{"name": name, "context_length": server.context} for name in server.models]}
    if asked == "POST /api/show":
        return {
            "model_info": {"general.architecture": "llama", "llama.context_length": 131072},
            "parameters": "",
        }
    return {"version": "0.12.0"} if asked == "GET /api/version" else None


def _lmstudio(server: "FakeModelServer", asked: str, _: Any) -> Any:
    if asked != "GET /api/v0/models":
        return None
    return {
        "object": "list",
        "data": [
            {
                "id": name,
                "object": "model",
                "type": "llm",
                "state": "loaded" if index == 0 else "not-loaded",
                "max_context_length": 4 * server.context,
                **({"loaded_context_length": server.context} if index == 0 else {}),
            }
            for index, name in enumerate(server.models)
        ],
    }


def _koboldcpp(server: "FakeModelServer", asked: str, body: Any) -> Any:
    if asked == "GET /api/extra/true_max_context_length":
        return {"value": server.context}
    if asked == "GET /api/extra/version":
        return {"result": "KoboldCpp", "version": "1.99"}
    if asked == "POST /api/extra/tokencount":
        return {"value": len(tokens_of((body or {}).get("prompt", "")))}
    return None


def _textgen(server: "FakeModelServer", asked: str, body: Any) -> Any:
    if asked == "GET /v1/internal/model/info":
        return {"model_name": server.models[0], "lora_names": []}
    if asked == "POST /v1/internal/token-count":
        return {"length": len(tokens_of((body or {}).get("text", "")))}
    return None


def _nothing(server: "FakeModelServer", asked: str, body: Any) -> Any:
    return None


_LOCAL = {
    "llamacpp": _llama,
    "gguf": _llama,
    "vllm": _vllm,
    "ollama": _ollama,
    "lmstudio": _lmstudio,
    "koboldcpp": _koboldcpp,
    "textgen": _textgen,
}


def _unknown(server: "FakeModelServer") -> Reply:
    if server.kind in ("llamacpp", "gguf"):
        return given({"error": {"code": 404, "message": "File Not Found", "type": "not_found_error"}}, 404)
    return given({"detail": "Not Found"}, 404)
