"""What the person does with many jobs at once, and that every step can be taken back and done again."""

import hashlib
import random
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import pytest

from cardgen_desktop.domain.job import TERMINAL_STATES, JobQuery, JobState, Lane, Priority
from cardgen_desktop.domain.queue import TOLD_ONE_BY_ONE
from cardgen_desktop.store import actions, jobs
from cardgen_desktop.store.actions import Action, Done
from cardgen_desktop.store.engine import Database, open_database
from tests.support.stored_jobs import claimed_all, execute, found, new, put_in, several

REDONE = 60
EVERYTHING = "SELECT * FROM job ORDER BY id"
HOME = {"draft": Lane.CPU}
ACTIONS: dict[str, Callable[[], Action]] = {
    "cancel": lambda: actions.cancel(300.0),
    "pause": lambda: actions.pause(),
    "resume": lambda: actions.resume(300.0),
    "retry": lambda: actions.retry(300.0, HOME),
    "run now": lambda: actions.run_now(300.0),
    "urgent": lambda: actions.prioritise(Priority.HIGHEST),
    "later": lambda: actions.prioritise(Priority.LOW),
    "top": lambda: actions.move("top"),
    "bottom": lambda: actions.move("bottom"),
    "remove": lambda: actions.remove(300.0),
}


async def done(
    database: Database, action: Action, target: Sequence[int] | JobQuery, name: str = "Do {count}"
) -> Done | None:
    async with database.write() as connection:
        return await actions.perform(connection, action, target, name, 300.0)


async def undone(database: Database, undo_id: int, *, again: bool = False, now: float = 400.0) -> Done:
    async with database.write() as connection:
        move = actions.do_again if again else actions.take_back
        return await move(connection, undo_id, now)


async def contents(database: Database) -> str:
    """All that jobs are, without how often and when they were touched."""
    return logical(await execute(database, EVERYTHING))


def logical(rows: Iterable[Any]) -> str:
    plain = [
        {name: value for name, value in row._mapping.items() if name not in ("version", "updated_at")}
        for row in rows
    ]
    return hashlib.sha256(repr(plain).encode()).hexdigest()


async def one_of_each(database: Database) -> dict[JobState, int]:
    """A job in every state; ids by state."""
    made = {state: (await new(database)).id for state in JobState}
    for state, job_id in made.items():
        await put_in(database, job_id, state)
    return made


UNFINISHED = set(JobState) - TERMINAL_STATES
FITS: dict[str, set[JobState]] = {
    "cancel": UNFINISHED,
    "pause": UNFINISHED - {JobState.PAUSED},
    "resume": {JobState.PAUSED, JobState.HELD, JobState.WAITING},
    "retry": set(TERMINAL_STATES),
    "run now": UNFINISHED - {JobState.RUNNING},
    "urgent": UNFINISHED,
    "later": UNFINISHED,
    "top": UNFINISHED,
    "bottom": UNFINISHED,
    "remove": set(TERMINAL_STATES),
}


@pytest.mark.parametrize("name", list(ACTIONS))
@pytest.mark.parametrize("by_query", [False, True])
async def test_action_changes_what_it_fits_and_is_undone_and_redone(
    database: Database, name: str, by_query: bool
) -> None:
    made = await one_of_each(database)
    before = await contents(database)
    target: Sequence[int] | JobQuery = JobQuery(limit=1) if by_query else [*made.values(), 999]
    step = await done(database, ACTIONS[name](), target)
    assert step is not None
    assert {job.id for job in step.jobs} == {made[state] for state in FITS[name]}
    assert (step.count, step.skipped) == (len(FITS[name]), 0 if by_query else 9 - len(FITS[name]))
    after = await contents(database)
    assert after != before
    back = await undone(database, step.undo_id)
    assert (back.count, back.skipped) == (step.count, 0)
    assert await contents(database) == before
    again = await undone(database, step.undo_id, again=True)
    assert again.count == step.count
    assert await contents(database) == after
    await undone(database, step.undo_id)
    assert await contents(database) == before


async def test_waiting_jobs_move_at_once_and_running_ones_are_asked(database: Database) -> None:
    made = await one_of_each(database)
    for action, want, state in (
        (actions.pause(), "pause", JobState.PAUSED),
        (actions.cancel(300.0), "cancel", JobState.CANCELLED),
    ):
        step = await done(database, action, list(made.values()))
        assert step is not None
        moved = {job.id: job for job in step.jobs}
        running = moved.pop(made[JobState.RUNNING])
        assert (running.state, running.want) == (JobState.RUNNING, want)
        assert [job.id for job in step.running] == [running.id]
        assert {(job.state, job.want) for job in moved.values()} == {(state, want)}


