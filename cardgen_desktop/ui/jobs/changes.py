"""A small form for trying a draft again with other settings: whose card, and who drafts it."""

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from ...domain.job import JobSnapshot
from ..components import Button, Combo, Label, LineField
from ..context import UiContext
from ..theme import SPACE
from . import words

LONGEST_NAME = 200
WIDTH = 420


class ChangesDialog(QDialog):
    """Asks for the changed settings of a copy; it stays open until the copy is queued or given up.

    Signals: `submitted(dict of changed fields)`.
    """

    submitted = Signal(object)

    def __init__(self, job: JobSnapshot, *, context: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._before = {"character": job.character, "engine": job.engine or "offline"}
        self.setWindowTitle("Try again with changes")
        self.setMinimumWidth(WIDTH)
        self.character = LineField(job.character, context=context, placeholder="The main character")
        self.character.setMaxLength(LONGEST_NAME)
        self.character.setAccessibleName("Character")
        engines = [(name, key) for key, name in words.ENGINES.items()]
        self.engine = Combo(engines, context=context, name="Drafted by")
        self.engine.setCurrentIndex(max(0, self.engine.findData(self._before["engine"])))
        self.cancel = Button("Cancel", context=context, variant="outline")
        self.go = Button("Try again", context=context, variant="primary")
        self._lay_out()
        self._connect()

    @property
    def changes(self) -> dict[str, Any]:
        """The fields that differ from the job's own."""
        now = {"character": self.character.text().strip(), "engine": self.engine.currentData()}
        return {key: value for key, value in now.items() if value != self._before[key]}

    def refuse(self, sentence: str) -> None:
        """Say why the copy was not queued; what was typed stays."""
        self.character.set_error(sentence)
        self.go.setEnabled(True)
        self.character.setFocus()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE.XXL, SPACE.XXL, SPACE.XXL, SPACE.XL)
        column.setSpacing(SPACE.SM)
        explanation = "The job stays as it is; a copy with these settings is queued beside it."
        column.addWidget(Label("Try again with changes", context=self._context, role="name"))
        column.addWidget(Label(explanation, context=self._context, role="small", ink="muted", wrap=True))
        column.addSpacing(SPACE.SM)
        column.addWidget(Label("Character", context=self._context, role="small_strong"))
        column.addWidget(self.character)
        column.addWidget(self.character.error_label)
        column.addSpacing(SPACE.SM)
        column.addWidget(Label("Drafted by", context=self._context, role="small_strong"))
        column.addWidget(self.engine)
        column.addSpacing(SPACE.MD)
        row = QHBoxLayout()
        row.setSpacing(SPACE.SM)
        row.addStretch(1)
        row.addWidget(self.cancel)
        row.addWidget(self.go)
        column.addLayout(row)

    def _connect(self) -> None:
        self.cancel.clicked.connect(self.reject)
        self.go.clicked.connect(self._submit)
        self.character.textEdited.connect(lambda _text: self.character.set_error(""))
        for keys in ("Return", "Enter"):
            QShortcut(QKeySequence(keys), self.character, self._submit)

    def _submit(self) -> None:
        if self.go.isEnabled():
            self.go.setEnabled(False)
            self.submitted.emit(self.changes)
