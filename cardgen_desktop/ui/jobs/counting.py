"""How many jobs are in each state, counted again when one moved."""

from collections.abc import Mapping

from PySide6.QtCore import QObject, Signal

from ...domain.job import JobSnapshot, JobState
from ...jobs.interface import Commands
from ..tasks import TaskOwner

REMEMBERED = 10_000


class JobCounter(QObject):
    """Keeps the counts; asks at most once at a time, and once more for what moved meanwhile.

    Signals: `changed(dict of JobState to int)`.
    """

    changed = Signal(object)

    def __init__(self, commands: Commands, tasks: TaskOwner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._commands, self._tasks = commands, tasks
        self._seen: dict[int, JobState] = {}
        self._outdated = self._asking = False
        self.counts: dict[JobState, int] = {}

    def heed(self, noted: Mapping[int, JobSnapshot | None]) -> None:
        """Jobs changed (None: went); progress alone moves no count."""
        if len(self._seen) > REMEMBERED:
            self._seen.clear()
        moved = False
        for job_id, job in noted.items():
            state = None if job is None else job.state
            moved = moved or state is None or self._seen.get(job_id) is not state
            if state is None:
                self._seen.pop(job_id, None)
            else:
                self._seen[job_id] = state
        if moved:
            self.count()

    def count(self) -> None:
        """Count again."""
        self._outdated = True
        if not self._asking:
            self._asking = True
            self._tasks.spawn(self._ask(), name="count jobs")

    async def _ask(self) -> None:
        try:
            while self._outdated:
                self._outdated = False
                self.counts = await self._commands.job_counts()
        finally:
            self._asking = False
        self.changed.emit(dict(self.counts))
