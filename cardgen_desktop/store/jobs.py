"""The durable queue: every move of a job is one guarded statement (ux-and-reliability.md 3.3 and 3.4).

Each function works in the caller's transaction and returns frozen snapshots. A move names the state it
expects (and for a running job its epoch) in WHERE; None means that it did not win.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Text,
    Update,
    and_,
    case,
    cast,
    func,
    null,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from ..domain.job import TERMINAL_STATES, JobSnapshot, JobState, JobWant
from .rows import JOB_COLUMNS, folded, job_snapshot, job_snapshot_or_none, storable, to_json
from .tables import IS_UNFINISHED, attempt, event, job, setting

MOST_CRASHES = 2
_IS_UNFINISHED = text(f"job.{IS_UNFINISHED}")
_DOING_THE_SAME = text(
    "SELECT job.id, job.unique_key FROM json_each(:keys) CROSS JOIN job INDEXED BY job_unfinished_is_unique "  # noqa: S608
    f"ON job.unique_key = json_each.value WHERE job.{IS_UNFINISHED}"
)
"""SQLite would rather read every unfinished job than look for each of some hundred keys."""
CRASHED_CODE = "crashed_app"
_EPOCH_KEY = "epoch"
RUN_AGAIN: Mapping[str, Any] = {
    "state": JobState.QUEUED, "want": JobWant.RUN, "started_at": None, "finished_at": None,
    "removed_at": None, "error": None, "error_code": None, "error_details": None, "result": None,
    "progress": 0.0, "phase": "",
    "attempts": 0, "active_seconds": 0.0, "needs_review": 0, "crashes": 0, "crash_step": "",
}  # fmt: skip
"""What a finished job that is to run again forgets; its steps are kept."""

_CANCELLED_PHASE = "Cancelled by you"


async def get(connection: AsyncConnection, job_id: int) -> JobSnapshot | None:
    """One job."""
    return await _one(connection, job.c.id == job_id)


async def unfinished(connection: AsyncConnection, unique_keys: Sequence[str]) -> dict[str, JobSnapshot]:
    """The jobs that are already doing the same, by their keys."""
    found = await connection.execute(_DOING_THE_SAME, {"keys": storable(json.dumps(list(unique_keys)))})
    keys = {row.id: row.unique_key for row in found}
    rows = await connection.execute(select(*JOB_COLUMNS).where(job.c.id.in_(list(keys))))
    return {keys[item.id]: item for item in map(job_snapshot, rows)}


async def twin(connection: AsyncConnection, job_id: int) -> int | None:
    """Another job, unfinished, that does the same as this one."""
    key = select(job.c.unique_key).where(job.c.id == job_id).scalar_subquery()
    other = select(job.c.id).where(job.c.unique_key == key, job.c.id != job_id, _IS_UNFINISHED)
    return (await connection.execute(other.limit(1))).scalar_one_or_none()


async def by_request_id(connection: AsyncConnection, request_ids: Sequence[str]) -> dict[str, JobSnapshot]:
    """The jobs that were created for idempotent requests, by their ids."""
    listed = select(text("value")).select_from(func.json_each(storable(json.dumps(list(request_ids)))))
    rows = await connection.execute(select(*JOB_COLUMNS).where(job.c.request_id.in_(listed)))
    return {row.request_id: job_snapshot(row) for row in rows}


async def succeed(
    connection: AsyncConnection,
    job_id: int,
    epoch: int,
    *,
    result: Mapping[str, Any],
    now: float,
    needs_review: bool = False,
) -> JobSnapshot | None:
    """Finish a running job; the caller stores its result rows in the same transaction."""
    values = {"result": to_json(result), "progress": 100.0, "phase": "", "needs_review": int(needs_review)}
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


async def hold(
    connection: AsyncConnection,
    job_id: int,
    epoch: int,
    *,
    reason: str,
    scope: str,
    sentence: str,
    now: float,
    code: str = "",
) -> JobSnapshot | None:
    """A gate is closed for a running job: it is held, and nothing is charged. `code` is the failure's."""
    values: dict[str, Any] = {
        "hold_reason": reason, "hold_scope": storable(scope), "phase": storable(sentence),
        "error_code": code or None,
    }  # fmt: skip
    return await _set_aside(connection, job_id, epoch, JobState.HELD, now, charged=False, **values)


async def wait(
    connection: AsyncConnection,
    job_id: int,
    epoch: int,
    *,
    run_at: float,
    delay: float,
    sentence: str,
    reason: str,
    now: float,
    code: str = "",
    charged: bool = True,
) -> JobSnapshot | None:
    """A running job tries again at `run_at`; `delay` bounds the wait when the clock is changed."""
    values = {"run_at": run_at, "delay": delay, "phase": storable(sentence), "error_code": code or None}
    return await _set_aside(
        connection, job_id, epoch, JobState.WAITING, now, charged=charged, reason=reason, **values
    )


