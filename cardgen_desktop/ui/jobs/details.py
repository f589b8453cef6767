"""The details of one job: where it is, what it has done, what went wrong, what can be done about it."""

import time
from collections.abc import Callable

from PySide6.QtCore import QSize, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ...domain.card_library import CardRecord
from ...domain.job import TERMINAL_STATES, JobSnapshot, JobState
from ...domain.job_views import JobDetails as Details
from ...domain.job_views import JobStepView
from ..cards.fields import label_of
from ..components import Button, Label, Pane
from ..context import UiContext
from ..wording import counted
from .attempts import BILLED_MEANS, AttemptList, attempt_lines, attempts_summary
from .details_foot import DetailsFoot
from .details_head import DetailsHead
from .failure import FailureTile
from .figures import FigureList, figures_of, spent_words
from .fold import Fold
from .log_view import LogView
from .reasons import failed, kept_words, standstill
from .remedies import RemedyRow, remedies_of
from .timeline import StepTimeline, brief_lines, is_by_model, spent_on, step_lines, with_reading
from .written import WrittenText, excerpt

WIDTH = 336
MOST_STEPS = 7
"""So many steps are shown in full beside a text that is being written."""

TAIL = 240
"""How many characters of a text that is still streaming are shown."""


class JobDetails(Pane):
    """The right pane of the jobs page.

    Signals: `action_requested(key)`, `remedy_chosen(Remedy)`, `copy_requested`, `report_requested(suffix)`,
    `changes_requested`, and `became_visible`.
    """

    action_requested = Signal(object)
    remedy_chosen = Signal(object)
    copy_requested = Signal()
    report_requested = Signal(str)
    changes_requested = Signal()
    became_visible = Signal()

    def __init__(
        self, *, context: UiContext, clock: Callable[[], float] = time.time, parent: QWidget | None = None
    ) -> None:
        super().__init__(context=context, width=WIDTH, parent=parent)
        self._clock = clock
        self._job: JobSnapshot | None = None
        self._details = Details()
        self._batch = self._writes = self._last_text = ""
        self._all_steps = False
        self._second = QTimer(self, interval=1000)
        self._second.timeout.connect(self.tick)
        self._build()
        self._lay_out()
        self.setAccessibleName("Details of the job")

    @property
    def context(self) -> UiContext:
        """The services of the window."""
        return self._context

    @property
    def job(self) -> JobSnapshot | None:
        """The job that is shown."""
        return self._job

    @property
    def buttons(self) -> tuple[Button, ...]:
        """The buttons of the job's actions, the likeliest first."""
        return self.foot_buttons.buttons

    def show_job(self, job: JobSnapshot | None) -> None:
        """Show a job, or the same one further on; what is open and where one reads stays for the same one."""
        is_another = (job and job.id) != (self._job and self._job.id)
        self._job = job
        if is_another:
            self._forget()
        if job is not None:
            self.head.show_job(job)
            self.head.show_progress(job, self._clock())
            self.foot_buttons.show_job(job)
            self.figures.show_figures(figures_of(job, self._batch))
            self.figures_fold.heading.say(spent_words(job))
            self._show_outcome(job)
        self._mind_the_clock()

    def show_details(self, details: Details) -> None:
        """Show what was read about the job: steps, attempts, log, partial text."""
        self._details = details
        self._show_log()
        if self._job is not None:
            self._show_outcome(self._job)

    def show_steps(self, steps: tuple[JobStepView, ...]) -> None:
        """Show other steps."""
        self.show_details(self._details.model_copy(update={"steps": steps}))

    def show_streamed(self, path: str, text: str) -> None:
        """Show what a running job is writing at this moment, and of which field."""
        self._details = self._details.model_copy(update={"partial": text})
        self._writes = label_of(path) if path else ""
        if self._job is not None and self._job.state is JobState.RUNNING:
            self._show_written(self._job)

    def name_batch(self, title: str) -> None:
        """Show the title of the batch the job came in."""
        self._batch = title
        if self._job is not None:
            self.figures.show_figures(figures_of(self._job, title))

    def show_card(self, record: CardRecord) -> None:
        """Show the first lines of the card the job made."""
        data = record.card.data
        text, marks = excerpt(data.description, record.evidence.get("description", ()), data.name)
        self._written.show_text(text, marks)
        if self._job is not None:
            self._show_outcome(self._job)

    def tick(self) -> None:
        """A second has passed."""
        if self._job is not None and self._job.state not in TERMINAL_STATES:
            self.head.show_progress(self._job, self._clock())
            self._show_standstill(self._job)
            self._show_attempts(self._job)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._mind_the_clock()
        self.became_visible.emit()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._second.stop()

    def minimumSizeHint(self) -> QSize:
        return QSize(288, 200)

    def _build(self) -> None:
        context = self._context
        self.head = DetailsHead(context=context)
        self._failure = FailureTile(context=context)
        self.remedies = RemedyRow(context=context)
        self._steps_title = Label("Steps", context=context, role="small_strong")
        self._steps_count = Label(context=context, role="caption", ink="muted")
        self._more_steps = Button("All", context=context, variant="link", size="small")
        self._more_steps.setToolTip("Every step of the draft, or only where it is")
        self._more_steps.hide()
        self._timeline = StepTimeline(context=context)
        self._attempts_title = Label("Attempts", context=context, role="small_strong")
        self._attempts_sum = Label(context=context, role="caption", ink="muted")
        self._attempts = AttemptList(context=context)
        self._billed = Label(BILLED_MEANS, context=context, role="caption", ink="muted", wrap=True)
        self._written_title = Label("Written", context=context, role="small_strong")
        self._kept = Label(context=context, role="caption", ink="muted")
        self._open = Button("Open", context=context, variant="link", size="small")
        self._copy_partial = Button("Copy", context=context, variant="link", size="small")
        self._written = WrittenText(context=context)
        self.figures = FigureList(context=context)
        self.figures_fold = Fold("Figures", self.figures, context=context)
        self.log = LogView(context=context)
        self.log_fold = Fold("Log", self.log, context=context)
        self.foot_buttons = DetailsFoot(context=context)
        self._connect()

    def _connect(self) -> None:
        foot = self.foot_buttons
        foot.action_requested.connect(self.action_requested)
        self.remedies.chosen.connect(self.remedy_chosen)
        foot.copy_requested.connect(self.copy_requested)
        foot.report_requested.connect(self.report_requested)
        foot.changes_requested.connect(self.changes_requested)
        self._open.clicked.connect(lambda: self.action_requested.emit("open"))
        self._copy_partial.clicked.connect(self._copy_written)
        self._more_steps.clicked.connect(self._toggle_steps)
        self.log_fold.opened.connect(self.log.fill)

    def _lay_out(self) -> None:
        body = self.body
        body.setSpacing(0)
        body.addWidget(self.head)
        body.addSpacing(14)
        body.addWidget(self._failure)
        body.addSpacing(8)
        body.addWidget(self.remedies)
        for title, right, *content in (
            (self._written_title, (self._kept, self._copy_partial, self._open), self._written),
            (self._steps_title, (self._steps_count, self._more_steps), self._timeline),
            (self._attempts_title, (self._attempts_sum,), self._attempts, self._billed),
        ):
            body.addWidget(_section(title, right, *content))
        body.addSpacing(16)
        body.addWidget(self.figures_fold)
        body.addWidget(self.log_fold)
        body.addStretch(1)
        self.foot.addWidget(self.foot_buttons)

    def _forget(self) -> None:
        """Another job: nothing of the one before is shown for it."""
        self._details, self._batch, self._writes = Details(), "", ""
        self._written.show_text("")
        self._show_log()
        self.scroller.verticalScrollBar().setValue(0)

    def _show_outcome(self, job: JobSnapshot) -> None:
        self._show_standstill(job)
        self._show_steps(job)
        self._show_attempts(job)
        self._show_written(job)

    def _show_steps(self, job: JobSnapshot) -> None:
        """The steps of a job; of a long list that is under way only where it is, until all are asked for."""
        steps = with_reading(job, self._details.steps)
        _show_section(self._timeline, bool(steps))
        done = sum(step.done for step in steps)
        counts = (f"{done} of {len(steps)}" if steps else "", spent_on(steps))
        self._steps_count.setText(" · ".join(part for part in counts if part))
        lines = step_lines(job, steps)
        is_long = len(lines) > MOST_STEPS and job.state is JobState.RUNNING and is_by_model(job)
        self._more_steps.setVisible(is_long)
        self._more_steps.setText("Fewer" if self._all_steps else "All")
        self._timeline.set_lines(brief_lines(lines) if is_long and not self._all_steps else lines)

    def _toggle_steps(self) -> None:
        self._all_steps = not self._all_steps
        if self._job is not None:
            self._show_steps(self._job)

    def _show_standstill(self, job: JobSnapshot) -> None:
        if job.state is JobState.FAILED:
            kept = kept_words(self._details.steps, self._details.partial)
            self._failure.tell(failed(job, kept))
        else:
            self._failure.tell(standstill(job, self._clock()))
        self.remedies.show_remedies(remedies_of(job, has_partial=bool(self._details.partial)))

    def _show_attempts(self, job: JobSnapshot) -> None:
        attempts, now = self._details.attempts, self._clock()
        told = len(attempts) > 1 or any(one.possibly_billed or one.reason for one in attempts)
        _show_section(self._attempts, told)
        if told:
            self._attempts.set_lines(attempt_lines(attempts, now))
            self._attempts_sum.setText(attempts_summary(attempts, now))
            self._billed.setVisible(any(one.possibly_billed for one in attempts))

    def _show_written(self, job: JobSnapshot) -> None:
        partial, is_done = self._details.partial, job.state is JobState.SUCCEEDED
        is_running = job.state is JobState.RUNNING
        self._written.grows = is_running
        if is_running and not partial and self._written.text:
            return  # between two steps the last text stays, or all below it would jump
        self._last_text = partial
        if not is_done:
            self._written.show_text(tail_of(partial))
        so_far = self._writes if is_running and self._writes else "Written so far"
        self._written_title.setText("Written" if is_done else so_far)
        self._kept.setText("" if is_done else f"{counted(len(partial.split()), 'word')} kept")
        self._open.setVisible(is_done)
        self._copy_partial.setVisible(not is_done)
        _show_section(self._written, bool(self._written.text))

    def _show_log(self) -> None:
        log = self._details.log
        self.log.show_log(log)
        self.log_fold.heading.say(counted(len(log), "line") if log else "empty")

    def _copy_written(self) -> None:
        QGuiApplication.clipboard().setText(self._last_text)
        self._context.notify.toast("Text copied")

    def _mind_the_clock(self) -> None:
        """Seconds pass only for a job that is not finished, and only where somebody can see them."""
        if self.isVisible() and self._job is not None and self._job.state not in TERMINAL_STATES:
            self._second.start()
        else:
            self._second.stop()


def tail_of(text: str) -> str:
    """The end of a text that is being written, from the beginning of a word."""
    plain = " ".join(text[-TAIL * 3 :].split())
    if len(plain) <= TAIL and len(text) <= TAIL * 3:
        return plain
    return "…" + plain[-TAIL:].partition(" ")[2]


def _section(title: Label, right: tuple[QWidget, ...], *content: QWidget) -> QWidget:
    """A titled part with its distance above it, so that all of it comes and goes in one."""
    part = QWidget()
    row = QHBoxLayout()
    row.setSpacing(8)
    row.addWidget(title)
    row.addStretch(1)
    for widget in right:
        row.addWidget(widget)
    column = QVBoxLayout(part)
    column.setContentsMargins(0, 16, 0, 0)
    column.setSpacing(4)
    column.addLayout(row)
    for widget in content:
        column.addWidget(widget)
    return part


def _show_section(content: QWidget, shown: bool) -> None:
    part = content.parentWidget()
    if part is not None:
        part.setVisible(shown)
