"""The place above a list where an item is shown that the card does not have yet."""

from PySide6.QtWidgets import QVBoxLayout, QWidget

from ..components import Label
from ..context import UiContext
from ..theme import SPACE
from .proposal_box import ProposalBox

MAX_WIDTH = 864
LOWEST_TEXT = 160


class NewTextPlace(QWidget):
    """Shows a proposal for a new greeting or entry; takes no room while there is none."""

    def __init__(self, *, context: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = Label(context=context, role="body_strong")
        self.box = ProposalBox(context=context, highest=LOWEST_TEXT)
        self.box.setMaximumWidth(MAX_WIDTH)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE.PAGE_EDGE, SPACE.MD, SPACE.PANE_EDGE, 0)
        column.setSpacing(6)
        column.addWidget(self._title)
        column.addWidget(self.box)
        self.hide()

    def show_title(self, title: str) -> None:
        """Show what it would be; with no title there is nothing."""
        self._title.setText(title)
        self.setVisible(bool(title))
