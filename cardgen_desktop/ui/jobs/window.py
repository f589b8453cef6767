"""A list of jobs: the ids of all its rows, and the jobs of some. Plain Python; `model.py` shows it to Qt.

A million ids are 8 MB in one array, and inserting one on top is a single move of memory. Rows are looked up
by bisection where ids fall from row to row (newest first), else among those that were looked at.
"""

from array import array
from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence

from ...domain.job import JobSnapshot

PAGE_ROWS = 64
"""Rows asked for at once: more than a tall window shows, and a third of the wait for 200."""
KEPT_PAGES = 160
UNKNOWN = 0
"""The id of a row that nobody has asked about yet. Ids below it are rows the database does not have yet."""
_BYTES = 8


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


def unknown_ids(count: int) -> "array[int]":
    """So many rows of which nothing is known."""
    return array("q", bytes(_BYTES * count))


def rows_of(ids: "array[int]", wanted: Iterable[int]) -> dict[int, int]:
    """The rows of some ids, in one walk through the list; those that are not in it are left out."""
    keys = set(wanted)
    return {key: row for row, key in enumerate(ids) if key in keys} if keys else {}


def place_in(ids: "array[int]", job_id: int, first: int = 0) -> int:
    """The row before which an id belongs where ids fall from row to row after the `first` ones."""
    return bisect_left(ids, -job_id, first, len(ids), key=_falling)


