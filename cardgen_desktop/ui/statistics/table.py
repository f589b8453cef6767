"""A small table of words: every row is shown, numbers stand at the right."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from ..components import tooltip
from ..context import UiContext
from ..painting import ink, paint_text
from ..theme import HEIGHT

Index = QModelIndex | QPersistentModelIndex
Row = tuple[str, ...]
ROW, PADDING = 36, 16
_CELL, _HEAD = "small", "caption_medium"
_ROOT = QModelIndex()
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class WordsModel(QAbstractTableModel):
    """Rows of words under fixed columns; other rows change only what differs.

    `words` columns from the left hold names, the others numbers. `tips` explain the columns.
    """

    def __init__(
        self,
        columns: Sequence[str],
        *,
        words: int = 1,
        tips: Sequence[str] = (),
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._columns, self._words, self._tips = tuple(columns), words, tuple(tips)
        self._rows: list[Row] = []

    @property
    def rows(self) -> tuple[Row, ...]:
        """What is shown."""
        return tuple(self._rows)

    def rowCount(self, parent: Index = _ROOT) -> int:
        """All rows."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = _ROOT) -> int:
        """All columns."""
        return 0 if parent.isValid() else len(self._columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The words, their side, and for a screen reader the column with them."""
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        text = self._rows[index.row()][index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return text
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _LEFT if index.column() < self._words else _RIGHT
        if role == Qt.ItemDataRole.ToolTipRole:
            return tooltip(text)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{self._columns[index.column()]}: {text}"
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """The names of the columns."""
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(self._columns):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._columns[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _LEFT if section < self._words else _RIGHT
        if role == Qt.ItemDataRole.ToolTipRole and section < len(self._tips):
            return tooltip(self._tips[section])
        return None

    def show_rows(self, rows: Sequence[Row]) -> None:
        """Show other rows."""
        common = min(len(rows), len(self._rows))
        if len(rows) < len(self._rows):
            self.beginRemoveRows(QModelIndex(), len(rows), len(self._rows) - 1)
            del self._rows[len(rows) :]
            self.endRemoveRows()
        for number in range(common):
            if self._rows[number] != rows[number]:
                self._rows[number] = rows[number]
                self.dataChanged.emit(self.index(number, 0), self.index(number, len(self._columns) - 1))
        if len(rows) > common:
            self.beginInsertRows(QModelIndex(), common, len(rows) - 1)
            self._rows += rows[common:]
            self.endInsertRows()


class _Header(QHeaderView):
    """Names of the columns over the side their words stand at."""

    def __init__(self, *, context: UiContext, words: int, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._context, self._words = context, words
        self.setFixedHeight(HEIGHT.TABLE_HEADER)
        self.setHighlightSections(False)
        self.setSectionsClickable(False)
        self.setMinimumSectionSize(56)

    def sectionSizeFromContents(self, section: int) -> QSize:
        text = self.model().headerData(section, Qt.Orientation.Horizontal)
        width = self._context.theme.fonts.metrics(_HEAD).horizontalAdvance(text)
        return QSize(round(width) + 2 * PADDING + 2, HEIGHT.TABLE_HEADER)

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        theme, box = self._context.theme, QRectF(rect)
        text = self.model().headerData(section, Qt.Orientation.Horizontal)
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, ink(theme.tokens, "border"))
        paint_text(
            painter, box.adjusted(PADDING, 0, -PADDING, 0), theme.tokens, theme.fonts, text,
            role=_HEAD, token="muted", align=_LEFT if section < self._words else _RIGHT,
        )  # fmt: skip


class _CellDelegate(QStyledItemDelegate):
    """Words with air around them; a hairline between rows, the wash under the selected one."""

    def __init__(self, *, context: UiContext, parent: QWidget) -> None:
        super().__init__(parent)
        self._context = context

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """As wide as the words."""
        text = index.data()
        return QSize(
            round(self._context.theme.fonts.metrics(_CELL).horizontalAdvance(text)) + 2 * PADDING + 2, ROW
        )

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Wash, line, words."""
        theme, rect = self._context.theme, option.rect
        view = self.parent()
        focused = isinstance(view, QWidget) and view.hasFocus()
        if focused and option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, ink(theme.tokens, "wash"))
        if index.row() + 1 < index.model().rowCount():
            painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, ink(theme.tokens, "border"))
        paint_text(
            painter, QRectF(rect).adjusted(PADDING, 0, -PADDING, 0), theme.tokens, theme.fonts, index.data(),
            role=_CELL, align=Qt.AlignmentFlag(index.data(Qt.ItemDataRole.TextAlignmentRole)),
        )  # fmt: skip


class WordsTable(QTableView):
    """The table; it is as high as its rows, its first column takes the room that is left."""

    def __init__(
        self,
        name: str,
        columns: Sequence[str],
        *,
        context: UiContext,
        words: int = 1,
        tips: Sequence[str] = (),
    ) -> None:
        super().__init__()
        self.words = WordsModel(columns, words=words, tips=tips, parent=self)
        self.setModel(self.words)
        self.setAccessibleName(name)
        self.setShowGrid(False)
        self.setProperty("clear", True)
        self.setWordWrap(False)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTabKeyNavigation(False)
        self._style_headers(context, words)
        for signal in (self.words.rowsInserted, self.words.rowsRemoved):
            signal.connect(self._fit_height)
        self._fit_height()

    def show_rows(self, rows: Sequence[Row]) -> None:
        """Show other rows."""
        self.words.show_rows(rows)

    def sizeHint(self) -> QSize:
        return QSize(480, self.maximumHeight())

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self._fit_height()

    def _style_headers(self, context: UiContext, words: int) -> None:
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(ROW)
        self.setItemDelegate(_CellDelegate(context=context, parent=self))
        header = _Header(context=context, words=words, parent=self)
        self.setHorizontalHeader(header)
        for column in range(self.words.columnCount()):
            mode = (
                QHeaderView.ResizeMode.Stretch if column < words else QHeaderView.ResizeMode.ResizeToContents
            )
            header.setSectionResizeMode(column, mode)

    def _fit_height(self) -> None:
        self.setFixedHeight(HEIGHT.TABLE_HEADER + ROW * self.words.rowCount() + 1)
