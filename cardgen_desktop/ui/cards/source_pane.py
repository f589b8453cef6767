"""The source itself, opened at the passage: a read-only page that takes the place of the evidence."""

from bisect import bisect_right

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ...domain.source import SourceText, Span
from ..components import Button, ElidedLabel, Hairline, Label
from ..context import UiContext
from ..painting import ink
from ..theme import SPACE
from .passage_text import PassageText
from .passages import paragraph_bounds, readable
from .source_line import SourceLine

AROUND = 4_000
"""Characters shown before and behind the passage; more on demand."""


class SourcePane(QWidget):
    """A stretch of a source around a span.

    Signals: `close_requested`.
    """

    close_requested = Signal()

    def __init__(self, *, context: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._source: SourceText | None = None
        self._span = Span(source=0, start=0, end=0)
        self._window = (0, 0)
        self._back = Button(
            "Back to the evidence", context=context, variant="ghost", size="icon_small", icon="chevron-left"
        )
        self._title = SourceLine(context=context)
        self._where = ElidedLabel(context=context, role="caption", ink="muted")
        self._note = Label(context=context, role="small", ink="muted", wrap=True)
        self._line = Hairline()
        self.reader = PassageText(context=context, name="Source text", fit=False)
        self._earlier = Button("Earlier", context=context, variant="ghost", size="small")
        self._later = Button("Later", context=context, variant="ghost", size="small")
        self._mark = Button("To the passage", context=context, variant="outline", size="small")
        self._lay_out()
        self._back.clicked.connect(self.close_requested)
        self._earlier.clicked.connect(self._show_earlier)
        self._later.clicked.connect(self._show_later)
        self._mark.clicked.connect(self.reader.show_mark)

    def _lay_out(self) -> None:
        self.setMinimumWidth(288)
        head = QHBoxLayout()
        head.setContentsMargins(SPACE.MD, SPACE.MD, SPACE.PANE_EDGE, 0)
        head.setSpacing(SPACE.SM)
        head.addWidget(self._back)
        head.addWidget(self._title, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        words = QVBoxLayout()
        words.setContentsMargins(SPACE.PANE_EDGE, 2, SPACE.SM, 0)
        words.setSpacing(SPACE.SM)
        words.addWidget(self._where)
        words.addWidget(self._line)
        words.addWidget(self._note)
        words.addWidget(self.reader, 1)
        column.addLayout(words, 1)
        column.addLayout(self._foot())

    def _foot(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(SPACE.MD, SPACE.SM, SPACE.PANE_EDGE, SPACE.MD)
        row.addWidget(self._earlier)
        row.addWidget(self._later)
        row.addStretch(1)
        row.addWidget(self._mark)
        return row

    def show_waiting(self, title: str) -> None:
        """The source is being fetched."""
        self._source = None
        self._title.show_source(title)
        self._say("")

    def show_problem(self, sentence: str) -> None:
        """The source could not be fetched."""
        self._say(sentence)

    def show_source(self, source: SourceText, span: Span) -> None:
        """Open a source at a span, whose offsets count in its text."""
        self._source, self._span = source, span
        self._window = paragraph_bounds(source.text, span.start, span.end, AROUND)
        self._title.show_source(source.title or source.name, source.kind)
        self._where.setText(chapter_at(source, span.start))
        self._say("")
        self._show_window()
        self.reader.setFocus(Qt.FocusReason.OtherFocusReason)

    def _say(self, sentence: str) -> None:
        ready = self._source is not None and not sentence
        self._note.setText(sentence)
        self._note.setVisible(bool(sentence))
        for widget in (self.reader, self._where, self._earlier, self._later, self._mark):
            widget.setVisible(ready)

    def _show_earlier(self) -> None:
        self._widen(3 * AROUND, 0)
        self.reader.verticalScrollBar().setValue(0)

    def _show_later(self) -> None:
        self._widen(0, 3 * AROUND)
        self.reader.verticalScrollBar().setValue(self.reader.verticalScrollBar().maximum())

    def _widen(self, before: int, behind: int) -> None:
        if self._source is None:
            return
        text, (start, end) = self._source.text, self._window
        first = paragraph_bounds(text, start - before, start, 0)[0] if before else start
        last = paragraph_bounds(text, end, end + behind, 0)[1] if behind else end
        self._window = (max(0, first), min(len(text), last))
        self._show_window()

    def _show_window(self) -> None:
        assert self._source is not None
        start, end = self._window
        text = self._source.text[start:end]
        self.reader.show_reading(readable(text, self._span.start - start, self._span.end - start))
        self._earlier.setEnabled(start > 0)
        self._later.setEnabled(end < len(self._source.text))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close_requested.emit()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), ink(self._context.theme.tokens, "surface"))


def chapter_at(source: SourceText, offset: int) -> str:
    """The chapter an offset stands in and how far into the source that is."""
    step = bisect_right([heading.start for heading in source.headings], offset)
    position = f"at {round(100 * offset / max(1, source.chars))} %"
    return f"{source.headings[step - 1].title} · {position}" if step else position
