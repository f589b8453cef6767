"""The painted shadow of what floats: 24 rings, 8 px down."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter

RINGS, DROP = 24, 8
SHADE = QColor(0, 0, 0, 8)
"""One ring of the soft edge under a small thing."""


def paint_shadow(painter: QPainter, rect: QRectF, radius: float, *, dark: bool) -> None:
    """Darken around `rect`; needs 32 px of room below and 24 on the other sides to show whole."""
    shade = QColor(0, 0, 0, 5 if dark else 1)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(shade)
    for ring in range(RINGS, 0, -1):
        painter.drawRoundedRect(
            rect.adjusted(-ring, DROP - ring, ring, DROP + ring), radius + ring, radius + ring
        )
