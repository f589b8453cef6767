"""Words on a page: plain text only, so that nothing from a book is ever taken for markup."""

from html import escape
from typing import Literal

from PySide6.QtCore import QSize, Qt, QTextBoundaryFinder
from PySide6.QtGui import QKeySequence, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QLabel, QSizePolicy, QWidget

from ..context import UiContext
from ..fonts import ROLES
from ..wording import cut_at_its_end

BREAK = "\N{ZERO WIDTH SPACE}"
LONGEST_WORD = 20
"""Letters; what is shorter fits a line wherever words are wrapped."""

ElideMode = Literal["right", "middle"]
_MODES = {"right": Qt.TextElideMode.ElideRight, "middle": Qt.TextElideMode.ElideMiddle}


def tooltip(text: str, shortcut: str = "") -> str:
    """A tooltip that cannot be mistaken for markup, with the shortcut as this system writes it."""
    keys = QKeySequence(shortcut).toString(QKeySequence.SequenceFormat.NativeText) if shortcut else ""
    words = f"{text} ({keys})" if keys else text
    return f"<span>{escape(words).replace(chr(10), '<br>')}</span>" if "<" in words else words


def breakable(text: str) -> str:
    """A text whose long words, such as names of files, may be wrapped: a wrapped label would cut them off."""
    return " ".join(_with_breaks(word) if len(word) > LONGEST_WORD else word for word in text.split(" "))


def _with_breaks(word: str) -> str:
    """A word with an invisible place to break after each of its graphemes."""
    finder = QTextBoundaryFinder(QTextBoundaryFinder.BoundaryType.Grapheme, word)
    # Qt counts in UTF-16, where a sign outside the first plane takes two places.
    units, places, start = word.encode("utf-16-le", "surrogatepass"), [], 0
    while (end := finder.toNextBoundary()) > 0:
        places.append(units[2 * start : 2 * end].decode("utf-16-le", "surrogatepass"))
        start = end
    return BREAK.join(places)


class Label(QLabel):
    """Plain text in a type role and an ink: `text`, `muted`, `faint`, `accent`, `warning`, `danger`, …"""

    def __init__(
        self,
        text: str = "",
        *,
        context: UiContext,
        role: str = "body",
        ink: str = "text",
        wrap: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._context = context
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setFont(context.theme.font(role))
        self.setProperty("ink", ink)
        self.setWordWrap(wrap)
        if not wrap:
            self.setMinimumHeight(ROLES[role].line)
        self.setText(text)

    def set_ink(self, ink: str) -> None:
        """Change the colour by token name."""
        if self.property("ink") != ink:
            self.setProperty("ink", ink)
            self.style().unpolish(self)
            self.style().polish(self)


class ElidedLabel(Label):
    """One line that elides `right` or, for file names, in the `middle`; the full text is its tooltip."""

    def __init__(
        self,
        text: str = "",
        *,
        context: UiContext,
        mode: ElideMode = "right",
        role: str = "body",
        ink: str = "text",
        parent: QWidget | None = None,
    ) -> None:
        self._full = text
        self._mode = _MODES[mode]
        super().__init__(text, context=context, role=role, ink=ink, parent=parent)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def setText(self, text: str) -> None:
        self._full = text
        self.setAccessibleName(text)
        super().setText(text)
        self._note_elision()

    def text(self) -> str:
        return self._full

    def minimumSizeHint(self) -> QSize:
        return QSize(24, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._note_elision()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setFont(self.font())
        painter.setPen(self.palette().color(self.foregroundRole()))
        rect = self.contentsRect()
        shown = self.fontMetrics().elidedText(self._full, self._mode, rect.width())
        shown = cut_at_its_end(shown, self._full)
        painter.drawText(rect, int(self.alignment() | Qt.TextFlag.TextSingleLine), shown)

    def _note_elision(self) -> None:
        hidden = self.fontMetrics().horizontalAdvance(self._full) > self.contentsRect().width()
        self.setToolTip(tooltip(self._full) if hidden else "")


class Hairline(QFrame):
    """A decorative line of one pixel."""

    def __init__(self, *, vertical: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("line", True)
        if vertical:
            self.setFixedWidth(1)
        else:
            self.setFixedHeight(1)
