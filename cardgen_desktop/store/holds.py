"""Jobs that are set aside: held by a closed gate, or waiting for their next try; and how they come back."""

from sqlalchemy import ColumnElement, Update, and_, func, insert, literal, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from ..domain.job import HoldReason, JobSnapshot, JobState, JobWant
from ..domain.queue import TOLD_ONE_BY_ONE
from ..domain.value import Value
from .jobs import note_all
from .rows import JOB_COLUMNS, job_snapshot, storable
from .tables import QUEUED_ELSEWHERE, QUEUED_REMOTE, event, job

NETWORK_GATES = frozenset(
    {
        HoldReason.OFFLINE, HoldReason.ENDPOINT, HoldReason.KEY, HoldReason.ACCESS, HoldReason.CREDITS,
        HoldReason.BUDGET, HoldReason.MODEL,
    }
)  # fmt: skip
"""Gates before jobs that need the network; work on this computer passes them."""


_REMOTE = text(f"SELECT id FROM job INDEXED BY job_queued_remote WHERE {QUEUED_REMOTE}")  # noqa: S608
_OF_ENGINE = text(
    "SELECT id FROM job INDEXED BY job_queued_of_engine "  # noqa: S608
    f"WHERE {QUEUED_ELSEWHERE} AND engine = :engine"
)
"""SQLite would rather read every queued job than one of these small indexes."""


class HeldJobs(Value):
    """How many jobs one closed gate holds; `sentence` and `code` are what they say about it."""

    reason: str
    scope: str
    sentence: str
    code: str = ""
    since: float
    held: int


class WaitingJob(Value):
    """A job that tries again at `run_at`, after at most `delay` seconds."""

    id: int
    run_at: float
    delay: float


async def hold_queued(
    connection: AsyncConnection, reason: str, scope: str, sentence: str, now: float, *, code: str = ""
) -> tuple[int, tuple[JobSnapshot, ...]]:
    """Hold every queued job that stands before a closed gate; with a scope, those of that engine only.

    `code` names the class of the failure.

    Returns how many, and the jobs unless they are more than are told one by one.
    """
    stand = before(reason, scope)
    noted = select(job.c.id, literal(now), literal("held")).where(stand)
    count = (await connection.execute(insert(event).from_select(["job_id", "at", "kind"], noted))).rowcount
    values = {
        "hold_reason": reason, "hold_scope": storable(scope), "phase": storable(sentence),
        "error_code": code or None,
    }  # fmt: skip
    statement = _moved(now).values(state=JobState.HELD, **values).where(stand)
    if 0 < count <= TOLD_ONE_BY_ONE:
        return count, await _moved_jobs(connection, statement)
    if count:
        await connection.execute(statement)
    return count, ()


async def release(
    connection: AsyncConnection, reason: str, scope: str, now: float, *, limit: int | None = None
) -> tuple[JobSnapshot, ...]:
    """Queue what an opened gate held, the first of the queue first; at most `limit` jobs at once."""
    mine = select(job.c.id).where(
        job.c.state == JobState.HELD, job.c.hold_reason == reason, job.c.hold_scope == scope
    )
    first = mine.order_by(job.c.priority.desc(), job.c.position, job.c.id).limit(limit)
    return await _release(connection, job.c.id.in_(first), "released", now)


async def release_waiting(
    connection: AsyncConnection, job_ids: list[int], now: float
) -> tuple[JobSnapshot, ...]:
    """Queue waiting jobs whose time has come."""
    due = and_(job.c.state == JobState.WAITING, job.c.id.in_(job_ids))
    return await _release(connection, due, "tries_again", now)


async def waiting(connection: AsyncConnection) -> tuple[WaitingJob, ...]:
    """Every job that waits for its next try."""
    columns = (job.c.id, job.c.run_at, job.c.delay)
    rows = await connection.execute(select(*columns).where(job.c.state == JobState.WAITING))
    return tuple(WaitingJob(id=row.id, run_at=row.run_at, delay=row.delay) for row in rows)


async def held(connection: AsyncConnection) -> tuple[HeldJobs, ...]:
    """Every gate that holds jobs."""
    statement = (
        select(
            job.c.hold_reason,
            job.c.hold_scope,
            func.min(job.c.phase),
            func.min(job.c.error_code),
            func.min(job.c.updated_at),
            func.count(),
        )
        .where(job.c.state == JobState.HELD)
        .group_by(job.c.hold_reason, job.c.hold_scope)
    )
    return tuple(
        HeldJobs(reason=reason, scope=scope, sentence=sentence, code=code or "", since=since, held=count)
        for reason, scope, sentence, code, since, count in await connection.execute(statement)
    )


async def clock_was_changed(connection: AsyncConnection, seconds: float) -> None:
    """Keep the age of queued jobs and the rest of waits when the clock jumps: that day did not pass."""
    aged = update(job).where(job.c.state == JobState.QUEUED).values(queued_at=job.c.queued_at + seconds)
    waits = update(job).where(job.c.state == JobState.WAITING).values(run_at=job.c.run_at + seconds)
    await connection.execute(aged)
    await connection.execute(waits)


async def _release(
    connection: AsyncConnection, which: ColumnElement[bool], kind: str, now: float
) -> tuple[JobSnapshot, ...]:
    free = {
        "hold_reason": None, "hold_scope": "", "run_at": None, "delay": None, "phase": "", "error_code": None,
    }  # fmt: skip
    statement = _moved(now).values(state=JobState.QUEUED, want=JobWant.RUN, **free)
    released = await _moved_jobs(connection, statement.where(which))
    await note_all(connection, [item.id for item in released], kind, now)
    return released


def _moved(now: float) -> Update:
    return update(job).values(updated_at=now, queued_at=now, version=job.c.version + 1)


async def _moved_jobs(connection: AsyncConnection, statement: Update) -> tuple[JobSnapshot, ...]:
    return tuple(job_snapshot(row) for row in await connection.execute(statement.returning(*JOB_COLUMNS)))


def before(reason: str, scope: str) -> ColumnElement[bool]:
    """Queued jobs before a gate, in the words of the indexes: a million others are not looked at.

    A server on this computer has gates too: those with a scope are about one engine, wherever it is.
    """
    if scope:
        return job.c.id.in_(_OF_ENGINE.bindparams(engine=storable(scope)))
    return job.c.id.in_(_REMOTE) if reason in NETWORK_GATES else job.c.state == JobState.QUEUED
