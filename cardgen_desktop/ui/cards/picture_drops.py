"""Lets a picture from another program reach the portrait, although the whole window takes files as sources.

The window hears drags at its frame before any widget does. This filter stands in front of it while a portrait
is on the screen: over the portrait a picture is for the portrait, everywhere else it stays the window's.
"""

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QEvent, QMimeData, QObject, QPoint, Qt
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDragMoveEvent, QDropEvent, QWindow
from PySide6.QtWidgets import QWidget

from .pictures import picture_path


class PictureDrops(QObject):
    """Watches the frame of the window that a portrait is in.

    The portrait, or whatever else takes files, has `set_over(bool)` to show that it would take what `wants`
    says yes to, and `take(mime)`.
    """

    def __init__(
        self,
        portrait: QWidget,
        *,
        wants: Callable[[QMimeData], bool] = lambda mime: picture_path(mime) is not None,
    ) -> None:
        super().__init__(portrait)
        self._wants = wants
        self._portrait = portrait
        self._frame: QWindow | None = None
        self._over = self._passing = False

    def watch(self) -> None:
        """Stand in front, now that the portrait is shown."""
        self.stop()
        self._frame = self._portrait.window().windowHandle()
        if self._frame is not None:
            self._frame.installEventFilter(self)

    def stop(self) -> None:
        """Step aside, now that the portrait is hidden."""
        if self._frame is not None:
            self._frame.removeEventFilter(self)
        self._frame, self._over = None, False

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if self._passing:
            return False
        if isinstance(event, QDropEvent):  # entering and moving are drops too
            return self._is_for_portrait(event) and self._handle(event)
        if event.type() == QEvent.Type.DragLeave:
            self._show_over(False)
        return False

    def _is_for_portrait(self, event: QDropEvent) -> bool:
        return event.source() is None and self._wants(event.mimeData())

    def _handle(self, event: QDropEvent) -> bool:
        spot = self._portrait.mapFrom(self._portrait.window(), event.position().toPoint())
        inside = self._portrait.rect().contains(spot)
        if isinstance(event, QDragMoveEvent | QDragEnterEvent):
            self._cross(event, inside)
        elif inside:
            self._portrait.take(event.mimeData())  # type: ignore[attr-defined]
            self._show_over(False)
        if inside:
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
        return inside

    def _cross(self, event: QDropEvent, inside: bool) -> None:
        """Coming in, tell the window that the drag left it; going out, that it entered."""
        if inside and not self._over:
            self._pass_on(QDragLeaveEvent())
        elif self._over and not inside:
            self._pass_on(
                QDragEnterEvent(
                    QPoint(event.position().toPoint()), event.possibleActions(), event.mimeData(),
                    event.buttons(), event.modifiers(),
                )
            )  # fmt: skip
        self._show_over(inside)

    def _pass_on(self, event: QEvent) -> None:
        self._passing = True
        QCoreApplication.sendEvent(self._frame, event)  # type: ignore[arg-type]
        self._passing = False

    def _show_over(self, over: bool) -> None:
        if over != self._over:
            self._over = over
            self._portrait.set_over(over)  # type: ignore[attr-defined]
