"""What is to be written, asked in a small dialog: the wish, who writes, and what that would take."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from ...domain.costs import Estimate
from ...domain.draft import OFFLINE_ENGINE
from ...domain.job_kinds import DraftRequest
from ...jobs.interface import Commands
from ..components import Button, Combo, Label, LineField
from ..context import UiContext
from ..draft.estimates import Estimates, costs_words, leaves_words, note_of, takes_words, warning_of
from ..tasks import TaskOwner
from ..theme import SPACE
from ..wording import counted

WIDTH = 480
MOST_LETTERS = 400
OFFLINE_FACTS = "On this computer. Costs nothing, and nothing leaves it."
ASKING = "What it takes is being estimated…"
NEEDS_MODEL = "Only a language model writes these. Add one in Settings, under Engines."


@dataclass(frozen=True, slots=True)
class WriteTask:
    """One thing to be written. `request` makes the request from an engine and the words of the wish."""

    title: str
    sentence: str
    label: str
    hint: str
    action: str
    request: Callable[[str, str], DraftRequest | None]
    needs_model: bool = False


def estimate_words(estimate: Estimate) -> str:
    """An estimate in one or two sentences."""
    if not estimate.fits or not estimate.requests:
        return estimate.sentence
    tokens = estimate.tokens_in + estimate.tokens_out_high
    takes = takes_words(estimate.seconds_low, estimate.seconds_high)
    words = f"About {counted(tokens, 'token')} in {counted(estimate.requests, 'request')}, {takes}."
    sent = leaves_words(estimate)
    words += f" Costs {costs_words(estimate)}."
    if sent == "nothing":
        return f"{words} {estimate.sentence or 'Nothing leaves this computer.'}"
    return " ".join(
        part for part in (words, f"Sends {sent}.", note_of(estimate), warning_of(estimate)) if part
    )


class WriteDialog(QDialog):
    """Asks for a wish; accepted when something is to be written."""

    def __init__(
        self,
        task: WriteTask,
        engines: Sequence[str],
        chosen: str,
        *,
        commands: Commands,
        tasks: TaskOwner,
        context: UiContext,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._task, self._context = task, context
        self.setWindowTitle(task.title.rstrip("…"))
        self.setMinimumWidth(WIDTH)
        self.wish = LineField(context=context, placeholder=task.hint)
        self.wish.setAccessibleName(task.label)
        self.wish.setMaxLength(MOST_LETTERS)
        offered = [name for name in engines if not (task.needs_model and name == OFFLINE_ENGINE)]
        words = [(("Offline drafter" if name == OFFLINE_ENGINE else name), name) for name in offered]
        self.engines = Combo(words, context=context, name="Written by")
        self.engines.setCurrentIndex(max(0, self.engines.findData(chosen)))
        self.facts = Label(context=context, role="small", ink="muted", wrap=True)
        self.write = Button(task.action, context=context, variant="primary", icon="draft")
        self.cancel = Button("Cancel", context=context, variant="outline")
        self._estimates = Estimates(self.request, commands, tasks, self)
        self._lay_out()
        self._connect()
        self._renew()

    @property
    def engine(self) -> str:
        """Who is to write; "" when there is nobody."""
        return str(self.engines.currentData() or "")

    def request(self) -> DraftRequest | None:
        """What is asked for at this moment."""
        return self._task.request(self.engine, self.wish.text().strip()) if self.engine else None

    def _lay_out(self) -> None:
        context, task = self._context, self._task
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE.PAGE_EDGE, SPACE.LG, SPACE.PAGE_EDGE, SPACE.LG)
        column.setSpacing(SPACE.MD)
        column.addWidget(Label(task.title.rstrip("…"), context=context, role="name"))
        column.addWidget(Label(task.sentence, context=context, role="small", ink="muted", wrap=True))
        for label, control in ((task.label, self.wish), ("Written by", self.engines)):
            pair = QVBoxLayout()
            pair.setSpacing(6)
            pair.addWidget(Label(label, context=context, role="small_strong"))
            pair.addWidget(control)
            column.addLayout(pair)
        column.addWidget(self.facts)
        column.addStretch(1)
        row = QHBoxLayout()
        row.setSpacing(SPACE.SM)
        row.addStretch(1)
        row.addWidget(self.cancel)
        row.addWidget(self.write)
        column.addLayout(row)
        self.wish.setFocus(Qt.FocusReason.OtherFocusReason)

    def _connect(self) -> None:
        self.write.clicked.connect(self.accept)
        self.cancel.clicked.connect(self.reject)
        self.wish.textChanged.connect(self._renew)
        self.engines.currentIndexChanged.connect(self._renew)
        self._estimates.asking.connect(lambda: self.facts.setText(ASKING))
        self._estimates.found.connect(self._show_estimate)
        self._estimates.failed.connect(self.facts.setText)

    def _renew(self) -> None:
        self.write.setEnabled(bool(self.engine))
        if not self.engine:
            self.facts.setText(NEEDS_MODEL)
        elif self.engine == OFFLINE_ENGINE:
            self.facts.setText(OFFLINE_FACTS)
        else:
            self._estimates.renew()

    def _show_estimate(self, estimate: Estimate) -> None:
        if self.engine != OFFLINE_ENGINE:
            self.facts.setText(estimate_words(estimate))
