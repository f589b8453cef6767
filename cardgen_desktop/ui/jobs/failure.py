"""What happened, why, and what was kept, on the wash of danger or warning."""

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QVBoxLayout

from ..components import Label, repolish
from ..context import UiContext
from ..painting import draw_icon
from .reasons import Standstill

LONGEST = 4000
"""Characters of an explanation that are shown; the whole is in the report."""
_TILES = {"danger": "danger", "warning": "warning", "neutral": "plain"}
_INKS = {"danger": "danger", "warning": "warning", "neutral": "muted"}


class FailureTile(QFrame):
    """Three short paragraphs that can be selected; hidden while there is nothing to explain."""

    def __init__(self, *, context: UiContext) -> None:
        super().__init__()
        self._context = context
        self._shown: Standstill | None = None
        self._what = Label(context=context, role="small_strong", wrap=True)
        self._why = Label(context=context, role="small", wrap=True)
        self._kept = Label(context=context, role="small", wrap=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 12, 14, 12)
        column.setSpacing(6)
        self._what.setContentsMargins(26, 0, 0, 0)
        for label in (self._what, self._why, self._kept):
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            column.addWidget(label)

    @property
    def words(self) -> str:
        """Everything that is said."""
        labels = (self._what, self._why, self._kept)
        return " ".join(label.text() for label in labels if label.text())

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._shown is not None:
            at = QPointF(self._what.geometry().topLeft())
            token = _INKS[self._shown.kind]
            draw_icon(QPainter(self), self._context.icons, self._shown.icon, 18, token, at)

    def tell(self, standstill: Standstill | None) -> None:
        """Show another explanation, or none; what did not change is left alone."""
        self.setVisible(standstill is not None)
        if standstill is None or standstill == self._shown:
            return
        is_other_kind = self._shown is None or self._shown.kind != standstill.kind
        self._shown = standstill
        for label, text in (
            (self._what, standstill.fact),
            (self._why, standstill.why),
            (self._kept, standstill.goes_on),
        ):
            label.setText(text if len(text) <= LONGEST else f"{text[:LONGEST]}…")
            label.setVisible(bool(text))
        self.setAccessibleName(self.words)
        if is_other_kind:
            self.setProperty("tile", _TILES[standstill.kind])
            repolish(self)
        self.update()
