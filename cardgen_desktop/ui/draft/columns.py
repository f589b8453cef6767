"""The three columns of the draft page, and how they fold when the window is narrow."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter, QStackedWidget, QVBoxLayout, QWidget

from ..context import UiContext
from .folded import FoldedSources
from .panel import DraftPanel
from .picker import PeoplePicker
from .sources_pane import SourcesPane

NARROW_WINDOW = 1200
LEAST_WIDTH = 976
SPLITTER = "draft"
WIDTHS = (360, 420, 336)
NARROW_PANEL = 304


class DraftColumns(QWidget):
    """Sources, picker and panel side by side; in a narrow window the sources become a bar over the picker."""

    def __init__(
        self,
        sources: SourcesPane,
        picker: PeoplePicker,
        panel: DraftPanel,
        *,
        context: UiContext,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._context = context
        self._sources, self._picker, self._panel = sources, picker, panel
        self.narrow = False
        self.bar = FoldedSources(context=context)
        self.bar.preview_toggled.connect(self._on_preview_toggled)
        self._middle = QStackedWidget()
        self._middle.addWidget(picker)
        middle = QWidget()
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.bar)
        column.addWidget(self._middle, 1)
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setHandleWidth(1)
        for widget in (sources, middle, panel):
            self.splitter.addWidget(widget)
        for number, factor in enumerate((0, 1, 0)):
            self.splitter.setStretchFactor(number, factor)
        self.splitter.splitterMoved.connect(self._remember)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self.splitter)
        self.bar.hide()

    def fit(self, width: int, window_width: int) -> None:
        """Fold or unfold for the widths of the page and of its window, and give each column its own."""
        narrow = window_width < NARROW_WINDOW or width < LEAST_WIDTH
        if narrow != self.narrow:
            self.narrow = narrow
            self._fold(narrow)
        if not self._context.settings.splitter(self._key()):
            self._share_out(width)

    def restore(self) -> None:
        """Give the columns the widths the person gave them last."""
        if sizes := self._context.settings.splitter(self._key()):
            self.splitter.setSizes(sizes)

    def _fold(self, narrow: bool) -> None:
        self.bar.setVisible(narrow)
        self._panel.set_narrow(narrow)
        if narrow:
            self._middle.addWidget(self._sources)
        else:
            self.bar.preview.setChecked(False)
            self.splitter.insertWidget(0, self._sources)
            self._sources.show()
        self._middle.setCurrentWidget(self._picker)
        self.restore()

    def _share_out(self, width: int) -> None:
        left, least, right = WIDTHS
        if self.narrow:
            self.splitter.setSizes([width - NARROW_PANEL, NARROW_PANEL])
        else:
            missing = max(0, left + least + right - width)
            left, right = left - missing // 2, right - min(40, missing // 4)
            self.splitter.setSizes([left, width - left - right, right])

    def _on_preview_toggled(self, on: bool) -> None:
        if self.narrow:
            self._middle.setCurrentWidget(self._sources if on else self._picker)

    def _key(self) -> str:
        return f"{SPLITTER}-narrow" if self.narrow else SPLITTER

    def _remember(self, _position: int, _index: int) -> None:
        self._context.settings.remember_splitter(self._key(), self.splitter.sizes())
