"""What is dropped after a while, a little at a time (ux-and-reliability.md 3.4, "Retention").

Looking is done beside the writer and by an index: a million jobs that are all to be kept cost nothing.
"""

from sqlalchemy import and_, delete, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from ..domain.job import JobState
from ..domain.value import Value
from .tables import card, event, job, undo

BATCH_ROWS = 200
DAY = 86_400.0
KEPT_DAYS, KEPT_JOBS = 30, 1000
EVENT_DAYS = 90
UNDO_DAYS = 30


class Old(Value):
    """Rows that are kept no longer, by id, at most `BATCH_ROWS` of each kind."""

    jobs: tuple[int, ...] = ()
    events: tuple[int, ...] = ()
    steps: tuple[int, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.jobs or self.events or self.steps)


async def old(connection: AsyncConnection, now: float) -> Old:
    """What may be dropped: jobs, lines of logs, and steps of undo."""
    return Old(
        jobs=await _old_jobs(connection, now),
        events=await _old_events(connection, now),
        steps=await _old_steps(connection, now),
    )


async def drop(connection: AsyncConnection, rows: Old) -> None:
    """Drop these rows, and what belongs to them; cards stay in any case."""
    await connection.execute(delete(job).where(job.c.id.in_(rows.jobs)))
    await connection.execute(delete(event).where(event.c.id.in_(rows.events)))
    await connection.execute(delete(undo).where(undo.c.id.in_(rows.steps)))


async def _old_jobs(connection: AsyncConnection, now: float) -> tuple[int, ...]:
    """Jobs that succeeded or were cancelled long ago and are not among the latest, and dismissed failures.

    A job whose result is to be reviewed, and one that made a card which is still in the trash, are kept.
    """
    done = job.c.state.in_([JobState.SUCCEEDED, JobState.CANCELLED])
    dismissed = and_(job.c.state == JobState.FAILED, job.c.removed_at.is_not(None))
    newest_first = (job.c.created_at.desc(), job.c.id.desc())
    latest = select(job.c.id).where(done).order_by(*newest_first).limit(1).offset(KEPT_JOBS)
    in_trash = exists().where(card.c.job_id == job.c.id, card.c.trashed_at.is_not(None))
    long_ago = now - KEPT_DAYS * DAY
    statement = (
        select(job.c.id)
        .where(
            or_(done, dismissed),
            job.c.needs_review == 0,
            job.c.created_at < long_ago,  # what ended long ago was created before: the index knows that
            job.c.finished_at < long_ago,
            job.c.id <= latest.scalar_subquery(),
            ~in_trash,
        )
        .order_by(job.c.created_at, job.c.id)
        .limit(BATCH_ROWS)
    )
    return tuple((await connection.execute(statement)).scalars())


async def _old_events(connection: AsyncConnection, now: float) -> tuple[int, ...]:
    first = select(event.c.id, event.c.at).order_by(event.c.id).limit(BATCH_ROWS).subquery()
    statement = select(first.c.id).where(first.c.at < now - EVENT_DAYS * DAY)
    return tuple((await connection.execute(statement)).scalars())


async def _old_steps(connection: AsyncConnection, now: float) -> tuple[int, ...]:
    statement = select(undo.c.id).where(undo.c.at < now - UNDO_DAYS * DAY).limit(BATCH_ROWS)
    return tuple((await connection.execute(statement)).scalars())
