"""The queue in the database: constraints, fences, and every move of a running or finished job."""

from typing import Any

import pytest

from cardgen_desktop.domain.errors import StorageError
from cardgen_desktop.domain.job import TERMINAL_STATES, JobQuery, JobState
from cardgen_desktop.store import actions, claims, job_lists, jobs, progress
from cardgen_desktop.store.claims import FinishedJob
from cardgen_desktop.store.engine import Database
from cardgen_desktop.store.progress import Report
from tests.support.stored_jobs import claimed, claimed_all, execute, found, new, put_in


@pytest.mark.parametrize(
    "change",
    [
        "state = 'asleep'",
        "want = 'dance'",
        "lane = 'fast'",
        "priority = 3",
        "state = 'failed'",
        "finished_at = 5",
        "state = 'held'",
        "hold_reason = 'offline'",
        "state = 'waiting'",
        "state = 'waiting', run_at = 5",
        "run_at = 5, delay = 1",
        "state = 'running'",
        "progress = 100.5",
        "progress = -1",
        "needs_review = 1",
        "removed_at = 5",
        "attempts = -1",
        "created_at = 'yesterday'",
        "request = NULL",
    ],
)
async def test_database_refuses_a_job_that_makes_no_sense(database: Database, change: str) -> None:
    job = await new(database)
    with pytest.raises(StorageError) as caught:
        await execute(database, f"UPDATE job SET {change} WHERE id = {job.id}")
    assert "CONSTRAINT" in caught.value.details or "cannot store TEXT" in caught.value.details
    assert await found(database, job.id) == job


@pytest.mark.parametrize(
    "change",
    [
        "state = 'held', hold_reason = 'offline'",
        "state = 'waiting', run_at = 5, delay = 1",
        "state = 'paused', want = 'pause'",
        "state = 'running', epoch = 1",
        "state = 'succeeded', finished_at = 5, needs_review = 1",
        "state = 'failed', finished_at = 5, removed_at = 6",
        "state = 'cancelled', finished_at = 5",
    ],
)
async def test_database_holds_every_state(database: Database, change: str) -> None:
    job = await new(database)
    await execute(database, f"UPDATE job SET {change} WHERE id = {job.id}")
    assert (await found(database, job.id)).state == change.split("'")[1]


async def test_finished_job_keeps_result_and_ends_its_attempt(database: Database) -> None:
    job = await new(database)
    await claimed(database)
    async with database.write() as connection:
        done = await jobs.succeed(connection, job.id, 1, result={"card_id": 3}, now=300.0)
    assert done is not None
    assert (done.state, done.progress, done.result) == (JobState.SUCCEEDED, 100.0, {"card_id": 3})
    assert (done.attempts, done.started_at, done.finished_at, done.version) == (1, 200.0, 300.0, 3)
    assert await execute(database, "SELECT ended_at, outcome FROM attempt") == [(300.0, "succeeded")]
    kinds = await execute(database, "SELECT kind FROM event WHERE job_id = ? ORDER BY id", job.id)
    assert [kind for (kind,) in kinds] == ["created", "started", "succeeded"]


async def test_result_of_a_dead_epoch_is_not_taken(database: Database) -> None:
    job = await new(database)
    running = await claimed(database, epoch=1)
    hold: dict[str, Any] = {"reason": "disk", "scope": "", "sentence": "", "now": 1.0}
    wait: dict[str, Any] = {"run_at": 9.0, "delay": 8.0, "sentence": "", "reason": "", "now": 1.0}
    async with database.write() as connection:
        assert await jobs.succeed(connection, job.id, 2, result={}, now=300.0) is None
        late = [FinishedJob(id=job.id, result={}, seconds=1.0)]
        assert await claims.succeed_all(connection, 2, late, 300.0) == {}
        assert (
            await jobs.fail(connection, job.id, 2, error="", error_code="", error_details="", now=1.0) is None
        )
        assert await jobs.stop(connection, job.id, 2, 300.0) is None
        assert await jobs.hold(connection, job.id, 2, **hold) is None
        assert await jobs.wait(connection, job.id, 2, **wait) is None
        assert await jobs.crashed(connection, job.id, 2, "step", 300.0) is None
        assert await jobs.set_character(connection, job.id, 2, "X", 300.0) is None
        await progress.save_reports(
            connection, 2, [Report(job_id=job.id, percent=50.0, phase="late", seconds=1.0)], 300.0
        )
    assert await found(database, job.id) == running


