"""Whatever goes wrong beside a job, the queue goes on: no loop dies, no wish and no wake-up is lost."""

import asyncio
import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from sqlalchemy import text

from cardgen_desktop.domain.errors import DiskFullError, InputError, StorageError, StorageUnavailableError
from cardgen_desktop.domain.events import JobChanged, JobListChanged
from cardgen_desktop.domain.job import HoldReason, JobQuery, JobState, Lane
from cardgen_desktop.jobs.rounds import every
from cardgen_desktop.jobs.running import RunningJob
from tests.support.queue_in_use import Answer, HandClock, QueueInUse, failing, hang, queue_in_use
from tests.support.waiting import until

DONE, HELD, RUNNING, CANCELLED = JobState.SUCCEEDED, JobState.HELD, JobState.RUNNING, JobState.CANCELLED


class DiskUsage(NamedTuple):
    """What `shutil.disk_usage` answers."""

    total: int
    used: int
    free: int


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


async def test_round_that_fails_is_followed_by_the_next(caplog: pytest.LogCaptureFixture) -> None:
    rounds: list[int] = []

    async def work() -> None:
        rounds.append(len(rounds))
        if len(rounds) == 1:
            raise DiskFullError("The disk is full.")
        if len(rounds) == 2:
            raise ArithmeticError("no such moment")

    task = asyncio.create_task(every(0.0, work, name="old jobs"))
    await until(lambda: len(rounds) > 3)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert "old jobs: " in caplog.text
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
        assert (await asyncio.wait_for(waiting, 60)).state is CANCELLED


async def test_release_that_fails_is_tried_again(tmp_path: Path) -> None:
    async with queue_in_use(tmp_path / "home") as queue:
        gates = queue.service.core.gates
        gates.release_retry = 0.01
        await gates.close(HoldReason.OFFLINE)
        (job,) = await queue.put("a", lane=Lane.NETWORK)
        await queue.until(job, HELD)
        await _refuse_moves(queue, "NEW.state = 'queued'")
        gates.open(HoldReason.OFFLINE)
        await asyncio.sleep(0.1)
        assert (await queue.job(job)).state is HELD
        await _allow_moves(queue)
        await queue.until(job, DONE, seconds=2)


async def test_probe_that_hangs_holds_up_no_other(tmp_path: Path) -> None:
    async with queue_in_use(tmp_path / "home") as queue:
        gates = queue.service.core.gates
        gates.probe_patience = 0.05
        asked: list[str] = []
        answers: dict[str, Callable[[], Awaitable[bool]]] = {}

        async def probe(scope: str) -> bool:
            asked.append(scope)
            return await answers[scope]()

        never = asyncio.Event()

        async def hanging() -> bool:
            return await never.wait()

        async def yes() -> bool:
            return True

        answers.update(dead=hanging, alive=yes)
        gates.set_probe(HoldReason.SOURCE, probe)
        await gates.close(HoldReason.SOURCE, scope="dead", sentence="Gone.")
        await gates.close(HoldReason.SOURCE, scope="alive", sentence="Gone.")
        await asyncio.wait_for(gates.probe(), 60)
        assert [gate.scope for gate in gates.closed] == ["dead"]
        await asyncio.wait_for(gates.probe(), 60)
        assert asked == ["dead", "alive"]  # it is not asked again while it has not answered
        never.set()
        await until(lambda: not gates.closed)


async def test_pause_of_the_queue_that_is_not_stored_is_taken_back(tmp_path: Path) -> None:
    async with queue_in_use(tmp_path / "home") as queue:
        control = queue.service.control
        before = await control.queue_status()
        await _execute(
            queue, "CREATE TRIGGER full BEFORE INSERT ON setting BEGIN SELECT raise(abort, 'no'); END"
        )
        for change in (
            control.pause_queue(), control.pause_queue(Lane.CPU), control.set_lane_limit(Lane.CPU, 7),
        ):  # fmt: skip
            with pytest.raises(StorageError):
                await change
        assert await control.queue_status() == before


async def test_gate_before_very_many_jobs_is_told_as_a_change_of_the_list(tmp_path: Path) -> None:
    async with queue_in_use(tmp_path / "home", start=False) as queue:
        await queue.put(*(f"job {number}" for number in range(250)))
        queue.events.clear()
        await queue.service.core.gates.close(HoldReason.DISK)
        assert (await queue.service.counts())[HELD] == 250
        assert JobListChanged() in queue.events
        assert not any(isinstance(event, JobChanged) for event in queue.events)


async def test_gate_about_a_file_that_nobody_waits_for_is_gone(tmp_path: Path) -> None:
    async with queue_in_use(tmp_path / "home", start=False) as queue:
        await queue.service.core.gates.close(HoldReason.SOURCE, scope="gone.txt", sentence="Gone.")
        assert (await queue.service.control.queue_status()).gates == ()


async def test_gate_that_opens_by_itself_is_looked_at_when_the_program_starts(tmp_path: Path) -> None:
    home = tmp_path / "home"
    async with queue_in_use(home) as queue:
        await queue.service.core.gates.close(HoldReason.DISK)
        (job,) = await queue.put("a")
        await queue.until(job, HELD)
    async with queue_in_use(home) as queue:
        await queue.until(job, DONE, seconds=3)


@pytest.mark.parametrize(("error", "opens"), [(StorageUnavailableError, True), (DiskFullError, False)])
async def test_locked_database_on_a_small_disk_waits_for_no_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: type[StorageError], opens: bool
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: DiskUsage(10**9, 10**9 - 3 * 10**8, 3 * 10**8))
    async with queue_in_use(tmp_path / "home") as queue:
        queue.work.by_title["a"] = failing(error("It was locked, or full."))
        (job,) = await queue.put("a")
        await queue.until(job, HELD)
        await queue.service.control.try_gates()
        assert (queue.service.core.gates.closed == ()) is opens


async def _refuse_moves(queue: QueueInUse, when: str) -> None:
    await _execute(
        queue, f"CREATE TRIGGER refuse BEFORE UPDATE ON job WHEN {when} BEGIN SELECT raise(abort, 'no'); END"
    )


async def _allow_moves(queue: QueueInUse) -> None:
    await _execute(queue, "DROP TRIGGER refuse")


async def _execute(queue: QueueInUse, statement: str) -> None:
    async with queue.database.write() as connection:
        await connection.execute(text(statement))
