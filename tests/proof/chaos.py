"""`python -m tests.proof.chaos --commands 3000 --seed 1`: several hands on one queue that really works.

Commands of every kind come at the same time while jobs run in all lanes. No job may be worked on twice at
once, no error may be our own, and in the end everything comes to its end and all that is derived is right.
"""

import argparse
import asyncio
import logging
import random
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path

from cardgen_desktop.domain.errors import (
    CardgenError,
    ChildCrashedError,
    HeldError,
    TransientError,
    UsageError,
)
from cardgen_desktop.domain.job import TERMINAL_STATES, HoldReason, JobQuery, Lane, Priority
from cardgen_desktop.jobs.core import Timing
from cardgen_desktop.jobs.events import EventBus
from cardgen_desktop.jobs.process import ProcessPool
from cardgen_desktop.jobs.running import RunningJob
from cardgen_desktop.jobs.service import JobService
from cardgen_desktop.store.engine import Database, open_database
from cardgen_desktop.store.intake import NewJob
from tests.proof.runners import LIMITS, FakeResult
from tests.support.databases import place_empty_database

HANDS = 6
DRAIN_SECONDS = 60.0
Command = Callable[[], Awaitable[object]]
_WRONG = {
    "open attempts": "SELECT job_id FROM attempt WHERE ended_at IS NULL",
    "attempts of one job at the same time": "SELECT a.job_id FROM attempt a, attempt b WHERE "
    "a.job_id = b.job_id AND a.id < b.id AND b.started_at < a.ended_at",
    "a wrong tally": "SELECT state, sum(jobs) FROM tally GROUP BY state HAVING sum(jobs) <> (SELECT count(*) "
    "FROM job WHERE job.state = tally.state AND removed_at IS NULL)",
}


