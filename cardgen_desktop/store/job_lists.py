"""Lists of jobs: pages with the total, and how many are in each state."""

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from ..domain.job import STATUS_OF_STATE, JobPage, JobQuery, JobState
from .rows import JOB_COLUMNS, job_snapshot, like
from .tables import job


async def page(connection: AsyncConnection, query: JobQuery) -> JobPage:
    """A page, newest first; `total` counts every match, whatever `limit` and `offset` are."""
    where = _conditions(query)
    total = (await connection.execute(select(func.count()).select_from(job).where(*where))).scalar_one()
    statement = (
        select(*JOB_COLUMNS)
        .where(*where)
        .order_by(job.c.created_at.desc(), job.c.id.desc())
        .limit(query.limit)
        .offset(query.offset)
    )
    jobs = tuple(job_snapshot(row) for row in await connection.execute(statement))
    return JobPage(jobs=jobs, total=total, limit=query.limit, offset=query.offset)


async def counts(connection: AsyncConnection) -> dict[JobState, int]:
    """How many jobs of the list are in each state; states without a job are 0."""
    statement = select(job.c.state, func.count()).where(job.c.removed_at.is_(None)).group_by(job.c.state)
    found = {JobState(state): count for state, count in await connection.execute(statement)}
    return {state: found.get(state, 0) for state in JobState}


def _conditions(query: JobQuery) -> list[ColumnElement[bool]]:
    where: list[ColumnElement[bool]] = [job.c.removed_at.is_(None)]
    if query.states or query.status:
        where.append(job.c.state.in_(_states(query)))
    if query.kind is not None:
        where.append(job.c.kind == query.kind)
    if query.since is not None:
        where.append(job.c.created_at >= query.since)
    if query.text:
        found = [text.like(like(query.text), escape="\\") for text in (job.c.search_text, job.c.error)]
        where.append(or_(*found))
    return where


def _states(query: JobQuery) -> list[JobState]:
    states = query.states or tuple(JobState)
    return [state for state in states if query.status in (None, STATUS_OF_STATE[state])]
