"""The attempts of a job: when each began, how long it took, how it ended, and whether it may have cost."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from ...domain.job_views import JobAttempt
from ..components import tooltip
from ..context import UiContext
from ..painting import draw_icon, paint_text
from ..wording import NO_BREAK, counted, first_sentence
from . import words

ROW = 22
MOST_SHOWN = 30
BILLED = "possibly billed"
BILLED_MEANS = (
    "Possibly billed: the program ended while the provider was at work. What it came to is asked for "
    "afterwards, where the provider tells."
)
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_OUTCOMES = {
    "succeeded": "done",
    "failed": "failed",
    "cancelled": "cancelled",
    "paused": "paused",
    "held": "held",
    "waiting": "tries again",
    "queued": "queued again",
    "crashed": "the program ended",
    "interrupted": "the program ended",
}


@dataclass(frozen=True, slots=True)
class AttemptLine:
    """One row: what is at the left, what at the right; `billed` puts the mark behind it."""

    left: str
    right: str
    billed: bool = False
    whole: str = ""


def attempt_lines(attempts: Sequence[JobAttempt], now: float) -> tuple[AttemptLine, ...]:
    """The rows, oldest first; of many only the last ones, under a row that counts the others."""
    shown = attempts[-MOST_SHOWN:]
    lines = tuple(_line(attempt, now) for attempt in shown)
    if len(shown) == len(attempts):
        return lines
    return (AttemptLine(counted(len(attempts) - len(shown), "earlier attempt"), ""), *lines)


def _line(attempt: JobAttempt, now: float) -> AttemptLine:
    end = now if attempt.ended_at is None else attempt.ended_at
    began = words.clock_time(attempt.started_at, now)
    left = f"{attempt.number} · {began} · {words.duration(max(0.0, end - attempt.started_at))}"
    outcome = outcome_words(attempt)
    whole = f"attempt {left} · {outcome}" + (f", {BILLED}" if attempt.possibly_billed else "")
    if attempt.reason.strip():
        whole += f"\n{attempt.reason.strip()}"
    return AttemptLine(left, outcome, attempt.possibly_billed, whole)


def outcome_words(attempt: JobAttempt) -> str:
    """How an attempt ended, the reason before the bare outcome."""
    if attempt.outcome is None and attempt.ended_at is None:
        return "at work"
    reason = first_sentence(attempt.reason)
    if reason and attempt.outcome != "succeeded":
        return reason[:1].lower() + reason[1:] if not reason[:2].isupper() else reason
    return _OUTCOMES.get(attempt.outcome or "", (attempt.outcome or "ended").replace("_", " "))


def attempts_summary(attempts: Sequence[JobAttempt], now: float) -> str:
    """How many attempts took how long: "3 in 2 min 40 s"."""
    if len(attempts) < 2:
        return ""
    last = attempts[-1]
    end = now if last.ended_at is None else last.ended_at
    seconds = int(max(0.0, end - attempts[0].started_at))
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    parts = ((hours, "h"), (minutes, "min"), (rest if not hours else 0, "s"))
    told = " ".join(f"{number}{NO_BREAK}{unit}" for number, unit in parts if number)
    return f"{len(attempts):,} in {told or f'0{NO_BREAK}s'}"


class AttemptList(QWidget):
    """Paints attempt lines under each other; a row's tooltip has the whole reason."""

    def __init__(self, *, context: UiContext) -> None:
        super().__init__()
        self._context = context
        self._lines: tuple[AttemptLine, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    @property
    def lines(self) -> tuple[AttemptLine, ...]:
        """What is shown."""
        return self._lines

    def set_lines(self, lines: tuple[AttemptLine, ...]) -> None:
        """Show other attempts."""
        if lines == self._lines:
            return
        is_other_height = self._height(lines) != self._height(self._lines)
        self._lines = lines
        self.setAccessibleName("Attempts: " + "; ".join(line.whole or line.left for line in lines))
        if is_other_height:
            self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(240, self._height(self._lines))

    def minimumSizeHint(self) -> QSize:
        return QSize(120, self._height(self._lines))

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            line = self._line_at(event.pos().y())
            QToolTip.showText(event.globalPos(), tooltip(line.whole) if line else "", self)
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, top = QPainter(self), 0
        for line in self._lines:
            self._paint_line(painter, top, line)
            top += ROW * (2 if line.billed else 1)

    def _paint_line(self, painter: QPainter, top: int, line: AttemptLine) -> None:
        theme, mirrored = self._context.theme, self.isRightToLeft()
        row = QRectF(0, top, self.width(), ROW)
        taken = theme.fonts.metrics("small").horizontalAdvance(line.left) + 12
        room = row.adjusted(0, 0, -taken, 0) if mirrored else row.adjusted(taken, 0, 0, 0)
        paint_text(painter, row, theme.tokens, theme.fonts, line.left, role="small", token="muted")
        paint_text(painter, room, theme.tokens, theme.fonts, line.right, role="small_medium", align=_RIGHT)
        if line.billed:
            below = row.translated(0, ROW)
            width = theme.fonts.metrics("caption_medium").horizontalAdvance(BILLED)
            x = width + 4 if mirrored else self.width() - width - 20
            draw_icon(painter, self._context.icons, "warning", 16, "warning", QPointF(x, below.top() + 2))
            paint_text(
                painter, below, theme.tokens, theme.fonts, BILLED,
                role="caption_medium", token="warning", align=_RIGHT,
            )  # fmt: skip

    def _height(self, lines: Sequence[AttemptLine]) -> int:
        return ROW * sum(2 if line.billed else 1 for line in lines)

    def _line_at(self, y: int) -> AttemptLine | None:
        bottom = 0
        for line in self._lines:
            bottom += ROW * (2 if line.billed else 1)
            if y < bottom:
                return line
        return None
