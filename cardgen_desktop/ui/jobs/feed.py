"""What the details pane needs beyond the snapshot: steps, attempts, log, and the card a finished job made."""

import asyncio

from ...domain.errors import CardgenError
from ...domain.job import JobSnapshot, JobState
from ...jobs.interface import Commands
from ..tasks import TaskOwner
from .actions import card_id_of
from .details import JobDetails
from .report import JobReports
from .streaming import StreamedText

PAUSE_SECONDS = 0.25
"""The least time between two readings of the same job."""


class DetailsFeed:
    """Reads for whichever job is shown, one question at a time; an answer for another job is dropped.

    A job that changes many times a second is read at most once every `PAUSE_SECONDS`; nothing is read while
    the pane is out of sight.
    """

    def __init__(self, commands: Commands, tasks: TaskOwner, details: JobDetails) -> None:
        self._commands, self._tasks, self._details = commands, tasks, details
        self._reading = False
        self._known: JobSnapshot | None = None
        self._batches: dict[int, str] = {}
        self._other_job = asyncio.Event()
        self.reports = JobReports(commands, tasks, details)
        self.streamed = StreamedText(details.show_streamed, details)
        details.became_visible.connect(self._wake)

    def show(self, job: JobSnapshot) -> None:
        """Show a job now, and the rest as soon as it is known."""
        if self._details.job is not None and self._details.job.id != job.id:
            self._other_job.set()
            self._known = None
        self.streamed.follow(job.id)
        self._details.show_job(job)
        self._details.show()
        self._wake()

    def _wake(self) -> None:
        if not self._reading and self._wants_reading():
            self._reading = True
            self._tasks.spawn(self._read(), name="read details")

    def _wants_reading(self) -> bool:
        job = self._details.job
        return job is not None and job.id > 0 and job != self._known and self._details.isVisible()

    async def _read(self) -> None:
        try:
            while (job := self._details.job) is not None and self._wants_reading():
                self._other_job.clear()
                await self._read_one(job)
                self._known = job
                if self._is_shown(job):
                    await self._pause()
        finally:
            self._reading = False

    async def _pause(self) -> None:
        try:
            await asyncio.wait_for(self._other_job.wait(), PAUSE_SECONDS)
        except TimeoutError:
            return

    async def _read_one(self, job: JobSnapshot) -> None:
        try:
            details = await self._commands.job_details(job.id)
            if self._is_shown(job):
                self._details.show_details(details)
            await self._name_batch(job)
            card_id = card_id_of(job)
            if job.state is JobState.SUCCEEDED and card_id is not None:
                record = await self._commands.card(card_id)
                if self._is_shown(job):
                    self._details.show_card(record)
        except CardgenError:
            # The job or its card was removed meanwhile; the list tells that in its own way.
            return

    async def _name_batch(self, job: JobSnapshot) -> None:
        """The title of the batch, asked for once; an old one is known by its number only."""
        if job.batch_id is None:
            return
        if job.batch_id not in self._batches:
            self._batches.update((batch.id, batch.title) for batch in await self._commands.batches())
            self._batches.setdefault(job.batch_id, "")
        if self._is_shown(job):
            self._details.name_batch(self._batches[job.batch_id])

    def _is_shown(self, job: JobSnapshot) -> bool:
        return self._details.job is not None and self._details.job.id == job.id
