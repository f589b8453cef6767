"""What the person should know about saving, when words in the header are not enough."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ..components import Banner, Button
from ..context import UiContext
from ..theme import SPACE
from .saving import SaveState, SaveStatus
from .session import banner_words


class SaveBanner(QWidget):
    """A banner below the tabs, only while saving needs attention.

    Signals: `copy_requested`, `keep_requested`, `take_requested`, `put_back_requested`.
    """

    copy_requested = Signal()
    keep_requested = Signal()
    take_requested = Signal()
    put_back_requested = Signal()

    def __init__(self, *, context: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = SaveState.SAVED
        self.banner = Banner("danger", "", context=context)
        self.second = Button("", context=context, variant="ghost", size="small")
        row = self.banner.layout()
        assert isinstance(row, QHBoxLayout)
        row.addWidget(self.second)
        self.banner.action_triggered.connect(self._on_action)
        self.second.clicked.connect(self.take_requested)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE.PAGE_EDGE, SPACE.MD, SPACE.PAGE_EDGE, 0)
        column.addWidget(self.banner)
        self.show_status(SaveStatus())

    def show_status(self, status: SaveStatus) -> None:
        """Say what is wrong, or go away."""
        self._state = status.state
        words = banner_words(status)
        self.setVisible(words is not None)
        if words is not None:
            fact, text, action, second = words
            self.banner.say(fact, text, action)
            self.second.setText(second)
            self.second.setVisible(bool(second))

    def _on_action(self) -> None:
        if self._state is SaveState.CONFLICT:
            self.keep_requested.emit()
        elif self._state is SaveState.GONE:
            self.put_back_requested.emit()
        else:
            self.copy_requested.emit()
