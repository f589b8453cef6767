"""Drives the real queue and the model of `reference.py` through the same operations, and compares them.

An operation is a plain tuple: a word and small numbers that are taken modulo what there is, so that any part
of a sequence is a sequence again. The clock is a fake one; nothing sleeps.
"""

import asyncio
import random
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

from cardgen_desktop import paths
from cardgen_desktop.crash import FAULT_NAME
from cardgen_desktop.domain.errors import (
    CardgenError,
    ChildCrashedError,
    HeldError,
    TransientError,
    UsageError,
)
from cardgen_desktop.domain.job import HoldReason, JobQuery, Lane, Priority
from cardgen_desktop.jobs.core import Timing
from cardgen_desktop.jobs.events import EventBus
from cardgen_desktop.jobs.process import ProcessPool
from cardgen_desktop.jobs.running import RunningJob
from cardgen_desktop.jobs.service import JobService
from cardgen_desktop.store.claims import FinishedJob
from cardgen_desktop.store.engine import Database
from cardgen_desktop.store.intake import NewJob
from tests.proof.reference import LANES, TERMINAL, Queue

Operation = tuple[Any, ...]
LIMITS = {"interactive": 1, "network": 3, "local": 1, "cpu": 2, "export": 1}
KINDS = (("draft", "cpu"), ("call", "network"), ("local", "local"), ("export", "export"))
ENGINES = ("offline", "alpha", "beta")
GATES = (("offline", ""), ("key", "alpha"), ("disk", ""), ("source", "book.txt"), ("credits", "beta"))
USERS = frozenset({"retry", "undo", "redo"})
START = 1_000_000_000.0
_TABLES = (
    "event", "attempt", "step", "partial", "output", "undo_job", "undo", "job", "batch", "tally", "setting",
    "sqlite_sequence",
)  # fmt: skip
_ROWS = (
    "SELECT id, state, want, lane, priority, hold_reason, hold_scope, attempts, crashes, "
    "removed_at IS NOT NULL, delay IS NOT NULL FROM job ORDER BY id"
)


class DivergenceError(AssertionError):
    """The program and the model do not agree."""


class FakeClock:
    """A clock that is set by hand; see `cardgen_desktop.jobs.clock`."""

    def __init__(self) -> None:
        self.now, self.passed = START, 1000.0

    def wall(self) -> float:
        return self.now

    def steady(self) -> float:
        return self.passed


