"""A data folder with a profile of the scripted server, for tests of drafts that a model writes."""

import json
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from cardgen_desktop.domain.draft import DraftOptions
from cardgen_desktop.domain.events import Event, JobText
from cardgen_desktop.domain.job import JobSnapshot
from cardgen_desktop.domain.job_kinds import DraftRequest
from cardgen_desktop.domain.profile import Profile, Sampling
from cardgen_desktop.jobs.workspace import Workspace, open_workspace
from tests.support.databases import place_empty_database
from tests.support.llm_server import FakeModelServer, Received, Reply, stream

from .conftest import added, drafted

BOOK = Path(__file__).parent.parent / "data" / "drafting" / "lamp_on_corran_rock.txt"
SHORT = DraftOptions(greetings=1, entries=2, repair=False)
FAR = "127.1"
"""This computer under a name that no profile takes for a near one, so that money and the network count."""


def profile_of(server: FakeModelServer, *, far: bool = False, **changes: Any) -> Profile:
    """A profile named "model" for the server; `far` as if it were somebody else's."""
    url = server.base_url.replace("127.0.0.1", FAR) if far else server.base_url
    values: dict[str, Any] = {
        "name": "model", "kind": server.kind, "base_url": url, "model": "model-1",
        "sampling": Sampling(temperature=0.5),
    }  # fmt: skip
    return Profile.model_validate(values | changes)


@asynccontextmanager
async def model_workspace(
    home: Path, server: FakeModelServer, *, far: bool = False, **changes: Any
) -> AsyncIterator[Workspace]:
    """A data folder that knows the profile, new if it is not there; its children are the real ones."""
    if not (home / "cardgen.db").exists():
        place_empty_database(home / "cardgen.db")
    async with open_workspace(home, workers=2) as workspace:
        await workspace.commands.save_profile(profile_of(server, far=far, **changes))
        yield workspace


async def started_draft(workspace: Workspace, *, book: Path = BOOK, **request: Any) -> JobSnapshot:
    """Draft from the book with the model."""
    source_id = await added(workspace, book)
    values: dict[str, Any] = {"source_ids": (source_id,), "engine": "model", "options": SHORT}
    return await drafted(workspace, DraftRequest(**(values | request)))


class Screen:
    """What a view of a job shows: the texts by step and path, put together from what is announced."""

    def __init__(self, workspace: Workspace) -> None:
        self.texts: dict[tuple[str, str], str] = {}
        self.told: list[JobText] = []
        workspace.events.subscribe(self._hear)

    def _hear(self, event: Event) -> None:
        if isinstance(event, JobText):
            before = self.texts.get((event.step, event.path), "")
            assert event.at <= len(before)
            self.texts[event.step, event.path] = before[: event.at] + event.text
            self.told.append(event)

    @property
    def whole(self) -> str:
        """Everything that is shown."""
        return "\n\n".join(self.texts.values())


def asked_keys(request: Received) -> Sequence[str]:
    """The values that a request asks for."""
    return list(asked_kinds(request))


def asked_kinds(request: Received) -> dict[str, str]:
    """The values that a request asks for, by its schema, or by its words when that leaves the shape open."""
    schema = request.body["response_format"]["json_schema"]["schema"]
    if "properties" in schema:
        return {key: item["type"] for key, item in schema["properties"].items()}
    told = re.findall(r'the key "(\w+)" \((text|list)', prompt_of(request))
    return {key: "array" if kind == "list" else "string" for key, kind in told}


def telling(server: FakeModelServer, **texts: str) -> None:
    """Let the server answer with these texts where they are asked for."""
    server.default = lambda request: telling_reply(server, request, texts)


def telling_reply(server: FakeModelServer, request: Received, texts: dict[str, str]) -> Reply:
    """An answer that fits a request, with some texts of our own."""
    plain = {
        key: ["Maren keeps the lamp."] if kind == "array" else "Maren keeps the lamp."
        for key, kind in asked_kinds(request).items()
    }
    body = json.dumps({key: texts.get(key, value) for key, value in plain.items()})
    return stream(server.kind, body, cost=server.cost).paced(server.pace)


def playing(server: FakeModelServer, key: str, *replies: Reply) -> None:
    """Let the server answer the first requests for one value alone with these, and all others as before."""
    usual, left = server.default, list(replies)

    def reply(request: Received) -> Reply:
        if left and list(asked_keys(request)) == [key]:
            return left.pop(0)
        return usual(request) if callable(usual) else usual

    server.default = reply


def chats_for(server: FakeModelServer, key: str) -> list[Received]:
    """The requests for one value alone."""
    return [request for request in server.chats if list(asked_keys(request)) == [key]]


def prompt_of(request: Received) -> str:
    """All messages of a request as one text."""
    return "\n".join(message["content"] for message in request.body["messages"])
