"""Backups each half hour while something changes, and when asked (ux-and-reliability.md 1.4)."""

import asyncio
import logging
import time
from pathlib import Path

from .. import paths
from ..domain.errors import DamagedDatabaseError, StorageError
from ..domain.queue import Backup
from ..store import backups as stored_backups
from ..store import recovery
from .child import in_thread

EVERY = 30 * 60.0
FIRST_AFTER = 10.0
"""Seconds from the start of the program to the first one, when the newest is older than half an hour."""

CLOSING_BYTES = 64 * 1024 * 1024
"""The largest database that is backed up at the end of the program, where somebody waits."""

_log = logging.getLogger(__name__)


class BackupKeeper:
    """Keeps verified backups of one database. One copy is made at a time; a failed one costs the others
    nothing."""

    def __init__(self, database: Path, *, every: float = EVERY) -> None:
        self._database = database
        self._folder = paths.backups(database.parent)
        self._every = every
        self._turn = asyncio.Lock()
        self._stopped = False
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Keep backups from now on; harmless when it does."""
        if self._task is None:
            self._task = asyncio.create_task(self._keep(), name="backups")

    async def aclose(self) -> None:
        """Stop, and leave a backup of what this run has changed when none is recent."""
        if self._task is None:
            return
        self._stopped = True
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        self._task, self._stopped = None, False
        if await in_thread(self._is_small) and await in_thread(self._age) >= self._every:
            await self._tried()

    async def back_up(self, *, force: bool = True) -> Backup | None:
        """Make one now; None when nothing changed and it is not forced. Raises `StorageError`."""
        async with self._turn:
            return await in_thread(
                stored_backups.back_up, self._database, self._folder, time.time(), force=force,
                stopped=lambda: self._stopped,
            )  # fmt: skip

    async def listed(self) -> tuple[Backup, ...]:
        """The backups that can be read, newest first."""
        return await in_thread(stored_backups.listed, self._folder)

    async def _keep(self) -> None:
        await asyncio.sleep(min(FIRST_AFTER, self._every))
        while True:
            age = await in_thread(self._age)
            if age >= self._every:
                await self._tried()
                age = 0.0
            await asyncio.sleep(self._every - age)

    async def _tried(self) -> None:
        """Nobody has asked for this one: what goes wrong is for the log, and the next comes in its time."""
        try:
            backup = await self.back_up(force=False)
        except DamagedDatabaseError as error:
            # The copy was read to its last page: the next start looks as closely and offers the older ones.
            await in_thread(recovery.suspect, self._database)
            _log.warning("no backup was made, the database is damaged: %s", error.details)
        except StorageError as error:
            _log.warning("no backup was made: %s %s", error.message, error.details)
        else:
            _log.info("backup: %s", "nothing has changed" if backup is None else backup.path)

    def _age(self) -> float:
        """Seconds since the newest backup, at most one period when there is none or it lies ahead."""
        newest = next((at for at, _ in stored_backups.named(self._folder)), None)
        age = self._every if newest is None else time.time() - newest
        return self._every if age < 0 else min(age, self._every)

    def _is_small(self) -> bool:
        try:
            return self._database.stat().st_size <= CLOSING_BYTES
        except OSError:
            return False


class BackupCommands:
    """What the window and the command line may ask about backups; a part of `interface.Commands`.

    `keeper` is None where nothing can be written.
    """

    def __init__(self, keeper: BackupKeeper | None) -> None:
        self._keeper = keeper

    async def backups(self) -> tuple[Backup, ...]:
        """The backups of the database, newest first."""
        return await self._keeper.listed() if self._keeper is not None else ()

    async def back_up(self) -> Backup:
        """Back the database up now, and read the copy back."""
        if self._keeper is None:
            raise StorageError("The data is open to look at only, so no backup was made. Copy the folder.")
        backup = await self._keeper.back_up()
        if backup is None:
            raise StorageError("The program ends, so the backup was given up. The older ones are kept.")
        return backup
