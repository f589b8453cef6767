"""A banner: a fact that stays true, what goes on by itself, an action, and rarely a second one."""

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QSizePolicy, QWidget

from ..context import UiContext
from ..notify import BannerKind
from ..painting import draw_icon, fill_rounded, ink, stroke_rounded
from ..states import look_of
from ..theme import HEIGHT, RADIUS
from .button import Button
from .labels import Label


class Banner(QWidget):
    """One line across the page on the wash of its kind.

    Signals: `action_triggered`, `second_triggered`, `close_requested`.
    """

    action_triggered = Signal()
    second_triggered = Signal()
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
        self.second_button = Button("", context=context, variant="ghost", size="small")
        self._close = Button("Close", context=context, variant="ghost", size="icon_small", icon="close")
        if not closable:
            self._close.hide()
        self.second_button.hide()
        self._action.clicked.connect(self.action_triggered)
        self.second_button.clicked.connect(self.second_triggered)
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
        self._fold()

    def set_second(self, words: str) -> None:
        """Offer another way to go on, before the action; none with no words."""
        self.second_button.setText(words)
        self.second_button.setVisible(bool(words))
        self._fold()

    def _lay_out(self) -> None:
        self.setMinimumHeight(HEIGHT.BANNER)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        self._fact.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        self._text.setMinimumWidth(40)
        self._words = QGridLayout()
        self._words.setHorizontalSpacing(8)
        self._words.setVerticalSpacing(0)
        self._words.setColumnStretch(1, 1)
        self._words.addWidget(self._fact, 0, 0)
        self._words.addWidget(self._text, 0, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(48, 8, 12, 8)
        row.setSpacing(8)
        row.addLayout(self._words, 1)
        row.addWidget(self.second_button, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self._action, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self._close, 0, Qt.AlignmentFlag.AlignVCenter)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fold()

    def _fold(self) -> None:
        """Put the text beside the fact, or below it where both do not fit on a line."""
        fonts = self._context.theme.fonts
        needed = 60 + fonts.metrics("small_strong").horizontalAdvance(self._fact.text()) + 8
        needed += fonts.metrics("small").horizontalAdvance(self._text.text()) + 8
        buttons = (self.second_button, self._action, self._close)
        needed += sum(button.sizeHint().width() + 8 for button in buttons if not button.isHidden())
        folded = needed > self.width()
        place = (1, 0, 1, 2) if folded else (0, 1, 1, 1)
        if self._words.getItemPosition(self._words.indexOf(self._text)) != place:
            self._words.removeWidget(self._text)
            self._words.addWidget(self._text, *place)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, tokens, look = QPainter(self), self._context.theme.tokens, look_of(self._kind)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect = QRectF(self.rect())
        fill_rounded(painter, rect, RADIUS.BUTTON, ink(tokens, look.wash))
        if tokens.high_contrast:
            stroke_rounded(painter, rect, RADIUS.BUTTON, ink(tokens, "accent"), 2)
        at = QPointF(14, rect.center().y() - 10)
        draw_icon(painter, self._context.icons, self._icon, 20, look.ink, at)
