"""How the settings are laid out: sections under headings, rows with their control at the right.

What holds others is made before them and with its parent: a widget that changes its parent is styled again,
with everything in it.
"""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from ..components import Label
from ..context import UiContext
from ..theme import SPACE


class Section(QWidget):
    """A heading, if any, over a tile that widgets are added to."""

    def __init__(self, title: str, *, context: UiContext, parent: QWidget) -> None:
        super().__init__(parent)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(SPACE.SM)
        if title:
            rows.addWidget(Label(title, context=context, role="heading", parent=self))
        self.tile = QFrame(self)
        self.tile.setProperty("tile", True)
        self._inner = QVBoxLayout(self.tile)
        self._inner.setContentsMargins(SPACE.PANE_EDGE, SPACE.LG, SPACE.PANE_EDGE, SPACE.LG)
        self._inner.setSpacing(SPACE.MD)
        rows.addWidget(self.tile)

    def add(self, widget: QWidget) -> None:
        """Add a widget to the tile."""
        self._inner.addWidget(widget)


class ScrolledPage(QScrollArea):
    """A page that scrolls, at the left edge of the window and at most `width` wide.

    `column` takes its parts, whose parent is `content`.
    """

    def __init__(self, *, width: int, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        holder = QWidget()
        holder.setProperty("clear", True)
        self.setWidget(holder)
        row = QHBoxLayout(holder)
        row.setContentsMargins(SPACE.PAGE_EDGE, SPACE.PAGE_EDGE, SPACE.PAGE_EDGE, SPACE.PAGE_EDGE)
        row.setSpacing(0)
        self.content = QWidget(holder)
        self.content.setMaximumWidth(width)
        self.column = QVBoxLayout(self.content)
        self.column.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.content, 1000)
        row.addStretch(1)


def setting_row(
    title: str, explanation: str, *controls: QWidget, context: UiContext, parent: QWidget | None = None
) -> QWidget:
    """What is chosen and why on the left, the controls on the right."""
    row_widget = QWidget(parent)
    row = QHBoxLayout(row_widget)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(SPACE.LG)
    words = QVBoxLayout()
    words.setSpacing(0)
    row.addLayout(words, 1)
    words.addWidget(Label(title, context=context, role="body_medium", parent=row_widget))
    if explanation:
        words.addWidget(
            Label(explanation, context=context, role="small", ink="muted", wrap=True, parent=row_widget)
        )
    for control in controls:
        row.addWidget(control, 0, Qt.AlignmentFlag.AlignVCenter)
    return row_widget
