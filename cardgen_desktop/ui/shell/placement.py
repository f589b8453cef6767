"""Where the window stands, remembered from one run to the next."""

from base64 import b64decode, b64encode

from PySide6.QtCore import QByteArray, QPoint, QRect, QSize
from PySide6.QtWidgets import QWidget

from ..context import UiContext

SMALLEST, USUAL = QSize(760, 520), QSize(1440, 900)
FRAME = QSize(16, 48)
"""Room for title bar and edges, which are only known once the window has been shown."""


def restore_placement(window: QWidget, context: UiContext) -> None:
    """Put the window where it was, else in the middle at its usual size, never larger than the screen."""
    window.setMinimumSize(SMALLEST)
    try:
        geometry = b64decode(context.settings.first_look.geometry, validate=True)
    except ValueError:
        geometry = b""
    if geometry and window.restoreGeometry(QByteArray(geometry)):
        return
    free = window.screen().availableGeometry()
    size = USUAL.boundedTo(free.size() - FRAME).expandedTo(SMALLEST)
    window.resize(size)
    window.move(free.center() - QRect(QPoint(), size + FRAME).center())


def remember_placement(window: QWidget, context: UiContext) -> None:
    """Keep where the window stands."""
    context.settings.update_window(geometry=b64encode(window.saveGeometry().data()).decode())
