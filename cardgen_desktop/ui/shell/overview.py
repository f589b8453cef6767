"""What the frame knows about the work: how many cards, which are recent, what just became ready or failed."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal

from ...domain.errors import CardgenError
from ...domain.events import CardChanged, CardRemoved, CardsChanged, Event, JobChanged, QueueChanged
from ...domain.job import TERMINAL_STATES, JobSnapshot, JobState
from ...domain.job_kinds import DRAFT, IMPORT
from ...jobs.interface import Commands, Events
from ..context import UiContext
from ..jobs import words
from ..tasks import TaskOwner
from ..theme import MOTION

GATHER_MILLISECONDS = 150
FAILURES_BELONG_TOGETHER = 60_000
READY, FAILED = "ready", "failed"


class Overview(QObject):
    """Listens for the sidebar and tells news as toasts.

    Signals: `cards_known(tuple[CardSummary, ...])`, `card_requested(card_id)`, `cards_requested`,
    `job_requested(job_id)`, `jobs_requested`, `queue_known(QueueStatus)`.
    """

    cards_known = Signal(object)
    card_requested = Signal(object)
    cards_requested = Signal()
    job_requested = Signal(object)
    jobs_requested = Signal()
    queue_known = Signal(object)

    def __init__(self, *, context: UiContext, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context
        self._tasks = TaskOwner(on_error=lambda _name, error: context.notify.error(error))
        self._commands: Commands | None = None
        self._unsubscribe: Callable[[], None] | None = None
        self._under_way: set[int] = set()
        self._ready: list[JobSnapshot] = []
        self._told: list[JobSnapshot] = []
        self._failed: list[JobSnapshot] = []
        self._told_failed: list[JobSnapshot] = []
        self._forget = QTimer(self, singleShot=True, interval=MOTION.TOAST_STAYS)
        self._forget.timeout.connect(self._told.clear)
        self._failed_since = 0
        self._forget_failed = QTimer(self, singleShot=True, interval=FAILURES_BELONG_TOGETHER)
        self._forget_failed.timeout.connect(self._forget_failures)
        self._gather = QTimer(self, singleShot=True, interval=GATHER_MILLISECONDS)
        self._gather.timeout.connect(self._tell)
        self._stale = False

    def attach(self, commands: Commands, events: Events) -> None:
        """Start listening."""
        self._commands = commands
        self._unsubscribe = events.subscribe(self._on_event)
        self._tasks.spawn(self._read_cards(), name="recent cards")
        self._tasks.spawn(self._read_queue(), name="queue status")

    async def aclose(self) -> None:
        """Stop listening."""
        if self._unsubscribe is not None:
            self._unsubscribe()
        self._gather.stop()
        self._forget.stop()
        self._forget_failed.stop()
        await self._tasks.aclose()

    def _on_event(self, event: Event) -> None:
        if isinstance(event, CardChanged | CardsChanged | CardRemoved):
            self._stale = True
            self._wake()
        elif isinstance(event, JobChanged):
            self._on_job(event.job)
        elif isinstance(event, QueueChanged):
            self.queue_known.emit(event.queue)

    def _on_job(self, job: JobSnapshot) -> None:
        if job.state not in TERMINAL_STATES:
            self._under_way.add(job.id)
            return
        if job.id not in self._under_way:
            return
        self._under_way.discard(job.id)
        if job.state == JobState.SUCCEEDED:
            if job.batch_id is not None or words.is_proposing(job):
                # The end of the batch tells for all of its jobs, the editor for its proposals.
                return
            self._ready.append(job)
            self._wake()
        elif job.state == JobState.FAILED:
            self._failed.append(job)
            self._wake()

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
        if self._failed:
            self._tell_failures()

    def _tell_ready(self) -> None:
        """Count on while the last news is still on the screen, so that a batch does not queue up."""
        self._told.extend(self._ready)
        self._ready.clear()
        self._forget.start()
        if len(self._told) == 1:
            self._tell_one(self._told[0])
        elif all(job.kind == DRAFT for job in self._told):
            text, show = f"{len(self._told)} cards are ready", self.cards_requested.emit
            self._context.notify.toast(text, action="Show", callback=show, topic=READY)
        else:
            text, show = f"{len(self._told)} jobs are done", self.jobs_requested.emit
            self._context.notify.toast(text, action="Show", callback=show, topic=READY)

    def _tell_one(self, job: JobSnapshot) -> None:
        card_id = (job.result or {}).get("card_id")
        if job.kind == IMPORT and (only := _only_card(job)) is not None:
            show = partial(self.card_requested.emit, only)
            self._context.notify.toast("1 card was imported", action="Open", callback=show, topic=READY)
            return
        if job.kind != DRAFT:
            text = f"{words.kind_name(job.kind)} done: {words.result_words(job)}"
            self._context.notify.toast(text, action="Show", callback=self._shows(job), topic=READY)
            return
        open_card = (lambda: self.card_requested.emit(card_id)) if card_id is not None else None
        self._context.notify.toast(
            f"{job.character or job.title} is ready",
            action="Open" if open_card else None,
            callback=open_card,
            topic=READY,
        )

    def _tell_failures(self) -> None:
        """One message that counts on: forty failures are not forty messages to be closed."""
        self._told_failed = [job for job in self._told_failed if job.id not in self._under_way]
        self._told_failed.extend(self._failed)
        self._failed.clear()
        self._forget_failed.start()
        if len(self._told_failed) == 1:
            job = self._told_failed[0]
            text, show = f"{failure_words(job)} {job.error or ''}".strip(), self._shows(job)
        else:
            text, show = f"{len(self._told_failed)} jobs failed. What was done is kept.", self._shows_jobs
        topic = f"{FAILED} {self._failed_since}"
        self._context.notify.toast(text, action="Show", callback=show, error=True, topic=topic)

    def _shows(self, job: JobSnapshot) -> Callable[[], None]:
        return lambda: self.job_requested.emit(job.id)

    def _shows_jobs(self) -> None:
        self._forget_failures()
        self.jobs_requested.emit()

    def _forget_failures(self) -> None:
        """What fails later is other news: it does not take the place of a message that is still there."""
        self._told_failed.clear()
        self._failed_since += 1

    async def _read_queue(self) -> None:
        if self._commands is None:
            return
        try:
            self.queue_known.emit(await self._commands.queue_status())
        except CardgenError:
            # The next change of the queue tells the same.
            return

    async def _read_cards(self) -> None:
        if self._commands is not None:
            self.cards_known.emit(await self._commands.cards())


def failure_words(job: JobSnapshot) -> str:
    """That a job failed, in a sentence."""
    if job.kind == DRAFT:
        return f"{job.character or job.title} could not be drafted."
    return f"{words.kind_name(job.kind)} of {words.character_name(job)} failed."


def _only_card(job: JobSnapshot) -> int | None:
    """The card of an import that made one, with nothing else to tell of it; else None."""
    result = job.result or {}
    ids = list(result.get("card_ids") or ())
    is_plain = len(ids) == 1 and not any(result.get(key) for key in ("refused", "repaired", "already"))
    return ids[0] if is_plain and isinstance(ids[0], int) else None
