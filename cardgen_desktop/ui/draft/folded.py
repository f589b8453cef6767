"""The sources as one bar, for narrow windows."""

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QSize, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from ..components import Button, ElidedLabel, Label
from ..context import UiContext
from ..painting import draw_icon, ink
from ..theme import SPACE
from .source_rows import SourceRow
from .sources_pane import look_words

BAR_HEIGHT = 44


class FoldedSources(QWidget):
    """Says what is on the desk and opens the preview.

    Signals: `preview_toggled(bool)`.
    """

    preview_toggled = Signal(bool)

    def __init__(self, *, context: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._icon = "book"
        self._first = ElidedLabel(context=context, mode="middle", role="small_strong")
        self._more = Label(context=context, role="small", ink="muted")
        self._look = Label(context=context, role="small_medium", ink="warning")
        self.preview = Button("Preview", context=context, variant="outline", size="small", icon="eye")
        self.preview.setCheckable(True)
        self.preview.toggled.connect(self._on_toggled)
        self.setFixedHeight(BAR_HEIGHT)
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE.PAGE_EDGE + 26, 0, SPACE.PANE_EDGE, 1)
        row.setSpacing(8)
        row.addWidget(self._first, 1000)
        row.addWidget(self._more)
        row.addStretch(1)
        row.addSpacing(24)
        row.addWidget(self._look)
        row.addSpacing(8)
        row.addWidget(self.preview)

    @property
    def words(self) -> str:
        """What the bar says."""
        return " ".join(part for part in (self._first.text(), self._more.text(), self._look.text()) if part)

    def show_rows(self, rows: Sequence[SourceRow]) -> None:
        """Name the first source and count the others."""
        self._icon = rows[0].icon if rows else "note"
        name = rows[0].name if rows else ""
        self._first.setText(name)
        metrics = self._context.theme.fonts.metrics("small_strong")
        self._first.setMaximumWidth(round(metrics.horizontalAdvance(name)) + 4)
        self._more.setText(f"and {len(rows) - 1} more" if len(rows) > 1 else "")
        self._look.setText(look_words(sum(row.state in ("warning", "failed") for row in rows)))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(400, BAR_HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(0, self.height() - 1, self.width(), 1, ink(self._context.theme.tokens, "border"))
        at = QPointF(SPACE.PAGE_EDGE, self.height() / 2 - 9)
        draw_icon(painter, self._context.icons, self._icon, 18, "muted", at)
        if self._look.text() and self._look.isVisible():
            at = QPointF(self._look.x() - 24, self.height() / 2 - 9)
            draw_icon(painter, self._context.icons, "warning", 18, "warning", at)

    def _on_toggled(self, on: bool) -> None:
        self.preview.setText("Close preview" if on else "Preview")
        self._look.setVisible(not on)
        self.preview_toggled.emit(on)
