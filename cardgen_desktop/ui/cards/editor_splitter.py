"""The line between the forms and the pane: remembered, and narrower in a narrow window."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSplitter, QWidget

from ..context import UiContext
from .right_pane import PANE_WIDTH

NAME = "card-editor"
NARROW_BELOW, NARROW_PANE = 1100, 304


class EditorSplitter(QSplitter):
    """Forms on the left take what the pane on the right leaves."""

    def __init__(
        self, left: QWidget, pane: QWidget, *, context: UiContext, parent: QWidget | None = None
    ) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._context = context
        self.setChildrenCollapsible(False)
        self.setHandleWidth(1)
        self.addWidget(left)
        self.addWidget(pane)
        self.setStretchFactor(0, 1)
        self.setStretchFactor(1, 0)
        self.splitterMoved.connect(self._remember)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if sizes := self._context.settings.splitter(NAME):
            pane = min(sizes[-1], max(NARROW_PANE, self.width() // 2))
        else:
            pane = NARROW_PANE if self.width() < NARROW_BELOW else PANE_WIDTH
        self.setSizes([self.width() - pane, pane])

    def _remember(self, _position: int, _index: int) -> None:
        self._context.settings.remember_splitter(NAME, self.sizes())
