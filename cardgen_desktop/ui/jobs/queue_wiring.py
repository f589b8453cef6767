"""What the person does with the queue as a whole: buttons, banners, strips and the menu of the jobs page."""

from collections.abc import Sequence

from PySide6.QtCore import QObject, Qt, Signal

from ...domain.job import JobQuery, JobState
from ...domain.job_views import BatchView
from ...domain.queue import QueueStatus
from ..components import Button, Menu, PageHeader
from ..context import UiContext
from .batch_bar import ended_words
from .coming_back import ComingBack
from .gates import GateAction
from .history import JobHistory
from .lane_popover import LanePopover
from .listing import JobListing
from .operations import JobOperations
from .queue_bar import CLEARED
from .queue_control import QueueControl

PAUSE_KEYS = "Ctrl+Shift+P"
UNFINISHED = (JobState.QUEUED, JobState.RUNNING, JobState.HELD, JobState.WAITING, JobState.PAUSED)


class QueueWiring(QObject):
    """Connects header, banners, bar and batches to the queue; deaf until `attach`.

    Signals: `settings_requested` from the banner of a gate that settings open, `engine_requested(profile
    name, field)` where those of one engine do, `offline_requested` to let the offline drafter do it.
    """

    settings_requested = Signal()
    offline_requested = Signal()
    engine_requested = Signal(str, str)

    def __init__(self, header: PageHeader, listing: JobListing, *, context: UiContext) -> None:
        super().__init__(header)
        self._context, self._listing = context, listing
        self.control: QueueControl | None = None
        self.history: JobHistory | None = None
        self.operations: JobOperations | None = None
        self.pause = Button(
            "Pause queue", context=context, variant="outline", icon="pause", shortcut=PAUSE_KEYS
        )
        self.more = Button("More", context=context, variant="ghost", size="icon", icon="more")
        self.popover = LanePopover(context=context, parent=header)
        header.add_action(self.pause)
        header.add_action(self.more)
        self.pause.setEnabled(False)
        self.more.setEnabled(False)

    def attach(self, control: QueueControl, history: JobHistory, operations: JobOperations) -> None:
        """Start to act."""
        self.control, self.history, self.operations = control, history, operations
        control.changed.connect(self._on_queue)
        self.pause.clicked.connect(control.toggle)
        self.more.clicked.connect(lambda: self.make_menu().open_below(self.more))
        self.popover.stepped.connect(control.step_limit)
        self.popover.toggled.connect(control.toggle_lane)
        self.pause.setEnabled(True)
        self.more.setEnabled(True)
        self.coming_back = ComingBack(control, self.pause.window())
        self._connect_listing()

    def show_batches(self, batches: Sequence[BatchView]) -> None:
        """Show the batches under way."""
        self._listing.batch_bar.show_batches(batches)

    def tell_end(self, batch: BatchView) -> None:
        """The last job of a batch has ended: one line of news for all of them."""
        notify = self._context.notify
        show = lambda: self.choose_batch(batch)  # noqa: E731
        notify.toast(ended_words(batch), action="Show", callback=show, topic=f"batch {batch.id}")

    def choose_batch(self, batch: BatchView | None) -> None:
        """Show one batch alone, or all jobs."""
        self._listing.batch_bar.set_current(None if batch is None else batch.id)
        self._listing.filters.choose_batch(batch)

    def undo(self) -> None:
        """Take the last step back."""
        if self.history is not None:
            self.history.undo()

    def redo(self) -> None:
        """Do the step that was taken back last once more."""
        if self.history is not None:
            self.history.redo()

    def retry_failed(self) -> None:
        """Run every failed job again."""
        if self.operations is not None:
            self.operations.run_on("retry", JobQuery(states=(JobState.FAILED,)))

    def clear_finished(self) -> None:
        """Take what is done or cancelled off the list."""
        if self.operations is not None:
            self.operations.run_on("remove", CLEARED)

    def open_lanes(self) -> None:
        """Show how many jobs run at once."""
        bar = self._listing.queue_bar
        self.popover.open_below(bar.lanes if bar.lanes.isVisible() else self.more)

    def make_menu(self) -> Menu:
        """Undo and redo by name, the clean-ups, the lanes."""
        menu = Menu(context=self._context, parent=self._listing)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        history, bar = self.history, self._listing.queue_bar
        if history is not None:
            undo, redo = history.undo_words, history.redo_words
            menu.add(
                undo or "Nothing to undo", history.undo, icon="undo", shortcut="Ctrl+Z", enabled=bool(undo)
            )
            if redo:
                menu.add(redo, self.redo, icon="redo", shortcut="Ctrl+Shift+Z")
        menu.addSeparator()
        failed, finished = f"Retry failed ({bar.failed:,})", f"Clear finished ({bar.finished:,})"
        menu.add(failed, self.retry_failed, icon="retry", enabled=bar.failed > 0)
        menu.add(finished, self.clear_finished, icon="trash", enabled=bar.finished > 0)
        menu.addSeparator()
        menu.add("Jobs at once…", self.open_lanes, icon="settings")
        menu.add("Columns…", self._listing.view.open_columns_menu, icon="eye")
        return menu

    def _connect_listing(self) -> None:
        listing = self._listing
        listing.banners.action_requested.connect(self._on_gate_action)
        listing.banners.engine_requested.connect(self.engine_requested)
        listing.queue_bar.lanes_requested.connect(self.open_lanes)
        listing.queue_bar.retry_requested.connect(self.retry_failed)
        listing.queue_bar.clear_requested.connect(self.clear_finished)
        listing.batch_bar.chosen.connect(self.choose_batch)
        listing.batch_bar.cleared.connect(lambda: self.choose_batch(None))
        listing.batch_bar.cancel_requested.connect(self._cancel_rest)
        listing.batch_bar.retry_requested.connect(self._retry_batch)
        listing.filters.changed.connect(self._on_filter_changed)

    def _on_queue(self, queue: QueueStatus) -> None:
        self._listing.banners.show_queue(queue)
        self._listing.queue_bar.show_queue(queue)
        self.popover.show_queue(queue)
        self.pause.setText("Resume queue" if queue.paused else "Pause queue")
        self.pause.set_icon("play" if queue.paused else "pause")

    def _on_gate_action(self, key: GateAction) -> None:
        if key == "settings":
            self.settings_requested.emit()
        elif key == "offline":
            self.offline_requested.emit()
        elif key == "show":
            self._listing.filters.choose("held")
        elif self.control is not None:
            self.control.try_gates()

    def _on_filter_changed(self) -> None:
        batch = self._listing.filters.batch
        self._listing.batch_bar.set_current(None if batch is None else batch.id)

    def _cancel_rest(self, batch: BatchView) -> None:
        if self.operations is not None:
            self.operations.run_on("cancel", JobQuery(batch_id=batch.id, states=UNFINISHED))

    def _retry_batch(self, batch: BatchView) -> None:
        if self.operations is not None:
            self.operations.run_on("retry", JobQuery(batch_id=batch.id, states=(JobState.FAILED,)))
