"""The floors of the queue: its rows by SQLAlchemy Core as the documentation shows it, and a synced file."""

import os
import statistics
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import event, insert, select, update
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from cardgen_desktop.store import tables

from .row import Row

REPEATS = 15
Step = Callable[[], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Compared:
    """Seconds per job of both sides, one number for each repeat."""

    ours: Sequence[float]
    reference: Sequence[float]

    def rows(self, name: str, target: float, unit: str = "s") -> tuple[Row, Row]:
        """The claim for the median, and for the 95th percentile, which a busy disk spreads more."""
        medians = statistics.median(self.ours), statistics.median(self.reference)
        return (
            Row(name, unit, *medians, target),
            Row(f"{name}, p95", unit, p95(self.ours), p95(self.reference), 1.5 * target),
        )


def p95(values: Sequence[float]) -> float:
    """The 95th percentile."""
    return sorted(values)[round(0.95 * (len(values) - 1))]


async def compared(ours: Step, reference: Step, jobs: int, repeats: int = REPEATS) -> Compared:
    """Both sides in turns, so that a busy neighbour disturbs them alike; the first turn warms up."""
    pairs = [(await seconds(ours), await seconds(reference)) for _ in range(repeats + 1)][1:]
    return Compared([first / jobs for first, _ in pairs], [second / jobs for _, second in pairs])


async def seconds(step: Step) -> float:
    """Wall time of one step."""
    start = time.perf_counter()
    await step()
    return time.perf_counter() - start


def bare_engine(path: Path) -> AsyncEngine:
    """An engine as the documentation shows it, with the same durability."""
    engine = create_async_engine(f"sqlite+aiosqlite:///{path}")

    def configure(connection: object, _record: object) -> None:
        cursor = connection.cursor()  # type: ignore[attr-defined]
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.close()

    event.listen(engine.sync_engine, "connect", configure)
    return engine


async def put(engine: AsyncEngine) -> None:
    """One job and its event."""
    now = time.time()
    async with engine.begin() as connection:
        statement = insert(tables.job).values(
            kind="draft", lane="cpu", state="queued", request="{}", created_at=now, queued_at=now,
            updated_at=now, title="A book", character="Ada Thorne", engine="offline",
            search_text="ada thorne\na book\noffline",
        )  # fmt: skip
        job_id = (await connection.execute(statement.returning(tables.job.c.id))).scalar_one()
        await connection.execute(insert(tables.event).values(job_id=job_id, at=now, kind="created"))


async def work(engine: AsyncEngine) -> None:
    """Claim a job and finish it: job, attempt and event, twice, with a result."""
    job, attempt, noted, now = tables.job, tables.attempt, tables.event, time.time()
    following = select(job.c.id).where(job.c.state == "queued", job.c.lane == "cpu")
    first = following.order_by(job.c.priority.desc(), job.c.position, job.c.id).limit(1).scalar_subquery()
    async with engine.begin() as connection:
        claimed = update(job).where(job.c.id == first).values(
            state="running", epoch=1, started_at=now, updated_at=now, attempts=job.c.attempts + 1,
            version=job.c.version + 1,
        )  # fmt: skip
        row = (await connection.execute(claimed.returning(*job.c))).one()
        await connection.execute(insert(attempt).values(job_id=row.id, epoch=1, started_at=now))
        await connection.execute(insert(noted).values(job_id=row.id, at=now, kind="started"))
    async with engine.begin() as connection:
        ended = update(job).where(job.c.id == row.id, job.c.state == "running", job.c.epoch == 1).values(
            state="succeeded", result='{"said":"done"}', finished_at=now, updated_at=now, progress=100.0,
            version=job.c.version + 1,
        )  # fmt: skip
        await connection.execute(ended.returning(*job.c))
        mine = update(attempt).where(attempt.c.job_id == row.id, attempt.c.ended_at.is_(None))
        await connection.execute(mine.values(ended_at=now, outcome="succeeded"))
        await connection.execute(insert(noted).values(job_id=row.id, at=now, kind="succeeded"))


class SyncedFile:
    """A file to which a line is appended and synced: what a row on disk costs at the very least."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_APPEND)

    async def append(self, times: int) -> None:
        """So many lines, each synced."""
        for _ in range(times):
            os.write(self._file, b"x" * 400 + b"\n")
            os.fsync(self._file)

    def close(self) -> None:
        """Give the file back."""
        os.close(self._file)
