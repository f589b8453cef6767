"""Keyboard focus shows a ring, a mouse click does not."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QAbstractButton

_KEYBOARD = (
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
)


_BACK = (Qt.FocusReason.ActiveWindowFocusReason, Qt.FocusReason.PopupFocusReason)
"""The window or a menu took the focus away for a while: what was seen before is seen again."""


def came_by_keyboard(event: QFocusEvent) -> bool:
    """Whether a focus that arrives should be seen."""
    return event.reason() in _KEYBOARD


class PaintedButton(QAbstractButton):
    """A button painted by us: knows its state by name and whether the focus came from the keyboard.

    Enter clicks it, as Space does. `preview` forces a state (`hover`, `pressed`, `focus`, `disabled`) for the
    gallery.
    """

    _ring = False
    _preview = ""
    _enter_clicks = True

    def preview(self, state: str) -> None:
        """Show a state without the mouse or keyboard; for pictures only."""
        self._preview = state
        self._ring = state == "focus"
        self.setEnabled(state != "disabled")
        self.update()

    @property
    def state(self) -> str:
        """`disabled`, `pressed`, `hover` or `rest`."""
        if not self.isEnabled():
            return "disabled"
        if self._preview in ("hover", "pressed"):
            return self._preview
        if self.isDown():
            return "pressed"
        return "hover" if self.underMouse() else "rest"

    @property
    def shows_ring(self) -> bool:
        """Whether to draw the focus ring."""
        return self._ring and self.isEnabled() and (self.hasFocus() or self._preview == "focus")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._enter_clicks and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def begin_with_ring(self) -> None:
        """Have the focus, and show it, as soon as the window appears."""
        self._ring = True
        self.setFocus(Qt.FocusReason.TabFocusReason)

    def focusInEvent(self, event: QFocusEvent) -> None:
        if event.reason() not in _BACK:
            self._ring = came_by_keyboard(event)
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        if event.reason() not in _BACK:
            self._ring = False
        super().focusOutEvent(event)
