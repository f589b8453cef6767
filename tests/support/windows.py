"""Which windows flash up while something happens."""

from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QWidget


class _Watcher(QObject):
    def __init__(self) -> None:
        super().__init__()
        self.windows: list[str] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
            self.windows.append(type(watched).__name__)
        return False


@contextmanager
def windows_shown(app: QApplication) -> Iterator[list[str]]:
    """The classes of all widgets that are shown as windows meanwhile."""
    watcher = _Watcher()
    app.installEventFilter(watcher)
    try:
        yield watcher.windows
    finally:
        app.removeEventFilter(watcher)
