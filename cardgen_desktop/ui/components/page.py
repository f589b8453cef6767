"""The parts of a page: its header, its right pane, its loading line."""

from PySide6.QtCore import QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from ..context import UiContext
from ..painting import ink
from ..theme import HEIGHT, MOTION, SPACE
from .labels import ElidedLabel, Hairline


def repolish(widget: QWidget) -> None:
    """Let the stylesheet look at a widget's properties again."""
    widget.style().unpolish(widget)
    widget.style().polish(widget)
    widget.update()


class PageHeader(QWidget):
    """Title and one line of facts on the left, actions on the right, 72 px high.

    Without `lined` there is no hairline below it: tabs follow, which bring their own.
    """

    def __init__(
        self,
        title: str,
        *,
        context: UiContext,
        facts: str = "",
        lined: bool = True,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._context, self._lined = context, lined
        self._title = ElidedLabel(title, context=context, role="title")
        self._facts = ElidedLabel(facts, context=context, role="small", ink="muted")
        self._actions = QHBoxLayout()
        self._actions.setSpacing(SPACE.SM)
        self._lay_out()
        self.set_facts(facts)

    def set_title(self, title: str) -> None:
        """Change the title."""
        self._title.setText(title)

    def set_facts(self, facts: str) -> None:
        """Change the line of facts, such as `3 sources · 126,514 words`."""
        self._facts.setText(facts)
        self._facts.setVisible(bool(facts))

    def add_action(self, widget: QWidget, *, first: bool = False) -> None:
        """Add a button or field on the right, or before those that are there."""
        self._actions.insertWidget(0 if first else -1, widget, 0, Qt.AlignmentFlag.AlignVCenter)

    def sizeHint(self) -> QSize:
        return QSize(400, HEIGHT.PAGE_HEADER)

    def _lay_out(self) -> None:
        self.setFixedHeight(HEIGHT.PAGE_HEADER)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addStretch(1)
        words.addWidget(self._title)
        words.addWidget(self._facts)
        words.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE.PAGE_EDGE, 6, SPACE.PANE_EDGE, 7)
        row.setSpacing(SPACE.LG)
        row.addLayout(words, 1)
        row.addLayout(self._actions)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._lined:
            edge = ink(self._context.theme.tokens, "border")
            QPainter(self).fillRect(0, self.height() - 1, self.width(), 1, edge)


class Pane(QWidget):
    """A right pane: scrolling `body`, and a `foot` for buttons that stick to the bottom edge.

    It draws no edge: the handle of the splitter beside it is the hairline.
    """

    def __init__(self, *, context: UiContext, width: int = 336, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context, self._width = context, width
        self.setMinimumWidth(288)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        content = QWidget()
        content.setProperty("clear", True)
        self.body = QVBoxLayout(content)
        self.body.setContentsMargins(SPACE.PANE_EDGE, SPACE.PANE_EDGE, SPACE.PANE_EDGE, SPACE.LG)
        self.body.setSpacing(SPACE.SM)
        self.scroller = QScrollArea()
        self.scroller.setWidgetResizable(True)
        self.scroller.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.scroller.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.scroller.setWidget(content)
        self._foot_widget = QWidget()
        self.foot = QVBoxLayout(self._foot_widget)
        self.foot.setContentsMargins(SPACE.PANE_EDGE, SPACE.MD, SPACE.PANE_EDGE, SPACE.LG)
        self.foot.setSpacing(SPACE.SM)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.scroller, 1)
        column.addWidget(self._foot_widget)

    def add_line(self) -> None:
        """Add a hairline to the body."""
        self.body.addSpacing(SPACE.XS)
        self.body.addWidget(Hairline())
        self.body.addSpacing(SPACE.XS)

    def sizeHint(self) -> QSize:
        return QSize(self._width, 400)

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), ink(self._context.theme.tokens, "surface"))


class ProgressLine(QWidget):
    """The 3 px bar of loading; nothing is shown for the first 300 ms."""

    def __init__(self, *, context: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._fraction: float | None = None
        self._step, self._shown = 0, False
        self._delay = QTimer(self, singleShot=True, interval=MOTION.LOADING_DELAY)
        self._delay.timeout.connect(self._appear)
        self._motion = QTimer(self, interval=40)
        self._motion.timeout.connect(self._advance)
        self.setFixedHeight(3)
        self.setAccessibleName("Loading")

    def start(self) -> None:
        """Something is being waited for; show it if it takes long."""
        self._fraction = None
        if not self._shown and not self._delay.isActive():
            self._delay.start()

    def set_fraction(self, fraction: float | None, phase: str = "") -> None:
        """Show how far it is, 0 to 1, or None when unknown."""
        self._fraction = fraction
        self.setAccessibleDescription(phase)
        self.update()

    def stop(self) -> None:
        """It is done."""
        self._delay.stop()
        self._motion.stop()
        self._shown = False
        self.update()

    @property
    def is_showing(self) -> bool:
        """Whether the bar can be seen."""
        return self._shown

    def _appear(self) -> None:
        self._shown = True
        if self._context.theme.motion(1):
            self._motion.start()
        self.update()

    def _advance(self) -> None:
        self._step = (self._step + 1) % 60
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._shown:
            return
        painter, tokens = QPainter(self), self._context.theme.tokens
        painter.fillRect(self.rect(), ink(tokens, "track"))
        if self._fraction is None:
            width = self.width() / 3
            left = (self.width() + width) * self._step / 60 - width if self._motion.isActive() else width
        else:
            left, width = 0.0, self.width() * max(0.02, self._fraction)
        painter.fillRect(QRectF(left, 0, width, 3), ink(tokens, "accent"))
