"""Jobs from the queue to their end: done, failed, tried again, crashed, stopped, put back, too late."""

import asyncio
from pathlib import Path

import pytest

from cardgen_desktop import crash, paths
from cardgen_desktop.domain.errors import (
    CardgenError,
    ChildCrashedError,
    DiskFullError,
    InputError,
    TransientError,
)
from cardgen_desktop.domain.events import BatchEnded, JobChanged
from cardgen_desktop.domain.job import JobQuery, JobState, Lane
from cardgen_desktop.domain.value import Value
from cardgen_desktop.jobs.running import RunningJob, StoppedError
from cardgen_desktop.store import intake
from cardgen_desktop.store.claims import FinishedJob
from cardgen_desktop.store.engine import open_database
from cardgen_desktop.store.jobs import before_request
from tests.support.databases import place_empty_database
from tests.support.queue_in_use import Answer, HandClock, QueueInUse, Run, failing, hang, queue_in_use
from tests.support.stored_jobs import claimed_all, execute, new
from tests.support.waiting import until

QUEUED, RUNNING, WAITING = JobState.QUEUED, JobState.RUNNING, JobState.WAITING
DONE, FAILED = JobState.SUCCEEDED, JobState.FAILED


async def test_jobs_run_at_once_up_to_the_limit_of_their_lane(tmp_path: Path) -> None:
    async with queue_in_use(tmp_path / "home", workers=3) as queue:

        async def short(_: RunningJob) -> Value:
            await asyncio.sleep(0.02)
            return Answer()

        queue.work.default = short
        jobs = await queue.put(*(str(number) for number in range(20)))
        for job in await queue.until(jobs, DONE):
            assert (job.result, job.attempts, job.progress) == ({"said": "done"}, 1, 100.0)
        assert queue.work.most_at_once == 3
        assert sorted(queue.work.begun) == sorted(str(number) for number in range(20))
        for job in jobs:
            assert queue.states(job) == [QUEUED, RUNNING, DONE]


async def test_busy_lane_does_not_hold_up_another(tmp_path: Path) -> None:
    async with queue_in_use(tmp_path / "home", workers=1) as queue:
        queue.work.by_title["long"] = hang
        await queue.put("long", "behind")
        (export,) = await queue.put("export", kind="export", lane=Lane.EXPORT)
        await queue.until(export, DONE)
        assert "behind" not in queue.work.begun


async def test_only_some_jobs_are_worked_on_until_all_are(tmp_path: Path) -> None:
    async with queue_in_use(tmp_path / "home", start=False) as queue:
        jobs = await queue.put("a", "b", "c")
        queue.service.run_only([jobs[1].id])
        queue.service.start()
        await queue.until(jobs[1], DONE)
        await asyncio.sleep(0.05)
        assert queue.work.begun == ["b"]
        queue.service.run_only(None)
        await queue.until(jobs, DONE)


async def test_failure_is_a_sentence_and_a_mistake_of_ours_says_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with queue_in_use(tmp_path / "home") as queue:
        queue.work.by_title["bad"] = failing(InputError("The file is odd.", details="byte 3"))
        queue.work.by_title["worse"] = failing(ZeroDivisionError("oops"))
        (bad,) = await queue.until(await queue.put("bad"), FAILED)
        (worse,) = await queue.until(await queue.put("worse"), FAILED)
        (unknown,) = await queue.until(await queue.put("new", kind="dance"), FAILED)
    assert (bad.error, bad.error_code, bad.error_details) == ("The file is odd.", "input", "byte 3")
    assert (worse.error or "").startswith("CardGen made a mistake") and worse.error_code == "internal"
    assert "ZeroDivisionError: oops" in (worse.error_details or "")
    assert 'jobs of the kind "dance"' in (unknown.error or "")


