"""Between the panel and the queue: whom to draft, what is under way, and what could not be saved."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ...domain.job import JobSnapshot
from ...domain.people import Person
from ...domain.source import SourceSummary
from ...jobs.interface import Commands, Events
from ..components import Banner
from ..context import UiContext
from ..tasks import TaskOwner
from ..theme import SPACE
from .engine_control import EngineControl
from .known import KnownDrafts, left_out_words
from .panel import DraftPanel
from .picker import PeoplePicker
from .starting import DraftStart, Refused


class RefusalRow(QWidget):
    """One banner across the page that says which jobs could not be saved; hidden while there are none."""

    def __init__(self, *, context: UiContext) -> None:
        super().__init__()
        self.banner = Banner("danger", "", "", "Try again", context=context, closable=True)
        self.refused: Refused | None = None
        row = QVBoxLayout(self)
        row.setContentsMargins(SPACE.PAGE_EDGE, SPACE.MD, SPACE.PAGE_EDGE, SPACE.MD)
        row.addWidget(self.banner)
        self.hide()

    def tell(self, refused: Refused | None) -> None:
        """Say what could not be saved, or nothing any more."""
        self.refused = refused
        if refused is not None:
            self.banner.say(refused.fact, refused.text, "Try again")
        self.setVisible(refused is not None)


class Orders(QObject):
    """Turns the wishes of the panel into queued drafts.

    Signals: `pending(tuple[JobSnapshot])` at once, `withdrawn(tuple[request id])`, `started(JobSnapshot)`.
    """

    pending = Signal(object)
    withdrawn = Signal(object)
    started = Signal(object)

    def __init__(
        self,
        panel: DraftPanel,
        picker: PeoplePicker,
        set_now: Callable[[], Sequence[SourceSummary]],
        *,
        context: UiContext,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._panel, self._picker, self._set_now = panel, picker, set_now
        self._start: DraftStart | None = None
        self._known: KnownDrafts | None = None
        self.control = EngineControl(panel, lambda: picker.person, set_now, context=context, parent=self)
        self.refusal = RefusalRow(context=context)
        self.refusal.banner.action_triggered.connect(self._place_again)
        self.refusal.banner.close_requested.connect(lambda: self.refusal.tell(None))
        panel.draft_requested.connect(self._draft_chosen)
        panel.draft_all_requested.connect(self._draft_all)

    def attach(self, commands: Commands, events: Events, tasks: TaskOwner) -> None:
        """Start to queue, and to know who is drafted already."""
        panel = self._panel
        self._start = DraftStart(commands, tasks, self)
        self._start.pending.connect(self.pending)
        self._start.withdrawn.connect(self.withdrawn)
        self._start.ended.connect(lambda: panel.set_busy(False))
        self._start.started.connect(self._on_started)
        self._start.refused.connect(self._on_refused)
        self._known = KnownDrafts(commands, events, tasks, self)
        self._known.changed.connect(self.offer_all)
        self.control.attach(commands, events, tasks)

    def close(self) -> None:
        """Stop listening."""
        self.control.close()
        if self._known is not None:
            self._known.close()

    def look_at(self, sources: Sequence[SourceSummary]) -> None:
        """The set changed: what was refused for another one is over."""
        self.refusal.tell(None)
        if self._known is not None:
            self._known.look_at(sources)

    def offer_all(self) -> None:
        """Offer the main characters who have neither a card nor a job yet; say who is left out."""
        main = self._main()
        to_draft, standings = self._known.split(main) if self._known is not None else (main, [])
        self._panel.show_main(len(to_draft), left_out_words(len(to_draft), standings))

    def _main(self) -> list[Person]:
        return [person for person in self._picker.model.people if person.main]

    def _draft_chosen(self) -> None:
        if self._picker.person is not None:
            self._draft([self._picker.person])

    def _draft_all(self) -> None:
        main = self._main()
        self._draft(self._known.split(main)[0] if self._known is not None else main)

    def _draft(self, people: Sequence[Person]) -> None:
        if self._start is not None:
            self.refusal.tell(None)
            self._start.draft(people, self._set_now(), self.control.engine, self.control.options)
            self._panel.set_busy(self._start.is_busy)

    def _place_again(self) -> None:
        refused = self.refusal.refused
        if self._start is not None and refused is not None:
            self.refusal.tell(None)
            self._start.place(refused.order)
            self._panel.set_busy(self._start.is_busy)

    def _on_started(self, jobs: Sequence[JobSnapshot]) -> None:
        for job in jobs:
            self.started.emit(job)

    def _on_refused(self, refused: Refused) -> None:
        """The rows are gone again; here it is said why, and who was chosen stays chosen."""
        self.refusal.tell(refused)
