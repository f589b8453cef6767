"""Pasting cards where a line has the focus: they are imported, not written into the line."""

from PySide6.QtCore import QEvent, QMimeData, QObject
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence

from ...domain.pasted_text import means_to_be_card
from ..drop import paths_from, text_from


class CardPaste(QObject):
    """Filters the events of a line: it leaves the key to the window when the clipboard holds cards."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() != QEvent.Type.ShortcutOverride or not isinstance(event, QKeyEvent):
            return False
        if not event.matches(QKeySequence.StandardKey.Paste) or not holds_cards(_clipboard()):
            return False
        event.ignore()
        return True


def holds_cards(mime: QMimeData) -> bool:
    """Whether this is files, or the text of a card."""
    return bool(paths_from(mime)) or means_to_be_card(text_from(mime))


def _clipboard() -> QMimeData:
    # Without a clipboard owner Qt has no data at all, whatever its signature says.
    return QGuiApplication.clipboard().mimeData() or QMimeData()
