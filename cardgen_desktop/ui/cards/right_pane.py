"""A right pane inside a splitter."""

from PySide6.QtGui import QPainter, QPaintEvent

from ..components import Pane
from ..painting import ink

PANE_WIDTH = 352


class RightPane(Pane):
    """A pane whose hairline is the handle of the splitter beside it; a second line would make it heavy."""

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), ink(self._context.theme.tokens, "surface"))
