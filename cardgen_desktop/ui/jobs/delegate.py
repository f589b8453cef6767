"""The jobs table as it is painted: one delegate for all columns (visual language, 6)."""

from collections.abc import Callable
from typing import cast

from PySide6.QtCore import (
    QAbstractItemModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QMouseEvent, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from ...domain.job import JobSnapshot, JobState
from ..context import UiContext
from ..painting import (
    action_rect,
    draw_picture,
    ink,
    paint_progress,
    paint_row,
    paint_state,
    paint_text,
    two_lines,
)
from ..states import state_of
from ..theme import HEIGHT
from . import words
from .columns import COLUMNS, INDEX
from .model import JOB_ROLE

PORTRAIT = 36
EDGE, PADDING, GAP = 24, 12, 12

Index = QModelIndex | QPersistentModelIndex
PaintCell = Callable[[QPainter, QRectF, JobSnapshot, Index, bool], None]


class JobDelegate(QStyledItemDelegate):
    """Paints every cell of the jobs table; `hovered_row` and `focused_row` are told by the view.

    Signals: `action_triggered(JobSnapshot)` when the action word of a row is clicked.
    """

    action_triggered = Signal(object)

    def __init__(self, *, context: UiContext, parent: QWidget) -> None:
        super().__init__(parent)
        self._context = context
        self.hovered_row = self.focused_row = -1
        self.last_column = len(COLUMNS) - 1
        self._cells: dict[str, PaintCell] = {
            "character": self._paint_character,
            "state": self._paint_state,
            "progress": self._paint_progress,
        }

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Rows have one height."""
        return QSize(COLUMNS[index.column()].width, HEIGHT.TABLE_ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Row background, hairline, content, focus line."""
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        column, tokens = COLUMNS[index.column()], self._context.theme.tokens
        hovered = index.row() == self.hovered_row
        paint_row(
            painter, option.rect, tokens, selected=selected, hovered=hovered, leading=index.column() == 0
        )
        job: JobSnapshot | None = index.data(JOB_ROLE)
        if job is not None:
            rect = self.content_rect(QRectF(option.rect), index.column())
            self._cells.get(column.key, self._paint_text)(painter, rect, job, index, selected)
        if index.row() == self.focused_row:
            self._paint_focus_line(painter, option, index.column())

    def editorEvent(
        self, event: QEvent, model: QAbstractItemModel, option: QStyleOptionViewItem, index: Index
    ) -> bool:
        """A click on the action word acts."""
        if _is_click(event):
            point = cast("QMouseEvent", event).position()
            job = self.acting_job(QRectF(option.rect), index, point.x(), point.y())
            if job is not None:
                self.action_triggered.emit(job)
                return True
        return super().editorEvent(event, model, option, index)

    def acting_job(self, cell: QRectF, index: Index, x: float, y: float) -> JobSnapshot | None:
        """The job whose action word lies at a point of a cell."""
        job: JobSnapshot | None = index.data(JOB_ROLE)
        if job is None or index.column() != INDEX["progress"] or not (word := words.action_word(job)):
            return None
        rect = action_rect(self.content_rect(cell, index.column()), self._context.theme.fonts, word)
        return job if rect.contains(x, y) else None

    def content_rect(self, cell: QRectF, column: int) -> QRectF:
        """A cell without its padding; the first and the last column keep the page edge."""
        left = EDGE if column == 0 else PADDING
        right = EDGE if column == self.last_column else PADDING
        return cell.adjusted(left, 0, -right, 0)

    def _paint_character(
        self, painter: QPainter, rect: QRectF, job: JobSnapshot, index: Index, selected: bool
    ) -> None:
        context, theme = self._context, self._context.theme
        name, dpr = words.character_name(job), painter.device().devicePixelRatio()
        corner = QRectF(rect.left(), rect.center().y() - PORTRAIT / 2, PORTRAIT, PORTRAIT)
        draw_picture(painter, context.portraits.pixmap(name, PORTRAIT, PORTRAIT, dpr), corner)
        upper, lower = two_lines(rect.adjusted(PORTRAIT + GAP, 0, 0, 0))
        role = "body_strong" if selected else "body_medium"
        paint_text(painter, upper, theme.tokens, theme.fonts, name, role=role)
        paint_text(painter, lower, theme.tokens, theme.fonts, job.title, role="caption", token="muted")

    def _paint_state(
        self, painter: QPainter, rect: QRectF, job: JobSnapshot, index: Index, selected: bool
    ) -> None:
        theme = self._context.theme
        word = words.state_word(job)
        paint_state(
            painter, rect, theme.tokens, theme.fonts, self._context.icons, state=state_of(job), word=word
        )

    def _paint_progress(
        self, painter: QPainter, rect: QRectF, job: JobSnapshot, index: Index, selected: bool
    ) -> None:
        theme, action = self._context.theme, words.action_word(job)
        plainly_done = job.state is JobState.SUCCEEDED and not job.needs_review
        if plainly_done and not selected and index.row() not in (self.hovered_row, self.focused_row):
            action = ""
        paint_progress(
            painter,
            rect,
            theme.tokens,
            theme.fonts,
            state=state_of(job),
            fraction=None if words.is_indeterminate(job) else job.progress / 100,
            phase=words.progress_words(job),
            right_text=words.percent(job),
            action=action,
            mirrored=self._is_mirrored(),
        )

    def _paint_text(
        self, painter: QPainter, rect: QRectF, job: JobSnapshot, index: Index, selected: bool
    ) -> None:
        theme, column = self._context.theme, COLUMNS[index.column()]
        text = index.data(Qt.ItemDataRole.DisplayRole) or ""
        paint_text(
            painter, rect, theme.tokens, theme.fonts, text, role="small", token="muted", align=column.align
        )

    def _is_mirrored(self) -> bool:
        parent = self.parent()
        return isinstance(parent, QWidget) and parent.isRightToLeft()

    def _paint_focus_line(self, painter: QPainter, option: QStyleOptionViewItem, column: int) -> None:
        rect, color = option.rect, ink(self._context.theme.tokens, "accent")
        painter.fillRect(rect.left(), rect.top(), rect.width(), 1, color)
        painter.fillRect(rect.left(), rect.bottom() - 1, rect.width(), 1, color)
        if column == self.last_column:
            painter.fillRect(rect.right(), rect.top(), 1, rect.height() - 1, color)
        if column == 0:
            painter.fillRect(rect.left(), rect.top(), 1, rect.height() - 1, color)


def _is_click(event: QEvent) -> bool:
    released = event.type() == QEvent.Type.MouseButtonRelease
    return released and cast("QMouseEvent", event).button() == Qt.MouseButton.LeftButton
