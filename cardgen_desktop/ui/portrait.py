"""Portraits: somebody's own picture, else book cloth with initials (visual language, section 7)."""

import hashlib
import math
from collections import OrderedDict

from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QImage, QLinearGradient, QPainter, QPainterPath, QPen, QPixmap

from ..domain import portrait as style
from ..domain.portrait import PortraitStyle, portrait_of
from .theme import Theme, qcolor

_CACHE_LIMIT = 512
_HALF_TURN = 180 * 16  # Qt counts sixteenths of a degree
_BLACK, _WHITE = Qt.GlobalColor.black, Qt.GlobalColor.white


class Portraits:
    """Paints and keeps portraits; the same name is the same picture everywhere and in both themes."""

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        self._pixmaps: OrderedDict[tuple[object, ...], QPixmap] = OrderedDict()

    def pixmap(
        self, name: str, width: int, height: int, dpr: float = 1.0, avatar: bytes | None = None
    ) -> QPixmap:
        """A portrait of logical size; `avatar` is a picture's bytes, passed over when it is no picture."""
        digest = hashlib.sha256(avatar).digest() if avatar else b""
        key = (name, width, height, dpr, digest)
        if key not in self._pixmaps:
            self._pixmaps[key] = self._paint(name, QSize(width, height), dpr, avatar)
            if len(self._pixmaps) > _CACHE_LIMIT:
                self._pixmaps.popitem(last=False)
        self._pixmaps.move_to_end(key)
        return self._pixmaps[key]

    def _paint(self, name: str, size: QSize, dpr: float, avatar: bytes | None) -> QPixmap:
        pixmap = QPixmap(round(size.width() * dpr), round(size.height() * dpr))
        pixmap.setDevicePixelRatio(dpr)
        pixmap.fill(Qt.GlobalColor.transparent)
        rect = QRectF(0, 0, size.width(), size.height())
        side = min(rect.width(), rect.height())
        painter = QPainter(pixmap)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        outline = QPainterPath()
        outline.addRoundedRect(rect, side * style.RADIUS_SHARE, side * style.RADIUS_SHARE)
        image = QImage.fromData(avatar) if avatar else QImage()
        if image.isNull():
            self._paint_cloth(painter, rect, outline, portrait_of(name))
        else:
            _paint_picture(painter, rect, outline, image)
        painter.end()
        return pixmap

    def _paint_cloth(
        self, painter: QPainter, rect: QRectF, outline: QPainterPath, look: PortraitStyle
    ) -> None:
        side = min(rect.width(), rect.height())
        painter.fillPath(outline, qcolor(look.cloth))
        painter.save()
        painter.setClipPath(outline)
        painter.setOpacity(style.PATTERN_OPACITY)
        painter.drawPixmap(QPointF(), _pattern(rect, side, look, painter.device().devicePixelRatio()))
        painter.restore()
        painter.fillPath(outline, _veil(rect))
        if side >= style.FRAME_FROM_PIXELS:
            _paint_frame(painter, rect, side, look)
        self._paint_initials(painter, rect, side, look)

    def _paint_initials(self, painter: QPainter, rect: QRectF, side: float, look: PortraitStyle) -> None:
        share = style.ONE_INITIAL_SHARE if len(look.initials) == 1 else style.TWO_INITIALS_SHARE
        font = self._theme.font("name", share * side / 20)
        metrics = QFontMetricsF(font)
        width = metrics.horizontalAdvance(look.initials)
        baseline = rect.center().y() + metrics.capHeight() / 2
        painter.setFont(font)
        painter.setPen(qcolor(look.foil))
        painter.drawText(QPointF(rect.center().x() - width / 2, baseline), look.initials)


def _paint_picture(painter: QPainter, rect: QRectF, outline: QPainterPath, image: QImage) -> None:
    """A picture that covers the portrait, cropped in the middle, a little above it when it is tall."""
    scale = max(rect.width() / image.width(), rect.height() / image.height())
    source_width, source_height = rect.width() / scale, rect.height() / scale
    left = (image.width() - source_width) / 2
    top = (image.height() - source_height) / 4
    painter.setClipPath(outline)
    painter.drawImage(rect, image, QRectF(left, top, source_width, source_height))


