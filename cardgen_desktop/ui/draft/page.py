"""The draft page: put sources on the desk, choose somebody, draft the card."""

import time
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QLocale, QMimeData, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from ...domain.errors import CardgenError
from ...domain.people import Person
from ...domain.prompt_style import PromptPreview
from ...domain.source import SourceSummary
from ...jobs.interface import Commands, Events
from ..components import Button, Menu, PageHeader
from ..context import UiContext
from ..dialogs import choose_files
from ..drop import paths_from, text_from
from ..forecast import FILTERS
from ..start import StartPage
from ..tasks import TaskOwner
from ..wording import counted
from .cast import Cast
from .columns import DraftColumns
from .desk import Desk
from .orders import Orders
from .panel import DraftPanel
from .picker import PeoplePicker
from .prompts_window import PromptsWindow
from .source_rows import SourceRow
from .sources_pane import SourcesPane

READING = "Reading the sources"


def facts_line(sources: Sequence[SourceSummary]) -> str:
    """The line under the title: "3 sources · 126,514 words · English"."""
    if not sources:
        return ""
    words = sum(source.words for source in sources)
    codes = dict.fromkeys(source.language for source in sources if source.language)
    languages = [QLocale.languageToString(QLocale(code).language()) for code in codes]
    return " · ".join([counted(len(sources), "source"), counted(words, "word"), *languages])


