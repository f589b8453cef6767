"""What the person does with jobs, one or a million: one statement for all, with a picture of before for undo.

Every action first writes the rows it fits into `undo_job`, then changes exactly those, in one transaction:
all or nothing. Undo brings them back where nobody has moved them since (ux-and-reliability.md 2.1 and 3.3).
"""
# ruff: noqa: S608  (put together from this module's own constants)

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    case,
    delete,
    func,
    insert,
    literal,
    null,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from ..domain.draft import OFFLINE_ENGINE
from ..domain.job import TERMINAL_STATES, JobQuery, JobSnapshot, JobState, JobWant, Lane, Priority
from ..domain.job_kinds import DRAFT
from ..domain.queue import TOLD_ONE_BY_ONE, Place, UndoHistory, UndoStep
from .job_lists import conditions
from .jobs import RUN_AGAIN
from .rows import JOB_COLUMNS, job_snapshot
from .tables import IS_UNFINISHED, RESTORED, event, job, output, undo, undo_job

Target = Sequence[int] | JobQuery
_WAITS = tuple(state for state in JobState if state not in TERMINAL_STATES and state is not JobState.RUNNING)
_NO_GATE = {"hold_reason": None, "hold_scope": "", "run_at": None, "delay": None, "error_code": None}
CANCELLED_PHASE = "Cancelled by you"
STEPS_SHOWN = 100
_IMAGE_COLUMNS = ["undo_id", "side", "job_id", "version", "own_version", *RESTORED]
_UNFINISHED_SQL = ", ".join(f"'{state.value}'" for state in JobState if state not in TERMINAL_STATES)
_RANKED = (
    "UPDATE job SET position = {base} + ranked.place * {step} FROM (SELECT job_id, row_number() OVER "
    "(ORDER BY position, job_id) AS place FROM undo_job WHERE undo_id = :undo AND side = 'before') AS ranked "
    "WHERE ranked.job_id = job.id AND :count > 0"
)
_FIRST = f"(SELECT min(position) FROM job WHERE state IN ({_UNFINISHED_SQL})) - 1.0 - :count"
_LAST = (
    f"(SELECT max(coalesce(max(position), 0), (SELECT seq FROM sqlite_sequence WHERE name = 'job')) "
    f"FROM job WHERE state IN ({_UNFINISHED_SQL}))"
)
_MOVE: dict[Place, Any] = {
    "top": text(_RANKED.format(base=_FIRST, step="1.0")),
    # Small steps: a job that is queued later gets its id as position, which is behind all of these.
    "bottom": text(_RANKED.format(base=_LAST, step="1e-6")),
}
_SAME = (
    "undo_job.undo_id = :undo AND undo_job.side = :wanted AND undo_job.job_id = job.id AND "
    "(undo_job.version = job.version OR (undo_job.state = 'running' AND job.want <> 'run' AND "
    "job.state IN ('running', 'paused', 'cancelled')))"
)
_DROP_SIDE = text("DELETE FROM undo_job WHERE undo_id = :undo AND side = :other")
_KEEP_SIDE = text(
    f"INSERT INTO undo_job ({', '.join(_IMAGE_COLUMNS)}) SELECT :undo, :other, job.id, job.version + 1, "
    f"job.version, {', '.join(f'job.{name}' for name in RESTORED)} FROM job, undo_job "
    f"WHERE {_SAME} AND NOT EXISTS (SELECT 1 FROM job twin "
    "WHERE twin.unique_key = job.unique_key AND twin.id <> job.id AND "
    f"twin.state IN ({_UNFINISHED_SQL}) AND undo_job.state IN ({_UNFINISHED_SQL}))"
)
_PUT = {name: f"undo_job.{name}" for name in RESTORED} | {
    # A job that was running and has been stopped since has no worker any more, and is charged nothing.
    "state": "CASE WHEN undo_job.state = 'running' AND job.state <> 'running' THEN 'queued' "
    "ELSE undo_job.state END",
    "attempts": "undo_job.attempts - (undo_job.state = 'running' AND job.state <> 'running' AND "
    "undo_job.attempts > 0)",
}
_ONE_OF_EACH = text(
    "DELETE FROM undo_job WHERE undo_id = :undo AND job_id NOT IN (SELECT max(job.id) FROM undo_job, job "
    "WHERE undo_id = :undo AND job.id = job_id GROUP BY coalesce(unique_key, job.id))"
)
_PUT_SIDE = text(
    f"UPDATE job SET {', '.join(f'{name} = {value}' for name, value in _PUT.items())}, updated_at = :now, "
    "version = job.version + 1 FROM undo_job WHERE undo_job.undo_id = :undo AND undo_job.side = :wanted AND "
    "undo_job.job_id = job.id AND job.id IN "
    "(SELECT job_id FROM undo_job WHERE undo_id = :undo AND side = :other)"
)
# The jobs are as they were once before, under a new version: steps around this one go on from there.
_GO_ON = text(
    "UPDATE undo_job SET version = job.version FROM job, undo_job AS put, undo_job AS kept WHERE "
    "put.undo_id = :undo AND put.side = :wanted AND kept.undo_id = :undo AND kept.side = :other AND "
    "kept.job_id = put.job_id AND job.id = put.job_id AND undo_job.job_id = put.job_id AND "
    "undo_job.undo_id <> :undo AND undo_job.version = put.own_version"
)