async def crashed(
    connection: AsyncConnection, job_id: int, epoch: int, step: str, now: float
) -> JobSnapshot | None:
    """The worker process of a running job died: it is queued again, and the death at its step counted."""
    same = case((job.c.crash_step == step, job.c.crashes + 1), else_=1)
    return await _set_aside(
        connection, job_id, epoch, JobState.QUEUED, now, charged=False, reason="the worker process died",
        crashes=same, crash_step=storable(step),
    )  # fmt: skip


async def crashes_at(connection: AsyncConnection, job_id: int, step: str) -> int:
    """How often in a row the worker process of a job has died at this step."""
    counted = select(job.c.crashes).where(job.c.id == job_id, job.c.crash_step == storable(step))
    return int((await connection.execute(counted)).scalar_one_or_none() or 0)


async def stop(connection: AsyncConnection, job_id: int, epoch: int, now: float) -> JobSnapshot | None:
    """A running job ends as the person wants it: cancelled, paused, or back in the queue without a charge."""
    await _mark_possibly_billed(connection, _running(job_id, epoch))
    stopped = await _returned(connection, _stopped(now).where(_running(job_id, epoch)))
    if stopped is not None:
        await _end_attempts(connection, job.c.id == job_id, str(stopped.state), now)
        await note(connection, job_id, str(stopped.state), now)
    return stopped


async def recover(
    connection: AsyncConnection, now: float, *, crashed: bool = False, sentence: str = ""
) -> tuple[int, tuple[JobSnapshot, ...]]:
    """Begin a new epoch; jobs of a dead one go where the person wants them. Returns the epoch and those.

    A paid request that was under way may have been billed. With `crashed` the crash handler has seen the
    program die, which is counted against the jobs that were running (decisions.md, "Poison job"): one with
    which it died `MOST_CRASHES` times at the same place fails with the sentence.
    """
    await _mark_possibly_billed(connection, job.c.state == JobState.RUNNING)
    failed = await _count_crash(connection, now, sentence) if crashed else ()
    return await _next_epoch(connection), (*failed, *await stop_all(connection, now))


async def _count_crash(connection: AsyncConnection, now: float, sentence: str) -> tuple[JobSnapshot, ...]:
    same = case((job.c.crash_step == job.c.phase, job.c.crashes + 1), else_=1)
    running = job.c.state == JobState.RUNNING
    await connection.execute(update(job).where(running).values(crashes=same, crash_step=job.c.phase))
    poison = and_(running, job.c.crashes >= MOST_CRASHES, job.c.want == JobWant.RUN)
    await _end_attempts(connection, poison, str(JobState.FAILED), now, sentence)
    failed = _moved(now, state=JobState.FAILED, finished_at=now, error=sentence, error_code=CRASHED_CODE)
    rows = await connection.execute(failed.where(poison).returning(*JOB_COLUMNS))
    ended = tuple(job_snapshot(row) for row in rows)
    await note_all(connection, [item.id for item in ended], "failed", now)
    return ended


async def _mark_possibly_billed(connection: AsyncConnection, which: ColumnElement[bool]) -> None:
    """Before running jobs move: a paid request whose end nobody noted may have been billed."""
    under_way = select(attempt.c.id).where(
        attempt.c.ended_at.is_(None),
        attempt.c.request_hash.is_not(None),
        attempt.c.job_id.in_(select(job.c.id).where(which)),
    )
    attempts = list((await connection.execute(under_way)).scalars())
    if attempts:
        marked = update(attempt).where(attempt.c.id.in_(attempts)).values(possibly_billed=1)
        jobs = set((await connection.execute(marked.returning(attempt.c.job_id))).scalars())
        await connection.execute(update(job).where(job.c.id.in_(jobs)).values(possibly_billed=1))


async def stop_all(connection: AsyncConnection, now: float) -> tuple[JobSnapshot, ...]:
    """Put back whatever is marked as running: at start because its process died, at the end to be sure."""
    is_running = job.c.state == JobState.RUNNING
    await _mark_possibly_billed(connection, is_running)
    await _end_attempts(connection, is_running, "interrupted", now)
    rows = await connection.execute(_stopped(now).where(is_running).returning(*JOB_COLUMNS))
    stopped = tuple(job_snapshot(row) for row in rows)
    await note_all(connection, [item.id for item in stopped], "interrupted", now)
    return stopped


async def retry(connection: AsyncConnection, job_id: int, now: float) -> JobSnapshot | None:
    """Queue a finished job again; its steps are kept. None when it is not finished."""
    statement = _moved(now, queued_at=now, **RUN_AGAIN)
    again = await _returned(connection, statement.where(job.c.id == job_id, _is_terminal()))
    if again is not None:
        await note(connection, job_id, "retried", now)
    return again


async def set_character(
    connection: AsyncConnection, job_id: int, epoch: int, name: str, now: float
) -> JobSnapshot | None:
    """Store under which name the sources know the character of a running job."""
    search = folded(name) + "\n" + job.c.search_text
    statement = _moved(now, character=storable(name), search_text=search).where(_running(job_id, epoch))
    return await _returned(connection, statement)


