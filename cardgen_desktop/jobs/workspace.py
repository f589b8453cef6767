"""One data folder in use: its lock, database, child processes and job service, composed and taken down."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from .interface import Commands, Events

if TYPE_CHECKING:
    from .process import ProcessPool
    from .service import JobService


@dataclass(frozen=True, slots=True)
class Workspace:
    """What the window and the command line work with."""

    home: Path
    commands: Commands
    events: Events
    service: "JobService"
    pool: "ProcessPool"


@asynccontextmanager
async def open_workspace(
    home: Path, *, workers: int | None = None, program: str = "cardgen", start_workers: bool = True
) -> AsyncIterator[Workspace]:
    """Own a data folder: lock it, open its database, recover its jobs and start working on them.

    `workers` is how many jobs run at once, by default as many as there are cores to spare. `program` names
    this program to a second one that finds the folder in use. With `start_workers=False` nothing is run, for
    commands that only look. Leaving puts running jobs back, so that the next start goes on with them. Raises
    `StorageError` when the folder is in use, cannot be written, or holds a database that cannot be opened.
    """
    raise NotImplementedError
    yield
