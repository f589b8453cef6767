"""How greetings and lorebook entries are painted in their lists."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import QHeaderView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from ..context import UiContext
from ..painting import (
    draw_icon,
    fill_rounded,
    ink,
    paint_focus,
    paint_list_row,
    paint_row,
    paint_text,
    stroke_rounded,
    two_lines,
)
from ..theme import HEIGHT, RADIUS
from .lorebook_model import COLUMNS, ENABLED, NAME

Index = QModelIndex | QPersistentModelIndex
GREETING_HEIGHT, ENTRY_HEIGHT = 56, 40
BOX = 18
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


def _state(option: QStyleOptionViewItem, flag: QStyle.StateFlag) -> bool:
    return bool(option.state & flag)


def _rect(option: QStyleOptionViewItem) -> QRectF:
    return QRectF(option.rect)


class GreetingDelegate(QStyledItemDelegate):
    """Two lines: what the greeting is called, and how it begins."""

    def __init__(self, title: Callable[[int], str], *, context: UiContext, parent: QWidget) -> None:
        super().__init__(parent)
        self._context, self._title = context, title

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(200, GREETING_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        theme, rect = self._context.theme, _rect(option).adjusted(0, 1, 0, -1)
        selected = _state(option, QStyle.StateFlag.State_Selected)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        hovered = _state(option, QStyle.StateFlag.State_MouseOver)
        paint_list_row(painter, rect, theme.tokens, selected=selected, hovered=hovered)
        upper, lower = two_lines(rect.adjusted(12, 0, -28, 0))
        role = "body_strong" if selected else "body_medium"
        paint_text(painter, upper, theme.tokens, theme.fonts, self._title(index.row()), role=role)
        words = str(index.data())
        paint_text(painter, lower, theme.tokens, theme.fonts, words, role="caption", token="muted")
        grip = QPointF(rect.right() - 24, rect.center().y() - 8)
        if hovered or selected:
            draw_icon(painter, self._context.icons, "grip", 16, "muted", grip)
        if selected and _state(option, QStyle.StateFlag.State_HasFocus):
            paint_focus(painter, rect.adjusted(1, 1, -1, -1), theme.tokens, RADIUS.TILE)


class LorebookDelegate(QStyledItemDelegate):
    """One line; an entry that is off is faint, and its box can be clicked or reached with Space."""

    def __init__(self, *, context: UiContext, parent: QWidget) -> None:
        super().__init__(parent)
        self._context = context

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        theme, column = self._context.theme, index.column()
        selected = _state(option, QStyle.StateFlag.State_Selected)
        paint_row(
            painter, option.rect, theme.tokens,
            selected=selected, hovered=_state(option, QStyle.StateFlag.State_MouseOver), leading=column == 0,
        )  # fmt: skip
        enabled = (
            index.sibling(index.row(), ENABLED).data(Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.Checked
        )
        if column == ENABLED:
            self._paint_box(painter, _rect(option), enabled)
            return
        rect = _rect(option).adjusted(12, 0, -24 if column == len(COLUMNS) - 1 else -12, 0)
        token = "faint" if not enabled else "text" if column == NAME else "muted"
        role = ("body_strong" if selected else "body_medium") if column == NAME else "small"
        words = str(index.data() or "")
        if COLUMNS[column].key == "tokens":
            paint_text(
                painter, rect, theme.tokens, theme.fonts, words, role="small", token=token, align=_RIGHT
            )
        else:
            paint_text(painter, rect, theme.tokens, theme.fonts, words, role=role, token=token)

    def _paint_box(self, painter: QPainter, rect: QRectF, checked: bool) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tokens = self._context.theme.tokens
        box = QRectF(rect.left() + 24, round(rect.center().y() - BOX / 2), BOX, BOX)
        if checked:
            fill_rounded(painter, box, RADIUS.CHECK, ink(tokens, "accent"))
            corner = box.topLeft() + QPointF(2, 2)
            draw_icon(painter, self._context.icons, "check", 14, "on_accent", corner)
        else:
            fill_rounded(painter, box, RADIUS.CHECK, ink(tokens, "surface"))
            stroke_rounded(painter, box, RADIUS.CHECK, ink(tokens, "control"), 1.25)

    def editorEvent(self, event: QEvent, model: Any, option: QStyleOptionViewItem, index: Index) -> bool:
        clicked = isinstance(event, QMouseEvent) and event.type() == QEvent.Type.MouseButtonRelease
        space = (
            isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.KeyPress
            and event.key() == Qt.Key.Key_Space
        )
        if not space and not (clicked and index.column() == ENABLED):
            return False
        box = index.sibling(index.row(), ENABLED)
        on = box.data(Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.Checked
        wanted = Qt.CheckState.Unchecked if on else Qt.CheckState.Checked
        return bool(model.setData(box, wanted, Qt.ItemDataRole.CheckStateRole))


class EntryHeader(QHeaderView):
    """Titles over the lorebook's columns, with the paddings of its cells."""

    def __init__(self, *, context: UiContext, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._context = context
        self.setFixedHeight(HEIGHT.TABLE_HEADER)
        self.setSectionsClickable(False)
        self.setHighlightSections(False)
        self.setMinimumSectionSize(44)

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        """One title, quiet; the hairline runs through all sections."""
        theme, last = self._context.theme, section == len(COLUMNS) - 1
        painter.fillRect(rect, ink(theme.tokens, "window"))
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, ink(theme.tokens, "border"))
        box = QRectF(rect).adjusted(12, 0, -24 if last else -12, 0)
        paint_text(
            painter, box, theme.tokens, theme.fonts, COLUMNS[section].title,
            role="caption_strong", token="muted", align=_RIGHT if last else _LEFT,
        )  # fmt: skip