async def test_job_that_may_work_later_is_tried_again_when_its_wait_is_over(tmp_path: Path) -> None:
    async with queue_in_use(tmp_path / "home") as queue:
        busy = TransientError("Busy. It is tried again.", retry_after=40.0, kind="rate.429")
        queue.work.by_title["a"] = failing(busy, busy)
        (job,) = await queue.put("a", lane=Lane.NETWORK)
        for tried in (1, 2):
            (waits,) = await queue.until(job, WAITING)
            assert (waits.attempts, waits.phase) == (tried, "Busy. It is tried again.")
            assert waits.delay is not None and waits.run_at == queue.clock.wall() + waits.delay
            assert 40.0 <= waits.delay <= 44.0
            queue.later(39.0)
            await asyncio.sleep(0.05)
            assert (await queue.job(job)).state is WAITING
            queue.later(6.0)
            await until(lambda tried=tried: len(queue.work.begun) > tried)
        (done,) = await queue.until(job, DONE)
        assert done.attempts == 3
        lanes = {lane.lane: lane for lane in (await queue.service.control.queue_status()).lanes}
        assert lanes[Lane.NETWORK].lowered and lanes[Lane.NETWORK].limit < 3


async def test_job_is_tried_as_often_as_allowed_and_no_more(tmp_path: Path) -> None:
    async with queue_in_use(tmp_path / "home") as queue:

        async def busy(_: RunningJob) -> Value:
            raise TransientError("Busy.", attempts=3)

        queue.work.by_title["a"] = busy
        (job,) = await queue.put("a")
        for tried in (1, 2):
            await until(lambda tried=tried: len(queue.work.begun) == tried)
            await queue.until(job, WAITING)
            queue.later(600.0)
        (failed,) = await queue.until(job, FAILED)
        assert (failed.error, failed.error_code, failed.attempts) == ("Busy.", "transient", 3)


async def test_wait_is_kept_over_a_restart_and_never_longer_than_it_was(tmp_path: Path) -> None:
    home, clock = tmp_path / "home", HandClock()
    async with queue_in_use(home, clock=clock) as queue:
        queue.work.by_title["a"] = failing(TransientError("Busy.", retry_after=100.0))
        (job,) = await queue.put("a")
        await queue.until(job, WAITING)
    clock.set_wall(-86_400.0)  # the clock was set back while nothing ran
    async with queue_in_use(home, clock=clock) as queue:
        await asyncio.sleep(0.05)
        assert (await queue.job(job)).state is WAITING
        queue.later(111.0)
        await queue.until(job, DONE)


def crash_at(*phases: str) -> Run:
    """Work whose process dies at these places, one a time."""
    left = list(phases)

    async def run(job: RunningJob) -> Value:
        if left:
            job.report(0.1, left.pop(0))
            raise ChildCrashedError("The worker process died.", details="signal 11")
        return Answer()

    return run


@pytest.mark.parametrize(
    ("phases", "ends"),
    [
        (["Reading"], DONE),
        (["Reading", "Reading"], FAILED),
        (["Reading", "Writing"], DONE),
        (["Reading", "Writing", "Reading", "Writing"], DONE),
        (["Reading", "Writing", "Writing"], FAILED),
    ],
)
async def test_death_of_the_worker_process_ends_a_job_only_twice_at_one_place(
    tmp_path: Path, phases: list[str], ends: JobState
) -> None:
    async with queue_in_use(tmp_path / "home") as queue:
        queue.work.by_title["a"] = crash_at(*phases)
        (job,) = await queue.put("a")
        (ended,) = await queue.until(job, DONE, FAILED)
        assert ended.state is ends
        assert ended.attempts == 1  # a crash is not charged
        if ends is FAILED:
            assert ended.error_code == "crashed_app" and ended.error_details == "signal 11"
            assert "died twice at the same place" in (ended.error or "")


