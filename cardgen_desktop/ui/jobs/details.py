"""The details of one job: where it is, what it has done, what went wrong, what can be done about it."""

import time
from collections.abc import Callable, Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from ...domain.card_library import CardRecord
from ...domain.job import JobSnapshot, JobState
from ...domain.job_views import JobStepView
from ..components import Badge, Button, ElidedLabel, Label, Pane, PortraitPicture
from ..context import UiContext
from ..painting import draw_icon, paint_bar
from ..states import state_of
from ..wording import counted, first_sentence
from . import words
from .actions import actions_for
from .timeline import StepTimeline, step_lines
from .written import WrittenText, excerpt

WIDTH = 336
PORTRAIT, BAR = 48, 8
SHOWN_ACTIONS = 3


class _Bar(QWidget):
    def __init__(self, *, context: UiContext) -> None:
        super().__init__()
        self._context = context
        self._state: str = "queued"
        self._fraction: float | None = 0.0
        self.setFixedHeight(BAR)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_progress(self, state: str, fraction: float | None) -> None:
        if (state, fraction) != (self._state, self._fraction):
            self._state, self._fraction = state, fraction
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, tokens = QPainter(self), self._context.theme.tokens
        rect, mirrored = QRectF(self.rect()), self.isRightToLeft()
        paint_bar(painter, rect, tokens, state=self._state, fraction=self._fraction, mirrored=mirrored)


class _Failure(QFrame):
    """What happened, and what was kept, on the wash of danger."""

    def __init__(self, *, context: UiContext) -> None:
        super().__init__()
        self._context = context
        self.setProperty("tile", "danger")
        self._what = Label(context=context, role="small_strong", wrap=True)
        self._why = Label(context=context, role="small", wrap=True)
        self._kept = Label(context=context, role="small", wrap=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 12, 14, 12)
        column.setSpacing(6)
        self._what.setContentsMargins(26, 0, 0, 0)
        for label in (self._what, self._why, self._kept):
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            column.addWidget(label)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        at = QPointF(self._what.geometry().topLeft())
        draw_icon(QPainter(self), self._context.icons, "failed", 18, "danger", at)

    def show_failure(self, error: str, kept: str) -> None:
        what = first_sentence(error) or "It stopped"
        rest = error[len(what) :].lstrip(". ")
        self._what.setText(what)
        self._why.setText(rest)
        self._why.setVisible(bool(rest))
        self._kept.setText(kept)


def kept_words(steps: Sequence[JobStepView]) -> str:
    """What a failed or cancelled job left behind."""
    done = sum(step.done for step in steps)
    if not done:
        return "Kept: the sources. Nothing was written yet."
    return f"Kept: {done} of {counted(len(steps), 'step')}; they are used again."


