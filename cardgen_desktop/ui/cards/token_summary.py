"""The foot of the right pane: what the card costs in tokens, by when it is sent."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from ..components import Hairline, Label
from ..context import UiContext
from ..painting import fill_rounded, ink
from ..theme import SPACE
from .budget import CONTEXTS, Budget

OPACITIES = (1.0, 0.62, 0.34)
BAR_HEIGHT = 8
ROWS = ("Always sent", "First message, examples", "Lorebook, when triggered")


class StackedBar(QWidget):
    """Three parts of one whole, in three strengths of the accent."""

    def __init__(self, *, context: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._parts: tuple[int, ...] = ()
        self._whole = 1
        self.setFixedHeight(BAR_HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_parts(self, parts: tuple[int, ...], whole: int) -> None:
        """Show parts of `whole`, in the same unit."""
        self._parts, self._whole = parts, max(1, whole)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(200, BAR_HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, tokens = QPainter(self), self._context.theme.tokens
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        fill_rounded(painter, QRectF(self.rect()), BAR_HEIGHT / 2, ink(tokens, "track"))
        x, scale = 0.0, self.width() / max(self._whole, sum(self._parts))
        for part, opacity in zip(self._parts, OPACITIES, strict=False):
            width = part * scale
            if width >= 1:
                painter.setClipRect(QRectF(x, 0, width - (1 if x + width < self.width() else 0), BAR_HEIGHT))
                end = sum(self._parts) * scale
                fill_rounded(
                    painter, QRectF(0, 0, end, BAR_HEIGHT), BAR_HEIGHT / 2, ink(tokens, "accent", opacity)
                )
            x += width


class TokenSummary(QWidget):
    """*Tokens*, an estimate: three sums, a bar, and the context they fit."""

    def __init__(self, *, context: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._bar = StackedBar(context=context)
        self._values = [Label(context=context, role="small_strong") for _ in ROWS]
        self._fit = Label(context=context, role="caption_strong", ink="success")
        self._total = Label(context=context, role="small_strong")
        self._lay_out()

    def show_budget(self, budget: Budget) -> None:
        """Take over new sums."""
        parts = (budget.always, budget.start, budget.triggered)
        self._bar.show_parts(parts, budget.context or CONTEXTS[-1])
        words = [f"{part:,}" for part in parts]
        words[2] = f"up to {words[2]}" if budget.triggered else "0"
        for label, text in zip(self._values, words, strict=True):
            label.setText(text)
        self._total.setText(f"{budget.total:,}")
        self._say_fit(budget)
        spoken = ", ".join(f"{row} {text}" for row, text in zip(ROWS, words, strict=True))
        self.setAccessibleName(f"Tokens, an estimate: {spoken}. {self._fit.text()}.")

    def _say_fit(self, budget: Budget) -> None:
        if budget.context is None:
            self._fit.setText("Larger than common contexts")
        else:
            self._fit.setText(f"Fits a {budget.context:,}-token context")
        self._fit.set_ink("success" if budget.context in CONTEXTS[:2] else "warning")
        self._fit.setToolTip("At least half of the context is left for the chat.")

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(Hairline())
        column.addSpacing(SPACE.MD)
        head = QHBoxLayout()
        head.addWidget(Label("Tokens", context=self._context, role="small_strong"))
        head.addStretch(1)
        how = Label("estimate, bytes ÷ 4", context=self._context, role="caption", ink="muted")
        head.addWidget(how)
        column.addLayout(head)
        column.addSpacing(SPACE.XS)
        column.addWidget(self._bar)
        column.addSpacing(SPACE.SM)
        column.addLayout(self._rows())

    def _rows(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setVerticalSpacing(2)
        grid.setColumnStretch(0, 1)
        for row, (title, value) in enumerate(zip(ROWS, self._values, strict=True)):
            grid.addWidget(Label(title, context=self._context, role="small", ink="muted"), row, 0)
            grid.addWidget(value, row, 1, Qt.AlignmentFlag.AlignRight)
        grid.addWidget(self._fit, len(ROWS), 0)
        grid.addWidget(self._total, len(ROWS), 1, Qt.AlignmentFlag.AlignRight)
        return grid
