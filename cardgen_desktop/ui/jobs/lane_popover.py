"""How many jobs run at once, lane by lane: a panel under its button, closed by Esc or a click beside it."""

from PySide6.QtCore import QPoint, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ...domain.job import Lane
from ...domain.queue import LaneStatus, QueueStatus
from ..components import Button, ElidedLabel, Label
from ..components.floating import cut_corners
from ..context import UiContext
from ..painting import draw_icon, fill_rounded, ink, stroke_rounded
from ..theme import RADIUS, SPACE
from .queue_control import MOST_AT_ONCE
from .queue_words import LANE_ICONS, LANE_NAMES, at_once, lane_facts

WIDTH = 408
SHOWN = tuple(lane for lane in LANE_NAMES if lane is not Lane.INTERACTIVE)


class LaneRow(QWidget):
    """One lane: its name and facts, a stepper, a pause.

    Signals: `stepped(Lane, int)`, `toggled(Lane)`.
    """

    stepped = Signal(object, object)
    toggled = Signal(object)

    def __init__(self, lane: Lane, *, context: UiContext) -> None:
        super().__init__()
        self._context, self._lane = context, lane
        name = LANE_NAMES[lane]
        self.name = ElidedLabel(name, context=context, role="body_medium")
        self.facts = ElidedLabel(context=context, role="caption", ink="muted")
        self.number = Label(context=context, role="body_medium")
        self.fewer = Button(f"{name}: fewer at once", context=context, variant="ghost", size="icon_small",
                            icon="chevron-down")  # fmt: skip
        self.more = Button(f"{name}: more at once", context=context, variant="ghost", size="icon_small",
                           icon="chevron-up")  # fmt: skip
        self.pause = Button("", context=context, variant="ghost", size="icon_small", icon="pause")
        self.fewer.clicked.connect(lambda: self.stepped.emit(lane, -1))
        self.more.clicked.connect(lambda: self.stepped.emit(lane, 1))
        self.pause.clicked.connect(lambda: self.toggled.emit(lane))
        self._lay_out()

    def show_lane(self, status: LaneStatus) -> None:
        """Show how the lane is now."""
        self.facts.setText(lane_facts(status))
        self.facts.set_ink("warning" if status.lowered and not status.paused else "muted")
        self.number.setText(f"{status.limit}")
        self.number.setAccessibleName(at_once(status.limit))
        self.fewer.setEnabled(status.limit > 1)
        self.more.setEnabled(status.limit < MOST_AT_ONCE)
        name = LANE_NAMES[self._lane]
        self.pause.setText(f"{name}: resume" if status.paused else f"{name}: pause")
        self.pause.set_icon("play" if status.paused else "pause")

    def _lay_out(self) -> None:
        self.number.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.number.setFixedWidth(24)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self.name)
        words.addWidget(self.facts)
        row = QHBoxLayout(self)
        row.setContentsMargins(28, 6, 0, 6)
        row.setSpacing(2)
        row.addLayout(words, 1)
        for widget in (self.fewer, self.number, self.more):
            row.addWidget(widget, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addSpacing(6)
        row.addWidget(self.pause, 0, Qt.AlignmentFlag.AlignVCenter)

    def paintEvent(self, event: QPaintEvent) -> None:
        x = self.width() - 20 if self.isRightToLeft() else 0
        middle = self.height() / 2 - 10
        painter = QPainter(self)
        draw_icon(
            painter,
            self._context.icons,
            LANE_ICONS[self._lane],
            20,
            "muted",
            QRectF(x, middle, 20, 20).topLeft(),
        )


class LanePopover(QWidget):
    """A row for each lane.

    Signals: `stepped(Lane, int)` and `toggled(Lane)` of its rows.
    """

    stepped = Signal(object, object)
    toggled = Signal(object)

    def __init__(self, *, context: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(
            parent,
            Qt.WindowType.Popup | Qt.WindowType.FramelessWindowHint | Qt.WindowType.NoDropShadowWindowHint,
        )
        self._context = context
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
        self.setFixedWidth(WIDTH)
        self.setAccessibleName("Jobs at once")
        self.rows = {lane: LaneRow(lane, context=context) for lane in SHOWN}
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE.LG, SPACE.MD, SPACE.MD, SPACE.MD)
        column.setSpacing(0)
        column.addWidget(Label("Jobs at once", context=context, role="small_strong"))
        for row in self.rows.values():
            column.addWidget(row)
            row.stepped.connect(self.stepped)
            row.toggled.connect(self.toggled)

    def show_queue(self, queue: QueueStatus) -> None:
        """Show every lane as it is now."""
        by_lane = {status.lane: status for status in queue.lanes}
        for lane, row in self.rows.items():
            row.setVisible(lane in by_lane)
            if lane in by_lane:
                row.show_lane(by_lane[lane])

    def open_below(self, widget: QWidget) -> None:
        """Show under a widget, their leading edges aligned, inside the window."""
        self.adjustSize()
        corner = widget.mapToGlobal(QPoint(0, widget.height() + 4))
        if widget.isRightToLeft():
            corner.setX(widget.mapToGlobal(QPoint(widget.width(), 0)).x() - self.width())
        window = widget.window()
        rightmost = window.mapToGlobal(QPoint(window.width() - 8, 0)).x() - self.width()
        self.move(min(corner.x(), rightmost), corner.y())
        self.show()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        cut_corners(self, RADIUS.TILE)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        first = next((row for row in self.rows.values() if not row.isHidden()), None)
        if first is not None:
            first.more.setFocus(Qt.FocusReason.PopupFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, tokens = QPainter(self), self._context.theme.tokens
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect = QRectF(self.rect())
        fill_rounded(painter, rect, RADIUS.TILE, ink(tokens, "surface"))
        stroke_rounded(painter, rect, RADIUS.TILE, ink(tokens, "border"))
