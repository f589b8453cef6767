"""Carrying out what the person chose about a job that stands still."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from ...domain.draft import OFFLINE_ENGINE
from ...domain.job import HoldReason, JobQuery, JobSnapshot, JobState
from ...domain.job_kinds import DRAFT
from ...jobs.interface import Commands
from ..context import UiContext
from ..tasks import TaskOwner
from ..wording import counted
from .actions import ActionKey
from .copying import copy_details
from .details import JobDetails
from .remedies import Remedy

SETTLED = {
    "continue": "It goes on from what is written",
    "keep": "The text is kept",
    "discard": "The text is discarded",
}


MOST_HELD = 1_000
NOTHING_HELD = "No draft waits for the network any more"


class Remedying(QObject):
    """Turns remedies into commands, or into the way to another page.

    Signals: `engine_requested(profile name, field)`, `sources_requested`, `changes_requested`.
    """

    engine_requested = Signal(str, str)
    sources_requested = Signal()
    changes_requested = Signal()

    def __init__(
        self,
        details: JobDetails,
        act: Callable[[ActionKey, list[JobSnapshot]], None],
        *,
        context: UiContext,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._details, self._act, self._context = details, act, context
        self._commands: Commands | None = None
        self._tasks: TaskOwner | None = None
        details.remedy_chosen.connect(self.carry_out)

    def attach(self, commands: Commands, tasks: TaskOwner) -> None:
        """From now on there are commands."""
        self._commands, self._tasks = commands, tasks

    def carry_out(self, remedy: Remedy) -> None:
        """Do what was chosen for the job in the details."""
        job = self._details.job
        if job is None:
            return
        match remedy.means:
            case "engine":
                self.engine_requested.emit(job.engine, remedy.about)
            case "go_on":
                self._act("retry" if job.state is JobState.FAILED else "resume", [job])
            case "changes":
                self.changes_requested.emit()
            case "sources":
                self.sources_requested.emit()
            case "copy":
                copy_details([job], self._context.notify)
            case "settle" | "offline":
                self._spawn(remedy, job)

    def _spawn(self, remedy: Remedy, job: JobSnapshot) -> None:
        if self._commands is not None and self._tasks is not None:
            work = self._settle(remedy, job) if remedy.means == "settle" else self._draft_offline(job)
            self._tasks.spawn(work, name=f"{remedy.about or remedy.means} job")

    async def _settle(self, remedy: Remedy, job: JobSnapshot) -> None:
        assert self._commands is not None
        await self._commands.settle_partial(job.id, remedy.about)  # type: ignore[arg-type]
        self._context.notify.toast(SETTLED[remedy.about])

    def draft_held_offline(self) -> None:
        """Let the offline drafter do every draft that waits for the network."""
        if self._commands is not None and self._tasks is not None:
            self._tasks.spawn(self._draft_held(self._commands), name="draft held jobs offline")

    async def _draft_held(self, commands: Commands) -> None:
        page = await commands.jobs(JobQuery(states=(JobState.HELD,), kind=DRAFT, limit=MOST_HELD))
        held = [job for job in page.jobs if job.hold_reason == HoldReason.OFFLINE]
        for job in held:
            await commands.retry_copy(job.id, {"engine": OFFLINE_ENGINE})
            await commands.cancel_jobs([job.id])
        told = counted(len(held), "draft")
        self._context.notify.toast(f"The offline drafter does {told} now" if held else NOTHING_HELD)

    async def _draft_offline(self, job: JobSnapshot) -> None:
        """The same draft by the embedded drafter, in place of the one that stands still."""
        assert self._commands is not None
        await self._commands.retry_copy(job.id, {"engine": OFFLINE_ENGINE})
        if job.state is not JobState.FAILED:
            await self._commands.cancel_jobs([job.id])
        self._context.notify.toast("The offline drafter does it now")
