"""A data folder whose drafts are written by fake servers, and the real command line beside it.

The folder is owned by this process, so that readers and checkers are warm; each command is a process of its
own and asks the owner, as it does beside an open window.
"""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cardgen_desktop.domain.draft import DraftOptions
from cardgen_desktop.domain.job import TERMINAL_STATES, JobSnapshot, JobState
from cardgen_desktop.domain.job_kinds import DraftRequest
from cardgen_desktop.domain.profile import Profile
from cardgen_desktop.jobs.workspace import Workspace, open_workspace
from tests.support.databases import place_empty_database
from tests.support.llm_server import FakeModelServer

ROOT = Path(__file__).resolve().parents[2]
BOOK = ROOT / "tests" / "data" / "drafting" / "lamp_on_corran_rock.txt"
SHORT = DraftOptions(greetings=1, entries=2, repair=False)
FAR = "127.1"
"""This computer under a name that no profile takes for a near one, so that money and the network count."""

KEY = "sk-or-v1-0123456789abcdef9f"
PATIENCE = 120.0


def far_profile(server: FakeModelServer, name: str = "model", **changes: Any) -> Profile:
    """A profile of a fake server that seems to be far away."""
    values: dict[str, Any] = {
        "name": name, "kind": server.kind, "model": "model-1",
        "base_url": server.base_url.replace("127.0.0.1", FAR),
    }  # fmt: skip
    return Profile.model_validate(values | changes)


@asynccontextmanager
async def model_folder(home: Path, *, workers: int = 4) -> AsyncIterator[Workspace]:
    """A data folder in use, new when it is not there."""
    if not (home / "cardgen.db").exists():
        place_empty_database(home / "cardgen.db")
    async with open_workspace(home, workers=workers) as workspace:
        yield workspace


async def add_book(workspace: Workspace, path: Path = BOOK) -> int:
    """The id of the source."""
    (outcome,) = await workspace.commands.add_files([path])
    assert outcome.source is not None, outcome.error
    return outcome.source.id


async def start(workspace: Workspace, source_id: int, engine: str = "model", **request: Any) -> JobSnapshot:
    """Queue a draft."""
    values: dict[str, Any] = {"source_ids": (source_id,), "engine": engine, "options": SHORT}
    (job,) = await workspace.commands.start_drafts([DraftRequest(**(values | request))])
    return job


async def settled(
    workspace: Workspace, job_id: int, *states: JobState, seconds: float = PATIENCE
) -> JobSnapshot:
    """Wait until a job is in one of these states, by default an end."""
    wanted = states or tuple(TERMINAL_STATES)
    async with asyncio.timeout(seconds):
        while (job := await workspace.commands.job(job_id)).state not in wanted:
            await asyncio.sleep(0.02)
    return job


@dataclass(frozen=True)
class Ran:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def value(self) -> Any:
        """The JSON that it printed."""
        return json.loads(self.out)


async def cardgen(home: Path, *words: object, **environment: str) -> Ran:
    """Run a command in a process of its own."""
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "cardgen_desktop.cli.main", "--home", str(home), *map(str, words),
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE, cwd=ROOT,
        env={**os.environ, "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring", **environment},
    )  # fmt: skip
    out, err = await asyncio.wait_for(child.communicate(), PATIENCE)
    return Ran(child.returncode or 0, out.decode(), err.decode())
