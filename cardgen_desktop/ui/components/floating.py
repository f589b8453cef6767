"""The shape of small windows that float: round corners also where nothing blends windows."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QBitmap, QGuiApplication, QPainter, QPainterPath, QRegion
from PySide6.QtWidgets import QWidget

BARE_PLATFORMS = frozenset({"xcb"})
"""Where a desktop may show what is transparent in a window as black."""


def rounded_region(size: QSize, radius: float) -> QRegion:
    """The pixels of a rounded rectangle, in logical pixels."""
    bitmap = QBitmap(size)
    bitmap.clear()
    path = QPainterPath()
    path.addRoundedRect(QRectF(0, 0, size.width(), size.height()), radius, radius)
    painter = QPainter(bitmap)
    painter.fillPath(path, Qt.GlobalColor.color1)
    painter.end()
    return QRegion(bitmap)


def cut_corners(window: QWidget, radius: float, platform: str = "") -> None:
    """Leave the corners out of a window; elsewhere they are blended with what lies behind, pixel by pixel."""
    is_bare = (platform or QGuiApplication.platformName()) in BARE_PLATFORMS
    if is_bare and not window.size().isEmpty():
        window.setMask(rounded_region(window.size(), radius))
