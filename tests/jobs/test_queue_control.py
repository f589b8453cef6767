"""The queue as a whole in the person's hands, also after a restart."""

import asyncio
import json
from pathlib import Path

import pytest

from cardgen_desktop.domain.errors import UsageError
from cardgen_desktop.domain.events import QueueChanged
from cardgen_desktop.domain.job import JobState, Lane
from cardgen_desktop.jobs.lanes import MOST_AT_ONCE, default_limits
from tests.support.queue_in_use import hang, queue_in_use
from tests.support.stored_jobs import execute
from tests.support.waiting import until

DONE, QUEUED, RUNNING = JobState.SUCCEEDED, JobState.QUEUED, JobState.RUNNING


async def test_paused_queue_starts_nothing_new_also_after_a_restart(tmp_path: Path) -> None:
    home = tmp_path / "home"
    async with queue_in_use(home) as queue:
        queue.work.by_title["runs"] = hang
        (runs,) = await queue.put("runs")
        await queue.until(runs, RUNNING)
        assert (await queue.service.control.pause_queue()).paused
        (waits,) = await queue.put("waits")
        await asyncio.sleep(0.05)
        assert (await queue.job(runs)).state is RUNNING
        assert (await queue.job(waits)).state is QUEUED
    async with queue_in_use(home) as queue:
        await asyncio.sleep(0.05)
        assert (await queue.service.control.queue_status()).paused
        assert queue.work.begun == []
        assert not (await queue.service.control.resume_queue()).paused
        await queue.until([runs, waits], DONE)


async def test_paused_lane_holds_up_no_other_also_after_a_restart(tmp_path: Path) -> None:
    home = tmp_path / "home"
    async with queue_in_use(home) as queue:
        await queue.service.control.pause_queue(Lane.CPU)
        (cpu,) = await queue.put("cpu")
        (export,) = await queue.put("export", kind="export", lane=Lane.EXPORT)
        await queue.until(export, DONE)
    async with queue_in_use(home) as queue:
        status = await queue.service.control.queue_status()
        assert [lane.lane for lane in status.lanes if lane.paused] == [Lane.CPU]
        assert {lane.lane: lane.queued for lane in status.lanes}[Lane.CPU] == 1
        assert queue.work.begun == []
        await queue.service.control.resume_queue(Lane.CPU)
        await queue.until(cpu, DONE)


async def test_limit_counts_at_once_and_after_a_restart(tmp_path: Path) -> None:
    home = tmp_path / "home"
    async with queue_in_use(home, workers=1) as queue:
        queue.work.default = hang
        jobs = await queue.put(*map(str, range(5)))
        await until(lambda: len(queue.work.begun) == 1)
        await queue.service.control.set_lane_limit(Lane.CPU, 3)
        await until(lambda: len(queue.work.begun) == 3)
        await asyncio.sleep(0.05)
        assert len(queue.work.begun) == 3
        status = {lane.lane: lane for lane in (await queue.service.control.queue_status()).lanes}
        assert (status[Lane.CPU].limit, status[Lane.CPU].running, status[Lane.CPU].queued) == (3, 3, 2)
    async with queue_in_use(home, workers=1) as queue:
        queue.work.default = hang
        await until(lambda: len(queue.work.begun) == 3)
        await queue.service.control.set_lane_limit(Lane.CPU, 1)
        assert len([job for job in jobs if (await queue.job(job)).state is RUNNING]) == 3  # none is stopped


@pytest.mark.parametrize("limit", [0, -1, MOST_AT_ONCE + 1])
async def test_limit_that_makes_no_sense_is_refused(tmp_path: Path, limit: int) -> None:
    async with queue_in_use(tmp_path / "home") as queue:
        with pytest.raises(UsageError, match=f"not {limit}"):
            await queue.service.control.set_lane_limit(Lane.CPU, limit)
        assert queue.service.core.lanes.limit(Lane.CPU, 0.0) == 2


@pytest.mark.parametrize("kept", ["{", "[]", "5", json.dumps({"paused": "x", "lanes": 3, "limits": []})])
async def test_unreadable_choices_are_left_out(tmp_path: Path, kept: str) -> None:
    home = tmp_path / "home"
    async with queue_in_use(home) as queue:
        await execute(queue.database, "INSERT OR REPLACE INTO setting VALUES ('queue', ?)", kept)
    async with queue_in_use(home) as queue:
        status = await queue.service.control.queue_status()
        assert not status.paused
        assert {lane.lane: lane.limit for lane in status.lanes} == default_limits(2)
        await queue.until(await queue.put("a"), DONE)


async def test_every_change_is_announced(tmp_path: Path) -> None:
    async with queue_in_use(tmp_path / "home") as queue:

        def told() -> list[bool]:
            return [event.queue.paused for event in queue.events if isinstance(event, QueueChanged)]

        await queue.service.control.pause_queue()
        await until(lambda: told()[-1:] == [True])
        await queue.service.control.resume_queue()
        await until(lambda: told()[-1:] == [False])
