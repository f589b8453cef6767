"""Menus with icons and shortcuts; opened with `popup`, never with a nested loop."""

from collections.abc import Callable

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QMenu, QWidget

from ..context import UiContext
from ..theme import RADIUS
from .floating import cut_corners


class Menu(QMenu):
    """A menu whose rows are 34 px with an icon and a shortcut hint."""

    def __init__(self, *, context: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
        self.setWindowFlag(Qt.WindowType.FramelessWindowHint)
        self.setWindowFlag(Qt.WindowType.NoDropShadowWindowHint)

    def add(
        self,
        text: str,
        callback: Callable[[], object],
        *,
        icon: str | None = None,
        shortcut: str = "",
        enabled: bool = True,
        danger: bool = False,
    ) -> QAction:
        """Add a row; the shortcut is shown here, the page binds the key."""
        action = QAction(text, self)
        if icon:
            action.setIcon(self._context.icons.icon(icon, "danger" if danger else "muted"))
        if shortcut:
            action.setShortcut(QKeySequence(shortcut))
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            action.setShortcutVisibleInContextMenu(True)
        action.setEnabled(enabled)
        action.triggered.connect(lambda: callback())
        self.addAction(action)
        return action

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        cut_corners(self, RADIUS.TILE)

    def open_below(self, widget: QWidget) -> None:
        """Show under a widget, its right edges aligned."""
        corner = widget.mapToGlobal(QPoint(widget.width() - self.sizeHint().width(), widget.height() + 4))
        self.popup(corner)
