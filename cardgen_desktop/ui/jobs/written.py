"""A few lines of what a job wrote, with the source's own words underlined."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QTextCharFormat, QTextLayout, QTextOption
from PySide6.QtWidgets import QSizePolicy, QWidget

from ...domain.evidence import Evidence
from ..context import UiContext
from ..painting import ink

LINES = 6
CHARACTERS = 600
_LAYOUT = re.compile(r"\s*(?:\[[^\]]*\]|[-•*]\s)\s*|\s{2,}")
"""What lays a field out, such as a name in brackets or the mark of a list; in one paragraph it disturbs."""
_UNDERLINES = {
    "verbatim": ("success", QTextCharFormat.UnderlineStyle.SingleUnderline),
    "adapted": ("warning", QTextCharFormat.UnderlineStyle.DashUnderline),
}


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch of the text that comes from the source."""

    start: int
    length: int
    kind: str


def excerpt(text: str, evidence: Sequence[Evidence], name: str) -> tuple[str, tuple[Mark, ...]]:
    """The beginning of a field on one paragraph, `{{char}}` read as the name, with its marked stretches."""
    parts: list[str] = []
    marks: list[Mark] = []
    position = 0
    for record in evidence if "".join(record.text for record in evidence) == text else ():
        piece = _plain(record.text, name)
        if record.kind == "template":
            piece = _LAYOUT.sub(" ", piece)
            piece = piece.lstrip() if not parts else piece
        if record.kind in _UNDERLINES:
            marks.append(Mark(position, len(piece), record.kind))
        parts.append(piece)
        position += len(piece)
        if position > CHARACTERS:
            break
    return ("".join(parts) or _plain(text, name))[:CHARACTERS], tuple(marks)


def _plain(text: str, name: str) -> str:
    return text[: CHARACTERS * 2].replace("{{char}}", name).replace("\n", " ")


class WrittenText(QWidget):
    """At most six lines of prose, elided with dots.

    While it `grows` it never gets lower, so that what stands below it does not jump at every other word.
    """

    def __init__(self, *, context: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._layout = QTextLayout()
        self._text = ""
        self._marks: tuple[Mark, ...] = ()
        self._highest = 0
        self.grows = False
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        context.theme.changed.connect(self._restyle)

    @property
    def text(self) -> str:
        """What is shown."""
        return self._text

    def show_text(self, text: str, marks: tuple[Mark, ...] = ()) -> None:
        """Show another text."""
        if not (text and self.grows):
            self._highest = 0
        self._marks = marks
        self._layout.setFont(self._context.theme.font("passage"))
        self._layout.setTextOption(QTextOption(Qt.AlignmentFlag.AlignLeft))
        self._text = text
        self.setAccessibleName(text)
        self._restyle()
        self.updateGeometry()

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._break_lines(width)

    def sizeHint(self) -> QSize:
        return QSize(280, self._break_lines(max(80, self.width())))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(ink(self._context.theme.tokens, "text"))
        self._break_lines(self.width())
        self._layout.draw(painter, QPointF(0, 0))

    def _break_lines(self, width: int) -> int:
        """Break the text into lines of a width; what is too long ends in dots. Returns the height."""
        self._layout.setText(self._text)
        count = self._lay_out_lines(width)
        end = self._layout.lineAt(count - 1) if count else None
        if end is not None and end.textStart() + end.textLength() < len(self._text):
            shown = self._text[: max(0, end.textStart() + end.textLength() - 2)].rstrip()
            self._layout.setText(f"{shown}…")
            count = self._lay_out_lines(width)
        height = count * self._context.theme.fonts.line("passage")
        if self.grows:
            height = self._highest = max(height, self._highest)
        return height

    def _lay_out_lines(self, width: int) -> int:
        height = self._context.theme.fonts.line("passage")
        self._layout.beginLayout()
        number = 0
        while number < LINES and (line := self._layout.createLine()).isValid():
            line.setLineWidth(width)
            line.setPosition(QPointF(0, number * height + (height - line.height()) / 2))
            number += 1
        self._layout.endLayout()
        return number

    def _restyle(self) -> None:
        ranges = []
        for mark in self._marks:
            token, style = _UNDERLINES[mark.kind]
            made = QTextLayout.FormatRange()
            made.start, made.length = mark.start, mark.length
            made.format.setUnderlineStyle(style)
            made.format.setUnderlineColor(ink(self._context.theme.tokens, token, 0.7))
            ranges.append(made)
        self._layout.setFormats(ranges)
        self.update()
