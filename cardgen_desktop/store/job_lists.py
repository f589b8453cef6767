"""Lists of jobs: pages with the total, the whole order of ids, and how many are in each state.

Counts come from the tally that triggers keep, when the filter allows it; texts are found by a trigram index.
A list of a million is read once as ids, in the order of any column; its pages are then looked up by id, which
costs the same at every depth (an OFFSET of 800,000 costs 40 to 80 ms).
"""

import asyncio
import json
from array import array
from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, case, func, literal_column, or_, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from ..domain.job import NEEDS_PERSON, STATUS_OF_STATE, JobPage, JobQuery, JobSnapshot, JobSort, JobState
from .rows import JOB_COLUMNS, job_snapshots, like, storable
from .tables import job, tally

TRIGRAM = 3
"""Shorter searches cannot use the index and read every row."""
_CHARACTERS_AT_ONCE = 20_000
_STATE_ORDER = {
    state: number
    for number, state in enumerate(
        (
            JobState.RUNNING,
            JobState.QUEUED,
            JobState.WAITING,
            JobState.HELD,
            JobState.PAUSED,
            JobState.FAILED,
            JobState.SUCCEEDED,
            JobState.CANCELLED,
        )
    )
}
_SORTS: dict[JobSort, tuple[ColumnElement[object], ...]] = {
    JobSort.CREATED: (job.c.created_at,),
    JobSort.CHARACTER: (func.lower(job.c.character),),
    JobSort.TITLE: (func.lower(job.c.title),),
    JobSort.KIND: (job.c.kind,),
    JobSort.STATE: (case(_STATE_ORDER, value=job.c.state, else_=99),),
    JobSort.PRIORITY: (job.c.priority,),
    JobSort.PROGRESS: (job.c.progress,),
    JobSort.ENGINE: (job.c.engine,),
    JobSort.STARTED: (job.c.started_at,),
    JobSort.FINISHED: (job.c.finished_at,),
    JobSort.TIME: (job.c.active_seconds,),
    JobSort.ATTEMPTS: (job.c.attempts,),
    JobSort.TOKENS: (func.coalesce(job.c.tokens_in, 0) + func.coalesce(job.c.tokens_out, 0),),
    JobSort.COST: (job.c.cost_nanos,),
    JobSort.QUEUE: (-job.c.priority, job.c.position),
}


async def page(connection: AsyncConnection, query: JobQuery) -> JobPage:
    """A page; `total` counts every match, whatever `limit` and `offset` are."""
    # The ids first: sorting whole rows would read ten times as much.
    ordered = select(job.c.id).where(*conditions(query)).order_by(*order(query))
    chosen = ordered.limit(query.limit).offset(query.offset)
    rows = await connection.execute(select(*JOB_COLUMNS).where(job.c.id.in_(chosen)).order_by(*order(query)))
    jobs = tuple(await job_snapshots(rows))
    return JobPage(jobs=jobs, total=await total(connection, query), limit=query.limit, offset=query.offset)


async def total(connection: AsyncConnection, query: JobQuery) -> int:
    """How many jobs match."""
    filtered = query.text or query.since is not None or query.until is not None or query.needs_you
    if filtered or query.lane is not None or query.batch_id is not None:
        counted = select(func.count()).select_from(job).where(*conditions(query))
    else:
        counted = select(func.coalesce(func.sum(tally.c.jobs), 0)).where(*_tallied(query))
    return int((await connection.execute(counted)).scalar_one())


async def ids(connection: AsyncConnection, query: JobQuery) -> "array[int]":
    """The ids of every match in order; a million take about a second, in which other threads go on.

    SQLite joins the ids to one text itself, which holds up no other thread; so many rows would.
    """
    ordered = select(job.c.id).where(*conditions(query)).order_by(*order(query)).subquery()
    joined = (await connection.execute(select(func.group_concat(ordered.c.id)))).scalar_one()
    return await asyncio.to_thread(_numbers, joined or "")


def _numbers(joined: str) -> "array[int]":
    """Numbers from a text, some at a time: one call for all would keep every other thread waiting."""
    numbers, start = array("q"), 0
    while start < len(joined):
        end = joined.find(",", start + _CHARACTERS_AT_ONCE)
        end = len(joined) if end < 0 else end
        numbers.extend(map(int, joined[start:end].split(",")))
        start = end + 1
    return numbers