async def test_jobs_go_to_the_top_and_to_the_bottom_in_their_order(database: Database) -> None:
    ids = await several(database, 8)
    await done(database, actions.move("top"), [ids[6], ids[4]])
    await done(database, actions.move("top"), [ids[7]])
    await done(database, actions.move("bottom"), [ids[2], ids[0]])
    later = await new(database)
    order: list[int] = []
    while taken := await claimed_all(database, 1):
        order.append(taken[0].id)
    expected = [ids[7], ids[4], ids[6], ids[1], ids[3], ids[5], ids[0], ids[2], later.id]
    assert order == expected


async def test_run_now_is_ahead_of_all_in_a_lane_of_its_own(database: Database) -> None:
    ids = await several(database, 3)
    await put_in(database, ids[1], "waiting")
    step = await done(database, actions.run_now(300.0), [ids[1]])
    assert step is not None
    assert [job.id for job in await claimed_all(database, 5, lane=Lane.INTERACTIVE)] == [ids[1]]


async def test_only_one_of_those_that_do_the_same_runs_again(database: Database) -> None:
    same = []
    for _ in range(3):
        same.append((await new(database, unique_key="k")).id)
        await put_in(database, same[-1], "failed")
    other = await new(database, unique_key="o")
    await put_in(database, other.id, "failed")
    busy = await new(database, unique_key="o")
    step = await done(database, ACTIONS["retry"](), [*same, other.id])
    assert step is not None
    assert ([job.id for job in step.jobs], step.skipped) == ([same[-1]], 3)
    assert (await found(database, busy.id)).version == 1
    await undone(database, step.undo_id)
    assert (await found(database, same[-1])).state is JobState.FAILED


async def test_retry_is_not_redone_beside_a_job_that_does_the_same(database: Database) -> None:
    first = await new(database, unique_key="k")
    await put_in(database, first.id, "failed")
    step = await done(database, ACTIONS["retry"](), [first.id])
    assert step is not None
    await undone(database, step.undo_id)
    await new(database, unique_key="k")
    again = await undone(database, step.undo_id, again=True)
    assert (again.count, again.skipped) == (0, 1)
    assert (await found(database, first.id)).state is JobState.FAILED


async def test_job_that_has_moved_since_is_left_alone(database: Database) -> None:
    ids = await several(database, 3)
    step = await done(database, actions.prioritise(Priority.HIGH), ids)
    assert step is not None
    await claimed_all(database, 1, only=[ids[1]])
    back = await undone(database, step.undo_id)
    assert (back.count, back.skipped) == (2, 1)
    stored = [await found(database, job_id) for job_id in ids]
    assert [(job.state, job.priority) for job in stored] == [
        (JobState.QUEUED, 0),
        (JobState.RUNNING, 1),
        (JobState.QUEUED, 0),
    ]


@pytest.mark.parametrize("name", ["cancel", "pause"])
@pytest.mark.parametrize("stopped", [False, True])
async def test_wish_of_a_running_job_is_taken_back_before_and_after_it_stopped(
    database: Database, name: str, stopped: bool
) -> None:
    (job_id,) = await several(database, 1)
    await claimed_all(database, 1)
    step = await done(database, ACTIONS[name](), [job_id])
    assert step is not None
    if stopped:
        async with database.write() as connection:
            await jobs.stop(connection, job_id, 1, 350.0)
    assert (await undone(database, step.undo_id)).count == 1
    job = await found(database, job_id)
    assert (job.state, job.want) == (JobState.QUEUED if stopped else JobState.RUNNING, "run")
    assert (job.attempts, job.finished_at) == (0 if stopped else 1, None)


async def test_job_that_ended_well_before_it_could_be_cancelled_stays_ended(database: Database) -> None:
    (job_id,) = await several(database, 1)
    await claimed_all(database, 1)
    step = await done(database, actions.cancel(300.0), [job_id])
    assert step is not None
    async with database.write() as connection:
        await jobs.succeed(connection, job_id, 1, result={}, now=310.0)
    assert (await undone(database, step.undo_id)).count == 0
    assert (await found(database, job_id)).state is JobState.SUCCEEDED


