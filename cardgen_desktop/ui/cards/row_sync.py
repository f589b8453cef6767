"""Keeps a list model in step with a tuple that was replaced as a whole, telling views only what changed."""

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QAbstractItemModel, QModelIndex

RowList = tuple[Any, ...]


def sync_rows(
    model: QAbstractItemModel, old: RowList, new: RowList, assign: Callable[[RowList], None], columns: int = 1
) -> None:
    """Bring a model from `old` to `new` rows; `assign` stores the rows that the model answers from."""
    head, tail = _common(old, new), 0
    if head < min(len(old), len(new)):
        tail = _common(old[head:][::-1], new[head:][::-1])
    kept = min(len(old), len(new)) - head - tail
    if kept:
        assign(old[:head] + new[head : head + kept] + old[head + kept :])
        model.dataChanged.emit(model.index(head, 0), model.index(head + kept - 1, columns - 1))
    first = head + kept
    if len(new) > len(old):
        model.beginInsertRows(QModelIndex(), first, first + len(new) - len(old) - 1)
        assign(new)
        model.endInsertRows()
    elif len(new) < len(old):
        model.beginRemoveRows(QModelIndex(), first, first + len(old) - len(new) - 1)
        assign(new)
        model.endRemoveRows()
    else:
        assign(new)


def _common(one: Sequence[Any], other: Sequence[Any]) -> int:
    length = 0
    for left, right in zip(one, other, strict=False):
        if left is not right and left != right:
            break
        length += 1
    return length


def moved(rows: RowList, start: int, target: int) -> RowList:
    """The rows with one of them moved so that it stands before what is at `target` now."""
    if target in (start, start + 1) or not 0 <= start < len(rows):
        return rows
    without = rows[:start] + rows[start + 1 :]
    place = target - 1 if target > start else target
    return (*without[:place], rows[start], *without[place:])


def place_after_move(start: int, target: int) -> int:
    """The row number that `moved` gives the row."""
    return target - 1 if target > start else target
