"""What is dropped after a while, a little at a time (ux-and-reliability.md 3.4, "Retention")."""

from sqlalchemy import delete, exists, select
from sqlalchemy.ext.asyncio import AsyncConnection

from ..domain.job import JobState
from .tables import card, event, job, undo

BATCH_ROWS = 200
DAY = 86_400.0
KEPT_DAYS, KEPT_JOBS = 30, 1000
EVENT_DAYS = 90
UNDO_DAYS = 30


async def prune_jobs(connection: AsyncConnection, now: float) -> tuple[int, ...]:
    """Drop some jobs that succeeded long ago and are not among the latest; returns their ids.

    A job whose result is to be reviewed, and one that made a card which is still in the trash, are kept.
    Cards stay in any case.
    """
    done = job.c.state.in_([JobState.SUCCEEDED, JobState.CANCELLED])
    latest = (
        select(job.c.id)
        .where(done)
        .order_by(job.c.created_at.desc(), job.c.id.desc())
        .limit(1)
        .offset(KEPT_JOBS)
    )
    in_trash = exists().where(card.c.job_id == job.c.id, card.c.trashed_at.is_not(None))
    old = (
        select(job.c.id)
        .where(
            done,
            job.c.needs_review == 0,
            job.c.finished_at < now - KEPT_DAYS * DAY,
            job.c.id <= latest.scalar_subquery(),
            ~in_trash,
        )
        .order_by(job.c.id)
        .limit(BATCH_ROWS)
    )
    rows = await connection.execute(delete(job).where(job.c.id.in_(old)).returning(job.c.id))
    return tuple(row.id for row in rows)


async def prune_events(connection: AsyncConnection, now: float) -> int:
    """Drop some lines of logs that are too old; returns how many."""
    old = select(event.c.id).where(event.c.at < now - EVENT_DAYS * DAY).order_by(event.c.id).limit(BATCH_ROWS)
    return int((await connection.execute(delete(event).where(event.c.id.in_(old)))).rowcount)


async def prune_undo(connection: AsyncConnection, now: float) -> int:
    """Drop steps that can no longer be taken back; returns how many."""
    dropped = await connection.execute(delete(undo).where(undo.c.at < now - UNDO_DAYS * DAY))
    return int(dropped.rowcount)
