"""The picture of an asset, as large as its place allows."""

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QSizePolicy, QWidget

from ..context import UiContext
from ..painting import ink, stroke_rounded


class AssetPreview(QWidget):
    """Shows a pixmap at the top left, never larger than it is; hidden while there is none."""

    def __init__(self, side: int, *, context: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._pixmap = QPixmap()
        self.setFixedHeight(side)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.hide()

    def show_picture(self, data: bytes | None) -> None:
        """Show a picture's bytes; nothing for None and for what is no picture."""
        self._pixmap = QPixmap()
        shown = data is not None and self._pixmap.loadFromData(data)
        self.setVisible(shown)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(self.height(), self.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._pixmap.isNull():
            return
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.SmoothPixmapTransform | QPainter.RenderHint.Antialiasing)
        ratio = self.devicePixelRatioF()
        width, height = self._pixmap.width() / ratio, self._pixmap.height() / ratio
        scale = min(1.0, self.width() / width, self.height() / height)
        place = QRectF(0, 0, width * scale, height * scale)
        painter.drawPixmap(place, self._pixmap, QRectF(self._pixmap.rect()))
        edge = ink(self._context.theme.tokens, "border")
        stroke_rounded(painter, place.adjusted(0.5, 0.5, -0.5, -0.5), 0, edge)
