"""Files dropped on the assets: they become assets of the card, not sources of the desk."""

from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QObject, QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from ..context import UiContext
from ..drop import paths_from
from ..painting import dash_pen, ink, paint_text
from ..theme import RADIUS
from .picture_drops import PictureDrops

WORDS = "Let go to add to this card"
_CENTRE = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter


class AssetDropZone(QWidget):
    """Covers `ground` while files are over it.

    Signals: `files_dropped(list[Path])`.
    """

    files_dropped = Signal(object)

    def __init__(self, ground: QWidget, *, context: UiContext) -> None:
        super().__init__(ground)
        self._context, self._ground = context, ground
        self._drops = PictureDrops(self, wants=lambda mime: bool(paths_from(mime)))
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAccessibleName(WORDS)
        self.hide()
        ground.installEventFilter(self)

    def set_over(self, over: bool) -> None:
        """Show that letting go now adds files."""
        self.setVisible(over)
        if over:
            self.raise_()

    def take(self, mime: QMimeData) -> None:
        """Hand over what was dropped."""
        paths: list[Path] = paths_from(mime)
        if paths:
            self.files_dropped.emit(paths)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show:
            self._drops.watch()
        elif event.type() == QEvent.Type.Hide:
            self._drops.stop()
            self.hide()
        if event.type() in (QEvent.Type.Show, QEvent.Type.Resize):
            self.setGeometry(self._ground.rect())
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, theme = QPainter(self), self._context.theme
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        whole = QRectF(self.rect())
        painter.fillRect(whole, ink(theme.tokens, "window", 0.9))
        painter.fillRect(whole, ink(theme.tokens, "accent", 0.07))
        painter.setPen(dash_pen(ink(theme.tokens, "accent"), 2))
        painter.drawRoundedRect(whole.adjusted(12, 12, -12, -12), RADIUS.ZONE, RADIUS.ZONE)
        paint_text(painter, whole, theme.tokens, theme.fonts, WORDS, role="title", align=_CENTRE)
