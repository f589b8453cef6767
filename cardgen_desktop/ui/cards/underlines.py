"""The lines under sentences that say what stands behind them (visual language, section 6)."""

from bisect import bisect_left
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QLineF, QPoint, Qt
from PySide6.QtGui import QPainter, QPen, QTextBlock
from PySide6.QtWidgets import QTextEdit

from ..theme import Theme
from .evidence import Located, Utf16Map, Verdict

DROP = 0.27
"""Distance below the baseline, in parts of the font size."""
WIDTH = 1.25
DASHES: dict[Verdict, tuple[float, float]] = {"inferred": (4.0, 2.5), "yours": (1.25, 2.75)}


def underline_pen(theme: Theme, verdict: Verdict) -> QPen:
    """Solid for supported, dashes for inferred, dots for the person's own words."""
    token = {"supported": "success", "inferred": "warning"}.get(verdict, "faint")
    opacity = 0.7 if verdict == "supported" and not theme.tokens.high_contrast else 1.0
    pen = QPen(theme.color(token, opacity), WIDTH)
    if verdict in DASHES:
        pen.setDashPattern([length / WIDTH for length in DASHES[verdict]])
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    return pen


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
            painter.setPen(underline_pen(self._theme, verdict))
            painter.drawLines(lines)

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
                x = (_x(line.cursorToX(first)), _x(line.cursorToX(last)))
                y = corner.y() + line.y() + line.ascent() + drop
                lines.append(QLineF(corner.x() + min(x), y, corner.x() + max(x), y))
        return lines

    def _without_space(self, block: QTextBlock, first: int, last: int) -> int:
        """The end of a stretch without the space its line was broken at, which hangs over the edge."""
        document, start = self._edit.document(), block.position()
        while last > first and document.characterAt(start + last - 1).isspace():
            last -= 1
        return last


def _x(answer: Any) -> float:
    """The x of `cursorToX`, which answers with the cursor position beside it."""
    return float(answer[0] if isinstance(answer, tuple) else answer)
