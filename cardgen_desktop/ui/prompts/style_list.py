"""The prompt styles by title: shipped ones, then the person's own."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
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

from ...domain.prompt_style import PromptStyle
from ..components import came_by_keyboard, tooltip
from ..context import UiContext
from ..painting import paint_focus, paint_list_row, paint_text, two_lines
from ..theme import HEIGHT, RADIUS

STYLE_ROLE = Qt.ItemDataRole.UserRole + 1
NOTE_ROLE = Qt.ItemDataRole.UserRole + 2
Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()


class StyleModel(QAbstractListModel):
    """Styles in their order; `show_styles` changes only what differs."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._styles: list[PromptStyle] = []
        self._default = ""

    def rowCount(self, parent: Index = _ROOT) -> int:
        """All styles."""
        return 0 if parent.isValid() else len(self._styles)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The style, its title, what it is, and what a screen reader says."""
        if not index.isValid() or index.row() >= len(self._styles):
            return None
        style = self._styles[index.row()]
        if role == STYLE_ROLE:
            return style
        if role == Qt.ItemDataRole.DisplayRole:
            return style.title or style.name
        if role == NOTE_ROLE:
            return self._note(style)
        if role == Qt.ItemDataRole.ToolTipRole:
            return tooltip(style.description or style.title)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{style.title}, {self._note(style)}, {style.description}"
        return None

    def show_styles(self, styles: Sequence[PromptStyle], default: str) -> None:
        """Show other styles, and which one new drafts begin with."""
        self._default = default
        common = min(len(styles), len(self._styles))
        if len(styles) < len(self._styles):
            self.beginRemoveRows(QModelIndex(), len(styles), len(self._styles) - 1)
            del self._styles[len(styles) :]
            self.endRemoveRows()
        self._styles[:common] = styles[:common]
        if common:
            self.dataChanged.emit(self.index(0), self.index(common - 1))
        if len(styles) > common:
            self.beginInsertRows(QModelIndex(), common, len(styles) - 1)
            self._styles += styles[common:]
            self.endInsertRows()

    def row_of(self, name: str) -> int | None:
        """The row of a style."""
        return next((row for row, style in enumerate(self._styles) if style.name == name), None)

    def _note(self, style: PromptStyle) -> str:
        kind = "Shipped" if style.is_shipped else "Your own"
        return f"{kind} · new drafts" if style.name == self._default else kind


class _StyleDelegate(QStyledItemDelegate):
    """Title over what it is."""

    def __init__(self, *, context: UiContext, parent: QWidget) -> None:
        super().__init__(parent)
        self._context = context
        self.shows_focus = False

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """All rows are 56 high."""
        return QSize(160, HEIGHT.SOURCE_ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Wash, two lines, focus."""
        tokens, fonts = self._context.theme.tokens, self._context.theme.fonts
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect = QRectF(option.rect).adjusted(0, 1, 0, -1)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        paint_list_row(painter, rect, tokens, selected=selected, hovered=hovered)
        upper, lower = two_lines(rect.adjusted(12, 0, -12, 0))
        role = "body_strong" if selected else "body_medium"
        paint_text(painter, upper, tokens, fonts, index.data(), role=role)
        note = index.data(NOTE_ROLE)
        token = "accent" if note.endswith("drafts") else "muted"
        paint_text(painter, lower, tokens, fonts, note, role="caption", token=token)
        if self.shows_focus and option.state & QStyle.StateFlag.State_HasFocus:
            paint_focus(painter, rect.adjusted(2, 2, -2, -2), tokens, RADIUS.BUTTON)


class StyleList(QListView):
    """The styles; one is always current.

    Signals: `style_chosen(name)`, `remove_requested(name)` by Delete.
    """

    style_chosen = Signal(str)
    remove_requested = Signal(str)

    def __init__(self, *, context: UiContext) -> None:
        super().__init__()
        self.styles = StyleModel(self)
        self._cells = _StyleDelegate(context=context, parent=self)
        self.setModel(self.styles)
        self.setItemDelegate(self._cells)
        self.setProperty("clear", True)
        self.setAccessibleName("Prompt styles")
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.selectionModel().currentChanged.connect(self._tell)

    @property
    def current(self) -> str:
        """The name of the current style, "" for none."""
        style = self.currentIndex().data(STYLE_ROLE)
        return style.name if style is not None else ""

    def choose(self, name: str) -> bool:
        """Make a style the current one; False when there is none of that name."""
        row = self.styles.row_of(name)
        if row is not None:
            self.setCurrentIndex(self.styles.index(row))
        return row is not None

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._cells.shows_focus = came_by_keyboard(event) or self._cells.shows_focus
        super().focusInEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self._cells.shows_focus = True
        if event.key() == Qt.Key.Key_Delete and self.current:
            self.remove_requested.emit(self.current)
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._cells.shows_focus = False
        super().mousePressEvent(event)

    def _tell(self, *_: object) -> None:
        if self.current:
            self.style_chosen.emit(self.current)
