"""The header of the jobs table: titles that sort, edges that resize, sections that move, a menu of columns.

Clicks are told apart here and not by Qt, whose table view would select whole columns of a million rows.
"""

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QApplication, QHeaderView, QWidget

from ..components import came_by_keyboard
from ..context import UiContext
from ..painting import ink, paint_text
from ..theme import HEIGHT
from .columns import COLUMNS
from .row_painting import inner

NARROWEST = 48
STEP = 16
_ARROW_ROOM = 16
_TIGHT_ROOM, _TIGHT_STEP = 14, 8  # before a title at the right, where the padding holds half of the arrow
_Key = Qt.Key
_RIGHT = Qt.AlignmentFlag.AlignRight


class JobsHeader(QHeaderView):
    """Titles over the columns, on the window's ground, with the table's paddings.

    With the keyboard: Left and Right choose a title, Enter or Space sorts, Shift+Left and Shift+Right resize,
    Ctrl+Left and Ctrl+Right move the column, the menu key opens the menu of columns.

    Signals: `sort_requested(section)`, `menu_requested(QPoint)` with a global position,
    `width_requested(section, pixels)` by the keyboard.
    """

    sort_requested = Signal(object)
    menu_requested = Signal(object)
    width_requested = Signal(object, object)

    def __init__(self, *, context: UiContext, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._context = context
        self.first_column = self.last_column = 0
        self.sorted_column, self.descending, self.is_aged = -1, True, False
        self._pressed_at: QPoint | None = None
        self._hovered = self._focused = -1
        self._ring = False
        self.setFixedHeight(HEIGHT.TABLE_HEADER)
        self.setSectionsClickable(False)
        self.setSectionsMovable(True)
        self.setFirstSectionMovable(True)
        self.setHighlightSections(False)
        self.setMinimumSectionSize(NARROWEST)
        self.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        self.setResizeContentsPrecision(0)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName("Columns")

    def show_order(self, column: int, *, descending: bool, is_aged: bool) -> None:
        """Point out the column rows are sorted by; `is_aged` when they are not where it would put them."""
        self.sorted_column, self.descending, self.is_aged = column, descending, is_aged
        self.viewport().update()

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        """One title, quiet; the hairline runs through all sections."""
        column, theme = COLUMNS[section], self._context.theme
        hovered = section == self._hovered and column.sort is not None
        painter.fillRect(rect, ink(theme.tokens, "hover" if hovered else "window"))
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, ink(theme.tokens, "border"))
        box = self._box(rect, section)
        is_sorted = section == self.sorted_column
        paint_text(
            painter, box, theme.tokens, theme.fonts, column.title,
            role="caption_strong", token="text" if is_sorted else "muted", align=self._align(section),
        )  # fmt: skip
        if is_sorted:
            self._paint_arrow(painter, rect, section)
        if section == self._focused and self._ring:
            painter.setPen(QPen(ink(theme.tokens, "accent"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(rect.adjusted(1, 1, -1, -2))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        is_title = event.button() == Qt.MouseButton.LeftButton and not self._is_on_edge(event)
        self._pressed_at = event.position().toPoint() if is_title else None
        super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        pressed, self._pressed_at = self._pressed_at, None
        point = event.position().toPoint()
        if pressed is None or event.button() != Qt.MouseButton.LeftButton:
            return
        near = (point - pressed).manhattanLength() < QApplication.startDragDistance()
        section = self.logicalIndexAt(point)
        if near and section == self.logicalIndexAt(pressed):
            self._ask_to_sort(section)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        hovered = -1 if self._is_on_edge(event) else self.logicalIndexAt(event.position().toPoint())
        if hovered != self._hovered:
            self._hovered = hovered
            self.viewport().update()

    def leaveEvent(self, event) -> None:  # type: ignore[no-untyped-def]
        super().leaveEvent(event)
        self._hovered = -1
        self.viewport().update()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.menu_requested.emit(event.globalPos())
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, keys = event.key(), event.modifiers()
        if key in (_Key.Key_Left, _Key.Key_Right):
            forwards = (key == _Key.Key_Right) != self.isRightToLeft()
            self._step(1 if forwards else -1, keys)
        elif key in (_Key.Key_Return, _Key.Key_Enter, _Key.Key_Space):
            self._ask_to_sort(self._focused)
        elif key == _Key.Key_Menu or (key == _Key.Key_F10 and keys & Qt.KeyboardModifier.ShiftModifier):
            self.menu_requested.emit(self.viewport().mapToGlobal(self._below(self._focused)))
        else:
            event.ignore()

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._ring = came_by_keyboard(event)
        if self._focused < 0 or self.isSectionHidden(self._focused):
            self._focused = self.first_column
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._ring = False
        self.viewport().update()

    def _step(self, by: int, keys: Qt.KeyboardModifier) -> None:
        if keys & Qt.KeyboardModifier.ShiftModifier:
            self.width_requested.emit(self._focused, self.sectionSize(self._focused) + by * STEP)
            return
        visual = self.visualIndex(self._focused) + by
        while 0 <= visual < self.count() and self.isSectionHidden(self.logicalIndex(visual)):
            visual += by
        if not 0 <= visual < self.count():
            return
        if keys & Qt.KeyboardModifier.ControlModifier:
            self.moveSection(self.visualIndex(self._focused), visual)
        else:
            self._focused = self.logicalIndex(visual)
        self._ring = True
        self.viewport().update()

    def _ask_to_sort(self, section: int) -> None:
        if section >= 0 and COLUMNS[section].sort is not None:
            self.sort_requested.emit(section)

    def _is_on_edge(self, event: QMouseEvent) -> bool:
        """Qt shows the cursor of an edge exactly where a press would resize."""
        return self.cursor().shape() in (Qt.CursorShape.SplitHCursor, Qt.CursorShape.SizeHorCursor)

    def _below(self, section: int) -> QPoint:
        return QPoint(self.sectionViewportPosition(max(0, section)), self.height())

    def _box(self, rect: QRect, section: int) -> QRectF:
        left, width = inner(
            rect.left(), rect.width(), first=section == self.first_column, last=section == self.last_column,
            mirrored=self.isRightToLeft(),
        )  # fmt: skip
        if section == self.sorted_column and self._is_at_right(section):
            start = rect.left() + _TIGHT_ROOM
            return QRectF(start, rect.top(), left + width - start, rect.height())
        taken = _ARROW_ROOM if section == self.sorted_column else 0
        return QRectF(left, rect.top(), width - taken, rect.height())

    def _align(self, section: int) -> Qt.AlignmentFlag:
        side = _RIGHT if self._is_at_right(section) else Qt.AlignmentFlag.AlignLeft
        return side | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignVCenter

    def _is_at_right(self, section: int) -> bool:
        return bool(COLUMNS[section].align & _RIGHT) != self.isRightToLeft()

    def _paint_arrow(self, painter: QPainter, rect: QRect, section: int) -> None:
        """A chevron beside the title, down for the largest first; faint when rows moved on since."""
        theme, box = self._context.theme, self._box(rect, section)
        metrics = theme.fonts.metrics("caption_strong")
        width = min(box.width(), metrics.horizontalAdvance(COLUMNS[section].title))
        x = box.right() - width - _TIGHT_STEP if self._is_at_right(section) else box.left() + width + 11
        y, lift = rect.center().y() + 0.5, 2.0 if self.descending else -2.0
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = QPen(ink(theme.tokens, "faint" if self.is_aged else "text"), 1.5)
        pen.setStyle(Qt.PenStyle.DotLine if self.is_aged else Qt.PenStyle.SolidLine)
        painter.setPen(pen)
        painter.drawPolyline([QPointF(x - 4, y - lift), QPointF(x, y + lift), QPointF(x + 4, y - lift)])
        painter.restore()
