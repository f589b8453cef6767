"""Fake kinds of jobs for every lane: several durable steps, streamed text, and now and then a failure.

What is really done is noted in a side file, one line for each beginning of a step, report of streamed text,
acknowledged job and announced end, so that somebody else can count what was lost, repeated or doubled.
"""

import asyncio
import os
import random
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from cardgen_desktop.domain.errors import HeldError, TransientError
from cardgen_desktop.domain.events import Event, JobChanged
from cardgen_desktop.domain.job import HoldReason, JobState, Lane
from cardgen_desktop.domain.value import Value
from cardgen_desktop.jobs.running import RunningJob
from cardgen_desktop.jobs.service import JobService
from cardgen_desktop.store import steps
from cardgen_desktop.store.engine import Database
from cardgen_desktop.store.intake import NewJob

LIMITS: Mapping[Lane, int] = {
    Lane.INTERACTIVE: 2, Lane.NETWORK: 7, Lane.LOCAL: 2, Lane.CPU: 6, Lane.EXPORT: 3,
}  # fmt: skip
"""Twenty jobs at once, in all lanes."""

RUNNING = sum(LIMITS.values())
WORD = "word "


class FakeResult(Value):
    """What a fake job answers."""

    of: int
    steps: int


class SideFile:
    """Lines that outlive a kill of this process: each is one write that the system has when it returns."""

    def __init__(self, path: Path) -> None:
        self._number = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def note(self, word: str, *values: object) -> None:
        """Append a line: a word, the time, and whatever belongs to it."""
        line = " ".join(map(str, (word, f"{time.time():.4f}", *values)))
        os.write(self._number, f"{line}\n".encode())

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._number)


class Troubles:
    """How often a step fails before it begins, and how long steps take (seconds)."""

    def __init__(self, seed: int, *, transient: float = 0.03, held: float = 0.01, scale: float = 1.0) -> None:
        self.chance = random.Random(seed)
        self._transient, self._held, self._scale = transient, held, scale

    def strike(self, job: RunningJob) -> None:
        """Raise `TransientError` or `HeldError`, seldom."""
        draw = self.chance.random()
        if draw < self._transient and job.snapshot.attempts < 3:
            raise TransientError("The other side is busy. It is tried again by itself.", attempts=6)
        if job.lane is Lane.NETWORK and draw > 1 - self._held:
            raise HeldError(HoldReason.OFFLINE, "You are offline. It goes on by itself.")

    def seconds(self) -> float:
        """How long a step takes; one of twelve streams for longer than a second."""
        long = self.chance.random() < 1 / 12
        return self._scale * (self.chance.uniform(1.2, 2.0) if long else self.chance.uniform(0.01, 0.12))


class FakeRunner:
    """Runs a fake job; see `cardgen_desktop.jobs.worker.Runner`."""

    def __init__(
        self, database: Database, epoch: Callable[[], int], side: SideFile, troubles: Troubles
    ) -> None:
        self._database, self._epoch, self._side, self._troubles = database, epoch, side, troubles

    async def __call__(self, job: RunningJob) -> FakeResult:
        """Do the steps that are not stored yet."""
        count = int(job.snapshot.request["steps"])
        async with self._database.read() as connection:
            done = {step.key for step in await steps.steps(connection, job.id) if step.input_hash == "same"}
        for number in range(count):
            key = f"step {number}"
            if key not in done:
                self._troubles.strike(job)
                await self._step(job, key, number / count)
            job.stop_if_wanted()
        return FakeResult(of=job.id, steps=count)

    async def _step(self, job: RunningJob, key: str, fraction: float) -> None:
        self._side.note("step", self._epoch(), job.id, key.replace(" ", "_"))
        text, end = "", time.monotonic() + self._troubles.seconds()
        while time.monotonic() < end:
            job.report(fraction, f"Doing {key}")
            text += WORD
            job.keep_partial(key, text)
            self._side.note("text", self._epoch(), job.id, key.replace(" ", "_"), len(text))
            await asyncio.sleep(0.02)
        async with self._database.write() as connection:
            await steps.save_step(connection, job.id, key, "same", {"text": text}, 0.1, time.time())


def new_job(name: str, number: int, chance: random.Random) -> NewJob:
    """A fake job in any lane, named by its request id."""
    lane = list(Lane)[number % len(Lane)]
    return NewJob(
        kind=f"fake {lane}", lane=lane, request={"steps": chance.randint(1, 5)}, title=f"Fake {number}",
        engine="fake", request_id=f"{name}-{number}", is_remote=lane is Lane.NETWORK,
    )  # fmt: skip


def put_fakes(service: JobService, database: Database, side: SideFile, troubles: Troubles) -> None:
    """Let the service run fake jobs, twenty at once, and note every end that it announces."""

    def hear(event: Event) -> None:
        if isinstance(event, JobChanged) and event.job.state is JobState.SUCCEEDED:
            side.note("done", service.core.running.epoch, event.job.id)

    async def opens(_scope: str) -> bool:
        return True

    core = service.core
    runner = FakeRunner(database, lambda: core.running.epoch, side, troubles)
    core.set_runners({f"fake {lane}": runner for lane in Lane}, lambda _error: None)
    core.gates.set_probe(HoldReason.OFFLINE, opens)
    for lane, limit in LIMITS.items():
        core.lanes.set_limit(lane, limit)
    core.bus.subscribe(hear)
