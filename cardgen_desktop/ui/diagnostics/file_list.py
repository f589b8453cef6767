"""The files of a bundle by name and size."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from ...domain.queue import BundleFile
from ..components import came_by_keyboard, tooltip
from ..context import UiContext
from ..painting import paint_focus, paint_list_row, paint_text, two_lines
from ..theme import HEIGHT, RADIUS
from ..wording import size_words

FILE_ROLE = Qt.ItemDataRole.UserRole + 1
Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()


class BundleModel(QAbstractListModel):
    """Files by name: `show_files` inserts, changes and removes only what differs."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._files: list[BundleFile] = []

    def rowCount(self, parent: Index = _ROOT) -> int:
        """All files."""
        return 0 if parent.isValid() else len(self._files)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The file, its name, and what a screen reader says."""
        if not index.isValid() or index.row() >= len(self._files):
            return None
        file = self._files[index.row()]
        if role == FILE_ROLE:
            return file
        if role == Qt.ItemDataRole.DisplayRole:
            return file.name
        if role == Qt.ItemDataRole.ToolTipRole:
            return tooltip(file.name)
        return (
            f"{file.name}, {size_words(file.bytes)}" if role == Qt.ItemDataRole.AccessibleTextRole else None
        )

    def file(self, row: int) -> BundleFile | None:
        """A file by row."""
        return self._files[row] if 0 <= row < len(self._files) else None

    def show_files(self, files: Sequence[BundleFile]) -> None:
        """Show other files; the first ones keep their rows."""
        common = min(len(files), len(self._files))
        if len(files) < len(self._files):
            self.beginRemoveRows(QModelIndex(), len(files), len(self._files) - 1)
            del self._files[len(files) :]
            self.endRemoveRows()
        for row in range(common):
            if self._files[row] != files[row]:
                self._files[row] = files[row]
                self.dataChanged.emit(self.index(row), self.index(row))
        if len(files) > common:
            self.beginInsertRows(QModelIndex(), common, len(files) - 1)
            self._files += files[common:]
            self.endInsertRows()


class _FileDelegate(QStyledItemDelegate):
    """Name over size."""

    def __init__(self, *, context: UiContext, parent: QWidget) -> None:
        super().__init__(parent)
        self._context = context
        self.shows_focus = False

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """All rows are 56 high."""
        return QSize(160, HEIGHT.SOURCE_ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Wash, two lines, focus."""
        file: BundleFile = index.data(FILE_ROLE)
        tokens, fonts = self._context.theme.tokens, self._context.theme.fonts
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect = QRectF(option.rect).adjusted(0, 1, 0, -1)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        paint_list_row(painter, rect, tokens, selected=selected, hovered=hovered)
        upper, lower = two_lines(rect.adjusted(12, 0, -12, 0))
        paint_text(painter, upper, tokens, fonts, file.name, role="body_medium", elide="middle")
        paint_text(painter, lower, tokens, fonts, size_words(file.bytes), role="caption", token="muted")
        if self.shows_focus and option.state & QStyle.StateFlag.State_HasFocus:
            paint_focus(painter, rect.adjusted(2, 2, -2, -2), tokens, RADIUS.BUTTON)


class BundleList(QListView):
    """The files; one is always current.

    Signals: `file_chosen(BundleFile or None)`.
    """

    file_chosen = Signal(object)

    def __init__(self, *, context: UiContext) -> None:
        super().__init__()
        self.files = BundleModel(self)
        self._cells = _FileDelegate(context=context, parent=self)
        self.setModel(self.files)
        self.setItemDelegate(self._cells)
        self.setProperty("clear", True)
        self.setAccessibleName("Files of the bundle")
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.selectionModel().currentChanged.connect(self._tell)
        self.files.dataChanged.connect(self._tell)

    def show_files(self, files: Sequence[BundleFile]) -> None:
        """Show other files."""
        self.files.show_files(files)
        if files and not self.currentIndex().isValid():
            self.setCurrentIndex(self.files.index(0))
        self._tell()

    def choose(self, name: str) -> bool:
        """Make a file the current one; False when there is none of that name."""
        rows = range(self.files.rowCount())
        row = next((row for row in rows if self.files.index(row).data() == name), None)
        if row is not None:
            self.setCurrentIndex(self.files.index(row))
        return row is not None

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._cells.shows_focus = came_by_keyboard(event) or self._cells.shows_focus
        super().focusInEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self._cells.shows_focus = True
        super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._cells.shows_focus = False
        super().mousePressEvent(event)

    def _tell(self) -> None:
        self.file_chosen.emit(self.files.file(self.currentIndex().row()))
