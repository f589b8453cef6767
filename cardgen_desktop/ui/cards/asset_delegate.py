"""How an asset is painted in its list: name above, kind and size below, a warning where it leads nowhere."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRectF, QSize
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from ..components import LINE_ROLE
from ..context import UiContext
from ..painting import draw_icon, paint_focus, paint_list_row, paint_text, two_lines
from ..theme import HEIGHT, RADIUS
from .assets_model import DEAD_ROLE

Index = QModelIndex | QPersistentModelIndex


class AssetDelegate(QStyledItemDelegate):
    """Two lines and an icon."""

    def __init__(self, *, context: UiContext, parent: QWidget) -> None:
        super().__init__(parent)
        self._context = context

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(120, HEIGHT.SOURCE_ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        theme, rect = self._context.theme, QRectF(option.rect).adjusted(0, 1, 0, -1)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_list_row(painter, rect, theme.tokens, selected=selected, hovered=hovered)
        dead = bool(index.data(DEAD_ROLE))
        icon, token = ("warning", "warning") if dead else ("card", "muted")
        at = QPointF(rect.left() + 12, rect.center().y() - 9)
        draw_icon(painter, self._context.icons, icon, 18, token, at)
        upper, lower = two_lines(rect.adjusted(40, 0, -12, 0))
        role = "body_strong" if selected else "body_medium"
        paint_text(painter, upper, theme.tokens, theme.fonts, str(index.data()), role=role)
        line = str(index.data(LINE_ROLE))
        paint_text(painter, lower, theme.tokens, theme.fonts, line, role="caption", token=token)
        if selected and option.state & QStyle.StateFlag.State_HasFocus:
            paint_focus(painter, rect.adjusted(1, 1, -1, -1), theme.tokens, RADIUS.TILE)
