"""What a desktop does to a queue: freezing, sleep, clocks that are set, a network that flaps, quitting."""

import asyncio
import json
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from cardgen_desktop.domain.errors import TransientError
from cardgen_desktop.domain.events import Event, JobChanged
from cardgen_desktop.domain.job import JobQuery, JobState, Lane
from cardgen_desktop.jobs.core import Timing
from cardgen_desktop.jobs.events import EventBus
from cardgen_desktop.jobs.process import ProcessPool
from cardgen_desktop.jobs.running import RunningJob
from cardgen_desktop.jobs.service import JobService
from cardgen_desktop.jobs.workspace import open_workspace
from cardgen_desktop.store.engine import Database, open_database
from cardgen_desktop.store.intake import NewJob
from tests.proof.driving import FakeClock
from tests.proof.kill import Ledger
from tests.proof.runners import LIMITS, RUNNING, FakeResult
from tests.proof.stops import cancel_many
from tests.support.databases import place_empty_database

pytestmark = pytest.mark.soak
FROZEN_SECONDS = 7.0
"""Longer than the silence that `frozen.py` allows its children."""

WAIT_SECONDS = 90.0
ROUNDING = 1e-6


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    place_empty_database(tmp_path / "cardgen.db")
    database = await open_database(tmp_path / "cardgen.db")
    yield database
    await database.aclose()


def service_of(database: Database, home: Path, clock: FakeClock | None = None) -> JobService:
    service = JobService(
        database, ProcessPool(1), EventBus(), home=home, workers=6, clock=clock, timing=Timing(stagger=0.5)
    )
    for lane, limit in LIMITS.items():
        service.core.lanes.set_limit(lane, limit)
    return service


async def until(fits: Callable[[], bool], seconds: float = 10.0) -> float:
    """Wait; how long it took."""
    begin = time.monotonic()
    async with asyncio.timeout(seconds):
        while not fits():
            await asyncio.sleep(0.01)
    return time.monotonic() - begin


async def forever(_job: RunningJob) -> FakeResult:
    await asyncio.sleep(3600)
    raise AssertionError


def job_in(lane: Lane, number: int = 0) -> NewJob:
    return NewJob(
        kind="any", lane=lane, request={}, is_remote=lane is Lane.NETWORK, request_id=f"{lane} {number}"
    )


def watch(process: subprocess.Popen[str], fits: Callable[[], bool], what: str) -> None:
    """Wait for what a program does; when it does not, it is made to say on stderr where it stands."""
    end = time.monotonic() + WAIT_SECONDS
    while not fits():
        if process.poll() is not None:
            pytest.fail(f"The program ended with {process.returncode} before {what}.")
        if time.monotonic() > end:
            process.send_signal(signal.SIGABRT)
            pytest.fail(f"Waited {WAIT_SECONDS:g} s until {what}.")
        time.sleep(0.01)


def output_of(process: subprocess.Popen[str]) -> str:
    """What a program printed until its end; one that does not end is made to say where it stands."""
    try:
        return process.communicate(timeout=WAIT_SECONDS)[0]
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGABRT)
        raise


@pytest.mark.skipif(sys.platform == "win32", reason="SIGSTOP")
def test_a_frozen_program_goes_on_where_it_was(tmp_path: Path) -> None:
    place_empty_database(tmp_path / "home" / "cardgen.db")
    side = tmp_path / "side.txt"
    words = [
        sys.executable,
        "-X",
        "faulthandler",
        "-m",
        "tests.proof.frozen",
        str(tmp_path / "home"),
        str(side),
    ]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        watch(process, lambda: side.exists() and "child" in side.read_text(), "its child was heard")
        process.send_signal(signal.SIGSTOP)
        time.sleep(FROZEN_SECONDS)
        before = side.stat().st_size
        process.send_signal(signal.SIGCONT)
        woken = time.monotonic()
        watch(process, lambda: side.stat().st_size > before, "it went on")
        went_on = time.monotonic() - woken
        output = output_of(process)
    ended = json.loads(output)
    assert len(ended) == RUNNING + 1
    assert {(job["state"], job["attempts"], job["error"]) for job in ended} == {("succeeded", 1, None)}
    assert went_on < 5.0
    ledger = Ledger(side)
    assert max(ledger.ends.values()) == 1
    assert all(len(begun) == 1 for begun in ledger.begun.values()), "a step was done twice"


async def test_after_a_long_sleep_remote_work_begins_anew_and_nothing_is_charged(
    database: Database, tmp_path: Path
) -> None:
    clock = FakeClock()
    service = service_of(database, tmp_path, clock)
    begun: Counter[int] = Counter()

    async def run(job: RunningJob) -> FakeResult:
        begun[job.id] += 1
        return await forever(job)

    service.core.set_runners({"any": run}, lambda _error: None)
    await service.recover()
    service.start()
    remote = await service.core.queue.enqueue(job_in(Lane.NETWORK))
    local = await service.core.queue.enqueue(job_in(Lane.LOCAL))
    await until(lambda: len(begun) == 2)
    for hours in (0.25, 8):
        clock.now += hours * 3600
        clock.passed += hours * 3600
        count = begun[remote.id]
        await service._watch.look()
        assert await until(lambda count=count: begun[remote.id] > count) < 5.0
    assert begun[local.id] == 1
    assert [(await service.job(job.id)).attempts for job in (remote, local)] == [1, 1]
    await service.aclose()


