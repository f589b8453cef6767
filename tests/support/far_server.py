"""The fake model server as one far away: reached by a public name through a proxy, so that it costs money."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal

import pytest

from cardgen_desktop.domain.profile import ModelInfo, Profile, ServerKind

from .llm_server import FakeModelServer, Received, Reply
from .llm_server.shapes import JSON, dumped, exact

FAR_ROOT = "http://models.example"


@asynccontextmanager
async def far_server(
    monkeypatch: pytest.MonkeyPatch, kind: ServerKind = "openrouter", **options: object
) -> AsyncIterator[FakeModelServer]:
    """A server of this kind that every far address leads to. It tells what a request came to when asked."""
    async with FakeModelServer(kind, **options) as server:  # type: ignore[arg-type]
        for name in ("http_proxy", "HTTP_PROXY"):
            monkeypatch.setenv(name, server.root_url)
        for name in ("no_proxy", "NO_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.delenv(name, raising=False)
        server.routes[f"GET {far_url(kind)}/generation"] = lambda request: _bill(server, request)
        server.routes[f"GET {far_url(kind)}/key"] = key_reply("7.5")
        yield server


def far_url(kind: ServerKind = "openrouter") -> str:
    """The address that a profile of such a server holds."""
    return f"{FAR_ROOT}{'/api' if kind == 'openrouter' else ''}/v1"


def far_profile(kind: ServerKind = "openrouter", **fields: object) -> Profile:
    """A profile of such a server."""
    values = {"name": "maker", "kind": kind, "base_url": far_url(kind), "model": "model-1"}
    return Profile.model_validate(values | fields)


def key_reply(left: str | None) -> Reply:
    """What OpenRouter says of a key."""
    remaining = None if left is None else exact(Decimal(left))
    data = {"limit": 10, "limit_remaining": remaining, "usage": 2.5, "is_free_tier": False}
    return Reply(200, JSON, (dumped({"data": data}).encode(),))


def _bill(server: FakeModelServer, request: Received) -> Reply:
    number = int(request.path.rpartition("gen-")[2])
    bill = server.bills[number]
    data = {
        "id": f"gen-{number}", "total_cost": exact(bill.cost), "native_tokens_prompt": 100,
        "native_tokens_completion": bill.tokens,
    }  # fmt: skip
    return Reply(200, JSON, (dumped({"data": data}).encode(),))


PRICED = ModelInfo(
    id="model-1", context=8192, prompt_price=Decimal("0.000001"), output_price=Decimal("0.000002")
)
"""A dollar and two dollars a million tokens."""
