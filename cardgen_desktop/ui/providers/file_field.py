"""The model file of an engine that this program runs itself, and whether it is likely to fit."""

import asyncio

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ..components import Badge, Button, ElidedLabel, Label
from ..context import UiContext
from ..tasks import TaskOwner
from ..theme import SPACE
from .fitness import fitness_of

NOTE = (
    "The program runs the file itself, in a process of its own that ends with the work. It needs the "
    "optional part “local”; without it, the test of the connection says how to add it."
)


class FileField(QWidget):
    """A file by name, with a badge that says what to expect of it.

    Signals: `choose_requested`.
    """

    choose_requested = Signal()

    def __init__(self, tasks: TaskOwner, *, context: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tasks, self._path = tasks, ""
        self.name = ElidedLabel("", context=context, mode="middle", role="body")
        self.choose = Button("Choose file…", context=context, variant="outline")
        self.choose.clicked.connect(self.choose_requested)
        self.badge = Badge("", context=context)
        self.sentence = Label(context=context, role="caption", ink="muted", wrap=True)
        self.problem = Label(context=context, role="caption", ink="danger", wrap=True)
        self._lay_out(Label("Model file", context=context, role="small_strong"), context)

    def show_path(self, path: str) -> None:
        """Show a file; its size is read in the background."""
        self.name.setText(path.replace("\\", "/").rpartition("/")[2] or "No file chosen")
        self.name.setToolTip(path)
        self.problem.hide()
        if path and path != self._path:
            self._tasks.spawn(self._weigh(path), name="weigh model file")
        elif not path:
            self.badge.hide()
            self.sentence.setText("A GGUF file, such as model-Q4_K_M.gguf.")
        self._path = path

    def set_error(self, sentence: str) -> None:
        """Say what is wrong with the file."""
        self.problem.setText(sentence)
        self.problem.setVisible(bool(sentence))

    async def _weigh(self, path: str) -> None:
        found = await asyncio.to_thread(fitness_of, path)
        if path == self._path:
            self.badge.show_kind(found.kind, found.word)
            self.badge.show()
            self.sentence.setText(found.sentence)

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
