"""What the details pane needs beyond the snapshot: the steps, and the card a finished job made."""

from ...domain.errors import CardgenError
from ...domain.job import JobSnapshot, JobState
from ...jobs.interface import Commands
from ..tasks import TaskOwner
from .actions import card_id_of
from .details import JobDetails


class DetailsFeed:
    """Reads for whichever job is shown, one question at a time; an answer for another job is dropped."""

    def __init__(self, commands: Commands, tasks: TaskOwner, details: JobDetails) -> None:
        self._commands, self._tasks, self._details = commands, tasks, details
        self._reading = False

    def show(self, job: JobSnapshot) -> None:
        """Show a job now, and its steps as soon as they are known."""
        self._details.show_job(job)
        self._details.show()
        if not self._reading:
            self._reading = True
            self._tasks.spawn(self._read(), name="read steps")

    async def _read(self) -> None:
        try:
            known: JobSnapshot | None = None
            while (job := self._details.job) is not None and job != known:
                await self._read_one(job)
                known = job
        finally:
            self._reading = False

    async def _read_one(self, job: JobSnapshot) -> None:
        try:
            steps = (await self._commands.job_details(job.id)).steps
            if self._is_shown(job):
                self._details.show_steps(steps)
            card_id = card_id_of(job)
            if job.state is JobState.SUCCEEDED and card_id is not None:
                record = await self._commands.card(card_id)
                if self._is_shown(job):
                    self._details.show_card(record)
        except CardgenError:
            # The job or its card was removed meanwhile; the list tells that in its own way.
            return

    def _is_shown(self, job: JobSnapshot) -> bool:
        return self._details.job is not None and self._details.job.id == job.id
