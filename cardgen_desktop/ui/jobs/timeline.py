"""The steps of a job as a line of marks: done, at work or stopped, still to come."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from ...domain.draft import OFFLINE_ENGINE
from ...domain.job import JobSnapshot, JobState
from ...domain.job_kinds import DRAFT
from ...domain.job_views import JobStepView
from ..components import tooltip
from ..context import UiContext
from ..money import money
from ..painting import draw_icon, ink, paint_text
from ..wording import NO_BREAK, counted
from . import words

ROW = 30
_MARK = 18
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True, slots=True)
class StepLine:
    """One row: its mark and colours by name, its words; `brief` stands in for `right` in a small room."""

    icon: str
    token: str
    text: str
    right: str
    brief: str = ""
    role: str = "small"
    text_token: str = "text"
    done: bool = False
    whole: str = ""


_STOPPED = {
    JobState.RUNNING: ("running", "accent"),
    JobState.FAILED: ("failed", "danger"),
    JobState.WAITING: ("waiting", "warning"),
    JobState.HELD: ("held", "warning"),
    JobState.PAUSED: ("paused", "muted"),
    JobState.CANCELLED: ("cancelled", "muted"),
}


def step_lines(job: JobSnapshot, steps: Sequence[JobStepView]) -> tuple[StepLine, ...]:
    """The rows for the steps of a job; the first step that is not done is the one it is at."""
    lines: list[StepLine] = []
    at_work = True
    for step in steps:
        if step.done:
            words_right = _done_words(job, step)
            whole = "\n".join(part for part in (step.phase, words_right, usage_words(step)) if part)
            lines.append(
                StepLine("done", "accent", step.phase, words_right, step.summary, done=True, whole=whole)
            )
        elif at_work:
            lines.append(_current_line(job, step))
            at_work = False
        else:
            lines.append(StepLine("queued", "faint", step.phase, "", text_token="muted"))
    return tuple(lines)


def with_reading(job: JobSnapshot, steps: Sequence[JobStepView]) -> tuple[JobStepView, ...]:
    """The steps with those before the one at work ticked: reading has no result that is stored by itself."""
    at_work = [number for number, step in enumerate(steps) if not step.done and _is_at(job, step)]
    end = at_work[0] if at_work else 0
    return tuple(
        step if step.done or number >= end else step.model_copy(update={"done": True})
        for number, step in enumerate(steps)
    )


def _is_at(job: JobSnapshot, step: JobStepView) -> bool:
    return job.state is JobState.RUNNING and job.phase.startswith(step.phase)


def is_by_model(job: JobSnapshot) -> bool:
    """Whether a language model writes the job's texts, which are then shown as they come."""
    return job.kind == DRAFT and job.engine not in ("", OFFLINE_ENGINE)


def brief_lines(lines: Sequence[StepLine]) -> tuple[StepLine, ...]:
    """A long list with the text beside it: what is done and what is to come are one row each."""
    done = [line for line in lines if line.done]
    rest = [line for line in lines if not line.done]
    found = [_summed("done", "accent", done, "done", done=True)] if done else []
    found += rest[:1]
    if rest[1:]:
        found.append(_summed("queued", "faint", rest[1:], "to come"))
    return tuple(found)


def _summed(icon: str, token: str, lines: Sequence[StepLine], what: str, *, done: bool = False) -> StepLine:
    words_left = f"{counted(len(lines), 'step')} {what}"
    whole = "\n".join(line.text for line in lines)
    return StepLine(icon, token, words_left, "", text_token="muted", done=done, whole=whole)


def _current_line(job: JobSnapshot, step: JobStepView) -> StepLine:
    icon, token = _STOPPED.get(job.state, ("queued", "faint"))
    if job.state is JobState.FAILED:
        right = f"stopped at {words.clock_time(job.finished_at or job.updated_at, job.updated_at)}"
    else:
        right = words.percent(job) if job.state is JobState.RUNNING else ""
    return StepLine(icon, token, step.phase, right, right, role="small_strong")


def _done_words(job: JobSnapshot, step: JobStepView) -> str:
    """What a step has made and how long it took; several items at once take longer together than the job."""
    parts = [step.summary] if step.summary else []
    if step.seconds is not None and step.seconds >= 0.05 and (job.kind == DRAFT or _fits(job, step.seconds)):
        parts.append(f"{step.seconds:.1f}{NO_BREAK}s")
    return " · ".join(parts)


