"""Jobs in the hands of workers: progress lives here, is announced at once, and stored twice a second.

Announcing is bounded to ten times a second for each job (a new phase always is), storing to one transaction
every half second for all jobs together: progress may be lost in a crash, moves may not. Streamed text goes
the same way: the screen is ahead of the disk by at most a second (ux-and-reliability.md 3.4), and waits while
it writes; with a slow disk the screen shows what is stored.
"""

import asyncio
import time
from collections.abc import Callable, Iterator

from ..domain.events import JobChanged
from ..domain.job import JobSnapshot, JobState, JobWant, Lane
from ..store import progress as stored_progress
from ..store.engine import Database
from ..store.progress import Report
from .clock import Clock, SystemClock
from .events import EventBus
from .redaction import safe_line
from .rounds import every

ANNOUNCE_SECONDS = 0.1
STORE_SECONDS = 0.5
SLOW_SECONDS = 0.1
"""A disk that took so long for the last round may take as much longer for the next: text goes there first."""

NOTES_AT_ONCE = 200


class SupersededError(Exception):
    """The job is no longer this process's to finish: its result is dropped."""


class StoppedError(Exception):
    """The job has stopped at a safe point because the person wants it; what is finished is kept."""


class RunningJob:
    """One job while a worker has it. `snapshot` carries the progress of this moment, `model` who writes."""

    def __init__(self, snapshot: JobSnapshot, bus: EventBus, clock: Clock | None = None) -> None:
        self.snapshot = snapshot
        self.task: asyncio.Task[None] | None = None
        self.unsaved = False
        self.left_behind = asyncio.Event()
        self.pauses_asked = 0
        self.model = ""
        self._notes: list[tuple[float, str, str]] = []
        self._partials: dict[str, str] = {}
        self._waiting_shows: dict[str, Callable[[], None]] = {}
        self._taken_shows: dict[str, Callable[[], None]] = {}
        self._screen_waits = False
        self._bus = bus
        self._clock = clock or SystemClock()
        self._began = time.monotonic()
        self._seconds_before = snapshot.active_seconds
        self._announced_at = 0.0
        self._stretch = (0.0, 1.0)

    @property
    def id(self) -> int:
        """The job's id."""
        return self.snapshot.id

    @property
    def lane(self) -> Lane:
        """The lane the job takes a place of."""
        return self.snapshot.lane

    @property
    def is_remote(self) -> bool:
        """Whether the work needs the network."""
        return self.snapshot.is_remote

    @property
    def wants_pause(self) -> bool:
        """Whether to stop at the next safe point, by raising `StoppedError`."""
        return self.snapshot.want is JobWant.PAUSE

    def abandon(self) -> None:
        """Wait no longer for work that does not stop; whatever it says from now on is not stored."""
        if self.task is not None and not self.task.done():
            self.left_behind.set()

    def stop_if_wanted(self) -> None:
        """A safe point: raises `StoppedError` when the person wants a pause."""
        if self.wants_pause:
            raise StoppedError(f"job {self.id} pauses")

    @property
    def seconds(self) -> float:
        """Seconds of work, in this attempt and before it."""
        return self._seconds_before + time.monotonic() - self._began

    def report(self, fraction: float, phase: str) -> None:
        """Progress from 0 to 1; it never goes back within an attempt."""
        if self.left_behind.is_set():
            return
        percent = max(self.snapshot.progress, min(100.0, 100.0 * fraction))
        is_new_phase = phase != self.snapshot.phase
        self.unsaved = self.unsaved or is_new_phase or percent != self.snapshot.progress
        self._show(percent, phase)
        now = time.monotonic()
        if self.unsaved and (is_new_phase or now - self._announced_at >= ANNOUNCE_SECONDS):
            self._announced_at = now
            self._bus.announce(JobChanged(self.snapshot))

    def set_stretch(self, start: float, end: float) -> None:
        """The part of the work that `report_within` speaks of from now on, as fractions of the whole."""
        self._stretch = (start, end)

    def report_within(self, fraction: float, phase: str) -> None:
        """Progress within the present stretch, from 0 to 1."""
        start, end = self._stretch
        self.report(start + (end - start) * min(1.0, max(0.0, fraction)), phase)

    def moved(self, snapshot: JobSnapshot) -> None:
        """Take over what the database says of the running job, and go on with the progress of this moment."""
        percent, phase = self.snapshot.progress, self.snapshot.phase
        self.snapshot = snapshot
        if snapshot.state is JobState.RUNNING:
            self._show(max(percent, snapshot.progress), phase)
        self._bus.announce(JobChanged(self.snapshot))

    def note(self, kind: str, text: str) -> None:
        """Add a line to the job's log; secrets are taken out, and it is stored with the next progress."""
        if len(self._notes) < NOTES_AT_ONCE:
            self._notes.append((self._clock.wall(), kind, safe_line(text)))
            self.unsaved = True

    def keep_partial(self, step_key: str, text: str, show: Callable[[], None] = lambda: None) -> None:
        """Keep what was streamed of a step so far; stored within half a second.

        `show` is called as soon as the text may be seen: now, or when it is stored.
        """
        self._partials[step_key] = text
        self.unsaved = True
        if self._screen_waits:
            self._waiting_shows[step_key] = show
        else:
            show()

    def drop_partial(self, step_key: str) -> None:
        """A step is finished: what was streamed of it and not stored yet need not be."""
        for waiting in (self._partials, self._waiting_shows, self._taken_shows):
            waiting.pop(step_key, None)

    def hold_screen(self) -> None:
        """A round of storing begins: what may be seen from now on is what it has stored."""
        self._screen_waits = True

    def take_report(self) -> Report:
        """What to store now; notes and streamed text are handed over."""
        notes, self._notes = tuple(self._notes), []
        partials, self._partials = tuple(self._partials.items()), {}
        self._taken_shows, self._waiting_shows = self._taken_shows | self._waiting_shows, {}
        self.unsaved = False
        return Report(
            job_id=self.id,
            percent=self.snapshot.progress,
            phase=self.snapshot.phase,
            seconds=self.seconds,
            notes=notes,
            partials=partials,
        )

    def give_back(self, report: Report) -> None:
        """A report could not be stored: it comes with the next one."""
        self._notes = [*report.notes, *self._notes]
        self._partials = dict(report.partials) | self._partials
        self._waiting_shows, self._taken_shows = self._taken_shows | self._waiting_shows, {}
        self.unsaved = True

    def stored(self, *, slowly: bool = False) -> None:
        """What was taken is stored; after a quick round the screen may go ahead of the next one."""
        shows, self._taken_shows, self._screen_waits = self._taken_shows, {}, slowly
        if not slowly:
            shows, self._waiting_shows = shows | self._waiting_shows, {}
        for show in shows.values():
            show()

    def _show(self, percent: float, phase: str) -> None:
        now = {"progress": percent, "phase": phase, "active_seconds": self.seconds}
        self.snapshot = self.snapshot.model_copy(update=now)