async def forgive_tries(connection: AsyncConnection, job_id: int, epoch: int) -> None:
    """A running job has come further: what failed before it did counts no more."""
    fewer = update(job).where(_running(job_id, epoch), job.c.attempts > 1).values(attempts=1)
    await connection.execute(fewer)


async def note(connection: AsyncConnection, job_id: int, kind: str, now: float, **data: Any) -> None:
    """Append to the log of what happened to a job."""
    await connection.execute(insert(event).values(job_id=job_id, at=now, kind=kind, data=to_json(data)))


async def note_all(connection: AsyncConnection, job_ids: Sequence[int], kind: str, now: float) -> None:
    """Append the same to the logs of many jobs."""
    if job_ids:
        rows = [{"job_id": job_id, "at": now, "kind": kind, "data": "{}"} for job_id in job_ids]
        await connection.execute(insert(event), rows)


async def before_request(
    connection: AsyncConnection, job_id: int, epoch: int, *, request_hash: str, estimated_cost: float | None
) -> None:
    """Note that a paid request is about to be sent; if its end is never noted it was possibly billed."""
    values = {"request_hash": request_hash, "estimated_cost": estimated_cost}
    await connection.execute(update(attempt).where(_open_attempt(job_id, epoch)).values(values))


async def after_request(
    connection: AsyncConnection, job_id: int, epoch: int, *, provider_id: str | None
) -> None:
    """Note that the request has ended, however it did."""
    values = {"request_hash": None, "provider_id": provider_id}
    await connection.execute(update(attempt).where(_open_attempt(job_id, epoch)).values(values))


def _open_attempt(job_id: int, epoch: int) -> ColumnElement[bool]:
    return and_(attempt.c.job_id == job_id, attempt.c.epoch == epoch, attempt.c.ended_at.is_(None))


async def _set_aside(
    connection: AsyncConnection,
    job_id: int,
    epoch: int,
    state: JobState,
    now: float,
    *,
    charged: bool,
    reason: str = "",
    **values: Any,
) -> JobSnapshot | None:
    """Take a running job out of work. What the person wants goes first: cancelled or paused instead."""
    runs = job.c.want == JobWant.RUN
    otherwise = {"phase": case((job.c.want == JobWant.CANCEL, _CANCELLED_PHASE), else_="")}
    kept = {
        name: case((runs, value), else_=otherwise.get(name, job.c[name])) for name, value in values.items()
    }
    moved = _stopped(now).values(
        state=case((job.c.want == JobWant.CANCEL, JobState.CANCELLED), (runs, state), else_=JobState.PAUSED),
        queued_at=case((runs, now), else_=job.c.queued_at),
        **kept,
    )
    if charged:
        moved = moved.values(attempts=job.c.attempts)
    await _mark_possibly_billed(connection, _running(job_id, epoch))
    set_aside = await _returned(connection, moved.where(_running(job_id, epoch)))
    if set_aside is not None:
        why = reason or set_aside.phase
        await _end_attempts(connection, job.c.id == job_id, str(set_aside.state), now, why)
        await note(connection, job_id, str(set_aside.state), now, reason=why)
    return set_aside


async def _finish(
    connection: AsyncConnection, job_id: int, epoch: int, state: JobState, now: float, **values: Any
) -> JobSnapshot | None:
    await _mark_possibly_billed(connection, _running(job_id, epoch))
    statement = _moved(now, state=state, finished_at=now, **values).where(_running(job_id, epoch))
    finished = await _returned(connection, statement)
    if finished is not None:
        await _end_attempts(connection, job.c.id == job_id, str(state), now, values.get("error", ""))
        await note(connection, job_id, str(state), now)
    return finished


async def _next_epoch(connection: AsyncConnection) -> int:
    statement = insert(setting).values(key=_EPOCH_KEY, value="1")
    following = cast(cast(setting.c.value, Integer) + 1, Text)
    statement = statement.on_conflict_do_update(index_elements=["key"], set_={"value": following})
    return int((await connection.execute(statement.returning(setting.c.value))).scalar_one())


async def _end_attempts(
    connection: AsyncConnection, which: ColumnElement[bool], outcome: str, now: float, reason: str = ""
) -> None:
    open_ones = and_(attempt.c.ended_at.is_(None), attempt.c.job_id.in_(select(job.c.id).where(which)))
    ended = {"ended_at": now, "outcome": outcome, "reason": storable(reason)}
    await connection.execute(update(attempt).where(open_ones).values(ended))


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


async def unfinished_keys(connection: AsyncConnection) -> dict[str, int]:
    """The ids of all unfinished jobs by their unique key."""
    statement = select(job.c.unique_key, job.c.id).where(job.c.unique_key.is_not(None), _IS_UNFINISHED)
    return {row.unique_key: row.id for row in await connection.execute(statement)}
