"""The durable queue: every move of a job is one guarded statement (ux-and-reliability.md 3.3 and 3.4).

Each function works in the caller's transaction and returns frozen snapshots. A move names the state it
expects (and for a running job its epoch) in WHERE; None means that it did not win.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Integer, Text, Update, and_, case, cast, func, null, or_, select, update
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from ..domain.job import TERMINAL_STATES, JobSnapshot, JobState, JobWant
from .rows import JOB_COLUMNS, folded, job_snapshot, job_snapshot_or_none, storable, to_json
from .tables import attempt, event, job, setting

_EPOCH_KEY = "epoch"
_CANCELLED_PHASE = "Cancelled by you"


async def create(
    connection: AsyncConnection,
    *,
    kind: str,
    lane: str,
    request: Mapping[str, Any],
    unique_key: str | None,
    request_id: str | None,
    title: str,
    character: str,
    engine: str,
    metadata: Mapping[str, Any],
    now: float,
) -> JobSnapshot:
    """Store a new job, queued."""
    statement = insert(job).values(
        kind=kind, lane=lane, state=JobState.QUEUED, request=to_json(request), unique_key=unique_key,
        request_id=request_id, title=storable(title), character=storable(character), engine=engine,
        search_text=folded(character, title, engine), created_at=now, queued_at=now, updated_at=now,
        metadata=to_json(metadata),
    )  # fmt: skip
    created = job_snapshot((await connection.execute(statement.returning(*JOB_COLUMNS))).one())
    await note(connection, created.id, "created", now)
    return created


async def get(connection: AsyncConnection, job_id: int) -> JobSnapshot | None:
    """One job."""
    return await _one(connection, job.c.id == job_id)


async def unfinished(connection: AsyncConnection, unique_key: str) -> JobSnapshot | None:
    """The job that is already doing the same."""
    return await _one(connection, and_(job.c.unique_key == unique_key, ~_is_terminal()))


async def by_request_id(connection: AsyncConnection, request_id: str) -> JobSnapshot | None:
    """The job that was created for an idempotent request."""
    return await _one(connection, job.c.request_id == request_id)


async def claim(
    connection: AsyncConnection, epoch: int, lanes: Sequence[str], now: float
) -> JobSnapshot | None:
    """Take the next queued job of these lanes: one statement, so that no two workers take the same."""
    following = (
        select(job.c.id)
        .where(job.c.state == JobState.QUEUED, job.c.lane.in_(lanes))
        .order_by(job.c.priority.desc(), job.c.position, job.c.id)
        .limit(1)
    )
    statement = _moved(now, state=JobState.RUNNING, epoch=epoch, attempts=job.c.attempts + 1).where(
        job.c.id == following.scalar_subquery()
    )
    statement = statement.values(started_at=func.coalesce(job.c.started_at, now))
    claimed = await _returned(connection, statement)
    if claimed is not None:
        await connection.execute(insert(attempt).values(job_id=claimed.id, epoch=epoch, started_at=now))
        await note(connection, claimed.id, "started", now, epoch=epoch)
    return claimed


async def succeed(
    connection: AsyncConnection, job_id: int, epoch: int, *, result: Mapping[str, Any], now: float
) -> JobSnapshot | None:
    """Finish a running job; the caller stores its result rows in the same transaction."""
    values = {"result": to_json(result), "progress": 100.0, "phase": ""}
    return await _finish(connection, job_id, epoch, JobState.SUCCEEDED, now, **values)


async def fail(
    connection: AsyncConnection,
    job_id: int,
    epoch: int,
    *,
    error: str,
    error_code: str,
    error_details: str,
    now: float,
) -> JobSnapshot | None:
    """Finish a running job with the sentence for the person."""
    values = {"error": storable(error), "error_code": error_code, "error_details": storable(error_details)}
    return await _finish(connection, job_id, epoch, JobState.FAILED, now, **values)


async def stop(connection: AsyncConnection, job_id: int, epoch: int, now: float) -> JobSnapshot | None:
    """A running job ends as the person wants it: cancelled, paused, or back in the queue without a charge."""
    stopped = await _returned(connection, _stopped(now).where(_running(job_id, epoch)))
    if stopped is not None:
        await _end_attempts(connection, job.c.id == job_id, str(stopped.state), now)
        await note(connection, job_id, str(stopped.state), now)
    return stopped


async def recover(connection: AsyncConnection, now: float) -> tuple[int, tuple[JobSnapshot, ...]]:
    """Begin a new epoch; jobs of a dead one go where the person wants them. Returns the epoch and those."""
    return await _next_epoch(connection), await stop_all(connection, now)


async def stop_all(connection: AsyncConnection, now: float) -> tuple[JobSnapshot, ...]:
    """Put back whatever is marked as running: at start because its process died, at the end to be sure."""
    is_running = job.c.state == JobState.RUNNING
    await _end_attempts(connection, is_running, "interrupted", now)
    rows = await connection.execute(_stopped(now).where(is_running).returning(*JOB_COLUMNS))
    stopped = tuple(job_snapshot(row) for row in rows)
    for item in stopped:
        await note(connection, item.id, "interrupted", now)
    return stopped


async def want_cancel(connection: AsyncConnection, job_id: int, now: float) -> JobSnapshot | None:
    """Store the wish to cancel; a job that waits is cancelled at once. None when it has finished."""
    waits = job.c.state != JobState.RUNNING
    statement = _moved(
        now,
        want=JobWant.CANCEL,
        state=case((waits, JobState.CANCELLED), else_=job.c.state),
        phase=case((waits, _CANCELLED_PHASE), else_="Stopping"),
        finished_at=case((waits, now), else_=null()),
        hold_reason=null(),
        run_at=null(),
        delay=null(),
    ).where(job.c.id == job_id, ~_is_terminal())
    wanted = await _returned(connection, statement)
    if wanted is not None:
        await note(connection, job_id, "cancel_wanted", now)
    return wanted


async def retry(connection: AsyncConnection, job_id: int, now: float) -> JobSnapshot | None:
    """Queue a finished job again; its steps are kept. None when it is not finished."""
    statement = _moved(
        now, state=JobState.QUEUED, want=JobWant.RUN, queued_at=now, started_at=null(), finished_at=null(),
        removed_at=null(), error=null(), error_code=null(), error_details=null(), result=null(), progress=0.0,
        phase="", attempts=0, active_seconds=0.0, needs_review=0,
    )  # fmt: skip
    again = await _returned(connection, statement.where(job.c.id == job_id, _is_terminal()))
    if again is not None:
        await note(connection, job_id, "retried", now)
    return again


async def set_removed(
    connection: AsyncConnection, job_id: int, removed_at: float | None, now: float
) -> JobSnapshot | None:
    """Hide a finished job from the list, or show it again. None when it is not finished."""
    statement = _moved(now, removed_at=removed_at).where(job.c.id == job_id, _is_terminal())
    return await _returned(connection, statement)


async def set_character(
    connection: AsyncConnection, job_id: int, epoch: int, name: str, now: float
) -> JobSnapshot | None:
    """Store under which name the sources know the character of a running job."""
    search = folded(name) + "\n" + job.c.search_text
    statement = _moved(now, character=storable(name), search_text=search).where(_running(job_id, epoch))
    return await _returned(connection, statement)


async def save_progress(
    connection: AsyncConnection, epoch: int, progress: Iterable[tuple[int, float, str, float]]
) -> None:
    """Store progress as (job id, percent, phase, seconds of work) for many jobs; no new version."""
    for job_id, percent, phase, seconds in progress:
        values = {"progress": percent, "phase": phase, "active_seconds": seconds}
        await connection.execute(update(job).where(_running(job_id, epoch)).values(values))


async def note(connection: AsyncConnection, job_id: int, kind: str, now: float, **data: Any) -> None:
    """Append to the log of what happened to a job."""
    await connection.execute(insert(event).values(job_id=job_id, at=now, kind=kind, data=to_json(data)))


async def _finish(
    connection: AsyncConnection, job_id: int, epoch: int, state: JobState, now: float, **values: Any
) -> JobSnapshot | None:
    statement = _moved(now, state=state, finished_at=now, **values).where(_running(job_id, epoch))
    finished = await _returned(connection, statement)
    if finished is not None:
        await _end_attempts(connection, job.c.id == job_id, str(state), now)
        await note(connection, job_id, str(state), now)
    return finished


async def _next_epoch(connection: AsyncConnection) -> int:
    statement = insert(setting).values(key=_EPOCH_KEY, value="1")
    following = cast(cast(setting.c.value, Integer) + 1, Text)
    statement = statement.on_conflict_do_update(index_elements=["key"], set_={"value": following})
    return int((await connection.execute(statement.returning(setting.c.value))).scalar_one())


async def _end_attempts(
    connection: AsyncConnection, which: ColumnElement[bool], outcome: str, now: float
) -> None:
    open_ones = and_(attempt.c.ended_at.is_(None), attempt.c.job_id.in_(select(job.c.id).where(which)))
    await connection.execute(update(attempt).where(open_ones).values(ended_at=now, outcome=outcome))


async def _one(connection: AsyncConnection, which: ColumnElement[bool]) -> JobSnapshot | None:
    return job_snapshot_or_none((await connection.execute(select(*JOB_COLUMNS).where(which))).one_or_none())


async def _returned(connection: AsyncConnection, statement: Update) -> JobSnapshot | None:
    result = await connection.execute(statement.returning(*JOB_COLUMNS))
    return job_snapshot_or_none(result.one_or_none())


def _moved(now: float, **values: Any) -> Update:
    return update(job).values(updated_at=now, version=job.c.version + 1, **values)


def _stopped(now: float) -> Update:
    cancels, pauses = job.c.want == JobWant.CANCEL, job.c.want == JobWant.PAUSE
    return _moved(
        now,
        state=case((cancels, JobState.CANCELLED), (pauses, JobState.PAUSED), else_=JobState.QUEUED),
        phase=case((cancels, _CANCELLED_PHASE), else_=""),
        finished_at=case((cancels, now), else_=null()),
        # A floor of 0: one odd row must not keep the whole database from being opened.
        attempts=case((cancels, job.c.attempts), else_=func.max(job.c.attempts - 1, 0)),
    )


def _running(job_id: int, epoch: int) -> ColumnElement[bool]:
    return and_(job.c.id == job_id, job.c.state == JobState.RUNNING, job.c.epoch == epoch)


def _is_terminal() -> ColumnElement[bool]:
    return or_(*(job.c.state == state for state in TERMINAL_STATES))


async def unique_key(connection: AsyncConnection, job_id: int) -> str | None:
    """What tells whether another job does the same; None for a job that may run twice."""
    return (await connection.execute(select(job.c.unique_key).where(job.c.id == job_id))).scalar_one_or_none()


async def unfinished_keys(connection: AsyncConnection) -> dict[str, int]:
    """The ids of all unfinished jobs by their unique key."""
    statement = select(job.c.unique_key, job.c.id).where(job.c.unique_key.is_not(None), ~_is_terminal())
    return {row.unique_key: row.id for row in await connection.execute(statement)}
