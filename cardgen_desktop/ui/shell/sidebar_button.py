"""A row of the sidebar, to be painted by what it is."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ..components import tooltip
from ..components.focus import PaintedButton
from ..context import UiContext
from ..painting import fill_rounded, ink, paint_focus, stroke_rounded
from ..theme import RADIUS


def placed(widget: QWidget, left: float, top: float, width: float, height: float) -> QRectF:
    """A place in a row, counted from the side where reading begins."""
    x = widget.width() - left - width if widget.isRightToLeft() else left
    return QRectF(x, top, width, height)


class SidebarButton(PaintedButton):
    """A row of the sidebar: 36 high, wash when it is where we are; only its icon when the bar is narrow."""

    def __init__(self, text: str, *, context: UiContext, shortcut: str = "", hint: str = "") -> None:
        super().__init__()
        self._context, self._shortcut, self._hint = context, shortcut, hint
        self.narrow = False
        self.setText(text)
        self.setAccessibleName(text)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFixedHeight(36)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.set_narrow(False)

    def set_narrow(self, narrow: bool) -> None:
        """Show the whole row, or its icon with a tooltip."""
        self.narrow = narrow
        hint = self._hint or self.text()
        self.setToolTip(tooltip(hint, self._shortcut) if narrow or self._shortcut else "")
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(40, 36)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, tokens = QPainter(self), self._context.theme.tokens
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect = QRectF(self.rect())
        fill = "wash" if self.isChecked() else {"hover": "hover", "pressed": "pressed"}.get(self.state)
        if fill:
            fill_rounded(painter, rect, RADIUS.BUTTON, ink(tokens, fill))
        if self.isChecked() and tokens.high_contrast:
            stroke_rounded(painter, rect, RADIUS.BUTTON, ink(tokens, "accent"), 2)
        self._paint_content(painter, rect)
        if self.shows_ring:
            paint_focus(painter, rect.adjusted(2, 2, -2, -2), tokens, RADIUS.BADGE)

    def _paint_content(self, painter: QPainter, rect: QRectF) -> None:
        raise NotImplementedError
