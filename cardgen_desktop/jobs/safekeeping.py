"""What is kept beside the database while a data folder is in use: backups, card files, and ballast."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path

from .. import paths
from ..domain.errors import CardgenError
from ..store.ballast import Ballast
from ..store.engine import Database
from .asset_sweep import sweep
from .backups import BackupKeeper
from .child import in_thread
from .events import EventBus
from .sidecars import CardFiles
from .trash import finish_removals

BALLAST_AFTER = 5.0
BALLAST_EVERY = 600.0
"""Seconds from the start to the first look at the ballast, and between two looks."""


SWEEP_AFTER = 60.0
"""Seconds from the start to the look for files of cards that a crash left without a row."""

FOLLOW_EVERY = 600.0
"""Seconds between two looks for files of removed cards that could not be removed with them."""

_log = logging.getLogger(__name__)


@asynccontextmanager
async def safekeeping(home: Path, database: Database, bus: EventBus) -> AsyncIterator[BackupKeeper]:
    """Keep backups, card files and ballast inside the block; leaving writes what is due."""
    keeper = BackupKeeper(paths.database(home))
    files = CardFiles(database, bus, paths.cards(home))
    ballast = asyncio.create_task(_keep_ballast(Ballast(home)), name="ballast")
    sweeping = asyncio.create_task(_keep_swept(database, home), name="sweep")
    async with AsyncExitStack() as stack:
        stack.push_async_callback(_ended, ballast)
        stack.push_async_callback(_ended, sweeping)
        stack.push_async_callback(keeper.aclose)
        stack.push_async_callback(files.aclose)
        keeper.start()
        files.start()
        yield keeper


async def _keep_ballast(ballast: Ballast) -> None:
    """Not at once: commands that last a second need none."""
    await asyncio.sleep(BALLAST_AFTER)
    while True:
        await in_thread(ballast.restore)
        await asyncio.sleep(BALLAST_EVERY)


async def _keep_swept(database: Database, home: Path) -> None:
    """Not at once: all files once in each run, those of removed cards until they are gone."""
    await asyncio.sleep(SWEEP_AFTER)
    await _sweep_once(database, home)
    while True:
        await finish_removals(database, home)
        await asyncio.sleep(FOLLOW_EVERY)


async def _sweep_once(database: Database, home: Path) -> None:
    """What fails is done in the next run."""
    try:
        if count := await sweep(database, home):
            _log.info("removed %d files that no card has", count)
    except (CardgenError, OSError) as error:
        _log.info("files of cards are not swept: %s", error)


async def _ended(task: "asyncio.Task[None]") -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
