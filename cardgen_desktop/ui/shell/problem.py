"""What the window shows when the data folder cannot be opened: the sentence, and what can be done."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import cast

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ..components import Button, EmptyState
from ..context import UiContext

UNOPENED = "Your data could not be opened"


@dataclass(frozen=True, slots=True)
class Remedy:
    """Something that can be done about the problem: the words of its button, what it says while it is done,
    and the work itself."""

    text: str
    busy: str
    work: Callable[[], Awaitable[object]]


class ProblemPage(QWidget):
    """With `remedies` the first one is the offered action, the others stand below; else one can try again.

    Signals: `retry_requested`, `quit_requested`, `remedy_requested(Remedy)`.
    """

    retry_requested = Signal()
    quit_requested = Signal()
    remedy_requested = Signal(object)

    def __init__(
        self, sentence: str, *, context: UiContext, parent: QWidget, remedies: Sequence[Remedy] = ()
    ) -> None:
        super().__init__(parent)
        self.sentence = sentence
        self.setProperty("ground", "window")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        first = remedies[0].text if remedies else "Try again"
        self.state = EmptyState(
            "warning", UNOPENED, sentence, first, "problem",
            context=context, second=None if remedies else "Quit",
        )  # fmt: skip
        self.others = [
            Button(remedy.text, context=context, variant="outline", parent=self) for remedy in remedies[1:]
        ]
        self.quit = Button("Quit", context=context, variant="ghost", parent=self) if remedies else None
        self._lay_out()
        self._connect(remedies)

    def show_work(self, words: str) -> None:
        """Say what is being done; nothing else can be chosen meanwhile."""
        self.state.say(words, "This takes a moment. What was there is kept as it is.")
        for button in (self.state.action, self.state.second, *self.others, self.quit):
            if button is not None:
                button.setEnabled(False)

    def wait_with(self, sentence: str) -> None:
        """Nothing is wrong: say what is waited for; it goes on by itself."""
        self.sentence = sentence
        self.state.say("Your data is in use", sentence)
        self.state.action.hide()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.addWidget(self.state)
        if self.quit is None:
            return
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addStretch(1)
        for button in (*self.others, self.quit):
            row.addWidget(button)
        row.addStretch(1)
        inner = cast("QVBoxLayout", self.state.layout())
        inner.insertSpacing(inner.count() - 1, 12)
        inner.insertLayout(inner.count() - 1, row)

    def _connect(self, remedies: Sequence[Remedy]) -> None:
        if self.quit is None:
            self.state.action_triggered.connect(self.retry_requested)
            self.state.second_triggered.connect(self.quit_requested)
            return
        self.state.action_triggered.connect(lambda: self.remedy_requested.emit(remedies[0]))
        for button, remedy in zip(self.others, remedies[1:], strict=True):
            button.clicked.connect(lambda _checked=False, remedy=remedy: self.remedy_requested.emit(remedy))
        self.quit.clicked.connect(self.quit_requested)
