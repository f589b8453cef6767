"""The jobs page: queue, batches, filters, table, details; it asks by command and learns by event."""

import logging
import time
from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from ...domain.errors import CardgenError
from ...domain.events import (
    BatchEnded,
    Event,
    JobChanged,
    JobListChanged,
    JobRemoved,
    JobText,
    QueueChanged,
)
from ...domain.job import JobQuery, JobSnapshot, JobState
from ...jobs.interface import Commands, Events
from ..components import PageHeader, ProgressLine
from ..context import UiContext
from ..tasks import TaskOwner
from ..wording import counted
from .copying import JobCopies
from .counting import JobCounter
from .details import JobDetails
from .feed import DetailsFeed
from .filters import FILTERS, count_of
from .history import JobHistory
from .listing import JobListing
from .model import JobsModel
from .operations import JobOperations
from .page_keys import bind_keys
from .queue_control import QueueControl
from .queue_wiring import QueueWiring
from .queue_words import paused_lanes
from .remedying import Remedying
from .row_actions import RowActions

SPLITTER = "jobs"
NARROW_WINDOW = 1200
DETAILS_WIDTH, NARROW_DETAILS_WIDTH = 336, 288
QUIET = frozenset({"count jobs", "find kinds of jobs", "read queue", "read undo history"})
COUNTED = ("running", "waiting", "held")
"""The filters whose numbers stand under the title, in the words and with the numbers of their chips."""


_log = logging.getLogger(__name__)


def facts_line(counts: dict[JobState, int]) -> str:
    """The line under the title: "2 running · 1 waiting · 8 others"."""
    told = [(entry, count_of(entry, counts)) for entry in FILTERS if entry.key in COUNTED]
    parts = [f"{number:,} {entry.word.lower()}" for entry, number in told if number]
    if others := sum(counts.values()) - sum(number for _, number in told):
        parts.append(counted(others, "other" if parts else "job"))
    return " · ".join(parts)


