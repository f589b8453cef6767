"""The source list: rows of 56 that come, change and go one by one."""

from collections.abc import Sequence
from typing import Any, cast

from PySide6.QtCore import (
    QAbstractItemModel,
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from ..components import came_by_keyboard, tooltip
from ..context import UiContext
from ..painting import draw_icon, paint_focus, paint_list_row, paint_text, two_lines
from ..theme import HEIGHT, RADIUS
from .source_rows import SourceRow

ROW_ROLE = Qt.ItemDataRole.UserRole + 1
SHOWN_ROWS = 4.5
ICON, MARK = 20, 18
Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()
_MARKS = {
    "ready": ("check", "success"),
    "warning": ("warning", "warning"),
    "reading": ("running", "accent"),
    "failed": ("warning", "warning"),
}
_SPOKEN = {"ready": "read", "warning": "needs a look", "reading": "being read", "failed": "could not be read"}


class SourceListModel(QAbstractListModel):
    """Rows by key: `show_rows` inserts, changes and removes only what differs."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: list[SourceRow] = []

    def rowCount(self, parent: Index = _ROOT) -> int:
        """All rows."""
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The row itself, its name, its explanation, and what a screen reader says."""
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        row = self._rows[index.row()]
        if role == ROW_ROLE:
            return row
        if role == Qt.ItemDataRole.DisplayRole:
            return row.name
        if role == Qt.ItemDataRole.ToolTipRole:
            return tooltip(f"{row.name}\n{row.sentence or row.line}")
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{row.name}, {_SPOKEN[row.state]}, {row.line}"
        return None

    def row(self, number: int) -> SourceRow | None:
        """A row by number."""
        return self._rows[number] if 0 <= number < len(self._rows) else None

    def row_of(self, key: str) -> int | None:
        """Where a row is."""
        return next((number for number, row in enumerate(self._rows) if row.key == key), None)

    def show_rows(self, rows: Sequence[SourceRow]) -> None:
        """Show other rows; those with a known key stay where the selection can follow them."""
        wanted = {row.key for row in rows}
        for number in reversed(range(len(self._rows))):
            if self._rows[number].key not in wanted:
                self.beginRemoveRows(QModelIndex(), number, number)
                del self._rows[number]
                self.endRemoveRows()
        for number, row in enumerate(rows):
            self._place(number, row)

    def _place(self, number: int, row: SourceRow) -> None:
        at = self.row_of(row.key)
        if at is None:
            self.beginInsertRows(QModelIndex(), number, number)
            self._rows.insert(number, row)
            self.endInsertRows()
            return
        if at != number:
            self.beginMoveRows(QModelIndex(), at, at, QModelIndex(), number)
            self._rows.insert(number, self._rows.pop(at))
            self.endMoveRows()
        if self._rows[number] != row:
            self._rows[number] = row
            self.dataChanged.emit(self.index(number), self.index(number))


class SourceDelegate(QStyledItemDelegate):
    """Paints a source row; under the pointer its mark becomes a cross that removes it.

    Signals: `remove_triggered(SourceRow)`.
    """

    remove_triggered = Signal(object)

    def __init__(self, *, context: UiContext, parent: QWidget) -> None:
        super().__init__(parent)
        self._context = context
        self.shows_focus = False

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """All rows are 56 high."""
        return QSize(200, HEIGHT.SOURCE_ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Wash, kind icon, two lines, mark."""
        row: SourceRow = index.data(ROW_ROLE)
        tokens = self._context.theme.tokens
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect = QRectF(option.rect).adjusted(0, 1, 0, -1)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        paint_list_row(painter, rect, tokens, selected=selected, hovered=hovered)
        self._paint_content(painter, rect, row, selected, hovered)
        if self.shows_focus and option.state & QStyle.StateFlag.State_HasFocus:
            paint_focus(painter, rect.adjusted(2, 2, -2, -2), tokens, RADIUS.BUTTON)

    def editorEvent(
        self, event: QEvent, model: QAbstractItemModel, option: QStyleOptionViewItem, index: Index
    ) -> bool:
        """A click on the cross removes the row."""
        if event.type() == QEvent.Type.MouseButtonRelease:
            mouse = cast("QMouseEvent", event)
            row: SourceRow = index.data(ROW_ROLE)
            hit = self.mark_rect(QRectF(option.rect)).adjusted(-6, -6, 6, 6).contains(mouse.position())
            if hit and mouse.button() == Qt.MouseButton.LeftButton and _can_be_removed(row):
                self.remove_triggered.emit(row)
                return True
        return super().editorEvent(event, model, option, index)

    def mark_rect(self, rect: QRectF) -> QRectF:
        """Where the mark of a row is."""
        return QRectF(rect.right() - 12 - MARK, rect.center().y() - MARK / 2, MARK, MARK)

    def _paint_content(
        self, painter: QPainter, rect: QRectF, row: SourceRow, selected: bool, hovered: bool
    ) -> None:
        theme, icons = self._context.theme, self._context.icons
        token = "accent" if selected else "muted"
        draw_icon(
            painter, icons, row.icon, ICON, token, QPointF(rect.left() + 12, rect.center().y() - ICON / 2)
        )
        upper, lower = two_lines(rect.adjusted(12 + ICON + 12, 0, -12 - MARK - 10, 0))
        paint_text(painter, upper, theme.tokens, theme.fonts, row.name, role="body_medium", elide="middle")
        ink = "warning" if row.state in ("warning", "failed") else "muted"
        paint_text(painter, lower, theme.tokens, theme.fonts, row.line, role="caption", token=ink)
        name, token = _MARKS[row.state]
        if hovered and _can_be_removed(row):
            name, token = "close", "muted"
        draw_icon(painter, icons, name, MARK, token, self.mark_rect(rect).topLeft())


class SourceListView(QListView):
    """The list; it is as high as its rows, up to four and a half of them.

    Signals: `remove_requested(SourceRow)`, `current_row_changed(SourceRow or None)`.
    """

    remove_requested = Signal(object)
    current_row_changed = Signal(object)

    def __init__(self, *, context: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._was_touched = False
        self.rows = SourceListModel(self)
        self._cells = SourceDelegate(context=context, parent=self)
        self.setModel(self.rows)
        self.setItemDelegate(self._cells)
        self.setProperty("clear", True)
        self.setAccessibleName("Sources")
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._cells.remove_triggered.connect(self.remove_requested)
        self.selectionModel().currentChanged.connect(self._tell_current)
        self.rows.dataChanged.connect(self._tell_current)
        for signal in (self.rows.rowsInserted, self.rows.rowsRemoved):
            signal.connect(self._fit_height)
        self._fit_height()

    def current(self) -> SourceRow | None:
        """The current row."""
        return self.rows.row(self.currentIndex().row())

    def show_rows(self, rows: Sequence[SourceRow]) -> None:
        """Show other rows; one is always current: the first that was read, until the person takes another.

        What comes to a list that was there already is scrolled into view.
        """
        newest = self._newest_of(rows)
        self.rows.show_rows(rows)
        self._was_touched = self._was_touched and bool(rows)
        if rows and not (self._was_touched and self.currentIndex().isValid()):
            first = next((number for number, row in enumerate(rows) if row.source is not None), 0)
            self.setCurrentIndex(self.rows.index(first))
        if newest is not None:
            self.scrollTo(self.rows.index(newest))
        self._tell_current()

    def _newest_of(self, rows: Sequence[SourceRow]) -> int | None:
        if not self.rows.rowCount():
            return None
        fresh = (number for number, row in enumerate(rows) if self.rows.row_of(row.key) is None)
        return max(fresh, default=None)

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._cells.shows_focus = came_by_keyboard(event) or self._cells.shows_focus
        super().focusInEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self._cells.shows_focus = self._was_touched = True
        row = self.current()
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and row and _can_be_removed(row):
            self.remove_requested.emit(row)
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._cells.shows_focus = False
        self._was_touched = True
        super().mousePressEvent(event)

    def _fit_height(self) -> None:
        rows = min(float(max(1, self.rows.rowCount())), SHOWN_ROWS)
        self.setFixedHeight(round(rows * HEIGHT.SOURCE_ROW))

    def _tell_current(self) -> None:
        self.current_row_changed.emit(self.current())


def _can_be_removed(row: SourceRow) -> bool:
    return row.state != "reading"
