"""The engines as a list: name, model, where the key is, what was spent of how much."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QPointF,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QContextMenuEvent, QFocusEvent, QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from ...domain.profile import ProfileView
from ..components import came_by_keyboard, tooltip
from ..context import UiContext
from ..painting import draw_icon, fill_rounded, ink, paint_focus, paint_list_row, paint_text
from ..theme import RADIUS
from .words import KINDS, key_words, missing_words, place_words, spent_words

VIEW_ROLE = Qt.ItemDataRole.UserRole + 1
DEFAULT_ROLE = Qt.ItemDataRole.UserRole + 2
ROW, SIDE, MORE = 68, 16, 40
KEY_WIDTH, SPENT_WIDTH, WIDE = 264, 176, 700
DEFAULT_WORDS = "New drafts"
Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class ProfileModel(QAbstractListModel):
    """Profiles by name; `show_views` inserts, changes and removes only what differs."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._views: list[ProfileView] = []
        self._default = ""

    def rowCount(self, parent: Index = _ROOT) -> int:
        """All engines."""
        return 0 if parent.isValid() else len(self._views)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The profile, its name, and all of it for a screen reader."""
        if not index.isValid() or index.row() >= len(self._views):
            return None
        view = self._views[index.row()]
        if role == VIEW_ROLE:
            return view
        if role == DEFAULT_ROLE:
            return view.profile.name == self._default
        if role == Qt.ItemDataRole.DisplayRole:
            return view.profile.name
        if role == Qt.ItemDataRole.ToolTipRole:
            return tooltip(f"{view.profile.name} · {place_words(view.profile)}")
        return self._spoken(view) if role == Qt.ItemDataRole.AccessibleTextRole else None

    def view(self, row: int) -> ProfileView | None:
        """An engine by row."""
        return self._views[row] if 0 <= row < len(self._views) else None

    def show_views(self, views: Sequence[ProfileView], default: str) -> None:
        """Show other engines, and which one new drafts begin with."""
        wanted = {view.profile.name for view in views}
        for row in range(len(self._views) - 1, -1, -1):
            if self._views[row].profile.name not in wanted:
                self.beginRemoveRows(QModelIndex(), row, row)
                del self._views[row]
                self.endRemoveRows()
        self._default, before = default, self._default
        for row, view in enumerate(views):
            self._place(row, view, changed=view.profile.name in (before, default) and before != default)

    def _place(self, row: int, view: ProfileView, *, changed: bool) -> None:
        known = row < len(self._views) and self._views[row].profile.name == view.profile.name
        if not known:
            self.beginInsertRows(QModelIndex(), row, row)
            self._views.insert(row, view)
            self.endInsertRows()
        elif changed or self._views[row] != view:
            self._views[row] = view
            self.dataChanged.emit(self.index(row), self.index(row))

    def _spoken(self, view: ProfileView) -> str:
        default = DEFAULT_WORDS if view.profile.name == self._default else ""
        told = (
            view.profile.name,
            KINDS[view.profile.kind].name,
            place_words(view.profile),
            missing_words(view) or key_words(view),
            spent_words(view),
            default,
        )
        return ", ".join(part for part in told if part)


class _ProfileDelegate(QStyledItemDelegate):
    """Icon, name over model, key, spending; a menu behind the dots at the end."""

    def __init__(self, *, context: UiContext, parent: QWidget) -> None:
        super().__init__(parent)
        self._context = context
        self.shows_focus = False

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """All rows are equally high."""
        return QSize(320, ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Wash, words, bar, dots, line."""
        view: ProfileView = index.data(VIEW_ROLE)
        theme, rect = self._context.theme, QRectF(option.rect)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        if hovered:
            paint_list_row(painter, rect.adjusted(4, 4, -4, -5), theme.tokens, hovered=True)
        if index.row() + 1 < index.model().rowCount():
            line = QRectF(rect.left() + SIDE, rect.bottom() - 1, rect.width() - 2 * SIDE, 1)
            painter.fillRect(line.toRect(), ink(theme.tokens, "border"))
        icon = KINDS[view.profile.kind].icon
        at = QPointF(rect.left() + SIDE + 2, rect.center().y() - 10)
        draw_icon(painter, self._context.icons, icon, 20, "muted", at)
        self._paint_columns(painter, rect, view, is_default=bool(index.data(DEFAULT_ROLE)))
        dots = QPointF(rect.right() - SIDE - 19, rect.center().y() - 9)
        draw_icon(painter, self._context.icons, "more", 18, "text" if hovered else "muted", dots)
        if self.shows_focus and option.state & QStyle.StateFlag.State_HasFocus:
            paint_focus(painter, rect.adjusted(4, 4, -4, -5), theme.tokens, RADIUS.BUTTON)

    def _paint_columns(self, painter: QPainter, rect: QRectF, view: ProfileView, *, is_default: bool) -> None:
        wide = rect.width() >= WIDE
        right = rect.right() - SIDE - MORE
        spent = QRectF(right - SPENT_WIDTH, rect.top(), SPENT_WIDTH, rect.height())
        left = rect.left() + SIDE + 38
        taken = SPENT_WIDTH + (KEY_WIDTH if wide else 0) + 24
        names = QRectF(left, rect.top(), right - taken - left, rect.height())
        self._paint_name(painter, names, view, is_default=is_default, wide=wide)
        if wide:
            key = QRectF(spent.left() - KEY_WIDTH, rect.top(), KEY_WIDTH, rect.height())
            self._paint_key(painter, key, view)
        self._paint_spent(painter, spent, view)

    def _paint_name(
        self, painter: QPainter, box: QRectF, view: ProfileView, *, is_default: bool, wide: bool
    ) -> None:
        theme, middle = self._context.theme, box.center().y()
        upper, lower = (
            QRectF(box.left(), middle - 20, box.width(), 20),
            QRectF(box.left(), middle + 2, box.width(), 16),
        )
        badge = theme.fonts.metrics("caption_strong").horizontalAdvance(DEFAULT_WORDS) + 16
        room = upper.width() - (badge + 10 if is_default else 0)
        name = view.profile.name
        paint_text(
            painter,
            QRectF(upper.left(), upper.top(), room, 20),
            theme.tokens,
            theme.fonts,
            name,
            role="body_strong",
        )
        if is_default:
            taken = min(room, theme.fonts.metrics("body_strong").horizontalAdvance(name))
            pill = QRectF(upper.left() + taken + 10, upper.top(), badge, 20)
            fill_rounded(painter, pill, 10, ink(theme.tokens, "wash"))
            paint_text(
                painter, pill, theme.tokens, theme.fonts, DEFAULT_WORDS,
                role="caption_strong", token="wash_text", align=Qt.AlignmentFlag.AlignCenter,
            )  # fmt: skip
        missing = "" if wide else missing_words(view)
        paint_text(
            painter, lower, theme.tokens, theme.fonts, missing or place_words(view.profile),
            role="caption", token="warning" if missing else "muted", elide="middle",
        )  # fmt: skip

    def _paint_key(self, painter: QPainter, box: QRectF, view: ProfileView) -> None:
        theme, missing = self._context.theme, missing_words(view)
        x = box.left()
        if missing:
            at = QPointF(x, box.center().y() - 8)
            draw_icon(painter, self._context.icons, "warning", 16, "warning", at)
            x += 24
        words = QRectF(x, box.top(), box.right() - x - 12, box.height())
        token = "warning" if missing else "muted"
        text = missing or key_words(view) or "Needs no key"
        paint_text(painter, words, theme.tokens, theme.fonts, text, role="small", token=token)

    def _paint_spent(self, painter: QPainter, box: QRectF, view: ProfileView) -> None:
        theme, cap = self._context.theme, view.profile.monthly_cap
        line = QRectF(box) if cap is None else QRectF(box.left(), box.center().y() - 18, box.width(), 20)
        paint_text(
            painter, line, theme.tokens, theme.fonts, spent_words(view),
            role="small", token="text" if view.spent_month else "muted", align=_RIGHT,
        )  # fmt: skip
        if cap is not None:
            bar = QRectF(box.right() - 120, box.center().y() + 8, 120, 4)
            paint_cap(painter, bar, self._context, spent=view.spent_month or Decimal(0), cap=cap)


