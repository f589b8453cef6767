"""Carrying out what the person wants of jobs: shown at once, one command for all of them, told once."""

from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from ...domain.job import JobQuery, JobSnapshot, JobWant, Priority
from ...domain.queue import JobsMoved
from ...jobs.interface import Commands, JobTarget
from ..notify import Notify
from ..tasks import TaskOwner
from .actions import ActionKey, allows
from .history import TOPIC, JobHistory
from .model import JobsModel
from .outcomes import moved_words, nothing_words
from .window import UNKNOWN
from .words import WISH

_INTENTS: dict[ActionKey, dict[str, Any]] = {
    "cancel": {"want": JobWant.CANCEL},
    "pause": {"want": JobWant.PAUSE},
    "resume": {"metadata": {WISH: "resume"}},
    "retry": {"metadata": {WISH: "retry"}},
    "now": {"metadata": {WISH: "now"}},
    "seen": {"needs_review": False},
    "remove": {"metadata": {WISH: "remove"}},
}
"""How a row looks while its job is asked; the words for it are in `words.py`."""


MOST_BY_ID = 10_000
"""A longer selection of a whole list is handed over as its filter."""


class JobOperations:
    """Runs actions on jobs through the commands. `model` shows the wish until the queue has answered."""

    def __init__(
        self,
        commands: Commands,
        tasks: TaskOwner,
        notify: Notify,
        history: JobHistory,
        model: JobsModel | None = None,
    ) -> None:
        self._commands, self._tasks, self._notify = commands, tasks, notify
        self._history, self._model = history, model

    def run(self, key: ActionKey, jobs: Sequence[JobSnapshot], *, priority: Priority | None = None) -> None:
        """Start an action on known jobs; when it fits none of them, say why. `open` is the page's own."""
        if jobs and not any(allows(job, key) for job in jobs):
            self._notify.toast(nothing_words(key), topic=TOPIC)
        elif jobs:
            self.run_on(key, [job.id for job in jobs], jobs, priority=priority)

    def review(self, job: JobSnapshot) -> None:
        """The card of a job is opened: it needs no review any more. Not worth a word."""
        self._tasks.spawn(self._review(job), name="mark as reviewed")

    async def _review(self, job: JobSnapshot) -> None:
        self._put("seen", await self._commands.mark_reviewed([job.id]))
        self._history.refresh()

    def run_on(
        self,
        key: ActionKey,
        target: JobTarget,
        known: Sequence[JobSnapshot] = (),
        *,
        priority: Priority | None = None,
    ) -> None:
        """Start an action on ids, or on all that a filter lets through; `known` are those in sight."""
        self._tasks.spawn(self._run(key, target, known, priority), name=f"{key} jobs")

    def run_on_rows(
        self, key: ActionKey, model: JobsModel, rows: Sequence[int], *, priority: Priority | None = None
    ) -> None:
        """The same for rows of a model: by id where every job is known, by the filter when all are meant."""
        known = [job for row in rows[:MOST_BY_ID] if (job := model.job(row)) is not None]
        if len(known) == len(rows):
            self.run(key, known, priority=priority)
            return
        if len(rows) == model.rowCount() and len(rows) > MOST_BY_ID:
            self.run_on(key, model.query.model_copy(update={"offset": 0}), known, priority=priority)
            return
        ids = [job_id for row in rows if (job_id := model.id_at(row)) > UNKNOWN]
        if len(ids) == len(rows):
            self.run_on(key, ids, known, priority=priority)
        else:
            looking = self._look_up_and_run(key, model.query, rows, known, priority)
            self._tasks.spawn(looking, name=f"{key} jobs")

    async def _look_up_and_run(
        self,
        key: ActionKey,
        query: JobQuery,
        rows: Sequence[int],
        known: Sequence[JobSnapshot],
        priority: Priority | None,
    ) -> None:
        order = await self._commands.job_order(query)
        ids = [order[row] for row in rows if row < len(order)]
        await self._run(key, ids, known, priority)

    async def _run(
        self, key: ActionKey, target: JobTarget, known: Sequence[JobSnapshot], priority: Priority | None
    ) -> None:
        shown = [job.id for job in known if allows(job, key)]
        changes = {"priority": int(priority)} if priority is not None else _INTENTS.get(key, {})
        self._show(shown, changes)
        try:
            moved = await self._command(key, target, priority)
            self._put(key, moved)
        finally:
            self._drop(shown, changes)
        self._tell(key, moved, known, priority)
        self._history.refresh()

    def _command(
        self, key: ActionKey, target: JobTarget, priority: Priority | None
    ) -> Coroutine[Any, Any, JobsMoved]:
        commands = self._commands
        if key == "priority":
            return commands.set_priority(target, Priority.NORMAL if priority is None else priority)
        if key in ("top", "bottom"):
            return commands.move_jobs(target, "top" if key == "top" else "bottom")
        by_key: dict[ActionKey, Callable[[JobTarget], Coroutine[Any, Any, JobsMoved]]] = {
            "cancel": commands.cancel_jobs,
            "pause": commands.pause_jobs,
            "resume": commands.resume_jobs,
            "retry": commands.retry_jobs,
            "now": commands.run_jobs_now,
            "remove": commands.remove_jobs,
            "seen": commands.mark_reviewed,
        }
        return by_key[key](target)

    def _tell(
        self, key: ActionKey, moved: JobsMoved, known: Sequence[JobSnapshot], priority: Priority | None
    ) -> None:
        fitting = [job for job in known if allows(job, key)]
        undo_id = moved.undo_id
        self._notify.toast(
            moved_words(key, moved, fitting, priority),
            action=None if undo_id is None else "Undo",
            callback=None if undo_id is None else lambda: self._history.undo(undo_id),
            topic=TOPIC,
        )

    def _show(self, ids: Sequence[int], changes: dict[str, Any]) -> None:
        if ids and changes and self._model is not None:
            self._model.show_intent(ids, **changes)

    def _put(self, key: ActionKey, moved: JobsMoved) -> None:
        """The answer is newer than the wish: it is in the model before the wish goes."""
        if self._model is None:
            return
        for job in moved.jobs:
            if key == "remove":
                self._model.note_removed(job.id)
            else:
                self._model.note(job)
        self._model.flush()

    def _drop(self, ids: Sequence[int], changes: dict[str, Any]) -> None:
        if ids and changes and self._model is not None:
            self._model.drop_intent(ids)
