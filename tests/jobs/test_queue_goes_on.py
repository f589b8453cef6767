"""Whatever goes wrong beside a job, the queue goes on: no loop dies, no wish and no wake-up is lost."""

import asyncio
from pathlib import Path

import pytest

from cardgen_desktop.domain.errors import DiskFullError, InputError
from cardgen_desktop.domain.job import JobQuery, JobState
from cardgen_desktop.jobs.running import RunningJob
from tests.support.queue_in_use import Answer, HandClock, hang, queue_in_use
from tests.support.waiting import until

DONE, HELD, RUNNING, CANCELLED = JobState.SUCCEEDED, JobState.HELD, JobState.RUNNING, JobState.CANCELLED


class OddClock(HandClock):
    """Fails as often as it is told to."""

    fails = 0

    def wall(self) -> float:
        self._fail()
        return super().wall()

    def steady(self) -> float:
        self._fail()
        return super().steady()

    def _fail(self) -> None:
        if self.fails:
            self.fails -= 1
            raise ArithmeticError("no such moment")


async def test_mistake_in_the_dispatcher_stops_neither_it_nor_what_runs(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    clock = OddClock()
    async with queue_in_use(tmp_path / "home", clock=clock) as queue:
        queue.service.core.worker.storage_retry = 0.01
        queue.work.by_title["runs"] = hang
        (runs,) = await queue.put("runs")
        await queue.until(runs, RUNNING)
        clock.fails = 1
        queue.service.core.queue.wake()
        await until(lambda: clock.fails == 0)
        (after,) = await queue.put("after")
        await queue.until(after, DONE)
        assert (await queue.job(runs)).state is RUNNING
    assert "no such moment" in caplog.text
    caplog.clear()


async def test_mistake_while_an_end_is_recorded_leaves_no_job_running_for_ever(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    clock = OddClock()
    async with queue_in_use(tmp_path / "home", clock=clock) as queue:
        queue.service.core.worker.storage_retry = 0.01

        async def fail_oddly(_: RunningJob) -> Answer:
            await asyncio.sleep(0.1)  # the dispatcher has looked and sleeps
            clock.fails = 1
            raise InputError("The file is odd.")

        queue.work.by_title["a"] = fail_oddly
        (failed,) = await queue.until(await queue.put("a"), JobState.FAILED, seconds=3)
        assert (failed.error or "").startswith("CardGen made a mistake")
    caplog.clear()


@pytest.mark.parametrize("name", ["progress", "gates", "watch", "retention"])
async def test_round_that_fails_is_followed_by_the_next(
    tmp_path: Path, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    from cardgen_desktop.jobs.rounds import every

    rounds: list[int] = []

    async def work() -> None:
        rounds.append(len(rounds))
        if len(rounds) == 1:
            raise DiskFullError("The disk is full.")
        if len(rounds) == 2:
            raise ArithmeticError("no such moment")

    task = asyncio.create_task(every(0.0, work, name=name))
    await until(lambda: len(rounds) > 3)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert f"{name}: " in caplog.text
    caplog.clear()


async def test_wish_to_cancel_that_comes_with_the_claim_is_carried_out(tmp_path: Path) -> None:
    """Claim and wish share one commit; both are told in the same moment, before the work has begun."""
    async with queue_in_use(tmp_path / "home") as queue:
        for turn in range(20):
            queue.work.by_title[f"a{turn}"] = hang
            (job,) = await queue.put(f"a{turn}")
            # The dispatcher was woken and has its turn first; the wish joins its transaction.
            for _ in range(turn):
                await asyncio.sleep(0)
            await queue.service.actions.cancel_jobs([job.id])
            await queue.until(job, CANCELLED, seconds=2)


async def test_waiter_hears_the_end_of_a_job_among_very_many(tmp_path: Path) -> None:
    async with queue_in_use(tmp_path / "home", start=False) as queue:
        jobs = await queue.put(*(f"job {number}" for number in range(250)))
        waiting = asyncio.create_task(queue.service.wait(jobs[7].id))
        await asyncio.sleep(0.05)
        await queue.service.actions.cancel_jobs(JobQuery())
        assert (await asyncio.wait_for(waiting, 2)).state is CANCELLED