async def test_program_that_died_twice_with_a_job_does_not_run_it_a_third_time(tmp_path: Path) -> None:
    """The log of hard faults grows by each death."""
    home = tmp_path / "home"
    async with queue_in_use(home, start=False) as queue:
        (job,) = await queue.put("a")
    states = []
    for deaths in (1, 2, 2):
        database = await open_database(home / "cardgen.db")
        await claimed_all(database, 1, epoch=99)
        await execute(database, "UPDATE job SET phase = 'Reading' WHERE id = ?", job.id)
        await database.aclose()
        faults = paths.logs(home) / crash.FAULT_NAME
        faults.parent.mkdir(parents=True, exist_ok=True)
        faults.write_text("Fatal Python error\n" * deaths)
        async with queue_in_use(home, start=False) as queue:
            left = await queue.job(job)
            states.append(left.state)
    assert (left.error_code, (left.error or "").startswith("CardGen died twice")) == ("crashed_app", True)
    assert states[0] is QUEUED
    assert (states[1], states[2]) == (FAILED, FAILED)


async def test_result_of_a_worker_that_was_left_behind_is_dropped(tmp_path: Path) -> None:
    async with queue_in_use(tmp_path / "home") as queue:
        queue.work.by_title["a"] = hang
        (job,) = await queue.put("a")
        await queue.until(job, RUNNING)
        running = queue.service.core.running.get(job.id)
        assert running is not None
        await execute(queue.database, "UPDATE job SET epoch = epoch + 1 WHERE id = ?", job.id)
        late = FinishedJob(id=job.id, result={"said": "late"}, seconds=1.0)
        assert not await queue.service.core.queue.succeed(running, late)
        stored = await queue.job(job)
        assert (stored.state, stored.result) == (RUNNING, None)


async def test_completion_that_is_repeated_a_thousand_times_is_one(tmp_path: Path) -> None:
    async with queue_in_use(tmp_path / "home") as queue:
        queue.work.by_title["a"] = hang
        (job,) = await queue.put("a")
        await queue.until(job, RUNNING)
        running = queue.service.core.running.get(job.id)
        assert running is not None
        finished = FinishedJob(id=job.id, result={}, seconds=1.0)
        won = await asyncio.gather(
            *(queue.service.core.queue.succeed(running, finished) for _ in range(1_000))
        )
        assert await execute(queue.database, "SELECT count(*) FROM event WHERE kind = 'succeeded'") == [(1,)]
        told = [event for event in queue.events if isinstance(event, JobChanged) and event.job.state is DONE]
        assert any(won) and len(told) == 1


async def test_paid_request_that_a_crash_cut_off_is_marked(tmp_path: Path) -> None:
    home = tmp_path / "home"
    place_empty_database(home / "cardgen.db")
    database = await open_database(home / "cardgen.db")
    job = await new(database, title="a")
    await claimed_all(database, 1)
    async with database.write() as connection:
        await before_request(connection, job.id, 1, request_hash="h", estimated_cost=0.02)
    await database.aclose()
    async with queue_in_use(home) as queue:
        assert [item.possibly_billed for item in queue.recovered] == [True]
        (done,) = await queue.until(job, DONE)
        assert done.possibly_billed


async def test_hundred_identical_jobs_at_once_are_one(tmp_path: Path) -> None:
    async with queue_in_use(tmp_path / "home", start=False) as queue:
        made = await asyncio.gather(*(queue.put("a", unique_key="k") for _ in range(100)))
        assert len({job.id for (job,) in made}) == 1
        assert await execute(queue.database, "SELECT count(*) FROM job") == [(1,)]
        with_ids = await asyncio.gather(*(queue.put("b", request_id="r") for _ in range(100)))
        assert len({job.id for (job,) in with_ids}) == 1


async def test_end_of_the_program_puts_jobs_back_uncharged(tmp_path: Path) -> None:
    home = tmp_path / "home"
    async with queue_in_use(home) as queue:
        queue.work.default = hang
        jobs = await queue.put("a", "b", "c")
        await queue.until(jobs[:2], RUNNING)
    async with queue_in_use(home, start=False) as queue:
        stored = [await queue.job(job) for job in jobs]
        assert [(job.state, job.attempts) for job in stored] == [(QUEUED, 0)] * 3
        assert queue.recovered == ()  # they were put back in time


