"""Portraits: somebody's own picture, else book cloth with initials (visual language, section 7)."""

import hashlib
import math
from collections import OrderedDict
from dataclasses import dataclass
from functools import lru_cache

from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QImage,
    QLinearGradient,
    QPainter,
    QPainterPath,
    QPen,
    QPixmap,
)

from ..domain import portrait as style
from ..domain.portrait import PortraitStyle, portrait_of
from .theme import Theme, qcolor

_CACHE_LIMIT = 512
_CLOTH_SIDE = 64
_PLACES_LIMIT = 4096
_HALF_TURN = 180 * 16  # Qt counts sixteenths of a degree
_BLACK, _WHITE = Qt.GlobalColor.black, Qt.GlobalColor.white


class Portraits:
    """Paints and keeps portraits; the same name is the same picture everywhere and in both themes."""

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        self._pixmaps: OrderedDict[tuple[object, ...], QPixmap] = OrderedDict()
        self._cloths: dict[tuple[object, ...], QPixmap] = {}
        self._places: dict[tuple[str, int, int], tuple[QFont, QPointF]] = {}

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
        image = QImage.fromData(avatar) if avatar else QImage()
        if image.isNull():
            return self._paint_placeholder(portrait_of(name), size, dpr)
        pixmap, rect = _blank(size, dpr), QRectF(0, 0, size.width(), size.height())
        painter = _painter(pixmap)
        _paint_picture(painter, rect, _outline(rect), image)
        painter.end()
        return pixmap

    def parts(self, name: str, side: int, dpr: float = 1.0) -> tuple[QPixmap, "Initials"]:
        """Cloth and initials of a square placeholder, for delegates that draw one after the other.

        A list of a million people has sixty cloths: no picture is made for a row that is flown over.
        """
        look = _portrait_of(name)
        return self._cloth(look, QSize(side, side), dpr), self._initials(look, side, side)

    def _paint_placeholder(self, look: PortraitStyle, size: QSize, dpr: float) -> QPixmap:
        pixmap = QPixmap(self._cloth(look, size, dpr))
        initials = self._initials(look, size.width(), size.height())
        painter = _painter(pixmap)
        painter.setFont(initials.font)
        painter.setPen(initials.color)
        painter.drawText(initials.point, initials.text)
        painter.end()
        return pixmap

    def _cloth(self, look: PortraitStyle, size: QSize, dpr: float) -> QPixmap:
        key = (look.cloth, look.foil, look.pattern, size.width(), size.height(), dpr)
        pixmap = self._cloths.get(key)
        if pixmap is None:
            rect = QRectF(0, 0, size.width(), size.height())
            pixmap = _paint_cloth(look, rect, _blank(size, dpr), dpr)
            if max(rect.width(), rect.height()) <= _CLOTH_SIDE and len(self._cloths) < _CACHE_LIMIT:
                self._cloths[key] = pixmap
        return pixmap

    def _initials(self, look: PortraitStyle, width: int, height: int) -> "Initials":
        key = (look.initials, width, height)
        place = self._places.get(key)
        if place is None:
            share = style.ONE_INITIAL_SHARE if len(look.initials) == 1 else style.TWO_INITIALS_SHARE
            font = self._theme.font("name", share * min(width, height) / 20)
            metrics = QFontMetricsF(font)
            left = (width - metrics.horizontalAdvance(look.initials)) / 2
            place = font, QPointF(left, (height + metrics.capHeight()) / 2)
            if len(self._places) >= _PLACES_LIMIT:
                self._places.clear()
            self._places[key] = place
        return Initials(place[0], qcolor(look.foil), place[1], look.initials)


@dataclass(frozen=True, slots=True)
class Initials:
    """The letters on a placeholder; `point` counts from the corner of the portrait."""

    font: QFont
    color: QColor
    point: QPointF
    text: str


_portrait_of = lru_cache(maxsize=_PLACES_LIMIT)(portrait_of)


def _blank(size: QSize, dpr: float) -> QPixmap:
    pixmap = QPixmap(round(size.width() * dpr), round(size.height() * dpr))
    pixmap.setDevicePixelRatio(dpr)
    pixmap.fill(Qt.GlobalColor.transparent)
    return pixmap


def _painter(pixmap: QPixmap) -> QPainter:
    painter = QPainter(pixmap)
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
    return painter


def _outline(rect: QRectF) -> QPainterPath:
    outline, radius = QPainterPath(), min(rect.width(), rect.height()) * style.RADIUS_SHARE
    outline.addRoundedRect(rect, radius, radius)
    return outline


def _paint_cloth(look: PortraitStyle, rect: QRectF, pixmap: QPixmap, dpr: float) -> QPixmap:
    side, outline, painter = min(rect.width(), rect.height()), _outline(rect), _painter(pixmap)
    painter.fillPath(outline, qcolor(look.cloth))
    painter.save()
    painter.setClipPath(outline)
    painter.setOpacity(style.PATTERN_OPACITY)
    painter.drawPixmap(QPointF(), _pattern(rect, side, look, dpr))
    painter.restore()
    painter.fillPath(outline, _veil(rect))
    if side >= style.FRAME_FROM_PIXELS:
        _paint_frame(painter, rect, side, look)
    painter.end()
    return pixmap


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
