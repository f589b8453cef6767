"""Which model servers run on this computer, found on their usual ports by what they answer."""

import asyncio
import json
from typing import Any

from ..domain.profile import FoundServer, ServerKind
from ..net.http import Http, NetError
from ..net.stream import Timeouts
from . import model_lists
from .traits import TRAITS

HOST = "127.0.0.1"
PATIENCE = Timeouts(connect=1.0, first=3.0, idle=3.0, total=5.0)
MOST_SECONDS = 10.0
MOST_NAMES = 200
_LIST = "/v1/models"


def usual_ports() -> tuple[int, ...]:
    """Where servers of the known kinds usually listen."""
    return tuple(dict.fromkeys(traits.port for traits in TRAITS.values() if traits.port))


async def find_servers(http: Http, ports: tuple[int, ...] | None = None) -> tuple[FoundServer, ...]:
    """Ask the ports of this computer, all at once; what answers as no model server is left out.

    A port alone says nothing: many programs listen on 8000 and 8080. Nothing is sent but short questions,
    without any key. Takes some seconds at most, and never raises.
    """
    found = await asyncio.gather(*(_look(_Port(http, port)) for port in ports or usual_ports()))
    return tuple(server for server in found if server is not None)


async def _look(port: "_Port") -> FoundServer | None:
    try:
        async with asyncio.timeout(MOST_SECONDS):
            return await port.look()
    except TimeoutError:
        return None


class _Port:
    """One port of this computer, and what answers there."""

    def __init__(self, http: Http, port: int) -> None:
        self._http = http
        self._root = f"http://{HOST}:{port}"

    async def look(self) -> FoundServer | None:
        """The server that answers, None without one."""
        status, listed = await self._ask(_LIST)
        if not status:
            return None
        kind = await self._native_kind() or await self._common_kind(status, listed)
        if kind is None:
            return None
        models = model_lists.read_models(listed) or model_lists.read_models((await self._ask("/api/tags"))[1])
        names = tuple(model.id for model in models)[:MOST_NAMES]
        return FoundServer(kind=kind, base_url=f"{self._root}/v1", models=names)

    async def _native_kind(self) -> ServerKind | None:
        """By what only one kind has. KoboldCpp comes first: it plays several of the others."""
        if _field(await self._ask("/api/extra/version"), "result") == "KoboldCpp":
            return "koboldcpp"
        if isinstance(_field(await self._ask("/v1/internal/model/info"), "model_name"), str):
            return "textgen"
        if isinstance(_field(await self._ask("/props"), "default_generation_settings"), dict):
            return "llamacpp"
        if _is_studio((await self._ask("/api/v0/models"))[1]):
            return "lmstudio"
        if isinstance(_field(await self._ask("/api/version"), "version"), str):
            tags = await self._ask("/api/tags")
            return "ollama" if isinstance(_field(tags, "models"), list) else None
        return None

    async def _common_kind(self, status: int, listed: Any) -> ServerKind | None:
        """By what its list tells; behind a key, by what is open all the same."""
        entries = listed.get("data") if isinstance(listed, dict) else None
        if status == 200 and isinstance(entries, list):
            known = [item for item in entries[:MOST_NAMES] if isinstance(item, dict)]
            is_vllm = any("max_model_len" in item or item.get("owned_by") == "vllm" for item in known)
            return "vllm" if is_vllm else "openai"
        if status == 401 and _field(await self._ask("/health"), "status") == "ok":
            return "llamacpp"
        return "openai" if status == 401 and isinstance(listed, dict) and "error" in listed else None

    async def _ask(self, path: str) -> tuple[int, Any]:
        """Status and JSON of an answer; 0 when nobody answers."""
        try:
            answer = await self._http.fetch("GET", self._root + path, timeouts=PATIENCE)
        except NetError:
            return 0, None
        try:
            return answer.status, json.loads(answer.body)
        except (ValueError, RecursionError):
            return answer.status, None


def _field(answer: tuple[int, Any], name: str) -> Any:
    status, value = answer
    return value.get(name) if status == 200 and isinstance(value, dict) else None


def _is_studio(listed: Any) -> bool:
    """LM Studio answers every unknown address with 200; its own list says what is loaded."""
    entries = listed.get("data") if isinstance(listed, dict) else None
    return isinstance(entries, list) and all(isinstance(item, dict) and "state" in item for item in entries)
