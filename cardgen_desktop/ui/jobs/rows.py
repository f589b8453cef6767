"""A table model whose rows come, go and change places without ever being reset for it."""

from array import array
from collections.abc import Callable, Iterable, Sequence

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex

from ...domain.job import JobSnapshot
from .columns import COLUMNS
from .window import UNKNOWN, JobWindow, rows_of, runs, unknown_ids

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()
_COMPARED = 65_536


def common_ends(old: "array[int]", new: "array[int]") -> tuple[int, int]:
    """How many ids two lists share at their start, and at their end after that; compared in large parts."""
    shorter = min(len(old), len(new))
    head = _common(shorter, lambda first, last: old[first:last] == new[first:last])
    a, b = len(old), len(new)
    tail = _common(shorter - head, lambda first, last: old[a - last : a - first] == new[b - last : b - first])
    return head, tail


def _common(length: int, is_equal: Callable[[int, int], bool]) -> int:
    for first in range(0, length, _COMPARED):
        last = min(length, first + _COMPARED)
        if not is_equal(first, last):
            while last - first > 1:
                middle = (first + last) // 2
                first, last = (middle, last) if is_equal(first, middle) else (first, middle)
            return first
    return length


class JobRows(QAbstractTableModel):
    """The rows of a `JobWindow` as Qt sees them; every change of theirs is told narrowly."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._window = JobWindow()

    def row_of(self, job_id: int) -> int | None:
        """Where a job is now; None when it is not in the list or its place is not known yet."""
        return self._window.row_of(job_id)

    @property
    def is_complete(self) -> bool:
        """Whether the ids of all rows are known."""
        return self._window.is_complete

    def id_at(self, row: int) -> int:
        """The id of the job in a row, 0 when it is not known yet."""
        return self._window.id_at(row)

    def rowCount(self, parent: Index = _ROOT) -> int:
        """All jobs that match, known or not."""
        return 0 if parent.isValid() else len(self._window)

    def columnCount(self, parent: Index = _ROOT) -> int:
        """The columns of `columns.py`."""
        return 0 if parent.isValid() else len(COLUMNS)

    def _changed(
        self, rows: Iterable[int], first_column: int = 0, last_column: int = len(COLUMNS) - 1
    ) -> None:
        for first, last in runs(rows):
            self.dataChanged.emit(self.index(first, first_column), self.index(last, last_column))

    def _insert_rows(self, row: int, jobs: Sequence[JobSnapshot]) -> None:
        self.beginInsertRows(QModelIndex(), row, row + len(jobs) - 1)
        self._window.insert(row, jobs)
        self.endInsertRows()

    def _remove_rows(self, rows: Iterable[int]) -> None:
        for first, last in reversed(list(runs(rows))):
            self._remove_run(first, last)

    def _remove_run(self, first: int, last: int) -> None:
        self.beginRemoveRows(QModelIndex(), first, last)
        self._window.remove(first, last)
        self.endRemoveRows()

    def _move_row(self, row: int, to: int) -> None:
        """Take a row to another place; `to` counts without it."""
        if to == row:
            return
        root = QModelIndex()
        self.beginMoveRows(root, row, row, root, to + 1 if to > row else to)
        self._window.move(row, to)
        self.endMoveRows()

    def _take_order(self, ids: "array[int]", rows: dict[int, int], falling: bool) -> None:
        """Show another order: nothing at all is told when only unknown rows get their ids.

        One run of rows that came or went is told as such. Everything else is a change of layout, in which
        selection and current row follow their jobs.
        """
        window = self._window
        old = window.ids
        if window.agrees_with(ids):
            window.rearrange(ids, rows, falling)
            return
        head, tail = common_ends(old, ids)
        gone, come = len(old) - head - tail, len(ids) - head - tail
        if gone and come:
            self._lay_out(ids, rows, falling)
            return
        if come:
            self.beginInsertRows(QModelIndex(), head, head + come - 1)
            window.rearrange(ids, rows, falling)
            self.endInsertRows()
        elif gone:
            self._remove_run(head, head + gone - 1)
        window.rearrange(ids, rows, falling)

    def _lay_out(self, ids: "array[int]", rows: dict[int, int], falling: bool) -> None:
        """Qt wants as many rows after as before: the difference comes earlier or goes later."""
        old_total, new_total = len(self._window), len(ids)
        if new_total > old_total:
            self.beginInsertRows(QModelIndex(), old_total, new_total - 1)
            self._window.insert_ids(old_total, unknown_ids(new_total - old_total))
            self.endInsertRows()
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        after = self._followed(before, ids, rows)
        self._window.rearrange(ids + unknown_ids(max(0, old_total - new_total)), rows, falling)
        self.changePersistentIndexList(before, after)
        self.layoutChanged.emit()
        if new_total < old_total:
            self._remove_run(new_total, old_total - 1)
            self._window.rearrange(ids, rows, falling)

    def _followed(
        self, before: list[QModelIndex], ids: "array[int]", rows: dict[int, int]
    ) -> list[QModelIndex]:
        """Where some indexes go; those of jobs that are not in the list any more become invalid."""
        keys = [self._window.id_at(index.row()) for index in before]
        rows = {**rows, **rows_of(ids, set(keys) - rows.keys() - {UNKNOWN})}
        return [
            index
            if key == UNKNOWN
            else self.index(rows[key], index.column())
            if key in rows
            else QModelIndex()
            for index, key in zip(before, keys, strict=True)
        ]