def _veil(rect: QRectF) -> QLinearGradient:
    veil = QLinearGradient(rect.topLeft(), rect.bottomLeft())
    for place, color, alpha in (
        (0.0, _WHITE, style.VEIL_TOP_ALPHA),
        (0.5, _WHITE, 0),
        (0.5001, _BLACK, 0),
        (1.0, _BLACK, style.VEIL_BOTTOM_ALPHA),
    ):
        shade = QPen(color).color()
        shade.setAlpha(alpha)
        veil.setColorAt(place, shade)
    return veil


def _paint_frame(painter: QPainter, rect: QRectF, side: float, look: PortraitStyle) -> None:
    inset = side * style.FRAME_INSET_SHARE
    radius = side * style.RADIUS_SHARE - inset / 2
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(qcolor(look.foil, style.FRAME_OPACITY), max(1.0, side / 72)))
    painter.drawRoundedRect(rect.adjusted(inset, inset, -inset, -inset), radius, radius)


def _pattern(rect: QRectF, side: float, look: PortraitStyle, dpr: float) -> QPixmap:
    """The pattern in full foil, to be laid over the cloth thinly: crossing lines do not shine through.

    Many small shapes are drawn ten times as fast as one path that holds them all.
    """
    layer = QPixmap((rect.size() * dpr).toSize())
    layer.setDevicePixelRatio(dpr)
    layer.fill(Qt.GlobalColor.transparent)
    painter = QPainter(layer)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(qcolor(look.foil), max(1.0, side * style.LINE_SHARE)))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    _PATTERNS[look.pattern](painter, rect, side * style.CELL_SHARE)
    painter.end()
    return layer


def _rules(painter: QPainter, rect: QRectF, cell: float) -> None:
    count = math.ceil((rect.width() + rect.height()) / cell) + 1
    starts = (column * cell - rect.height() for column in range(count))
    painter.drawLines([QLineF(x, rect.height(), x + rect.height(), 0) for x in starts])


def _lozenges(painter: QPainter, rect: QRectF, cell: float) -> None:
    _rules(painter, rect, 1.5 * cell)
    count = math.ceil((rect.width() + rect.height()) / (1.5 * cell)) + 1
    starts = (column * 1.5 * cell - rect.height() for column in range(count))
    painter.drawLines([QLineF(x, 0, x + rect.height(), rect.height()) for x in starts])


def _dots(painter: QPainter, rect: QRectF, cell: float) -> None:
    radius = cell * 0.17
    painter.setBrush(painter.pen().brush())
    painter.setPen(Qt.PenStyle.NoPen)
    for row in range(math.ceil(rect.height() / cell) + 1):
        for column in range(math.ceil(rect.width() / cell) + 2):
            painter.drawEllipse(QPointF((column - (row % 2) / 2) * cell, (row + 0.5) * cell), radius, radius)


def _scallops(painter: QPainter, rect: QRectF, cell: float) -> None:
    for row in range(math.ceil(rect.height() / cell) + 2):
        for column in range(-1, math.ceil(rect.width() / (2 * cell)) + 2):
            box = QRectF((2 * column - row % 2) * cell, (row - 1) * cell, 2 * cell, 2 * cell)
            painter.drawArc(box, 0, _HALF_TURN)


def _waves(painter: QPainter, rect: QRectF, cell: float) -> None:
    for row in range(math.ceil(rect.height() / cell) + 2):
        wave = QPainterPath(QPointF(0, row * cell))
        for step in range(math.ceil(rect.width() / cell) + 1):
            x, lift = step * cell, cell * (0.55 if step % 2 else -0.55)
            wave.quadTo(x + cell / 2, row * cell + lift, x + cell, row * cell)
        painter.drawPath(wave)


_PATTERNS = {
    "rules": _rules,
    "scallops": _scallops,
    "dots": _dots,
    "lozenges": _lozenges,
    "waves": _waves,
}
