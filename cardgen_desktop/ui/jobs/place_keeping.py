"""Keeps the person's place in a list whose rows come, go and change places: scroll position and selection."""

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QModelIndex, QObject, QTimer
from PySide6.QtWidgets import QTableView

from ..theme import HEIGHT
from .model import JobsModel

REMEMBERED_ROWS = 10_000
"""So many selected jobs are found again after another filter."""
_Flag = QItemSelectionModel.SelectionFlag


class PlaceKeeper(QObject):
    """Watches one model under one view.

    Rows that come or go above the visible ones scroll nothing; another order keeps the rows that can be seen
    where they are, as far as they still are near each other. When the person sorts, the current row stays in
    sight if it was, else the list begins at its top. Another filter keeps the selected jobs it lets through.
    """

    def __init__(self, view: QTableView, model: JobsModel) -> None:
        super().__init__(view)
        self._view, self._model = view, model
        self._anchors: list[tuple[int, int]] = []
        self._current: tuple[int, int] | None = None
        self._current_row = -1
        self._taken_above = 0
        self._was_sorted = False
        self._selected: list[int] = []
        model.rowsInserted.connect(self._on_inserted)
        model.rowsAboutToBeRemoved.connect(self._on_about_to_be_removed)
        model.rowsRemoved.connect(self._on_removed)
        model.layoutAboutToBeChanged.connect(self._note_rows)
        model.layoutChanged.connect(self._find_rows)
        model.order_changed.connect(self._on_order_changed)
        model.modelAboutToBeReset.connect(self._note_selection)
        model.modelReset.connect(self._on_reset)

    def visible_rows(self) -> tuple[int, int]:
        """The first and the last row that can be seen; (0, -1) when there are none."""
        top, count = self._view.verticalScrollBar().value(), self._model.rowCount()
        first = min(count, top // HEIGHT.TABLE_ROW)
        last = min(count - 1, (top + max(0, self._view.viewport().height() - 1)) // HEIGHT.TABLE_ROW)
        return (first, last) if first <= last else (0, -1)

    def _scroll_by(self, pixels: int) -> None:
        if pixels:
            # The range of the bar is brought up to date late; a value beyond it would be cut.
            self._view.executeDelayedItemsLayout()
            bar = self._view.verticalScrollBar()
            bar.setValue(bar.value() + pixels)

    def _on_inserted(self, _parent: QModelIndex, first: int, last: int) -> None:
        top = self._view.verticalScrollBar().value()
        if first * HEIGHT.TABLE_ROW <= top and top >= HEIGHT.TABLE_ROW:
            self._scroll_by((last - first + 1) * HEIGHT.TABLE_ROW)

    def _on_about_to_be_removed(self, _parent: QModelIndex, first: int, last: int) -> None:
        top = self._view.verticalScrollBar().value() // HEIGHT.TABLE_ROW
        self._taken_above = max(0, min(last + 1, top) - first)

    def _on_removed(self) -> None:
        self._scroll_by(-self._taken_above * HEIGHT.TABLE_ROW)
        current, chosen = self._view.currentIndex(), self._view.selectionModel()
        if current.isValid() and not chosen.hasSelection():
            # Qt makes the next row current and leaves nothing selected.
            chosen.setCurrentIndex(current, _Flag.ClearAndSelect | _Flag.Rows)

    def _on_order_changed(self) -> None:
        self._was_sorted = True

    def _note_rows(self) -> None:
        first, last = self.visible_rows()
        top = self._view.verticalScrollBar().value()
        window = [(self._model.id_at(row), row * HEIGHT.TABLE_ROW - top) for row in range(first, last + 1)]
        current = self._view.currentIndex().row()
        self._current = next((entry for entry in window if entry[0] == self._model.id_at(current)), None)
        self._current_row = current
        self._anchors = window if top else []

    def _find_rows(self) -> None:
        sorted_now, self._was_sorted = self._was_sorted, False
        if not self._view.currentIndex().isValid() and self._current_row >= 0 and self._model.rowCount():
            row = min(self._current_row, self._model.rowCount() - 1)
            index = self._model.index(row, 0)
            self._view.selectionModel().setCurrentIndex(index, _Flag.ClearAndSelect | _Flag.Rows)
        if sorted_now:
            self._anchors = [self._current] if self._current else []
        places = ((self._model.row_of(job_id), y) for job_id, y in self._anchors)
        found = next(((row, y) for row, y in places if row is not None), None)
        bar = self._view.verticalScrollBar()
        if found is not None:
            self._scroll_by(found[0] * HEIGHT.TABLE_ROW - found[1] - bar.value())
        elif sorted_now:
            bar.setValue(0)

    def _note_selection(self) -> None:
        self._selected = []
        selection = self._view.selectionModel().selection()
        for number in range(selection.size()):
            chosen = selection.at(number)
            rows = range(chosen.top(), min(chosen.bottom() + 1, chosen.top() + REMEMBERED_ROWS))
            self._selected += [self._model.id_at(row) for row in rows]
            if len(self._selected) > REMEMBERED_ROWS:
                break

    def _on_reset(self) -> None:
        self._was_sorted = False
        if len(self._selected) > 1:
            # Whoever shows the list chooses the current row on a reset; the others join it after that.
            QTimer.singleShot(0, self, self._select_again)

    def _select_again(self) -> None:
        ids, self._selected = self._selected, []
        rows = [row for job_id in ids if (row := self._model.row_of(job_id)) is not None]
        if self._view.currentIndex().row() not in rows:
            return
        selection = QItemSelection()
        for row in rows:
            selection.select(self._model.index(row, 0), self._model.index(row, self._model.columnCount() - 1))
        self._view.selectionModel().select(selection, _Flag.Select | _Flag.Rows)
