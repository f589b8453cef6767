"""What was read of a source: a chapter at a time, more of it on scrolling, never the whole book at once."""

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFont,
    QPainter,
    QPaintEvent,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
)
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QStackedWidget, QTextEdit, QVBoxLayout, QWidget

from ...domain.source import SourceSummary, SourceText
from ..components import Combo, EmptyState, Label, came_by_keyboard
from ..context import UiContext
from ..painting import draw_icon, paint_focus
from ..theme import RADIUS
from .sections import Section, aside_lines, chunk_end, first_worth_reading, paragraphs, sections_of
from .source_rows import SourceRow

INDENT = 20
RING_ROOM = 6
"""Room around the text for the ring of keyboard focus; everything above and below is moved in by as much."""
NEARLY_THE_END = 400
"""More is added when so many pixels are left below."""
MOST_CHARACTERS = 400_000
"""A section is shown up to here; nobody reads on that far in a preview, and layout stays quick."""


class PassageText(QTextEdit):
    """A section of a source in the passage type, filled piece by piece."""

    def __init__(self, *, context: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._text: SourceText | None = None
        self._section = Section("", 0, 0)
        self._shown = 0
        self._ring = False
        self.setReadOnly(True)
        self.setAcceptRichText(False)
        self.setProperty("bare", True)
        self.setUndoRedoEnabled(False)
        self.setFont(context.theme.font("passage"))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTabChangesFocus(True)
        self.setAccessibleName("What was read")
        self.document().setDocumentMargin(RING_ROOM)
        self.verticalScrollBar().valueChanged.connect(self._on_scrolled)
        context.theme.changed.connect(self._restyle)

    def show_section(self, text: SourceText, section: Section) -> None:
        """Show the beginning of a section."""
        self._text, self._section, self._shown = text, section, section.start
        self.clear()
        self._append()
        self.moveCursor(QTextCursor.MoveOperation.Start)
        self.verticalScrollBar().setValue(0)

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._ring = came_by_keyboard(event)
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._ring = False
        super().focusOutEvent(event)
        self.viewport().update()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._ring:
            painter = QPainter(self.viewport())
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            paint_focus(painter, QRectF(self.viewport().rect()), self._context.theme.tokens, RADIUS.BUTTON)

    def _on_scrolled(self, value: int) -> None:
        if value > self.verticalScrollBar().maximum() - NEARLY_THE_END:
            self._append()

    def _append(self) -> None:
        text, section = self._text, self._section
        end = min(section.end, section.start + MOST_CHARACTERS)
        if text is None or self._shown >= end:
            return
        stop = chunk_end(text.text, self._shown, end)
        found = paragraphs(text.text, self._shown, stop, text.asides)
        titles = {" ".join(heading.title.split()) for heading in text.headings}
        self._shown = stop
        cursor = QTextCursor(self.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        cursor.beginEditBlock()
        after_title = cursor.atStart()
        for paragraph in found:
            is_title = " ".join(paragraph.split()) in titles
            self._insert(cursor, paragraph, is_title=is_title, indented=not (is_title or after_title))
            after_title = is_title
        cursor.endEditBlock()

    def _insert(self, cursor: QTextCursor, paragraph: str, *, is_title: bool, indented: bool) -> None:
        theme, role = self._context.theme, "small_strong" if is_title else "passage"
        block, characters = QTextBlockFormat(), QTextCharFormat()
        block.setLineHeight(theme.fonts.line(role), QTextBlockFormat.LineHeightTypes.FixedHeight.value)
        is_verse = "\N{LINE SEPARATOR}" in paragraph
        block.setLeftMargin(INDENT if is_verse else 0)
        block.setTextIndent(INDENT if indented and not is_verse else 0)
        if is_title:
            block.setTopMargin(0 if cursor.atStart() else 20)
            block.setBottomMargin(8)
        characters.setFont(QFont(theme.font(role)))
        characters.setForeground(QColor(theme.color("muted" if is_title else "text")))
        if cursor.atStart():
            cursor.setBlockFormat(block)
        else:
            cursor.insertBlock(block)
        cursor.setCharFormat(characters)
        cursor.insertText(paragraph, characters)

    def _restyle(self) -> None:
        if self._text is not None:
            self.show_section(self._text, self._section)


class SetAside(QWidget):
    """What is in the source but no evidence, one line for each kind."""

    def __init__(self, *, context: UiContext) -> None:
        super().__init__()
        self._context = context
        self._label = Label(context=context, role="caption", ink="muted", wrap=True)
        row = QHBoxLayout(self)
        row.setContentsMargins(RING_ROOM + 24, 0, 0, 0)
        row.addWidget(self._label)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)

    @property
    def text(self) -> str:
        """What is said."""
        return self._label.text()

    def show_lines(self, lines: Sequence[str]) -> None:
        """Show the lines, or nothing."""
        self._label.setText("\n".join(lines))
        self.setVisible(bool(lines))

    def paintEvent(self, event: QPaintEvent) -> None:
        draw_icon(QPainter(self), self._context.icons, "info", 16, "muted", QPointF(RING_ROOM, 0))


class SourcePreview(QWidget):
    """The head with the chapter chooser, the text, and what was set aside; or why there is no text.

    Signals: `other_file_requested` from a source that could not be read.
    """

    other_file_requested = Signal()

    def __init__(self, *, context: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._text: SourceText | None = None
        self._sections: tuple[Section, ...] = ()
        self.title = Label("What was read", context=context, role="heading")
        self.chapters = Combo(context=context, name="Chapter")
        self.passage = PassageText(context=context)
        self.warning = Label(context=context, role="caption", ink="warning", wrap=True)
        self.aside = SetAside(context=context)
        self.problem = EmptyState("warning", "", "", "Choose another file", "problem", context=context)
        self._stack = QStackedWidget()
        self._lay_out()
        self.chapters.currentIndexChanged.connect(self._on_chapter)
        self.problem.action_triggered.connect(self.other_file_requested)
        self.show_nothing()

    def show_nothing(self) -> None:
        """Nothing is chosen, or its text is on its way."""
        self._text, self._sections = None, ()
        self.passage.clear()
        self.chapters.hide()
        self.warning.hide()
        self.aside.show_lines(())
        self._stack.setCurrentIndex(0)
        self.title.show()

    def show_text(self, source: SourceSummary, text: SourceText) -> None:
        """Show a source from the first chapter that has text of its own."""
        self._text, self._sections = text, sections_of(source)
        self._stack.setCurrentIndex(0)
        self.title.show()
        self.warning.setText(" ".join(warning.message for warning in source.warnings))
        self.warning.setVisible(bool(source.warnings))
        self.aside.show_lines(aside_lines(text.text, text.asides))
        self._fill_chapters()
        if self._sections:
            number = first_worth_reading(self._sections)
            self.chapters.setCurrentIndex(number)
            self.passage.show_section(text, self._sections[number])

    def show_failure(self, row: SourceRow) -> None:
        """Say why a file could not be read."""
        self.show_nothing()
        self.title.hide()
        first, _, rest = row.sentence.partition(". ")
        is_named = row.name in first
        named = first.rstrip(".").replace(f'"{row.name}"', f"“{row.name}”")
        title = named if is_named else f"“{row.name}”"
        self.problem.say(title, rest if is_named else row.sentence)
        self._stack.setCurrentWidget(self.problem)

    def _fill_chapters(self) -> None:
        self.chapters.blockSignals(True)
        self.chapters.clear()
        self.chapters.addItems([" ".join(section.title.split())[:80] for section in self._sections])
        self.chapters.blockSignals(False)
        self.chapters.setVisible(len(self._sections) > 1)
        self.chapters.updateGeometry()

    def _on_chapter(self, number: int) -> None:
        if self._text is not None and 0 <= number < len(self._sections):
            self.passage.show_section(self._text, self._sections[number])

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(RING_ROOM, 0, 0, 0)
        head.setSpacing(12)
        self.warning.setContentsMargins(RING_ROOM, 0, 0, 0)
        head.addWidget(self.title)
        head.addStretch(1)
        self.chapters.setMaximumWidth(190)
        head.addWidget(self.chapters)
        reading = QWidget()
        column = QVBoxLayout(reading)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.warning)
        column.addWidget(self.passage, 1)
        column.addWidget(self.aside)
        self._stack.addWidget(reading)
        self._stack.addWidget(self.problem)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(8)
        whole.addLayout(head)
        whole.addWidget(self._stack, 1)
