"""The left column: the sources on the desk over what was read of the current one."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ...domain.errors import CardgenError
from ...domain.source import SourceSummary, SourceText
from ...jobs.interface import Commands
from ..components import Banner, Hairline, Label
from ..context import UiContext
from ..tasks import TaskOwner
from .preview import RING_ROOM, SourcePreview
from .source_list import SourceListView
from .source_rows import SourceRow

EDGE = 16


class SourcesPane(QWidget):
    """Lists sources and previews the current one.

    Signals: `remove_requested(SourceRow)`, `other_file_requested`, and `again_requested` for files that could
    not be stored.
    """

    remove_requested = Signal(object)
    other_file_requested = Signal()
    again_requested = Signal()

    def __init__(self, *, context: UiContext, tasks: TaskOwner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context, self._tasks = context, tasks
        self._commands: Commands | None = None
        self._shown: str | None = None
        self._known: tuple[str, SourceText] | None = None
        self._look = Label(context=context, role="small", ink="warning")
        self.list = SourceListView(context=context)
        self.preview = SourcePreview(context=context)
        self.unstored = Banner("warning", "", "", "Try again", context=context)
        self.unstored.action_triggered.connect(self.again_requested)
        self.unstored.hide()
        self._lay_out()
        self.list.current_row_changed.connect(self._on_current)
        self.list.remove_requested.connect(self.remove_requested)
        self.preview.other_file_requested.connect(self.other_file_requested)

    def attach(self, commands: Commands) -> None:
        """Where texts come from."""
        self._commands = commands

    def show_rows(self, rows: Sequence[SourceRow]) -> None:
        """Show other rows."""
        self.list.show_rows(rows)
        number = sum(row.state in ("warning", "failed") for row in rows)
        self._look.setText(look_words(number))

    def show_unstored(self, number: int) -> None:
        """Say how many files are kept here because they could not be stored; nothing for 0."""
        self.unstored.setVisible(number > 0)
        if number:
            kept = "1 file is kept here." if number == 1 else f"{number:,} files are kept here."
            self.unstored.say(kept, "Not stored yet.", "Try again")

    def _on_current(self, row: SourceRow | None) -> None:
        key = row.key if row is not None and row.source is not None else None
        if row is not None and row.state == "failed":
            self._shown = None
            self.preview.show_failure(row)
        elif row is None or row.source is None:
            self._shown = None
            self.preview.show_nothing()
        elif key != self._shown:
            self._shown = key
            self.preview.show_nothing()
            self._tasks.spawn(self._read(row.key, row.source), name="read source")

    async def _read(self, key: str, source: SourceSummary) -> None:
        if self._commands is None:
            return
        if self._known is None or self._known[0] != key:
            try:
                text = await self._commands.source_text(source.id)
            except CardgenError as error:
                if self._shown == key:
                    self._context.notify.error(error)
                return
            self._known = (key, text)
        else:
            text = self._known[1]
        if self._shown == key:
            self.preview.show_text(source, text)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(8, 0, 8, 0)
        head.addWidget(Label("Sources", context=self._context, role="heading"))
        head.addStretch(1)
        head.addWidget(self._look)
        below = QVBoxLayout()
        below.setContentsMargins(8 - RING_ROOM, 0, 8, 0)
        below.addWidget(self.preview)
        column = QVBoxLayout(self)
        column.setContentsMargins(EDGE, 16, EDGE, 16)
        column.setSpacing(12)
        column.addLayout(head)
        column.addWidget(self.list)
        column.addWidget(self.unstored)
        column.addWidget(Hairline())
        column.addLayout(below, 1)
        self.setMinimumWidth(280)


def look_words(number: int) -> str:
    """How many sources need a look."""
    if not number:
        return ""
    return "1 needs a look" if number == 1 else f"{number} need a look"