@dataclass(frozen=True, slots=True)
class Action:
    """A change of jobs: which it fits, the columns it sets, and the word for the log of each job.

    With `one_of_each` only the newest of those jobs that would do the same is changed.
    """

    event: str
    fits: ColumnElement[bool]
    values: Mapping[str, Any]
    place: Place | None = None
    one_of_each: bool = False


@dataclass(frozen=True, slots=True)
class Done:
    """What an action did. `jobs` are the changed ones, at most as many as are told one by one.

    `removed` are those of them that are not in the list now; `running` are all that a worker has.
    """

    undo_id: int
    name: str
    count: int
    skipped: int
    jobs: tuple[JobSnapshot, ...]
    removed: frozenset[int]
    running: tuple[JobSnapshot, ...]


def _waits() -> ColumnElement[bool]:
    return job.c.state.in_(_WAITS)


def _unfinished() -> ColumnElement[bool]:
    return job.c.state.not_in(sorted(TERMINAL_STATES))


def cancel(now: float) -> Action:
    """Jobs that wait are cancelled at once, running ones are asked to stop."""
    values = {
        "want": JobWant.CANCEL,
        "state": case((_waits(), JobState.CANCELLED), else_=job.c.state),
        "phase": case((_waits(), CANCELLED_PHASE), else_="Stopping"),
        "finished_at": case((_waits(), now), else_=null()),
    }
    return Action("cancel_wanted", and_(_unfinished(), job.c.want != JobWant.CANCEL), values | _NO_GATE)


def pause() -> Action:
    """Jobs that wait are paused at once, running ones are asked to stop at a safe point."""
    values = {
        "want": JobWant.PAUSE,
        "state": case((_waits(), JobState.PAUSED), else_=job.c.state),
        "phase": case((_waits(), ""), else_="Pausing"),
    }
    fits = and_(_unfinished(), job.c.state != JobState.PAUSED, job.c.want == JobWant.RUN)
    return Action("pause_wanted", fits, values | _NO_GATE)


def resume(now: float) -> Action:
    """Paused, held and waiting jobs are queued; a running one that was to pause goes on."""
    waits = job.c.state != JobState.RUNNING
    values = {
        "want": JobWant.RUN,
        "state": case((waits, JobState.QUEUED), else_=job.c.state),
        "phase": "",
        "queued_at": case((waits, now), else_=job.c.queued_at),
    }
    aside = job.c.state.in_([JobState.PAUSED, JobState.HELD, JobState.WAITING])
    pausing = and_(job.c.state == JobState.RUNNING, job.c.want == JobWant.PAUSE)
    return Action("resumed", or_(aside, pausing), values | _NO_GATE)


def retry(now: float, home_lanes: Mapping[str, Lane]) -> Action:
    """Finished jobs are queued again, in the lane of their kind; one of those that would do the same."""
    twin = job.alias("twin")
    busy = select(twin.c.id).where(
        twin.c.unique_key == job.c.unique_key,
        twin.c.id != job.c.id,
        text(f"twin.{IS_UNFINISHED}"),
    )
    by_kind = case(dict(home_lanes), value=job.c.kind, else_=job.c.lane)
    lane = case((job.c.is_remote == 1, Lane.NETWORK), (_by_a_local_model(), Lane.LOCAL), else_=by_kind)
    values = {**RUN_AGAIN, "queued_at": now, "lane": lane}
    return Action("retried", and_(~_unfinished(), ~busy.exists()), values, one_of_each=True)