async def test_result_is_taken_once_however_often_it_comes(database: Database) -> None:
    job = await new(database)
    await claimed(database)
    done = [FinishedJob(id=job.id, result={"card_id": 1}, seconds=1.0)]
    taken = []
    for _ in range(20):
        async with database.write() as connection:
            for _ in range(50):
                taken.append(await claims.succeed_all(connection, 1, done, 300.0))
    assert [len(ended) for ended in taken] == [1] + [0] * 999
    assert await execute(database, "SELECT count(*) FROM event WHERE kind = 'succeeded'") == [(1,)]
    assert (await found(database, job.id)).version == 3


@pytest.mark.parametrize(
    ("want", "state", "attempts"),
    [("run", JobState.QUEUED, 0), ("pause", JobState.PAUSED, 0), ("cancel", JobState.CANCELLED, 1)],
)
async def test_start_puts_jobs_of_a_dead_process_where_the_person_wants_them(
    database: Database, want: str, state: JobState, attempts: int
) -> None:
    job = await new(database)
    await claimed(database, epoch=1)
    await execute(database, "UPDATE job SET want = ?, progress = 40 WHERE id = ?", want, job.id)
    async with database.write() as connection:
        epoch, recovered = await jobs.recover(connection, 500.0)
    assert epoch == 1
    assert [(item.id, item.state, item.attempts, item.progress) for item in recovered] == [
        (job.id, state, attempts, 40.0)
    ]
    assert (recovered[0].finished_at is not None) == (state is JobState.CANCELLED)
    assert await execute(database, "SELECT ended_at, outcome FROM attempt") == [(500.0, "interrupted")]


async def test_every_start_has_a_higher_epoch_and_leaves_other_jobs_alone(database: Database) -> None:
    job = await new(database)
    epochs = []
    for _ in range(3):
        async with database.write() as connection:
            epoch, recovered = await jobs.recover(connection, 1.0)
        epochs.append(epoch)
        assert recovered == ()
    assert epochs == [1, 2, 3]
    assert await found(database, job.id) == job


@pytest.mark.parametrize("state", ["queued", "held", "waiting", "paused"])
async def test_waiting_job_is_cancelled_at_once(database: Database, state: str) -> None:
    job = await new(database)
    await put_in(database, job.id, state)
    async with database.write() as connection:
        done = await actions.perform(connection, actions.cancel(300.0), [job.id], "", 300.0)
    assert done is not None
    assert [(item.state, item.finished_at) for item in done.jobs] == [(JobState.CANCELLED, 300.0)]


async def test_wish_to_cancel_a_running_job_is_stored_apart_from_the_fact(database: Database) -> None:
    job = await new(database)
    await claimed(database)
    async with database.write() as connection:
        wanted = await actions.perform(connection, actions.cancel(300.0), [job.id], "", 300.0)
        assert wanted is not None
        assert [(item.state, item.want) for item in wanted.running] == [(JobState.RUNNING, "cancel")]
        stopped = await jobs.stop(connection, job.id, 1, 301.0)
        assert stopped is not None
        assert (stopped.state, stopped.phase) == (JobState.CANCELLED, "Cancelled by you")
        assert await actions.perform(connection, actions.cancel(302.0), [job.id], "", 302.0) is None


async def test_job_put_back_keeps_its_progress_and_is_not_charged(database: Database) -> None:
    job = await new(database)
    await claimed(database)
    async with database.write() as connection:
        report = Report(job_id=job.id, percent=60.0, phase="Writing", seconds=7.5)
        await progress.save_reports(connection, 1, [report], 250.0)
        stopped = await jobs.stop(connection, job.id, 1, 300.0)
    assert stopped is not None
    assert (stopped.state, stopped.progress, stopped.attempts) == (JobState.QUEUED, 60.0, 0)
    assert stopped.active_seconds == 7.5
    again = await claimed(database, now=400.0)
    assert again is not None
    assert (again.attempts, again.started_at, again.progress) == (1, 200.0, 60.0)


