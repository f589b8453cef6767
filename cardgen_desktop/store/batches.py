"""Batches: jobs that were queued together, and how far they have come."""

from collections.abc import Iterable

from sqlalchemy import func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from ..domain.job import TERMINAL_STATES, JobState
from ..domain.job_views import BatchView
from .tables import batch, job

KEPT_SECONDS = 3600.0
"""How long an ended batch is still shown."""


async def shown(connection: AsyncConnection, now: float) -> tuple[BatchView, ...]:
    """Batches with unfinished jobs, and those that ended a short while ago, newest first."""
    recent = or_(batch.c.ended_at.is_(None), batch.c.ended_at > now - KEPT_SECONDS)
    rows = await connection.execute(select(batch.c.id).where(recent))
    views = await _views(connection, [row.id for row in rows])
    return tuple(view for view in reversed(views) if view.total)


async def going_on(connection: AsyncConnection) -> set[int]:
    """Batches that are not known to have ended."""
    return set((await connection.execute(select(batch.c.id).where(batch.c.ended_at.is_(None)))).scalars())


async def newly_ended(
    connection: AsyncConnection, batch_ids: Iterable[int], now: float
) -> tuple[BatchView, ...]:
    """Those of some batches whose last job has ended; each is told once until a job of it runs again."""
    views = await _views(connection, sorted(set(batch_ids)))
    over = [view.id for view in views if view.finished == view.total]
    going = [view.id for view in views if view.finished < view.total]
    await connection.execute(update(batch).where(batch.c.id.in_(going)).values(ended_at=None))
    ended = update(batch).where(batch.c.id.in_(over), batch.c.ended_at.is_(None)).values(ended_at=now)
    told = {row.id for row in await connection.execute(ended.returning(batch.c.id))}
    return tuple(view for view in views if view.id in told)


async def _views(connection: AsyncConnection, batch_ids: list[int]) -> list[BatchView]:
    statement = (
        select(
            batch.c.id,
            batch.c.title,
            batch.c.created_at,
            func.count(job.c.id).label("total"),
            func.count().filter(job.c.state.in_(sorted(TERMINAL_STATES))).label("finished"),
            func.count().filter(job.c.state == JobState.FAILED).label("failed"),
            func.count().filter(job.c.state == JobState.RUNNING).label("running"),
            func.coalesce(func.avg(job.c.progress), 0.0).label("progress"),
        )
        .join(job, job.c.batch_id == batch.c.id)
        .where(batch.c.id.in_(batch_ids), job.c.removed_at.is_(None))
        .group_by(batch.c.id)
        .order_by(batch.c.id)
    )
    return [BatchView.model_validate(dict(row._mapping)) for row in await connection.execute(statement)]
