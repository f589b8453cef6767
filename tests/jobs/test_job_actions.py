"""What the person does with jobs of a queue at work: announced, undone, and kept over a restart."""

import asyncio
from pathlib import Path

import pytest

from cardgen_desktop.domain.errors import CardgenError, TransientError, UsageError
from cardgen_desktop.domain.events import JobChanged, JobListChanged, JobRemoved
from cardgen_desktop.domain.job import JobQuery, JobSort, JobState, Lane, Priority
from tests.support.queue_in_use import QueueInUse, failing, hang, queue_in_use
from tests.support.stored_jobs import several
from tests.support.waiting import until

DONE, QUEUED, RUNNING = JobState.SUCCEEDED, JobState.QUEUED, JobState.RUNNING
PAUSED, CANCELLED, FAILED = JobState.PAUSED, JobState.CANCELLED, JobState.FAILED


def names(queue: QueueInUse, start: int) -> list[str]:
    return [type(event).__name__ for event in queue.events[start:]]


async def test_cancel_of_running_and_waiting_jobs_is_one_step(tmp_path: Path) -> None:
    async with queue_in_use(tmp_path / "home", workers=1) as queue:
        queue.work.default = hang
        jobs = await queue.put("a", "b", "c")
        await queue.until(jobs[0], RUNNING)
        moved = await queue.service.actions.cancel_jobs([job.id for job in jobs])
        assert (moved.count, moved.skipped, moved.name) == (3, 0, "Cancel 3 jobs")
        ended = await queue.until(jobs, CANCELLED)
        assert [job.phase for job in ended] == ["Cancelled by you"] * 3
        again = await queue.service.actions.cancel_jobs([job.id for job in jobs])
        assert (again.count, again.skipped, again.undo_id) == (0, 3, None)
        await queue.service.actions.undo(moved.undo_id)
        (running, *_) = await queue.until(jobs[0], RUNNING)
        assert running.attempts == 1
        assert len(queue.work.begun) == 2


async def test_pause_that_is_undone_before_it_is_obeyed_leaves_the_job_running(tmp_path: Path) -> None:
    async with queue_in_use(tmp_path / "home") as queue:
        queue.work.default = hang
        (job,) = await queue.put("a")
        await queue.until(job, RUNNING)
        moved = await queue.service.actions.pause_jobs([job.id])
        running = queue.service.core.running.get(job.id)
        assert running is not None and running.wants_pause
        assert [item.state for item in moved.jobs] == [RUNNING]
        await queue.service.actions.undo()
        assert not running.wants_pause
        await asyncio.sleep(0.05)
        assert (await queue.job(job)).state is RUNNING and queue.work.begun == ["a"]


async def test_filter_moves_all_that_match_and_names_them(tmp_path: Path) -> None:
    async with queue_in_use(tmp_path / "home", start=False) as queue:
        await queue.put("Emma", "Emma", "Ann")
        before = len(queue.events)
        moved = await queue.service.actions.set_priority(JobQuery(text="emma", limit=1), Priority.HIGH)
        assert (moved.count, moved.name) == (2, "Make 2 jobs high priority")
        assert names(queue, before).count("JobChanged") == 2
        page = await queue.service.jobs(JobQuery(text="emma"))
        assert [job.priority for job in page.jobs] == [1, 1]
        nothing = await queue.service.actions.remove_jobs(JobQuery())
        assert (nothing.count, nothing.skipped, nothing.undo_id) == (0, 0, None)


async def test_action_on_very_many_is_announced_as_one(tmp_path: Path) -> None:
    async with queue_in_use(tmp_path / "home", start=False) as queue:
        ids = await several(queue.database, 300)
        before = len(queue.events)
        moved = await queue.service.actions.pause_jobs(JobQuery())
        assert moved.count == 300 and len(moved.jobs) == 200
        assert sum(isinstance(event, JobListChanged) for event in queue.events[before:]) == 1
        assert not any(isinstance(event, JobChanged) for event in queue.events[before:])
        assert (await queue.service.counts())[PAUSED] == len(ids)
        await queue.service.actions.undo()
        assert (await queue.service.counts())[QUEUED] == len(ids)


async def test_running_jobs_beyond_those_told_one_by_one_are_stopped_too(tmp_path: Path) -> None:
    async with queue_in_use(tmp_path / "home", workers=2) as queue:
        queue.work.default = hang
        await queue.service.control.pause_queue()
        await several(queue.database, 300, now=queue.clock.wall())
        late = await queue.put("late", "later", priority=2)
        await queue.service.control.resume_queue()
        await queue.until(late, RUNNING)
        await queue.service.actions.cancel_jobs(JobQuery())
        await queue.until(late, CANCELLED)
        assert len(queue.service.core.running) == 0


