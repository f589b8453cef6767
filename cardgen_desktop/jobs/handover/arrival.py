"""A window that starts: its files go to the window that is open, or a command makes way for it."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, suppress
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
    """The window that is open has the files; this one has nothing to do."""


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
) -> AsyncIterator["Workspace"]:
    """Own a data folder as a window does.

    A window that has it gets the files, and `HandedOverError` is raised. A command is asked to make way; when
    that takes long, `on_wait` is told what it does. Raises `NotAnsweringError` for an owner that is frozen.
    """
    async with AsyncExitStack() as stack:
        yield await _own(stack, folder, program, opening, files, on_wait)


async def _own(
    stack: AsyncExitStack,
    folder: Path,
    program: str,
    opening: Opening,
    files: Sequence[Path],
    on_wait: Callable[[str], object] | None,
) -> "Workspace":
    patience = Patience(folder)
    while True:
        try:
            return await stack.enter_async_context(opening())
        except FolderTakenError as error:
            taken = error
        try:
            await _ask(folder, program, files, on_wait)
        except LinkLostError as lost:
            patience.spend(taken.holder, lost)
        await asyncio.sleep(random.uniform(*RETRY_SECONDS) / 2)


async def _ask(
    folder: Path, program: str, files: Sequence[Path], on_wait: Callable[[str], object] | None
) -> None:
    """Hand over to a window, or wait until a command has made way; `LinkLostError` says that it has."""
    async with _visit(folder, program) as link:
        if link.welcome.is_window:
            await link.call("hand_over", list(files))
            raise HandedOverError
        with suppress(UsageError):  # it stays until its end
            await link.call("give_way")
        done, _ = await asyncio.wait({link.lost}, timeout=TOLD_AFTER_SECONDS)
        if not done and on_wait is not None:
            on_wait(_sentence(link))
        lost = await asyncio.shield(link.lost)
        raise lost


def _sentence(link: OwnerLink) -> str:
    who = f"{link.welcome.program} (process {link.welcome.pid})"
    return f"{who[:1].upper()}{who[1:]} is at work in this data folder. This window opens when it is done."