async def test_only_a_finished_job_runs_again_or_is_removed(database: Database) -> None:
    job = await new(database)
    async with database.write() as connection:
        assert await jobs.retry(connection, job.id, 1.0) is None
        assert await actions.perform(connection, actions.retry(1.0, {}), [job.id], "", 1.0) is None
        assert await actions.perform(connection, actions.remove(1.0), [job.id], "", 1.0) is None
    await claimed(database)
    async with database.write() as connection:
        await jobs.fail(
            connection, job.id, 1, error="Full.", error_code="storage", error_details="d", now=2.0
        )
        removed = await actions.perform(connection, actions.remove(5.0), [job.id], "", 5.0)
        assert removed is not None and removed.removed == {job.id}
        assert (await job_lists.page(connection, JobQuery())).total == 0
        again = await jobs.retry(connection, job.id, 6.0)
    assert again is not None
    assert (again.state, again.error, again.progress, again.attempts) == (JobState.QUEUED, None, 0.0, 0)
    async with database.read() as connection:
        assert (await job_lists.page(connection, JobQuery())).jobs == (again,)


async def test_paid_request_that_was_under_way_may_have_been_billed(database: Database) -> None:
    first, second, third = [(await new(database)).id for _ in range(3)]
    await claimed_all(database, 3)
    async with database.write() as connection:
        for job_id in (first, second):
            await jobs.before_request(connection, job_id, 1, request_hash="h", estimated_cost=0.01)
        await jobs.after_request(connection, second, 1, provider_id="p")
    async with database.write() as connection:
        _, recovered = await jobs.recover(connection, 500.0)
    assert {job.id: job.possibly_billed for job in recovered} == {first: True, second: False, third: False}
    stored = await execute(
        database, "SELECT possibly_billed, provider_id, estimated_cost FROM attempt ORDER BY job_id"
    )
    assert stored == [(1, None, 0.01), (0, "p", 0.01), (0, None, None)]


@pytest.mark.parametrize("end", ["stop", "stop_all", "wait", "hold", "crashed", "fail"])
async def test_job_that_ends_in_the_middle_of_a_paid_request_may_have_been_billed(
    database: Database, end: str
) -> None:
    """The person cancels, the program ends, or the connection breaks: nobody knows what was charged."""
    job = await new(database)
    await claimed(database)
    more: dict[str, dict[str, Any]] = {
        "wait": {"run_at": 9.0, "delay": 1.0, "sentence": "Busy.", "reason": ""},
        "hold": {"reason": "offline", "scope": "", "sentence": "Offline."},
        "crashed": {"step": "a"},
        "fail": {"error": "No.", "error_code": "x", "error_details": ""},
    }
    async with database.write() as connection:
        await jobs.before_request(connection, job.id, 1, request_hash="h", estimated_cost=0.01)
    async with database.write() as connection:
        if end == "stop_all":
            await jobs.stop_all(connection, 500.0)
        else:
            moved = await getattr(jobs, end)(connection, job.id, 1, now=500.0, **more.get(end, {}))
            assert moved is not None and moved.possibly_billed
    assert (await found(database, job.id)).possibly_billed
    assert await execute(database, "SELECT possibly_billed FROM attempt") == [(1,)]


async def test_paid_request_of_another_epoch_is_not_noted(database: Database) -> None:
    job = await new(database)
    await claimed(database, epoch=1)
    async with database.write() as connection:
        await jobs.before_request(connection, job.id, 2, request_hash="h", estimated_cost=None)
        _, recovered = await jobs.recover(connection, 500.0)
    assert [item.possibly_billed for item in recovered] == [False]