@pytest.mark.parametrize("seconds", [86_400, -86_400, 3600, -3600, 2_000_000_000])
@pytest.mark.parametrize("restarts", [False, True])
async def test_no_wait_is_longer_than_its_delay_whatever_the_clock_says(
    database: Database, tmp_path: Path, seconds: int, restarts: bool
) -> None:
    clock = FakeClock()
    service = service_of(database, tmp_path, clock)
    await service.recover()
    await service.core.queue.enqueue(job_in(Lane.NETWORK))
    (job,) = await service.core.dispatcher._claimed()
    await service.core.worker._try_again(job, TransientError("Busy.", retry_after=60.0))
    stored = await service.job(job.id)
    assert stored.delay is not None and 60.0 <= stored.delay <= 66.0
    clock.now += seconds
    if restarts:
        service = service_of(database, tmp_path, clock)
        await service.recover()
    else:
        await service._watch.look()
    remaining = service.core.waits.next_in()
    assert remaining is not None and 0.0 <= remaining <= stored.delay + ROUNDING
    clock.now += stored.delay + ROUNDING
    clock.passed += stored.delay + ROUNDING
    assert [job.id for job in await service.core.dispatcher._claimed()] == [stored.id]


async def test_a_flapping_network_fails_nothing_and_floods_nothing(
    database: Database, tmp_path: Path
) -> None:
    service = service_of(database, tmp_path)
    at_work: Counter[Lane] = Counter()
    most: Counter[Lane] = Counter()
    failed: list[str] = []

    async def run(job: RunningJob) -> FakeResult:
        at_work[job.lane] += 1
        most[job.lane] = max(most[job.lane], at_work[job.lane])
        try:
            await asyncio.sleep(0.01)
        finally:
            at_work[job.lane] -= 1
        return FakeResult(of=job.id, steps=0)

    def hear(event: Event) -> None:
        if isinstance(event, JobChanged) and event.job.state is JobState.FAILED:
            failed.append(event.job.error or "")

    service.core.bus.subscribe(hear)
    service.core.set_runners({"any": run}, lambda _error: None)
    await service.recover()
    service.start()
    for number in range(50):
        await service.control.set_online(online=number % 2 == 1)
        lane = Lane.NETWORK if number % 3 else Lane.CPU
        await service.core.queue.enqueue(job_in(lane, number))
    local = JobQuery(lane=Lane.CPU)
    assert {job.state for job in (await service.jobs(local)).jobs} <= {
        JobState.QUEUED,
        JobState.RUNNING,
        JobState.SUCCEEDED,
    }
    await service.control.set_online(online=True)

    released = time.monotonic()
    while (await service.counts()).get(JobState.SUCCEEDED, 0) < 50:
        assert time.monotonic() - released < 10.0
        await asyncio.sleep(0.05)
    await service.aclose()
    assert not failed
    assert all(most[lane] <= LIMITS[lane] for lane in Lane)


async def test_quitting_with_twenty_at_work_is_quick_and_all_go_on(tmp_path: Path) -> None:
    home = tmp_path / "home"
    place_empty_database(home / "cardgen.db")
    stubborn = asyncio.Event()

    async def does_not_stop(job: RunningJob) -> FakeResult:
        while not stubborn.is_set():
            try:
                await stubborn.wait()
            except asyncio.CancelledError:
                continue
        return FakeResult(of=job.id, steps=0)

    for life in range(2):
        async with open_workspace(home, workers=6, start_workers=False) as workspace:
            service = workspace.service
            for lane, limit in LIMITS.items():
                service.core.lanes.set_limit(lane, limit)
            service.core.set_runners({"any": does_not_stop if life == 0 else forever}, lambda _error: None)
            if life == 0:
                for lane, limit in LIMITS.items():
                    for number in range(limit):
                        await service.core.queue.enqueue(job_in(lane, number))
            service.start()
            await until(lambda service=service: len(service.core.running) == RUNNING)
            attempts = {job.attempts for job in (await service.jobs(JobQuery())).jobs}
            assert attempts == {1}
            begin = time.monotonic()
        assert time.monotonic() - begin < 9.0, "three seconds on a quiet machine"
    stubborn.set()
    await asyncio.sleep(0)


async def test_cancelling_at_any_moment_answers_at_once_and_keeps_the_text(
    database: Database, tmp_path: Path
) -> None:
    figures = await cancel_many(database, tmp_path, 80, random.Random(16))
    assert figures.lost == []
    assert figures.states == {"cancelled": 80}
    assert figures.median < 1.0, "the program `stops` measures it; here other tests work beside it"