class DraftPage(QWidget):
    """Whose story is it, and who is the card about?

    Signals: `draft_started(JobSnapshot)` for each job, before that `drafts_pending(tuple[JobSnapshot])` and
    perhaps `drafts_withdrawn(tuple[request id])`; `card_added(CardSummary)` for a card among the files.
    `setup_requested(profile name or "")` leads to the settings, `styles_requested` to the prompts.
    """

    draft_started = Signal(object)
    drafts_pending = Signal(object)
    drafts_withdrawn = Signal(object)
    card_added = Signal(object)
    setup_requested = Signal(object)
    styles_requested = Signal()

    def __init__(self, *, context: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._tasks = TaskOwner(on_error=self._on_failure)
        self._commands: Commands | None = None
        self._reason = ""
        self._waits_for_files = False
        self.pieces = 0  # how many files or texts came together last
        self.desk: Desk | None = None
        self.cast: Cast | None = None
        self.prompts: PromptsWindow | None = None
        self.start = StartPage(context=context)
        self.header = PageHeader("Draft", context=context)
        self.sources = SourcesPane(context=context, tasks=self._tasks)
        self.picker = PeoplePicker(context=context)
        self.panel = DraftPanel(context=context)
        self.columns = DraftColumns(self.sources, self.picker, self.panel, context=context)
        self.orders = Orders(self.panel, self.picker, self._set, context=context, parent=self)
        self._build_header()
        self._lay_out()
        self._connect()

    def attach(self, commands: Commands, events: Events) -> None:
        """Start showing what lies on the desk."""
        self._commands = commands
        self.sources.attach(commands)
        self.cast = Cast(commands, self._tasks, self)
        self.cast.began.connect(self._on_reading)
        self.cast.progressed.connect(self.picker.report)
        self.cast.found.connect(self._on_found)
        self.cast.failed.connect(self._on_unread)
        self.picker.again_requested.connect(self.cast.read_again)
        self.desk = Desk(commands, events, self._tasks, self._context.notify, self)
        self.desk.rows_changed.connect(self._on_rows)
        self.desk.set_changed.connect(self._on_set)
        self.desk.card_added.connect(self.card_added)
        self.desk.batches_started.connect(self._on_batches_started)
        self.orders.attach(commands, events, self._tasks)
        self.desk.load()

    async def aclose(self) -> None:
        """Carry out what was removed, stop every task."""
        self.orders.close()
        if self.desk is not None:
            await self.desk.aclose()
        await self._tasks.aclose()

    def add_paths(self, paths: Sequence[Path]) -> None:
        """Put files on the desk; cards among them go to the library."""
        self.pieces = len(paths)
        if self.desk is not None:
            self.desk.add_paths(paths)

    def add_text(self, text: str) -> None:
        """Put pasted text on the desk; a card in it goes to the library."""
        self.pieces = 1
        if self.desk is not None and text.strip():
            self.desk.add_text(text, f"Pasted text {time.strftime('%H:%M')}")

    def add_card(self, card_id: int) -> None:
        """Put a card of the library on the desk, to draft from what it says."""
        if self.desk is not None:
            self.desk.add_card(card_id)

    def choose_files(self) -> None:
        """Ask for files."""
        self._tasks.spawn(self._choose_files(), name="choose files")

    def paste(self) -> None:
        """Take files or text from the clipboard."""
        # Without a clipboard owner Qt has no data at all, whatever its signature says.
        mime = QGuiApplication.clipboard().mimeData() or QMimeData()
        if paths := paths_from(mime):
            self.add_paths(paths)
        elif text := text_from(mime):
            self.add_text(text)
        else:
            self._context.notify.toast("The clipboard holds no text and no files")

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.columns.fit(self.width(), self.window().width())

    def _build_header(self) -> None:
        context = self._context
        add = Button("Add files…", context=context, variant="outline", icon="plus", shortcut="Ctrl+O")
        add.clicked.connect(self.choose_files)
        self.more = Button("More", context=context, variant="ghost", size="icon", icon="more")
        self.more.clicked.connect(self._open_menu)
        self.header.add_action(add)
        self.header.add_action(self.more)

    def _lay_out(self) -> None:
        self.setProperty("ground", "window")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._full = QWidget()
        column = QVBoxLayout(self._full)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.header)
        column.addWidget(self.orders.refusal)
        column.addWidget(self.columns, 1)
        self._stack = QStackedWidget()
        for page in (self.start, self._full):
            self._stack.addWidget(page)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._stack)

    def _connect(self) -> None:
        self.start.choose_requested.connect(self.choose_files)
        self.start.paste_requested.connect(self.paste)
        self.start.sample_requested.connect(self._on_sample)
        self.sources.other_file_requested.connect(self.choose_files)
        self.sources.remove_requested.connect(self._on_remove)
        self.sources.again_requested.connect(self._on_store_again)
        self.picker.add_requested.connect(self.choose_files)
        self.picker.chosen.connect(self._on_chosen)
        self.picker.activated.connect(self.panel.draft.click)
        self.panel.engines.setup_requested.connect(self.setup_requested)
        self.panel.wishes.styles_requested.connect(self.styles_requested)
        self.orders.control.dry_run.connect(self._show_prompts)
        self.orders.pending.connect(self.drafts_pending)
        self.orders.withdrawn.connect(self.drafts_withdrawn)
        self.orders.started.connect(self.draft_started)
        for keys, slot in (("Ctrl+Return", self.panel.draft.click), ("Ctrl+F", self.picker.focus_search)):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(slot)

    def _on_batches_started(self) -> None:
        self._context.notify.toast(
            "Working through what you added; its end is told, Jobs shows how far it is"
        )

    def _open_menu(self) -> None:
        menu = Menu(context=self._context, parent=self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.add("Paste text or a card", self.paste, icon="paste", shortcut="Ctrl+V")
        menu.addSeparator()
        menu.add("Clear the desk", self._clear, icon="trash", danger=True)
        menu.open_below(self.more)

    def _clear(self) -> None:
        if self.desk is not None:
            self.desk.clear()

    async def _choose_files(self) -> None:
        settings = self._context.settings
        folder = settings.value.last_folder
        paths = await choose_files(self.window(), title="Add files", folder=folder, filters=FILTERS)
        if paths:
            settings.update(last_folder=str(paths[0].parent))
            self.add_paths(paths)

    def _on_sample(self, path: str) -> None:
        self.add_paths([Path(path)])

    def _on_remove(self, row: SourceRow) -> None:
        if self.desk is not None:
            self.desk.remove(row)

    def _on_store_again(self) -> None:
        if self.desk is not None:
            self.desk.store_again()

    def _on_rows(self, rows: Sequence[SourceRow]) -> None:
        self._stack.setCurrentWidget(self._full if rows else self.start)
        self.sources.show_rows(rows)
        self.columns.bar.show_rows(rows)
        if self.desk is not None:
            self.header.set_facts(facts_line(self.desk.sources))
            self.sources.show_unstored(len(self.desk.unstored))
            self._tell_files_on_their_way(rows)

    def _tell_files_on_their_way(self, rows: Sequence[SourceRow]) -> None:
        """Say so where the people will be, unless people are there already."""
        reading = next((row for row in rows if row.state == "reading"), None)
        people = self.picker.model.people
        if reading is not None and not people:
            self.picker.wait(f"Reading {reading.name}")
            self._waits_for_files = True
        elif reading is None and self._waits_for_files:
            self._waits_for_files = False
            if self.cast is not None and not self.cast.is_reading:
                self.picker.show_people(people, self._set())

    def _on_set(self, sources: Sequence[SourceSummary]) -> None:
        self.orders.look_at(sources)
        if self.cast is not None:
            self.cast.read(sources)

    def _on_reading(self) -> None:
        self._reason = "The sources are being read."
        self.picker.begin(READING)
        self._on_chosen(None)
        self.panel.show_main(0)

    def _on_found(self, people: tuple[Person, ...]) -> None:
        self._reason = "Choose who the card is about." if people else "Nobody to draft was found."
        self.picker.show_people(people, self._set())
        self._on_chosen(self.picker.person)
        self.orders.offer_all()

    def _on_unread(self, error: CardgenError) -> None:
        self._reason = error.message
        self.picker.show_failure(error)
        self._on_chosen(None)

    def _on_chosen(self, person: Person | None) -> None:
        self.panel.show_person(person, self._set(), self._reason)
        self.orders.control.renew()

    def _show_prompts(self, prompts: Sequence[PromptPreview]) -> None:
        self.prompts = PromptsWindow(prompts, context=self._context, parent=self.window())
        self.prompts.open()

    def _set(self) -> tuple[SourceSummary, ...]:
        return self.desk.sources if self.desk is not None else ()

    def _on_failure(self, _name: str, error: Exception) -> None:
        self._context.notify.error(error)
