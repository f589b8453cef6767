"""The portrait of somebody, wherever it only has to be looked at."""

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from ..context import UiContext
from ..painting import draw_picture


class PortraitPicture(QWidget):
    """The portrait made from a name, at a fixed size."""

    def __init__(self, width: int, height: int, *, context: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context, self._name = context, ""
        self.setFixedSize(width, height)

    def show_name(self, name: str) -> None:
        """Show somebody else."""
        if name != self._name:
            self._name = name
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        dpr = self.devicePixelRatioF()
        pixmap = self._context.portraits.pixmap(self._name, self.width(), self.height(), dpr)
        draw_picture(QPainter(self), pixmap, QRectF(self.rect()))
