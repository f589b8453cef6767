"""Servers of this computer are found by what they answer, not by the port alone."""

import asyncio

import pytest

from cardgen_desktop.domain.profile import ServerKind
from cardgen_desktop.llm.client import Http
from cardgen_desktop.llm.discovery import find_servers, usual_ports
from tests.support.llm_server import HANG, FakeModelServer, Reply, error, html
from tests.support.llm_server.native import given

LOCAL: tuple[ServerKind, ...] = ("ollama", "lmstudio", "koboldcpp", "llamacpp", "vllm", "textgen")


def test_the_usual_ports_are_asked() -> None:
    assert set(usual_ports()) == {11434, 1234, 5001, 8080, 8000, 5000}


@pytest.mark.parametrize("kind", LOCAL)
async def test_every_kind_is_told_by_its_answers(kind: ServerKind) -> None:
    async with FakeModelServer(kind, models=("one", "two")) as fake, Http() as http:
        (found,) = await find_servers(http, (fake.port,))
        assert (found.kind, found.base_url, found.models) == (kind, fake.base_url, ("one", "two"))
        assert not fake.chats, "nobody is asked to write"
        assert not any("authorization" in request.headers for request in fake.requests), "no key is sent"


async def test_several_are_found_at_once_and_a_closed_port_is_none() -> None:
    async with FakeModelServer("ollama") as one, FakeModelServer("vllm") as two, Http() as http:
        async with FakeModelServer("openai") as gone:
            closed = gone.port
        found = await find_servers(http, (one.port, closed, two.port))
    assert [server.kind for server in found] == ["ollama", "vllm"]


async def test_a_compatible_server_of_no_known_kind() -> None:
    async with FakeModelServer("openai") as fake, Http() as http:
        (found,) = await find_servers(http, (fake.port,))
    assert found.kind == "openai"


async def test_llama_server_behind_a_key() -> None:
    async with FakeModelServer("llamacpp", key="secret") as fake, Http() as http:
        fake.routes["GET /health"] = given({"status": "ok"})
        # /health is open in the real server; the fake one asks for the key everywhere.
        fake.key = ""
        for path in ("/v1/models", "/props"):
            fake.routes[f"GET {path}"] = error("llamacpp", 401, "Invalid API Key")
        (found,) = await find_servers(http, (fake.port,))
    assert (found.kind, found.models) == ("llamacpp", ())


@pytest.mark.parametrize(
    "reply", [html(200), given({"hello": "world"}), given([1, 2]), Reply(raw=b"SSH-2.0-OpenSSH_9.2\r\n")]
)
async def test_another_program_on_a_port_is_left_alone(reply: Reply) -> None:
    async with FakeModelServer("openai") as fake, Http() as http:
        fake.routes["GET /v1/models"] = reply
        assert await find_servers(http, (fake.port,)) == ()


async def test_a_port_that_never_answers_holds_nobody_up() -> None:
    async with FakeModelServer("openai") as fake, FakeModelServer("ollama") as other, Http() as http:
        fake.routes["GET /v1/models"] = Reply(pieces=(b"{", HANG))
        async with asyncio.timeout(60):
            found = await find_servers(http, (fake.port, other.port))
    assert [server.kind for server in found] == ["ollama"]
