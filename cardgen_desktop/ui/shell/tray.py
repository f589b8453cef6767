"""Notices of the desktop, by way of an icon that is there only while one is shown."""

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QSystemTrayIcon

from .mark import window_icon

SHOWN_MILLISECONDS = 10_000
_LITERAL = str.maketrans({"<": "‹", ">": "›", "&": "＆"})


def literal(text: str) -> str:
    """A text that no desktop takes for markup: a character's name is never formatting."""
    return text.translate(_LITERAL)


class TrayMessenger(QObject):
    """Shows notices where the desktop has a place for them.

    Signals: `clicked` when a notice or the icon was.
    """

    clicked = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._icon: QSystemTrayIcon | None = None

    @property
    def is_available(self) -> bool:
        """Whether this desktop has a tray that shows messages."""
        return QSystemTrayIcon.isSystemTrayAvailable() and QSystemTrayIcon.supportsMessages()

    def tell(self, title: str, text: str) -> None:
        """Show a notice."""
        if self._icon is None:
            self._icon = QSystemTrayIcon(window_icon(), self)
            self._icon.setToolTip("CardGen Desktop")
            self._icon.messageClicked.connect(self.clicked)
            self._icon.activated.connect(lambda _reason: self.clicked.emit())
        self._icon.show()
        self._icon.showMessage(literal(title), literal(text), self._icon.icon(), SHOWN_MILLISECONDS)

    def rest(self) -> None:
        """Take the icon away."""
        if self._icon is not None:
            self._icon.hide()
