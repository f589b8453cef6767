"""The jobs as Qt sees them: pages fetched when looked at, changes gathered and shown ten times a second."""

import time
from collections.abc import Callable, Iterable
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QTimer,
    Signal,
)

from ...domain.job import JobPage, JobQuery, JobSnapshot, JobState
from ..components import tooltip
from ..tasks import TaskOwner
from .columns import COLUMNS, INDEX, Column
from .pages import Fetch, JobPages
from .window import PAGE_ROWS, JobWindow, runs

JOB_ROLE = Qt.ItemDataRole.UserRole + 1
"""The `JobSnapshot` of a row, None while it is on its way."""
FLUSH_MILLISECONDS = 100

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()


class JobsModel(QAbstractTableModel):
    """A table over `fetch`, of which only some pages are in memory.

    A state change is a narrow `dataChanged`, never a reset; only another query resets.

    Signals: `flushed(dict)` maps the id of each job that changed to its snapshot, None when it was removed;
    `pages` has those of fetching.
    """

    flushed = Signal(object)

    def __init__(
        self,
        fetch: Fetch,
        tasks: TaskOwner,
        *,
        clock: Callable[[], float] = time.time,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._clock = clock
        self._window = JobWindow()
        self._kept: int | None = None
        self._counted: set[int] = set()
        self._noted: dict[int, JobSnapshot | None] = {}
        self._since_asked: dict[int, JobSnapshot | None] = {}
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(FLUSH_MILLISECONDS)
        self._timer.timeout.connect(self.flush)
        self.pages = JobPages(fetch, tasks, self)
        self.pages.opened.connect(self._on_opened)
        self.pages.arrived.connect(self._on_arrived)

    @property
    def query(self) -> JobQuery:
        """The filter in force."""
        return self.pages.query

    def job(self, row: int) -> JobSnapshot | None:
        """The job of a row, None while it is on its way."""
        return self._window.job(row)

    def row_of(self, job_id: int) -> int | None:
        """Where a job is now, None when it is not in the known part."""
        return self._window.row_of(job_id)

    def rowCount(self, parent: Index = _ROOT) -> int:
        """All jobs that match, known or not."""
        return 0 if parent.isValid() else len(self._window)

    def columnCount(self, parent: Index = _ROOT) -> int:
        """The columns of `columns.py`."""
        return 0 if parent.isValid() else len(COLUMNS)

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
        job = self._window.job(index.row())
        if job is None:
            self.pages.want(index.row() // PAGE_ROWS)
            return None
        if role == JOB_ROLE:
            return job
        return self._text(COLUMNS[index.column()], job, role)

    def _text(self, column: Column, job: JobSnapshot, role: int) -> Any:
        if role == Qt.ItemDataRole.DisplayRole:
            return column.text(job, self._clock())
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return column.spoken(job) if column.spoken else column.text(job, self._clock())
        if role == Qt.ItemDataRole.ToolTipRole:
            return tooltip(column.tip(job)) if column.tip else None
        return column.align if role == Qt.ItemDataRole.TextAlignmentRole else None

    def set_query(self, query: JobQuery) -> None:
        """Show other jobs. The old rows stay until the answer is there."""
        self._since_asked.clear()
        self.pages.start(query)

    def refresh(self) -> None:
        """Read the list again from its start."""
        self.set_query(self.query)

    def keep(self, job_id: int | None) -> None:
        """Let one job stay in the list although it left the filter, because the person is looking at it."""
        before, self._kept = self._kept, job_id
        if before != job_id:
            self._let_go(before)

    def note(self, job: JobSnapshot) -> None:
        """A job is new or has changed; shown with the next flush."""
        self._note(job.id, job)

    def note_removed(self, job_id: int) -> None:
        """A job left the list; its row goes with the next flush."""
        self._note(job_id, None)

    def tick(self, first: int, last: int) -> None:
        """A second has passed: the times of running rows in this range are other ones."""
        time_column = INDEX["time"]
        running = (row for row in range(first, last + 1) if _is_running(self._window.job(row)))
        self._changed(running, time_column, time_column)

    def flush(self) -> None:
        """Show what was noted: rows change, rows go, rows come; each contiguous run is told once."""
        noted, self._noted = self._noted, {}
        if not noted:
            return
        rows = {job_id: row for job_id in noted if (row := self.row_of(job_id)) is not None}
        gone = {job_id for job_id in rows if not self._stays(noted[job_id])}
        put = self._window.put
        changed = [
            row for key, row in rows.items() if key not in gone and (job := noted[key]) and put(row, job)
        ]
        self._changed(changed, 0, len(COLUMNS) - 1)
        self._remove(rows[job_id] for job_id in gone)
        self._place([job for key, job in noted.items() if key not in rows and job and self._matches(job)])
        self.flushed.emit(noted)

    def _note(self, job_id: int, job: JobSnapshot | None) -> None:
        self._noted[job_id] = job
        if self.pages.is_busy:
            self._since_asked[job_id] = job
        else:
            self._since_asked.clear()
        if not self._timer.isActive():
            self._timer.start()

    def _let_go(self, job_id: int | None) -> None:
        row = None if job_id is None else self.row_of(job_id)
        job = None if row is None else self._window.job(row)
        if job is not None and not self._matches(job):
            self._note(job.id, job)

    def _stays(self, job: JobSnapshot | None) -> bool:
        return job is not None and (job.id == self._kept or self._matches(job))

    def _matches(self, job: JobSnapshot) -> bool:
        query, text = self.query, self.query.text.casefold()
        return (not query.states or job.state in query.states) and (
            not text or any(text in field.casefold() for field in (job.character, job.title, job.engine))
        )

    def _changed(self, rows: Iterable[int], first_column: int, last_column: int) -> None:
        for first, last in runs(rows):
            self.dataChanged.emit(self.index(first, first_column), self.index(last, last_column))

    def _remove(self, rows: Iterable[int]) -> None:
        for first, last in reversed(list(runs(rows))):
            self.beginRemoveRows(QModelIndex(), first, last)
            self._window.remove(first, last)
            self.pages.outdate()
            self.endRemoveRows()

    def _place(self, jobs: list[JobSnapshot]) -> None:
        """Put jobs that were not in the list where they belong, by id: newest first."""
        for job in sorted(jobs, key=lambda job: job.id):
            row = self._window.place_for(job.id)
            if row is None:
                self._recount(job.id)
                continue
            self.beginInsertRows(QModelIndex(), row, row)
            self._window.insert(row, [job])
            self.pages.outdate()
            self.endInsertRows()

    def _recount(self, job_id: int) -> None:
        """A job lies among rows that are not known: whether it is counted tells the total of any page."""
        if job_id not in self._counted:
            self._counted.add(job_id)
            self.pages.want(0)

    def _on_opened(self, page: JobPage) -> None:
        self.beginResetModel()
        self._counted.clear()
        self._window.clear(page.total)
        self._window.fill(page.offset, page.jobs)
        self.endResetModel()
        self._catch_up()

    def _on_arrived(self, page: JobPage) -> None:
        self.flush()
        if page.total != len(self._window):
            self.refresh()
            return
        self._changed(self._window.fill(page.offset, page.jobs), 0, len(COLUMNS) - 1)
        self._catch_up()

    def _catch_up(self) -> None:
        """What was announced while the answer was under way may be newer than the answer."""
        for job_id, job in self._since_asked.items():
            self._noted.setdefault(job_id, job)
        self._since_asked.clear()
        if self._noted and not self._timer.isActive():
            self._timer.start()


def _is_running(job: JobSnapshot | None) -> bool:
    return job is not None and job.state is JobState.RUNNING