class JobDetails(Pane):
    """The right pane of the jobs page.

    Signals: `action_requested(str)` with an action key, `copy_requested`.
    """

    action_requested = Signal(object)
    copy_requested = Signal()

    def __init__(
        self, *, context: UiContext, clock: Callable[[], float] = time.time, parent: QWidget | None = None
    ) -> None:
        super().__init__(context=context, width=WIDTH, parent=parent)
        self._clock = clock
        self._job: JobSnapshot | None = None
        self._steps: tuple[JobStepView, ...] = ()
        self._build_head()
        self._build_middle()
        self._build_foot()
        self._lay_out()
        self.setAccessibleName("Details of the job")

    @property
    def job(self) -> JobSnapshot | None:
        """The job that is shown."""
        return self._job

    def show_job(self, job: JobSnapshot | None) -> None:
        """Show a job, or the same one further on."""
        is_another = (job and job.id) != (self._job and self._job.id)
        self._job = job
        if is_another:
            self._steps = ()
            self._written.show_text("")
        if job is not None:
            self._show_head(job)
            self._show_progress(job)
            self._show_outcome(job)
            self._show_actions(job)

    def show_steps(self, steps: tuple[JobStepView, ...]) -> None:
        """Show the steps of the job."""
        self._steps = steps
        if self._job is not None:
            self._show_outcome(self._job)

    def show_card(self, record: CardRecord) -> None:
        """Show the first lines of the card the job made."""
        data = record.card.data
        text, marks = excerpt(data.description, record.evidence.get("description", ()), data.name)
        self._written.show_text(text, marks)
        if self._job is not None:
            self._show_outcome(self._job)

    def tick(self) -> None:
        """A second has passed."""
        if self._job is not None:
            self._show_progress(self._job)

    def _build_head(self) -> None:
        context = self._context
        self._portrait = PortraitPicture(PORTRAIT, PORTRAIT, context=context)
        self._name = ElidedLabel(context=context, role="name_small")
        self._facts = ElidedLabel(context=context, role="caption", ink="muted")
        self._badge = Badge(context=context)
        self._percent = Label(context=context, role="small_strong")
        self._bar = _Bar(context=context)
        self._phase = ElidedLabel(context=context, role="caption", ink="muted")
        self._left = Label(context=context, role="caption", ink="muted")

    def _build_middle(self) -> None:
        context = self._context
        self._failure = _Failure(context=context)
        self._steps_title = Label("Steps", context=context, role="small_strong")
        self._timeline = StepTimeline(context=context)
        self._written_title = Label("Written", context=context, role="small_strong")
        self._open = Button("Open", context=context, variant="link", size="small")
        self._open.clicked.connect(lambda: self.action_requested.emit("open"))
        self._written = WrittenText(context=context)

    def _build_foot(self) -> None:
        context = self._context
        self._copy = Button("Copy details", context=context, variant="ghost", size="small", icon="copy")
        self._copy.clicked.connect(self.copy_requested)
        self.buttons = tuple(Button("", context=context, variant="outline") for _ in range(SHOWN_ACTIONS))
        self._keys = [""] * SHOWN_ACTIONS
        for number, button in enumerate(self.buttons):
            button.clicked.connect(lambda _checked=False, place=number: self._on_button(place))

    def _lay_out(self) -> None:
        self.body.setSpacing(0)
        self.body.addLayout(self._head_layout())
        self.body.addSpacing(16)
        self.body.addLayout(_row(self._badge, None, self._percent))
        self.body.addSpacing(8)
        self.body.addWidget(self._bar)
        self.body.addSpacing(6)
        self.body.addLayout(_row(self._phase, self._left))
        self.body.addSpacing(16)
        self.body.addWidget(self._failure)
        self.body.addSpacing(12)
        self.body.addWidget(self._steps_title)
        self.body.addSpacing(4)
        self.body.addWidget(self._timeline)
        self.body.addSpacing(16)
        self.body.addLayout(_row(self._written_title, None, self._open))
        self.body.addSpacing(4)
        self.body.addWidget(self._written)
        self.body.addStretch(1)
        self._lay_out_foot()

    def _head_layout(self) -> QHBoxLayout:
        names = QVBoxLayout()
        names.setSpacing(0)
        names.addWidget(self._name)
        names.addWidget(self._facts)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self._portrait)
        row.addLayout(names, 1)
        return row

    def _lay_out_foot(self) -> None:
        self.foot.addLayout(_row(self._copy, None))
        self.foot.addWidget(self.buttons[0])
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.buttons[1], 1)
        row.addWidget(self.buttons[2], 1)
        self.foot.addLayout(row)

    def _show_head(self, job: JobSnapshot) -> None:
        name = words.character_name(job)
        self._portrait.show_name(name)
        self._name.setText(name)
        self._facts.setText(" · ".join(part for part in (job.title, words.engine_name(job)) if part))

    def _show_progress(self, job: JobSnapshot) -> None:
        state = state_of(job)
        self._badge.show_kind(state, words.state_word(job))
        self._percent.setText(words.percent(job))
        self._bar.setVisible(words.has_bar(job))
        self._bar.show_progress(state, None if words.is_indeterminate(job) else job.progress / 100)
        self._phase.setText(words.progress_words(job) if job.state is not JobState.FAILED else job.phase)
        self._left.setText(words.time_left(job, self._clock()) or words.took(job))

    def _show_outcome(self, job: JobSnapshot) -> None:
        failed = job.state is JobState.FAILED
        self._failure.setVisible(failed)
        if failed:
            self._failure.show_failure(job.error or "It stopped.", kept_words(self._steps))
        self._steps_title.setVisible(bool(self._steps))
        self._timeline.set_lines(step_lines(job, self._steps))
        written = bool(self._written.text) and job.state is JobState.SUCCEEDED
        for widget in (self._written_title, self._open, self._written):
            widget.setVisible(written)

    def _show_actions(self, job: JobSnapshot) -> None:
        actions = actions_for(job)
        for number, button in enumerate(self.buttons):
            action = actions[number] if number < len(actions) else None
            button.setVisible(action is not None)
            if action is None:
                continue
            self._keys[number] = action.key
            button.setText(action.word)
            button.set_icon(action.icon)
            button.set_variant("primary" if number == 0 and action.key != "cancel" else "outline")

    def _on_button(self, place: int) -> None:
        self.action_requested.emit(self._keys[place])

    def minimumSizeHint(self) -> QSize:
        return QSize(288, 200)


def _row(*widgets: QWidget | None) -> QHBoxLayout:
    """Widgets beside each other; None is a stretch."""
    row = QHBoxLayout()
    row.setSpacing(8)
    for widget in widgets:
        if widget is None:
            row.addStretch(1)
        else:
            row.addWidget(widget, 1 if isinstance(widget, ElidedLabel) else 0)
    return row
