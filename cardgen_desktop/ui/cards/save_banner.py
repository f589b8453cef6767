"""What the person should know about saving, when words in the header are not enough."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ..components import Banner, Button
from ..context import UiContext
from ..theme import SPACE
from .saving import SaveState, SaveStatus
from .session import EditSession, banner_words


class SaveBanner(QWidget):
    """A banner below the tabs, only while saving needs attention.

    Signals: `copy_requested`.
    """

    copy_requested = Signal()

    def __init__(self, *, context: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session: EditSession | None = None
        self.banner = Banner("danger", "", context=context)
        self.second = Button("", context=context, variant="ghost", size="small")
        row = self.banner.layout()
        assert isinstance(row, QHBoxLayout)
        row.addWidget(self.second)
        self.banner.action_triggered.connect(self._on_action)
        self.second.clicked.connect(self._on_second)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE.PAGE_EDGE, SPACE.MD, SPACE.PAGE_EDGE, 0)
        column.addWidget(self.banner)
        self.show_status(SaveStatus())

    def show_status(self, status: SaveStatus) -> None:
        """Say what is wrong, or go away."""
        words = banner_words(status)
        self.setVisible(words is not None)
        if words is not None:
            fact, text, action, second = words
            self.banner.say(fact, text, action)
            self.second.setText(second)
            self.second.setVisible(bool(second))

    def set_session(self, session: EditSession) -> None:
        """Act for another card."""
        self._session = session

    def _on_action(self) -> None:
        if self._session is None:
            return
        if self._session.status.state is SaveState.CONFLICT:
            self._session.keep_mine()
        elif self._session.status.state is SaveState.GONE:
            self._session.put_back()
        else:
            self.copy_requested.emit()

    def _on_second(self) -> None:
        if self._session is not None:
            self._session.take_theirs()
