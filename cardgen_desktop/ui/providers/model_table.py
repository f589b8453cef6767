"""The table of models: no widget in it, so that thousands scroll as ten do."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPointF,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from ...domain.profile import ModelInfo
from ..components import tooltip
from ..context import UiContext
from ..painting import draw_icon, ink, paint_row, paint_text
from ..theme import HEIGHT
from .catalogue import COLUMNS, ModelFilter, chosen_rows, searchable
from .words import context_words, model_name, model_words, price_words, structured_words

MODEL_ROLE = Qt.ItemDataRole.UserRole + 1
ROW, PADDING, EDGE = 52, 12, 24
WIDTHS = (0, 96, 136, 136, 120)
Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class CatalogueModel(QAbstractTableModel):
    """Models under five columns; the filter decides which rows there are and in which order."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._models: tuple[ModelInfo, ...] = ()
        self._words: tuple[str, ...] = ()
        self._rows: list[int] = []
        self.filter = ModelFilter()

    def rowCount(self, parent: Index = _ROOT) -> int:
        """The rows that the filter lets through."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = _ROOT) -> int:
        """All columns."""
        return 0 if parent.isValid() else len(COLUMNS)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The words of a cell, the model, and all of it for a screen reader."""
        model = self.model_at(index.row()) if index.isValid() else None
        if model is None:
            return None
        if role == MODEL_ROLE:
            return model
        if role == Qt.ItemDataRole.DisplayRole:
            return _cell(model, index.column())
        if role == Qt.ItemDataRole.ToolTipRole:
            return tooltip(f"{model.id} · {model_words(model)}")
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _LEFT if index.column() == 0 else _RIGHT
        if role == Qt.ItemDataRole.AccessibleTextRole:
            told = f"{model_name(model)}, {model_words(model)}"
            return told if index.column() == 0 else f"{COLUMNS[index.column()][1]}: {index.data()}"
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """The names of the columns."""
        if orientation is Qt.Orientation.Horizontal and 0 <= section < len(COLUMNS):
            if role == Qt.ItemDataRole.DisplayRole:
                return COLUMNS[section][1]
            if role == Qt.ItemDataRole.TextAlignmentRole:
                return _LEFT if section == 0 else _RIGHT
        return None

    def model_at(self, row: int) -> ModelInfo | None:
        """A model by row."""
        return self._models[self._rows[row]] if 0 <= row < len(self._rows) else None

    def row_of(self, model_id: str) -> int | None:
        """The row of a model, None when it is not shown."""
        return next((row for row, at in enumerate(self._rows) if self._models[at].id == model_id), None)

    def show_models(self, models: Sequence[ModelInfo]) -> None:
        """Show another list."""
        self.beginResetModel()
        self._models, self._words = tuple(models), searchable(models)
        self._rows = chosen_rows(self._models, self._words, self.filter)
        self.endResetModel()

    def set_filter(self, wanted: ModelFilter) -> None:
        """Look for something else, or sort in another way."""
        if wanted != self.filter:
            self.beginResetModel()
            self.filter = wanted
            self._rows = chosen_rows(self._models, self._words, wanted)
            self.endResetModel()


def _cell(model: ModelInfo, column: int) -> str:
    match COLUMNS[column][0]:
        case "name":
            return model_name(model)
        case "context":
            return context_words(model.context)
        case "prompt":
            return price_words(model.prompt_price)
        case "output":
            return price_words(model.output_price)
        case "structured":
            return structured_words(model)