class Chaos:
    """A working queue, hands that command it, and what went wrong."""

    def __init__(self, database: Database, home: Path, seed: int) -> None:
        self.chance = random.Random(seed)
        self.wrong: list[str] = []
        self.done: Counter[str] = Counter()
        self._at_work: Counter[int] = Counter()
        self.service = JobService(
            database, ProcessPool(1), EventBus(), home=home, workers=6, timing=Timing(stagger=0.1)
        )
        for lane, limit in LIMITS.items():
            self.service.core.lanes.set_limit(lane, limit)
        self.service.core.set_runners({f"fake {lane}": self._run for lane in Lane}, self._hear_trouble)
        for reason in HoldReason:
            self.service.core.gates.set_probe(reason, self._opens)

    async def _opens(self, _scope: str) -> bool:
        return True

    def _hear_trouble(self, error: CardgenError) -> None:
        self.wrong.append(f"trouble: {error.message} {error.details}")

    async def _run(self, job: RunningJob) -> FakeResult:
        self._at_work[job.id] += 1
        if self._at_work[job.id] > 1:
            self.wrong.append(f"job {job.id} is worked on twice")
        try:
            for number in range(self.chance.randint(1, 4)):
                job.report(number / 4, f"Doing {number}")
                job.keep_partial("text", "word " * number)
                await asyncio.sleep(self.chance.uniform(0.0, 0.1))
                job.stop_if_wanted()
            self._strike()
        finally:
            self._at_work[job.id] -= 1
        return FakeResult(of=job.id, steps=4)

    def _strike(self) -> None:
        draw = self.chance.random()
        if draw < 0.02:
            raise TransientError("Busy.", attempts=2)
        if draw < 0.04:
            raise HeldError(HoldReason.OFFLINE, "Offline.")
        if draw < 0.06:
            raise CardgenError("It failed.")
        if draw < 0.08:
            raise ChildCrashedError("The worker died.")

    def _command(self, number: int) -> tuple[str, Command]:
        actions, control, some = self.service.actions, self.service.control, self._some()
        gates = self.service.core.gates
        reason = self.chance.choice([HoldReason.OFFLINE, HoldReason.DISK])
        choices: dict[str, Command] = {
            "enqueue": lambda: self.service.core.queue.enqueue(self._new(number)),
            "cancel": lambda: actions.cancel_jobs(some),
            "pause": lambda: actions.pause_jobs(some),
            "resume": lambda: actions.resume_jobs(some),
            "retry": lambda: actions.retry_jobs(some),
            "run_now": lambda: actions.run_jobs_now(some),
            "prioritise": lambda: actions.set_priority(some, Priority(self.chance.randint(-2, 2))),
            "move": lambda: actions.move_jobs(some, self.chance.choice(["top", "bottom"])),
            "remove": lambda: actions.remove_jobs(some),
            "undo": actions.undo,
            "redo": actions.redo,
            "pause_queue": control.pause_queue,
            "resume_queue": control.resume_queue,
            "close": lambda: gates.close(reason),
            "probe": control.try_gates,
            "look": lambda: self.service.jobs(JobQuery(limit=20)),
        }
        weights = {"enqueue": 12, "undo": 4, "resume_queue": 4, "probe": 4, "pause_queue": 0.5, "close": 0.5}
        (word,) = self.chance.choices(list(choices), [weights.get(word, 2) for word in choices])
        return word, choices[word]

    def _some(self) -> JobQuery | list[int]:
        if self.chance.random() < 0.02:
            return JobQuery()
        most = 1 + self.done["enqueue"]
        recent = range(max(1, most - 60), most + 1)
        return [self.chance.choice(recent) for _ in range(self.chance.randint(1, 6))]

    def _new(self, number: int) -> NewJob:
        lane = self.chance.choice(list(Lane))
        key = f"key {self.chance.randrange(10)}" if number % 4 == 0 else None
        remote = lane is Lane.NETWORK
        return NewJob(kind=f"fake {lane}", lane=lane, request={}, unique_key=key, is_remote=remote)

    async def hand(self, commands: int) -> None:
        """Give so many commands."""
        for number in range(commands):
            word, command = self._command(number)
            try:
                await command()
            except UsageError:
                word = f"{word} refused"
            self.done[word] += 1
            await asyncio.sleep(self.chance.uniform(0.0, 0.05))

    async def drain(self) -> None:
        """Let everything come to its end."""
        until = time.monotonic() + DRAIN_SECONDS
        while time.monotonic() < until:
            await self.service.control.resume_queue()
            await self.service.control.try_gates()
            await self.service.actions.resume_jobs(JobQuery())
            counts = await self.service.counts()
            if not sum(count for state, count in counts.items() if state not in TERMINAL_STATES):
                return
            await asyncio.sleep(0.2)
        self.wrong.append(f"not drained: {counts}")


class _Complaints(logging.Handler):
    def __init__(self, wrong: list[str]) -> None:
        super().__init__(logging.ERROR)
        self._wrong = wrong

    def emit(self, record: logging.LogRecord) -> None:
        self._wrong.append(self.format(record))


async def chaos(folder: Path, commands: int, seed: int) -> Chaos:
    """Command a queue in a folder, from several hands."""
    place_empty_database(folder / "cardgen.db")
    database = await open_database(folder / "cardgen.db")
    state = Chaos(database, folder, seed)
    complaints = _Complaints(state.wrong)
    logging.getLogger().addHandler(complaints)
    try:
        await state.service.recover()
        state.service.start()
        await asyncio.gather(*(state.hand(commands // HANDS) for _ in range(HANDS)))
        await state.drain()
        if len(state.service.core.running):
            state.wrong.append("jobs are in work that have ended")
        await state.service.aclose()
    finally:
        logging.getLogger().removeHandler(complaints)
        await database.aclose()
    state.wrong += _found(folder / "cardgen.db")
    return state


def _found(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as look:
        found = {what: look.execute(statement).fetchmany(5) for what, statement in _WRONG.items()}
        sound = look.execute("PRAGMA integrity_check").fetchone()[0]
    return [f"{what}: {rows}" for what, rows in found.items() if rows] + ([] if sound == "ok" else [sound])


def main() -> int:
    """The exit code is 0 when nothing went wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--commands", type=int, default=3000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    begin = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        state = asyncio.run(chaos(Path(folder), options.commands, options.seed))
    print(*state.wrong, dict(state.done), sep="\n")
    print(f"seed {options.seed}: {len(state.wrong)} faults, {time.monotonic() - begin:.0f} s")
    return 1 if state.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
