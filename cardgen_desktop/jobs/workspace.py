"""One data folder in use: its lock, database, child processes and job service, composed and taken down."""

import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from .. import log, paths
from .interface import Commands, Events

if TYPE_CHECKING:
    from ..domain.job import JobSnapshot
    from .process import ProcessPool
    from .service import JobService

MOST_WORKERS = 8


@dataclass(frozen=True, slots=True)
class Workspace:
    """What the window and the command line work with; `recovered` are jobs that a crash had interrupted."""

    home: Path
    commands: Commands
    events: Events
    service: "JobService"
    pool: "ProcessPool"
    recovered: "tuple[JobSnapshot, ...]" = ()


def default_workers() -> int:
    """As many jobs at once as there are cores to spare, at least two."""
    return min(MOST_WORKERS, max(2, (os.cpu_count() or 1) - 1))


@asynccontextmanager
async def open_workspace(
    home: Path,
    *,
    workers: int | None = None,
    program: str = "cardgen",
    start_workers: bool = True,
    tasks: str | None = None,
) -> AsyncIterator[Workspace]:
    """Own a data folder: lock it, open its database, recover its jobs and start working on them.

    `workers` is how many jobs run at once, by default as many as there are cores to spare. `program` names
    this program to a second one that finds the folder in use. With `start_workers=False` nothing is run, for
    commands that only look; `service.start()` begins later. `tasks` is the table of the child processes, for
    tests. Leaving puts running jobs back, so that the next start goes on with them. Raises `StorageError`
    when the folder is in use, cannot be written, or holds a database that cannot be opened.
    """
    from ..store.engine import open_database
    from ..store.schema import make_private_folder
    from .child import in_thread
    from .commands import WorkspaceCommands
    from .events import EventBus
    from .lock import folder_lock
    from .process import TASKS, ProcessPool
    from .service import JobService

    count = workers or default_workers()
    async with AsyncExitStack() as stack:
        await in_thread(make_private_folder, home, known=paths.DATABASE_NAME)
        stack.enter_context(folder_lock(paths.lock(home), program))
        stack.enter_context(log.written_to(paths.logs(home)))
        database = await open_database(paths.database(home))
        stack.push_async_callback(database.aclose)
        # One child more than jobs at once: reading a dropped file does not wait for the drafts.
        pool = await stack.enter_async_context(ProcessPool(count + 1, tasks=tasks or TASKS))
        bus = EventBus()
        service = JobService(database, pool, bus, workers=count)
        recovered = await service.recover()
        stack.push_async_callback(service.aclose)
        if start_workers:
            service.start()
        commands = WorkspaceCommands(database, pool, bus, service)
        yield Workspace(home, commands, bus, service, pool, recovered)