def _by_a_local_model() -> ColumnElement[bool]:
    return and_(job.c.kind == DRAFT, job.c.engine != OFFLINE_ENGINE, job.c.engine != "")


def run_now(now: float) -> Action:
    """Jobs that wait go into the interactive lane, ahead of all."""
    values = {
        "lane": Lane.INTERACTIVE, "state": JobState.QUEUED, "want": JobWant.RUN, "phase": "",
        "queued_at": now,
    }  # fmt: skip
    return Action("run_now", _waits(), values | _NO_GATE)


def prioritise(priority: Priority) -> Action:
    """Unfinished jobs become more or less urgent."""
    fits = and_(_unfinished(), job.c.priority != int(priority))
    return Action("prioritised", fits, {"priority": int(priority)})


def move(place: Place) -> Action:
    """Unfinished jobs go before or behind all others, in their present order."""
    return Action(f"moved_{place}", _unfinished(), {}, place)


def review() -> Action:
    """Results that were to be looked at have been."""
    return Action("reviewed", job.c.needs_review == 1, {"needs_review": 0})


def remove(now: float) -> Action:
    """Finished jobs leave the list."""
    return Action("removed", and_(~_unfinished(), job.c.removed_at.is_(None)), {"removed_at": now})


async def perform(
    connection: AsyncConnection, action: Action, target: Target, name: str, now: float
) -> Done | None:
    """Do something with every job of the target that it fits, and remember how they were.

    `name` is the step in words, with `{count}` for the number of jobs. None when it fits none of them.
    """
    started = insert(undo).values(at=now, name="", jobs=0).returning(undo.c.id)
    undo_id = int((await connection.execute(started)).scalar_one())
    count = await _keep_images(connection, undo_id, action, target)
    if not count:
        await connection.execute(delete(undo).where(undo.c.id == undo_id))
        return None
    await connection.execute(delete(undo).where(undo.c.undone_at.is_not(None)))
    named = {"name": name.format(count="1 job" if count == 1 else f"{count:,} jobs"), "jobs": count}
    await connection.execute(update(undo).where(undo.c.id == undo_id).values(named))
    await _change(connection, action, undo_id, count, now)
    # A filter chooses what fits; only jobs that were named one by one can have been left out.
    skipped = 0 if isinstance(target, JobQuery) else len(set(target)) - count
    return await _done(connection, undo_id, count, skipped)


async def _keep_images(connection: AsyncConnection, undo_id: int, action: Action, target: Target) -> int:
    images = _images(undo_id, "before").where(*chosen(target), action.fits)
    count = (await connection.execute(insert(undo_job).from_select(_IMAGE_COLUMNS, images))).rowcount
    if count and action.one_of_each:
        count -= (await connection.execute(_ONE_OF_EACH, {"undo": undo_id})).rowcount
    return int(count)


def chosen(target: Target) -> list[ColumnElement[bool]]:
    """The condition for the jobs of a target; those that left the list are none of them."""
    if isinstance(target, JobQuery):
        return conditions(target)
    listed = select(text("value")).select_from(func.json_each(json.dumps(list(target))))
    return [job.c.id.in_(listed), job.c.removed_at.is_(None)]


async def _change(connection: AsyncConnection, action: Action, undo_id: int, count: int, now: float) -> None:
    mine = select(undo_job.c.job_id).where(undo_job.c.undo_id == undo_id)
    if action.place is not None:
        await connection.execute(_MOVE[action.place], {"undo": undo_id, "count": count})
    changes = {"updated_at": now, "version": job.c.version + 1, **action.values}
    await connection.execute(update(job).where(job.c.id.in_(mine)).values(changes))
    if action.event == "retried":
        again = update(output).where(output.c.job_id.in_(mine)).values(done_at=None)
        await connection.execute(again)
    await _note(connection, undo_id, "before", action.event, now)


async def _note(connection: AsyncConnection, undo_id: int, side: str, kind: str, now: float) -> None:
    mine = select(undo_job.c.job_id, literal(now), literal(kind)).where(
        undo_job.c.undo_id == undo_id, undo_job.c.side == side
    )
    await connection.execute(insert(event).from_select(["job_id", "at", "kind"], mine))


