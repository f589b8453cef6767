"""What can be taken back and done again: named, kept by the queue itself, so that it survives a restart."""

from collections.abc import Callable, Coroutine
from typing import Any

from PySide6.QtCore import QObject, Signal

from ...domain.errors import UsageError
from ...domain.queue import JobsMoved, UndoHistory
from ...jobs.interface import Commands
from ..notify import Notify
from ..tasks import TaskOwner
from .outcomes import redone_words, step_words, undone_words

TOPIC = "jobs"
"""News about jobs that were moved takes the place of earlier such news."""


class JobHistory(QObject):
    """Knows the last steps by name; `undo` and `redo` carry them out.

    Signals: `changed` when other steps can be taken back or done again.
    """

    changed = Signal()

    def __init__(
        self, commands: Commands, tasks: TaskOwner, notify: Notify, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._commands, self._tasks, self._notify = commands, tasks, notify
        self.known = UndoHistory()

    @property
    def undo_words(self) -> str:
        """The row of the menu that takes the last step back; empty when there is none."""
        return f"Undo: {step_words(self.known.undo[-1].name)}" if self.known.undo else ""

    @property
    def redo_words(self) -> str:
        """The row of the menu that does the last undone step again; empty when there is none."""
        return f"Redo: {step_words(self.known.redo[-1].name)}" if self.known.redo else ""

    def refresh(self) -> None:
        """Read the steps again."""
        self._tasks.spawn(self._read(), name="read undo history")

    def undo(self, undo_id: int | None = None) -> None:
        """Take a step back, by default the last one."""
        self._tasks.spawn(self._step(lambda: self._commands.undo(undo_id), undone_words), name="undo")

    def redo(self) -> None:
        """Do the step that was taken back last once more."""
        self._tasks.spawn(self._step(self._commands.redo, redone_words), name="redo")

    async def _read(self) -> None:
        known = await self._commands.undo_history()
        if known != self.known:
            self.known = known
            self.changed.emit()

    async def _step(
        self, take: Callable[[], Coroutine[Any, Any, JobsMoved]], say: Callable[[JobsMoved], str]
    ) -> None:
        try:
            self._notify.toast(say(await take()), topic=TOPIC)
        except UsageError as nothing:
            self._notify.toast(nothing.message, topic=TOPIC)
        finally:
            await self._read()