async def test_undo_and_redo_survive_a_restart(tmp_path: Path) -> None:
    home = tmp_path / "home"
    async with queue_in_use(home, start=False) as queue:
        jobs = await queue.put("a", "b")
        await queue.service.actions.cancel_jobs([jobs[0].id])
        await queue.service.actions.cancel_jobs([jobs[1].id])
        await queue.service.actions.undo()
    async with queue_in_use(home, start=False) as queue:
        history = await queue.service.actions.undo_history()
        assert ([step.name for step in history.undo], len(history.redo)) == (["Cancel 1 job"], 1)
        await queue.service.actions.undo()
        assert [(await queue.job(job)).state for job in jobs] == [QUEUED, QUEUED]
        await queue.service.actions.redo()
        await queue.service.actions.redo()
        assert [(await queue.job(job)).state for job in jobs] == [CANCELLED, CANCELLED]
        with pytest.raises(UsageError, match="nothing to do again"):
            await queue.service.actions.redo()


async def test_nothing_to_undo_is_said(tmp_path: Path) -> None:
    async with queue_in_use(tmp_path / "home", start=False) as queue:
        for undo_id in (None, 99):
            with pytest.raises(UsageError, match="nothing to undo"):
                await queue.service.actions.undo(undo_id)


async def test_one_job_that_does_not_fit_has_a_reason(tmp_path: Path) -> None:
    async with queue_in_use(tmp_path / "home", start=False) as queue:
        (first,) = await queue.put("a", unique_key="k")
        for action in (queue.service.actions.retry_jobs, queue.service.actions.remove_jobs):
            with pytest.raises(UsageError, match=f"Job {first.id} has not finished"):
                await action([first.id])
            with pytest.raises(UsageError, match="There is no job 99"):
                await action([99])
        await queue.service.actions.cancel_jobs([first.id])
        (second,) = await queue.put("a", unique_key="k")
        with pytest.raises(UsageError, match=f"Job {second.id} is already doing the same"):
            await queue.service.actions.retry_jobs([first.id])
        moved = await queue.service.actions.cancel_jobs([first.id])
        assert (moved.count, moved.skipped, [job.id for job in moved.jobs]) == (0, 1, [first.id])


async def test_failed_jobs_run_again_by_a_filter(tmp_path: Path) -> None:
    async with queue_in_use(tmp_path / "home") as queue:
        for title in "ab":
            queue.work.by_title[title] = failing(CardgenError("No."))
        jobs = await queue.put("a", "b", "c")
        await queue.until(jobs[:2], FAILED)
        await queue.until(jobs[2], DONE)
        moved = await queue.service.actions.retry_jobs(JobQuery(states=(FAILED,)))
        assert moved.name == "Run 2 jobs again"
        for job in await queue.until(jobs, DONE):
            assert (job.attempts, job.error) == (1, None)


async def test_removed_jobs_leave_the_list_and_come_back(tmp_path: Path) -> None:
    async with queue_in_use(tmp_path / "home") as queue:
        jobs = await queue.put("a", "b")
        await queue.until(jobs, DONE)
        await queue.service.actions.remove_jobs([job.id for job in jobs])
        assert {event.job_id for event in queue.events if isinstance(event, JobRemoved)} == {
            job.id for job in jobs
        }
        assert (await queue.service.jobs(JobQuery())).total == 0
        await queue.service.actions.undo()
        assert (await queue.service.jobs(JobQuery())).total == 2


async def test_run_now_takes_the_place_of_its_own_lane(tmp_path: Path) -> None:
    async with queue_in_use(tmp_path / "home", workers=1) as queue:
        queue.work.by_title["long"] = hang
        await queue.put("long", *map(str, range(5)))
        await until(lambda: queue.work.begun == ["long"])
        (last,) = [job for job in (await queue.service.jobs(JobQuery())).jobs if job.title == "4"]
        moved = await queue.service.actions.run_jobs_now([last.id])
        assert [job.lane for job in moved.jobs] == [Lane.INTERACTIVE]
        await queue.until(last, DONE)
        assert queue.work.begun == ["long", "4"]


async def test_order_of_the_person_is_the_order_of_work(tmp_path: Path) -> None:
    async with queue_in_use(tmp_path / "home", workers=1) as queue:
        await queue.service.control.pause_queue()
        jobs = {job.title: job.id for job in await queue.put(*"abcde")}
        await queue.service.actions.move_jobs([jobs["d"]], "top")
        await queue.service.actions.move_jobs([jobs["a"]], "bottom")
        await queue.service.actions.set_priority([jobs["e"]], Priority.HIGHEST)
        order = await queue.service.order(JobQuery(sort=JobSort.QUEUE, descending=False))
        assert list(order) == [jobs[title] for title in "edbca"]
        await queue.service.control.resume_queue()
        await until(lambda: len(queue.work.begun) == 5)
        assert queue.work.begun == list("edbca")


async def test_wait_is_over_when_the_person_says_so(tmp_path: Path) -> None:
    async with queue_in_use(tmp_path / "home") as queue:
        queue.work.by_title["a"] = failing(TransientError("Busy.", retry_after=3_600.0))
        (job,) = await queue.put("a")
        await queue.until(job, JobState.WAITING)
        await queue.service.actions.resume_jobs([job.id])
        await queue.until(job, DONE)
        assert queue.service.core.waits.next_in() is None