class JobWindow:
    """Which job is in which row.

    `pending` counts the rows on top that the database does not have yet. `falling` tells that ids fall from
    row to row below them, `is_complete` that the id of every row is known.
    """

    def __init__(self) -> None:
        self.ids = unknown_ids(0)
        self.falling = self.is_complete = True
        self.pending = 0
        self._jobs: dict[int, JobSnapshot] = {}
        self._old: dict[int, JobSnapshot] = {}
        self._from_end: dict[int, int] = {}
        self._pages: OrderedDict[int, list[int]] = OrderedDict()
        self._page_of: dict[int, int] = {}
        self._number = 0
        self._singles: list[int] = []

    def __len__(self) -> int:
        return len(self.ids)

    def clear(self, total: int) -> None:
        """Forget every row; the list then has `total` unknown ones."""
        self.ids = unknown_ids(total)
        self.falling, self.pending, self.is_complete = True, 0, not total
        for known in (self._jobs, self._old, self._from_end, self._pages, self._page_of):
            known.clear()
        self._singles = []

    def id_at(self, row: int) -> int:
        """The id of a row, `UNKNOWN` when it is not known."""
        return self.ids[row] if 0 <= row < len(self.ids) else UNKNOWN

    def job(self, row: int) -> JobSnapshot | None:
        """The job of a row, None when it is not known. After `outdate` an older one is better than none."""
        job_id = self.id_at(row)
        return self._jobs.get(job_id) or self._old.get(job_id)

    def known(self, job_id: int) -> JobSnapshot | None:
        """The job of an id as far as it is in memory."""
        return self._jobs.get(job_id) or self._old.get(job_id)

    def lacks(self, job_id: int) -> bool:
        """Whether the job of an id has to be asked for."""
        return job_id > UNKNOWN and job_id not in self._jobs

    def is_fresh(self, row: int) -> bool:
        """Whether the job of a row is in memory and not outdated."""
        return self.id_at(row) in self._jobs

    def known_ids(self) -> frozenset[int]:
        """The ids of all jobs in memory."""
        return frozenset(self._jobs) | frozenset(self._old)

    def known_rows(self) -> list[int]:
        """The rows that were looked at and are in memory, in no order."""
        last = len(self.ids) - 1
        return [last - position for position in self._from_end.values()]

    def row_of(self, job_id: int) -> int | None:
        """Where a job is: exact where ids fall, else None unless its row was looked at."""
        position = self._from_end.get(job_id)
        if position is not None:
            return len(self.ids) - 1 - position
        if self.falling:
            row = self._bisected(job_id)
            if row < len(self.ids) and self.ids[row] == job_id:
                return row
        return None

    def search(self, job_ids: Iterable[int]) -> dict[int, int]:
        """Rows by walking through the whole list: some 40 ms for a million, so only where it must be."""
        found = rows_of(self.ids, job_ids)
        self._from_end.update((key, len(self.ids) - 1 - row) for key, row in found.items() if self.known(key))
        return found

    def fill(self, offset: int, jobs: Sequence[JobSnapshot]) -> list[int]:
        """Place a page by position; returns the rows that changed. No row goes back to an older version."""
        fitting = jobs[: max(0, len(self.ids) - offset)]
        self._keep_page([job.id for job in fitting])
        return [row for row, job in enumerate(fitting, offset) if self.put(row, job)]

    def fill_by_id(self, jobs: Sequence[JobSnapshot], hint: int = 0) -> list[int]:
        """Place jobs where their ids are; `hint` is where the first one probably is."""
        changed = []
        self._keep_page([job.id for job in jobs])
        for near, job in enumerate(jobs, hint):
            row = near if self.id_at(near) == job.id else self.row_of(job.id)
            if row is not None and self.put(row, job):
                changed.append(row)
        return changed

    def put(self, row: int, job: JobSnapshot) -> bool:
        """Place one job in its row; whether that changed anything."""
        before, job_id = self.job(row), job.id
        if before is not None and before.id == job_id and before.version > job.version:
            job = before
        if (known := self.ids[row]) != job_id:
            self._from_end.pop(known, None)
            self.ids[row] = job_id
        self._from_end[job_id] = len(self.ids) - 1 - row
        self._old.pop(job_id, None)
        if job_id > UNKNOWN and job_id not in self._page_of:
            self._keep_single(job_id)
        self._jobs[job_id] = job
        return before != job

    def insert(self, row: int, jobs: Sequence[JobSnapshot]) -> None:
        """Insert rows before a row."""
        self.insert_ids(row, array("q", [job.id for job in jobs]))
        for number, job in enumerate(jobs, row):
            self.put(number, job)

    def insert_ids(self, row: int, ids: "array[int]") -> None:
        """Insert rows of which only the ids are known."""
        self.ids[row:row] = ids
        self._shift(row, len(ids))

    def move(self, row: int, to: int) -> None:
        """Take one row out and insert it again; `to` counts without it."""
        job_id = self.ids.pop(row)
        self._from_end.pop(job_id, None)
        self._shift(row, -1)
        self.ids.insert(to, job_id)
        self._shift(to, 1)
        self._from_end[job_id] = len(self.ids) - 1 - to

    def remove(self, first: int, last: int) -> None:
        """Remove rows from first to last, both included."""
        above, end = len(self.ids) - first, len(self.ids) - last - 1
        for job_id in [key for key, position in self._from_end.items() if end <= position < above]:
            for known in (self._from_end, self._jobs, self._old):
                known.pop(job_id, None)
        del self.ids[first : last + 1]
        self._shift(first, first - last - 1)

    def rearrange(self, ids: "array[int]", rows: dict[int, int], falling: bool) -> None:
        """Take another order over; `rows` has where the jobs in memory are in it. Jobs stay in memory."""
        self.ids, self.falling, self.is_complete = ids, falling, True
        last = len(ids) - 1
        self._from_end = {key: last - row for key, row in rows.items() if self.known(key) is not None}

    def agrees_with(self, ids: "array[int]") -> bool:
        """Whether another order has every job where it is now, as far as that is known."""
        if self.is_complete or len(ids) != len(self.ids):
            return self.ids == ids
        last = len(ids) - 1
        return all(ids[last - position] == key for key, position in self._from_end.items())

    def rename(self, row: int, job: JobSnapshot) -> None:
        """Another job takes over a row."""
        self._jobs.pop(self.ids[row], None)
        self.put(row, job)

    def outdate(self) -> None:
        """What is in memory may be old: it is still shown, and asked for again when it is looked at."""
        self._old = {**self._old, **self._jobs}
        self._jobs = {key: job for key, job in self._jobs.items() if key < UNKNOWN}

    def touch(self, rows: Iterable[int]) -> None:
        """These rows are looked at: their pages are forgotten last."""
        for row in rows:
            page = self._page_of.get(self.id_at(row))
            if page is not None and page in self._pages:
                self._pages.move_to_end(page)

    def place_for(self, job_id: int) -> int | None:
        """The row before which a new job belongs; None when the rows around it do not tell."""
        if not self.falling:
            return None
        row = self._bisected(job_id)
        above = self.ids[row - 1] if row > self.pending else None
        below = self.ids[row] if row < len(self.ids) else None
        is_sure = (above is None or above > job_id) and (below is None or UNKNOWN < below < job_id)
        return row if is_sure else None

    def _bisected(self, job_id: int) -> int:
        return place_in(self.ids, job_id, self.pending)

    def _shift(self, row: int, by: int) -> None:
        """Rows came or went before a row. Positions count from the end: only those above it change."""
        if row and by:
            after = len(self.ids) - row - max(by, 0)
            self._from_end = {
                key: position + by if position >= after else position
                for key, position in self._from_end.items()
            }

    def _keep_single(self, job_id: int) -> None:
        """Rows that came one by one are a page of their own once they are as many."""
        self._singles.append(job_id)
        self._page_of[job_id] = 0
        if len(self._singles) >= PAGE_ROWS:
            self._keep_page(self._singles)
            self._singles = []

    def _keep_page(self, ids: list[int]) -> None:
        self._number += 1
        self._pages[self._number] = ids
        self._page_of.update(dict.fromkeys(ids, self._number))
        if len(self._pages) > KEPT_PAGES:
            self._forget(*self._pages.popitem(last=False))

    def _forget(self, page: int, ids: list[int]) -> None:
        for job_id in ids:
            if self._page_of.get(job_id) == page:
                for known in (self._jobs, self._old, self._from_end, self._page_of):
                    known.pop(job_id, None)


def _falling(job_id: int) -> int:
    return -job_id
