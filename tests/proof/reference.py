"""A small model of the job queue in plain Python: what `ux-and-reliability.md` 3.3 and 3.4 ask of it.

No database, no tasks, no clock of its own: `Queue` is told the time. `model.py` lets the program and this
model do the same things and compares them after each.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from itertools import groupby

LANES = ("interactive", "network", "local", "cpu", "export")
TERMINAL = frozenset({"succeeded", "failed", "cancelled"})
WAITS = frozenset({"queued", "held", "waiting", "paused"})
NETWORK_GATES = frozenset({"offline", "endpoint", "key", "access", "credits", "budget", "model"})
ABOUT_ONE_FILE = frozenset({"source", "context"})
HOME = {"draft": "cpu", "import": "cpu", "export": "export", "read": "cpu"}
AGEING, MOST_CRASHES = 600.0, 2
Gate = tuple[str, str]


@dataclass(frozen=True)
class Job:
    """One job; `due` is the steady moment of the next try, `gate` (reason, scope) what holds it."""

    id: int
    kind: str
    lane: str
    engine: str
    remote: bool
    key: str | None
    position: float
    queued_at: float
    state: str = "queued"
    want: str = "run"
    priority: int = 0
    gate: Gate | None = None
    run_at: float | None = None
    delay: float | None = None
    attempts: int = 0
    crashes: int = 0
    crash_step: str = ""
    removed: bool = False
    version: int = 1

    @property
    def finished(self) -> bool:
        return self.state in TERMINAL


RESTORED = (
    "state", "want", "lane", "priority", "position", "gate", "run_at", "delay", "attempts", "crashes",
    "crash_step", "removed", "queued_at",
)  # fmt: skip


@dataclass
class Step:
    """An action that can be undone: each job as it was, with the version it has had since."""

    id: int
    before: dict[int, tuple[Job, int]]
    count: int
    after: dict[int, tuple[Job, int]] = field(default_factory=dict)


@dataclass
class Work:
    """What the queue does by itself. `wall` and `steady` are set by whoever drives it."""

    limits: dict[str, int]
    wall: float = 0.0
    steady: float = 0.0
    jobs: dict[int, Job] = field(default_factory=dict)
    closed: dict[Gate, None] = field(default_factory=dict)  # in the order in which they closed
    due: dict[int, float] = field(default_factory=dict)
    done: list[Step] = field(default_factory=list)
    undone: list[Step] = field(default_factory=list)
    paused: bool = False
    lanes_paused: set[str] = field(default_factory=set)
    last_id: int = 0
    last_step: int = 0

    # Jobs that come

    def enqueue(self, kind: str, lane: str, engine: str, remote: bool, key: str | None) -> int:
        """A new job, or the unfinished one with the same key."""
        self.last_id += 1  # a job that is not stored uses up an id as well
        for job in self.jobs.values():
            if key is not None and job.key == key and not job.finished:
                return job.id
        self.jobs[self.last_id] = Job(
            self.last_id, kind, lane, engine, remote, key, float(self.last_id), self.wall
        )
        return self.last_id

    # What the queue does by itself

    def hold_new(self) -> None:
        """Hold what is queued before a closed gate."""
        for gate in self.closed:
            for job in list(self.jobs.values()):
                if job.state == "queued" and self._stands_before(job, gate):
                    self._put(replace(job, state="held", gate=gate, queued_at=self.wall))

    @staticmethod
    def _stands_before(job: Job, gate: Gate) -> bool:
        reason, scope = gate
        network = job.remote or bool(scope) or reason not in NETWORK_GATES
        return reason not in ABOUT_ONE_FILE and network and scope in ("", job.engine)

    def close_gate(self, gate: Gate) -> None:
        self.closed.setdefault(gate)
        self.hold_new()

    def open_gate(self, gate: Gate) -> None:
        if gate in self.closed:
            del self.closed[gate]
            self._release_before_open_gates()

    def dispatch(self) -> dict[str, list[int]]:
        """Release what is due, hold what may not run, and take the next jobs: their ids by lane."""
        for number, moment in list(self.due.items()):
            job = self.jobs[number]
            if moment <= self.steady and job.state == "waiting":
                self._put(self._queued(job))
        self.hold_new()
        self._know_waits()
        return {lane: taken for lane in LANES if (taken := self._claim(lane))}

    def _claim(self, lane: str) -> list[int]:
        running = sum(job.lane == lane and job.state == "running" for job in self.jobs.values())
        room = self.limits[lane] - running
        if self.paused or lane in self.lanes_paused or room <= 0:
            return []
        taken = [job.id for job in self.in_order(lane)[:room]]
        for number in taken:
            job = self.jobs[number]
            self._put(replace(job, state="running", attempts=job.attempts + 1))
        return taken

    def in_order(self, lane: str) -> list[Job]:
        """A level more for every ten minutes; on one level who was queued first; else by place."""
        queued = [job for job in self.jobs.values() if job.lane == lane and job.state == "queued"]
        queued.sort(key=lambda job: (-job.priority, job.position, job.id))
        ranked: list[tuple[int, float, Job]] = []
        for _, jobs in groupby(queued, key=lambda job: job.priority):
            level, since = 2, float("-inf")
            for job in jobs:
                waited = max(0.0, self.wall - job.queued_at)
                level = min(level, 2, job.priority + int(waited / AGEING))
                since = max(since, job.queued_at)
                ranked.append((level, since, job))
        ranked.sort(key=lambda item: (-item[0], item[1], -item[2].priority, item[2].position, item[2].id))
        return [job for _, _, job in ranked]

    # How work ends

    def stop(self, number: int) -> None:
        """The work on a running job has stopped: as the person wants it, else back in the queue."""
        self._put(self._stopped(self.jobs[number]))

    def succeed(self, number: int) -> None:
        self._put(replace(self.jobs[number], state="succeeded"))

    def fail(self, number: int) -> None:
        self._put(replace(self.jobs[number], state="failed"))

    def hold(self, number: int, gate: Gate) -> None:
        """A gate turns out to be closed: nothing is charged."""
        job = self.jobs[number]
        held = replace(self._stopped(job), state="held", gate=gate, queued_at=self.wall)
        self._put(held if job.want == "run" else self._stopped(job))
        self.close_gate(gate)

    def wait(self, number: int, delay: float, attempts: int) -> None:
        """It may work in a while: the attempt is charged, and the last one fails."""
        job = self.jobs[number]
        if job.attempts >= attempts:
            return self.fail(number)
        stopped = replace(self._stopped(job), attempts=job.attempts)
        waiting = replace(stopped, state="waiting", delay=delay, run_at=self.wall + delay)
        self._put(replace(waiting, queued_at=self.wall) if job.want == "run" else stopped)
        self.due[number] = self.steady + delay
        return None

    def crash(self, number: int, step: str) -> None:
        """The worker process of a job died; twice at one step is the end of it."""
        job = self.jobs[number]
        crashes = job.crashes + 1 if job.crash_step == step else 1
        if crashes >= MOST_CRASHES:
            return self.fail(number)
        if job.want != "run":
            return self.stop(number)
        again = replace(self._stopped(job), crashes=crashes, crash_step=step, queued_at=self.wall)
        self._put(again)
        return None

    def recover(self, phases: dict[int, str] | None = None) -> None:
        """The program died and started again; with `phases` by a fault of its own, amid those."""
        for job in list(self.jobs.values()):
            if job.state == "running":
                if phases is not None:
                    crashes = job.crashes + 1 if job.crash_step == phases[job.id] else 1
                    job = replace(job, crashes=crashes, crash_step=phases[job.id])
                    self.jobs[job.id] = job
                poison = phases is not None and job.crashes >= MOST_CRASHES and job.want == "run"
                (self.fail if poison else self.stop)(job.id)
        self.closed = dict.fromkeys(sorted({job.gate for job in self.jobs.values() if job.gate is not None}))
        self.due = {}
        self._know_waits()

    def jump(self, seconds: float) -> None:
        """The clock was set: no job has waited that long."""
        self.wall += seconds
        for job in list(self.jobs.values()):
            if job.state == "queued":
                self.jobs[job.id] = replace(job, queued_at=job.queued_at + seconds)
            elif job.state == "waiting" and job.run_at is not None:
                self.jobs[job.id] = replace(job, run_at=job.run_at + seconds)

    def _stopped(self, job: Job) -> Job:
        if job.want == "cancel":
            return replace(job, state="cancelled")
        state = "paused" if job.want == "pause" else "queued"
        return replace(job, state=state, attempts=max(job.attempts - 1, 0))

    def _queued(self, job: Job) -> Job:
        free = replace(job, state="queued", want="run", gate=None, run_at=None, delay=None)
        return replace(free, queued_at=self.wall)

    def _know_waits(self) -> None:
        """A wait that is known keeps its end; a new one ends at `run_at`, never after its delay."""
        known, self.due = self.due, {}
        for job in self.jobs.values():
            if job.state == "waiting" and job.run_at is not None and job.delay is not None:
                remaining = min(max(0.0, job.run_at - self.wall), job.delay)
                self.due[job.id] = min(known.get(job.id, float("inf")), self.steady + remaining)

    def _twin(self, job: Job) -> bool:
        return any(
            other.key == job.key and other.id != job.id and not other.finished
            for other in self.jobs.values()
            if job.key is not None
        )

    def _unfinished(self) -> list[Job]:
        return [job for job in self.jobs.values() if not job.finished]

    def _put(self, job: Job) -> None:
        self.jobs[job.id] = replace(job, version=self.jobs[job.id].version + 1)

    def counts(self) -> dict[str, int]:
        """Visible jobs by state."""
        return dict(Counter(job.state for job in self.jobs.values() if not job.removed))


class Queue(Work):
    """The model: what the queue does by itself, and what the person does with it."""

    def act(self, ids: Iterable[int] | None, fits: Callable[[Job], bool], change: Callable[[Job], Job],
            chosen: Callable[[list[Job]], list[Job]] = lambda jobs: jobs) -> int:  # fmt: skip
        """Change every visible job that fits, as one step; the number of them."""
        wanted = self.jobs if ids is None else set(ids)
        jobs = [job for job in self.jobs.values() if job.id in wanted and not job.removed and fits(job)]
        return self._step({job.id: change(job) for job in chosen(jobs)})

    def _step(self, changed: dict[int, Job]) -> int:
        self.last_step += 1 if changed else 0
        if changed:
            before = {number: (self.jobs[number], self.jobs[number].version + 1) for number in changed}
            self.done.append(Step(self.last_step, before, len(before)))
            self.undone.clear()
            for job in changed.values():
                self._put(job)
            self._know_waits()
        return len(changed)

    def cancel(self, ids: Iterable[int] | None) -> int:
        def change(job: Job) -> Job:
            free = replace(job, want="cancel", gate=None, run_at=None, delay=None)
            return free if job.state == "running" else replace(free, state="cancelled")

        return self.act(ids, lambda job: not job.finished and job.want != "cancel", change)

    def pause(self, ids: Iterable[int] | None) -> int:
        def change(job: Job) -> Job:
            free = replace(job, want="pause", gate=None, run_at=None, delay=None)
            return free if job.state == "running" else replace(free, state="paused")

        def fits(job: Job) -> bool:
            return not job.finished and job.state != "paused" and job.want == "run"

        return self.act(ids, fits, change)

    def resume(self, ids: Iterable[int] | None) -> int:
        def change(job: Job) -> Job:
            return replace(job, want="run") if job.state == "running" else self._queued(job)

        def fits(job: Job) -> bool:
            pausing = job.state == "running" and job.want == "pause"
            return pausing or job.state in ("paused", "held", "waiting")

        return self.act(ids, fits, change)

    def retry(self, ids: Iterable[int] | None) -> int:
        def change(job: Job) -> Job:
            fresh = replace(self._queued(job), attempts=0, crashes=0, crash_step="", removed=False)
            return replace(fresh, lane=_home(job))

        def fits(job: Job) -> bool:
            return job.finished and not self._twin(job)

        def newest_of_each(jobs: list[Job]) -> list[Job]:
            latest = {job.key or job.id: job for job in sorted(jobs, key=lambda job: job.id)}
            return list(latest.values())

        return self.act(ids, fits, change, newest_of_each)

    def run_now(self, ids: Iterable[int] | None) -> int:
        return self.act(
            ids, lambda job: job.state in WAITS, lambda job: replace(self._queued(job), lane="interactive")
        )

    def prioritise(self, ids: Iterable[int] | None, priority: int) -> int:
        def fits(job: Job) -> bool:
            return not job.finished and job.priority != priority

        return self.act(ids, fits, lambda job: replace(job, priority=priority))

    def move(self, ids: Iterable[int] | None, place: str) -> int:
        wanted = self.jobs if ids is None else set(ids)
        moved = [job for job in self._unfinished() if job.id in wanted and not job.removed]
        moved.sort(key=lambda job: (job.position, job.id))
        places = [job.position for job in self._unfinished()]
        base = min(places, default=0.0) - 1 - len(moved) if place == "top" else max([self.last_id, *places])
        gap = 1.0 if place == "top" else 1e-6
        return self._step(
            {job.id: replace(job, position=base + rank * gap) for rank, job in enumerate(moved, 1)}
        )

    def remove(self, ids: Iterable[int] | None) -> int:
        return self.act(ids, lambda job: job.finished, lambda job: replace(job, removed=True))

    def undo(self, step_id: int | None = None) -> int | None:
        """Bring back what a step changed where nothing moved since; None when there is nothing to undo."""
        steps = [step for step in self.done if step_id in (None, step.id)]
        if not steps:
            return None
        step = steps[-1]
        self.done.remove(step)
        self.undone.append(step)
        step.after, changed = self._swap(step, step.before)
        return changed

    def redo(self) -> int | None:
        """Do once more what was taken back last."""
        if not self.undone:
            return None
        step = self.undone.pop()
        self.done.append(step)
        self.done.sort(key=lambda step: step.id)
        step.before, changed = self._swap(step, step.after)
        return changed

    def _swap(self, step: Step, wanted: dict[int, tuple[Job, int]]) -> tuple[dict[int, tuple[Job, int]], int]:
        other: dict[int, tuple[Job, int]] = {}
        for number, (image, version) in wanted.items():
            job = self.jobs[number]
            if self._unmoved(job, image, version) and (image.finished or not self._twin(job)):
                other[number] = (job, job.version + 1)
                self._put(self._restored(job, image))
                self._go_on(step, number, image.version)
        self._release_before_open_gates()
        self._know_waits()
        return other, len(other)

    def _go_on(self, step: Step, number: int, version: int) -> None:
        """A job is as it was at a version: steps that fitted it then fit it again."""
        for other in (*self.done, *self.undone):
            for side in (other.before, other.after) if other is not step else ():
                if number in side and side[number][1] == version:
                    side[number] = side[number][0], self.jobs[number].version

    def _unmoved(self, job: Job, image: Job, version: int) -> bool:
        stopped = job.want != "run" and job.state in ("running", "paused", "cancelled")
        return job.version == version or (image.state == "running" and stopped)

    def _restored(self, job: Job, image: Job) -> Job:
        back = replace(job, **{name: getattr(image, name) for name in RESTORED})
        if image.state == "running" and job.state != "running":  # its worker has gone; nothing is charged
            return replace(back, state="queued", attempts=max(image.attempts - 1, 0))
        return back

    def _release_before_open_gates(self) -> None:
        for job in list(self.jobs.values()):
            if job.state == "held" and job.gate not in self.closed:
                self._put(self._queued(job))


def _home(job: Job) -> str:
    """The lane that a job runs in when nobody put it elsewhere."""
    if job.remote:
        return "network"
    by_a_model = job.kind == "draft" and job.engine not in ("", "offline")
    return "local" if by_a_model else HOME.get(job.kind, job.lane)
