"""A start after a crash beside a start after a clean end, and the memory that many jobs take."""

import asyncio
import gc
import shutil
import tempfile
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

from cardgen_desktop.domain.job import JobQuery, Lane
from cardgen_desktop.jobs.events import EventBus
from cardgen_desktop.jobs.process import ProcessPool
from cardgen_desktop.jobs.service import JobService
from cardgen_desktop.store import claims, intake, job_lists, jobs
from cardgen_desktop.store.engine import open_database

from .bare import Compared, compared
from .row import Row
from .storing import NEW

JOBS, INTERRUPTED = 10_000, 20
BUDGET_MB = 20.0


def rows() -> Iterator[Row]:
    """Ten thousand jobs wait; twenty were in work when the program died."""
    with tempfile.TemporaryDirectory() as folder:
        figures = asyncio.run(restarted(Path(folder)))
        yield from figures.rows("first claim after a crash / after a clean end", 1.5)
    yield Row("memory of 10,000 jobs queued and listed", "MB", asyncio.run(megabytes()), BUDGET_MB, 1.0)


async def restarted(folder: Path) -> Compared:
    """Seconds from opening the database to the first job in work."""
    await prepare(folder)

    async def start(name: str) -> None:
        home = folder / "home"
        shutil.rmtree(home, ignore_errors=True)
        shutil.copytree(folder / name, home)
        await first_claim(home)

    return await compared(lambda: start("crashed"), lambda: start("clean"), 1, repeats=11)


async def prepare(folder: Path) -> None:
    """Both states of the folder; the crashed one has its write-ahead log as it was."""
    home = folder / "home"
    database = await open_database(home / "cardgen.db")
    async with database.write() as connection:
        await intake.create_all(connection, [NEW] * JOBS, 1.0)
        epoch, _ = await jobs.recover(connection, 1.0)
    async with database.write() as connection:
        await claims.claim_all(connection, epoch, {Lane.CPU: INTERRUPTED}, 2.0)
    shutil.copytree(home, folder / "crashed")
    async with database.write() as connection:
        await jobs.stop_all(connection, 3.0)
    await database.aclose()
    shutil.copytree(home, folder / "clean")


async def first_claim(home: Path) -> None:
    """What a start does before the first job runs."""
    database = await open_database(home / "cardgen.db")
    try:
        async with ProcessPool(1) as pool:
            service = JobService(database, pool, EventBus(), home=home, workers=2)
            await service.recover()
            if not await service.core.queue.claim({Lane.CPU: 2}):
                raise RuntimeError("nothing to do")
    finally:
        await database.aclose()


async def megabytes() -> float:
    """The most that Python held at once while jobs were queued and the whole list was read."""
    with tempfile.TemporaryDirectory() as folder:
        database = await open_database(Path(folder) / "home" / "cardgen.db")
        try:
            gc.collect()
            tracemalloc.start()
            for _ in range(JOBS // 250):
                async with database.write() as connection:
                    await intake.create_all(connection, [NEW] * 250, 1.0)
            async with database.read() as connection:
                listed = await job_lists.ids(connection, JobQuery())
                kept = [
                    await job_lists.page(connection, JobQuery(limit=250, offset=offset))
                    for offset in range(0, 2_000, 250)
                ]
            if len(listed) != JOBS or not kept:
                raise RuntimeError("jobs are missing")
            return tracemalloc.get_traced_memory()[1] / 1e6
        finally:
            tracemalloc.stop()
            await database.aclose()
