"""Plain text of a card in a box: generous lines, a height that fits, a history that belongs to the card.

It is a QTextEdit kept to plain text, because only that one can set a line height.
"""

from typing import Any

from PySide6.QtCore import QMimeData, QSize, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QTextBlockFormat,
    QTextCursor,
    QWheelEvent,
)
from PySide6.QtWidgets import QFrame, QSizePolicy, QTextEdit, QWidget

from ..context import UiContext
from ..fonts import ROLES
from .evidence import Utf16Map, common_prefix, common_suffix

MAX_LINES = 36
"""A longer text scrolls inside its box."""
SIDE, TOP = 14, 10
"""Padding inside the box; the box adds 2 for its edge, 16 and 12 together."""
_BREAKS = ("\r\n", "\r", "\u2028", "\u2029")


def as_shown(text: str) -> str:
    """A text as a box shows it: every kind of line break is one newline."""
    for mark in _BREAKS:
        text = text.replace(mark, "\n")  # far faster on long texts than one `translate`
    return text


class PlainProse(QTextEdit):
    """A box for plain text.

    Signals: `typed(text)` when the person changed it, `undo_requested`, `redo_requested`,
    `focus_changed(bool)`.
    """

    typed = Signal(str)
    undo_requested = Signal()
    redo_requested = Signal()
    focus_changed = Signal(bool)

    def __init__(
        self,
        *,
        context: UiContext,
        name: str,
        placeholder: str = "",
        min_lines: int = 2,
        max_lines: int = MAX_LINES,
        keep_height: bool = False,
        role: str = "prose",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._context, self._role = context, role
        self._min_lines, self._max_lines, self._keep_height = min_lines, max_lines, keep_height
        self._floor = min_lines
        self._hint = placeholder
        self._units = Utf16Map("")
        self._text = ""
        self._silent = False
        self.changed_at = 0
        self.setAccessibleName(name)
        self.setAccessibleDescription(placeholder)
        self._set_up()
        self.apply_zoom()
        self.document().contentsChanged.connect(self._on_contents_changed)
        self.document().documentLayout().documentSizeChanged.connect(self._fit_height)

    def _set_up(self) -> None:
        self.setProperty("bare", True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAcceptRichText(False)
        self.setUndoRedoEnabled(False)
        self.setTabChangesFocus(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.document().setDocumentMargin(0)

    @property
    def line_height(self) -> int:
        """The height of a line in logical pixels at the zoom of the moment."""
        return round(ROLES[self._role].line * self._zoom)

    @property
    def _zoom(self) -> float:
        return self._context.settings.value.prose_zoom / 100

    @property
    def text(self) -> str:
        """The text as it is shown: newlines between paragraphs, no-break spaces kept."""
        return self._text

    def set_text(self, text: str) -> None:
        """Show a text that somebody else changed; the cursor stays with what did not change."""
        new = as_shown(text)
        if new == self._text:
            return
        head = common_prefix(self._text, new)
        tail = common_suffix(self._text[head:], new[head:])
        cursor = QTextCursor(self.document())
        cursor.setPosition(self._units.position(head))
        end = self._units.position(len(self._text) - tail)
        cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
        self.changed_at = len(new) - tail
        caret = self.textCursor().position()
        self._silent = True
        cursor.insertText(new[head : len(new) - tail])
        self._silent = False
        if caret == self._units.position(head):
            self.go_to(head)  # Qt pushes a cursor that stood where text is inserted
        self._format_blocks()
        self._settle_height()

    def set_hint(self, hint: str) -> None:
        """Change what an empty box says."""
        self._hint = hint
        self.setAccessibleDescription(hint)
        self.viewport().update()

    def go_to(self, offset: int) -> None:
        """Put the cursor at a Python offset of the text."""
        cursor = self.textCursor()
        cursor.setPosition(self._units.position(min(offset, len(self._text))))
        self.setTextCursor(cursor)
        self.ensureCursorVisible()

    def apply_zoom(self) -> None:
        """Take over the zoom of prose from the settings."""
        self.setFont(self._context.theme.font(self._role, self._zoom))
        self._format_blocks()

    def _format_blocks(self) -> None:
        """Fixed line height for every paragraph, and the padding of the box as the margins of the whole."""
        silent, self._silent = self._silent, True
        form = QTextBlockFormat()
        form.setLineHeight(self.line_height, QTextBlockFormat.LineHeightTypes.FixedHeight.value)
        cursor = QTextCursor(self.document())
        cursor.select(QTextCursor.SelectionType.Document)
        cursor.mergeBlockFormat(form)
        frame = self.document().rootFrame().frameFormat()
        frame.setLeftMargin(SIDE)
        frame.setRightMargin(SIDE)
        frame.setTopMargin(TOP)
        frame.setBottomMargin(TOP)
        self.document().rootFrame().setFrameFormat(frame)
        self._silent = silent
        self._fit_height()

    def _on_contents_changed(self) -> None:
        text = as_shown(self.document().toRawText())
        if text == self._text:
            self.relaid()
            return
        self._text = text
        self._units = Utf16Map(text)
        self.text_replaced()
        if not self._silent:
            self.typed.emit(text)

    def relaid(self) -> None:
        """Called when the same text may stand on other lines; for what is painted on top of it."""

    def text_replaced(self) -> None:
        """Called when the text is another one, before anybody else hears of it."""

    def _fit_height(self, *_: Any) -> None:
        height = self.document().size().height()
        lowest = self._floor * self.line_height + 2 * TOP
        highest = self._max_lines * self.line_height + 2 * TOP
        fits = height <= highest
        policy = Qt.ScrollBarPolicy.ScrollBarAlwaysOff if fits else Qt.ScrollBarPolicy.ScrollBarAsNeeded
        self.setVerticalScrollBarPolicy(policy)
        wanted = round(max(lowest, min(height, highest)))
        if wanted != self.height() or self.minimumHeight() != wanted:
            self.setFixedHeight(wanted)

    def _settle_height(self) -> None:
        """An empty box shows its room, a filled one fits its text; it never shrinks while one writes."""
        if not self.hasFocus():
            self._floor = self._min_lines if self._keep_height or not self._text else 1
            self._fit_height()

    def sizeHint(self) -> QSize:
        return QSize(400, self.minimumHeight())

    def wheelEvent(self, event: QWheelEvent) -> None:
        bar = self.verticalScrollBar()
        if bar.minimum() == bar.maximum():
            event.ignore()
        else:
            super().wheelEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Undo):
            self.undo_requested.emit()
        elif event.matches(QKeySequence.StandardKey.Redo):
            self.redo_requested.emit()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = self.createStandardContextMenu(event.pos())
        for action in menu.actions()[:3]:  # Qt's undo, redo and their line: the history here is the card's
            menu.removeAction(action)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(event.globalPos())

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.focus_changed.emit(True)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self._settle_height()
            self.focus_changed.emit(False)

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        """Files and pictures are for the window, which takes them anywhere; text is for the box."""
        return source.hasText() and not source.hasUrls()

    def insertFromMimeData(self, source: QMimeData) -> None:
        if source.hasText():
            self.textCursor().insertText(source.text().replace("\x00", ""))
            self.ensureCursorVisible()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._text:
            self._paint_hint(QPainter(self.viewport()))

    def _paint_hint(self, painter: QPainter) -> None:
        """Qt would paint its own placeholder into the corner, without the padding of the box."""
        painter.setFont(self.font())
        painter.setPen(self._context.theme.color("faint"))
        box = self.viewport().rect().adjusted(SIDE, TOP, -SIDE, 0)
        painter.drawText(box, Qt.TextFlag.TextWordWrap, self._hint)
