"""A window that starts: its files go to the window that is open, or a command makes way for it."""

import asyncio
import random
from asyncio import FIRST_COMPLETED
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ... import paths
from ...domain.errors import UsageError
from ...domain.events import Event
from ..lock import FolderTakenError, read_holder
from .joined import RETRY_SECONDS, Patience
from .link import LinkLostError, OwnerLink, linked

if TYPE_CHECKING:
    from ..workspace import Workspace

TOLD_AFTER_SECONDS = 1.0
"""How long a command may take to make way before the person is told what is waited for."""

Opening = Callable[[], "AbstractAsyncContextManager[Workspace]"]


class HandedOverError(Exception):
    """The window that is open has the files, or the person gave up: this one has nothing to do."""


async def hand_files_over(folder: Path, files: Sequence[Path], program: str = "a second window") -> bool:
    """Give files to the window that has the folder open, and have it shown; False when there is none.

    Raises `NotAnsweringError` when there is an owner that says nothing.
    """
    try:
        async with _visit(folder, program) as link:
            if link.welcome.is_window:
                await link.call("hand_over", list(files))
            return link.welcome.is_window
    except LinkLostError:
        return False


@asynccontextmanager
async def _visit(folder: Path, program: str) -> AsyncIterator[OwnerLink]:
    holder = read_holder(paths.lock(folder))
    if holder is None:
        raise LinkLostError("the lock file names nobody")
    async with linked(folder, holder, program, _ignore) as link:
        yield link


def _ignore(_: Event) -> None:
    """A short visit hears no events."""


@asynccontextmanager
async def own_folder(
    folder: Path,
    program: str,
    opening: Opening,
    *,
    files: Sequence[Path] = (),
    on_wait: Callable[[str], object] | None = None,
    stop: asyncio.Event | None = None,
) -> AsyncIterator["Workspace"]:
    """Own a data folder as a window does.

    A window that has it gets the files, and `HandedOverError` is raised. A command is asked to make way; when
    that takes long, `on_wait` is told what it does, and `stop` ends the wait. Raises `NotAnsweringError` for
    an owner that is frozen.
    """
    arrival = _Arrival(folder, program, tuple(files), on_wait, stop or asyncio.Event())
    async with AsyncExitStack() as stack:
        yield await arrival.own(stack, opening)


@dataclass(frozen=True, slots=True)
class _Arrival:
    folder: Path
    program: str
    files: tuple[Path, ...]
    on_wait: Callable[[str], object] | None
    stop: asyncio.Event

    async def own(self, stack: AsyncExitStack, opening: Opening) -> "Workspace":
        patience = Patience(self.folder)
        while True:
            try:
                return await stack.enter_async_context(opening())
            except FolderTakenError as error:
                taken = error
            try:
                await self._ask()
            except LinkLostError as lost:
                patience.spend(taken.holder, lost)
            await asyncio.sleep(random.uniform(*RETRY_SECONDS) / 2)

    async def _ask(self) -> None:
        """Hand over to a window, or wait until a command has made way; `LinkLostError` says that it has."""
        async with _visit(self.folder, self.program) as link:
            if link.welcome.is_window:
                await link.call("hand_over", list(self.files))
                raise HandedOverError
            with suppress(UsageError):  # it stays until its end
                await link.call("give_way")
            await self._wait_for(link)

    async def _wait_for(self, link: OwnerLink) -> None:
        either = [asyncio.ensure_future(wait) for wait in (self.stop.wait(), asyncio.shield(link.lost))]
        try:
            done, _ = await asyncio.wait(either, timeout=TOLD_AFTER_SECONDS, return_when=FIRST_COMPLETED)
            if not done and self.on_wait is not None:
                self.on_wait(_sentence(link))
            await asyncio.wait(either, return_when=FIRST_COMPLETED)
        finally:
            for wait in either:
                wait.cancel()
        if link.lost.done():
            raise link.lost.result()
        raise HandedOverError


def _sentence(link: OwnerLink) -> str:
    who = f"{link.welcome.program} (process {link.welcome.pid})"
    return f"{who[:1].upper()}{who[1:]} is at work in this data folder. This window opens when it is done."
