"""The strip of batches under way: "Pride and Prejudice: 12 of 40"; a click shows only that batch."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ...domain.job_views import BatchView
from ..components import Button, Menu, tooltip
from ..components.focus import PaintedButton
from ..context import UiContext
from ..painting import draw_icon, fill_rounded, ink, paint_bar, paint_focus, paint_text, stroke_rounded
from ..theme import HEIGHT, RADIUS
from ..wording import counted

GAP, PADDING, BAR, MORE = 8, 10, 3, 28
BELOW = 12
"""Room between the chips and the foot of the page."""
WIDEST, NARROWEST = 300, 148


def batch_name(batch: BatchView) -> str:
    """A batch without a title is one of jobs."""
    return batch.title or "Jobs queued together"


def batch_words(batch: BatchView) -> str:
    """How far a batch is: "Pride and Prejudice: 12 of 40"."""
    return f"{batch_name(batch)}: {batch.finished:,} of {batch.total:,}"


def ended_words(batch: BatchView) -> str:
    """What the end of a batch is called: "Pride and Prejudice: 40 jobs done"."""
    done = batch.total - batch.failed
    failed = f" · {batch.failed:,} failed" if batch.failed else ""
    return f"{batch_name(batch)}: {counted(done, 'job')} done{failed}"


class BatchChip(PaintedButton):
    """One batch with a thin bar; checked while the table shows it alone.

    Signals: those of a button, and `menu_requested(QPoint)` with a global position.
    """

    menu_requested = Signal(object)

    def __init__(self, batch: BatchView, *, context: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context, self.batch = context, batch
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.show_batch(batch)

    def show_batch(self, batch: BatchView) -> None:
        """Show the batch further on."""
        self.batch = batch
        failed = f" · {batch.failed:,} failed" if batch.failed else ""
        self.setText(batch_words(batch))
        self.setAccessibleName(f"{batch_words(batch)}{failed}")
        self.setAccessibleDescription("Shows only this batch; the menu key has more")
        self.setToolTip(tooltip(f"{batch_words(batch)}{failed}"))
        self.update()

    def sizeHint(self) -> QSize:
        width = self._context.theme.fonts.metrics("small_medium").horizontalAdvance(self.text())
        return QSize(max(NARROWEST, min(WIDEST, round(width + 1.5) + PADDING + MORE + 4)), HEIGHT.CHIP)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.menu_requested.emit(event.globalPos())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self._more().contains(event.position()) and event.button() == Qt.MouseButton.LeftButton:
            self.menu_requested.emit(self.mapToGlobal(QPoint(round(self._more().left()), self.height() + 4)))
        else:
            super().mousePressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, theme = QPainter(self), self._context.theme
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect, mirrored, chosen = QRectF(self.rect()), self.isRightToLeft(), self.isChecked()
        fill = "wash" if chosen else "hover" if self.state in ("hover", "pressed") else "surface"
        fill_rounded(painter, rect, RADIUS.BADGE, ink(theme.tokens, fill))
        stroke_rounded(painter, rect, RADIUS.BADGE, ink(theme.tokens, "accent" if chosen else "border"))
        words = rect.adjusted(MORE if mirrored else PADDING, 0, -(PADDING if mirrored else MORE), -3)
        token = "wash_text" if chosen else "text"
        self._paint_words(painter, words, token)
        bar = QRectF(PADDING, rect.bottom() - 5.5, rect.width() - 2 * PADDING, BAR)
        fraction = self.batch.progress / 100 if self.batch.total else 0.0
        paint_bar(painter, bar, theme.tokens, state="running", fraction=fraction, mirrored=mirrored)
        at = self._more().center() - QPointF(8, 9)
        draw_icon(painter, self._context.icons, "more", 16, "muted", at)
        if self.shows_ring:
            paint_focus(painter, rect, theme.tokens, RADIUS.BADGE)

    def _paint_words(self, painter: QPainter, rect: QRectF, token: str) -> None:
        """The name gives way, the numbers stay."""
        theme, numbers = self._context.theme, f": {self.batch.finished:,} of {self.batch.total:,}"
        metrics = theme.fonts.metrics("small_medium")
        room = int(rect.width() - metrics.horizontalAdvance(numbers))
        name = metrics.elidedText(batch_name(self.batch), Qt.TextElideMode.ElideRight, max(0, room))
        paint_text(painter, rect, theme.tokens, theme.fonts, name + numbers, role="small_medium", token=token)

    def _more(self) -> QRectF:
        return QRectF(0 if self.isRightToLeft() else self.width() - MORE, 0, MORE, self.height())


class BatchBar(QWidget):
    """The batches under way, newest first; those that do not fit are behind a menu.

    Signals: `chosen(BatchView)`, `cleared`, `cancel_requested(BatchView)`, `retry_requested(BatchView)`.
    """

    chosen = Signal(object)
    cleared = Signal()
    cancel_requested = Signal(object)
    retry_requested = Signal(object)

    def __init__(self, *, context: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._current: int | None = None
        self.chips: dict[int, BatchChip] = {}
        self.more = Button("", context=context, variant="ghost", size="small", parent=self)
        self.more.clicked.connect(lambda: self.make_more_menu().open_below(self.more))
        self._folded: tuple[BatchView, ...] = ()
        self.setFixedHeight(HEIGHT.CHIP + BELOW)
        self.hide()

    def show_batches(self, batches: Sequence[BatchView]) -> None:
        """Show those under way, and the one that the table is filtered to."""
        shown = {
            batch.id: batch for batch in batches if batch.finished < batch.total or batch.id == self._current
        }
        for batch_id in [known for known in self.chips if known not in shown]:
            chip = self.chips.pop(batch_id)
            chip.hide()
            chip.deleteLater()
        for batch in shown.values():
            if batch.id in self.chips:
                self.chips[batch.id].show_batch(batch)
            else:
                self.chips[batch.id] = self._make(batch)
        self.chips = {batch_id: self.chips[batch_id] for batch_id in shown}
        self.setVisible(bool(shown))
        self._arrange()

    def set_current(self, batch_id: int | None) -> None:
        """Check the batch that the table shows alone."""
        self._current = batch_id
        for key, chip in self.chips.items():
            chip.setChecked(key == batch_id)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def minimumSizeHint(self) -> QSize:
        return QSize(NARROWEST, HEIGHT.CHIP + BELOW)

    def make_menu(self, batch: BatchView) -> Menu:
        """What can be done with a batch."""
        menu = Menu(context=self._context, parent=self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if batch.id == self._current:
            menu.add("Show all jobs", self.cleared.emit, icon="jobs")
        else:
            menu.add("Show only this batch", lambda: self.chosen.emit(batch), icon="eye")
        rest = batch.total - batch.finished
        if rest:
            text = f"Cancel the rest ({rest:,})"
            menu.add(text, lambda: self.cancel_requested.emit(batch), icon="close")
        if batch.failed:
            text = f"Try failed again ({batch.failed:,})"
            menu.add(text, lambda: self.retry_requested.emit(batch), icon="retry")
        return menu

    def make_more_menu(self) -> Menu:
        """The batches there is no room for."""
        menu = Menu(context=self._context, parent=self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for batch in self._folded:
            menu.add(batch_words(batch), partial(self.chosen.emit, batch))
        return menu

    def _make(self, batch: BatchView) -> BatchChip:
        chip = BatchChip(batch, context=self._context, parent=self)
        chip.setChecked(batch.id == self._current)
        chip.clicked.connect(lambda: self._on_clicked(chip))
        chip.menu_requested.connect(lambda point: self.make_menu(chip.batch).popup(point))
        return chip

    def _on_clicked(self, chip: BatchChip) -> None:
        if chip.isChecked():
            self.chosen.emit(chip.batch)
        else:
            self.cleared.emit()

    def _arrange(self) -> None:
        """The checked one first; then as many as fit."""
        chips = sorted(self.chips.values(), key=lambda chip: chip.batch.id != self._current)
        fitting = self._fitting(chips)
        self._folded = tuple(chip.batch for chip in chips[fitting:])
        x = 0
        for number, chip in enumerate(chips):
            chip.setVisible(number < fitting)
            if number < fitting:
                x = self._put(chip, x, min(chip.sizeHint().width(), self.width()))
        self.more.setText(f"{len(self._folded)} more")
        self.more.setVisible(bool(self._folded))
        if self._folded:
            self._put(self.more, x, self.more.sizeHint().width())

    def _fitting(self, chips: Sequence[BatchChip]) -> int:
        widths = [chip.sizeHint().width() + GAP for chip in chips]
        if sum(widths) - GAP <= self.width():
            return len(chips)
        room = self.width() - 80
        count = next((n for n in range(len(chips), 0, -1) if sum(widths[:n]) <= room), 1)
        return max(1, count)

    def _put(self, widget: QWidget, x: int, width: int) -> int:
        left = self.width() - x - width if self.isRightToLeft() else x
        height = widget.sizeHint().height()
        widget.setGeometry(left, (HEIGHT.CHIP - height) // 2, width, height)
        return x + width + GAP
