"""The jobs table: whole rows, fixed heights, nothing measured by its content."""

from collections.abc import Iterator

from PySide6.QtCore import QEvent, QItemSelectionModel, QModelIndex, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from ..components import came_by_keyboard
from ..context import UiContext
from ..painting import ink, paint_text
from ..theme import HEIGHT
from .columns import COLUMNS, INDEX
from .delegate import EDGE, PADDING, JobDelegate
from .model import JobsModel

NARROW_WIDTH = 760
"""Below this many pixels of its own the table drops its lesser columns."""
NARROW_CHARACTER = 236
_SELECT_ROW = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows


class JobsHeader(QHeaderView):
    """Titles over the columns, on the window's ground, with the table's paddings."""

    def __init__(self, *, context: UiContext, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._context = context
        self.last_column = len(COLUMNS) - 1
        self.setFixedHeight(HEIGHT.TABLE_HEADER)
        self.setSectionsClickable(False)
        self.setHighlightSections(False)
        self.setMinimumSectionSize(48)
        self.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        """One title, quiet; the hairline runs through all sections."""
        column, theme = COLUMNS[section], self._context.theme
        painter.fillRect(rect, ink(theme.tokens, "window"))
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, ink(theme.tokens, "border"))
        left = EDGE if section == 0 else PADDING
        right = EDGE if section == self.last_column else PADDING
        box = QRectF(rect).adjusted(left, 0, -right, 0)
        paint_text(
            painter, box, theme.tokens, theme.fonts, column.title,
            role="caption_strong", token="muted", align=column.align,
        )  # fmt: skip


class JobsView(QTableView):
    """Shows a `JobsModel`.

    Signals: `menu_requested(QPoint)` with a global position.
    """

    menu_requested = Signal(object)

    def __init__(self, *, context: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._by_keyboard = False
        self.cells = JobDelegate(context=context, parent=self)
        self._header = JobsHeader(context=context, parent=self)
        self.setHorizontalHeader(self._header)
        self.setItemDelegate(self.cells)
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
        self.selectionModel().currentRowChanged.connect(self._on_current_changed)
        self._arrange_columns()

    def make_current(self, row: int) -> None:
        """Select one row alone. `selectRow` would add to the selection while the person holds a key."""
        self.selectionModel().setCurrentIndex(self.model().index(row, 0), _SELECT_ROW)

    def visible_rows(self) -> tuple[int, int]:
        """The first and the last row that can be seen; (0, -1) when there are none."""
        model = self.model()
        count = model.rowCount() if model else 0
        if not count:
            return 0, -1
        first = max(0, self.rowAt(0))
        last = self.rowAt(self.viewport().height() - 1)
        return first, last if last >= 0 else count - 1

    def selected_rows(self) -> Iterator[int]:
        """The selected rows, from the ranges of the selection; `selectedRows()` would ask for each."""
        selection = self.selectionModel().selection()
        for number in range(selection.size()):
            chosen = selection.at(number)
            yield from range(chosen.top(), chosen.bottom() + 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange_columns()

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
        index = self.indexAt(event.position().toPoint())
        self._set_hovered_row(index.row())
        point = event.position()
        acting = self.cells.acting_job(QRectF(self.visualRect(index)), index, point.x(), point.y())
        shape = Qt.CursorShape.PointingHandCursor if acting else Qt.CursorShape.ArrowCursor
        self.viewport().setCursor(shape)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._set_hovered_row(-1)

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._by_keyboard = came_by_keyboard(event) or self._by_keyboard
        super().focusInEvent(event)
        if not self.currentIndex().isValid() and self.model() and self.model().rowCount():
            self.make_current(0)
        self._tell_focus()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._tell_focus()

    def _fix_rows(self) -> None:
        rows = self.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setMinimumSectionSize(HEIGHT.TABLE_ROW)
        rows.setDefaultSectionSize(HEIGHT.TABLE_ROW)
        self.setWordWrap(False)
        self.setShowGrid(False)
        self.setCornerButtonEnabled(False)

    def _choose_behaviour(self) -> None:
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTabKeyNavigation(False)
        self.setMouseTracking(True)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._on_menu_requested)

    def _arrange_columns(self) -> None:
        if self.model() is None:
            return
        narrow = self.viewport().width() < NARROW_WIDTH
        shown = [column for column in COLUMNS if column.narrow or not narrow]
        widths = {column.key: column.width for column in shown}
        if narrow:
            widths["character"] = NARROW_CHARACTER
        filling = next(column for column in COLUMNS if column.fills)
        widths[filling.key] = 0
        widths[filling.key] = max(filling.width, self.viewport().width() - sum(widths.values()))
        self._give_way(widths)
        for number, column in enumerate(COLUMNS):
            self.setColumnHidden(number, column.key not in widths)
            self.setColumnWidth(number, widths.get(column.key, 0))
        self.cells.last_column = self._header.last_column = INDEX[shown[-1].key]

    def _give_way(self, widths: dict[str, int]) -> None:
        """When even the narrow columns are too wide, the name gives way first."""
        missing = sum(widths.values()) - self.viewport().width()
        widths["character"] -= min(max(0, missing), widths["character"] - 140)

    def _on_current_changed(self, current: QModelIndex, previous: QModelIndex) -> None:
        self._tell_focus()

    def _tell_focus(self) -> None:
        row = self.currentIndex().row() if self.hasFocus() and self._by_keyboard else -1
        before, self.cells.focused_row = self.cells.focused_row, row
        self._update_rows(before, row)

    def _set_hovered_row(self, row: int) -> None:
        before, self.cells.hovered_row = self.cells.hovered_row, row
        self._update_rows(before, row)

    def _update_rows(self, before: int, after: int) -> None:
        if before == after:
            return
        for row in (before, after):
            if row >= 0:
                y = self.rowViewportPosition(row)
                self.viewport().update(0, y, self.viewport().width(), HEIGHT.TABLE_ROW)

    def _on_menu_requested(self, point: object) -> None:
        self.menu_requested.emit(self.viewport().mapToGlobal(point))  # type: ignore[call-overload]
