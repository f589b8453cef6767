"""The placeholders of templates, each with what it stands for; a click puts it where the cursor is."""

from collections.abc import Sequence
from math import ceil

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ...domain.prompt_style import PromptVariable
from ..components import Label, Pane
from ..components.focus import PaintedButton
from ..context import UiContext
from ..painting import fill_rounded, ink, paint_focus, paint_text
from ..theme import RADIUS

WIDTH, SIDE, TOP = 296, 8, 23
_WRAPPED = int(Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextWordWrap)
INSERT = "A click puts one into the text."
LOOK = "What the templates are filled with. Copy the style to change its texts."


class _Placeholder(PaintedButton):
    """`{{name}}` over its meaning."""

    def __init__(self, variable: PromptVariable, *, context: UiContext) -> None:
        super().__init__()
        self._context, self.variable = context, variable
        self.setText(f"{{{{{variable.name}}}}}")
        example = f" Such as: {variable.example}" if variable.example else ""
        self.setAccessibleName(f"{variable.name}: {variable.meaning}{example}")
        self.setToolTip(f"{variable.meaning}{example}")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(200, self.minimumHeight() or 46)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        room = QRectF(0, 0, max(1, self.width() - 2 * SIDE), 4000)
        needed = self._context.theme.fonts.metrics("caption").boundingRect(
            room, _WRAPPED, self.variable.meaning
        )
        height = TOP + ceil(needed.height()) + 5
        if height != self.minimumHeight():
            self.setFixedHeight(height)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, theme = QPainter(self), self._context.theme
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect = self.rect().toRectF()
        if self.state in ("hover", "pressed"):
            fill_rounded(painter, rect, RADIUS.BADGE, ink(theme.tokens, self.state))
        upper = QRectF(SIDE, 4, rect.width() - 2 * SIDE, 18)
        token = "accent" if self.isEnabled() else "text"
        paint_text(painter, upper, theme.tokens, theme.fonts, self.text(), role="small_strong", token=token)
        painter.setFont(theme.fonts.font("caption"))
        painter.setPen(ink(theme.tokens, "muted"))
        painter.drawText(rect.adjusted(SIDE, TOP, -SIDE, 0), _WRAPPED, self.variable.meaning)
        if self.shows_ring:
            paint_focus(painter, rect, theme.tokens, RADIUS.BADGE)


class VariablesPane(Pane):
    """All placeholders.

    Signals: `chosen(name)`.
    """

    chosen = Signal(str)

    def __init__(self, *, context: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(context=context, width=WIDTH, parent=parent)
        self._variables: tuple[PromptVariable, ...] = ()
        self.rows: list[_Placeholder] = []
        self.hint = Label(LOOK, context=context, role="caption", ink="muted", wrap=True)
        self.body.setSpacing(2)
        self.body.addWidget(Label("Placeholders", context=context, role="heading"))
        self.body.addWidget(self.hint)
        self.body.addSpacing(6)
        self.body.addStretch(1)
        self.setAccessibleName("Placeholders")

    def show_variables(self, variables: Sequence[PromptVariable]) -> None:
        """Show other placeholders."""
        if tuple(variables) == self._variables:
            return
        self._variables = tuple(variables)
        for row in self.rows:
            self.body.removeWidget(row)
            row.hide()
            row.deleteLater()
        self.rows = [self._row(variable) for variable in variables]
        for number, row in enumerate(self.rows):
            self.body.insertWidget(3 + number, row)

    def set_usable(self, usable: bool) -> None:
        """Whether a click has somewhere to go."""
        self.hint.setText(INSERT if usable else LOOK)
        for row in self.rows:
            row.setEnabled(usable)

    def _row(self, variable: PromptVariable) -> _Placeholder:
        row = _Placeholder(variable, context=self._context)
        row.clicked.connect(lambda: self.chosen.emit(variable.name))
        return row
