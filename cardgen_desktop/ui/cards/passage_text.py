"""A piece of a source, to read: serif, muted, with the evidence marked."""

from typing import Any

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QTextBlockFormat, QTextCharFormat, QTextCursor, QTextOption, QWheelEvent
from PySide6.QtWidgets import QFrame, QSizePolicy, QTextEdit, QWidget

from ..context import UiContext
from ..fonts import ROLES
from .evidence import Utf16Map
from .passages import Reading

INDENT = 20


class PassageText(QTextEdit):
    """Shows a `Reading`. With `fit`, it is as high as its text; otherwise it scrolls."""

    def __init__(
        self, *, context: UiContext, name: str, fit: bool = True, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._context, self._fit = context, fit
        self._reading = Reading("", 0, 0)
        self.setProperty("bare", True)
        self.setReadOnly(True)
        self.setAcceptRichText(False)
        self.setUndoRedoEnabled(False)
        self.setTabChangesFocus(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAccessibleName(name)
        self.setFont(context.theme.font("passage"))
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.document().setDocumentMargin(0)
        if fit:
            self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
            self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
            self.document().documentLayout().documentSizeChanged.connect(self._fit_height)
        context.theme.changed.connect(self._dress)

    def show_reading(self, reading: Reading) -> None:
        """Show a text and bring what is marked into view."""
        if reading == self._reading:
            return
        self._reading = reading
        self.setPlainText(reading.text)
        self._dress()
        self.show_mark()

    @property
    def marked_text(self) -> str:
        """The words that carry the mark."""
        return self._reading.text[self._reading.mark_start : self._reading.mark_end]

    def show_mark(self) -> None:
        """Scroll so that the mark stands a third below the top."""
        units = Utf16Map(self._reading.text)
        cursor = QTextCursor(self.document())
        cursor.setPosition(units.position(self._reading.mark_start))
        top = self.verticalScrollBar().value() + self.cursorRect(cursor).top()
        self.verticalScrollBar().setValue(top - self.viewport().height() // 3)

    def _dress(self) -> None:
        """Colours and line heights; done again when the theme changes, for formats keep their colours."""
        theme = self._context.theme
        form = QTextBlockFormat()
        form.setLineHeight(ROLES["passage"].line, QTextBlockFormat.LineHeightTypes.FixedHeight.value)
        form.setTextIndent(INDENT)
        cursor = QTextCursor(self.document())
        cursor.select(QTextCursor.SelectionType.Document)
        cursor.mergeBlockFormat(form)
        ink = QTextCharFormat()
        ink.setForeground(theme.color("muted"))
        ink.clearBackground()
        cursor.setCharFormat(ink)
        first = QTextCursor(self.document())
        form.setTextIndent(0)
        first.mergeBlockFormat(form)
        self._mark()

    def _mark(self) -> None:
        units = Utf16Map(self._reading.text)
        cursor = QTextCursor(self.document())
        cursor.setPosition(units.position(self._reading.mark_start))
        cursor.setPosition(units.position(self._reading.mark_end), QTextCursor.MoveMode.KeepAnchor)
        mark = QTextCharFormat()
        mark.setForeground(self._context.theme.color("text"))
        mark.setBackground(self._context.theme.color("mark"))
        cursor.mergeCharFormat(mark)

    def _fit_height(self, *_: Any) -> None:
        self.setFixedHeight(max(ROLES["passage"].line, round(self.document().size().height())))

    def sizeHint(self) -> QSize:
        return QSize(280, self.minimumHeight() if self._fit else 400)

    def minimumSizeHint(self) -> QSize:
        return QSize(160, self.minimumHeight())

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self._fit:
            event.ignore()
        else:
            super().wheelEvent(event)
