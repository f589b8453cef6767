"""Counters and timings of the queue by SQL: exact counts from indexes and tallies, percentiles of the newest.

A percentile looks at no more than `SAMPLED` finished jobs of a kind in a lane, so that a million jobs take no
longer to judge than a few. The index `job_figures` holds every column that is counted over all jobs.
"""
# ruff: noqa: S608  (put together from this module's own constants)

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncConnection

from ..domain.job import TERMINAL_STATES, JobState
from ..domain.queue import KindFigures, Timing

SAMPLED = 10_000
MOST_UNFINISHED = 50_000
"""How many unfinished jobs are looked at one by one to tell their lanes."""

_UNFINISHED = ", ".join(f"'{state.value}'" for state in JobState if state not in TERMINAL_STATES)
_ENDED = text(
    "SELECT kind, lane, state, count(*) AS jobs, sum(attempts) AS attempts, sum(max(attempts - 1, 0)) AS "
    "retries, sum(crashes) AS crashes FROM job WHERE finished_at IS NOT NULL AND finished_at >= :since "
    "GROUP BY kind, lane, state"
)
_OPEN = text(
    "SELECT kind, lane, count(*) AS jobs, sum(attempts) AS attempts, sum(max(attempts - 1, 0)) AS retries, "
    f"sum(crashes) AS crashes FROM (SELECT * FROM job WHERE state IN ({_UNFINISHED}) LIMIT :most) "
    "GROUP BY kind, lane"
)
_OPEN_TOTALS = text(f"SELECT kind, sum(jobs) FROM tally WHERE state IN ({_UNFINISHED}) GROUP BY kind")


def _timing(recent: str) -> TextClause:
    """Count, sum, median and 95th percentile (nearest rank) of the values of a query, by its groups."""
    return text(
        f"WITH recent AS ({recent}), ranked AS (SELECT name, value, row_number() OVER (PARTITION BY name "
        "ORDER BY value) AS place, count(*) OVER (PARTITION BY name) AS number FROM recent) "
        "SELECT name, max(number), sum(value), min(CASE WHEN place * 2 >= number THEN value END), "
        "min(CASE WHEN place * 100 >= number * 95 THEN value END) FROM ranked GROUP BY name"
    )


_OF_ENDED = (
    "FROM job WHERE kind = :kind AND lane = :lane AND state = 'succeeded' AND finished_at IS NOT NULL "
    "AND finished_at >= :since ORDER BY finished_at DESC LIMIT :most"
)
_WORK = _timing(f"SELECT 'work' AS name, active_seconds AS value {_OF_ENDED}")
_WAIT = _timing(
    f"SELECT 'wait' AS name, max(coalesce(started_at, queued_at) - queued_at, 0.0) AS value {_OF_ENDED}"
)
_STEPS = _timing(
    "SELECT CASE WHEN step_key GLOB 'file:*' OR step_key GLOB 'card:*' THEN job.kind ELSE step_key END AS "
    "name, seconds AS value FROM step JOIN job ON job.id = step.job_id WHERE step.rowid > "
    "(SELECT max(rowid) FROM step) - :most AND step.finished_at >= :since AND step_key <> 'plan'"
)
_STATES = text("SELECT state, sum(jobs) FROM tally GROUP BY state")
_ERRORS = text(
    "SELECT coalesce(error_code, 'unknown'), count(*) FROM (SELECT error_code FROM job WHERE state = "
    "'failed' AND finished_at >= :since ORDER BY created_at DESC, id DESC LIMIT :most) "
    "GROUP BY 1 ORDER BY 2 DESC"
)
_CARDS = text("SELECT count(*) FROM card WHERE trashed_at IS NULL")
_SOURCES = text("SELECT count(*) FROM source WHERE on_desk = 1")
_BYTES = text("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()")


async def kinds(connection: AsyncConnection, since: float | None) -> tuple[KindFigures, ...]:
    """Every kind in every lane it was in; counts of ended jobs and timings begin at `since`."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for row in await connection.execute(_ENDED, {"since": since or 0.0}):
        _add(found, row.kind, row.lane, row.state, row)
    for row in await connection.execute(_OPEN, {"most": MOST_UNFINISHED}):
        _add(found, row.kind, row.lane, "unfinished", row)
    _add_rest(found, _pairs(await connection.execute(_OPEN_TOTALS)))
    return tuple([await _figures(connection, *key, found[key], since) for key in sorted(found)])


def _add(found: dict[tuple[str, str], dict[str, Any]], kind: str, lane: str, state: str, row: Any) -> None:
    counts = found.setdefault((kind, lane), {"attempts": 0, "retries": 0, "crashes": 0})
    counts[state] = counts.get(state, 0) + row.jobs
    for name in ("attempts", "retries", "crashes"):
        counts[name] += getattr(row, name)


def _add_rest(found: dict[tuple[str, str], dict[str, Any]], totals: dict[str, int]) -> None:
    """Unfinished jobs beyond those that were looked at count in the lane that most of their kind are in."""
    for kind, total in totals.items():
        lanes = [key for key in found if key[0] == kind]
        seen = sum(found[key].get("unfinished", 0) for key in lanes)
        if lanes and total > seen >= MOST_UNFINISHED // 2:
            most = max(lanes, key=lambda key: found[key].get("unfinished", 0))
            found[most]["unfinished"] = found[most].get("unfinished", 0) + total - seen


async def _figures(
    connection: AsyncConnection, kind: str, lane: str, counts: dict[str, Any], since: float | None
) -> KindFigures:
    which = {"kind": kind, "lane": lane, "since": since or 0.0, "most": SAMPLED}
    work = _timings((await connection.execute(_WORK, which)).all())
    wait = _timings((await connection.execute(_WAIT, which)).all())
    return KindFigures(
        kind=kind,
        lane=lane,
        work=work.get("work", Timing()),
        wait=wait.get("wait", Timing()),
        **counts,
    )


def _pairs(rows: Iterable[Any]) -> dict[str, int]:
    return {name: int(count) for name, count in rows}


def _timings(rows: Sequence[Any]) -> dict[str, Timing]:
    return {
        name: Timing(count=count, total=total, median=median, p95=p95)
        for name, count, total, median, p95 in rows
    }


async def steps(connection: AsyncConnection, since: float | None) -> dict[str, Timing]:
    """How long the newest steps took, by step; for batches by kind, for each file or card."""
    rows = await connection.execute(_STEPS, {"since": since or 0.0, "most": SAMPLED})
    return _timings(rows.all())


async def states(connection: AsyncConnection) -> dict[str, int]:
    """How many jobs of the list are in each state; states without a job are 0."""
    found = _pairs(await connection.execute(_STATES))
    return {state.value: found.get(state.value, 0) for state in JobState}


async def errors(connection: AsyncConnection, since: float | None) -> dict[str, int]:
    """The classes of the newest failures, the most frequent first."""
    rows = await connection.execute(_ERRORS, {"since": since or 0.0, "most": SAMPLED})
    return _pairs(rows)


async def totals(connection: AsyncConnection) -> dict[str, int]:
    """Cards in the library, sources on the desk, and the bytes of the database."""
    statements = {"cards": _CARDS, "sources": _SOURCES, "database_bytes": _BYTES}
    return {
        name: int((await connection.execute(statement)).scalar_one())
        for name, statement in statements.items()
    }