def _fits(job: JobSnapshot, seconds: float) -> bool:
    return job.finished_at is None or seconds <= job.active_seconds


def usage_words(step: JobStepView) -> str:
    """What a step took of a language model: "3,400 tokens in, 310 out · $0.0031"."""
    usage = step.usage
    if usage is None:
        return ""
    read = f"{usage.tokens_in:,} tokens in" + (
        f" ({usage.tokens_cached:,} cached)" * bool(usage.tokens_cached)
    )
    cost = f" · {money(usage.cost)}" if usage.cost is not None else ""
    return f"{read}, {usage.tokens_out:,} out{cost}"


def spent_on(steps: Sequence[JobStepView]) -> str:
    """What all steps took together, as short as a heading can have it: "46,200 tokens · $0.31"."""
    usages = [step.usage for step in steps if step.usage is not None]
    tokens = sum(usage.tokens_in + usage.tokens_out for usage in usages)
    known = [usage.cost for usage in usages if usage.cost]
    cost = f" · {money(sum(known, Decimal(0)))}" if known else ""
    return f"{counted(tokens, 'token')}{cost}" if tokens else ""


class StepTimeline(QWidget):
    """Paints step lines under each other; a row's tooltip says what it took."""

    def __init__(self, *, context: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._lines: tuple[StepLine, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    @property
    def lines(self) -> tuple[StepLine, ...]:
        """What is shown."""
        return self._lines

    def set_lines(self, lines: tuple[StepLine, ...]) -> None:
        """Show other steps."""
        if lines == self._lines:
            return
        is_longer = len(lines) != len(self._lines)
        self._lines = lines
        self.setAccessibleName("Steps: " + ", ".join(f"{line.text} {line.right}".strip() for line in lines))
        if is_longer:
            self.updateGeometry()
        self.update()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            number = event.pos().y() // ROW
            line = self._lines[number] if 0 <= number < len(self._lines) else None
            QToolTip.showText(event.globalPos(), tooltip(line.whole) if line else "", self)
            return True
        return super().event(event)

    def sizeHint(self) -> QSize:
        return QSize(240, ROW * len(self._lines))

    def minimumSizeHint(self) -> QSize:
        return QSize(120, ROW * len(self._lines))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        for number, line in enumerate(self._lines):
            self._paint_line(painter, number, line)

    def _paint_line(self, painter: QPainter, number: int, line: StepLine) -> None:
        theme, top = self._context.theme, number * ROW
        middle, mirrored = top + ROW / 2, self.isRightToLeft()
        x = self.width() - _MARK if mirrored else 0
        if number + 1 < len(self._lines):
            token = "accent" if line.done else "border"
            painter.fillRect(
                QRectF(x + _MARK / 2 - 0.75, middle + 10, 1.5, ROW - 20), ink(theme.tokens, token)
            )
        draw_icon(painter, self._context.icons, line.icon, _MARK, line.token, QPointF(x, middle - _MARK / 2))
        room = QRectF(0 if mirrored else _MARK + 10, top, self.width() - _MARK - 10, ROW)
        shown = self._right_words(line, room.width())
        taken = theme.fonts.metrics("caption").horizontalAdvance(shown) if shown else 0.0
        text = room.adjusted(taken + 8, 0, 0, 0) if mirrored else room.adjusted(0, 0, -taken - 8, 0)
        right = QRectF(room.left() if mirrored else room.right() - taken - 1, top, taken + 1, ROW)
        paint_text(painter, text, theme.tokens, theme.fonts, line.text, role=line.role, token=line.text_token)
        paint_text(
            painter, right, theme.tokens, theme.fonts, shown, role="caption", token="muted", align=_RIGHT
        )

    def _right_words(self, line: StepLine, room: float) -> str:
        """The name of the step comes first; beside it as much as fits."""
        fonts = self._context.theme.fonts
        left = room - fonts.metrics(line.role).horizontalAdvance(line.text) - 12
        caption = fonts.metrics("caption")
        said = (line.right, line.brief, line.brief.split(",")[0])
        return next((text for text in said if caption.horizontalAdvance(text) <= left), "")
