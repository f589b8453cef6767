"""What is to be written, asked in a small dialog: the wish, who writes, and what that would take."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtWidgets import QWidget

from ...domain.costs import Estimate
from ...domain.draft import OFFLINE_ENGINE
from ...domain.job_kinds import DraftRequest
from ...jobs.interface import Commands
from ..components import Button, Combo, Label, LineField, QuestionDialog
from ..context import UiContext
from ..draft.estimates import Estimates, costs_words, leaves_words, note_of, takes_words, warning_of
from ..tasks import TaskOwner
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


class WriteDialog(QuestionDialog):
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
        title = task.title.rstrip("…")
        self.write = Button(task.action, context=context, variant="primary", icon="draft")
        super().__init__(title, task.sentence, self.write, context=context, width=WIDTH, parent=parent)
        self._task = task
        self.setWindowTitle(title)
        self.wish = LineField(context=context, placeholder=task.hint)
        self.wish.setAccessibleName(task.label)
        self.wish.setMaxLength(MOST_LETTERS)
        offered = [name for name in engines if not (task.needs_model and name == OFFLINE_ENGINE)]
        words = [(("Offline drafter" if name == OFFLINE_ENGINE else name), name) for name in offered]
        self.engines = Combo(words, context=context, name="Written by")
        self.engines.setCurrentIndex(max(0, self.engines.findData(chosen)))
        self.facts = Label(context=context, role="small", ink="muted", wrap=True)
        self._estimates = Estimates(self.request, commands, tasks, self)
        self._lay_out(context)
        self._connect()
        self._renew()

    @property
    def engine(self) -> str:
        """Who is to write; "" when there is nobody."""
        return str(self.engines.currentData() or "")

    def request(self) -> DraftRequest | None:
        """What is asked for at this moment."""
        return self._task.request(self.engine, self.wish.text().strip()) if self.engine else None

    def _lay_out(self, context: UiContext) -> None:
        self.add_field(self._task.label, self.wish, context=context)
        self.add_field("Written by", self.engines, context=context)
        self.body.addWidget(self.facts)
        self.body.addStretch(1)
        self.begin_at(self.wish)

    def _connect(self) -> None:
        self.write.clicked.connect(self.accept)
        self.wish.returnPressed.connect(self.write.click)
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
