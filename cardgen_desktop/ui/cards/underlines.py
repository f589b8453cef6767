"""The lines under sentences that say what stands behind them (visual language, section 6)."""

from bisect import bisect_left
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QLineF, QPoint, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen, QTextBlock
from PySide6.QtWidgets import QTextEdit

from ..theme import Theme
from .evidence import Located, Utf16Map, Verdict

DROP = 0.27
"""Distance below the baseline, in parts of the font size."""
WIDTH = 1.25
WAVE = 8.0
"""Length of a wave under a sentence that no source supports, in pixels."""

DASHES: dict[Verdict, tuple[float, float]] = {"inferred": (4.0, 2.5), "yours": (1.25, 2.75)}


def underline_pen(theme: Theme, verdict: Verdict) -> QPen:
    """Solid for supported, dashes for inferred, a wave for unsupported, dots for the person's own words."""
    tokens: dict[Verdict, str] = {"supported": "success", "inferred": "warning", "unsupported": "danger"}
    token = tokens.get(verdict, "faint")
    opacity = 0.7 if verdict == "supported" and not theme.tokens.high_contrast else 1.0
    pen = QPen(theme.color(token, opacity), WIDTH)
    if verdict in DASHES:
        pen.setDashPattern([length / WIDTH for length in DASHES[verdict]])
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    return pen


def draw_underlines(painter: QPainter, theme: Theme, verdict: Verdict, lines: Sequence[QLineF]) -> None:
    """Draw lines of one verdict in its way."""
    painter.setPen(underline_pen(theme, verdict))
    if verdict == "unsupported":
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(_waves(lines))
    else:
        painter.drawLines(list(lines))


def _waves(lines: Sequence[QLineF]) -> QPainterPath:
    path = QPainterPath()
    for line in lines:
        x, y, up = line.x1(), line.y1(), True
        path.moveTo(x, y)
        while x < line.x2():
            width = min(WAVE / 2, line.x2() - x)
            path.quadTo(x + width / 2, y - 2 if up else y + 2, x + width, y)
            x, up = x + WAVE / 2, not up
    return path


class Underlines:
    """Paints the lines of a text box; measured once for each text, width and scroll position."""

    def __init__(self, edit: QTextEdit, theme: Theme) -> None:
        self._edit, self._theme = edit, theme
        self._lines: dict[Verdict, list[QLineF]] = {}
        self._measured_at: tuple[int, ...] = ()

    def forget(self) -> None:
        """Measure again before the next painting."""
        self._measured_at = ()

    def paint(self, painter: QPainter, located: Sequence[Located], units: Utf16Map) -> None:
        """Draw the lines of what can be seen."""
        area, scrolled = self._edit.viewport(), self._edit.verticalScrollBar().value()
        key = (scrolled, area.width(), area.height())
        if key != self._measured_at:
            self._measured_at, self._lines = key, self._measured(located, units)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.translate(0, -scrolled)
        for verdict, lines in self._lines.items():
            draw_underlines(painter, self._theme, verdict, lines)

    def _measured(self, located: Sequence[Located], units: Utf16Map) -> dict[Verdict, list[QLineF]]:
        lines: dict[Verdict, list[QLineF]] = {}
        corner = self._edit.viewport().rect().bottomRight()
        first = units.offset(self._edit.cursorForPosition(QPoint(0, 0)).position())
        last = units.offset(self._edit.cursorForPosition(corner).position())
        step = bisect_left([place.end for place in located], first)
        for place in located[step:]:
            if place.start > last:
                break
            if place.verdict != "none":
                lines.setdefault(place.verdict, []).extend(self._under(place, units))
        return lines

    def _under(self, place: Located, units: Utf16Map) -> list[QLineF]:
        start, end = units.position(place.start), units.position(place.end)
        lines: list[QLineF] = []
        block = self._edit.document().findBlock(start)
        while block.isValid() and block.position() < end:
            lines.extend(self._in_block(block, start - block.position(), end - block.position()))
            block = block.next()
        return lines

    def _in_block(self, block: QTextBlock, start: int, end: int) -> list[QLineF]:
        layout, lines = block.layout(), []
        corner = self._edit.document().documentLayout().blockBoundingRect(block).topLeft()
        drop = DROP * self._edit.font().pixelSize()
        for number in range(layout.lineCount()):
            line = layout.lineAt(number)
            first = max(start, line.textStart())
            last = self._without_space(block, first, min(end, line.textStart() + line.textLength()))
            if first < last:
                x = (x_of(line.cursorToX(first)), x_of(line.cursorToX(last)))
                y = corner.y() + line.y() + line.ascent() + drop
                lines.append(QLineF(corner.x() + min(x), y, corner.x() + max(x), y))
        return lines

    def _without_space(self, block: QTextBlock, first: int, last: int) -> int:
        """The end of a stretch without the space its line was broken at, which hangs over the edge."""
        document, start = self._edit.document(), block.position()
        while last > first and document.characterAt(start + last - 1).isspace():
            last -= 1
        return last


def x_of(answer: Any) -> float:
    """The x of `cursorToX`, which answers with the cursor position beside it."""
    return float(answer[0] if isinstance(answer, tuple) else answer)