async def test_death_of_the_worker_process_queues_the_job_again_without_a_charge(database: Database) -> None:
    job = await new(database)
    await claimed(database)
    async with database.write() as connection:
        again = await jobs.crashed(connection, job.id, 1, "Writing", 300.0)
        assert again is not None
        assert (again.state, again.attempts, again.crashes) == (JobState.QUEUED, 0, 1)
        assert await jobs.crashes_at(connection, job.id, "Writing") == 1
        assert await jobs.crashes_at(connection, job.id, "Reading") == 0
    await claimed(database, now=400.0)
    async with database.write() as connection:
        elsewhere = await jobs.crashed(connection, job.id, 1, "Reading", 500.0)
    assert elsewhere is not None and elsewhere.crashes == 1
    await claimed(database, now=600.0)
    async with database.write() as connection:
        same = await jobs.crashed(connection, job.id, 1, "Reading", 700.0)
    assert same is not None and same.crashes == 2


@pytest.mark.parametrize("crashed", [True, False])
async def test_a_death_that_the_crash_handler_saw_counts_against_what_was_running(
    database: Database, crashed: bool
) -> None:
    job, waits = await new(database), await new(database)
    await claimed(database)
    await execute(database, "UPDATE job SET phase = 'Reading' WHERE id = ?", job.id)
    async with database.write() as connection:
        await jobs.recover(connection, 500.0, crashed=crashed)
        assert await jobs.crashes_at(connection, job.id, "Reading") == int(crashed)
    assert ((await found(database, job.id)).crashes, (await found(database, waits.id)).crashes) == (
        int(crashed),
        0,
    )


@pytest.mark.parametrize("want", ["run", "pause", "cancel"])
@pytest.mark.parametrize("move", ["hold", "wait", "crashed"])
async def test_what_the_person_wants_goes_before_a_gate_or_a_wait(
    database: Database, want: str, move: str
) -> None:
    job = await new(database)
    await claimed(database)
    await execute(database, "UPDATE job SET want = ? WHERE id = ?", want, job.id)
    async with database.write() as connection:
        if move == "hold":
            moved = await jobs.hold(
                connection, job.id, 1, reason="disk", scope="s", sentence="Full.", now=300.0
            )
        elif move == "wait":
            moved = await jobs.wait(
                connection, job.id, 1, run_at=310.0, delay=10.0, sentence="Busy.", reason="429", now=300.0
            )
        else:
            moved = await jobs.crashed(connection, job.id, 1, "step", 300.0)
    assert moved is not None
    runs = {"hold": JobState.HELD, "wait": JobState.WAITING, "crashed": JobState.QUEUED}[move]
    assert moved.state is {"run": runs, "pause": JobState.PAUSED, "cancel": JobState.CANCELLED}[want]
    if want == "run":
        words = {"hold": "Full.", "wait": "Busy.", "crashed": ""}[move]
        assert (moved.phase, moved.attempts) == (words, 1 if move == "wait" else 0)
    assert await execute(database, "SELECT outcome FROM attempt") == [(moved.state.value,)]


def test_states_of_the_table_are_those_of_the_program() -> None:
    assert len(JobState) == 8
    assert {JobState.SUCCEEDED, JobState.FAILED, JobState.CANCELLED} == TERMINAL_STATES


async def test_job_that_does_the_same_is_found_by_the_index(database: Database) -> None:
    """Among a million jobs a scan for each new one, or for each that is run again, would take minutes."""
    asked: list[str] = []
    async with database.write() as connection:
        raw: Any = await connection.get_raw_connection()
        await raw.driver_connection.set_trace_callback(asked.append)
        await jobs.unfinished(connection, ["k"])
        await jobs.twin(connection, 1)
        await actions.perform(connection, actions.retry(1.0, {}), [1], "{count}", 1.0)
        await raw.driver_connection.set_trace_callback(None)
        plans = [
            "\n".join(row[3] for row in await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}"))
            for statement in asked
            if "unique_key = " in statement
        ]
    assert len(plans) == 3
    assert all("job_unfinished_is_unique" in plan and "SCAN job" not in plan for plan in plans), plans
