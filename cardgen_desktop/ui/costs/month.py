"""This month by engine, beside the caps."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QVBoxLayout, QWidget

from ..components import Button, ElidedLabel, Label
from ..context import UiContext
from ..providers.spending import CapBar
from ..theme import SPACE
from ..wording import counted
from .rows import MonthLine

MOST = 12


class MonthTable(QFrame):
    """A row for each engine: name, requests, sum, bar where there is a cap, and a way to its settings.

    Signals: `engine_requested(name)`.
    """

    engine_requested = Signal(str)

    def __init__(self, *, context: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._lines: tuple[MonthLine, ...] | None = None
        self._widgets: list[QWidget] = []
        self.setProperty("tile", True)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(SPACE.PANE_EDGE, SPACE.LG, SPACE.PANE_EDGE, SPACE.LG)
        self._grid.setHorizontalSpacing(SPACE.XL)
        self._grid.setVerticalSpacing(SPACE.MD)
        self._grid.setColumnStretch(0, 3)
        self._grid.setColumnStretch(2, 2)

    def show_lines(self, lines: Sequence[MonthLine]) -> None:
        """Show other engines."""
        if tuple(lines) == self._lines:
            return
        self._lines = tuple(lines)
        for widget in self._widgets:
            self._grid.removeWidget(widget)
            widget.hide()
            widget.deleteLater()
        self._widgets = []
        for row, line in enumerate(lines[:MOST]):
            self._add(row, line)
        if len(lines) > MOST:
            more = f"and {counted(len(lines) - MOST, 'more', 'more')}, listed below by engine"
            self._place(Label(more, context=self._context, role="caption", ink="muted"), MOST, 0)

    def _add(self, row: int, line: MonthLine) -> None:
        context = self._context
        self._place(_Named(line, context=context), row, 0)
        words = Label(line.words, context=context, role="body_medium")
        words.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._place(words, row, 1)
        if line.cap is not None:
            bar = CapBar(context=context)
            bar.show_share(line.spent, line.cap)
            self._place(bar, row, 2)
        elif line.may_cap:
            self._place(Label("No cap", context=context, role="caption", ink="muted"), row, 2)
        if not line.may_cap:
            return
        word = "Change cap" if line.cap is not None else "Set a cap"
        button = Button(word, context=context, variant="ghost", size="small")
        button.setAccessibleName(f"Change the cap of {line.name}")
        button.clicked.connect(lambda: self.engine_requested.emit(line.name))
        self._place(button, row, 3)

    def _place(self, widget: QWidget, row: int, column: int) -> None:
        self._grid.addWidget(widget, row, column)
        self._widgets.append(widget)


class _Named(QWidget):
    """The name of an engine over its requests."""

    def __init__(self, line: MonthLine, *, context: UiContext) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(ElidedLabel(line.name, context=context, role="body_medium"))
        column.addWidget(ElidedLabel(line.note, context=context, role="caption", ink="muted"))
