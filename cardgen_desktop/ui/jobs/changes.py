"""A small form for trying a draft again with other settings: whose card, and who drafts it."""

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from ...domain.job import JobSnapshot
from ..components import Button, Combo, LineField, QuestionDialog
from ..context import UiContext
from . import words

LONGEST_NAME = 200
TITLE = "Try again with changes"
EXPLANATION = "The job stays as it is; a copy with these settings is queued beside it."


class ChangesDialog(QuestionDialog):
    """Asks for the changed settings of a copy; it stays open until the copy is queued or given up.

    Signals: `submitted(dict of changed fields)`.
    """

    submitted = Signal(object)

    def __init__(self, job: JobSnapshot, *, context: UiContext, parent: QWidget | None = None) -> None:
        self.go = Button("Try again", context=context, variant="primary")
        super().__init__(TITLE, EXPLANATION, self.go, context=context, parent=parent)
        self._before = {"character": job.character, "engine": job.engine or "offline"}
        self.setWindowTitle(TITLE)
        self.character = LineField(job.character, context=context, placeholder="The main character")
        self.character.setMaxLength(LONGEST_NAME)
        self.character.setAccessibleName("Character")
        engines = [(name, key) for key, name in words.ENGINES.items()]
        self.engine = Combo(engines, context=context, name="Drafted by")
        self.engine.setCurrentIndex(max(0, self.engine.findData(self._before["engine"])))
        self.add_field("Character", self.character, self.character.error_label, context=context)
        self.add_field("Drafted by", self.engine, context=context)
        self.begin_at(self.character)
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

    def _connect(self) -> None:
        self.go.clicked.connect(self._submit)
        self.character.textEdited.connect(lambda _text: self.character.set_error(""))
        self.character.returnPressed.connect(self._submit)

    def _submit(self) -> None:
        if self.go.isEnabled():
            self.go.setEnabled(False)
            self.submitted.emit(self.changes)