class JobsPage(QWidget):
    """What is being drafted, what waits, and what came of it.

    Signals: `open_card_requested(card_id)`, `counts_changed(dict of JobState to int)`, `draft_requested`
    from the empty page, and `settings_requested` or `engine_requested(profile name, field)` from a banner
    whose gate the settings open.
    """

    open_card_requested = Signal(object)
    counts_changed = Signal(object)
    draft_requested = Signal()
    settings_requested = Signal()
    engine_requested = Signal(str, str)

    def __init__(
        self, *, context: UiContext, clock: Callable[[], float] = time.time, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._context, self._clock = context, clock
        self._tasks = TaskOwner(on_error=self._on_failure)
        self._unsubscribe: Callable[[], None] | None = None
        self._wanted: int | None = None
        self._feed: DetailsFeed | None = None
        self._counter: JobCounter | None = None
        self.header = PageHeader("Jobs", context=context)
        self.progress = ProgressLine(context=context)
        self.listing = JobListing(context=context)
        self.details = JobDetails(context=context, clock=clock)
        self.actions_of_rows = RowActions(self.listing, self.details, context=context, parent=self)
        self.remedying = Remedying(self.details, self.actions_of_rows.act, context=context, parent=self)
        self.queue = QueueWiring(self.header, self.listing, context=context)
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self._second = QTimer(self, interval=1000)
        self._lay_out()
        self._connect()
        bind_keys(self)
        self.setFocusProxy(self.listing.view)

    @property
    def model(self) -> JobsModel | None:
        """The table's model, None before `attach`."""
        return self.listing.model

    def attach(self, commands: Commands, events: Events) -> None:
        """Start showing what the commands and events tell."""
        notify = self._context.notify
        model = self._make_model(commands)
        history = JobHistory(commands, self._tasks, notify, self)
        control = QueueControl(commands, self._tasks, self)
        operations = JobOperations(commands, self._tasks, notify, history, model)
        self.actions_of_rows.operations = operations
        self.actions_of_rows.copies = JobCopies(commands, self._tasks, notify)
        self._feed = DetailsFeed(commands, self._tasks, self.details)
        self.remedying.attach(commands, self._tasks)
        self._feed.reports.copy_queued.connect(lambda job: self.choose(job.id))
        self.queue.attach(control, history, operations)
        control.changed.connect(lambda queue: model.show_paused(paused_lanes(queue)))
        self.listing.show_model(model)
        # After the listing has found its place again: what is to be shown wins over where the person was.
        for moved in (model.modelReset, model.layoutChanged, model.rowsInserted, model.pages.arranged):
            moved.connect(self._choose_wanted)
        self._unsubscribe = events.subscribe(self._on_event)
        model.set_query(JobQuery())
        self._count_with(JobCounter(commands, self._tasks, self))
        control.refresh()
        history.refresh()

    def _make_model(self, commands: Commands) -> JobsModel:
        model = JobsModel(commands, self._tasks, clock=self._clock, parent=self)
        model.flushed.connect(self._on_flushed)
        model.pages.busy.connect(self._on_busy)
        return model

    def _count_with(self, counter: JobCounter) -> None:
        self._counter = counter
        counter.changed.connect(self._on_counted)
        counter.batches_changed.connect(self.queue.show_batches)
        counter.kinds_changed.connect(lambda: self.listing.filters.set_kinds(counter.kinds))
        counter.count()
        counter.find_kinds()

    async def aclose(self) -> None:
        """Stop listening and stop every task."""
        if self._unsubscribe is not None:
            self._unsubscribe()
        self._second.stop()
        await self._tasks.aclose()

    def choose(self, job_id: int) -> None:
        """Make a job the current one as soon as it is in the list; filters that might hide it are cleared."""
        self._wanted = job_id
        if not self._choose_wanted() and self.model is not None:
            if self.listing.filters.is_filtering:
                self.listing.filters.clear()
            else:
                self.model.refresh()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._mind_the_clock()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._second.stop()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.progress.setGeometry(0, self.header.height(), self.width(), self.progress.height())
        if not self._context.settings.splitter(SPLITTER):
            narrow = self.window().width() < NARROW_WINDOW
            width = NARROW_DETAILS_WIDTH if narrow else DETAILS_WIDTH
            self.splitter.setSizes([max(1, self.width() - width), width])

    def _lay_out(self) -> None:
        self.setProperty("ground", "window")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setHandleWidth(1)
        self.splitter.addWidget(self.listing)
        self.splitter.addWidget(self.details)
        self.splitter.setStretchFactor(0, 1)
        self.splitter.setStretchFactor(1, 0)
        self.details.hide()
        if sizes := self._context.settings.splitter(SPLITTER):
            self.splitter.setSizes(sizes)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.header)
        column.addWidget(self.splitter, 1)
        self.progress.setParent(self)
        self.progress.raise_()

    def _connect(self) -> None:
        self._second.timeout.connect(self._on_second)
        self.splitter.splitterMoved.connect(self._on_splitter_moved)
        listing, view = self.listing, self.listing.view
        listing.filters.changed.connect(self._on_filter_changed)
        listing.draft_requested.connect(self.draft_requested)
        listing.again_requested.connect(self._on_filter_changed)
        listing.current_changed.connect(self._on_current_changed)
        listing.emptied.connect(self.details.hide)
        actions = self.actions_of_rows
        actions.open_card_requested.connect(self.open_card_requested)
        self.queue.settings_requested.connect(self.settings_requested)
        self.queue.offline_requested.connect(self.remedying.draft_held_offline)
        self.queue.engine_requested.connect(self.engine_requested)
        self.remedying.engine_requested.connect(self.engine_requested)
        self.remedying.sources_requested.connect(self.draft_requested)
        self.remedying.changes_requested.connect(self.details.changes_requested)
        view.activated.connect(actions.do_what_the_row_offers)
        view.menu_requested.connect(actions.open_menu)
        view.cells.action_triggered.connect(actions.do_first)
        self.details.action_requested.connect(actions.act_on_shown)
        self.details.copy_requested.connect(actions.copy_details)

    def _on_event(self, event: Event) -> None:
        if self.model is None:
            return
        match event:
            case JobChanged():
                self.model.note(event.job)
            case JobRemoved():
                self.model.note_removed(event.job_id)
            case JobListChanged():
                self._read_again()
            case BatchEnded():
                self.queue.tell_end(event.batch)
                self._read_again(rows=False)
            case JobText() if self._feed is not None:
                self._feed.streamed.hear(event)
            case QueueChanged() if self.queue.control is not None:
                self.queue.control.note(event.queue)

    def _read_again(self, *, rows: bool = True) -> None:
        if rows and self.model is not None:
            self.model.refresh()
        if self._counter is not None:
            self._counter.count()

    @Slot()
    def _choose_wanted(self) -> bool:
        row = self.model.row_of(self._wanted) if self.model and self._wanted is not None else None
        if row is not None:
            self._wanted = None
            self.listing.view.make_current(row)
        return row is not None

    def _on_flushed(self, noted: dict[int, JobSnapshot | None]) -> None:
        if self._counter is not None:
            self._counter.heed(noted)
        self._choose_wanted()
        shown = self.details.job
        changed = noted.get(shown.id) if shown is not None else None
        if changed is not None and self._feed is not None:
            self._feed.show(self.model.as_shown(changed) if self.model is not None else changed)

    def _on_counted(self, counts: dict[JobState, int]) -> None:
        counter = self._counter
        self.listing.filters.set_counts(counts, counter.needs_you if counter is not None else 0)
        self.listing.queue_bar.set_counts(counts.get(JobState.FAILED, 0), counter.to_clear if counter else 0)
        if self.queue.control is not None:
            # Lanes are told when the person or a gate changes them, not when jobs move through them.
            self.queue.control.refresh()
        self.header.set_facts(facts_line(counts))
        self.counts_changed.emit(counts)
        self._mind_the_clock()

    def _mind_the_clock(self) -> None:
        """Seconds pass only where somebody can see them."""
        counts = self._counter.counts if self._counter is not None else {}
        if self.isVisible() and (counts.get(JobState.RUNNING) or counts.get(JobState.WAITING)):
            self._second.start()
        else:
            self._second.stop()

    def _on_second(self) -> None:
        if self.model is not None:
            self.model.tick(*self.listing.view.visible_rows())
        self.details.tick()

    def _on_busy(self, is_busy: bool) -> None:
        if is_busy:
            self.progress.start()
        else:
            self.progress.stop()

    def _on_filter_changed(self) -> None:
        if self.model is not None:
            self.model.set_query(self.listing.filters.query)

    def _on_splitter_moved(self, _position: int, _index: int) -> None:
        self._context.settings.remember_splitter(SPLITTER, self.splitter.sizes())

    def _on_current_changed(self, job: JobSnapshot) -> None:
        if self.model is not None and self._feed is not None:
            self.model.keep(job.id)
            if job != self.details.job or self.details.isHidden():
                self._feed.show(job)

    def _on_failure(self, name: str, error: Exception) -> None:
        """What cannot be read is said once, by the list; what was asked for and failed is always said."""
        if name in QUIET and isinstance(error, CardgenError):
            _log.info("%s: %s", name, error)
        else:
            self._context.notify.error(error)
