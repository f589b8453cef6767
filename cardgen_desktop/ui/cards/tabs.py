"""The tabs of the card editor: words with counts, the current one underlined in accent."""

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFocusEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QTabBar, QWidget

from ..context import UiContext
from ..painting import fill_rounded, ink, paint_focus, paint_text
from ..theme import HEIGHT, SPACE

PADDING, COUNT_GAP = 14, 8
_KEYBOARD = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)


class EditorTabs(QTabBar):
    """A tab bar 44 px high; the first word begins at the edge of the page."""

    def __init__(self, titles: tuple[str, ...], *, context: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._counts: dict[int, int] = {}
        self._ring = False
        self.setDrawBase(False)
        self.setExpanding(False)
        self.setUsesScrollButtons(False)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(HEIGHT.TABS)
        self.setAccessibleName("Parts of the card")
        for title in titles:
            self.addTab(title)

    def set_count(self, index: int, count: int | None) -> None:
        """Show a number behind a tab's word; None or 0 hides it."""
        if self._counts.get(index, 0) == (count or 0):
            return
        self._counts[index] = count or 0
        self.setAccessibleTabName(index, f"{self.tabText(index)}, {count}" if count else self.tabText(index))
        self.setTabText(index, self.tabText(index))  # the width has to be asked for again
        self.update()

    def tabSizeHint(self, index: int) -> QSize:
        fonts = self._context.theme.fonts
        width = fonts.metrics("body_strong").horizontalAdvance(self.tabText(index)) + 2 * PADDING
        if self._counts.get(index):
            width += COUNT_GAP + fonts.metrics("small").horizontalAdvance(str(self._counts[index]))
        return QSize(round(width + 0.5), HEIGHT.TABS)

    def minimumTabSizeHint(self, index: int) -> QSize:
        return self.tabSizeHint(index)

    def sizeHint(self) -> QSize:
        return QSize(sum(self.tabSizeHint(index).width() for index in range(self.count())), HEIGHT.TABS)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._ring = event.reason() in _KEYBOARD
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._ring = False
        super().focusOutEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for index in range(self.count()):
            self._paint_tab(painter, index, self.tabRect(index))

    def _paint_tab(self, painter: QPainter, index: int, rect: QRect) -> None:
        theme, current = self._context.theme, index == self.currentIndex()
        hovered = self.underMouse() and rect.contains(self.mapFromGlobal(self.cursor().pos()))
        token = "text" if current or hovered else "muted"
        role = "body_strong" if current else "body_medium"
        words = QRectF(rect).adjusted(PADDING, 0, -PADDING, 0)
        paint_text(painter, words, theme.tokens, theme.fonts, self.tabText(index), role=role, token=token)
        if self._counts.get(index):
            taken = theme.fonts.metrics("body_strong").horizontalAdvance(self.tabText(index))
            box = words.adjusted(taken + COUNT_GAP, 0, SPACE.SM, 0)
            count = str(self._counts[index])
            paint_text(painter, box, theme.tokens, theme.fonts, count, role="small", token="muted")
        if current:
            line = QRectF(words.left(), self.height() - 3, words.width(), 3)
            fill_rounded(painter, line, 1.5, ink(theme.tokens, "accent"))
            if self._ring and self.hasFocus():
                paint_focus(painter, QRectF(rect).adjusted(2, 5, -2, -7), theme.tokens, 6)


class TabStrip(QWidget):
    """The tabs on their hairline, which runs from edge to edge."""

    def __init__(self, tabs: EditorTabs, *, context: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.setFixedHeight(HEIGHT.TABS)
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE.PAGE_EDGE - PADDING, 0, SPACE.PAGE_EDGE, 0)
        row.addWidget(tabs)

    def paintEvent(self, event: QPaintEvent) -> None:
        edge = ink(self._context.theme.tokens, "border")
        QPainter(self).fillRect(0, self.height() - 1, self.width(), 1, edge)
