"""The jobs as Qt sees them: all ids, some jobs; filtered and ordered by the store."""

import time
from array import array
from collections.abc import Callable, Iterable
from typing import Any

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from ...domain.job import JobPage, JobQuery, JobSnapshot, JobSort, JobState
from ..components import tooltip
from ..tasks import TaskOwner
from .arrangement import Arrangement
from .columns import COLUMNS, INDEX, SORTED_COLUMN, Column
from .live import LiveRows
from .matching import matcher, same_filter
from .pages import Fetch, JobSource, Listing
from .rows import Index
from .window import PAGE_ROWS, place_in

JOB_ROLE = Qt.ItemDataRole.UserRole + 1
"""The `JobSnapshot` of a row, None while it is on its way."""
NEAR_ROWS, NEAR_MILLISECONDS = 24, 60
"""So many rows before and behind the visible ones are fetched too, once the list stood still for so long."""


class JobsModel(LiveRows):
    """A table over a `Listing`. Another filter resets it; another order is a change of layout.

    Signals: `order_changed` when rows are sorted by something else; `pages` has those of fetching.
    """

    order_changed = Signal()

    def __init__(
        self,
        source: JobSource | Fetch | Listing,
        tasks: TaskOwner,
        *,
        clock: Callable[[], float] = time.time,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(Listing.of(source), tasks, parent)
        self.clock = clock
        self._is_open = False
        self._seen = (0, -1)
        self._near = QTimer(self, interval=NEAR_MILLISECONDS, singleShot=True)
        self._near.timeout.connect(self._want_near)
        self.pages.opened.connect(self._on_opened)
        self.pages.arranged.connect(self._on_arranged)
        self.pages.paged.connect(self._on_paged)
        self.pages.arrived.connect(self._on_arrived)

    @property
    def query(self) -> JobQuery:
        """The filter and order in force."""
        return self.pages.query

    @property
    def sorted_column(self) -> int:
        """The number of the column the rows are sorted by."""
        return SORTED_COLUMN.get(self.query.sort, -1)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Titles of the columns."""
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(COLUMNS):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return COLUMNS[section].title
        return COLUMNS[section].align if role == Qt.ItemDataRole.TextAlignmentRole else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Texts of a cell; a row that is not known yet is asked for and stays empty until then."""
        if not index.isValid() or index.row() >= len(self._window):
            return None
        row = index.row()
        job = self.job(row)
        if not self._window.is_fresh(row):
            self.pages.want(row // PAGE_ROWS)
        if job is None or role == JOB_ROLE:
            return job
        return self._text(COLUMNS[index.column()], job, role)

    def _text(self, column: Column, job: JobSnapshot, role: int) -> Any:
        if role == Qt.ItemDataRole.DisplayRole:
            return column.text(job, self.clock())
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return column.spoken(job) if column.spoken else column.text(job, self.clock())
        if role == Qt.ItemDataRole.ToolTipRole:
            return tooltip(column.tip(job)) if column.tip else None
        return column.align if role == Qt.ItemDataRole.TextAlignmentRole else None

    def look(self, first: int, last: int) -> None:
        """These rows are painted: what is missing of them is fetched, and after that what is near by."""
        window, self._seen = self._window, (first, last)
        window.touch((first, last))
        if not all(map(window.is_fresh, range(first, last + 1))):
            self.pages.want_rows(first, last)
            return
        if any(self._lacks(row) for row in self._near_rows()):
            self._near.start()

    def _near_rows(self) -> tuple[int, int]:
        return self._seen[0] - NEAR_ROWS, self._seen[1] + NEAR_ROWS

    def _lacks(self, row: int) -> bool:
        return 0 <= row < len(self._window) and not self._window.is_fresh(row)

    def _want_near(self) -> None:
        """The list stands still: what is just out of sight is fetched too."""
        for row in self._near_rows():
            if self._lacks(row):
                self.pages.want(row // PAGE_ROWS)

    def row_of_name(self, start: str, first: int) -> int | None:
        """The next row, from `first` on and then from the top, whose name in memory begins so."""
        start = start.casefold()
        rows = sorted(self._window.known_rows(), key=lambda row: (row < first, row))
        column = COLUMNS[INDEX["character"]]
        for row in rows:
            job = self._window.job(row)
            if job is not None and column.text(job, 0.0).casefold().startswith(start):
                return row
        return None

    def set_query(self, query: JobQuery) -> None:
        """Show other jobs, or the same in another order. The old rows stay until the answer is there.

        A query that does not say how to sort keeps the present order.
        """
        if not query.model_fields_set & {"sort", "descending"}:
            order = {"sort": self.query.sort, "descending": self.query.descending}
            query = query.model_copy(update=order)
        if self._is_open and self.pages.can_arrange and same_filter(query, self.query):
            self.pages.order(query, waited_for=True)
            return
        self._is_open = False
        self._since_asked.clear()
        self.pages.start(query)

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column, newest first by column -1; a column that cannot be sorted by is passed over."""
        key = JobSort.CREATED if column < 0 else COLUMNS[column].sort
        if key is not None:
            descending = column < 0 or order == Qt.SortOrder.DescendingOrder
            self.set_query(self.query.model_copy(update={"sort": key, "descending": descending}))

    def refresh(self) -> None:
        """Read the list again; selection, current row and place stay with their jobs."""
        if not self._is_open or not self.pages.can_arrange:
            self._is_open = False
            self.pages.start(self.query)
            return
        self._window.outdate()
        self.pages.order_again()
        self.look(*self._seen)

    def tick(self, first: int, last: int) -> None:
        """A second has passed: the times of unfinished rows in this range are other ones."""
        states = {row: job.state for row in range(first, last + 1) if (job := self._window.job(row))}
        running = (row for row, state in states.items() if state is JobState.RUNNING)
        waiting = (row for row, state in states.items() if state is JobState.WAITING)
        self._changed(running, INDEX["time"], INDEX["left"])
        self._changed(waiting, INDEX["progress"], INDEX["progress"])

    def _on_opened(self, page: JobPage) -> None:
        pending = [*reversed(self._optimism.pending.values())]
        self.beginResetModel()
        self._matches, self._is_filtered = matcher(self.query), not same_filter(self.query, JobQuery())
        self._counted.clear()
        self._settled.clear()
        window = self._window
        window.clear(page.total)
        window.falling = self.query.sort is JobSort.CREATED and self.query.descending
        pending = [job for job in pending if self._matches(job)]
        window.insert(0, pending)
        window.pending = len(pending)
        window.fill(page.offset + len(pending), page.jobs)
        self.endResetModel()
        self._is_open = True
        self._newest = max((job.id for job in page.jobs), default=0)
        self._age(False)
        self.order_changed.emit()
        self._catch_up()

    def _on_arranged(self, arrangement: Arrangement) -> None:
        if arrangement.query != self.query:
            self.pages.query = arrangement.query
            self.order_changed.emit()
        pending = self._shown_pending()
        rows = {key: row + len(pending) for key, row in arrangement.rows.items()}
        rows |= {key: row for row, key in enumerate(pending)}
        ids = pending + arrangement.ids
        if arrangement.kept is not None:
            ids, rows = self._with_kept(arrangement, ids, rows)
        self._newest = max(self._newest, arrangement.newest)
        self._take_order(ids, rows, arrangement.falling)
        self._age(False)
        self._catch_up()

    def _with_kept(
        self, arrangement: Arrangement, ids: "array[int]", rows: dict[int, int]
    ) -> tuple["array[int]", dict[int, int]]:
        """The job the person is looking at stays in the list near where it was."""
        kept = arrangement.kept
        assert kept is not None
        row = self.row_of(kept.id)
        if row is None:
            return ids, rows
        if arrangement.falling:
            row = place_in(ids, kept.id, self._window.pending)
        row = min(row, len(ids))
        ids = ids[:row] + array("q", [kept.id]) + ids[row:]
        return ids, {key: at + (at >= row) for key, at in rows.items()} | {kept.id: row}

    def _on_paged(self, page: JobPage) -> None:
        arrangement = self.pages.arrangement
        self.flush()
        if arrangement != self.pages.arrangement:
            self.pages.want((page.offset + self._window.pending) // PAGE_ROWS)
        elif page.total == self._expected_total():
            self._changed(self._window.fill(page.offset + self._window.pending, page.jobs))
            self._catch_up()
        elif not self.pages.can_arrange:
            self.refresh()
        else:
            self.pages.order_again()

    def _expected_total(self) -> int:
        kept = self.pages.kept
        job = None if kept is None else self._window.known(kept)
        is_extra = job is not None and not self._matches(job) and self.row_of(job.id) is not None
        return len(self._window) - self._window.pending - is_extra

    def _on_arrived(self, asked: Iterable[int], jobs: tuple[JobSnapshot, ...], first: int) -> None:
        self._changed(self._window.fill_by_id(jobs, first))
        for job_id in set(asked) - {job.id for job in jobs}:
            if self.row_of(job_id) is not None:
                self.note_removed(job_id)
