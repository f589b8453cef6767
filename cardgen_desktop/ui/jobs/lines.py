"""Lines of text that fit: widths without asking the font for each, and layouts kept for words that recur.

Measuring a text costs half as much as drawing it. The widths of single letters, added up, tell in most cases
that a text has room enough; only near the edge, and for scripts whose letters change beside each other, the
font is asked. The words of states, engines and times recur in every row: their layout is kept, and draws in
half the time.
"""

from functools import lru_cache

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QStaticText, QTransform

from ..fonts import Fonts
from ..wording import cut_at_its_end

KEPT_LINES = 4096
_PLAIN_BELOW = 0x250  # Latin letters stand alone; others may join, stack or combine
_SLACK = 2.0


class Face:
    """One type role, ready to draw with: its font, how far it rises, and the widths of its letters."""

    def __init__(self, fonts: Fonts, role: str) -> None:
        self.font: QFont = fonts.font(role)
        self._metrics = fonts.metrics(role)
        self.ascent = self._metrics.ascent()
        self._lift = (self.ascent - self._metrics.descent()) / 2
        self._letters: dict[str, float] = {}
        self._lines: dict[tuple[str, int], tuple[QStaticText, float]] = {}
        self.width = lru_cache(maxsize=KEPT_LINES)(self._metrics.horizontalAdvance)

    def baseline(self, top: float, height: float) -> float:
        """Where the letters stand when a line is in the middle of a height."""
        return round(top + height / 2 + self._lift)

    def fitting(self, text: str, width: float) -> str:
        """The text as it fits into a width, cut at its end if it must be."""
        try:
            needed = sum(map(self._letters.__getitem__, text))
        except KeyError:
            needed = self._learn(text)
        if needed <= width - _SLACK:
            return text
        return cut_at_its_end(self._metrics.elidedText(text, Qt.TextElideMode.ElideRight, int(width)), text)

    def line(self, text: str, width: float) -> tuple[QStaticText, float]:
        """The layout of words that recur, cut to a width, and how wide it is."""
        key = text, int(width)
        line = self._lines.get(key)
        if line is None:
            if len(self._lines) >= KEPT_LINES:
                self._lines.clear()
            line = self._lines[key] = self._lay_out(self.fitting(text, width))
        return line

    def _lay_out(self, text: str) -> tuple[QStaticText, float]:
        line = QStaticText(text)
        line.setTextFormat(Qt.TextFormat.PlainText)
        line.prepare(QTransform(), self.font)
        return line, self._metrics.horizontalAdvance(text)

    def _learn(self, text: str) -> float:
        letters = self._letters
        for letter in text:
            if letter not in letters:
                plain = ord(letter) < _PLAIN_BELOW
                letters[letter] = self._metrics.horizontalAdvance(letter) if plain else float("inf")
        return sum(map(letters.__getitem__, text))
