"""The cells of the jobs table for Qt: their size, a click on the action word, and one cell painted alone."""

from typing import cast

from PySide6.QtCore import QAbstractItemModel, QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from ...domain.job import JobSnapshot
from ..context import UiContext
from ..painting import ink, paint_row
from ..theme import HEIGHT
from . import words
from .columns import COLUMNS, INDEX
from .model import JOB_ROLE, JobsModel
from .row_painting import Cell, Look, RowPainter, inner
from .rows import Index


class JobDelegate(QStyledItemDelegate):
    """Answers for single cells; `JobsView` paints whole rows with the same `rows` at once.

    `hovered_row`, `focused_row`, `first_column` and `last_column` are told by the view.

    Signals: `action_triggered(JobSnapshot)` when the action word of a row is clicked.
    """

    action_triggered = Signal(object)

    def __init__(self, *, context: UiContext, parent: QWidget) -> None:
        super().__init__(parent)
        self._context = context
        self.rows = RowPainter(context)
        self.hovered_row = self.focused_row = -1
        self.first_column, self.last_column = 0, INDEX["time"]

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Rows have one height."""
        return QSize(COLUMNS[index.column()].width, HEIGHT.TABLE_ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Row background, hairline, content, focus line of one cell."""
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        row, tokens = index.row(), self._context.theme.tokens
        hovered = row == self.hovered_row
        leading = index.column() == self.first_column
        paint_row(painter, option.rect, tokens, selected=selected, hovered=hovered, leading=leading)
        job: JobSnapshot | None = index.data(JOB_ROLE)
        if job is not None:
            look = Look(
                (self.cell(QRectF(option.rect), index.column()),), selected,
                hovered or row == self.focused_row, self._is_mirrored(), painter.device().devicePixelRatio(),
            )  # fmt: skip
            model = index.model()
            now = model.clock() if isinstance(model, JobsModel) else job.updated_at
            self.rows.draw(painter, option.rect.top(), job, look, now)
        if row == self.focused_row:
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
        area = self.rows.action_area(self.cell(cell, index.column()), word, self._is_mirrored())
        return job if area.contains(x, y - cell.top()) else None

    def cell(self, rect: QRectF, column: int) -> Cell:
        """A cell without its paddings."""
        left, width = inner(
            rect.left(), rect.width(), first=column == self.first_column, last=column == self.last_column,
            mirrored=self._is_mirrored(),
        )  # fmt: skip
        return Cell(COLUMNS[column], left, width)

    def _is_mirrored(self) -> bool:
        parent = self.parent()
        return isinstance(parent, QWidget) and parent.isRightToLeft()

    def _paint_focus_line(self, painter: QPainter, option: QStyleOptionViewItem, column: int) -> None:
        rect, color = option.rect, ink(self._context.theme.tokens, "accent")
        painter.fillRect(rect.left(), rect.top(), rect.width(), 1, color)
        painter.fillRect(rect.left(), rect.bottom() - 1, rect.width(), 1, color)
        if column == self.last_column:
            painter.fillRect(rect.right(), rect.top(), 1, rect.height() - 1, color)
        if column == self.first_column:
            painter.fillRect(rect.left(), rect.top(), 1, rect.height() - 1, color)


def _is_click(event: QEvent) -> bool:
    released = event.type() == QEvent.Type.MouseButtonRelease
    return released and cast("QMouseEvent", event).button() == Qt.MouseButton.LeftButton