class _ModelDelegate(QStyledItemDelegate):
    """Name over id, then the numbers."""

    def __init__(self, *, context: UiContext, parent: QTableView) -> None:
        super().__init__(parent)
        self._context, self._view = context, parent

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Row, words, the line of the current row."""
        model: ModelInfo = index.data(MODEL_ROLE)
        theme, rect = self._context.theme, option.rect
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        leading = index.column() == 0
        paint_row(painter, rect, theme.tokens, selected=selected, hovered=hovered, leading=leading)
        if leading:
            self._paint_name(painter, QRectF(rect).adjusted(EDGE, 0, -PADDING, 0), model, selected=selected)
            return
        last = index.column() == len(COLUMNS) - 1
        box = QRectF(rect).adjusted(PADDING, 0, -(EDGE if last else PADDING), 0)
        text = index.data()
        token = "success" if text == "free" else "faint" if text in ("–", "no") else "text"
        paint_text(painter, box, theme.tokens, theme.fonts, text, role="small", token=token, align=_RIGHT)

    def _paint_name(self, painter: QPainter, box: QRectF, model: ModelInfo, *, selected: bool) -> None:
        theme, middle = self._context.theme, box.center().y()
        role = "body_strong" if selected else "body_medium"
        if not model.name:
            paint_text(painter, box, theme.tokens, theme.fonts, model.id, role=role, elide="middle")
            return
        upper = QRectF(box.left(), middle - 19, box.width(), 20)
        lower = QRectF(box.left(), middle + 1, box.width(), 16)
        paint_text(painter, upper, theme.tokens, theme.fonts, model.name, role=role)
        told = f"{model.id} · offered until {model.expires}" if model.expires else model.id
        token = "warning" if model.expires else "muted"
        paint_text(painter, lower, theme.tokens, theme.fonts, told, role="caption", token=token)


class _SortHeader(QHeaderView):
    """Names of the columns; the one that sorts has an arrow."""

    def __init__(self, *, context: UiContext, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._context = context
        self.setFixedHeight(HEIGHT.TABLE_HEADER)
        self.setHighlightSections(False)
        self.setSectionsClickable(True)
        self.setSortIndicatorShown(True)

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        theme = self._context.theme
        painter.fillRect(rect, ink(theme.tokens, "window"))
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, ink(theme.tokens, "border"))
        sorts = self.sortIndicatorSection() == section
        left, right = EDGE if section == 0 else PADDING, EDGE if section == len(COLUMNS) - 1 else PADDING
        box = QRectF(rect).adjusted(left, 0, -right, 0)
        text = self.model().headerData(section, Qt.Orientation.Horizontal)
        if sorts:
            falling = self.sortIndicatorOrder() == Qt.SortOrder.DescendingOrder
            width = theme.fonts.metrics("caption_strong").horizontalAdvance(text)
            x = box.left() + width + 4 if section == 0 else box.right() - width - 20
            icon = "chevron-down" if falling else "chevron-up"
            draw_icon(painter, self._context.icons, icon, 16, "text", QPointF(x, box.center().y() - 8))
        paint_text(
            painter, box, theme.tokens, theme.fonts, text,
            role="caption_strong" if sorts else "caption_medium", token="text" if sorts else "muted",
            align=_LEFT if section == 0 else _RIGHT,
        )  # fmt: skip


class ModelTable(QTableView):
    """The models of a server.

    Signals: `used(ModelInfo)` by double click or Enter, `current_changed(ModelInfo or None)`,
    `sort_requested(column number)` by a click on its name.
    """

    used = Signal(object)
    current_changed = Signal(object)
    sort_requested = Signal(int)

    def __init__(self, *, context: UiContext) -> None:
        super().__init__()
        self.catalogue = CatalogueModel(self)
        self.setModel(self.catalogue)
        self.setItemDelegate(_ModelDelegate(context=context, parent=self))
        self.setAccessibleName("Models")
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setMouseTracking(True)
        self.setTabKeyNavigation(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(ROW)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self._set_header(context)
        self.selectionModel().currentRowChanged.connect(self._tell_current)
        self.catalogue.modelReset.connect(self._tell_current)
        self.doubleClicked.connect(lambda index: self.used.emit(index.data(MODEL_ROLE)))

    def show_sorting(self, wanted: ModelFilter) -> None:
        """Point the arrow at the column that sorts."""
        number = next(n for n, (column, _) in enumerate(COLUMNS) if column == wanted.column)
        order = Qt.SortOrder.DescendingOrder if wanted.falling else Qt.SortOrder.AscendingOrder
        self.horizontalHeader().setSortIndicator(number, order)

    def choose(self, model_id: str) -> None:
        """Make a model the current one, or else the first."""
        row = self.catalogue.row_of(model_id)
        if row is None and self.catalogue.rowCount():
            row = 0
        if row is not None:
            self.setCurrentIndex(self.catalogue.index(row, 0))
            self.scrollTo(self.catalogue.index(row, 0), QAbstractItemView.ScrollHint.PositionAtCenter)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.used.emit(self.currentIndex().data(MODEL_ROLE))
        else:
            super().keyPressEvent(event)

    def sizeHint(self) -> QSize:
        return QSize(640, 400)

    def _set_header(self, context: UiContext) -> None:
        header = _SortHeader(context=context, parent=self)
        self.setHorizontalHeader(header)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for number, width in enumerate(WIDTHS):
            if width:
                header.resizeSection(number, width)
        header.sectionClicked.connect(self.sort_requested)

    def _tell_current(self, *_: object) -> None:
        self.current_changed.emit(self.catalogue.model_at(self.currentIndex().row()))
