"""The one shape of a dialog that asks: what, what it means in a sentence, what is needed, two answers."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from ..context import UiContext
from ..theme import SPACE
from .button import Button
from .focus import PaintedButton
from .labels import Label, breakable

QUESTION_WIDTH = 420


class QuestionDialog(QDialog):
    """Title, sentence, `body` for what a question needs, and a row of answers with *Cancel* before `answer`.

    Esc and *Cancel* reject; what `answer` does is up to the asker. `foot` takes a third button on its left.
    """

    def __init__(
        self,
        title: str,
        sentence: str,
        answer: Button,
        *,
        context: UiContext,
        width: int = QUESTION_WIDTH,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setMinimumWidth(width)
        self.title = Label(breakable(title), context=context, role="name", wrap=True)
        self.words = Label(sentence, context=context, role="small", ink="muted", wrap=True)
        for label in (self.title, self.words):
            # A long text makes the dialog higher, not wider; and the height fits this width alone.
            label.setFixedWidth(width - 2 * SPACE.PAGE_EDGE)
        self.cancel = Button("Cancel", context=context, variant="outline")
        self.cancel.clicked.connect(self.reject)
        self.body, self.foot = QVBoxLayout(), QHBoxLayout()
        self.body.setSpacing(SPACE.MD)
        self.foot.setSpacing(SPACE.SM)
        self.foot.addStretch(1)
        self.foot.addWidget(self.cancel)
        self.foot.addWidget(answer)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE.PAGE_EDGE, SPACE.LG, SPACE.PAGE_EDGE, SPACE.LG)
        column.setSpacing(SPACE.SM)
        column.addWidget(self.title)
        column.addWidget(self.words)
        column.addSpacing(SPACE.SM)
        column.addLayout(self.body, 1)
        column.addSpacing(SPACE.MD)
        column.addLayout(self.foot)

    def add_field(self, name: str, field: QWidget, *below: QWidget, context: UiContext) -> None:
        """Add a named control, with what belongs right below it."""
        pair = QVBoxLayout()
        pair.setSpacing(6)
        for each in (Label(name, context=context, role="small_strong"), field, *below):
            pair.addWidget(each)
        self.body.addLayout(pair)

    def begin_at(self, widget: QWidget) -> None:
        """Where the keyboard is when the question appears; a button shows it, for Enter answers with it."""
        if isinstance(widget, PaintedButton):
            widget.begin_with_ring()
        else:
            widget.setFocus(Qt.FocusReason.TabFocusReason)
