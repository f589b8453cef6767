"""The head of the details: whose job it is, its state, how far it is and how long it may take."""

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from ...domain.job import JobSnapshot, JobState
from ..components import Badge, ElidedLabel, Label
from ..context import UiContext
from ..painting import draw_icon, draw_picture, fill_rounded, ink, paint_bar
from ..states import state_of
from ..theme import RADIUS
from . import words

PORTRAIT, ICON, BAR = 48, 20, 8


class JobPicture(QWidget):
    """The portrait of whose card a job drafts, or the icon of another kind of job."""

    def __init__(self, *, context: UiContext) -> None:
        super().__init__()
        self._context = context
        self._name, self._icon = "", ""
        self.setFixedSize(PORTRAIT, PORTRAIT)

    def show_job(self, job: JobSnapshot) -> None:
        """Show another job."""
        shown = words.character_name(job), words.portrait_icon(job)
        if shown != (self._name, self._icon):
            self._name, self._icon = shown
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, rect = QPainter(self), QRectF(self.rect())
        if self._icon:
            tokens, icons = self._context.theme.tokens, self._context.icons
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            fill_rounded(painter, rect, RADIUS.BUTTON, ink(tokens, "hover"))
            at = QPointF((PORTRAIT - ICON) / 2, (PORTRAIT - ICON) / 2)
            draw_icon(painter, icons, self._icon, ICON, "muted", at)
        else:
            dpr = self.devicePixelRatioF()
            draw_picture(painter, self._context.portraits.pixmap(self._name, PORTRAIT, PORTRAIT, dpr), rect)


class ProgressBar(QWidget):
    """The bar of a job, 8 high."""

    def __init__(self, *, context: UiContext) -> None:
        super().__init__()
        self._context = context
        self._state: str = "queued"
        self._fraction: float | None = 0.0
        self.setFixedHeight(BAR)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_progress(self, state: str, fraction: float | None) -> None:
        """Show how far a job is; None when it has not said."""
        if (state, fraction) != (self._state, self._fraction):
            self._state, self._fraction = state, fraction
            self.setAccessibleName("" if fraction is None else f"{fraction:.0%}")
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, tokens = QPainter(self), self._context.theme.tokens
        rect, mirrored = QRectF(self.rect()), self.isRightToLeft()
        paint_bar(painter, rect, tokens, state=self._state, fraction=self._fraction, mirrored=mirrored)


class DetailsHead(QWidget):
    """Portrait, name, what it is drafted from; badge and percent over the bar; phase and time left."""

    def __init__(self, *, context: UiContext) -> None:
        super().__init__()
        self._portrait = JobPicture(context=context)
        self.name = ElidedLabel(context=context, role="name_small")
        self.facts = ElidedLabel(context=context, role="caption", ink="muted")
        self.badge = Badge(context=context)
        self.percent = Label(context=context, role="small_strong")
        self.bar = ProgressBar(context=context)
        self.phase = ElidedLabel(context=context, role="caption", ink="muted")
        self.left = Label(context=context, role="caption", ink="muted")
        self._lay_out()

    def show_job(self, job: JobSnapshot) -> None:
        """Show whose job it is."""
        name = words.character_name(job)
        self._portrait.show_job(job)
        self.name.setText(name)
        facts = (words.second_line(job), words.engine_name(job))
        self.facts.setText(" · ".join(fact for fact in facts if fact))

    def show_progress(self, job: JobSnapshot, now: float) -> None:
        """Show state, bar, phase and time."""
        state = state_of(job)
        self.badge.show_kind(state, words.state_word(job))
        self.percent.setText(words.percent(job))
        self.bar.setVisible(words.has_bar(job))
        self.bar.show_progress(state, None if words.is_indeterminate(job) else job.progress / 100)
        self.phase.setText(_phase(job))
        self.left.setText(words.time_left(job, now) or words.took(job))
        self._phase_row.setVisible(bool(self.phase.text() or self.left.text()))

    def _lay_out(self) -> None:
        names = QVBoxLayout()
        names.setSpacing(0)
        names.addWidget(self.name)
        names.addWidget(self.facts)
        who = QHBoxLayout()
        who.setSpacing(12)
        who.addWidget(self._portrait)
        who.addLayout(names, 1)
        state = QHBoxLayout()
        state.addWidget(self.badge)
        state.addStretch(1)
        state.addWidget(self.percent)
        self._phase_row = QWidget()
        phase = QHBoxLayout(self._phase_row)
        phase.setContentsMargins(0, 6, 0, 0)
        phase.setSpacing(8)
        phase.addWidget(self.phase, 1)
        phase.addWidget(self.left)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(who)
        column.addSpacing(16)
        column.addLayout(state)
        column.addSpacing(8)
        column.addWidget(self.bar)
        column.addWidget(self._phase_row)


def _phase(job: JobSnapshot) -> str:
    """Where the job is; why it stands still is told below."""
    if job.state in (JobState.FAILED, JobState.HELD, JobState.WAITING):
        return "" if " · " in job.phase and job.state is not JobState.FAILED else job.phase
    return words.progress_words(job)
