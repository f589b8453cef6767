"""A banner: a fact that stays true, what goes on by itself, and at most one action."""

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from ..context import UiContext
from ..notify import BannerKind
from ..painting import draw_icon, fill_rounded, ink, stroke_rounded
from ..states import look_of
from ..theme import HEIGHT, RADIUS
from .button import Button
from .labels import Label


class Banner(QWidget):
    """One line across the page on the wash of its kind.

    Signals: `action_triggered`, `close_requested`.
    """

    action_triggered = Signal()
    close_requested = Signal()

    def __init__(
        self,
        kind: BannerKind,
        fact: str,
        text: str = "",
        action: str | None = None,
        *,
        context: UiContext,
        icon: str | None = None,
        closable: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._context, self._kind = context, kind
        self._icon = icon or look_of(kind).icon
        self._fact = Label(context=context, role="small_strong")
        self._text = Label(context=context, role="small", wrap=True)
        self._action = Button(action or "", context=context, variant="ghost", size="small")
        self._close = Button("Close", context=context, variant="ghost", size="icon_small", icon="close")
        self._close.setVisible(closable)
        self._action.clicked.connect(self.action_triggered)
        self._close.clicked.connect(self.close_requested)
        self._lay_out()
        self.say(fact, text, action)

    def say(self, fact: str, text: str = "", action: str | None = None) -> None:
        """Change the words in place."""
        self._fact.setText(fact)
        self._text.setText(text)
        self._text.setVisible(bool(text))
        self._action.setText(action or "")
        self._action.setVisible(bool(action))
        self.setAccessibleName(f"{fact} {text}".strip())

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(48, 8, 12, 8)
        row.setSpacing(8)
        self.setMinimumHeight(HEIGHT.BANNER)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        self._fact.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        row.addWidget(self._fact)
        row.addWidget(self._text, 1)
        row.addStretch(0)
        row.addWidget(self._action, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self._close, 0, Qt.AlignmentFlag.AlignVCenter)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, tokens, look = QPainter(self), self._context.theme.tokens, look_of(self._kind)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect = QRectF(self.rect())
        fill_rounded(painter, rect, RADIUS.BUTTON, ink(tokens, look.wash))
        if tokens.high_contrast:
            stroke_rounded(painter, rect, RADIUS.BUTTON, ink(tokens, "accent"), 2)
        at = QPointF(14, rect.center().y() - 10)
        draw_icon(painter, self._context.icons, self._icon, 20, look.ink, at)
