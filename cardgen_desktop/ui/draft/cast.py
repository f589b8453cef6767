"""Who is in the set of sources: asked for each set anew, an answer for an earlier set is dropped."""

import asyncio
from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal

from ...domain.errors import CardgenError
from ...domain.source import SourceSummary
from ...jobs.interface import Commands
from ..tasks import TaskOwner


class Cast(QObject):
    """Reads one set at a time.

    Signals: `began` for another set, `progressed(fraction, phase)`, `found(tuple[Person, ...])`,
    `failed(CardgenError)`.
    """

    began = Signal()
    progressed = Signal(object, object)
    found = Signal(object)
    failed = Signal(object)

    def __init__(self, commands: Commands, tasks: TaskOwner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._commands, self._tasks = commands, tasks
        self._ids: tuple[int, ...] = ()
        self._turn = 0
        self._task: asyncio.Task[None] | None = None

    @property
    def is_reading(self) -> bool:
        """Whether an answer is under way."""
        return self._task is not None and not self._task.done()

    def read(self, sources: Sequence[SourceSummary]) -> None:
        """Read another set; the reading of the one before is stopped."""
        self._ids = tuple(source.id for source in sources)
        self.read_again()

    def read_again(self) -> None:
        """Read the same set once more, after a failure."""
        self._turn += 1
        if self._task is not None:
            self._task.cancel()
        self.began.emit()
        if not self._ids:
            self.found.emit(())
            return
        self._task = self._tasks.spawn(self._read(self._ids, self._turn), name="find people")

    async def _read(self, ids: tuple[int, ...], turn: int) -> None:
        def report(fraction: float, phase: str) -> None:
            if turn == self._turn:
                self.progressed.emit(fraction, phase)

        try:
            people = await self._commands.people(ids, on_progress=report)
        except CardgenError as error:
            if turn == self._turn:
                self.failed.emit(error)
            return
        if turn == self._turn:
            self.found.emit(people)
