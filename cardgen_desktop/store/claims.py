"""Many claims and many ends of jobs in a few statements, so that one sync serves every worker that waits.

The order of the queue: the level of a job is its priority, one higher for every ten minutes it has waited,
at most the highest; on one level the one queued first. Jobs of one priority keep the order of their places.
Only the first jobs of each priority are looked at, so that a claim costs the same for ten jobs and a million.
"""
# ruff: noqa: S608  (put together from this module's own constants)

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from ..domain.job import JobSnapshot, Lane, Priority
from ..domain.value import Value
from .rows import JOB_COLUMNS, job_snapshot, storable, to_json

AGEING_SECONDS = 600.0
_RETURNED = ", ".join(f"job.{column.name}" for column in JOB_COLUMNS)
_HEADS = " UNION ALL ".join(
    f"SELECT * FROM (SELECT id, priority, position, queued_at FROM job WHERE state = 'queued' AND "
    f"lane = :lane AND priority = {level.value} {{only}} ORDER BY position, id LIMIT :room)"
    for level in Priority
)
_LEVEL = (
    f"min({Priority.HIGHEST.value}, priority + CAST(max(0, :now - queued_at) / {AGEING_SECONDS} AS INTEGER))"
)
_BY_PLACE = "OVER (PARTITION BY priority ORDER BY position, id)"
_NEXT = (
    f"SELECT id FROM (SELECT id, priority, position, min({_LEVEL}) {_BY_PLACE} AS level, "
    f"max(queued_at) {_BY_PLACE} AS since FROM ({_HEADS})) "
    "ORDER BY level DESC, since, priority DESC, position, id LIMIT :room"
)
_CLAIM = (
    "UPDATE job SET state = 'running', epoch = :epoch, attempts = attempts + 1, updated_at = :now, "
    f"version = version + 1, started_at = coalesce(started_at, :now) WHERE id IN ({_NEXT}) "
    f"RETURNING {_RETURNED}"
)
_CLAIM_ANY = text(_CLAIM.replace("{only}", ""))
_CLAIM_ONLY = text(_CLAIM.replace("{only}", "AND id IN (SELECT value FROM json_each(:only))"))
_ATTEMPT = text(
    "INSERT INTO attempt (job_id, epoch, started_at) "
    "SELECT value, :epoch, :now FROM json_each(:ids) WHERE true"
)
_NOTE = text(
    "INSERT INTO event (job_id, at, kind, data) "
    "SELECT value, :now, :kind, :data FROM json_each(:ids) WHERE true"
)
_SUCCEED = text(
    "UPDATE job SET state = 'succeeded', finished_at = :now, updated_at = :now, version = version + 1, "
    "progress = 100, phase = '', result = json_extract(done.value, '$.result'), "
    "needs_review = json_extract(done.value, '$.needs_review'), "
    "active_seconds = json_extract(done.value, '$.seconds') FROM json_each(:done) AS done "
    "WHERE job.id = json_extract(done.value, '$.id') AND job.state = 'running' AND job.epoch = :epoch "
    f"RETURNING {_RETURNED}"
)
_END_ATTEMPTS = text(
    "UPDATE attempt SET ended_at = :now, outcome = 'succeeded' WHERE ended_at IS NULL AND "
    "job_id IN (SELECT value FROM json_each(:ids))"
)


class FinishedJob(Value):
    """A job that succeeded: its result as JSON, and how many seconds of work it took."""

    id: int
    result: dict[str, Any]
    seconds: float
    needs_review: bool = False


async def claim_all(
    connection: AsyncConnection,
    epoch: int,
    room: Mapping[Lane, int],
    now: float,
    *,
    only: Sequence[int] | None = None,
) -> tuple[JobSnapshot, ...]:
    """Take the next queued jobs, at most `room` of each lane; `only` restricts them to some ids.

    One statement for a lane, so that no two workers take the same. The attempts are recorded before the work.
    """
    claimed = [
        job
        for lane, count in room.items()
        if count > 0
        for job in await _claim_in_lane(connection, epoch, lane, count, now, only)
    ]
    if claimed:
        ids = json.dumps([job.id for job in claimed])
        await connection.execute(_ATTEMPT, {"ids": ids, "epoch": epoch, "now": now})
        data = to_json({"epoch": epoch})
        await connection.execute(_NOTE, {"ids": ids, "kind": "started", "data": data, "now": now})
    return tuple(claimed)


async def _claim_in_lane(
    connection: AsyncConnection, epoch: int, lane: Lane, room: int, now: float, only: Sequence[int] | None
) -> list[JobSnapshot]:
    values: dict[str, Any] = {"epoch": epoch, "lane": lane.value, "room": room, "now": now}
    statement = _CLAIM_ANY
    if only is not None:
        statement, values["only"] = _CLAIM_ONLY, json.dumps(list(only))
    return [job_snapshot(row) for row in await connection.execute(statement, values)]


async def succeed_all(
    connection: AsyncConnection, epoch: int, finished: Sequence[FinishedJob], now: float
) -> dict[int, JobSnapshot]:
    """Finish running jobs; those that are not running in this epoch any more are missing in the answer."""
    done = [
        {
            "id": item.id,
            "result": to_json(item.result),
            "seconds": item.seconds,
            "needs_review": int(item.needs_review),
        }
        for item in finished
    ]
    values = {"done": storable(json.dumps(done, ensure_ascii=False)), "epoch": epoch, "now": now}
    ended = [job_snapshot(row) for row in await connection.execute(_SUCCEED, values)]
    if ended:
        ids = json.dumps([job.id for job in ended])
        await connection.execute(_END_ATTEMPTS, {"ids": ids, "now": now})
        await connection.execute(_NOTE, {"ids": ids, "kind": "succeeded", "data": "{}", "now": now})
    return {job.id: job for job in ended}
