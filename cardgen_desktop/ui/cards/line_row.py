"""A labelled line of text whose history belongs to the card."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ..components import Label, LineField
from ..context import UiContext

MAX_LENGTH = 1_000_000
"""Qt would cut at 32,767 characters without a word."""


class CardLine(LineField):
    """A line field that hands undo and redo to the card.

    Signals: `undo_requested`, `redo_requested`.
    """

    undo_requested = Signal()
    redo_requested = Signal()

    def __init__(self, *, context: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(context=context, parent=parent)
        self.setMaxLength(MAX_LENGTH)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Undo):
            self.undo_requested.emit()
        elif event.matches(QKeySequence.StandardKey.Redo):
            self.redo_requested.emit()
        else:
            super().keyPressEvent(event)


class LineRow(QWidget):
    """A label above a line; `path` is the field it edits.

    Signals: `typed(path, text)`.
    """

    typed = Signal(str, str)

    def __init__(
        self, path: str, label: str, help_text: str, *, context: UiContext, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.path = path
        self._label = Label(label, context=context, role="small_strong")
        self._label.setToolTip(help_text)
        self.edit = CardLine(context=context)
        self.edit.setAccessibleName(label)
        self.edit.setAccessibleDescription(help_text)
        self.edit.setToolTip(help_text)
        self._label.setBuddy(self.edit)
        self.edit.textEdited.connect(self._on_edited)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self._label)
        column.addWidget(self.edit)

    def set_text(self, text: str) -> None:
        """Show the text of the card; the cursor stays where it is when nothing changed."""
        if text != self.edit.text():
            self.edit.setText(text)
            self.edit.setCursorPosition(0 if not self.edit.hasFocus() else len(text))

    def _on_edited(self, text: str) -> None:
        self.typed.emit(self.path, text)
