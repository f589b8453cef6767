"""The rows that can be seen, painted at once: grounds, hairlines, contents, the line of focus."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QTableView

from ..context import UiContext
from ..painting import ink
from ..theme import HEIGHT
from .column_control import ColumnControl
from .delegate import JobDelegate
from .model import JobsModel
from .row_painting import Cell, Look

ROW = HEIGHT.TABLE_ROW


class TablePainter:
    """Paints rows of a `JobsModel` into the viewport of its table."""

    def __init__(
        self, view: QTableView, columns: ColumnControl, delegate: JobDelegate, *, context: UiContext
    ) -> None:
        self._view, self._columns, self._delegate, self._context = view, columns, delegate, context
        self._cells: tuple[Cell, ...] = ()

    def paint(self, painter: QPainter, model: JobsModel, rows: range) -> None:
        """Rows on a ground that is painted already; each is composed at most once."""
        tokens, width = self._context.theme.tokens, self._view.viewport().width()
        wash, hover, border, accent = (ink(tokens, name) for name in ("wash", "hover", "border", "accent"))
        selection, top = self._view.selectionModel(), self._view.verticalHeader().offset()
        self._note_cells()
        hovered, mirrored = self._delegate.hovered_row, self._view.isRightToLeft()
        for row in rows:
            y, selected = row * ROW - top, selection.isSelected(model.index(row, 0))
            if selected or row == hovered:
                painter.fillRect(0, y, width, ROW, wash if selected else hover)
            painter.fillRect(0, y + ROW - 1, width, 1, border)
            if selected:
                painter.fillRect(width - 3 if mirrored else 0, y, 3, ROW - 1, accent)
            self._paint_content(painter, model, row, y, selected)

    def _paint_content(self, painter: QPainter, model: JobsModel, row: int, y: int, selected: bool) -> None:
        delegate, job = self._delegate, model.job(row)
        if job is not None:
            active = row in (delegate.hovered_row, delegate.focused_row)
            dpr = painter.device().devicePixelRatio()
            look = Look(self._cells, selected, active, self._view.isRightToLeft(), dpr)
            delegate.rows.draw(painter, y, job, look, model.clock())
        if row == delegate.focused_row:
            painter.setPen(ink(self._context.theme.tokens, "accent"))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            painter.drawRect(0, y, self._view.viewport().width() - 1, ROW - 2)

    def _note_cells(self) -> None:
        """The cells of every row; the same objects as long as no column moved, so that rows compare fast."""
        header, cell = self._view.horizontalHeader(), self._delegate.cell
        cells = tuple(
            cell(QRectF(header.sectionViewportPosition(number), 0, header.sectionSize(number), ROW), number)
            for number in self._columns.visible
        )
        if cells != self._cells:
            self._cells = cells