class Driver:
    """One sequence: the program on an empty database, the model beside it."""

    def __init__(self, database: Database, look: sqlite3.Connection, home: Path, seed: int) -> None:
        self.database, self.look, self.home = database, look, home
        self.clock = FakeClock()
        self.model = Queue(dict(LIMITS), wall=self.clock.now, steady=self.clock.passed)
        self.chance = random.Random(seed)
        self.ghosts: list[tuple[JobService, RunningJob]] = []
        self.service: JobService
        self._faults = paths.logs(home) / FAULT_NAME

    async def run(self, operations: list[Operation]) -> None:
        """Do everything in order; raises `DivergenceError` at the first difference."""
        empty(self.look)
        self._faults.parent.mkdir(exist_ok=True)
        self._faults.write_text("")
        await self._start()
        try:
            for number, operation in enumerate(operations):
                before = self._states()
                await getattr(self, operation[0])(*operation[1:])
                await self._settled()
                self._compare(f"after operation {number} {operation}", before, operation[0])
        finally:
            await self.service.core.aclose()

    async def _start(self) -> None:
        self.service = JobService(
            self.database, ProcessPool(1), EventBus(), home=self.home, workers=LIMITS["cpu"],
            clock=self.clock, timing=Timing(stagger=0.0),
        )  # fmt: skip
        for reason in HoldReason:
            self.service.core.gates.set_probe(reason, _stays_closed)
        await self.service.recover()

    async def _settled(self) -> None:
        core = self.service.core
        while waiting := [*core.gates._releasing, *core._tellings]:
            await asyncio.gather(*waiting)

    # What is compared

    def _states(self) -> dict[int, str]:
        return dict(self.look.execute("SELECT id, state FROM job").fetchall())

    def _compare(self, where: str, before: dict[int, str], word: str) -> None:
        self._same(where + ": jobs", self.look.execute(_ROWS).fetchall(), self._model_rows())
        self._same(where + ": counts", dict(self.look.execute(_TALLY).fetchall()), self.model.counts())
        order = "SELECT id FROM job WHERE state = 'queued' AND lane = ? ORDER BY priority DESC, position, id"
        for lane in LANES:
            queued = [job for job in self.model.jobs.values() if (job.lane, job.state) == (lane, "queued")]
            queued.sort(key=lambda job: (-job.priority, job.position, job.id))
            found = [number for (number,) in self.look.execute(order, (lane,))]
            self._same(f"{where}: order in {lane}", found, [job.id for job in queued])
        open_attempts = "SELECT job_id FROM attempt WHERE ended_at IS NULL ORDER BY job_id"
        running = [job.id for job in self.model.jobs.values() if job.state == "running"]
        found = [number for (number,) in self.look.execute(open_attempts)]
        self._same(where + ": open attempts", found, running)
        self._same(where + ": in work", sorted(job.id for job in self.service.core.running), running)
        after = self._states()
        left = [number for number, state in before.items() if state in TERMINAL and after[number] != state]
        self._same(where + ": left a terminal state", left if word not in USERS else [], [])

    def _model_rows(self) -> list[tuple[Any, ...]]:
        return [
            (
                job.id, job.state, job.want, job.lane, job.priority, job.gate[0] if job.gate else None,
                job.gate[1] if job.gate else "", job.attempts, job.crashes, int(job.removed),
                int(job.delay is not None),
            )
            for job in self.model.jobs.values()
        ]  # fmt: skip

    def _same(self, what: str, program: object, model: object) -> None:
        if program != model:
            raise DivergenceError(f"{what}\n  program: {program}\n  model:   {model}")

    # Operations

    def _target(self, picks: list[int] | None) -> tuple[JobQuery | list[int], list[int] | None]:
        if picks is None:
            return JobQuery(), None
        ids = sorted({1 + pick % max(1, self.model.last_id) for pick in picks})
        return ids, ids

    async def _count(self, moving: Any) -> int:
        try:
            return int((await moving).count)
        except UsageError:
            return 0

    async def enqueue(self, kind: int, key: int | None, engine: int) -> None:
        name, lane = KINDS[kind]
        unique = None if key is None else f"{name}{key}"
        values = {"engine": ENGINES[engine], "unique_key": unique, "is_remote": lane == "network"}
        new = NewJob(kind=name, lane=Lane(lane), request={}, **values)
        job = await self.service.core.queue.enqueue(new)
        expected = self.model.enqueue(name, lane, ENGINES[engine], lane == "network", unique)
        self._same("the id of a new job", job.id, expected)

    async def _act(self, word: str, command: str, picks: list[int] | None, *more: Any) -> None:
        target, ids = self._target(picks)
        moved = await self._count(getattr(self.service.actions, command)(target, *more))
        self._same(f"jobs moved by {word}", moved, getattr(self.model, word)(ids, *more))

    async def cancel(self, picks: list[int] | None) -> None:
        await self._act("cancel", "cancel_jobs", picks)

    async def pause(self, picks: list[int] | None) -> None:
        await self._act("pause", "pause_jobs", picks)

    async def resume(self, picks: list[int] | None) -> None:
        await self._act("resume", "resume_jobs", picks)

    async def retry(self, picks: list[int] | None) -> None:
        await self._act("retry", "retry_jobs", picks)

    async def run_now(self, picks: list[int] | None) -> None:
        await self._act("run_now", "run_jobs_now", picks)

    async def prioritise(self, picks: list[int] | None, priority: int) -> None:
        await self._act("prioritise", "set_priority", picks, Priority(priority))

    async def move(self, picks: list[int] | None, place: str) -> None:
        await self._act("move", "move_jobs", picks, place)

    async def remove(self, picks: list[int] | None) -> None:
        await self._act("remove", "remove_jobs", picks)

    async def undo(self, back: int | None) -> None:
        steps = (await self.service.actions.undo_history()).undo
        self._same("steps to undo", [step.jobs for step in steps], [s.count for s in self.model.done])
        if back is None or not steps:
            moved, expected = await self._count(self.service.actions.undo()), self.model.undo()
        else:
            index = back % len(steps)
            moved = await self._count(self.service.actions.undo(steps[index].id))
            expected = self.model.undo(self.model.done[index].id)
        self._same("jobs moved by undo", moved, expected or 0)

    async def redo(self) -> None:
        moved = await self._count(self.service.actions.redo())
        self._same("jobs moved by redo", moved, self.model.redo() or 0)

    async def dispatch(self) -> None:
        dispatcher = self.service.core.dispatcher
        claimed: dict[str, list[int]] = {}
        for job in await dispatcher._claimed():
            claimed.setdefault(job.lane.value, []).append(job.id)
        expected = self.model.dispatch()
        found = {lane: sorted(ids) for lane, ids in claimed.items()}
        self._same("claimed", found, {lane: sorted(ids) for lane, ids in expected.items()})

    def _running(self, pick: int) -> RunningJob | None:
        running = sorted(self.service.core.running, key=lambda job: job.id)
        return running[pick % len(running)] if running else None

    async def progress(self, pick: int, percent: int) -> None:
        if (job := self._running(pick)) is not None:
            before = job.snapshot.progress
            job.report(percent / 100, f"step {percent}")
            job.keep_partial("text", "word " * percent)
            await self.service.core.running._store_once()
            if job.snapshot.progress < before:
                raise DivergenceError("progress went back")

    async def succeed(self, pick: int) -> None:
        if (job := self._running(pick)) is not None:
            finished = FinishedJob(id=job.id, result={"of": job.id}, seconds=1.0)
            self._same("succeeded", await self.service.core.queue.succeed(job, finished), True)
            self.model.succeed(job.id)

    async def end(self, pick: int, how: str, number: int) -> None:
        if (job := self._running(pick)) is None:
            return
        error, told = self._failure(how, number)
        if how == "crash":
            job.report(0.0, f"step {number}")
        await self.service.core.worker._end_badly(job, error)
        if how == "transient":
            self._tell_wait(job.id, number)
        else:
            told(job.id)

    def _failure(self, how: str, number: int) -> tuple[CardgenError, Any]:
        model = self.model
        if how == "transient":
            asked = 60.0 if number % 2 else None
            return TransientError("Busy.", retry_after=asked, attempts=1 + number), None
        if how == "hold":
            gate = GATES[number % len(GATES)]
            return HeldError(gate[0], "Closed.", scope=gate[1]), lambda job_id: model.hold(job_id, gate)
        if how == "crash":
            return ChildCrashedError("Died."), lambda job_id: model.crash(job_id, f"step {number}")
        return CardgenError("It failed."), model.fail

    def _tell_wait(self, job_id: int, number: int) -> None:
        row = self.look.execute("SELECT run_at, delay FROM job WHERE id = ?", (job_id,)).fetchone()
        due = self.service.core.waits._due.get(job_id, 0.0)
        attempts = self.model.jobs[job_id].attempts
        self.model.wait(job_id, 0.0, 1 + number)
        if row[1] is not None:
            least, most = (60.0, 330.0) if number % 2 else (0.0, min(300.0, 2.0 * 2 ** (attempts - 1)))
            self._same("a delay within its bounds", least <= row[1] <= most, True)
            self.model.jobs[job_id] = replace(self.model.jobs[job_id], run_at=row[0], delay=row[1])
            self.model.due[job_id] = due

    async def settle(self, pick: int) -> None:
        if (job := self._running(pick)) is not None:
            await self.service.core.queue.stop(job)
            self.model.stop(job.id)

    async def abandon(self, pick: int) -> None:
        """A worker that does not stop is left behind; it comes back as a ghost."""
        if (job := self._running(pick)) is not None:
            job.left_behind.set()
            await self.service.core.queue.stop(job)
            self.model.stop(job.id)
            self.ghosts.append((self.service, job))

    async def ghost(self, pick: int, how: str) -> None:
        """A worker that nobody waits for any more, of this process or a dead one, has something to say."""
        if not self.ghosts:
            return
        service, job = self.ghosts[pick % len(self.ghosts)]
        queue = service.core.queue
        job.report(1.0, "from the grave")
        if how == "succeed":
            late = FinishedJob(id=job.id, result={"of": "a ghost"}, seconds=1.0)
            self._same("a late result", await queue.succeed(job, late), False)
            return
        moves = {
            "fail": lambda: queue.fail(job, CardgenError("Late.")),
            "wait": lambda: queue.wait(job, TransientError("Late."), 1.0),
            "stop": lambda: queue.stop(job),
        }
        await moves[how]()

    async def gate(self, number: int, opens: bool) -> None:
        reason, scope = GATES[number]
        gates = self.service.core.gates
        if opens:
            gates.open(HoldReason(reason), scope=scope)
            self.model.open_gate((reason, scope))
        else:
            await gates.close(HoldReason(reason), scope=scope)
            self.model.close_gate((reason, scope))

    async def kill(self) -> None:
        """The process is gone from one moment to the next; another one starts."""
        await self._settled()
        self.ghosts += [(self.service, job) for job in self.service.core.running]
        await self._start()
        self.model.recover()

    async def fault(self) -> None:
        """The process dies by a fault of its own, which its crash handler notes."""
        phases = dict(self.look.execute("SELECT id, phase FROM job WHERE state = 'running'").fetchall())
        with self._faults.open("a") as log:
            log.write("Fatal Python error\n")
        await self._settled()
        self.ghosts += [(self.service, job) for job in self.service.core.running]
        await self._start()
        self.model.recover(phases)

    async def advance(self, seconds: int) -> None:
        self.clock.now += seconds
        self.clock.passed += seconds
        self.model.wall, self.model.steady = self.clock.now, self.clock.passed
        await self.service._watch.look()

    async def jump(self, seconds: int) -> None:
        self.clock.now += seconds
        await self.service._watch.look()
        self.model.jump(seconds)

    async def pause_queue(self, lane: int, paused: bool) -> None:
        chosen = None if lane >= len(LANES) else Lane(LANES[lane])
        control = self.service.control
        await (control.pause_queue(chosen) if paused else control.resume_queue(chosen))
        if chosen is None:
            self.model.paused = paused
        elif paused:
            self.model.lanes_paused.add(chosen.value)
        else:
            self.model.lanes_paused.discard(chosen.value)

    async def limit(self, lane: int, count: int) -> None:
        await self.service.control.set_lane_limit(Lane(LANES[lane]), count)
        self.model.limits[LANES[lane]] = count


_TALLY = "SELECT state, sum(jobs) FROM tally GROUP BY state HAVING sum(jobs) > 0"


async def _stays_closed(_scope: str) -> bool:
    return False


def empty(look: sqlite3.Connection) -> None:
    """Begin anew with an empty database."""
    look.execute("BEGIN IMMEDIATE")
    for table in _TABLES:
        look.execute(f"DELETE FROM {table}")
    look.execute("COMMIT")


def looking(path: Path) -> "closing[sqlite3.Connection]":
    """A connection beside the program's, to look and to begin anew."""
    return closing(sqlite3.connect(path, isolation_level=None, timeout=10))