async def test_pause_is_obeyed_at_a_safe_point_and_resumed(tmp_path: Path) -> None:
    async with queue_in_use(tmp_path / "home") as queue:

        async def in_steps(job: RunningJob) -> Value:
            while "go on" not in queue.work.by_title:
                await asyncio.sleep(0.005)
                job.stop_if_wanted()
            return Answer()

        queue.work.by_title["a"] = in_steps
        (job,) = await queue.put("a")
        await queue.until(job, RUNNING)
        await queue.service.actions.pause_jobs([job.id])
        (paused,) = await queue.until(job, JobState.PAUSED)
        assert paused.attempts == 0
        queue.work.by_title["go on"] = hang
        await queue.service.actions.resume_jobs([job.id])
        await queue.until(job, DONE)


async def test_work_that_stops_by_itself_is_where_the_person_wants_it(tmp_path: Path) -> None:
    async with queue_in_use(tmp_path / "home") as queue:
        queue.work.by_title["a"] = failing(StoppedError("at a safe point"))
        (job,) = await queue.put("a")
        await queue.until(job, DONE)
        assert queue.work.begun == ["a", "a"]


async def test_batch_is_told_once_when_its_last_job_ends(tmp_path: Path) -> None:
    async with queue_in_use(tmp_path / "home") as queue:
        async with queue.database.write() as connection:
            batch_id = await intake.create_batch(connection, "Books", 1.0)
        queue.work.by_title["2"] = failing(CardgenError("No."))
        jobs = await queue.put(*map(str, range(8)), batch_id=batch_id)
        await queue.until(jobs, DONE, FAILED)
        await until(lambda: batches_told(queue))
        await asyncio.sleep(0.05)
        assert batches_told(queue) == [(batch_id, 8, 1)]


@pytest.mark.parametrize("count", [3, 250])
async def test_batch_ends_when_its_last_jobs_are_cancelled_and_goes_on_when_that_is_undone(
    tmp_path: Path, count: int
) -> None:
    async with queue_in_use(tmp_path / "home", start=False) as queue:
        async with queue.database.write() as connection:
            batch_id = await intake.create_batch(connection, "Books", 1.0)
        await queue.put(*map(str, range(count)), batch_id=batch_id)
        await queue.service.actions.cancel_jobs(JobQuery())
        assert batches_told(queue) == [(batch_id, count, 0)]
        queue.clock.pass_time(7_200.0)
        assert await queue.service.batches() == ()
        await queue.service.actions.undo()
        (shown,) = await queue.service.batches()
        assert (shown.finished, shown.total) == (0, count)


async def test_batch_that_cannot_be_told_at_once_is_told_later(tmp_path: Path) -> None:
    async with queue_in_use(tmp_path / "home") as queue:
        queue.service.core.worker.storage_retry = 0.01
        async with queue.database.write() as connection:
            batch_id = await intake.create_batch(connection, "Books", 1.0)
        refuse = "CREATE TRIGGER no BEFORE UPDATE OF ended_at ON batch BEGIN SELECT raise(abort, ''); END"
        await execute(queue.database, refuse)
        queue.work.by_title["a"] = failing(CardgenError("No."))
        (job,) = await queue.put("a", batch_id=batch_id)
        await queue.until(job, FAILED)
        await asyncio.sleep(0.05)
        await execute(queue.database, "DROP TRIGGER no")
        await until(lambda: batches_told(queue))
        assert queue.states(job)[-1] is FAILED  # and never told as anything else afterwards


def batches_told(queue: QueueInUse) -> list[tuple[int, int, int]]:
    told = [event.batch for event in queue.events if isinstance(event, BatchEnded)]
    return [(batch.id, batch.finished, batch.failed) for batch in told]


async def test_full_disk_holds_the_job_and_it_goes_on_by_itself(tmp_path: Path) -> None:
    async with queue_in_use(tmp_path / "home") as queue:
        queue.work.by_title["a"] = failing(DiskFullError("The disk is full."))
        (job,) = await queue.put("a")
        (held,) = await queue.until(job, JobState.HELD)
        assert (held.hold_reason, held.phase, held.attempts) == ("disk", "The disk is full.", 0)
        await queue.service.control.try_gates()
        await queue.until(job, DONE)
