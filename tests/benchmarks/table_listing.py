"""Jobs for the table to be measured with: a listing in memory, or one over a real database."""

import asyncio
import sqlite3
from array import array
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, closing
from pathlib import Path

from cardgen_desktop.domain.job import JobPage, JobQuery, JobSnapshot, JobState
from cardgen_desktop.store import job_lists
from cardgen_desktop.store.engine import Database, open_database
from tests.support.databases import place_empty_database

FILL = """
WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < :total)
INSERT INTO job (kind, lane, state, progress, epoch, phase, character, engine, title, request, created_at,
    queued_at, updated_at, started_at, finished_at, active_seconds)
SELECT 'draft', 'cpu', CASE n % 5 WHEN 0 THEN 'running' WHEN 2 THEN 'failed' ELSE 'succeeded' END,
    CASE n % 5 WHEN 0 THEN 40 ELSE 100 END, 1, 'Setting the scene', 'Somebody ' || n, 'offline',
    'Treasure Island', '{}', 1.7e9 + n, 1.7e9 + n, 1.7e9 + n, 1.7e9 + n,
    CASE n % 5 WHEN 0 THEN NULL ELSE 1.7e9 + n END, (n * 7919) % 1000
FROM numbers
"""
"""Rows of plain SQL; what only writing needs is left out of the table meanwhile."""

STATES = (JobState.RUNNING, JobState.SUCCEEDED, JobState.FAILED, JobState.SUCCEEDED, JobState.QUEUED)
NOW = 1.7e9


def job(number: int) -> JobSnapshot:
    """One job of the list; names differ, every fifth runs."""
    state = STATES[number % len(STATES)]
    return JobSnapshot(
        id=number, kind="draft", state=state, title="Treasure Island", character=f"Somebody {number}",
        engine="offline", progress=40.0 if state is JobState.RUNNING else 100.0, phase="Setting the scene",
        error="The model was not found." if state is JobState.FAILED else None, version=1,
        created_at=NOW, updated_at=NOW, started_at=NOW, active_seconds=12.0,
    )  # fmt: skip


class MemoryListing:
    """So many jobs, newest first, made when they are asked for."""

    def __init__(self, total: int) -> None:
        self.total = total

    async def jobs(self, query: JobQuery) -> JobPage:
        """A page by offset."""
        last = min(self.total, query.offset + query.limit)
        jobs = tuple(job(self.total - row) for row in range(query.offset, last))
        return JobPage(jobs=jobs, total=self.total, limit=query.limit, offset=query.offset)

    async def job_order(self, query: JobQuery) -> "array[int]":
        """All ids."""
        return array("q", range(self.total, 0, -1))

    async def jobs_by_id(self, job_ids: Sequence[int]) -> tuple[JobSnapshot, ...]:
        """Jobs by id; like a database, never in the same turn of the loop."""
        await asyncio.sleep(0)
        return tuple(map(job, job_ids))


class StoreListing:
    """The lists of the store, as the program reads them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def jobs(self, query: JobQuery) -> JobPage:
        """A page by offset."""
        async with self._database.read() as connection:
            return await job_lists.page(connection, query)

    async def job_order(self, query: JobQuery) -> "array[int]":
        """All ids."""
        async with self._database.read() as connection:
            return await job_lists.ids(connection, query)

    async def jobs_by_id(self, job_ids: Sequence[int]) -> tuple[JobSnapshot, ...]:
        """Jobs by id."""
        async with self._database.read() as connection:
            return await job_lists.by_ids(connection, job_ids)


@asynccontextmanager
async def filled_database(path: Path, total: int) -> AsyncIterator[StoreListing]:
    """A real database with so many jobs."""
    place_empty_database(path)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("DROP TRIGGER IF EXISTS job_text_put")
        connection.execute(FILL, {"total": total})
    database = await open_database(path)
    try:
        yield StoreListing(database)
    finally:
        await database.aclose()
