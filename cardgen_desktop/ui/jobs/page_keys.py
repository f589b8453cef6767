"""The keys of the jobs page: those of the table act on the selection, the others work all over the page."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from .queue_wiring import PAUSE_KEYS

if TYPE_CHECKING:
    from .page import JobsPage

_ONLY = Qt.ShortcutContext.WidgetShortcut
_WITHIN = Qt.ShortcutContext.WidgetWithChildrenShortcut


def bind_keys(page: "JobsPage") -> None:
    """Bind the keys; a field that uses one itself, such as undo in the search, keeps it."""
    listing, actions, queue = page.listing, page.actions_of_rows, page.queue
    for keys, slot in actions.bindings():
        _bind(keys, listing.view, slot, _ONLY)
    _bind("Down", listing.filters.search, lambda: _focus(listing.view), _ONLY)
    for keys, slot in (
        ("Ctrl+R", actions.retry_selected),
        ("Ctrl+F", lambda: _focus(listing.filters.search)),
        (PAUSE_KEYS, queue.pause.click),
        ("Ctrl+Z", queue.undo),
        ("Ctrl+Shift+Z", queue.redo),
    ):
        _bind(keys, page, slot, _WITHIN)


def _bind(keys: str, widget: QWidget, slot: Callable[[], object], reach: Qt.ShortcutContext) -> None:
    shortcut = QShortcut(QKeySequence(keys), widget)
    shortcut.setContext(reach)
    shortcut.activated.connect(slot)


def _focus(widget: QWidget) -> None:
    widget.setFocus(Qt.FocusReason.ShortcutFocusReason)
