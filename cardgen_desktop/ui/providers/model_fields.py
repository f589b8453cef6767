"""Which model writes: one for everything, and others for some tasks."""

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from ...domain.profile import TASKS, Profile, Task
from ..components import Button, Label, LineField
from ..context import UiContext
from ..theme import SPACE
from .words import TASK_WORDS

SAME = "The same model"


class ModelFields(QWidget):
    """The model of an engine, and behind a button one for each task.

    Signals: `edited(model, models by task)`, `choose_requested(Task, or "" for the default)`.
    """

    edited = Signal(str, object)
    choose_requested = Signal(str)

    def __init__(self, *, context: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._shown: dict[str, str] = {}
        self._name = ""
        self.inputs: dict[str, LineField] = {}
        self.choose: dict[str, Button] = {}
        self.hint = Label(context=context, role="caption", ink="muted", wrap=True)
        self._nearest: dict[str, str] = {}
        self.is_looking = False
        self.offered = Label(context=context, role="small", wrap=True)
        self.use = Button("Use it", context=context, variant="outline", size="small", icon="check")
        self.use.clicked.connect(self._use_nearest)
        self.tasks = QWidget()
        self.more = Button("", context=context, variant="link", size="small", icon="chevron-right")
        self.more.clicked.connect(lambda: self.show_tasks(self.tasks.isHidden()))
        self._lay_out()
        self.show_tasks(False)

    def show_profile(self, profile: Profile) -> None:
        """Show the models of an engine."""
        self._shown = {"": profile.model, **{task: profile.models.get(task, "") for task in TASKS}}
        for key, field in self.inputs.items():
            if field.text().strip() != self._shown[key]:
                field.setText(self._shown[key])
                field.setCursorPosition(0)
        self.set_error("")
        own = sum(bool(profile.models.get(task)) for task in TASKS)
        self._name_button(own)
        if profile.name != self._name:
            self._name = profile.name
            self.hide_offer()
            self.show_tasks(bool(own))

    def set_error(self, sentence: str) -> None:
        """Say what is wrong with the model."""
        self.inputs[""].set_error(sentence)

    def set_hint(self, sentence: str) -> None:
        """What is known of the chosen model: its context, its price."""
        self.hint.setText(sentence)
        self.hint.setVisible(bool(sentence))

    def say_looking(self) -> None:
        """What comes nearest to a model that is gone is being asked."""
        self.hide_offer()
        self.is_looking = True
        self.offered.setText("Looking for the nearest model…")
        self.offered.show()

    def offer(self, nearest: Mapping[str, tuple[str, str]]) -> None:
        """For models that are gone, others and what is known of them; they are taken by a click alone."""
        self.is_looking = False
        self._nearest = {old: new for old, (new, _) in nearest.items()}
        lines = [
            f"Nearest to {old}: {new}{f' · {known}' if known else ''}"
            for old, (new, known) in nearest.items()
        ]
        self.offered.setText("\n".join(lines) or "No other model is offered. Choose one, or type its id.")
        self.use.setText("Use it" if len(lines) < 2 else "Use them")
        self.offered.show()
        self.use.setVisible(bool(lines))

    def _use_nearest(self) -> None:
        for field in self.inputs.values():
            if new := self._nearest.get(field.text().strip()):
                field.setText(new)
        self.hide_offer()
        self.inputs[""].setFocus()
        self.commit()

    def hide_offer(self) -> None:
        """Nothing is offered any more."""
        self._nearest, self.is_looking = {}, False
        self.offered.hide()
        self.use.hide()

    def choose_model(self, key: str, model: str) -> None:
        """Take a model from the picker, for a task or ("") for all."""
        self.inputs[key].setText(model)
        self.commit()

    def show_tasks(self, shown: bool) -> None:
        """Fold the models of single tasks out or away."""
        self.tasks.setVisible(shown)
        self.more.set_icon("chevron-down" if shown else "chevron-right")

    def commit(self) -> None:
        """Tell what was typed, if it is something else."""
        typed = {key: field.text().strip()[:300] for key, field in self.inputs.items()}
        if typed != self._shown:
            self._shown = typed
            self.hide_offer()
            models = {task: typed[task] for task in TASKS if typed[task] and typed[task] != typed[""]}
            self.edited.emit(typed[""], models)

    def _name_button(self, own: int) -> None:
        self.more.setText(f"Models for single tasks · {own} of 4 set" if own else "Models for single tasks")

    def _input(self, key: str, name: str, placeholder: str) -> QHBoxLayout:
        field = LineField(context=self._context, placeholder=placeholder)
        field.setAccessibleName(name)
        field.editingFinished.connect(self.commit)
        choose = Button("Choose…", context=self._context, variant="outline")
        choose.setAccessibleName(f"Choose: {name}")
        choose.clicked.connect(lambda: self.choose_requested.emit(key))
        self.inputs[key], self.choose[key] = field, choose
        row = QHBoxLayout()
        row.setSpacing(SPACE.SM)
        row.addWidget(field, 1)
        row.addWidget(choose)
        return row

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(self._input("", "Model", "Choose one, or type its id"))
        column.addWidget(self.inputs[""].error_label)
        column.addWidget(self.hint)
        self.hint.hide()
        column.addWidget(self.offered)
        column.addWidget(self.use, 0, Qt.AlignmentFlag.AlignLeft)
        self.hide_offer()
        column.addSpacing(SPACE.XS)
        row = QHBoxLayout()
        row.addWidget(self.more)
        row.addStretch(1)
        column.addLayout(row)
        grid = QGridLayout(self.tasks)
        grid.setContentsMargins(SPACE.SM, SPACE.XS, 0, 0)
        grid.setHorizontalSpacing(SPACE.LG)
        grid.setVerticalSpacing(SPACE.MD)
        grid.setColumnStretch(1, 1)
        for row_number, task in enumerate(TASKS):
            grid.addWidget(self._task_words(task), row_number, 0)
            grid.addLayout(self._input(task, TASK_WORDS[task][0], SAME), row_number, 1)
        column.addWidget(self.tasks)

    def _task_words(self, task: Task) -> QWidget:
        words = QWidget()
        words.setMaximumWidth(200)
        column = QVBoxLayout(words)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        title, explanation = TASK_WORDS[task]
        column.addWidget(Label(title, context=self._context, role="small_medium"))
        column.addWidget(Label(explanation, context=self._context, role="caption", ink="muted", wrap=True))
        return words
