"""Gates: closed while jobs run, opened by a probe or a person, and what stands before them."""

import asyncio
import time
from pathlib import Path

import pytest

from cardgen_desktop.domain.errors import CardgenError, HeldError
from cardgen_desktop.domain.events import QueueChanged
from cardgen_desktop.domain.job import HoldReason, JobState, Lane
from cardgen_desktop.domain.value import Value
from cardgen_desktop.jobs.probes import is_there
from cardgen_desktop.jobs.running import RunningJob
from tests.support.queue_in_use import Answer, QueueInUse, failing, hang, queue_in_use
from tests.support.waiting import until

DONE, HELD, RUNNING = JobState.SUCCEEDED, JobState.HELD, JobState.RUNNING


class Switch:
    """A probe that a test switches."""

    def __init__(self, *, on: bool = False, trouble: Exception | None = None) -> None:
        self.on, self.trouble = on, trouble
        self.asked: list[str] = []

    async def __call__(self, scope: str) -> bool:
        self.asked.append(scope)
        if self.trouble:
            raise self.trouble
        return self.on


def gate_of(queue: QueueInUse, reason: HoldReason) -> list[str]:
    return [gate.scope for gate in queue.service.core.gates.closed if gate.reason == reason]


async def test_job_that_runs_into_a_closed_gate_is_held_with_those_behind_it(tmp_path: Path) -> None:
    async with queue_in_use(tmp_path / "home") as queue:
        shut = HeldError(HoldReason.KEY, "The key is wrong.", scope="maker")
        queue.work.by_title["first"] = failing(shut)
        jobs = await queue.put("first", "second", lane=Lane.NETWORK, engine="maker")
        (other,) = await queue.put("other", lane=Lane.NETWORK, engine="else")
        (local,) = await queue.put("local", engine="offline")
        await queue.until([other, local], DONE)
        (held,) = await queue.until(jobs[0], HELD)
        assert (held.hold_reason, held.hold_scope, held.phase, held.attempts) == (
            "key", "maker", "The key is wrong.", 0,
        )  # fmt: skip
        (late,) = await queue.put("late", lane=Lane.NETWORK, engine="maker")
        await queue.until(late, HELD)
        status = await queue.service.control.queue_status()
        (gate,) = status.gates
        assert (gate.reason, gate.scope, gate.sentence) == ("key", "maker", "The key is wrong.")
        stored = [await queue.job(job) for job in (*jobs, late)]
        assert gate.held == sum(job.state is HELD for job in stored) >= 2
        queue.service.core.gates.open(HoldReason.KEY, scope="maker")
        await queue.until([*jobs, late], DONE)
        assert (await queue.service.control.queue_status()).gates == ()
        assert any(isinstance(event, QueueChanged) and event.queue.gates for event in queue.events)


async def test_gate_that_closes_while_jobs_run_leaves_them_alone(tmp_path: Path) -> None:
    async with queue_in_use(tmp_path / "home") as queue:
        queue.work.by_title["runs"] = hang
        (runs,) = await queue.put("runs", lane=Lane.NETWORK)
        await queue.until(runs, RUNNING)
        await queue.service.control.set_online(online=False)
        (waits,) = await queue.put("waits", lane=Lane.NETWORK)
        (held,) = await queue.until(waits, HELD)
        assert held.hold_reason == HoldReason.OFFLINE
        assert (await queue.job(runs)).state is RUNNING


async def test_opened_gate_lets_all_go_within_five_seconds_some_at_a_time(tmp_path: Path) -> None:
    async with queue_in_use(tmp_path / "home", stagger=4.0) as queue:
        await queue.service.control.set_online(online=False)
        queue.service.core.lanes.set_limit(Lane.NETWORK, 64)
        jobs = await queue.put(*(f"job {number}" for number in range(60)), lane=Lane.NETWORK)
        await queue.until(jobs, HELD)
        began: list[float] = []

        async def note(_: RunningJob) -> Value:
            began.append(time.monotonic())
            return Answer()

        queue.work.default = note
        opened = time.monotonic()
        await queue.service.control.set_online(online=True)
        await queue.until(jobs, DONE, seconds=30)
        assert max(began) - opened <= 5.5
        assert max(began) - min(began) >= 0.5  # not all at once


async def test_network_that_comes_and_goes_never_stalls_local_work(tmp_path: Path) -> None:
    async with queue_in_use(tmp_path / "home", stagger=0.05) as queue:
        remote = await queue.put(*(f"remote {number}" for number in range(30)), lane=Lane.NETWORK)
        for turn in range(50):
            await queue.service.control.set_online(online=turn % 2 == 1)
            if turn % 5 == 0:
                (local,) = await queue.put(f"local {turn}")
                await queue.until(local, DONE, seconds=5)
        assert gate_of(queue, HoldReason.OFFLINE) == []
        await queue.until(remote, DONE, seconds=20)
        assert sorted(queue.work.begun) == sorted({*queue.work.begun})  # none twice
        assert all(job.attempts == 1 for job in [await queue.job(item) for item in remote])


