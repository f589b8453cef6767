"""What a page says when there is nothing to show: a disc, a title, one sentence, the next step."""

from typing import Literal

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ..context import UiContext
from ..painting import paint_disc
from .button import Button
from .labels import BREAK, Label, breakable

EmptyKind = Literal["empty", "no_match", "problem"]
_DISC_KIND = {"empty": "info", "no_match": "neutral", "problem": "warning"}


class Disc(QWidget):
    """A 56 px disc with an icon; `kind` is a message kind."""

    def __init__(self, icon: str, kind: str, *, context: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context, self._icon, self._kind = context, icon, kind
        self.setFixedSize(56, 56)

    def show_kind(self, icon: str, kind: str) -> None:
        """Change icon and colour."""
        self._icon, self._kind = icon, kind
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, theme = QPainter(self), self._context.theme
        paint_disc(
            painter, QRectF(self.rect()), theme.tokens, self._context.icons, icon=self._icon, kind=self._kind
        )


class EmptyState(QWidget):
    """Nothing here yet, nothing matches, or something could not be read.

    Signals: `action_triggered`, `second_triggered`.
    """

    action_triggered = Signal()
    second_triggered = Signal()

    def __init__(
        self,
        icon: str,
        title: str,
        sentence: str,
        action: str | None = None,
        kind: EmptyKind = "empty",
        *,
        context: UiContext,
        second: str | None = None,
        third: str | None = None,
        action_icon: str | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        variant: Literal["primary", "outline"] = "primary" if kind == "empty" else "outline"
        self._disc = Disc(icon, _DISC_KIND[kind], context=context)
        self._title = Label(breakable(title), context=context, role="name", wrap=True)
        self._sentence = Label(breakable(sentence), context=context, role="small", ink="muted", wrap=True)
        self.action = Button(action or "", context=context, variant=variant, icon=action_icon)
        self.second = Button(second or "", context=context, variant="ghost")
        self.third = Button(third or "", context=context, variant="ghost")
        self.action.clicked.connect(self.action_triggered)
        self.second.clicked.connect(self.second_triggered)
        self._lay_out()
        # Not before they have a parent: a visible widget without one is a window.
        self.action.setVisible(bool(action))
        self.second.setVisible(bool(second))
        self.third.setVisible(bool(third))

    @property
    def title(self) -> str:
        """What it says first, as it was given."""
        return self._title.text().replace(BREAK, "")

    def say(self, title: str, sentence: str) -> None:
        """Change the words, such as the query that found nothing."""
        self._title.setText(breakable(title))
        self._sentence.setText(breakable(sentence))

    def sizeHint(self) -> QSize:
        return super().sizeHint().expandedTo(QSize(320, 220))

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(0)
        column.addStretch(1)
        column.addWidget(self._disc, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(12)
        for label in (self._title, self._sentence):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            column.addWidget(label)
            column.addSpacing(4)
        column.addSpacing(12)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addStretch(1)
        row.addWidget(self.action)
        row.addWidget(self.second)
        row.addWidget(self.third)
        row.addStretch(1)
        column.addLayout(row)
        column.addStretch(1)
