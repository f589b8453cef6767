"""A computer that slept, a program that was frozen, a clock that was set."""

import asyncio
from pathlib import Path

import pytest

from cardgen_desktop.domain.errors import StorageError
from cardgen_desktop.domain.job import JobState, Lane
from cardgen_desktop.jobs.watch import ClockWatch, Gap, Watch
from tests.support.queue_in_use import Answer, HandClock, hang, queue_in_use
from tests.support.stored_jobs import execute, put_in


@pytest.mark.parametrize(
    ("passes", "jumps", "gap"),
    [
        (5.0, 0.0, Gap()),
        (30.0, 0.0, Gap()),  # a busy machine
        (5.0, 3.0, Gap()),  # the network puts the time right
        (3_600.0, 0.0, Gap(slept=3_600.0)),
        (5.0, 3_600.0, Gap(jumped=3_600.0)),
        (5.0, -3_600.0, Gap(jumped=-3_600.0)),
        (600.0, -7.0, Gap(slept=600.0, jumped=-7.0)),
    ],
)
def test_two_clocks_tell_sleep_from_a_clock_that_was_set(passes: float, jumps: float, gap: Gap) -> None:
    clock = HandClock()
    watch = ClockWatch(clock)
    clock.pass_time(passes)
    clock.set_wall(jumps)
    assert watch.look() == gap
    clock.pass_time(5.0)
    assert watch.look() == Gap()


async def test_sleep_starts_network_work_anew_uncharged_and_leaves_local_work_alone(tmp_path: Path) -> None:
    async with queue_in_use(tmp_path / "home") as queue:
        watch = Watch(queue.service.core)
        queue.work.default = hang
        (remote,) = await queue.put("remote", lane=Lane.NETWORK)
        (local,) = await queue.put("local")
        await queue.until([remote, local], JobState.RUNNING)
        queue.clock.pass_time(8 * 3_600.0)
        await watch.look()
        for _ in range(300):
            if queue.work.begun.count("remote") == 2:
                break
            await asyncio.sleep(0.01)
        assert sorted(queue.work.begun) == ["local", "remote", "remote"]
        again, still = await queue.until([remote, local], JobState.RUNNING)
        assert (again.attempts, still.attempts) == (1, 1)
        assert queue.states(remote) == ["queued", "running", "queued", "running"]


async def test_wait_is_over_after_a_sleep_and_not_after_a_set_clock(tmp_path: Path) -> None:
    async with queue_in_use(tmp_path / "home") as queue:
        watch = Watch(queue.service.core)
        await queue.service.control.pause_queue()
        (job,) = await queue.put("waits")
        await put_in(queue.database, job.id, "waiting", run_at=queue.clock.wall() + 100, delay=100.0)
        await queue.service.core.learn_waits()
        await queue.service.control.resume_queue()
        queue.clock.set_wall(86_400.0)
        await watch.look()
        await asyncio.sleep(0.1)
        waits = await queue.job(job)
        assert waits.state is JobState.WAITING
        assert waits.run_at == pytest.approx(queue.clock.wall() + 100)  # the rest is the same
        queue.clock.pass_time(3_600.0)
        await watch.look()
        (done,) = await queue.until(job, JobState.SUCCEEDED)
        assert done.result == Answer().model_dump()


async def test_set_clock_that_cannot_be_noted_is_noted_later(tmp_path: Path) -> None:
    async with queue_in_use(tmp_path / "home", start=False) as queue:
        watch = Watch(queue.service.core)
        (job,) = await queue.put("a")
        queue.clock.set_wall(86_400.0)
        await execute(
            queue.database, "CREATE TRIGGER no BEFORE UPDATE ON job BEGIN SELECT raise(abort, ''); END"
        )
        with pytest.raises(StorageError):
            await watch.look()
        await execute(queue.database, "DROP TRIGGER no")
        await watch.look()
        await watch.look()
        assert (await queue.job(job)).queued_at == queue.clock.wall()


@pytest.mark.parametrize("jump", [86_400.0, -86_400.0])
async def test_set_clock_ages_no_job(tmp_path: Path, jump: float) -> None:
    async with queue_in_use(tmp_path / "home", start=False) as queue:
        watch = Watch(queue.service.core)
        (job,) = await queue.put("a")
        queue.clock.pass_time(5.0)
        queue.clock.set_wall(jump)
        await watch.look()
        assert queue.clock.wall() - (await queue.job(job)).queued_at == pytest.approx(5.0)
