"""The model file of an engine that this program runs itself, and whether it is likely to fit."""

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ...domain.errors import CardgenError
from ...domain.profile import FitnessWord
from ...jobs.interface import Commands
from ..components import Badge, Button, ElidedLabel, Label
from ..context import UiContext
from ..theme import SPACE
from .desk import ProfileDesk

NOTE = (
    "The program runs the file itself, in a process of its own that ends with the work. It needs the "
    "optional part “local”; without it, the test of the connection says how to add it."
)

KINDS: dict[FitnessWord, str] = {
    "Fits": "success", "May be slow": "warning", "Won't fit": "danger", "Not known": "neutral"
}  # fmt: skip
"""The badge of each judgement."""


class FileField(QWidget):
    """A file by name, with a badge that says what to expect of it.

    Signals: `choose_requested`.
    """

    choose_requested = Signal()

    def __init__(self, desk: ProfileDesk, *, context: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk, self._path = desk, ""
        self.name = ElidedLabel("", context=context, mode="middle", role="body")
        self.choose = Button("Choose file…", context=context, variant="outline")
        self.choose.clicked.connect(self.choose_requested)
        self.badge = Badge("", context=context)
        self.sentence = Label(context=context, role="caption", ink="muted", wrap=True)
        self.problem = Label(context=context, role="caption", ink="danger", wrap=True)
        self._lay_out(Label("Model file", context=context, role="small_strong"), context)

    def show_path(self, path: str) -> None:
        """Show a file; it is judged in the background."""
        self.name.setText(path.replace("\\", "/").rpartition("/")[2] or "No file chosen")
        self.name.setToolTip(path)
        self.problem.hide()
        if path and path != self._path and self._desk.commands is not None:
            self._desk.tasks.spawn(self._weigh(path, self._desk.commands), name="weigh model file")
        elif not path:
            self.badge.hide()
            self.sentence.setText("A GGUF file, such as model-Q4_K_M.gguf.")
        self._path = path

    def set_error(self, sentence: str) -> None:
        """Say what is wrong with the file."""
        self.problem.setText(sentence)
        self.problem.setVisible(bool(sentence))

    async def _weigh(self, path: str, commands: Commands) -> None:
        try:
            found = await commands.weigh_model(Path(path))
            kind, word, sentence = KINDS[found.word], str(found.word), found.sentence
        except CardgenError as error:
            kind, word, sentence = "danger", "Cannot be used", error.message
        if path == self._path:
            self.badge.show_kind(kind, word)
            self.badge.show()
            self.sentence.setText(sentence)

    def _lay_out(self, label: Label, context: UiContext) -> None:
        row = QHBoxLayout()
        row.setSpacing(SPACE.SM)
        row.addWidget(self.name, 1)
        row.addWidget(self.choose)
        told = QHBoxLayout()
        told.setSpacing(SPACE.SM)
        told.addWidget(self.badge)
        told.addWidget(self.sentence, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(label)
        column.addLayout(row)
        column.addLayout(told)
        column.addWidget(self.problem)
        column.addWidget(Label(NOTE, context=context, role="caption", ink="muted", wrap=True))
        self.badge.hide()
        self.problem.hide()
