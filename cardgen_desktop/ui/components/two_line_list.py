"""A list of names, each over one line of facts; for short lists beside what they choose."""

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from ..context import UiContext
from ..painting import paint_focus, paint_list_row, paint_text, two_lines
from ..theme import HEIGHT, RADIUS
from .focus import came_by_keyboard

LINE_ROLE = Qt.ItemDataRole.UserRole + 100
"""What stands below the name; the name itself is the display role."""


class _TwoLineDelegate(QStyledItemDelegate):
    """Wash, two lines, focus."""

    def __init__(self, *, context: UiContext, is_sentence: bool, parent: QWidget) -> None:
        super().__init__(parent)
        self._context = context
        self._upper = ("small_medium", "right") if is_sentence else ("body_medium", "middle")
        self._inset = 6 if is_sentence else 12
        self.shows_focus = False

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(160, HEIGHT.SOURCE_ROW)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        tokens, fonts = self._context.theme.tokens, self._context.theme.fonts
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect = QRectF(option.rect).adjusted(0, 1, 0, -1)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        paint_list_row(painter, rect, tokens, selected=selected, hovered=hovered)
        upper, lower = two_lines(rect.adjusted(self._inset, 0, -self._inset, 0))
        role, elide = self._upper
        paint_text(painter, upper, tokens, fonts, index.data(), role=role, elide=elide)
        paint_text(painter, lower, tokens, fonts, index.data(LINE_ROLE), role="caption", token="muted")
        if self.shows_focus and option.state & QStyle.StateFlag.State_HasFocus:
            paint_focus(painter, rect.adjusted(2, 2, -2, -2), tokens, RADIUS.BUTTON)


class TwoLineList(QListView):
    """Shows a model's display role over its `LINE_ROLE`; a focus ring for those who use the keyboard.

    Names are cut in the middle, sentences (`is_sentence`) at their end.
    """

    def __init__(
        self, model: QAbstractItemModel, name: str, *, context: UiContext, is_sentence: bool = False
    ) -> None:
        super().__init__()
        self._cells = _TwoLineDelegate(context=context, is_sentence=is_sentence, parent=self)
        self.setModel(model)
        self.setItemDelegate(self._cells)
        self.setProperty("clear", True)
        self.setAccessibleName(name)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._cells.shows_focus = came_by_keyboard(event) or self._cells.shows_focus
        super().focusInEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self._cells.shows_focus = True
        super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._cells.shows_focus = False
        super().mousePressEvent(event)
