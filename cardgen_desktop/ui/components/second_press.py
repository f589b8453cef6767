"""The second press of a double click, where the first one has opened another page already."""

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication, QWidget

_PRESS, _RELEASE = QEvent.Type.MouseButtonDblClick, QEvent.Type.MouseButtonRelease


class SecondPress(QObject):
    """Keeps it from what lies under the mouse now: a word to be chosen, a button to be pressed.

    It watches the window for as long as a double click may take, and goes.
    """

    def __init__(self, window: QObject) -> None:
        super().__init__(window)
        self._awaited = _PRESS
        window.installEventFilter(self)
        QTimer.singleShot(QApplication.doubleClickInterval(), self, self.deleteLater)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() != self._awaited:
            return False
        if self._awaited is _RELEASE:
            watched.removeEventFilter(self)
        self._awaited = _RELEASE
        return True


def spare_second_press(widget: QWidget) -> None:
    """Call this where a single click opens something in the same window."""
    window = widget.window().windowHandle()
    if window is not None:
        SecondPress(window)
