"""The bar above the table: what the queue does, how much at once, and two clean-ups in one click."""

from collections.abc import Mapping

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ...domain.job import JobQuery, JobState
from ...domain.queue import QueueStatus
from ..components import Button, ElidedLabel, tooltip
from ..components.focus import PaintedButton
from ..context import UiContext
from ..painting import draw_icon, fill_rounded, ink, paint_focus, paint_text
from ..theme import HEIGHT, RADIUS
from .queue_words import lanes_short, lanes_words, queue_sentence

GAP, PADDING, CHEVRON = 8, 10, 16
LEAST_SENTENCE = 120
CLEARED = JobQuery(states=(JobState.SUCCEEDED, JobState.CANCELLED), needs_review=False)
"""What "Clear finished" takes off the list; what failed or is to be reviewed stays."""


class LanesButton(PaintedButton):
    """Says how many jobs run at once, and opens what changes it."""

    def __init__(self, *, context: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def say(self, words: str) -> None:
        """Change the words."""
        self.setText(words)
        self.setAccessibleName(f"Jobs at once: {words}")
        self.setToolTip(tooltip("How many jobs run at once"))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        width = self._context.theme.fonts.metrics("small_medium").horizontalAdvance(self.text())
        return QSize(round(width + 0.5) + 2 * PADDING + 4 + CHEVRON, HEIGHT.SMALL)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, theme = QPainter(self), self._context.theme
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect, mirrored = QRectF(self.rect()), self.isRightToLeft()
        fill = "pressed" if self.state in ("hover", "pressed") else "hover"
        fill_rounded(painter, rect, RADIUS.BADGE, ink(theme.tokens, fill))
        room = PADDING + CHEVRON + 4
        words = rect.adjusted(room if mirrored else PADDING, 0, -(PADDING if mirrored else room), 0)
        paint_text(painter, words, theme.tokens, theme.fonts, self.text(), role="small_medium")
        x = PADDING if mirrored else rect.width() - PADDING - CHEVRON
        at = QPointF(x, rect.center().y() - CHEVRON / 2)
        draw_icon(painter, self._context.icons, "chevron-down", CHEVRON, "muted", at)
        if self.shows_ring:
            paint_focus(painter, rect, theme.tokens, RADIUS.BADGE)


class QueueBar(QWidget):
    """One line of 28 px; what does not fit goes, the clean-ups last, and stays in the page's menu.

    Signals: `lanes_requested`, `retry_requested`, `clear_requested`.
    """

    lanes_requested = Signal()
    retry_requested = Signal()
    clear_requested = Signal()

    def __init__(self, *, context: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.failed = self.finished = 0
        self.sentence = ElidedLabel(context=context, role="small", ink="muted", parent=self)
        self.lanes = LanesButton(context=context, parent=self)
        self.retry = Button("", context=context, size="small", parent=self)
        self.clear = Button("", context=context, size="small", parent=self)
        self.lanes.clicked.connect(self.lanes_requested)
        self.retry.clicked.connect(self.retry_requested)
        self.clear.clicked.connect(self.clear_requested)
        self.setFixedHeight(HEIGHT.SMALL)
        self.show_queue(QueueStatus())
        self.set_counts(0, 0)

    def show_queue(self, queue: QueueStatus) -> None:
        """Say what the queue does now."""
        self.sentence.setText(queue_sentence(queue))
        self.sentence.set_ink("warning" if queue.paused else "muted")
        self._lanes_long, self._lanes_short = lanes_words(queue), lanes_short(queue)
        self._arrange()

    def set_counts(self, failed: int, finished: int) -> None:
        """Offer the clean-ups there is something for."""
        self.failed, self.finished = failed, finished
        self.retry.setText(f"Retry failed ({self.failed:,})")
        self.clear.setText(f"Clear finished ({self.finished:,})")
        self._arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def minimumSizeHint(self) -> QSize:
        return QSize(LEAST_SENTENCE, HEIGHT.SMALL)

    def _arrange(self) -> None:
        """The sentence at the page edge, the lanes beside it, the clean-ups at the other edge."""
        metrics = self._context.theme.fonts.metrics("small")
        sentence = round(metrics.horizontalAdvance(self.sentence.text()) + 1.5)
        self.lanes.say(self._lanes_long)
        shown = self._fitting(sentence)
        if len(shown) < 1 + bool(self.failed) + bool(self.finished) or sentence > self._room(shown):
            self.lanes.say(self._lanes_short)
            shown = self._fitting(sentence)
        self._place(shown, sentence)

    def _fitting(self, sentence: int) -> dict[QWidget, int]:
        """The buttons there is room for with their widths; the sentence gives way to a third of the line."""
        room = self.width() - min(sentence, max(LEAST_SENTENCE, self.width() // 3))
        shown: dict[QWidget, int] = {}
        for widget, number in ((self.lanes, 1), (self.retry, self.failed), (self.clear, self.finished)):
            width = widget.sizeHint().width()
            if number and width + GAP <= room:
                shown[widget] = width
                room -= width + GAP
        return shown

    def _room(self, shown: Mapping[QWidget, int]) -> int:
        return self.width() - sum(width + GAP for width in shown.values())

    def _place(self, shown: dict[QWidget, int], sentence: int) -> None:
        right = self.width()
        for button in (self.clear, self.retry):
            button.setVisible(button in shown)
            if button in shown:
                right -= shown[button]
                self._put(button, right, shown[button])
                right -= GAP
        lanes = shown.get(self.lanes, 0)
        width = max(0, min(sentence, right - (lanes + GAP if lanes else 0)))
        self._put(self.sentence, 0, width)
        self.lanes.setVisible(bool(lanes))
        if lanes:
            self._put(self.lanes, width + GAP, lanes)

    def _put(self, widget: QWidget, x: int, width: int) -> None:
        left = self.width() - x - width if self.isRightToLeft() else x
        widget.setGeometry(left, 0, width, self.height())
