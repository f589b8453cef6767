"""Choosing a model: search, filters, prices, the age of the list; usable without a network."""

import time
from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from ...domain.errors import CardgenError
from ...domain.profile import ModelInfo, ModelList, Profile
from ..components import Banner, Button, Chip, ElidedLabel, EmptyState, Label, ProgressLine, SearchField
from ..context import UiContext
from ..theme import SPACE
from .catalogue import COLUMNS
from .desk import ProfileDesk
from .model_table import ModelTable
from .words import TASK_WORDS, is_old, list_words, model_name, model_words

NO_LIST = "The list was not read yet, or the server offers none. You can also type the id of a model."


class ModelPicker(QWidget):
    """The models of an engine's server.

    Signals: `chosen(task, "" for the default; model id)`, `back_requested`.
    """

    chosen = Signal(str, str)
    back_requested = Signal()

    def __init__(
        self,
        desk: ProfileDesk,
        *,
        context: UiContext,
        clock: Callable[[], float] = time.time,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._context, self._desk, self._clock = context, desk, clock
        self._profile: Profile | None = None
        self._key: str | None = None
        self._task = self._wanted = ""
        self.list = ModelList()
        self._build()
        self._connect()
        self._lay_out()
        self.setFocusProxy(self.search)

    def open(self, profile: Profile, task: str, *, key: str | None = None) -> None:
        """Show the models that are known, and read the list where none is kept."""
        self._profile, self._task, self._key = profile, task, key
        self._wanted = profile.models.get(task, profile.model) if task in TASK_WORDS else profile.model
        words = f" for {TASK_WORDS[task][0].lower()}" if task in TASK_WORDS else ""
        self.title.setText(f"Choose a model{words}")
        self.search.clear()
        self.free.setChecked(False)
        self.structured.setChecked(False)
        self._show_list(ModelList())
        self._read(refresh=False)
        self.search.setFocus(Qt.FocusReason.OtherFocusReason)

    def refresh(self) -> None:
        """Ask the server for its list."""
        self._read(refresh=True)

    def use(self, model: ModelInfo | None) -> None:
        """Take a model and leave."""
        if model is not None:
            self.chosen.emit(self._task, model.id)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.back_requested.emit()
        elif event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            self.table.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            super().keyPressEvent(event)

    def _read(self, *, refresh: bool) -> None:
        if self._profile is not None and self._desk.commands is not None:
            self.again.setEnabled(False)
            self.progress.start()
            self._desk.tasks.spawn(self._ask(self._profile, refresh=refresh), name="read models")

    async def _ask(self, profile: Profile, *, refresh: bool) -> None:
        commands = self._desk.commands
        assert commands is not None
        failure = ""
        found: ModelList | None = None
        try:
            found = await commands.models(profile, key=self._key, refresh=refresh)
            if not refresh and not found.models:
                found = await commands.models(profile, key=self._key, refresh=True)
        except CardgenError as error:
            failure = error.message
        if profile is self._profile:
            self.progress.stop()
            self.again.setEnabled(True)
            self._show_answer(found, failure)

    def _show_answer(self, found: ModelList | None, failure: str) -> None:
        if found is not None:
            self._show_list(found)
        elif self.list.models:
            self.stale.say("The list could not be renewed.", f"{failure} The one from before is shown.")
            self.stale.show()
        else:
            self.nothing.say("No list of models", failure or NO_LIST)
            self._stack.setCurrentWidget(self.nothing)

    def _show_list(self, found: ModelList) -> None:
        self.list = found
        now = self._clock()
        self.facts.setText(list_words(found, now) if found.models else "")
        self.stale.setVisible(bool(found.models) and is_old(found, now))
        self.stale.say("This list is not new.", found.sentence or "Prices and models may be others by now.")
        free = sum(model.is_free for model in found.models)
        self.free.set_count(free)
        self.free.setVisible(free > 0)
        self.table.catalogue.show_models(found.models)
        self._after_filter()
        self.table.choose(self._wanted)

    def _refilter(self) -> None:
        current = self.table.catalogue.model_at(self.table.currentIndex().row())
        self.table.catalogue.set_filter(
            replace(
                self.table.catalogue.filter,
                text=self.search.text().strip(),
                only_free=self.free.isChecked(),
                only_structured=self.structured.isChecked(),
            )
        )
        self._after_filter()
        self.table.choose(current.id if current is not None else self._wanted)

    def _after_filter(self) -> None:
        text = self.search.text().strip()
        if self.table.catalogue.rowCount():
            self._stack.setCurrentWidget(self.table)
        elif self.list.models:
            rest = "Filters are on." if self.free.isChecked() or self.structured.isChecked() else ""
            self.none.say(f"No model matches “{text}”." if text else "No model matches.", rest)
            self.none.second.setText(f"Use “{text}” as it is")
            self.none.second.setVisible(bool(text))
            self._stack.setCurrentWidget(self.none)
        elif not self.progress.is_showing:
            self._stack.setCurrentWidget(self._blank)

    def _sort_by(self, number: int) -> None:
        column, before = COLUMNS[number][0], self.table.catalogue.filter
        falling = not before.falling if before.column == column else column == "context"
        self.table.catalogue.set_filter(replace(before, column=column, falling=falling))
        self.table.show_sorting(self.table.catalogue.filter)
        self.table.choose(self._wanted)

    def _use_text(self) -> None:
        if text := self.search.text().strip():
            self.chosen.emit(self._task, text)

    def _clear(self) -> None:
        self.search.clear()
        self.free.setChecked(False)
        self.structured.setChecked(False)
        self._refilter()

    def _on_current(self, model: ModelInfo | None) -> None:
        self.told.setText(f"{model_name(model)} · {model_words(model)}" if model is not None else "")
        self.take.setEnabled(model is not None)

    def _build(self) -> None:
        context = self._context
        self.back = Button(
            "Back", context=context, variant="ghost", size="icon", icon="chevron-left", shortcut="Esc"
        )
        self.title = Label(context=context, role="name")
        self.facts = ElidedLabel(context=context, role="small", ink="muted")
        self.again = Button("Renew the list", context=context, variant="outline", icon="retry")
        self.progress = ProgressLine(context=context)
        self.stale = Banner("warning", "", context=context, icon="history")
        self.search = SearchField("Find a model", context=context)
        self.free = Chip("Free", context=context, checkable=True)
        self.structured = Chip("Follows a schema", context=context, checkable=True)
        self.table = ModelTable(context=context)
        self.none = EmptyState(
            "search", "", "", "Clear filters", "no_match", context=context, second="Use it"
        )
        self.nothing = EmptyState("model", "", "", "Try again", "problem", context=context)
        self.told = ElidedLabel(context=context, role="small", ink="muted")
        self.take = Button("Use this model", context=context, variant="primary")
        self._blank = QWidget()
        self._stack = QStackedWidget()
        for page in (self._blank, self.table, self.none, self.nothing):
            self._stack.addWidget(page)
        self.table.show_sorting(self.table.catalogue.filter)
        self.stale.hide()

    def _connect(self) -> None:
        self.back.clicked.connect(self.back_requested)
        self.again.clicked.connect(self.refresh)
        self.nothing.action_triggered.connect(self.refresh)
        self.search.search_changed.connect(self._refilter)
        self.search.returnPressed.connect(self._use_current)
        self.free.toggled.connect(self._refilter)
        self.structured.toggled.connect(self._refilter)
        self.none.action_triggered.connect(self._clear)
        self.none.second_triggered.connect(self._use_text)
        self.table.used.connect(self.use)
        self.table.sort_requested.connect(self._sort_by)
        self.table.current_changed.connect(self._on_current)
        self.take.clicked.connect(self._use_current)
        back = QShortcut(
            QKeySequence("Alt+Left"), self, context=Qt.ShortcutContext.WidgetWithChildrenShortcut
        )
        back.activated.connect(self.back_requested)

    def _use_current(self) -> None:
        self.use(self.table.catalogue.model_at(self.table.currentIndex().row()))

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(SPACE.LG, SPACE.MD, SPACE.PAGE_EDGE, 0)
        head.setSpacing(SPACE.SM)
        head.addWidget(self.back)
        head.addWidget(self.title)
        head.addSpacing(SPACE.SM)
        head.addWidget(self.facts, 1)
        head.addWidget(self.again)
        tools = QHBoxLayout()
        tools.setContentsMargins(SPACE.PAGE_EDGE, SPACE.MD, SPACE.PAGE_EDGE, SPACE.MD)
        tools.setSpacing(SPACE.SM)
        self.search.setMaximumWidth(420)
        tools.addWidget(self.search, 1)
        tools.addWidget(self.free)
        tools.addWidget(self.structured)
        tools.addStretch(1)
        notice = QHBoxLayout()
        notice.setContentsMargins(SPACE.PAGE_EDGE, SPACE.MD, SPACE.PAGE_EDGE, 0)
        notice.addWidget(self.stale)
        foot = QHBoxLayout()
        foot.setContentsMargins(SPACE.PAGE_EDGE, SPACE.MD, SPACE.PAGE_EDGE, SPACE.LG)
        foot.setSpacing(SPACE.LG)
        foot.addWidget(self.told, 1)
        foot.addWidget(self.take)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.progress)
        column.addLayout(head)
        column.addLayout(notice)
        column.addLayout(tools)
        column.addWidget(self._stack, 1)
        column.addLayout(foot)