async def by_ids(connection: AsyncConnection, job_ids: Sequence[int]) -> tuple[JobSnapshot, ...]:
    """Those of the jobs that are in the list, in the order of the ids."""
    listed = select(text("value")).select_from(func.json_each(json.dumps(list(job_ids))))
    statement = select(*JOB_COLUMNS).where(job.c.id.in_(listed), job.c.removed_at.is_(None))
    found = {job.id: job for job in await job_snapshots(await connection.execute(statement))}
    return tuple(found[job_id] for job_id in job_ids if job_id in found)


async def counts(connection: AsyncConnection) -> dict[JobState, int]:
    """How many jobs of the list are in each state; states without a job are 0."""
    statement = select(tally.c.state, func.sum(tally.c.jobs)).group_by(tally.c.state)
    found = {row.state: row[1] for row in await connection.execute(statement)}
    return {state: found.get(state, 0) for state in JobState}


async def needs_you(connection: AsyncConnection) -> int:
    """How many jobs go on only when the person acts, or have a result to look at."""
    failed = select(func.coalesce(func.sum(tally.c.jobs), 0)).where(
        or_(tally.c.state == JobState.FAILED, tally.c.needs_review == 1)
    )
    held = select(func.count()).select_from(job).where(_held_for_person())
    return int(
        (await connection.execute(select(failed.scalar_subquery() + held.scalar_subquery()))).scalar_one()
    )


def order(query: JobQuery) -> list[ColumnElement[object]]:
    """The order of a list; ties go by id, in the same direction."""
    keys = (*_SORTS[query.sort], job.c.id)
    return [key.desc() if query.descending else key.asc() for key in keys]


def conditions(query: JobQuery) -> list[ColumnElement[bool]]:
    """What the jobs of a list have in common."""
    where: list[ColumnElement[bool]] = [job.c.removed_at.is_(None)]
    if query.states or query.status:
        where.append(job.c.state.in_(_states(query)))
    for column, value in (
        (job.c.kind, query.kind),
        (job.c.lane, query.lane),
        (job.c.batch_id, query.batch_id),
        (job.c.needs_review, None if query.needs_review is None else int(query.needs_review)),
    ):
        if value is not None:
            where.append(column == value)
    if query.since is not None:
        where.append(job.c.created_at >= query.since)
    if query.until is not None:
        where.append(job.c.created_at < query.until)
    if query.needs_you:
        where.append(or_(job.c.state == JobState.FAILED, job.c.needs_review == 1, _held_for_person()))
    if query.text:
        where.append(_has_text(query.text))
    return where


def _held_for_person() -> ColumnElement[bool]:
    reasons = [reason.value for reason in NEEDS_PERSON]
    held = and_(literal_column("job.state") == JobState.HELD.value, job.c.hold_reason.in_(sorted(reasons)))
    return and_(held, job.c.removed_at.is_(None))


def _has_text(text_of_person: str) -> ColumnElement[bool]:
    wanted = storable(text_of_person)
    if len(wanted) < TRIGRAM or "\0" in wanted:
        found = [column.like(like(wanted), escape="\\") for column in (job.c.search_text, job.c.error)]
        return or_(*found)
    phrase = '"' + wanted.casefold().replace('"', '""') + '"'
    return job.c.id.in_(
        text("SELECT rowid FROM job_text WHERE job_text MATCH :phrase").bindparams(phrase=phrase)
    )


def _tallied(query: JobQuery) -> list[ColumnElement[bool]]:
    where: list[ColumnElement[bool]] = []
    if query.states or query.status:
        where.append(tally.c.state.in_(_states(query)))
    if query.kind is not None:
        where.append(tally.c.kind == query.kind)
    if query.needs_review is not None:
        where.append(tally.c.needs_review == int(query.needs_review))
    return where


def _states(query: JobQuery) -> list[JobState]:
    states = query.states or tuple(JobState)
    return [state for state in states if query.status in (None, STATUS_OF_STATE[state])]
