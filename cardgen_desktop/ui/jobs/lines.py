"""Lines of text that fit: widths without asking the font for each, and text cut where it does not fit.

Measuring a text costs half as much as drawing it. The widths of single letters, added up, tell in most cases
that a text has room enough; only near the edge, and for scripts whose letters change beside each other, the
font is asked.
"""

from functools import lru_cache

from PySide6.QtCore import Qt

from ..fonts import Fonts

_PLAIN_BELOW = 0x250  # Latin letters stand alone; others may join, stack or combine
_SLACK = 2.0


class Lines:
    """Cuts and measures one line of text in a type role."""

    def __init__(self, fonts: Fonts) -> None:
        self._fonts = fonts
        self._letters: dict[str, dict[str, float]] = {}
        self._lifts: dict[str, float] = {}
        self.cut = lru_cache(maxsize=2048)(self._cut)
        self.width = lru_cache(maxsize=2048)(self._width)

    def clear(self) -> None:
        """Forget everything, after the fonts changed."""
        self._letters.clear()
        self._lifts.clear()
        self.cut.cache_clear()
        self.width.cache_clear()

    def fitting(self, role: str, text: str, width: float) -> str:
        """The text as it fits into a width, cut at its end if it must be."""
        letters = self._letters.get(role)
        if letters is None:
            letters = self._letters[role] = {}
        try:
            needed = sum(map(letters.__getitem__, text))
        except KeyError:
            needed = self._learn(role, text)
        return text if needed <= width - _SLACK else self.cut(role, text, int(width))

    def baseline(self, role: str, top: float, height: float) -> float:
        """Where the letters stand when a line is in the middle of a height."""
        lift = self._lifts.get(role)
        if lift is None:
            metrics = self._fonts.metrics(role)
            lift = self._lifts[role] = (metrics.ascent() - metrics.descent()) / 2
        return round(top + height / 2 + lift)

    def _learn(self, role: str, text: str) -> float:
        metrics, letters = self._fonts.metrics(role), self._letters[role]
        for letter in text:
            if letter not in letters:
                plain = ord(letter) < _PLAIN_BELOW
                letters[letter] = metrics.horizontalAdvance(letter) if plain else float("inf")
        return sum(map(letters.__getitem__, text))

    def _cut(self, role: str, text: str, width: int) -> str:
        return self._fonts.metrics(role).elidedText(text, Qt.TextElideMode.ElideRight, width)

    def _width(self, role: str, text: str) -> float:
        return self._fonts.metrics(role).horizontalAdvance(text)
