"""The jobs table: whole rows, fixed heights, nothing measured by its content, painted row by row."""

from collections.abc import Iterator
from typing import cast

from PySide6.QtCore import (
    QElapsedTimer,
    QEvent,
    QItemSelectionModel,
    QModelIndex,
    QPoint,
    QRect,
    QRectF,
    Qt,
    Signal,
)
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QApplication, QHeaderView, QTableView, QWidget

from ..components import came_by_keyboard
from ..context import UiContext
from ..painting import ink
from ..theme import HEIGHT
from .column_control import ColumnControl
from .columns import COLUMNS
from .delegate import JobDelegate
from .header import JobsHeader
from .model import JobsModel
from .place_keeping import PlaceKeeper
from .table_painting import TablePainter

ROW = HEIGHT.TABLE_ROW
_Action = QAbstractItemView.CursorAction
_SELECT_ROW = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows


class JobsView(QTableView):
    """Shows a `JobsModel`.

    Signals: `menu_requested(QPoint)` with a global position.
    """

    menu_requested = Signal(object)

    def __init__(self, *, context: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._by_keyboard = False
        self._pointer: QPoint | None = None
        self._typed, self._typing = "", QElapsedTimer()
        self._places: PlaceKeeper | None = None
        self.cells = JobDelegate(context=context, parent=self)
        self._header = JobsHeader(context=context, parent=self)
        self.setHorizontalHeader(self._header)
        self.setItemDelegate(self.cells)
        self.columns = ColumnControl(self, self._header, context=context)
        self._painting = TablePainter(self, self.columns, self.cells, context=context)
        self.columns.arranged.connect(self._on_arranged)
        self._header.sort_requested.connect(self.sort_by)
        self.setAccessibleName("Jobs")
        self._fix_rows()
        self._choose_behaviour()

    def setModel(self, model: JobsModel) -> None:  # type: ignore[override]
        """Show a model; the headers get a selection model of their own.

        A header that shares it asks about every row when all are selected: 13 to 22 s for a million.
        """
        super().setModel(model)
        for header in (self.horizontalHeader(), self.verticalHeader()):
            header.setSelectionModel(QItemSelectionModel(model, header))
        self._places = PlaceKeeper(self, model)
        self.selectionModel().currentRowChanged.connect(self._on_current_changed)
        model.order_changed.connect(self._show_order)
        model.aged.connect(self._show_order)
        self._show_order()
        self.columns.arrange()

    def jobs_model(self) -> JobsModel | None:
        """The model that is shown."""
        return cast("JobsModel | None", self.model())

    def make_current(self, row: int) -> None:
        """Select one row alone. `selectRow` would add to the selection while the person holds a key."""
        self.selectionModel().setCurrentIndex(self.model().index(row, 0), _SELECT_ROW)

    def visible_rows(self) -> tuple[int, int]:
        """The first and the last row that can be seen; (0, -1) when there are none."""
        return self._places.visible_rows() if self._places else (0, -1)

    def selected_rows(self) -> Iterator[int]:
        """The selected rows, each once, from the ranges selected; `selectedRows()` would ask for each.

        Once columns were moved, Qt makes a range of whole rows for each column.
        """
        selection = self.selectionModel().selection()
        parts = (selection.at(number) for number in range(selection.size()))
        chosen = sorted({(part.top(), part.bottom()) for part in parts})
        after = 0
        for top, bottom in chosen:
            yield from range(max(after, top), bottom + 1)
            after = max(after, bottom + 1)

    def open_columns_menu(self) -> None:
        """Choose columns by the keyboard; also behind "Columns…" in menus of the page."""
        self.columns.open_menu(self._header.viewport().mapToGlobal(QPoint(0, self._header.height())))

    def sort_by(self, section: int) -> None:
        """A click on a title: sort by it, then the other way round, then newest first again.

        Rows that moved on since are put in order first.
        """
        model = self.jobs_model()
        if model is None:
            return
        first, other = COLUMNS[section].order, Qt.SortOrder.AscendingOrder
        if first == other:
            other = Qt.SortOrder.DescendingOrder
        now = Qt.SortOrder.DescendingOrder if model.query.descending else Qt.SortOrder.AscendingOrder
        if section != model.sorted_column:
            model.sort(section, first)
        elif model.is_aged:
            model.sort(section, now)
        elif now == first:
            model.sort(section, other)
        else:
            model.sort(-1)

    def keyboardSearch(self, search: str) -> None:
        """Typing a name goes to the next job of that name among those in memory; Qt would ask every row."""
        model = self.jobs_model()
        if model is None or not search.strip():
            return
        is_more = self._typing.isValid() and self._typing.elapsed() < QApplication.keyboardInputInterval()
        self._typed = self._typed + search if is_more else search
        self._typing.start()
        row = model.row_of_name(self._typed, self.currentIndex().row() + (not is_more))
        if row is not None:
            self.make_current(row)

    def moveCursor(
        self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier
    ) -> QModelIndex:
        """Home and End go to the first and the last job; Qt would go to the first and the last column."""
        model = self.model()
        if model and model.rowCount() and action in (_Action.MoveHome, _Action.MoveEnd):
            row = 0 if action == _Action.MoveHome else model.rowCount() - 1
            return model.index(row, max(0, self.currentIndex().column()))
        return super().moveCursor(action, modifiers)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Rows from the top to the bottom of what has to be painted; each is composed at most once."""
        model = self.jobs_model()
        painter = QPainter(self.viewport())
        dirty, tokens = event.rect(), self._context.theme.tokens
        painter.fillRect(dirty, ink(tokens, "surface"))
        if model is not None and (rows := self._rows_in(dirty)):
            model.look(*self.visible_rows())
            self._painting.paint(painter, model, rows)
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.columns.arrange()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.LayoutDirectionChange, QEvent.Type.FontChange):
            self.cells.rows.clear()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self._by_keyboard = True
        super().keyPressEvent(event)
        self._tell_focus()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._by_keyboard = False
        super().mousePressEvent(event)
        self._tell_focus()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        point = event.position()
        self._pointer = point.toPoint()
        self._tell_hover()
        index = self.indexAt(self._pointer)
        acting = self.cells.acting_job(QRectF(self.visualRect(index)), index, point.x(), point.y())
        shape = Qt.CursorShape.PointingHandCursor if acting else Qt.CursorShape.ArrowCursor
        self.viewport().setCursor(shape)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._pointer = None
        self._tell_hover()

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._by_keyboard = came_by_keyboard(event) or self._by_keyboard
        super().focusInEvent(event)
        if not self.currentIndex().isValid() and self.model() and self.model().rowCount():
            self.make_current(0)
        self._tell_focus()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._tell_focus()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        super().scrollContentsBy(dx, dy)
        self._tell_hover()

    def _fix_rows(self) -> None:
        rows = self.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setMinimumSectionSize(ROW)
        rows.setDefaultSectionSize(ROW)
        self.setWordWrap(False)
        self.setShowGrid(False)
        self.setCornerButtonEnabled(False)

    def _choose_behaviour(self) -> None:
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        self.setMouseTracking(True)
        # `paintEvent` covers every pixel: nothing has to be painted under it.
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._on_menu_requested)

    def _rows_in(self, dirty: QRect) -> range:
        top = self.verticalHeader().offset()
        first = max(0, (top + dirty.top()) // ROW)
        return range(first, min(self.model().rowCount(), (top + dirty.bottom()) // ROW + 1))

    def _on_arranged(self) -> None:
        self.cells.first_column = self._header.first_column
        self.cells.last_column = self._header.last_column
        self.viewport().update()

    def _show_order(self) -> None:
        model = self.jobs_model()
        if model is not None:
            column, query = model.sorted_column, model.query
            self._header.show_order(column, descending=query.descending, is_aged=model.is_aged)

    def _on_current_changed(self, current: QModelIndex, previous: QModelIndex) -> None:
        self._tell_focus()

    def _tell_focus(self) -> None:
        row = self.currentIndex().row() if self.hasFocus() and self._by_keyboard else -1
        before, self.cells.focused_row = self.cells.focused_row, row
        self._update_rows(before, row)

    def _tell_hover(self) -> None:
        row = -1 if self._pointer is None else self.rowAt(self._pointer.y())
        before, self.cells.hovered_row = self.cells.hovered_row, row
        self._update_rows(before, row)

    def _update_rows(self, before: int, after: int) -> None:
        if before == after:
            return
        for row in (before, after):
            if row >= 0:
                y = self.rowViewportPosition(row)
                self.viewport().update(0, y, self.viewport().width(), ROW)

    def _on_menu_requested(self, point: object) -> None:
        self.menu_requested.emit(self.viewport().mapToGlobal(point))  # type: ignore[call-overload]
