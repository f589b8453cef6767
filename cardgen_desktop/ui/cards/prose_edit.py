"""The editor of one text: macros tinted, evidence drawn under its sentences."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtGui import QFocusEvent, QPainter, QPaintEvent, QResizeEvent, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QTextEdit

from ...domain.evidence import Evidence
from ..context import UiContext
from .evidence import Located, at, locate, next_without_support
from .macros import MacroHighlighter
from .plain_prose import PlainProse
from .underlines import Underlines


class ProseEdit(PlainProse):
    """A box that knows where its sentences come from.

    Signals: `sentence_changed(Located or None)` when the cursor came to another stretch,
    `evidence_changed` when the stretches were located again.
    """

    sentence_changed = Signal(object)
    evidence_changed = Signal()

    def __init__(self, *, context: UiContext, **options: Any) -> None:
        self._active = False
        self._records: tuple[Evidence, ...] | None = None
        self._under_cursor: Located | None = None
        self.located: list[Located] = []
        self._underlines = Underlines(self, context.theme)
        super().__init__(context=context, **options)
        self._highlighter = MacroHighlighter(self.document(), context.theme)
        self.cursorPositionChanged.connect(self._on_cursor_moved)
        self.selectionChanged.connect(self._show_sentence)
        context.theme.changed.connect(self._on_theme_changed)

    def text_replaced(self) -> None:
        """Find every sentence again."""
        self._locate()

    def relaid(self) -> None:
        """Measure the underlines again before they are painted."""
        self._underlines.forget()
        self.viewport().update()

    @property
    def under_cursor(self) -> Located | None:
        """The stretch the cursor is in."""
        return self._under_cursor

    def set_active(self, active: bool) -> None:
        """Whether this is the box whose evidence is shown; only there a sentence is highlighted."""
        self._active = active
        self._show_sentence()

    def set_evidence(self, records: Sequence[Evidence] | None) -> None:
        """Underline by these records; None when nothing is known about where the text comes from."""
        self._records = None if records is None else tuple(records)
        self._locate()

    def go_to_next_without_support(self, *, wrap: bool = True) -> bool:
        """Move the cursor to the next sentence that nothing in a source stands behind.

        With `wrap` the search goes on from the top. False when there is none.
        """
        here = self._units.offset(self.textCursor().position())
        place = next_without_support(self.located, -1 if wrap and not self.hasFocus() else here)
        if place is None or (not wrap and place.start <= here):
            return False
        self.go_to(place.start)
        return True

    def _locate(self) -> None:
        self.located = [] if self._records is None else locate(self._text, self._records)
        self.relaid()
        self._on_cursor_moved()
        self.evidence_changed.emit()

    def _on_cursor_moved(self) -> None:
        offset = self._units.offset(self.textCursor().position())
        while offset and self._text[offset - 1 : offset] == " " and at(self.located, offset) is None:
            offset -= 1  # behind the space that follows a sentence one is still writing that sentence
        place = at(self.located, offset)
        if place != self._under_cursor:
            self._under_cursor = place
            self.sentence_changed.emit(place)
        self._show_sentence()

    def _show_sentence(self) -> None:
        """Lay the selection colour under the sentence at the cursor, unless the person selects text."""
        place = self._under_cursor
        known = place is not None and place.verdict in ("supported", "inferred", "unsupported")
        shown = self._active and known and not self.textCursor().hasSelection()
        self.setExtraSelections([self._highlight(place)] if shown and place is not None else [])

    def _highlight(self, place: Located) -> QTextEdit.ExtraSelection:
        mark = QTextEdit.ExtraSelection()
        cursor = QTextCursor(self.document())
        last = self.document().characterCount() - 1  # the text may have shrunk since the places were found
        cursor.setPosition(min(last, self._units.position(place.start)))
        cursor.setPosition(min(last, self._units.position(place.end)), QTextCursor.MoveMode.KeepAnchor)
        form = QTextCharFormat()
        form.setBackground(self._context.theme.color("selection"))
        mark.cursor, mark.format = cursor, form
        return mark

    def _on_theme_changed(self) -> None:
        self._highlighter.rehighlight()
        self._show_sentence()
        self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.relaid()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.sentence_changed.emit(self._under_cursor)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.located:
            self._underlines.paint(QPainter(self.viewport()), self.located, self._units)