def _images(undo_id: int, side: str) -> Select[Any]:
    """Jobs as rows of `undo_job`; the version is the one they have after the change that follows."""
    kept = [job.c[name] for name in RESTORED]
    return select(literal(undo_id), literal(side), job.c.id, job.c.version + 1, job.c.version, *kept)


async def _done(connection: AsyncConnection, undo_id: int, count: int, skipped: int) -> Done:
    mine = select(undo_job.c.job_id).where(undo_job.c.undo_id == undo_id).distinct()
    listed = select(*JOB_COLUMNS, job.c.removed_at).where(job.c.id.in_(mine)).order_by(job.c.id)
    rows: Sequence[Any] = (await connection.execute(listed.limit(TOLD_ONE_BY_ONE))).all()
    at_work = select(*JOB_COLUMNS).where(job.c.state == JobState.RUNNING, job.c.id.in_(mine))
    running = tuple(job_snapshot(row) for row in await connection.execute(at_work))
    named = await connection.execute(select(undo.c.name).where(undo.c.id == undo_id))
    return Done(
        undo_id=undo_id,
        name=named.scalar_one(),
        count=count,
        skipped=skipped,
        jobs=tuple(job_snapshot(row) for row in rows),
        removed=frozenset(row.id for row in rows if row.removed_at is not None),
        running=running,
    )


async def gates_before(connection: AsyncConnection, target: Target) -> tuple[tuple[str, str], ...]:
    """The gates, by reason and scope, that hold any of these jobs."""
    held = select(job.c.hold_reason, job.c.hold_scope).where(*chosen(target), job.c.state == JobState.HELD)
    return tuple((row.hold_reason, row.hold_scope) for row in await connection.execute(held.distinct()))


async def take_back(connection: AsyncConnection, undo_id: int, now: float) -> Done:
    """Bring back what a step changed, except jobs that have moved since."""
    return await _swap(connection, undo_id, "before", "after", now)


async def do_again(connection: AsyncConnection, undo_id: int, now: float) -> Done:
    """Do a step again that was taken back."""
    return await _swap(connection, undo_id, "after", "before", now)


async def _swap(connection: AsyncConnection, undo_id: int, wanted: str, other: str, now: float) -> Done:
    """Put the images of one side in place, and keep what was there as the other side."""
    values = {"undo": undo_id, "wanted": wanted, "other": other, "now": now}
    await connection.execute(_DROP_SIDE, values)
    await connection.execute(_KEEP_SIDE, values)
    changed = (await connection.execute(_PUT_SIDE, values)).rowcount
    await connection.execute(_GO_ON, values)
    back = wanted == "before"
    # What was taken back last is done again first, also when the clock was set back in between.
    latest = func.max(now, select(func.coalesce(func.max(undo.c.undone_at) + 0.001, now)).scalar_subquery())
    await connection.execute(
        update(undo).where(undo.c.id == undo_id).values(undone_at=latest if back else null())
    )
    await _note(connection, undo_id, other, "undone" if back else "redone", now)
    jobs = (await connection.execute(select(undo.c.jobs).where(undo.c.id == undo_id))).scalar_one()
    return await _done(connection, undo_id, changed, jobs - changed)


async def can_take_back(connection: AsyncConnection, undo_id: int) -> bool:
    """Whether a step is known and was not taken back."""
    known = select(undo.c.id).where(undo.c.id == undo_id, undo.c.undone_at.is_(None))
    return (await connection.execute(known)).first() is not None


async def history(connection: AsyncConnection) -> UndoHistory:
    """The last hundred steps of either direction."""
    done = select(undo).where(undo.c.undone_at.is_(None)).order_by(undo.c.id.desc())
    undone = select(undo).where(undo.c.undone_at.is_not(None)).order_by(undo.c.undone_at.desc(), undo.c.id)
    return UndoHistory(undo=await _steps(connection, done), redo=await _steps(connection, undone))


async def _steps(connection: AsyncConnection, newest_first: Select[Any]) -> tuple[UndoStep, ...]:
    rows = (await connection.execute(newest_first.limit(STEPS_SHOWN))).all()
    return tuple(UndoStep(id=row.id, name=row.name, at=row.at, jobs=row.jobs) for row in reversed(rows))
