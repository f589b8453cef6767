"""The durable queue beside bare SQLAlchemy Core on the same kind of database."""

import asyncio
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from cardgen_desktop.store import jobs as store_jobs
from cardgen_desktop.store import tables
from cardgen_desktop.store.engine import Database, open_database

from .row import Row

BATCH, ROUNDS = 60, 7


def rows() -> Iterator[Row]:
    """One durable transaction per job, in turns with the floor."""
    enqueue, claim = asyncio.run(measured())
    yield Row("enqueue a job durably / the same rows by bare Core", "s", *enqueue, 1.5)
    yield Row("claim and finish a job / the same rows by bare Core", "s", *claim, 1.75)


async def measured() -> tuple[tuple[float, float], tuple[float, float]]:
    """Seconds per job for (ours, bare) of enqueueing, then of claiming and finishing."""
    with tempfile.TemporaryDirectory() as folder:
        database = await open_database(Path(folder) / "ours" / "cardgen.db")
        async with database.write() as connection:
            epoch, _ = await store_jobs.recover(connection, 0.0)
        bare_path = Path(folder) / "bare" / "cardgen.db"
        await (await open_database(bare_path)).aclose()
        engine = bare_engine(bare_path)
        try:
            enqueue = await compared(lambda: put(database), lambda: bare_put(engine))
            claim = await compared(lambda: work(database, epoch), lambda: bare_work(engine))
        finally:
            await engine.dispose()
            await database.aclose()
    return enqueue, claim


def bare_engine(path: Path) -> AsyncEngine:
    """An engine as the documentation shows it, with the same durability."""
    from sqlalchemy import event

    engine = create_async_engine(f"sqlite+aiosqlite:///{path}")

    def configure(connection: object, _record: object) -> None:
        cursor = connection.cursor()  # type: ignore[attr-defined]
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.close()

    event.listen(engine.sync_engine, "connect", configure)
    return engine


async def compared(
    ours: Callable[[], Awaitable[None]], reference: Callable[[], Awaitable[None]]
) -> tuple[float, float]:
    """Median seconds per call of both, measured in turns."""
    pairs = [(await batch(ours), await batch(reference)) for _ in range(ROUNDS)]
    return statistics.median(a for a, _ in pairs), statistics.median(b for _, b in pairs)


async def batch(action: Callable[[], Awaitable[None]]) -> float:
    """Seconds per call over one batch."""
    start = time.perf_counter()
    for _ in range(BATCH):
        await action()
    return (time.perf_counter() - start) / BATCH


async def put(database: Database) -> None:
    """Enqueue one job, with its event row."""
    async with database.write() as connection:
        await store_jobs.create(
            connection, kind="draft", lane="cpu", request={}, unique_key=None, request_id=None, metadata={},
            title="A book", character="Ada Thorne", engine="offline", now=time.time(),
        )  # fmt: skip


async def work(database: Database, epoch: int) -> None:
    """Claim one job and finish it: attempt, events and states in two durable transactions."""
    async with database.write() as connection:
        claimed = await store_jobs.claim(connection, epoch, ("cpu",), time.time())
    if claimed is None:
        raise RuntimeError("the queue ran dry")
    async with database.write() as connection:
        await store_jobs.fail(
            connection, claimed.id, epoch, error="-", error_code="internal", error_details="", now=time.time()
        )


async def bare_put(engine: AsyncEngine) -> None:
    """The rows of `put`, written as the documentation of SQLAlchemy shows it."""
    now = time.time()
    async with engine.begin() as connection:
        statement = insert(tables.job).values(
            kind="draft", lane="cpu", state="queued", request="{}", created_at=now, queued_at=now,
            updated_at=now, title="A book", engine="offline",
        )  # fmt: skip
        job_id = (await connection.execute(statement.returning(tables.job.c.id))).scalar_one()
        await connection.execute(insert(tables.event).values(job_id=job_id, at=now, kind="created"))


async def bare_work(engine: AsyncEngine) -> None:
    """The rows of `work`: job, attempt and event, twice."""
    job, attempt, event, now = tables.job, tables.attempt, tables.event, time.time()
    following = select(job.c.id).where(job.c.state == "queued").limit(1).scalar_subquery()
    async with engine.begin() as connection:
        claimed = update(job).where(job.c.id == following).values(state="running", epoch=1, started_at=now)
        job_id = (await connection.execute(claimed.returning(job.c.id))).scalar_one()
        await connection.execute(insert(attempt).values(job_id=job_id, epoch=1, started_at=now))
        await connection.execute(insert(event).values(job_id=job_id, at=now, kind="started"))
    async with engine.begin() as connection:
        mine = job.c.id == job_id
        await connection.execute(update(job).where(mine).values(state="failed", error="-", finished_at=now))
        ended = update(attempt).where(attempt.c.job_id == job_id).values(ended_at=now, outcome="failed")
        await connection.execute(ended)
        await connection.execute(insert(event).values(job_id=job_id, at=now, kind="failed"))