class RunningJobs:
    """All jobs in work, by id, and the task that stores their progress."""

    def __init__(self, database: Database, clock: Clock | None = None) -> None:
        self._database = database
        self._clock = clock or SystemClock()
        self._running: dict[int, RunningJob] = {}
        self.epoch = 0

    def __iter__(self) -> Iterator[RunningJob]:
        return iter(tuple(self._running.values()))

    def __len__(self) -> int:
        return len(self._running)

    def lanes(self) -> list[Lane]:
        """The lane of each job in work."""
        return [running.lane for running in self._running.values()]

    def add(self, running: RunningJob) -> None:
        """A worker has taken a job."""
        self._running[running.id] = running

    def remove(self, running: RunningJob) -> None:
        """The job is no longer in work."""
        if self._running.get(running.id) is running:
            del self._running[running.id]

    def get(self, job_id: int) -> RunningJob | None:
        """The job while it is in work."""
        return self._running.get(job_id)

    def live(self, snapshot: JobSnapshot) -> JobSnapshot:
        """A stored snapshot with the progress of this moment."""
        running = self._running.get(snapshot.id)
        if running is None or snapshot.state is not JobState.RUNNING:
            return snapshot
        keys = ("progress", "phase", "active_seconds")
        return snapshot.model_copy(update={key: getattr(running.snapshot, key) for key in keys})

    async def store_progress(self) -> None:
        """Store what has changed, twice a second, until cancelled."""
        # The move at the end of the job reports a full disk; progress alone is not worth a word.
        await every(STORE_SECONDS, self._store_once, name="progress was not stored")

    async def _store_once(self) -> None:
        unsaved = [running for running in self if running.unsaved]
        if not unsaved:
            return
        began, reports = time.monotonic(), dict[RunningJob, Report]()
        for running in unsaved:
            running.hold_screen()
        try:
            async with self._database.write(durable=False) as connection:
                # Not before it is our turn: nobody can finish a step between this and the statements.
                reports = {running: running.take_report() for running in unsaved}
                now = self._clock.wall()
                await stored_progress.save_reports(connection, self.epoch, list(reports.values()), now)
        except BaseException:
            for running, report in reports.items():
                running.give_back(report)
            raise
        slowly = time.monotonic() - began > SLOW_SECONDS
        for running in unsaved:
            running.stored(slowly=slowly)
