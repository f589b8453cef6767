"""The editor of one text: prose on generous lines, macros tinted, evidence drawn under its sentences.

It is a QTextEdit kept to plain text, because only that one can set a line height. The history belongs to the
card, not to the box.
"""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QMimeData, QSize, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QWheelEvent,
)
from PySide6.QtWidgets import QFrame, QSizePolicy, QTextEdit, QWidget

from ...domain.evidence import Evidence
from ..context import UiContext
from ..fonts import ROLES
from .evidence import (
    Located,
    Utf16Map,
    at,
    common_prefix,
    common_suffix,
    locate,
    next_without_support,
)
from .macros import MacroHighlighter
from .underlines import Underlines

MAX_LINES = 36
"""A longer text scrolls inside its box."""
SIDE, TOP = 14, 10
"""Padding inside the box; the box adds 2 for its edge, 16 and 12 together."""
_PARAGRAPH = "\u2029"


class ProseEdit(QTextEdit):
    """Plain text of a card.

    Signals: `typed(text)` when the person changed it, `undo_requested`, `redo_requested`,
    `focus_changed(bool)`, `sentence_changed(Located or None)` when the cursor came to another stretch,
    `evidence_changed` when the stretches were located again.
    """

    typed = Signal(str)
    undo_requested = Signal()
    redo_requested = Signal()
    focus_changed = Signal(bool)
    sentence_changed = Signal(object)
    evidence_changed = Signal()

    def __init__(
        self,
        *,
        context: UiContext,
        name: str,
        placeholder: str = "",
        min_lines: int = 2,
        max_lines: int = MAX_LINES,
        role: str = "prose",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._context, self._role = context, role
        self._min_lines, self._max_lines = min_lines, max_lines
        self._records: tuple[Evidence, ...] | None = None
        self._units = Utf16Map("")
        self._text = ""
        self._under_cursor: Located | None = None
        self._underlines = Underlines(self, context.theme)
        self._silent = False
        self.located: list[Located] = []
        self.setAccessibleName(name)
        self.setAccessibleDescription(placeholder)
        self.setPlaceholderText(placeholder)
        self._set_up()
        self._highlighter = MacroHighlighter(self.document(), context.theme)
        self.apply_zoom()
        self._connect()

    def _set_up(self) -> None:
        self.setProperty("bare", True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAcceptRichText(False)
        self.setUndoRedoEnabled(False)
        self.setTabChangesFocus(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.document().setDocumentMargin(0)

    def _connect(self) -> None:
        self.document().contentsChanged.connect(self._on_contents_changed)
        self.document().documentLayout().documentSizeChanged.connect(self._fit_height)
        self.cursorPositionChanged.connect(self._on_cursor_moved)
        self.selectionChanged.connect(self._show_sentence)
        self._context.theme.changed.connect(self._on_theme_changed)

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

    @property
    def under_cursor(self) -> Located | None:
        """The stretch the cursor is in."""
        return self._under_cursor

    def set_text(self, text: str) -> None:
        """Show a text that somebody else changed; the cursor stays with what did not change."""
        new = self._as_shown(text)
        if new == self._text:
            return
        head = common_prefix(self._text, new)
        tail = common_suffix(self._text[head:], new[head:])
        cursor = QTextCursor(self.document())
        cursor.setPosition(self._units.position(head))
        end = self._units.position(len(self._text) - tail)
        cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
        self._silent = True
        cursor.insertText(new[head : len(new) - tail])
        self._silent = False
        self._format_blocks()

    def set_evidence(self, records: Sequence[Evidence] | None) -> None:
        """Underline by these records; None when nothing is known about where the text comes from."""
        self._records = None if records is None else tuple(records)
        self._locate()

    def go_to_next_without_support(self) -> bool:
        """Move the cursor to the next sentence that nothing in a source stands behind."""
        offset = self._units.offset(self.textCursor().position())
        place = next_without_support(self.located, offset)
        if place is not None:
            self.go_to(place.start)
        return place is not None

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

    def _as_shown(self, text: str) -> str:
        return text.replace("\r\n", "\n").replace("\r", "\n").replace(_PARAGRAPH, "\n")

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
        text = self.document().toRawText().replace(_PARAGRAPH, "\n")
        if text == self._text:
            self._measure_again()
            return
        self._text = text
        self._units = Utf16Map(text)
        self._locate()
        if not self._silent:
            self.typed.emit(text)

    def _locate(self) -> None:
        self.located = [] if self._records is None else locate(self._text, self._records)
        self._measure_again()
        self._on_cursor_moved()
        self.evidence_changed.emit()

    def _measure_again(self) -> None:
        self._underlines.forget()
        self.viewport().update()

    def _on_cursor_moved(self) -> None:
        place = at(self.located, self._units.offset(self.textCursor().position()))
        if place != self._under_cursor:
            self._under_cursor = place
            self.sentence_changed.emit(place)
        self._show_sentence()

    def _show_sentence(self) -> None:
        """Lay the selection colour under the sentence at the cursor, unless the person selects text."""
        place, marks = self._under_cursor, []
        known = place is not None and place.verdict in ("supported", "inferred")
        if place is not None and known and not self.textCursor().hasSelection():
            mark = QTextEdit.ExtraSelection()
            cursor = QTextCursor(self.document())
            cursor.setPosition(self._units.position(place.start))
            cursor.setPosition(self._units.position(place.end), QTextCursor.MoveMode.KeepAnchor)
            form = QTextCharFormat()
            form.setBackground(self._context.theme.color("selection"))
            mark.cursor, mark.format = cursor, form
            marks.append(mark)
        self.setExtraSelections(marks)

    def _on_theme_changed(self) -> None:
        self._highlighter.rehighlight()
        self._show_sentence()
        self.viewport().update()

    def _fit_height(self, *_: Any) -> None:
        height = self.document().size().height()
        lowest = self._min_lines * self.line_height + 2 * TOP
        highest = self._max_lines * self.line_height + 2 * TOP
        fits = height <= highest
        policy = Qt.ScrollBarPolicy.ScrollBarAlwaysOff if fits else Qt.ScrollBarPolicy.ScrollBarAsNeeded
        self.setVerticalScrollBarPolicy(policy)
        wanted = round(max(lowest, min(height, highest)))
        if wanted != self.height() or self.minimumHeight() != wanted:
            self.setFixedHeight(wanted)

    def sizeHint(self) -> QSize:
        return QSize(400, self.minimumHeight())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._measure_again()

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
        self.sentence_changed.emit(self._under_cursor)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
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
        if self.located:
            painter = QPainter(self.viewport())
            self._underlines.paint(painter, self.located, self._units)
