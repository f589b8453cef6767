"""The keys of the card editor."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut

if TYPE_CHECKING:
    from .editor import CardEditor

ZOOM_STEP = 10


def keys_of(editor: "CardEditor") -> tuple[tuple[str, Callable[[], object]], ...]:
    """Every key and what it does."""
    zoom = editor.fields.zoom
    return (
        ("Ctrl+Z", editor.undo),
        ("Ctrl+Shift+Z", editor.redo),
        ("Ctrl+Y", editor.redo),
        ("Ctrl+E", editor.show_export),
        ("Ctrl+S", editor.save),
        ("Alt+Left", editor.back_requested.emit),
        ("Alt+E", partial(go_to_next_without_support, editor)),
        ("Ctrl+Shift+R", editor.rewrite),
        ("Ctrl++", partial(zoom, ZOOM_STEP)),
        ("Ctrl+=", partial(zoom, ZOOM_STEP)),
        ("Ctrl+-", partial(zoom, -ZOOM_STEP)),
        ("Ctrl+0", partial(zoom, 0)),
    )


def go_to_next_without_support(editor: "CardEditor") -> None:
    """Move to the next sentence that nothing in a source stands behind."""
    visible = [field for field in editor.fields.all if field.isVisible()]
    if not editor.fields.go_to_next_without_support(visible):
        editor.context.notify.toast("Every sentence here has something in the source behind it.")


def bind_keys(editor: "CardEditor") -> None:
    """Let the keys work anywhere inside the editor."""
    for keys, slot in keys_of(editor):
        shortcut = QShortcut(QKeySequence(keys), editor)
        shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.activated.connect(slot)
