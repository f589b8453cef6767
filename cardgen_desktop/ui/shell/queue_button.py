"""The button at the foot of the sidebar: how many jobs are at work, how many wait, and what holds them."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter

from ..components import tooltip
from ..context import UiContext
from ..painting import draw_icon, fill_rounded, ink, paint_text
from .sidebar_button import SidebarButton, placed

if TYPE_CHECKING:
    from ...domain.job import JobState
    from ...domain.queue import QueueStatus

HEIGHT, BADGE = 44, 16
IDLE = "Nothing at work"
_CENTRE = Qt.AlignmentFlag.AlignCenter


def work_words(counts: Mapping[str, int]) -> str:
    """How many jobs are at work and how many wait: "3 at work · 12 waiting"."""
    running, waiting = _numbers(counts)
    parts = [f"{running:,} at work"] if running else []
    parts += [f"{waiting:,} waiting"] if waiting else []
    return " · ".join(parts) or IDLE


def state_words(queue: "QueueStatus | None") -> str:
    """What keeps the queue from going on, if anything: paused, offline, a gate that needs the person."""
    if queue is None:
        return ""
    if queue.paused:
        return "Queue paused"
    held = sum(gate.held for gate in queue.gates)
    if any(gate.reason == "offline" for gate in queue.gates):
        return f"Offline · {held:,} held" if held else "Offline"
    if queue.gates:
        return f"{held:,} held" if held else ""
    paused = sum(lane.paused for lane in queue.lanes)
    return "" if not paused else "1 lane paused" if paused == 1 else f"{paused} lanes paused"


def _numbers(counts: Mapping[str, int]) -> tuple[int, int]:
    running = counts.get("running", 0)
    return running, sum(counts.get(state, 0) for state in ("queued", "waiting", "held", "paused"))


class QueueButton(SidebarButton):
    """Two lines and an icon; on the narrow bar the icon with the number on it."""

    def __init__(self, *, context: UiContext) -> None:
        self._counts: dict[str, int] = {}
        self._queue: QueueStatus | None = None
        super().__init__(IDLE, context=context)
        self.setFixedHeight(HEIGHT)

    @property
    def state_line(self) -> str:
        """The second line."""
        return state_words(self._queue)

    @property
    def badge(self) -> str:
        """The number on the narrow bar: what is at work, else what waits."""
        running, waiting = _numbers(self._counts)
        number = running or waiting
        return "" if not number else f"{number}" if number < 100 else "99+"

    def show_counts(self, counts: "Mapping[JobState, int]") -> None:
        """Show how many jobs are in each state."""
        self._counts = {state.value: number for state, number in counts.items()}
        self._say()

    def show_queue(self, queue: "QueueStatus") -> None:
        """Show whether the queue is paused or held."""
        self._queue = queue
        self._say()

    def set_narrow(self, narrow: bool) -> None:
        """Show the words, or the icon with a tooltip."""
        self.narrow = narrow
        self.setToolTip(tooltip(self.accessibleName()))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(40, HEIGHT)

    def _say(self) -> None:
        words = [work_words(self._counts), self.state_line, "show jobs"]
        self.setText(words[0])
        self.setAccessibleName(", ".join(word for word in words if word))
        self.set_narrow(self.narrow)

    def _icon(self) -> tuple[str, str]:
        if self._queue is not None and self._queue.paused:
            return "paused", "muted"
        if self._counts.get("running"):
            return "running", "accent"
        # The connection above has the crossed-out cloud already.
        is_held = self._queue is not None and bool(self._queue.gates)
        return ("waiting", "warning") if is_held else ("queued", "muted")

    def _paint_content(self, painter: QPainter, rect: QRectF) -> None:
        theme, (icon, token) = self._context.theme, self._icon()
        left = (rect.width() - 20) / 2 if self.narrow else 10
        at = placed(self, left, 12, 20, 20).topLeft()
        draw_icon(painter, self._context.icons, icon, 20, token, at)
        if self.narrow:
            self._paint_badge(painter, rect)
            return
        line = self.state_line
        width = rect.width() - 46
        upper = placed(self, 41, 4, width, 18) if line else placed(self, 41, 0, width, rect.height())
        paint_text(painter, upper, theme.tokens, theme.fonts, self.text(), role="small_medium")
        if line:
            lower = placed(self, 41, 22, width, 16)
            paint_text(painter, lower, theme.tokens, theme.fonts, line, role="caption", token="muted")

    def _paint_badge(self, painter: QPainter, rect: QRectF) -> None:
        if not self.badge:
            return
        theme = self._context.theme
        width = max(BADGE, theme.fonts.metrics("caption_strong").horizontalAdvance(self.badge) + 8)
        box = placed(self, rect.width() - width, 3, width, BADGE)
        fill_rounded(painter, box, BADGE / 2, ink(theme.tokens, "accent"))
        paint_text(
            painter, box, theme.tokens, theme.fonts, self.badge,
            role="caption_strong", token="on_accent", align=_CENTRE,
        )  # fmt: skip
