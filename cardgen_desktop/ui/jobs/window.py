"""A list of jobs of which only some pages are known. Plain Python; `model.py` shows it to Qt.

Rows are newest first, so ids fall from row to row. A row that was never fetched, or was dropped to bound the
memory, is None. Positions are kept from the end of the list: a new job on top moves nobody's position.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence

from ...domain.job import JobSnapshot

PAGE_ROWS = 200
KEPT_PAGES = 50


def runs(rows: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Contiguous runs (first, last) of some row numbers, ascending."""
    first = last = None
    for row in sorted(set(rows)):
        if last is not None and row == last + 1:
            last = row
            continue
        if first is not None and last is not None:
            yield first, last
        first = last = row
    if first is not None and last is not None:
        yield first, last


class JobWindow:
    """The known part of a list of jobs."""

    def __init__(self) -> None:
        self._rows: list[JobSnapshot | None] = []
        self._from_end: dict[int, int] = {}
        self._indexed = True
        self._fills: deque[tuple[int, ...]] = deque()

    def __len__(self) -> int:
        return len(self._rows)

    def clear(self, total: int) -> None:
        """Forget every row; the list then has `total` unknown ones."""
        self._rows = [None] * total
        self._from_end.clear()
        self._indexed = True
        self._fills.clear()

    def job(self, row: int) -> JobSnapshot | None:
        """The job of a row, None when it is not known."""
        return self._rows[row] if 0 <= row < len(self._rows) else None

    def row_of(self, job_id: int) -> int | None:
        """Where a known job is."""
        position = self._index().get(job_id)
        return None if position is None else len(self._rows) - 1 - position

    def known_ids(self) -> frozenset[int]:
        """The ids of all known rows."""
        return frozenset(self._index())

    def fill(self, offset: int, jobs: Sequence[JobSnapshot]) -> list[int]:
        """Place a fetched page; returns the rows that changed. A row never goes back to an older version."""
        changed = []
        for row, job in enumerate(jobs[: max(0, len(self._rows) - offset)], offset):
            if self.put(row, job):
                changed.append(row)
        self._fills.append(tuple(job.id for job in jobs))
        if len(self._fills) > KEPT_PAGES:
            self._forget(self._fills.popleft())
        return changed

    def put(self, row: int, job: JobSnapshot) -> bool:
        """Place one job in its row; whether that changed anything."""
        known = self._rows[row]
        if known is not None and known.id == job.id and known.version > job.version:
            return False
        if known is not None and known.id != job.id:
            self._from_end.pop(known.id, None)
        self._rows[row] = job
        self._from_end[job.id] = len(self._rows) - 1 - row
        return known != job

    def insert(self, row: int, jobs: Sequence[JobSnapshot | None]) -> None:
        """Insert rows before a row."""
        self._rows[row:row] = jobs
        if row:
            self._indexed = False
            return
        for number, job in enumerate(jobs):
            if job is not None:
                self._from_end[job.id] = len(self._rows) - 1 - number

    def remove(self, first: int, last: int) -> None:
        """Remove rows from first to last, both included."""
        del self._rows[first : last + 1]
        self._indexed = False

    def place_for(self, job_id: int) -> int | None:
        """The row before which a job belongs; None when unknown rows lie there and may already count it."""
        above_is_known = True
        for row, job in enumerate(self._rows):
            if job is not None and job.id < job_id:
                return row if above_is_known else None
            above_is_known = job is not None
        return len(self._rows) if above_is_known else None

    def _index(self) -> dict[int, int]:
        if not self._indexed:
            last = len(self._rows) - 1
            self._from_end = {job.id: last - row for row, job in enumerate(self._rows) if job is not None}
            self._indexed = True
        return self._from_end

    def _forget(self, job_ids: tuple[int, ...]) -> None:
        kept = {job_id for fill in self._fills for job_id in fill}
        for job_id in job_ids:
            row = self.row_of(job_id)
            if row is not None and job_id not in kept:
                self._rows[row] = None
                del self._from_end[job_id]
