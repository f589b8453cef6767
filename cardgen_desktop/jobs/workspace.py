"""One data folder in use: its lock, database, child processes and job service, composed and taken down."""

import os
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from .. import log, paths
from .interface import Commands, Events

if TYPE_CHECKING:
    from ..domain.job import JobSnapshot
    from .commands import WorkspaceCommands
    from .events import EventBus
    from .handover.desk import OwnerDesk
    from .handover.server import GuestServer
    from .process import ProcessPool
    from .service import JobService

MOST_WORKERS = 8


@dataclass(frozen=True, slots=True)
class Workspace:
    """What the window and the command line work with; `recovered` are jobs that a crash had interrupted.

    `read_only` says why nothing can be written, "" when it can; `warning` what is odd about where it is.
    """

    home: Path
    commands: Commands
    events: Events
    service: "JobService"
    pool: "ProcessPool"
    desk: "OwnerDesk"
    recovered: "tuple[JobSnapshot, ...]" = ()
    read_only: str = ""
    warning: str = ""

    @property
    def is_owner(self) -> bool:
        """Whether this process works on the jobs itself; see `handover.joined` for one that may not."""
        return True

    async def wait(self, job_id: int) -> "JobSnapshot":
        """Work on a job and wait until it has ended."""
        return await self.desk.wait(job_id)

    async def run_jobs(self, job_ids: Sequence[int] | None) -> None:
        """Work on these jobs too, or on everything that is queued."""
        await self.desk.run_jobs(job_ids)


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
    is_window: bool = False,
    give_way: Callable[[], None] | None = None,
    read_only: bool = False,
) -> AsyncIterator[Workspace]:
    """Own a data folder: lock it, open its database, recover its jobs and start working on them.

    `workers` is how many jobs run at once, by default as many as there are cores to spare. `program` names
    this program to a second one that finds the folder in use, `is_window` says that files can be handed to
    it. With `start_workers=False` only jobs run that somebody waits for. `give_way` is called when a window
    wants the folder, which is then to be left. `tasks` is the table of the child processes, for tests.

    From the first moment on other programs are let in as guests. Leaving tells them, and puts running jobs
    back, so that the next owner goes on with them. Raises `FolderTakenError` when the folder is in use, and
    `StorageError` when it cannot be made, or holds a database that cannot be opened. A database that cannot
    be written, or is not to be (`read_only`), is opened to look at: without a lock, and nothing runs.
    """
    from .child import in_thread
    from .handover.desk import OwnerDesk
    from .handover.guest_session import Services
    from .read_only import CHOSEN, why_read_only

    async with AsyncExitStack() as stack:
        if reason := CHOSEN if read_only else await why_read_only(home):
            yield await _looked_at(stack, home, reason, tasks)
            return
        server = await _owned(stack, home, program, is_window=is_window)
        count = workers or default_workers()
        service, commands, bus, pool = await _composed(stack, home, count, tasks)
        recovered = await service.recover()
        stack.push_async_callback(service.aclose)
        if start_workers:
            service.start()
        desk = OwnerDesk(service, bus, everything=start_workers, give_way=give_way)
        warning = await in_thread(_place_warning, home)
        stack.push_async_callback(server.say_goodbye)
        # No await from here on: what guests cause is heard by whoever opens this.
        server.ready(Services(commands, desk, bus))
        yield Workspace(home, commands, bus, service, pool, desk, recovered, warning=warning)


async def _owned(stack: AsyncExitStack, home: Path, program: str, *, is_window: bool) -> "GuestServer":
    """Lock the folder and let guests in; what they ask waits for the rest."""
    from ..store.schema import make_private_folder
    from .child import in_thread
    from .handover.server import listening
    from .lock import folder_lock, read_holder

    _import_everything()
    await in_thread(make_private_folder, home, known=paths.DATABASE_NAME)
    before = read_holder(paths.lock(home))
    lock = stack.enter_context(folder_lock(paths.lock(home), program))
    return await stack.enter_async_context(listening(lock, program, is_window=is_window, before=before))


def _place_warning(home: Path) -> str:
    from ..store.filesystems import place_of

    return place_of(home).warning


def _import_everything() -> None:
    """Before the lock is taken: an owner that imports does not answer its guests."""
    from ..store import engine  # noqa: F401
    from . import commands, safekeeping, service  # noqa: F401


async def _looked_at(stack: AsyncExitStack, home: Path, reason: str, tasks: str | None) -> Workspace:
    """The folder without a lock, a log, or anything at work; the stack takes it down."""
    from .handover.desk import OwnerDesk

    service, commands, bus, pool = await _composed(stack, home, 1, tasks, read_only=True)
    desk = OwnerDesk(service, bus, everything=False)
    return Workspace(home, commands, bus, service, pool, desk, read_only=reason)


async def _composed(
    stack: AsyncExitStack, home: Path, workers: int, tasks: str | None, *, read_only: bool = False
) -> "tuple[JobService, WorkspaceCommands, EventBus, ProcessPool]":
    from ..store.engine import open_database
    from .commands import WorkspaceCommands
    from .events import EventBus
    from .process import TASKS, ProcessPool
    from .safekeeping import safekeeping
    from .service import JobService

    if not read_only:
        stack.enter_context(log.written_to(paths.logs(home)))
    database = await open_database(paths.database(home), read_only=read_only)
    stack.push_async_callback(database.aclose)
    pool = ProcessPool(workers + 1, assets=paths.assets(home), tasks=tasks or TASKS)
    await stack.enter_async_context(pool)
    bus = EventBus()
    keeper = None if read_only else await stack.enter_async_context(safekeeping(home, database, bus))
    service = JobService(database, pool, bus, home=home, workers=workers)
    return service, WorkspaceCommands(database, pool, bus, service, keeper), bus, pool
