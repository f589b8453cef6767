"""Carrying out what the person wants of jobs: one after the other, told once, undone where it can be."""

from collections.abc import Iterable, Sequence

from ...domain.errors import CardgenError
from ...domain.job import JobSnapshot
from ...jobs.interface import Commands
from ..notify import Notify
from ..tasks import TaskOwner
from ..wording import counted
from . import words
from .actions import ActionKey, allows
from .model import JobsModel
from .window import PAGE_ROWS, runs


class JobOperations:
    """Runs actions on jobs through the commands; what failed is said, what was done stays done."""

    def __init__(self, commands: Commands, tasks: TaskOwner, notify: Notify) -> None:
        self._commands, self._tasks, self._notify = commands, tasks, notify

    def run(self, key: ActionKey, jobs: Sequence[JobSnapshot]) -> None:
        """Start an action on those jobs that allow it; `open` is the page's own."""
        self._tasks.spawn(self._run(key, jobs), name=f"{key} jobs")

    def run_on_rows(self, key: ActionKey, model: JobsModel, rows: Iterable[int]) -> None:
        """The same for rows of a model; those whose page was never fetched are looked up first."""
        chosen = list(rows)
        jobs = [job for row in chosen if (job := model.job(row)) is not None]
        if len(jobs) == len(chosen):
            self.run(key, jobs)
        else:
            self._tasks.spawn(self._look_up_and_run(key, model, chosen), name=f"{key} jobs")

    async def _look_up_and_run(self, key: ActionKey, model: JobsModel, rows: list[int]) -> None:
        jobs: list[JobSnapshot] = []
        for first, last in runs(rows):
            for offset in range(first, last + 1, PAGE_ROWS):
                limit = min(PAGE_ROWS, last + 1 - offset)
                page = await self._commands.jobs(
                    model.query.model_copy(update={"offset": offset, "limit": limit})
                )
                jobs += page.jobs
        await self._run(key, jobs)

    async def _run(self, key: ActionKey, jobs: Sequence[JobSnapshot]) -> None:
        fitting = [job for job in jobs if allows(job, key)]
        if key == "remove" and fitting:
            await self._remove(fitting, skipped=len(jobs) - len(fitting))
        elif key == "retry":
            for job in fitting:
                await self._commands.retry_job(job.id)
        elif key == "cancel":
            for job in fitting:
                await self._commands.cancel_job(job.id)

    async def _remove(self, jobs: Sequence[JobSnapshot], *, skipped: int) -> None:
        removed: list[JobSnapshot] = []
        try:
            for job in jobs:
                await self._commands.remove_job(job.id)
                removed.append(job)
        except CardgenError as error:
            self._notify.error(error)
        if removed:
            self._notify.toast(
                removed_words(removed, skipped), action="Undo", callback=lambda: self._undo(removed)
            )

    def _undo(self, jobs: Sequence[JobSnapshot]) -> None:
        self._tasks.spawn(self._restore(jobs), name="bring jobs back")

    async def _restore(self, jobs: Sequence[JobSnapshot]) -> None:
        for job in jobs:
            await self._commands.restore_job(job.id)


def removed_words(removed: Sequence[JobSnapshot], skipped: int) -> str:
    """What a removal is called in its toast."""
    if len(removed) == 1:
        text = f"Job of {words.character_name(removed[0])} removed"
    else:
        text = f"{counted(len(removed), 'job')} removed"
    return f"{text} · {skipped} not finished stayed" if skipped else text
