"""The statistics page: reads the figures when it is shown, for another range, and after jobs ended."""

import time
from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QButtonGroup, QFrame, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from ...domain.errors import CardgenError
from ...domain.events import BatchEnded, Event, JobChanged, JobListChanged
from ...domain.job import TERMINAL_STATES
from ...domain.queue import Backup, QueueFigures
from ...jobs.interface import Commands, Events
from ..components import Badge, Chip, EmptyState, FlowLayout, Label, PageHeader, ProgressLine
from ..context import UiContext
from ..states import look_of
from ..tasks import TaskOwner
from ..theme import SPACE
from ..wording import size_words
from . import rows
from .storage import StorageSection
from .table import WordsTable

WIDEST = 1040
AFTER_JOBS_MILLISECONDS = 5000
_TIPS = (
    "", "", "Jobs that made what they were asked for", "Jobs that ended with an error", "Jobs you cancelled",
    "Attempts after the first", "Median time of work", "19 of 20 jobs took less work than this",
    "Median time in the queue", "19 of 20 jobs waited less than this",
)  # fmt: skip


class StatisticsPage(QWidget):
    """Figures of the queue over a range of time, and what is stored."""

    def __init__(
        self, *, context: UiContext, clock: Callable[[], float] = time.time, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._context, self._clock = context, clock
        self._tasks = TaskOwner(on_error=lambda _name, error: context.notify.error(error))
        self._commands: Commands | None = None
        self._unsubscribe: Callable[[], None] | None = None
        self._reading = self._outdated = False
        self.range = rows.RANGES[1]
        self.figures: QueueFigures | None = None
        self._later = QTimer(self, singleShot=True, interval=AFTER_JOBS_MILLISECONDS)
        self._later.timeout.connect(self.refresh)
        self._build()
        self._lay_out()
        self.setFocusProxy(self.chips[self.range.key])

    def attach(self, commands: Commands, events: Events) -> None:
        """Start showing what the commands tell."""
        self._commands = commands
        self._unsubscribe = events.subscribe(self._on_event)
        self.refresh()

    async def aclose(self) -> None:
        """Stop listening and stop every task."""
        if self._unsubscribe is not None:
            self._unsubscribe()
        self._later.stop()
        await self._tasks.aclose()

    def refresh(self) -> None:
        """Read the figures, once more if they are asked for meanwhile; nothing is read out of sight."""
        if self._commands is None or not self.isVisible():
            return
        self._outdated = True
        if not self._reading:
            self._reading = True
            self._tasks.spawn(self._read(self._commands), name="read figures")

    def choose_range(self, key: str) -> None:
        """Show another stretch of time."""
        self.range = next(one for one in rows.RANGES if one.key == key)
        self.chips[key].setChecked(True)
        self.refresh()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._later.stop()

    async def _read(self, commands: Commands) -> None:
        self.progress.start()
        try:
            while self._outdated:
                self._outdated = False
                figures = await commands.figures(self.range.since(self._clock()))
                backups = await commands.backups()
                if not self._outdated:
                    self._show(figures, backups)
        except CardgenError as error:
            self._show_failure(error)
        finally:
            self._reading = False
            self.progress.stop()

    def _show(self, figures: QueueFigures, backups: tuple[Backup, ...]) -> None:
        self.figures = figures
        now = self._clock()
        self.header.set_facts(rows.facts_words(figures))
        self._show_states(figures)
        for table, found in (
            (self.kinds, rows.kind_rows(figures) if rows.has_jobs(figures) else ()),
            (self.steps, rows.step_rows(figures)),
            (self.errors, rows.error_rows(figures)),
        ):
            table.show_rows(found)
            self._sections[table].setVisible(bool(found))
        self.nothing.setText(self.range.empty)
        self._sections[self.nothing].setVisible(not self.kinds.words.rows)
        self.storage.show_figures(figures, now)
        self.storage.show_backups(backups, now)
        self._stack.setCurrentWidget(self._scroller)

    def _show_states(self, figures: QueueFigures) -> None:
        counts = rows.state_counts(figures)
        self._states_flow.clear()
        for state, count in counts:
            badge = Badge(f"{look_of(state).word or state} {count:,}", state, context=self._context)
            self._states_flow.addWidget(badge)
            badge.show()
        self._sections[self.states].setVisible(bool(counts))
        self.states.updateGeometry()

    def _show_failure(self, error: CardgenError) -> None:
        """Figures that are there already stay."""
        if self.figures is None:
            self.problem.say("The figures could not be read", error.message)
            self._stack.setCurrentWidget(self.problem)
        else:
            self._context.notify.error(error, retry=self.refresh)

    def _back_up(self) -> None:
        if self._commands is not None:
            self.storage.set_busy(True)
            self._tasks.spawn(self._make_backup(self._commands), name="back up")

    async def _make_backup(self, commands: Commands) -> None:
        try:
            backup = await commands.back_up()
        except CardgenError as error:
            self._context.notify.error(error, retry=self._back_up)
        else:
            size = size_words(backup.bytes)
            self._context.notify.toast(f"Backed up and read back, {size}")
        finally:
            self.storage.set_busy(False)
        self.refresh()

    def _on_event(self, event: Event) -> None:
        ended = isinstance(event, JobListChanged | BatchEnded) or (
            isinstance(event, JobChanged) and event.job.state in TERMINAL_STATES
        )
        # Counting from the first: a steady stream of ends must not postpone the reading for ever.
        if ended and self.isVisible() and not self._later.isActive():
            self._later.start()

    def _build(self) -> None:
        context = self._context
        self.header = PageHeader("Statistics", context=context)
        self.chips = {one.key: Chip(one.word, context=context, checkable=True) for one in rows.RANGES}
        group = QButtonGroup(self)
        for key, chip in self.chips.items():
            group.addButton(chip)
            chip.setAccessibleName(f"Figures of: {chip.text()}")
            chip.clicked.connect(lambda _checked=False, chosen=key: self.choose_range(chosen))
            self.header.add_action(chip)
        self.chips[self.range.key].setChecked(True)
        self.progress = ProgressLine(context=context)
        self.states = QWidget()
        self._states_flow = FlowLayout(self.states, gap=8)
        self.nothing = Label(context=context, role="body", ink="muted")
        self.kinds = WordsTable("Kinds of jobs", rows.KIND_COLUMNS, context=context, words=2, tips=_TIPS)
        self.steps = WordsTable("Steps of drafts", rows.STEP_COLUMNS, context=context)
        self.errors = WordsTable("Most frequent errors", rows.ERROR_COLUMNS, context=context)
        self.storage = StorageSection(context=context)
        self.storage.backup_requested.connect(self._back_up)
        self.problem = EmptyState("warning", "", "", "Try again", "problem", context=context)
        self.problem.action_triggered.connect(self.refresh)

    def _lay_out(self) -> None:
        self.setProperty("ground", "window")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._sections: dict[QWidget, QWidget] = {}
        content = QWidget()
        content.setProperty("clear", True)
        content.setMaximumWidth(WIDEST + 2 * SPACE.PAGE_EDGE)
        column = QVBoxLayout(content)
        column.setContentsMargins(SPACE.PAGE_EDGE, SPACE.XL, SPACE.PAGE_EDGE, SPACE.PAGE_EDGE)
        column.setSpacing(SPACE.XL)
        for title, widget in (
            ("Jobs now", self.states),
            ("Kinds of jobs", self.kinds),
            ("Kinds of jobs", self.nothing),
            ("Steps", self.steps),
            ("Most frequent errors", self.errors),
            ("Storage", self.storage),
        ):
            self._sections[widget] = self._section(title, widget)
            column.addWidget(self._sections[widget])
        column.addStretch(1)
        self._scroller = QScrollArea()
        self._scroller.setWidgetResizable(True)
        self._scroller.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroller.setWidget(content)
        self._blank = QWidget()
        self._stack = QStackedWidget()
        for page in (self._blank, self._scroller, self.problem):
            self._stack.addWidget(page)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        for part in (self.header, self.progress):
            whole.addWidget(part)
        whole.addWidget(self._stack, 1)

    def _section(self, title: str, content: QWidget) -> QWidget:
        section = QWidget()
        column = QVBoxLayout(section)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE.SM)
        column.addWidget(Label(title, context=self._context, role="heading"))
        if content is self.states:
            column.addWidget(content)
            return section
        tile = QFrame()
        tile.setProperty("tile", True)
        inner = QVBoxLayout(tile)
        edge = 1 if isinstance(content, WordsTable) else SPACE.PANE_EDGE
        inner.setContentsMargins(edge, min(edge, SPACE.LG), edge, min(edge, SPACE.LG))
        inner.addWidget(content)
        column.addWidget(tile)
        return section
