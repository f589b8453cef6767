"""Carrying out what the person wants of jobs: one after the other, told once, undone where it can be."""

from collections.abc import Iterable, Sequence

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
        ids = [job.id for job in fitting]
        if key == "remove" and fitting:
            moved = await self._commands.remove_jobs(ids)
            self._notify.toast(
                removed_words(fitting, len(jobs) - len(fitting)),
                action="Undo",
                callback=lambda: self._undo(moved.undo_id),
            )
        elif key == "retry" and fitting:
            await self._commands.retry_jobs(ids)
        elif key == "cancel" and fitting:
            await self._commands.cancel_jobs(ids)

    def _undo(self, undo_id: int | None) -> None:
        self._tasks.spawn(self._commands.undo(undo_id), name="undo")


def removed_words(removed: Sequence[JobSnapshot], skipped: int) -> str:
    """What a removal is called in its toast."""
    if len(removed) == 1:
        text = f"Job of {words.character_name(removed[0])} removed"
    else:
        text = f"{counted(len(removed), 'job')} removed"
    return f"{text} · {skipped} not finished stayed" if skipped else text
