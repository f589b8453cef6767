"""What the frame knows about the work: how many cards, which are recent, what just became ready or failed."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

from ...domain.events import CardChanged, CardRemoved, Event, JobChanged
from ...domain.job import TERMINAL_STATES, JobSnapshot, JobState
from ...jobs.interface import Commands, Events
from ..context import UiContext
from ..tasks import TaskOwner
from ..theme import MOTION

GATHER_MILLISECONDS = 150
READY = "ready"


class Overview(QObject):
    """Listens for the sidebar and tells news as toasts.

    Signals: `cards_known(tuple[CardSummary, ...])`, `card_requested(card_id)`, `cards_requested`,
    `job_requested(job_id)`.
    """

    cards_known = Signal(object)
    card_requested = Signal(object)
    cards_requested = Signal()
    job_requested = Signal(object)

    def __init__(self, *, context: UiContext, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context
        self._tasks = TaskOwner(on_error=lambda _name, error: context.notify.error(error))
        self._commands: Commands | None = None
        self._unsubscribe: Callable[[], None] | None = None
        self._under_way: set[int] = set()
        self._ready: list[JobSnapshot] = []
        self._told: list[JobSnapshot] = []
        self._forget = QTimer(self, singleShot=True, interval=MOTION.TOAST_STAYS)
        self._forget.timeout.connect(self._told.clear)
        self._gather = QTimer(self, singleShot=True, interval=GATHER_MILLISECONDS)
        self._gather.timeout.connect(self._tell)
        self._stale = False

    def attach(self, commands: Commands, events: Events) -> None:
        """Start listening."""
        self._commands = commands
        self._unsubscribe = events.subscribe(self._on_event)
        self._tasks.spawn(self._read_cards(), name="recent cards")

    async def aclose(self) -> None:
        """Stop listening."""
        if self._unsubscribe is not None:
            self._unsubscribe()
        self._gather.stop()
        self._forget.stop()
        await self._tasks.aclose()

    def _on_event(self, event: Event) -> None:
        if isinstance(event, CardChanged | CardRemoved):
            self._stale = True
            self._wake()
        elif isinstance(event, JobChanged):
            self._on_job(event.job)

    def _on_job(self, job: JobSnapshot) -> None:
        if job.state not in TERMINAL_STATES:
            self._under_way.add(job.id)
            return
        if job.id not in self._under_way:
            return
        self._under_way.discard(job.id)
        if job.state == JobState.SUCCEEDED:
            self._ready.append(job)
            self._wake()
        elif job.state == JobState.FAILED:
            self._tell_failure(job)

    def _wake(self) -> None:
        # Counting from the first event on: a steady stream of events must not postpone the news for ever.
        if not self._gather.isActive():
            self._gather.start()

    def _tell(self) -> None:
        if self._stale and self._commands is not None:
            self._stale = False
            self._tasks.spawn(self._read_cards(), name="recent cards")
        if self._ready:
            self._tell_ready()

    def _tell_ready(self) -> None:
        """Count on while the last news is still on the screen, so that a batch does not queue up."""
        self._told.extend(self._ready)
        self._ready.clear()
        self._forget.start()
        if len(self._told) == 1:
            self._tell_one(self._told[0])
        else:
            text = f"{len(self._told)} cards are ready"
            show = self.cards_requested.emit
            self._context.notify.toast(text, action="Show", callback=show, topic=READY)

    def _tell_one(self, job: JobSnapshot) -> None:
        card_id = (job.result or {}).get("card_id")
        open_card = (lambda: self.card_requested.emit(card_id)) if card_id is not None else None
        self._context.notify.toast(
            f"{job.character or job.title} is ready",
            action="Open" if open_card else None,
            callback=open_card,
            topic=READY,
        )

    def _tell_failure(self, job: JobSnapshot) -> None:
        name = job.character or job.title
        text = f"{name} could not be drafted. {job.error or ''}".strip()
        self._context.notify.toast(
            text, action="Show", callback=lambda: self.job_requested.emit(job.id), error=True
        )

    async def _read_cards(self) -> None:
        if self._commands is not None:
            self.cards_known.emit(await self._commands.cards())
