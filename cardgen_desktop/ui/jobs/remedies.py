"""What a person can do about a job that stands still, by the class of its failure; the likeliest first."""

from dataclasses import dataclass
from functools import partial
from typing import Literal

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from ...domain.failures import FAILURES, Action
from ...domain.job import JobSnapshot, JobState
from ..components import Button, FlowLayout
from ..context import UiContext

Means = Literal["engine", "go_on", "settle", "offline", "changes", "sources", "copy"]
"""How a remedy is carried out: a field of the engine's settings, the queue, the partial text, another engine,
the request with changes, the sources on the desk, or the details on the clipboard."""

STOPPED = frozenset({JobState.HELD, JobState.WAITING, JobState.PAUSED, JobState.FAILED, JobState.CANCELLED})
MOST = 4


@dataclass(frozen=True, slots=True)
class Remedy:
    """A button: its words, its icon, what it does, and the field or choice that it is about."""

    action: Action
    word: str
    icon: str
    means: Means
    about: str = ""


_TABLE: tuple[Remedy, ...] = (
    Remedy(Action.TRY_NOW, "Try now", "play", "go_on"),
    Remedy(Action.RETRY, "Try again", "retry", "go_on"),
    Remedy(Action.USE_OFFLINE, "Use the offline drafter", "device", "offline"),
    Remedy(Action.TEST_CONNECTION, "Test connection", "check", "engine", "test"),
    Remedy(Action.EDIT_ADDRESS, "Edit address", "settings", "engine", "address"),
    Remedy(Action.UPDATE_KEY, "Update key", "lock", "engine", "key"),
    Remedy(Action.OTHER_PROFILE, "Other engine…", "model", "changes"),
    Remedy(Action.OTHER_MODEL, "Other model…", "model", "engine", "model"),
    Remedy(Action.CHOOSE_MODEL, "Choose model…", "model", "engine", "model"),
    Remedy(Action.NEAREST_MODEL, "Pick another model…", "model", "engine", "nearest"),
    Remedy(Action.OPEN_PROVIDER, "About this provider", "cloud", "engine", "credits"),
    Remedy(Action.ADD_CREDITS, "Add credits", "cloud", "engine", "credits"),
    Remedy(Action.RAISE_CAP, "Change the cap", "settings", "engine", "cap"),
    Remedy(Action.RESET_OPTIONS, "Look at the options", "settings", "engine", "sampling"),
    Remedy(Action.RAISE_LIMIT, "Raise the limit", "settings", "engine", "context"),
    Remedy(Action.SPLIT, "Look at the sources", "book", "sources"),
    Remedy(Action.TRIM, "Look at the sources", "book", "sources"),
    Remedy(Action.EDIT_SOURCE, "Look at the sources", "book", "sources"),
    Remedy(Action.OTHER_FILE, "Choose other files", "plus", "sources"),
    Remedy(Action.PASTE_TEXT, "Paste text", "paste", "sources"),
    Remedy(Action.SOFTER_STYLE, "Other style…", "settings", "changes"),
    Remedy(Action.EDIT_INSTRUCTION, "Change the wish…", "settings", "changes"),
    Remedy(Action.COPY_DETAILS, "Copy details", "copy", "copy"),
    Remedy(Action.COPY_REPORT, "Copy details", "copy", "copy"),
    Remedy(Action.CONTINUE, "Continue", "play", "settle", "continue"),
    Remedy(Action.KEEP, "Keep as it is", "check", "settle", "keep"),
    Remedy(Action.DISCARD, "Discard it", "trash", "settle", "discard"),
)
REMEDIES: dict[Action, Remedy] = {remedy.action: remedy for remedy in _TABLE}
_OF_PARTIAL = (Action.CONTINUE, Action.KEEP, Action.DISCARD)
_OF_FINISHED = frozenset({"changes"})


def remedies_of(job: JobSnapshot, *, has_partial: bool) -> tuple[Remedy, ...]:
    """What is offered for a job: about its partial text first, then what its failure asks for."""
    if job.state not in STOPPED or job.id < 0:
        return ()
    failure = FAILURES.get(job.error_code or "")
    wanted = [*(_OF_PARTIAL if has_partial else ()), *(failure.actions if failure else ())]
    found: dict[str, Remedy] = {}
    for action in wanted:
        remedy = REMEDIES.get(action)
        if remedy is not None and _fits(remedy, job, has_partial=has_partial):
            found.setdefault(remedy.word, remedy)
    return tuple(found.values())[:MOST]


def _fits(remedy: Remedy, job: JobSnapshot, *, has_partial: bool) -> bool:
    if remedy.means == "settle":
        return has_partial
    if remedy.means == "changes":
        return job.state in (JobState.FAILED, JobState.CANCELLED)
    return True


class RemedyRow(QWidget):
    """The buttons below an explanation; hidden when nothing is offered.

    The same buttons say other words for another job: new ones would come last in the order of the keyboard.

    Signals: `chosen(Remedy)`.
    """

    chosen = Signal(object)

    def __init__(self, *, context: UiContext) -> None:
        super().__init__()
        self._shown: tuple[Remedy, ...] = ()
        self._all = tuple(
            Button("", context=context, variant="outline", size="small", parent=self) for _ in range(MOST)
        )
        flow = FlowLayout(self)
        for number, button in enumerate(self._all):
            button.set_variant("outline" if number else "default")
            button.clicked.connect(partial(self._choose, number))
            flow.addWidget(button)
        self._flow = flow
        self.hide()

    @property
    def buttons(self) -> tuple[Button, ...]:
        """The buttons that offer something."""
        return self._all[: len(self._shown)]

    def show_remedies(self, remedies: tuple[Remedy, ...]) -> None:
        """Offer other remedies; the same ones stay as they are, with the focus."""
        if remedies == self._shown:
            return
        self._shown = remedies[:MOST]
        for button, remedy in zip(self._all, self._shown, strict=False):
            button.setText(remedy.word)
            button.set_icon(remedy.icon)
        for number, button in enumerate(self._all):
            button.setVisible(number < len(self._shown))
        self.setVisible(bool(self._shown))
        self._flow.invalidate()
        self.updateGeometry()

    def _choose(self, number: int, _checked: bool = False) -> None:
        if number < len(self._shown):
            self.chosen.emit(self._shown[number])
