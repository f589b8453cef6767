"""The picture of an asset, as large as its place allows."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QSizePolicy, QWidget

from ..context import UiContext
from ..painting import fill_rounded, ink, paint_text, stroke_rounded
from ..theme import RADIUS

NOT_SHOWN = "No picture can be made of this file."
_CENTRE = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter


class AssetPreview(QWidget):
    """Shows a pixmap at the top left, never larger than it is; its place is kept while it is awaited."""

    def __init__(self, side: int, *, context: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._pixmap = QPixmap()
        self.words = ""
        self.setFixedHeight(side)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.hide()

    @property
    def has_picture(self) -> bool:
        """Whether a picture can be seen."""
        return not self._pixmap.isNull()

    def expect(self, expected: bool) -> None:
        """Keep the place for a picture that is on its way, so that nothing moves; or go away."""
        self._pixmap, self.words = QPixmap(), ""
        self.setVisible(expected)
        self.update()

    def show_picture(self, data: bytes | None) -> None:
        """Show a picture's bytes; None, and what is no picture, is said where one was expected."""
        self._pixmap = QPixmap()
        shown = data is not None and self._pixmap.loadFromData(data)
        self.words = "" if shown else NOT_SHOWN
        if shown:
            self.show()
        self.setAccessibleName("Picture of the asset" if shown else NOT_SHOWN)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(self.height(), self.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.SmoothPixmapTransform | QPainter.RenderHint.Antialiasing)
        theme = self._context.theme
        if not self.has_picture:
            whole = QRectF(self.rect())
            fill_rounded(painter, whole, RADIUS.BUTTON, ink(theme.tokens, "sunken"))
            paint_text(
                painter,
                whole,
                theme.tokens,
                theme.fonts,
                self.words,
                role="small",
                token="muted",
                align=_CENTRE,
            )
            return
        ratio = self.devicePixelRatioF()
        width, height = self._pixmap.width() / ratio, self._pixmap.height() / ratio
        scale = min(1.0, self.width() / width, self.height() / height)
        place = QRectF(0, 0, width * scale, height * scale)
        painter.drawPixmap(place, self._pixmap, QRectF(self._pixmap.rect()))
        edge = ink(theme.tokens, "border")
        stroke_rounded(painter, place.adjusted(0.5, 0.5, -0.5, -0.5), 0, edge)