def paint_cap(painter: QPainter, bar: QRectF, context: UiContext, *, spent: Decimal, cap: Decimal) -> None:
    """How much of a cap is used: accent, ochre from four fifths on, red when it is reached."""
    tokens = context.theme.tokens
    share = 1.0 if cap == 0 else float(min(Decimal(1), spent / cap))
    fill_rounded(painter, bar, bar.height() / 2, ink(tokens, "track"))
    if share > 0:
        token = "danger" if share >= 1 else "warning" if share >= 0.8 else "accent"
        width = max(bar.height(), bar.width() * share)
        filled = QRectF(bar.left(), bar.top(), width, bar.height())
        fill_rounded(painter, filled, bar.height() / 2, ink(tokens, token))


class ProfileList(QListView):
    """The engines; the list is as high as its rows.

    Signals: `opened(name)` by click, Enter; `menu_requested(name, global position)`; `remove_requested(name)`
    by Delete; `duplicate_requested(name)` by Ctrl+D; `rename_requested(name)` by F2.
    """

    opened = Signal(str)
    menu_requested = Signal(str, QPoint)
    remove_requested = Signal(str)
    duplicate_requested = Signal(str)
    rename_requested = Signal(str)

    def __init__(self, *, context: UiContext) -> None:
        super().__init__()
        self.profiles = ProfileModel(self)
        self._cells = _ProfileDelegate(context=context, parent=self)
        self.setModel(self.profiles)
        self.setItemDelegate(self._cells)
        self.setProperty("clear", True)
        self.setAccessibleName("Language models")
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        for signal in (self.profiles.rowsInserted, self.profiles.rowsRemoved):
            signal.connect(self._fit_height)
        self._fit_height()

    def show_views(self, views: Sequence[ProfileView], default: str) -> None:
        """Show other engines."""
        self.profiles.show_views(views, default)

    def index_of(self, name: str) -> QModelIndex:
        """Where an engine stands; invalid when it is not there."""
        rows = range(self.profiles.rowCount())
        found = next((row for row in rows if self.profiles.index(row).data() == name), None)
        return QModelIndex() if found is None else self.profiles.index(found)

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._cells.shows_focus = came_by_keyboard(event)
        if self._cells.shows_focus and not self.currentIndex().isValid():
            self.setCurrentIndex(self.profiles.index(0))
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._cells.shows_focus = False
        super().focusOutEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self._cells.shows_focus = True
        name, key = self.currentIndex().data(), event.key()
        if not name:
            super().keyPressEvent(event)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.opened.emit(name)
        elif key == Qt.Key.Key_Delete:
            self.remove_requested.emit(name)
        elif key == Qt.Key.Key_F2:
            self.rename_requested.emit(name)
        elif key == Qt.Key.Key_D and event.modifiers() == Qt.KeyboardModifier.ControlModifier:
            self.duplicate_requested.emit(name)
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._cells.shows_focus = False
        super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        place = event.position().toPoint()
        index = self.indexAt(place)
        if not index.isValid() or event.button() != Qt.MouseButton.LeftButton:
            return
        if place.x() >= self.visualRect(index).right() - SIDE - MORE:
            self.menu_requested.emit(index.data(), event.globalPosition().toPoint())
        else:
            self.opened.emit(index.data())

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        by_key = event.reason() == QContextMenuEvent.Reason.Keyboard
        index = self.currentIndex() if by_key else self.indexAt(event.pos())
        if index.isValid():
            place = self.visualRect(index).center() if by_key else event.pos()
            self.menu_requested.emit(index.data(), self.viewport().mapToGlobal(place))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self._fit_height()

    def _fit_height(self) -> None:
        self.setFixedHeight(max(1, ROW * self.profiles.rowCount()))
