"""Pages and counts of a million jobs, beside the same SQL through bare SQLAlchemy Core."""

import asyncio
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from cardgen_desktop.domain.job import JobQuery, JobSort, JobState
from cardgen_desktop.store import job_lists
from cardgen_desktop.store.derived import DERIVED, EMPTY_TALLY, FILL
from cardgen_desktop.store.engine import Database, open_database
from tests.support.databases import place_empty_database

from .bare import Compared, bare_engine, compared
from .row import Row

JOBS, PAGE = 1_000_000, 100
JOBS_SQL = """
WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < :jobs)
INSERT INTO job (kind, lane, state, progress, position, epoch, phase, character, engine, title, search_text,
    request, created_at, queued_at, updated_at, finished_at, error, active_seconds)
SELECT 'draft', 'cpu', CASE WHEN n % 5 = 2 THEN 'failed' WHEN n % 5 = 3 THEN 'queued' ELSE 'succeeded' END,
    (n * 7919) % 101, n, 1, '', 'Somebody ' || n, 'offline', 'Treasure Island',
    'somebody ' || n || char(10) || 'treasure island', '{"source_ids":[1]}', 1.7e9 + n, 1.7e9 + n, 1.7e9 + n,
    CASE n % 5 WHEN 3 THEN NULL ELSE 1.7e9 + n END, CASE n % 5 WHEN 2 THEN 'It was not found.' END,
    (n * 7919) % 1000
FROM numbers
"""
VISIBLE = "removed_at IS NULL"
NEWEST = "ORDER BY created_at DESC, id DESC"
FAILED = f"{VISIBLE} AND state = 'failed'"
FOUND = f"{VISIBLE} AND id IN (SELECT rowid FROM job_text WHERE job_text MATCH '\"body 12345\"')"
QUERIES: dict[str, tuple[JobQuery, str, str]] = {
    "newest": (JobQuery(limit=PAGE), VISIBLE, f"{NEWEST} LIMIT {PAGE}"),
    "of a state": (JobQuery(states=(JobState.FAILED,), limit=PAGE), FAILED, f"{NEWEST} LIMIT {PAGE}"),
    "by text": (JobQuery(text="body 12345", limit=PAGE), FOUND, f"{NEWEST} LIMIT {PAGE}"),
    "by progress": (
        JobQuery(sort=JobSort.PROGRESS, limit=PAGE),
        VISIBLE,
        f"ORDER BY progress DESC, id DESC LIMIT {PAGE}",
    ),
    "800,000 down": (
        JobQuery(limit=PAGE, offset=800_000),
        VISIBLE,
        f"{NEWEST} LIMIT {PAGE} OFFSET 800000",
    ),
}


def rows() -> Iterator[Row]:
    """A page with its total, and the ids of all."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "home" / "cardgen.db"
        fill(path)
        for name, figures in asyncio.run(measured(path)).items():
            yield from figures.rows(name, 2.0)


def fill(path: Path) -> None:
    """A million jobs by plain SQL; the counts and the text index are made afterwards, in one go."""
    place_empty_database(path)
    triggers = [name for name, statement in DERIVED.items() if statement.startswith("CREATE TRIGGER")]
    with closing(sqlite3.connect(path)) as connection, connection:
        for name in triggers:
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute(JOBS_SQL, {"jobs": JOBS})
        for statement in (EMPTY_TALLY, *FILL, *(DERIVED[name] for name in triggers)):
            connection.execute(statement)


async def measured(path: Path) -> dict[str, Compared]:
    """Seconds per question."""
    database, engine = await open_database(path), bare_engine(path)
    try:
        found = {}
        for name, (query, where, order) in QUERIES.items():
            found[f"page and total of a million, {name} / the SQL by bare Core"] = await compared(
                lambda query=query: page(database, query),
                lambda where=where, order=order: bare_page(engine, where, order),
                1,
                repeats=9,
            )
        by_time = JobQuery(sort=JobSort.TIME)
        found["ids of a million in order / the SQL by bare Core"] = await compared(
            lambda: ids(database, by_time), lambda: bare_ids(engine), 1, repeats=9
        )
        return found
    finally:
        await engine.dispose()
        await database.aclose()


async def page(database: Database, query: JobQuery) -> None:
    """A page as the window asks for it."""
    async with database.read() as connection:
        found = await job_lists.page(connection, query)
    if not found.jobs or found.total < len(found.jobs):
        raise RuntimeError("nothing was found")


async def bare_page(engine: AsyncEngine, where: str, order: str) -> None:
    """The rows and the count, as rows."""
    async with engine.connect() as connection:
        rows = await connection.execute(text(f"SELECT * FROM job WHERE {where} {order}"))
        rows.all()
        (await connection.execute(text(f"SELECT count(*) FROM job WHERE {where}"))).scalar_one()


async def ids(database: Database, query: JobQuery) -> None:
    """The order of the whole list."""
    async with database.read() as connection:
        if len(await job_lists.ids(connection, query)) != JOBS:
            raise RuntimeError("jobs are missing")


async def bare_ids(engine: AsyncEngine) -> None:
    """The same as a list of numbers."""
    sql = f"SELECT id FROM job WHERE {VISIBLE} ORDER BY active_seconds DESC, id DESC"
    async with engine.connect() as connection:
        list((await connection.execute(text(sql))).scalars())