async def test_steps_are_named_listed_and_kept_over_a_restart(database: Database) -> None:
    ids = await several(database, 12)
    first = await done(database, actions.cancel(300.0), ids, "Cancel {count}")
    second = await done(database, ACTIONS["retry"](), ids[:1], "Run {count} again")
    assert first is not None and second is not None
    assert (first.name, second.name) == ("Cancel 12 jobs", "Run 1 job again")
    await undone(database, second.undo_id)
    await database.aclose()
    reopened = await open_database(database.path)
    try:
        async with reopened.read() as connection:
            history = await actions.history(connection)
            assert await actions.can_take_back(connection, first.undo_id)
            assert not await actions.can_take_back(connection, second.undo_id)
        assert [(step.id, step.name, step.jobs) for step in history.undo] == [
            (first.undo_id, "Cancel 12 jobs", 12)
        ]
        assert [step.id for step in history.redo] == [second.undo_id]
        await undone(reopened, first.undo_id)
        assert {job.state for job in [await found(reopened, job_id) for job_id in ids]} == {JobState.QUEUED}
    finally:
        await reopened.aclose()


async def test_new_step_ends_what_could_be_done_again(database: Database) -> None:
    ids = await several(database, 2)
    first = await done(database, actions.cancel(300.0), ids[:1])
    assert first is not None
    await undone(database, first.undo_id)
    await done(database, actions.cancel(300.0), ids[1:])
    async with database.read() as connection:
        history = await actions.history(connection)
    assert (len(history.undo), history.redo) == (1, ())


async def test_step_that_fits_nothing_leaves_no_trace(database: Database) -> None:
    ids = await several(database, 2)
    step = await done(database, actions.cancel(300.0), ids[:1])
    assert step is not None
    await undone(database, step.undo_id)
    assert await done(database, actions.remove(300.0), ids) is None
    assert await done(database, actions.cancel(300.0), [999]) is None
    async with database.read() as connection:
        history = await actions.history(connection)
    assert (history.undo, [item.id for item in history.redo]) == ((), [step.undo_id])


async def test_what_was_taken_back_last_is_done_again_first(database: Database) -> None:
    ids = await several(database, 3)
    steps = [await done(database, actions.cancel(300.0), [job_id]) for job_id in ids]
    for now, step in zip((403.0, 403.0, 401.0), reversed(steps), strict=True):  # the clock is set back
        assert step is not None
        await undone(database, step.undo_id, now=now)
    async with database.read() as connection:
        history = await actions.history(connection)
    assert [item.id for item in history.redo] == [step.undo_id for step in reversed(steps) if step]


async def test_five_hundred_random_steps_are_all_taken_back(database: Database) -> None:
    chance = random.Random(7)
    for state in (*JobState, *JobState, *JobState, *JobState):
        job = await new(database, unique_key=f"k{chance.randrange(12)}")
        if job.version == 1 and job.state is JobState.QUEUED:
            await put_in(database, job.id, state)
    ids = [job_id for (job_id,) in await execute(database, "SELECT id FROM job")]
    start = await contents(database)
    steps: list[int] = []
    async with database.write() as connection:
        while len(steps) < 500:
            target: Any = chance.sample(ids, chance.randint(1, 8))
            if chance.random() < 0.2:
                target = JobQuery(states=(chance.choice(list(JobState)),))
            action = chance.choice(list(ACTIONS.values()))()
            if step := await actions.perform(connection, action, target, "Do {count}", 300.0):
                steps.append(step.undo_id)
            if len(steps) == REDONE:
                after_some = logical(await connection.exec_driver_sql(EVERYTHING))
    async with database.write() as connection:
        for undo_id in reversed(steps):
            assert (await actions.take_back(connection, undo_id, 400.0)).skipped == 0
    assert await contents(database) == start
    async with database.write() as connection:
        for undo_id in steps[:REDONE]:
            assert (await actions.do_again(connection, undo_id, 500.0)).skipped == 0
    assert await contents(database) == after_some


async def test_five_thousand_jobs_are_one_step_and_come_back_as_fast(database: Database) -> None:
    ids = await several(database, 5_000)
    query = JobQuery(states=(JobState.QUEUED,))
    action_seconds, undo_seconds = [], []
    for _ in range(3):
        began = time.perf_counter()
        step = await done(database, actions.cancel(300.0), query, "Cancel {count}")
        action_seconds.append(time.perf_counter() - began)
        assert step is not None
        began = time.perf_counter()
        back = await undone(database, step.undo_id)
        undo_seconds.append(time.perf_counter() - began)
        assert (step.name, step.count, len(step.jobs)) == ("Cancel 5,000 jobs", 5_000, TOLD_ONE_BY_ONE)
        assert (back.count, back.skipped) == (5_000, 0)
    assert min(undo_seconds) < 6 * min(action_seconds)
    states = await execute(database, "SELECT state, count(*) FROM job GROUP BY state")
    assert states == [("queued", len(ids))]
