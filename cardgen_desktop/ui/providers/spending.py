"""What an engine has cost this month, beside its cap."""

from decimal import Decimal

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from ...domain.profile import ProfileView
from ..components import Label
from ..context import UiContext
from ..money import money
from .profile_list import paint_cap
from .words import cap_words


class CapBar(QWidget):
    """How much of a cap is used, 6 px high."""

    def __init__(self, *, context: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._spent = self._cap = Decimal(0)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_share(self, spent: Decimal, cap: Decimal) -> None:
        """Show how much of the cap is used."""
        self._spent, self._cap = spent, cap
        self.setAccessibleName(f"{money(spent)} of {cap_words(cap)} used")
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(120, 6)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_cap(painter, QRectF(self.rect()), self._context, spent=self._spent, cap=self._cap)


class MonthSpending(QWidget):
    """A heading, a sum, a bar where there is a cap."""

    def __init__(self, *, context: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.sum = Label(context=context, role="body_medium")
        self.bar = CapBar(context=context)
        self.note = Label(context=context, role="caption", ink="muted", wrap=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(Label("This month", context=context, role="heading"))
        for widget in (self.sum, self.bar, self.note):
            column.addWidget(widget)
        self.show_view(None)

    def show_view(self, view: ProfileView | None) -> None:
        """Show what an engine has cost; None for one that is not stored yet."""
        cap = view.profile.monthly_cap if view is not None else None
        spent = view.spent_month if view is not None else Decimal(0)
        told = money(spent) if spent is not None else "no cost known"
        told = f"{told[:1].upper()}{told[1:]}"
        if cap is not None:
            told += f"{', cap' if spent is None else ' of'} {cap_words(cap)}"
        self.sum.setText(told)
        self.bar.setVisible(cap is not None)
        if cap is not None:
            self.bar.show_share(spent or Decimal(0), cap)
        is_local = view is not None and view.profile.is_local
        self.note.setText(_note(cap, is_local=is_local))


def _note(cap: Decimal | None, *, is_local: bool) -> str:
    if cap is not None:
        return "Jobs are held when the cap is reached, and go on next month."
    return "It runs on your own hardware." if is_local else "No cap is set."
