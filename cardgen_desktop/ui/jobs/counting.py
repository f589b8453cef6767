"""How many jobs are in each state, how many need the person, which batches there are; read when one moved."""

from collections.abc import Mapping

from PySide6.QtCore import QObject, Signal

from ...domain.job import JobQuery, JobSnapshot, JobState, needs_you
from ...domain.job_views import BatchView
from ...jobs.interface import Commands
from ..tasks import TaskOwner
from .queue_bar import CLEARED
from .words import KINDS

REMEMBERED = 10_000


class JobCounter(QObject):
    """Keeps the counts; asks at most once at a time, and once more for what moved meanwhile.

    Signals: `changed(dict of JobState to int)`; `kinds_changed` when a kind was seen for the first time;
    `batches_changed(tuple of BatchView)`.
    """

    changed = Signal(object)
    kinds_changed = Signal()
    batches_changed = Signal(object)

    def __init__(self, commands: Commands, tasks: TaskOwner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._commands, self._tasks = commands, tasks
        self._seen: dict[int, tuple[JobState, bool]] = {}
        self._outdated = self._asking = False
        self.counts: dict[JobState, int] = {}
        self.needs_you = self.to_clear = 0
        self.kinds: set[str] = set()
        self.batches: tuple[BatchView, ...] = ()

    def heed(self, noted: Mapping[int, JobSnapshot | None]) -> None:
        """Jobs changed (None: went); progress alone moves no count."""
        if len(self._seen) > REMEMBERED:
            self._seen.clear()
        moved = [self._heed_one(job_id, job) for job_id, job in noted.items()]
        self._note_kinds({job.kind for job in noted.values() if job is not None})
        if any(moved):
            self.count()

    def count(self) -> None:
        """Count again."""
        self._outdated = True
        if not self._asking:
            self._asking = True
            self._tasks.spawn(self._ask(), name="count jobs")

    def find_kinds(self) -> None:
        """Look which kinds of jobs there are, beside those that were seen."""
        self._tasks.spawn(self._ask_kinds(), name="find kinds of jobs")

    def _heed_one(self, job_id: int, job: JobSnapshot | None) -> bool:
        if job is None:
            self._seen.pop(job_id, None)
            return True
        mark = (job.state, needs_you(job))
        if self._seen.get(job_id) == mark:
            return False
        self._seen[job_id] = mark
        return True

    def _note_kinds(self, kinds: set[str]) -> None:
        if kinds - self.kinds:
            self.kinds |= kinds
            self.kinds_changed.emit()

    async def _ask(self) -> None:
        try:
            while self._outdated:
                self._outdated = False
                self.counts = await self._commands.job_counts()
                self.needs_you = await self._commands.needs_you_count()
                self.batches = await self._commands.batches()
                self.to_clear = (await self._commands.jobs(CLEARED.model_copy(update={"limit": 0}))).total
        finally:
            self._asking = False
        self.changed.emit(dict(self.counts))
        self.batches_changed.emit(self.batches)

    async def _ask_kinds(self) -> None:
        found = set()
        for kind in KINDS:
            page = await self._commands.jobs(JobQuery(kind=kind, limit=1))
            found |= {job.kind for job in page.jobs}
        self._note_kinds(found)
