"""The program's mark: a card with a face, in the accent."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QPainter, QPainterPath, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QWidget

from ..context import UiContext
from ..painting import fill_rounded, ink, paint_text
from ..theme import Tokens
from ..tokens import LIGHT
from .sidebar_button import placed

ICON_SIZES = (16, 24, 32, 48, 64, 128, 256)


class Mark(QWidget):
    """The mark and the program's name at the top of the sidebar."""

    def __init__(self, *, context: UiContext) -> None:
        super().__init__()
        self._context, self._narrow = context, False
        self.setFixedHeight(58)
        self.setAccessibleName("CardGen Desktop")

    def set_narrow(self, narrow: bool) -> None:
        """Show the name, or only the mark."""
        self._narrow = narrow
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(40, 58)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, theme = QPainter(self), self._context.theme
        left = (self.width() - 28) / 2 if self._narrow else 6
        paint_mark(painter, placed(self, left, 16, 28, 28), theme.tokens)
        if not self._narrow:
            words = placed(self, 42, 16, self.width() - 42, 28)
            paint_text(painter, words, theme.tokens, theme.fonts, "CardGen", role="brand")


def paint_mark(painter: QPainter, rect: QRectF, tokens: Tokens) -> None:
    """The mark in a square."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(rect.topLeft())
    painter.scale(rect.width() / 28, rect.height() / 28)
    fill_rounded(painter, QRectF(4, 1, 20, 26), 4, ink(tokens, "accent"))
    pen = QPen(ink(tokens, "on_accent"), 1.75)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawEllipse(QPointF(14, 10), 3.4, 3.4)
    shoulders = QPainterPath(QPointF(9.2, 16.6))
    shoulders.quadTo(14, 11.6, 18.8, 16.6)
    painter.drawPath(shoulders)
    painter.drawLine(QPointF(9, 20), QPointF(19, 20))
    painter.restore()


def window_icon() -> QIcon:
    """The mark as an icon for the task bar, always in the light theme's accent."""
    icon = QIcon()
    for size in ICON_SIZES:
        pixmap = QPixmap(size, size)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        paint_mark(painter, QRectF(0, 0, size, size), LIGHT)
        painter.end()
        icon.addPixmap(pixmap)
    return icon
