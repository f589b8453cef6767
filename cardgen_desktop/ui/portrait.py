"""Portraits: somebody's own picture, else book cloth with initials (visual language, section 7)."""

import hashlib
import math
from collections import OrderedDict

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QImage, QLinearGradient, QPainter, QPainterPath, QPen, QPixmap

from ..domain import portrait as style
from ..domain.portrait import PortraitStyle, portrait_of
from .theme import Theme, qcolor

_CACHE_LIMIT = 512
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
        _paint_pattern(painter, rect, side, look)
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


def _paint_pattern(painter: QPainter, rect: QRectF, side: float, look: PortraitStyle) -> None:
    foil, cell = qcolor(look.foil, style.PATTERN_OPACITY), side * style.CELL_SHARE
    painter.setPen(QPen(foil, max(0.8, side * style.LINE_SHARE)))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if look.pattern == "dots":
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(foil)
    painter.drawPath(_PATTERNS[look.pattern](rect, cell))


def _rules(rect: QRectF, cell: float) -> QPainterPath:
    path, x = QPainterPath(), -rect.height()
    while x < rect.width():
        path.moveTo(x, rect.height())
        path.lineTo(x + rect.height(), 0)
        x += cell
    return path


def _lozenges(rect: QRectF, cell: float) -> QPainterPath:
    path, x = _rules(rect, 1.5 * cell), -rect.height()
    while x < rect.width():
        path.moveTo(x, 0)
        path.lineTo(x + rect.height(), rect.height())
        x += 1.5 * cell
    return path


def _dots(rect: QRectF, cell: float) -> QPainterPath:
    path, radius = QPainterPath(), cell * 0.17
    for row in range(math.ceil(rect.height() / cell) + 1):
        for column in range(math.ceil(rect.width() / cell) + 2):
            x = (column - (row % 2) / 2) * cell
            path.addEllipse(QPointF(x, (row + 0.5) * cell), radius, radius)
    return path


def _scallops(rect: QRectF, cell: float) -> QPainterPath:
    path = QPainterPath()
    for row in range(math.ceil(rect.height() / cell) + 2):
        for column in range(-1, math.ceil(rect.width() / (2 * cell)) + 2):
            x = (2 * column - row % 2) * cell
            box = QRectF(x, row * cell - cell, 2 * cell, 2 * cell)
            path.arcMoveTo(box, 0)
            path.arcTo(box, 0, 180)
    return path


def _waves(rect: QRectF, cell: float) -> QPainterPath:
    path, y = QPainterPath(), 0.0
    while y < rect.height() + cell:
        path.moveTo(0, y)
        for step in range(math.ceil(rect.width() / cell) + 1):
            x, lift = step * cell, cell * (0.55 if step % 2 else -0.55)
            path.quadTo(x + cell / 2, y + lift, x + cell, y)
        y += cell
    return path


_PATTERNS = {
    "rules": _rules,
    "scallops": _scallops,
    "dots": _dots,
    "lozenges": _lozenges,
    "waves": _waves,
}
