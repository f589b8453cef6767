"""What the window shows when the data folder cannot be opened: the sentence, and what can be done."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ..components import EmptyState
from ..context import UiContext


class ProblemPage(QWidget):
    """Signals: `retry_requested`, `quit_requested`."""

    retry_requested = Signal()
    quit_requested = Signal()

    def __init__(self, sentence: str, *, context: UiContext, parent: QWidget) -> None:
        super().__init__(parent)
        self.sentence = sentence
        self.setProperty("ground", "window")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.state = EmptyState(
            "warning", "Your data could not be opened", sentence, "Try again", "problem",
            context=context, second="Quit",
        )  # fmt: skip
        self.state.action_triggered.connect(self.retry_requested)
        self.state.second_triggered.connect(self.quit_requested)
        column = QVBoxLayout(self)
        column.addWidget(self.state)
