"""Rows that follow the facts: what is announced is gathered, and shown ten times a second at most."""

from array import array
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from ...domain.job import JobQuery, JobSnapshot, JobState, Lane
from ..tasks import TaskOwner
from .columns import SORT_KEYS
from .matching import matcher
from .optimistic import Optimism
from .pages import JobPages, Listing
from .rows import JobRows
from .window import UNKNOWN, place_in

FLUSH_MILLISECONDS = 100
SEARCHED_ROWS = 50_000
"""Up to so many rows a job of unknown place is looked for at once (2 ms); beyond, the store is asked."""

Noted = Mapping[int, JobSnapshot | None]


class LiveRows(JobRows):
    """Takes notes of jobs that changed, of rows that are about to be and of intents.

    Rows keep their place while their jobs change: nothing jumps under the pointer. A list that is sorted by
    something that moves says `aged`; it is sorted again when the person clicks its header, when a job joins
    it, or when it is read again.

    Signals: `flushed(dict)` maps the id of each job that changed to its snapshot, None when it was removed;
    `aged(bool)` when rows are not where the order would put them now, and when they are again.
    """

    flushed = Signal(object)
    aged = Signal(object)

    def __init__(self, listing: Listing, tasks: TaskOwner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._optimism = Optimism()
        self._matches: Callable[[JobSnapshot], bool] = matcher(JobQuery())
        self._is_filtered = self._is_aged = False
        self._newest = 0
        self._counted: set[int] = set()
        self._settled: dict[int, bool] = {}
        self._noted: dict[int, JobSnapshot | None] = {}
        self._since_asked: dict[int, JobSnapshot | None] = {}
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(FLUSH_MILLISECONDS)
        self._timer.timeout.connect(self.flush)
        self.pages = JobPages(listing, self._window, tasks, self._held_ids, self)

    @property
    def is_aged(self) -> bool:
        """Whether rows are not where the order would put them now."""
        return self._is_aged

    def job(self, row: int) -> JobSnapshot | None:
        """The job of a row as it is to be shown, None while it is on its way."""
        return self._optimism.shown(self._window.job(row))

    def as_shown(self, job: JobSnapshot) -> JobSnapshot:
        """A job that was announced, as its row shows it."""
        return self._optimism.shown(job) or job

    def show_paused(self, lanes: frozenset[Lane]) -> None:
        """Nothing new starts in these lanes: the rows that wait for them say so."""
        if self._optimism.pause(lanes):
            waiting = (
                row
                for row in self._window.known_rows()
                if (job := self._window.job(row)) is not None and job.state is JobState.QUEUED
            )
            self._changed(sorted(waiting))

    def keep(self, job_id: int | None) -> None:
        """Let one job stay in the list although it left the filter, because the person is looking at it."""
        before, self.pages.kept = self.pages.kept, job_id
        row = None if before is None or before == job_id else self.row_of(before)
        job = None if row is None else self._window.job(row)
        if job is not None and job.id > UNKNOWN and not self._matches(job):
            self._note(job.id, job)

    def note(self, job: JobSnapshot) -> None:
        """A job is new or has changed; shown with the next flush."""
        self._note(job.id, job)

    def note_removed(self, job_id: int) -> None:
        """A job left the list; its row goes with the next flush."""
        self._note(job_id, None)

    def note_pending(self, job: JobSnapshot) -> None:
        """Show a job that the database does not have yet, on top, at once.

        The job that is announced with the same request id takes over its row. Raises ValueError when the job
        has an id of the database, or no request id.
        """
        self._optimism.add(job)
        if self._matches(job):
            self._insert_rows(0, [job])
            self._window.pending += 1
            self.pages.outdate()

    def withdraw(self, request_id: str) -> None:
        """The job of a pending row will not be: take the row away."""
        job = self._optimism.pending.pop(request_id, None)
        row = None if job is None else self.row_of(job.id)
        if row is not None:
            self._window.pending -= 1
            self._remove_rows([row])
            self.pages.outdate()

    def show_intent(self, job_ids: Iterable[int], **changes: Any) -> None:
        """Show jobs at once as they will be; a fact that agrees, an end or `drop_intent` takes it back."""
        ids = list(job_ids)
        self._optimism.intend(ids, changes)
        self._repaint(ids)

    def drop_intent(self, job_ids: Iterable[int]) -> None:
        """Show jobs as they are."""
        self._repaint(self._optimism.drop(job_ids))

    def flush(self) -> None:
        """Show what was noted: rows change, rows go, rows come; each contiguous run is told once."""
        noted, self._noted = self._noted, {}
        if not noted:
            return
        self._take_over(noted)
        rows, new = self._locate(noted)
        gone = {job_id for job_id in rows if not self._stays(noted[job_id])}
        self._changed(
            row for job_id, row in rows.items() if job_id not in gone and self._put(row, noted[job_id])
        )
        self._remove_rows(rows[job_id] for job_id in gone)
        if gone:
            self.pages.outdate()
        self._place(new)
        self.flushed.emit(noted)

    def _note(self, job_id: int, job: JobSnapshot | None) -> None:
        self._noted[job_id] = job
        if self.pages.is_busy:
            self._since_asked[job_id] = job
        else:
            self._since_asked.clear()
        if not self._timer.isActive():
            self._timer.start()

    def _catch_up(self) -> None:
        """What was announced while the answer was under way may be newer than the answer."""
        for job_id, job in self._since_asked.items():
            self._noted.setdefault(job_id, job)
        self._since_asked.clear()
        if self._noted and not self._timer.isActive():
            self._timer.start()

    def _stays(self, job: JobSnapshot | None) -> bool:
        return job is not None and (job.id == self.pages.kept or self._matches(job))

    def _repaint(self, job_ids: Sequence[int]) -> None:
        self._changed(row for job_id in job_ids if (row := self.row_of(job_id)) is not None)

    def _put(self, row: int, job: JobSnapshot | None) -> bool:
        """Show a fact in its row; a row that was never looked at stays unknown."""
        before = None if job is None else self._window.known(job.id)
        if job is None or before is None:
            return False
        key = SORT_KEYS[self.pages.query.sort]
        if not self._is_aged and key(before) != key(job):
            self._age(True)
        return self._window.put(row, job)

    def _age(self, is_aged: bool) -> None:
        if is_aged != self._is_aged:
            self._is_aged = is_aged
            self.aged.emit(is_aged)

    def _locate(self, noted: Noted) -> tuple[dict[int, int], list[JobSnapshot]]:
        """The rows of some jobs, and those that belong into the list and are not in it."""
        rows = {job_id: row for job_id in noted if (row := self.row_of(job_id)) is not None}
        lost = {job_id: job for job_id, job in noted.items() if job_id not in rows}
        for job_id, job in noted.items():
            self._optimism.heed(job, job_id)
        if not self._window.falling:
            lost = self._look_for(lost, rows)
        return rows, [job for job in lost.values() if job is not None and self._matches(job)]

    def _look_for(self, lost: Noted, rows: dict[int, int]) -> dict[int, JobSnapshot | None]:
        """Find jobs in a list whose order tells nothing about ids; what is surely not in it comes back.

        In a long list nothing is searched: the store is asked for the order again, once for each job that may
        have come or gone; progress of a job alone never asks.
        """
        lost = {key: job for key, job in lost.items() if self._settled.get(key) is not self._belongs(job)}
        self._settled.update((key, self._belongs(job)) for key, job in lost.items())
        window = self._window
        if lost and window.is_complete and len(window) <= SEARCHED_ROWS:
            rows.update(window.search(lost))
            return {key: job for key, job in lost.items() if key not in rows}
        if any(not self._is_surely_listed(job) for job in lost.values()):
            self.pages.order_again()
        return {}

    def _belongs(self, job: JobSnapshot | None) -> bool:
        return job is not None and self._matches(job)

    def _is_surely_listed(self, job: JobSnapshot | None) -> bool:
        return job is not None and not self._is_filtered and job.id <= self._newest

    def _place(self, jobs: Sequence[JobSnapshot]) -> None:
        """Put jobs that were not in the list where they belong: by id where ids fall, else the store says."""
        places: dict[int, list[JobSnapshot]] = {}
        for job in sorted(jobs, key=lambda job: -job.id):
            row = self._window.place_for(job.id)
            if row is None:
                self._ask_for_place(job.id)
            else:
                places.setdefault(row, []).append(job)
        for row in sorted(places, reverse=True):
            self._insert_rows(row, places[row])
            self.pages.outdate()
        self._newest = max([self._newest, *(job.id for job in jobs)])

    def _ask_for_place(self, job_id: int) -> None:
        """A job lies among rows that are not known: the next order, or the total of any page, counts it."""
        if not self.pages.can_arrange:
            if job_id not in self._counted:
                self._counted.add(job_id)
                self.pages.want(0)
        elif self._window.is_complete:
            self.pages.order_again()

    def _take_over(self, noted: Noted) -> None:
        """Real jobs take over the rows that stood for them, with whatever is selected there."""
        for pending, job in list(self._optimism.taken_over(noted.values())):
            if self.row_of(pending.id) is not None:
                if (double := self.row_of(job.id)) is not None:
                    self._remove_rows([double])
                self._make_real(self.row_of(pending.id) or 0, job)

    def _make_real(self, row: int, job: JobSnapshot) -> None:
        window = self._window
        place = place_in(window.ids, job.id, window.pending) if window.falling else window.pending
        self._move_row(row, place - 1)
        window.pending -= 1
        window.rename(place - 1, job)
        self._newest = max(self._newest, job.id)
        self._changed([place - 1])
        self.pages.outdate()
        if not window.falling:
            self.pages.order_again()

    def _held_ids(self) -> set[int]:
        """The ids whose rows matter when another order comes."""
        indexes = self.persistentIndexList()
        return {*self._window.known_ids(), *(self._window.id_at(index.row()) for index in indexes)} - {
            UNKNOWN
        }

    def _shown_pending(self) -> "array[int]":
        return self._window.ids[: self._window.pending]
