"""The costs part of the settings: read when it is shown, for another stretch, and after requests ended."""

import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QTimer, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QHideEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from ...domain.costs import CostBy, CostQuery, CostReport
from ...domain.errors import CardgenError
from ...domain.events import CostsChanged, Event, ProfilesChanged
from ...domain.profile import ProfileView
from ...jobs.interface import Commands, Events
from ..components import Banner, Button, EmptyState, Label, ProgressLine
from ..context import UiContext
from ..dialogs import choose_save_path
from ..settings.layout import ScrolledPage
from ..statistics.table import WordsTable
from ..tasks import TaskOwner
from ..theme import SPACE
from . import rows
from .choices import CostChoices
from .month import MonthTable

WIDEST = 1040
AFTER_REQUESTS_MILLISECONDS = 2000
NOTHING_YET = (
    "The offline drafter and models on this computer cost nothing. What others cost will stand here, request "
    "by request."
)


class CostsView(QWidget):
    """This month beside the caps, then the ledger in sums.

    Signals: `engine_requested(name)` for its cap.
    """

    engine_requested = Signal(str)

    def __init__(
        self, *, context: UiContext, clock: Callable[[], float] = time.time, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._context, self._clock = context, clock
        self._tasks = TaskOwner(on_error=lambda _name, error: context.notify.error(error))
        self._commands: Commands | None = None
        self._unsubscribe: Callable[[], None] | None = None
        self._reading = self._outdated = False
        self.by: CostBy = "day"
        self.stretch = rows.STRETCHES[2]
        self.report: CostReport | None = None
        self._later = QTimer(self, singleShot=True, interval=AFTER_REQUESTS_MILLISECONDS)
        self._later.timeout.connect(self.refresh)
        self._build()
        self._lay_out()
        self.setFocusProxy(self.stretches[self.stretch.key])

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
        """Read the sums, once more if they are asked for meanwhile; nothing is read out of sight."""
        if self._commands is None or not self.isVisible():
            return
        self._outdated = True
        if not self._reading:
            self._reading = True
            self._tasks.spawn(self._read(self._commands), name="read costs")

    def choose_stretch(self, key: str) -> None:
        """Show another stretch of time."""
        self.stretch = next(one for one in rows.STRETCHES if one.key == key)
        self.stretches[key].setChecked(True)
        self.refresh()

    def choose_group(self, by: CostBy) -> None:
        """Sum by something else."""
        self.by = by
        self.groups[by].setChecked(True)
        self.refresh()

    def save_csv(self) -> None:
        """Ask where to, and write the single requests of the stretch."""
        if self._commands is not None:
            self._tasks.spawn(self._save(self._commands), name="export costs")

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
                now, by = self._clock(), self.by
                month = await commands.costs(CostQuery(by="profile", since=rows.month_start(now)))
                report = await commands.costs(rows.query_of(by, self.stretch, now))
                views = await commands.profiles()
                ever = report if report.total.requests else await commands.costs(CostQuery(limit=1))
                if not self._outdated:
                    self._show(month, report, ever, views, by)
        except CardgenError as error:
            self._show_failure(error)
        finally:
            self._reading = False
            self.progress.stop()

    def _show(
        self,
        month: CostReport,
        report: CostReport,
        ever: CostReport,
        views: tuple[ProfileView, ...],
        by: CostBy,
    ) -> None:
        self.report = report
        lines = rows.month_lines(month, {view.profile.name: view for view in views})
        if not ever.total.requests and not lines:
            self._stack.setCurrentWidget(self.empty)
            return
        self.month.show_lines(lines)
        self._month_section.setVisible(bool(lines))
        self.facts.setText(self._facts(report))
        found = rows.cost_rows(report)
        self._table(by).show_rows(found)
        for key, table in self.tables.items():
            table.setVisible(key == by and bool(found))
        self._table_tile.setVisible(bool(found))
        hidden = len(report.rows) >= rows.MOST_ROWS
        self.more.setText(f"The first {rows.MOST_ROWS} are shown; the CSV file holds every request.")
        self.more.setVisible(hidden)
        self._show_notes(report)
        self._stack.setCurrentWidget(self._scroller)

    def _facts(self, report: CostReport) -> str:
        if report.total.requests:
            return rows.facts_words(report.total)
        return f"Nothing was spent. {self.stretch.empty}"

    def _show_notes(self, report: CostReport) -> None:
        told = rows.notes(report.total)
        for banner, note in zip(self.notes, (*told, *[None] * len(self.notes)), strict=False):
            banner.setVisible(note is not None)
            if note is not None:
                banner.say(*note)

    def _show_failure(self, error: CardgenError) -> None:
        """Sums that are there already stay."""
        if self.report is None:
            self.problem.say("The costs could not be read", error.message)
            self._stack.setCurrentWidget(self.problem)
        else:
            self._context.notify.error(error, retry=self.refresh)

    async def _save(self, commands: Commands) -> None:
        now, stretch = self._clock(), self.stretch
        folder = Path(self._context.settings.value.last_export_folder or Path.home())
        name = time.strftime("cardgen-costs-%Y-%m-%d.csv", time.localtime(now))
        path = await choose_save_path(
            self.window(), title="Export requests", suggestion=folder / name, filters=["Table (*.csv)"]
        )
        if path is None:
            return
        path = path if path.suffix == ".csv" else path.with_name(f"{path.name}.csv")
        query = CostQuery(by=self.by, since=stretch.since(now), limit=100_000)
        try:
            written = await commands.export_costs(path, query)
        except CardgenError as error:
            self._context.notify.error(error, retry=self.save_csv)
            return
        place = QUrl.fromLocalFile(str(written.parent))
        self._context.notify.toast(
            f"Saved as {written.name}", action="Show folder", callback=lambda: QDesktopServices.openUrl(place)
        )

    def _on_event(self, event: Event) -> None:
        changed = isinstance(event, CostsChanged | ProfilesChanged)
        # Counting from the first: a steady stream of requests must not postpone the reading for ever.
        if changed and self.isVisible() and not self._later.isActive():
            self._later.start()

    def _build(self) -> None:
        context = self._context
        self.progress = ProgressLine(context=context)
        self.month = MonthTable(context=context)
        self.month.engine_requested.connect(self.engine_requested)
        self.facts = Label(context=context, role="small", ink="muted", wrap=True)
        self.choices = CostChoices(context=context)
        self.choices.stretch_chosen.connect(self.choose_stretch)
        self.choices.group_chosen.connect(self.choose_group)
        self.stretches, self.groups = self.choices.stretches, self.choices.groups
        self.stretches[self.stretch.key].setChecked(True)
        self.groups[self.by].setChecked(True)
        self.export = Button("Export CSV…", context=context, variant="outline", icon="export")
        self.export.clicked.connect(self.save_csv)
        self.tables: dict[CostBy, WordsTable] = {}
        self.more = Label(context=context, role="caption", ink="muted")
        self.notes = (Banner("warning", "", context=context), Banner("info", "", context=context))
        self.empty = EmptyState("history", "Nothing was spent.", NOTHING_YET, context=context)
        self.problem = EmptyState("warning", "", "", "Try again", "problem", context=context)
        self.problem.action_triggered.connect(self.refresh)

    def _lay_out(self) -> None:
        self._stack = QStackedWidget(self)
        self._scroller = ScrolledPage(width=WIDEST, parent=self._stack)
        column = self._scroller.column
        column.setSpacing(SPACE.SM)
        column.addWidget(self._build_month())
        column.addLayout(self._head())
        column.addWidget(self.choices)
        column.addWidget(self._tile())
        column.addWidget(self.more)
        for banner in self.notes:
            column.addWidget(banner)
            banner.hide()
        column.addStretch(1)
        for page in (QWidget(), self._scroller, self.empty, self.problem):
            self._stack.addWidget(page)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self.progress)
        whole.addWidget(self._stack, 1)

    def _build_month(self) -> QWidget:
        self._month_section = QWidget()
        column = QVBoxLayout(self._month_section)
        column.setContentsMargins(0, 0, 0, SPACE.LG)
        column.setSpacing(SPACE.SM)
        column.addWidget(Label("This month", context=self._context, role="heading"))
        column.addWidget(self.month)
        return self._month_section

    def _head(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(SPACE.MD)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(Label("Requests", context=self._context, role="heading"))
        words.addWidget(self.facts)
        row.addLayout(words, 1)
        row.addWidget(self.export)
        return row

    def _tile(self) -> QFrame:
        self._table_tile = QFrame()
        self._table_tile.setProperty("tile", True)
        inner = QVBoxLayout(self._table_tile)
        inner.setContentsMargins(1, 1, 1, 1)
        self._tables = inner
        return self._table_tile

    def _table(self, by: CostBy) -> WordsTable:
        """The table of a group, made when it is first shown."""
        if by not in self.tables:
            word = dict(rows.GROUPS)[by]
            columns, name = (word, *rows.NUMBERS), f"Costs by {word.lower()}"
            self.tables[by] = WordsTable(name, columns, context=self._context, tips=rows.TIPS)
            self._tables.addWidget(self.tables[by])
        return self.tables[by]
