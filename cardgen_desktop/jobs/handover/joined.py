"""A data folder that several programs use: own it when it is free, else ask its owner, or take over."""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from ... import paths
from ...domain.errors import CardgenError, InternalError, StorageError
from ...domain.events import Event, JobListChanged
from ..events import EventBus
from ..interface import Commands, Events
from ..lock import FolderTakenError, Holder, read_holder
from . import methods, whole_paths
from .link import LinkLostError, NotAnsweringError, linked
from .seats import GuestSeat, OwnerSeat, Seat

if TYPE_CHECKING:
    from ...domain.job import JobSnapshot
    from ..workspace import Workspace

UNREACHED_SECONDS = 2.0
LEAVING_SECONDS = 10.0
"""How long an owner may be out of reach: one that said nothing, and one that said that it leaves."""

RETRY_SECONDS = (0.01, 0.05)
MOST_OWNERS = 100
"""How often one call is given to the next owner."""

Opening = Callable[..., "AbstractAsyncContextManager[Workspace]"]


class Patience:
    """Gives up on an owner that has the lock and cannot be reached; a new owner gets new time."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._who: tuple[int, str] | None = None
        self._until = 0.0

    def spend(self, holder: Holder | None, lost: LinkLostError) -> None:
        """An attempt has failed; raises `NotAnsweringError` when it was one too many."""
        who = (holder.pid, holder.address) if holder else (0, "")
        now = time.monotonic()
        if who != self._who:
            self._who, self._until = who, now + UNREACHED_SECONDS
        if lost.closing is not None:
            self._until = max(self._until, now + LEAVING_SECONDS)
        if now > self._until:
            raise NotAnsweringError(self._folder, holder) from lost


class SharedEvents(EventBus):
    """Implements `interface.Events` over whichever owner there is; `on_listener` hears of each listener."""

    def __init__(self, on_listener: Callable[[], None]) -> None:
        super().__init__()
        self._on_listener = on_listener
        self.are_wanted = False

    def subscribe(self, callback: Callable[[Event], None]) -> Callable[[], None]:
        """Hear every event from now on; call the result to stop."""
        self.are_wanted = True
        self._on_listener()
        return super().subscribe(callback)


class _Commands:
    """Every command of the protocol, given to the seat of the moment."""

    def __init__(self, call: Callable[..., Any]) -> None:
        self._call = call

    def __getattr__(self, name: str) -> Any:
        if name not in methods.ALLOWED - methods.DESK:
            raise AttributeError(name)
        return partial(self._call, name)


class SharedWorkspace:
    """Commands and events of a data folder, whoever owns it. Use `join_workspace`."""

    def __init__(self, home: Path, program: str, opening: Opening) -> None:
        self.home = home
        self._program = program
        self._opening = opening
        self._events = SharedEvents(self._listen)
        self._seat: asyncio.Future[Seat] = asyncio.get_running_loop().create_future()
        self.commands: Commands = cast("Commands", _Commands(self._call))
        self.recovered: tuple[JobSnapshot, ...] = ()
        self.read_only = ""
        """Why the folder is only looked at, in a sentence; empty when it can be written."""

    @property
    def events(self) -> Events:
        """What is announced, by this process or by the owner."""
        return self._events

    @property
    def is_owner(self) -> bool:
        """Whether this process works on the jobs itself at this moment."""
        return self._seat.done() and not self._seat.exception() and self._seat.result().is_owner

    async def wait(self, job_id: int) -> "JobSnapshot":
        """Have a job worked on, and wait until it has ended, also when its owner ends before."""
        job: JobSnapshot = await self._call("wait", job_id)
        return job

    async def run_jobs(self, job_ids: Sequence[int] | None) -> None:
        """Have these jobs worked on, or everything that is queued."""
        await self._call("run_jobs", job_ids)

    async def seated(self) -> Seat:
        """The seat of the moment; raises `CardgenError` when there is none to be had."""
        return await asyncio.shield(self._seat)

    async def _call(self, name: str, *given: Any, **named: Any) -> Any:
        method = methods.method(name)
        arguments = whole_paths.identified(name, method.bind(*given, **named))
        arguments = {key: whole_paths.with_whole_paths(value) for key, value in arguments.items()}
        for _ in range(MOST_OWNERS):
            seat = await self.seated()
            try:
                return await seat.call(name, (), arguments)
            except LinkLostError as error:
                if name not in methods.REPEATABLE:
                    raise _unheard(error) from error
                await seat.left.wait()
        raise InternalError("The data folder changed hands too often. Nothing was lost; try again.")

    def _listen(self) -> None:
        if self._seat.done() and not self._seat.exception():
            self._seat.result().listen()

    async def keep_seat(self) -> None:
        """Own the folder or be a guest, one after the other, until cancelled or there is no seat."""
        pause = 0.0
        try:
            while True:
                async with AsyncExitStack() as stack:
                    seat = await self._take(stack, pause)
                    self._sit(seat)
                    pause = await self._leave(seat)
        except CardgenError as error:
            self._give_up(error)
        except Exception as error:  # noqa: BLE001  (whatever it is, nobody may wait for a seat for ever)
            self._give_up(error)

    def _sit(self, seat: Seat) -> None:
        self.recovered = self.recovered or seat.recovered
        self.read_only = seat.read_only
        self._seat.set_result(seat)
        if self._events.are_wanted:
            seat.listen()
            self._events.announce(JobListChanged())

    async def _leave(self, seat: Seat) -> float:
        try:
            pause = await seat.ended()
        finally:
            self._seat = asyncio.get_running_loop().create_future()
            seat.left.set()
        await seat.settled()
        return pause

    def _give_up(self, error: Exception) -> None:
        if self._seat.done():
            self._seat = asyncio.get_running_loop().create_future()
        self._seat.set_exception(error)
        self._seat.exception()  # heard: perhaps nobody asks any more

    async def _take(self, stack: AsyncExitStack, pause: float) -> Seat:
        patience, free_at = Patience(self.home), time.monotonic() + pause
        while True:
            # A guest first: it need not import what an owner needs, and nobody answers for a dead one.
            holder = read_holder(paths.lock(self.home))
            try:
                return GuestSeat(await self._visit(stack, holder))
            except LinkLostError as error:
                lost = error
            if time.monotonic() >= free_at:
                if seat := await self._own(stack):
                    return seat
                patience.spend(holder, lost)
            await asyncio.sleep(random.uniform(*RETRY_SECONDS))

    async def _own(self, stack: AsyncExitStack) -> Seat | None:
        asked = asyncio.Event()
        try:
            workspace = await stack.enter_async_context(self._opening(give_way=asked.set))
        except FolderTakenError:
            return None
        stack.callback(workspace.events.subscribe(self._events.announce))
        return OwnerSeat(workspace, asked)

    async def _visit(self, stack: AsyncExitStack, holder: Holder | None) -> Any:
        if holder is None:
            raise LinkLostError("the lock file names nobody")
        link = linked(self.home, holder, self._program, self._events.announce)
        return await stack.enter_async_context(link)


def _unheard(error: LinkLostError) -> StorageError:
    return StorageError(
        "The program that had the data folder open ended before it answered. Nothing was lost. "
        "Look whether it was done, then try again.",
        details=str(error),
    )


@asynccontextmanager
async def join_workspace(
    home: Path,
    *,
    workers: int | None = None,
    program: str = "cardgen",
    start_workers: bool = False,
    tasks: str | None = None,
) -> AsyncIterator[SharedWorkspace]:
    """Use a data folder: own it when it is free, else be the guest of its owner.

    As an owner this process works only on what it or a guest waits for, unless `start_workers` is set; it
    leaves the folder to a window that asks for it, and goes on as its guest. When the owner of a guest ends,
    one of its guests takes over; whoever waits for a job goes on waiting for the same one. Raises
    `NotAnsweringError` when the owner is frozen, `StorageError` as `open_workspace` does.
    """
    from ..workspace import open_workspace

    opening = partial(
        open_workspace, home, workers=workers, program=program, start_workers=start_workers, tasks=tasks
    )
    shared = SharedWorkspace(home, program, opening)
    keeping = asyncio.create_task(shared.keep_seat(), name="seat")
    try:
        await shared.seated()
        yield shared
    finally:
        keeping.cancel()
        await asyncio.gather(keeping, return_exceptions=True)
