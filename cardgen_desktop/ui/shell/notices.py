"""News for somebody who looks elsewhere: a batch ended, or jobs need the person.

Nothing is told while the window is used. At most one notice in `PAUSE_SECONDS`; what comes meanwhile is
merged into the next one.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, cast

from PySide6.QtCore import QObject, QTimer, Signal, SignalInstance
from PySide6.QtWidgets import QApplication, QWidget

from ...domain.events import BatchEnded, Event, JobChanged
from ...domain.job import JobSnapshot, JobState, needs_you
from ...domain.job_views import BatchView
from ...jobs.interface import Events
from ..context import UiContext
from ..jobs import words
from ..wording import counted, reason_of

PAUSE_SECONDS = 10.0
GATHER_MILLISECONDS = 300
REMEMBERED = 100_000
LONGEST = 200
TOPIC = "notice"


@dataclass(frozen=True, slots=True)
class Notice:
    """What is told: a title, a line, and the job it is about when it is about one."""

    title: str
    text: str
    job_id: int | None = None


class Messenger(Protocol):
    """How a notice reaches somebody outside the window."""

    clicked: SignalInstance

    @property
    def is_available(self) -> bool:
        """Whether this desktop shows notices."""
        ...

    def tell(self, title: str, text: str) -> None:
        """Show a notice."""
        ...

    def rest(self) -> None:
        """The person is back: nothing of it has to be seen any more."""
        ...


def notice_of(jobs: Sequence[JobSnapshot], batches: Sequence[BatchView]) -> Notice:
    """Everything that is new in one notice; jobs of a batch that ended are told with their batch."""
    ended = {batch.id for batch in batches}
    others = [job for job in jobs if job.batch_id not in ended]
    if not others:
        return _batches_notice(batches)
    if not batches:
        return _job_notice(others[0]) if len(others) == 1 else _jobs_notice(others)
    title = f"{_needing(len(others))} · {counted(len(batches), 'batch', 'batches')} ended"
    return Notice(title, _names(others))


def _batches_notice(batches: Sequence[BatchView]) -> Notice:
    failed, total = sum(batch.failed for batch in batches), sum(batch.total for batch in batches)
    title = f"{len(batches)} batches have ended"
    if len(batches) == 1:
        title = f"“{_short(batches[0].title)}” has ended" if batches[0].title else "A batch has ended"
    return Notice(title, f"{total - failed:,} of {total:,} done" + (f", {failed:,} failed" if failed else ""))


def _job_notice(job: JobSnapshot) -> Notice:
    name = _short(words.named(job))
    if job.state is JobState.FAILED:
        return Notice(f"{name} failed", _short(reason_of(job.error or "") or "It stopped"), job.id)
    if job.state is JobState.HELD:
        return Notice(f"{name} needs you", _short(words.progress_words(job)), job.id)
    return Notice(f"{name} is ready to review", _short(words.progress_words(job)), job.id)


def _jobs_notice(jobs: Sequence[JobSnapshot]) -> Notice:
    return Notice(_needing(len(jobs)), _names(jobs))


def _needing(number: int) -> str:
    return "1 job needs you" if number == 1 else f"{number:,} jobs need you"


def _names(jobs: Sequence[JobSnapshot]) -> str:
    names = [_short(words.character_name(job), 40) for job in jobs[:3]]
    more = len(jobs) - len(names)
    return ", ".join(names) + (f" and {more:,} more" if more else "")


def _short(text: str, limit: int = LONGEST) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= limit else f"{plain[: limit - 1]}…"


class Notices(QObject):
    """Hears the queue and tells what matters, to somebody who does not look at the window.

    Signals: `job_requested(job_id)` and `jobs_requested` when a notice was clicked.
    """

    job_requested = Signal(object)
    jobs_requested = Signal()

    def __init__(
        self,
        window: QWidget,
        messenger: Messenger,
        *,
        context: UiContext,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(window)
        self._window, self._messenger, self._context, self._clock = window, messenger, context, clock
        self._calm: set[int] = set()
        self._jobs: dict[int, JobSnapshot] = {}
        self._batches: list[BatchView] = []
        self._told_at: float | None = None
        self._last: Notice | None = None
        self._unsubscribe: Callable[[], None] | None = None
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._tell)
        messenger.clicked.connect(self._on_clicked)
        cast("QApplication", QApplication.instance()).focusChanged.connect(self._on_focus)

    def attach(self, events: Events) -> None:
        """Start listening."""
        self._unsubscribe = events.subscribe(self._on_event)

    def stop(self) -> None:
        """Stop listening; nothing more is told."""
        if self._unsubscribe is not None:
            self._unsubscribe()
        self._timer.stop()
        self._messenger.rest()

    @property
    def is_wanted(self) -> bool:
        """Whether anything is told now: the person looks elsewhere and has not switched it off."""
        return self._context.settings.value.notifications and not self._window.isActiveWindow()

    def _on_event(self, event: Event) -> None:
        if isinstance(event, JobChanged):
            self._on_job(event.job)
        elif isinstance(event, BatchEnded) and self.is_wanted:
            self._batches.append(event.batch)
            self._plan()

    def _on_job(self, job: JobSnapshot) -> None:
        if not needs_you(job):
            if len(self._calm) >= REMEMBERED:
                self._calm.clear()
            self._calm.add(job.id)
            self._jobs.pop(job.id, None)
        elif job.id in self._calm:
            self._calm.discard(job.id)
            if self.is_wanted:
                self._jobs[job.id] = job
                self._plan()

    def _plan(self) -> None:
        if self._timer.isActive():
            return
        rested = PAUSE_SECONDS if self._told_at is None else self._clock() - self._told_at
        wait = max(GATHER_MILLISECONDS, round((PAUSE_SECONDS - rested) * 1000))
        self._timer.start(wait)

    def _tell(self) -> None:
        jobs, batches = list(self._jobs.values()), self._batches
        self._jobs, self._batches = {}, []
        if not (jobs or batches) or not self.is_wanted:
            return
        self._told_at = self._clock()
        self._last = notice_of(jobs, batches)
        QApplication.alert(self._window)
        if self._messenger.is_available:
            self._messenger.tell(self._last.title, self._last.text)
        elif any(job.state is JobState.HELD for job in jobs):
            # What ended has a message of its own in the window already.
            text = f"{self._last.title}: {self._last.text}"
            self._context.notify.toast(text, action="Show", callback=self._go, topic=TOPIC)

    def _on_clicked(self) -> None:
        self._window.showNormal() if self._window.isMinimized() else self._window.show()
        self._window.raise_()
        self._window.activateWindow()
        self._go()

    def _go(self) -> None:
        if self._last is not None and self._last.job_id is not None:
            self.job_requested.emit(self._last.job_id)
        else:
            self.jobs_requested.emit()

    def _on_focus(self, _before: QWidget | None, now: QWidget | None) -> None:
        if now is not None and self._window.isActiveWindow():
            self._messenger.rest()