async def test_probe_opens_a_gate_and_is_asked_about_closed_ones_only(tmp_path: Path) -> None:
    async with queue_in_use(tmp_path / "home") as queue:
        probe = Switch()
        gates = queue.service.core.gates
        gates.set_probe(HoldReason.ENDPOINT, probe)
        await gates.close(HoldReason.ENDPOINT, scope="maker", sentence="No answer.")
        (job,) = await queue.put("a", lane=Lane.NETWORK, engine="maker")
        await queue.until(job, HELD)
        await queue.service.control.try_gates()
        assert gate_of(queue, HoldReason.ENDPOINT) == ["maker"]
        probe.on = True
        await queue.service.control.try_gates()
        await queue.until(job, DONE)
        await queue.service.control.try_gates()
        assert probe.asked == ["maker", "maker"]


@pytest.mark.parametrize("trouble", [CardgenError("Not now."), OSError("gone")])
async def test_probe_that_fails_keeps_its_gate_and_spares_the_others(
    tmp_path: Path, trouble: Exception
) -> None:
    async with queue_in_use(tmp_path / "home") as queue:
        gates = queue.service.core.gates
        gates.set_probe(HoldReason.ENDPOINT, Switch(trouble=trouble))
        gates.set_probe(HoldReason.MODEL, Switch(on=True))
        await gates.close(HoldReason.ENDPOINT)
        await gates.close(HoldReason.MODEL)
        await gates.probe()
        assert [gate.reason for gate in gates.closed] == [HoldReason.ENDPOINT]


async def test_gates_are_closed_again_after_a_restart(tmp_path: Path) -> None:
    home = tmp_path / "home"
    async with queue_in_use(home) as queue:
        await queue.service.core.gates.close(HoldReason.KEY, scope="maker", sentence="The key is wrong.")
        (job,) = await queue.put("a", lane=Lane.NETWORK, engine="maker")
        await queue.until(job, HELD)
    async with queue_in_use(home) as queue:
        (gate,) = (await queue.service.control.queue_status()).gates
        assert (gate.reason, gate.scope, gate.sentence, gate.held) == ("key", "maker", "The key is wrong.", 1)
        (another,) = await queue.put("b", lane=Lane.NETWORK, engine="maker")
        await queue.until(another, HELD)
        queue.service.core.gates.open(HoldReason.KEY, scope="maker")
        await queue.until([job, another], DONE)


async def test_gate_about_one_file_holds_no_other_job(tmp_path: Path) -> None:
    async with queue_in_use(tmp_path / "home") as queue:
        gone = tmp_path / "gone.txt"
        queue.work.by_title["reads"] = failing(
            HeldError(HoldReason.SOURCE, '"gone.txt" is not there.', scope=str(gone))
        )
        (reads,) = await queue.put("reads")
        await queue.until(reads, HELD)
        (other,) = await queue.put("other")
        await queue.until(other, DONE)
        await queue.service.control.try_gates()
        assert (await queue.job(reads)).state is HELD
        gone.touch()
        assert await is_there(str(gone))
        await queue.service.control.try_gates()
        await queue.until(reads, DONE)


async def test_undone_cancel_of_a_held_job_does_not_close_a_gate_that_has_opened(tmp_path: Path) -> None:
    async with queue_in_use(tmp_path / "home") as queue:
        await queue.service.control.set_online(online=False)
        (job,) = await queue.put("a", lane=Lane.NETWORK)
        await queue.until(job, HELD)
        await queue.service.actions.cancel_jobs([job.id])
        await queue.service.control.set_online(online=True)
        await queue.service.actions.undo()
        await queue.until(job, DONE)


async def test_end_of_the_program_in_the_middle_of_a_release_keeps_the_rest_held(tmp_path: Path) -> None:
    home = tmp_path / "home"
    async with queue_in_use(home, stagger=60.0) as queue:
        await queue.service.control.set_online(online=False)
        jobs = await queue.put(*map(str, range(20)), lane=Lane.NETWORK)
        await queue.until(jobs, HELD)
        await queue.service.control.set_online(online=True)
        await until(lambda: len(queue.work.begun) >= 3)
        await asyncio.sleep(0.05)
    async with queue_in_use(home, start=False) as queue:
        states = {job.state for job in [await queue.job(item) for item in jobs]}
        assert HELD in states
        queue.service.start()
        await queue.service.control.set_online(online=True)
        await queue.until(jobs, DONE)


async def test_resuming_a_held_job_tries_its_gate(tmp_path: Path) -> None:
    """Without this a gate that no probe can ask about would hold the job again at once."""
    async with queue_in_use(tmp_path / "home") as queue:
        queue.work.by_title["first"] = failing(HeldError(HoldReason.KEY, "The key is wrong.", scope="maker"))
        jobs = await queue.put("first", "second", lane=Lane.NETWORK, engine="maker")
        (held,) = await queue.until(jobs[0], HELD)
        await queue.service.actions.resume_jobs([held.id])
        await queue.until(jobs, DONE)
        assert gate_of(queue, HoldReason.KEY) == []


async def test_trying_the_gates_opens_those_that_no_probe_knows(tmp_path: Path) -> None:
    async with queue_in_use(tmp_path / "home") as queue:
        probe = Switch()
        queue.service.core.gates.set_probe(HoldReason.OFFLINE, probe)
        await queue.service.core.gates.close(HoldReason.CREDITS)
        await queue.service.core.gates.close(HoldReason.OFFLINE)
        status = await queue.service.control.try_gates()
        assert [gate.reason for gate in status.gates] == ["offline"]
        assert probe.asked == [""]
