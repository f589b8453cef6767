"""Rows to values and back: what is stored as JSON, and the frozen snapshots that leave this layer."""

import asyncio
import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Row

from ..domain.job import JobSnapshot
from .tables import job

_FIELDS = frozenset(JobSnapshot.model_fields)
"""Looked up once: asking the model for each value took as long as everything else about a row."""
JOB_COLUMNS = [column for column in job.c if column.name in _FIELDS]
AT_ONCE = 250
"""So many rows are made into jobs, or jobs into rows, between two waits."""
_JSON_FIELDS = ("request", "result", "metadata")
_TIME_FIELDS = ("created_at", "updated_at", "started_at", "finished_at", "active_seconds")
_LAST_SECOND = 253_402_214_400.0
"""The last day of the year 9999, which is still that year in every time zone."""


def storable(text: str) -> str:
    """Text that SQLite can hold: half a surrogate pair becomes a question mark, one character for one."""
    return text.encode("utf-8", "replace").decode()


def to_json(value: Any) -> str:
    """Compact JSON for a column."""
    return storable(json.dumps(value, separators=(",", ":"), ensure_ascii=False))


def json_or_none(text: str | None) -> Any:
    """The value of a JSON column; None when it is empty or not JSON."""
    try:
        return None if text is None else json.loads(text)
    except (ValueError, RecursionError):
        return None


def folded(*parts: str) -> str:
    """Text as searches compare it: in any case, in any alphabet."""
    return storable("\n".join(part.casefold() for part in parts if part))


def like(text: str) -> str:
    """A LIKE pattern (with escape character \\) that finds `text` anywhere in folded text."""
    escaped = storable(text).casefold().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"


def job_snapshot(row: Row[Any]) -> JobSnapshot:
    """A job as the program sees it. JSON that cannot be read becomes empty: running the job reports it."""
    fields = {name: value for name, value in zip(row._fields, row, strict=True) if name in _FIELDS}
    for name in _JSON_FIELDS:
        value = json_or_none(fields[name])
        fields[name] = value if isinstance(value, dict) else None if name == "result" else {}
    for name in _TIME_FIELDS:
        fields[name] = _bounded(fields[name])
    return JobSnapshot.model_validate(fields)


async def job_snapshots(rows: Iterable[Row[Any]]) -> list[JobSnapshot]:
    """Very many jobs, some at a time: ten thousand in one go would hold up everything else for 300 ms."""
    jobs: list[JobSnapshot] = []
    for row in rows:
        jobs.append(job_snapshot(row))
        if len(jobs) % AT_ONCE == 0:
            await asyncio.sleep(0)
    return jobs


def _bounded(seconds: float | None) -> float | None:
    """Seconds within the years that a calendar has: one odd row must not keep the others from being shown."""
    return None if seconds is None else min(max(seconds, 0.0), _LAST_SECOND)


def job_snapshot_or_none(row: Row[Any] | None) -> JobSnapshot | None:
    """The same for a statement that may have found nothing."""
    return None if row is None else job_snapshot(row)
