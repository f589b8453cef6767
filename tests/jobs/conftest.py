"""A data folder in use, with the small tasks of `fake_tasks` in its children."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from cardgen_desktop.domain.events import Event, JobChanged
from cardgen_desktop.domain.job import JobSnapshot
from cardgen_desktop.domain.job_kinds import DraftRequest
from cardgen_desktop.domain.queue import JobsMoved
from cardgen_desktop.jobs.workspace import Workspace, open_workspace
from tests.support.databases import place_empty_database

FAKE = "tests.jobs.fake_tasks:TASKS"
Opening = Callable[..., AbstractAsyncContextManager[Workspace]]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def opening(home: Path) -> Opening:
    """Open the data folder: `async with opening() as workspace`."""
    place_empty_database(home / "cardgen.db")
    return partial(open_workspace, home, workers=2, tasks=FAKE)


@pytest.fixture
async def workspace(opening: Opening) -> AsyncIterator[Workspace]:
    async with opening() as workspace:
        yield workspace


@pytest.fixture
def step_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where children note each step they really run."""
    path = tmp_path / "steps.log"
    path.touch()
    monkeypatch.setenv("PYTHON_STEP_LOG", str(path))
    return path


def write_book(folder: Path, text: str = "Jim met Pew. Jim ran.", name: str = "book.txt") -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


async def added(workspace: Workspace, path: Path) -> int:
    """Put a file on the desk; returns the id of its source."""
    (outcome,) = await workspace.commands.add_files([path])
    assert outcome.source is not None, outcome.error
    return outcome.source.id


async def started(
    workspace: Workspace, folder: Path, text: str = "Jim met Pew. Jim ran.", **request: Any
) -> JobSnapshot:
    """Draft from a new file."""
    source_id = await added(workspace, write_book(folder, text))
    return await drafted(workspace, DraftRequest(source_ids=(source_id,), **request))


async def drafted(workspace: Workspace, request: DraftRequest, request_id: str | None = None) -> JobSnapshot:
    """Queue one draft."""
    ids = None if request_id is None else [request_id]
    (job,) = await workspace.commands.start_drafts([request], request_ids=ids)
    return job


async def moved(move: Awaitable[JobsMoved]) -> JobSnapshot:
    """The one job that a command has moved, or would have."""
    (job,) = (await move).jobs
    return job


async def until(workspace: Workspace, fits: Callable[[JobSnapshot], bool]) -> JobSnapshot:
    """Wait for an announcement of a job that fits."""
    heard: asyncio.Future[JobSnapshot] = asyncio.get_running_loop().create_future()

    def hear(event: Event) -> None:
        if isinstance(event, JobChanged) and fits(event.job) and not heard.done():
            heard.set_result(event.job)

    stop = workspace.events.subscribe(hear)
    try:
        return await asyncio.wait_for(heard, 60)
    finally:
        stop()
