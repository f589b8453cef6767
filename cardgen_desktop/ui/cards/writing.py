"""Jobs that write proposals: which place is being written, and what it says so far."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QObject, Signal

from ...domain.events import Event, JobChanged, JobText
from ...domain.job import TERMINAL_STATES, JobSnapshot, JobState
from ...domain.job_kinds import DraftRequest
from ...jobs.interface import Commands
from ..jobs.streaming import StreamedText

STANDS_STILL = frozenset({JobState.HELD, JobState.WAITING, JobState.PAUSED})


class Writing:
    """A job about places of one card; `texts` is what it has written of each, `place` the one under way."""

    def __init__(self, job: JobSnapshot, request: DraftRequest, streamed: StreamedText) -> None:
        self.job, self.streamed = job, streamed
        self.card_id, self.paths = request.card_id or 0, request.paths
        self.texts: dict[str, str] = {}
        self.place = ""

    def shown(self, path: str) -> tuple[str, str]:
        """What a place says so far, and before its first word what the job does."""
        text = self.texts.get(path, "")
        return text, "" if text else phase_words(self.job)

    def take(self, path: str, text: str) -> str:
        """Note what a place says now; answers which place it is."""
        known = path in self.paths or len(self.paths) != 1
        self.place = path if known else self.paths[0]
        self.texts[self.place] = text
        return self.place


def phase_words(job: JobSnapshot) -> str:
    """Where a job is that has not written of a place yet: "Reading the sources 40 %"."""
    if job.state is JobState.QUEUED or not job.phase:
        return "Waits for its turn"
    return job.phase


class WritingJobs(QObject):
    """The jobs that were started from the editor and are not over.

    Signals: `changed(path)` when a place of a card says more, `moved` when a place is begun or given up,
    `ended(JobSnapshot)` when a job is over or stands still.
    """

    changed = Signal(str)
    moved = Signal()
    ended = Signal(object)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._jobs: dict[int, Writing] = {}

    async def start(
        self, requests: Sequence[DraftRequest], commands: Commands, *, batch_title: str = ""
    ) -> tuple[JobSnapshot, ...]:
        """Queue requests for proposals and follow their jobs; several are one batch."""
        jobs = await commands.start_drafts(requests, batch_title=batch_title)
        for job, request in zip(jobs, requests, strict=True):
            streamed = StreamedText(partial(self._on_text, job.id), self)
            streamed.follow(job.id)
            self._jobs[job.id] = Writing(job, request, streamed)
        self.moved.emit()
        return jobs

    def hear(self, event: Event) -> None:
        """Take an event in."""
        if isinstance(event, JobText) and event.job_id in self._jobs:
            self._jobs[event.job_id].streamed.hear(event)
        elif isinstance(event, JobChanged) and event.job.id in self._jobs:
            self._on_job(event.job)

    def at(self, card_id: int, path: str) -> Writing | None:
        """The job that is to write a place of a card."""
        return next((each for each in self.of_card(card_id) if path in each.paths), None)

    def of_card(self, card_id: int) -> tuple[Writing, ...]:
        """The jobs about a card, oldest first."""
        return tuple(each for each in self._jobs.values() if each.card_id == card_id)

    def _on_text(self, job_id: int, path: str, text: str) -> None:
        writing = self._jobs.get(job_id)
        if writing is not None:
            before = writing.place
            place = writing.take(path, text)
            self.changed.emit(place)
            if place != before:
                self.moved.emit()

    def _on_job(self, job: JobSnapshot) -> None:
        writing = self._jobs[job.id]
        before, writing.job = phase_words(writing.job), job
        if job.state in TERMINAL_STATES or job.state in STANDS_STILL:
            self._jobs.pop(job.id).streamed.deleteLater()
            self.ended.emit(job)
            self.moved.emit()
        elif phase_words(job) != before:
            for path in (path for path in writing.paths if path not in writing.texts):
                self.changed.emit(path)
