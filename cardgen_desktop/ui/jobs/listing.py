"""The left side of the jobs page: banners, queue, filters; the table or what is in its place; batches."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from ...domain.errors import CardgenError
from ...domain.job import JobSnapshot
from ..components import EmptyState
from ..context import UiContext
from ..theme import SPACE
from .batch_bar import BatchBar
from .filters import FilterRow
from .gate_banners import GateBanners
from .model import JobsModel
from .queue_bar import QueueBar
from .view import JobsView

EDGE = SPACE.PAGE_EDGE
_NUMBERS = ("No filter is", "One filter is", "Two filters are", "Three filters are", "Four filters are")


class JobListing(QWidget):
    """Shows a `JobsModel` with its filters and empty states; keeps the person's place through a reset.

    Signals: `draft_requested`, `again_requested` from the empty states, `current_changed(JobSnapshot)`,
    `emptied` when no row is left.
    """

    draft_requested = Signal()
    again_requested = Signal()
    current_changed = Signal(object)
    emptied = Signal()

    def __init__(self, *, context: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model: JobsModel | None = None
        self._place: tuple[int | None, int] = (None, 0)
        self.banners = GateBanners(context=context)
        self.queue_bar = QueueBar(context=context)
        self.batch_bar = BatchBar(context=context)
        self.filters = FilterRow(context=context)
        self.view = JobsView(context=context)
        self.empty = EmptyState(
            "jobs",
            "Nothing is being drafted",
            "Jobs run here while you go on writing.",
            "Draft a card",
            context=context,
        )
        self.no_match = EmptyState("search", "", "", "Clear filters", "no_match", context=context)
        self.problem = EmptyState("warning", "", "", "Try again", "problem", context=context)
        self._blank = QWidget()
        self._stack = QStackedWidget()
        self._lay_out()
        self.empty.action_triggered.connect(self.draft_requested)
        self.no_match.action_triggered.connect(self.filters.clear)
        self.problem.action_triggered.connect(self.again_requested)

    def show_model(self, model: JobsModel) -> None:
        """Show a model from now on."""
        self.model = model
        self.view.setModel(model)
        model.modelAboutToBeReset.connect(self._note_place)
        model.modelReset.connect(self._find_place)
        model.rowsInserted.connect(self._on_rows_inserted)
        model.rowsRemoved.connect(self._on_rows_removed)
        model.dataChanged.connect(self._tell_current)
        model.pages.failed.connect(self.show_failure)
        self.view.selectionModel().currentRowChanged.connect(self._tell_current)

    @property
    def shown(self) -> QWidget | None:
        """The table or the empty state that is in its place."""
        return self._stack.currentWidget()

    def current_job(self) -> JobSnapshot | None:
        """The job of the current row, None while it is on its way."""
        return self.model.job(self.view.currentIndex().row()) if self.model else None

    def show_state(self) -> None:
        """Show the table, or say why it is empty."""
        if self.model is None or self.model.rowCount():
            self._stack.setCurrentWidget(self.view if self.model else self._blank)
        elif self.filters.is_filtering:
            self.no_match.say(*self._no_match_words())
            self._stack.setCurrentWidget(self.no_match)
        else:
            self._stack.setCurrentWidget(self.empty)
        self.filters.setVisible(self.shown is not self.empty)
        self.queue_bar.setVisible(self.shown is not self.empty)
        if self.shown is not self.view:
            self.emptied.emit()

    def show_failure(self, error: CardgenError) -> None:
        """The list could not be read; what is already there stays."""
        if self.model is not None and not self.model.rowCount():
            self.problem.say("The jobs could not be listed", error.message)
            self._stack.setCurrentWidget(self.problem)

    def _lay_out(self) -> None:
        for page in (self._blank, self.view, self.empty, self.no_match, self.problem):
            self._stack.addWidget(page)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 12, 0, 0)
        column.setSpacing(12)
        rows = QVBoxLayout()
        rows.setContentsMargins(EDGE, 0, EDGE, 0)
        rows.setSpacing(10)
        for widget in (self.banners, self.queue_bar, self.filters):
            rows.addWidget(widget)
        column.addLayout(rows)
        column.addWidget(self._stack, 1)
        # Below the table: rows must not move when a batch begins or ends.
        foot = QVBoxLayout()
        foot.setContentsMargins(EDGE, 0, EDGE, 0)
        foot.addWidget(self.batch_bar)
        column.addLayout(foot)

    def _no_match_words(self) -> tuple[str, str]:
        filters = self.filters
        if filters.text:
            title = f"No job matches “{filters.text}”"
        else:
            title = f"No job under “{filters.subject}”"
        return title, f"{_NUMBERS[filters.number]} on."

    def _on_rows_inserted(self) -> None:
        if not self.view.currentIndex().isValid():
            self.view.make_current(0)
        self.show_state()

    def _on_rows_removed(self) -> None:
        """The row that became current is the selected one: its details are shown."""
        current = self.view.currentIndex()
        if current.isValid() and not self.view.selectionModel().hasSelection():
            self.view.make_current(current.row())
        self.show_state()

    def _note_place(self) -> None:
        job = self.current_job()
        self._place = (job.id if job else None, self.view.verticalScrollBar().value())

    def _find_place(self) -> None:
        """After a reset the same job is current again; if it is gone, the first one is."""
        self.show_state()
        if self.model is None or not self.model.rowCount():
            return
        job_id, scrolled = self._place
        row = None if job_id is None else self.model.row_of(job_id)
        self.view.make_current(row or 0)
        self.view.verticalScrollBar().setValue(scrolled if row is not None else 0)

    def _tell_current(self) -> None:
        job = self.current_job()
        if job is not None:
            self.current_changed.emit(job)
