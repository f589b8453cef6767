"""The cards page: the library, and the editor of one card."""

import asyncio
from collections.abc import Callable
from functools import cached_property
from importlib import import_module
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from ...domain.card_library import CardSummary
from ...domain.errors import CardgenError
from ...domain.events import CardChanged, CardRemoved, CardsChanged, Event
from ...jobs.interface import Commands, Events
from ..context import UiContext
from ..dialogs import choose_files, choose_folder
from ..tasks import TaskOwner
from .choosing import ChooseFiles, ChooseFolder, ChoosePath, choose_export_path
from .import_flow import ImportFlow
from .library_portraits import LibraryPortraits
from .library_view import LibraryView
from .session import EditSession
from .sessions import Sessions
from .trash_flow import Confirm, TrashFlow, confirm_removal

if TYPE_CHECKING:
    from .editor import CardEditor

WARM_UP_AFTER, PAUSE = 0.5, 0.02
READ_AGAIN_AFTER = 1000
"""Milliseconds from the news of very many cards to reading the library again."""

EDITOR_MODULES = (
    "evidence_pane",
    "prose_field",
    "card_form",
    "greetings_form",
    "lorebook_form",
    "details_form",
    "assets_form",
    "crop_dialog",
    "lint_pane",
    "export_flow",
    "editor",
)
"""Imported one by one; each brings what it needs."""


class CardsPage(QWidget):
    """Shows the library until a card is opened.

    Signals: `cards_changed(tuple of CardSummary)` when the library is known to be different,
    `import_requested` when the person asked to import cards; the page then asks for the files itself,
    `draft_requested(card id)` to use a card, which is stored as it stands, as a source.
    """

    cards_changed = Signal(object)
    import_requested = Signal()
    draft_requested = Signal(object)

    def __init__(
        self,
        *,
        context: UiContext,
        choose_cards: ChooseFiles = choose_files,
        choose_folder: ChooseFolder = choose_folder,
        choose_picture: ChooseFiles = choose_files,
        choose_path: ChoosePath = choose_export_path,
        confirm: Confirm = confirm_removal,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._context = context
        self._choose_picture, self._choose_path = choose_picture, choose_path
        self._tasks = TaskOwner(on_error=self._on_task_failed)
        self._commands: Commands | None = None
        self._events: Events | None = None
        self._stop_listening: Callable[[], None] | None = None
        self._sessions = Sessions(tasks=self._tasks, shown=self._shown_session)
        self._query, self._turn = "", 0
        self._many = QTimer(self, singleShot=True, interval=READ_AGAIN_AFTER)
        self._many.timeout.connect(self._reload)
        self._waiting_card: int | None = None
        self.portraits = LibraryPortraits(context=context, tasks=self._tasks)
        self.library_view = LibraryView(self.portraits, context=context)
        self.imports = ImportFlow(
            self, self.library_view.importing, context=context, tasks=self._tasks, choose=choose_cards,
            choose_folder=choose_folder,
        )  # fmt: skip
        self.stack = QStackedWidget()
        self.stack.addWidget(self.library_view)
        self.trash = TrashFlow(
            self.stack, self.portraits, context=context, tasks=self._tasks, confirm=confirm
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.stack)
        self._connect()

    def attach(self, commands: Commands, events: Events) -> None:
        """Start working, now that the data is there."""
        self._commands, self._events = commands, events
        self.portraits.attach(commands)
        self.imports.attach(commands, events)
        self.trash.attach(commands)
        self._stop_listening = events.subscribe(self._on_event)
        self._reload()
        if self._waiting_card is not None:
            self.open_card(self._waiting_card)
        self._tasks.spawn(self._warm_up(), name="build the card editor")

    async def aclose(self) -> None:
        """Store what is unsaved, then stop every task."""
        if self._stop_listening is not None:
            self._stop_listening()
            self._stop_listening = None
        self.imports.close()
        await self._sessions.flush()
        await self._tasks.aclose()
        if "editor" in vars(self):
            self.editor.proposals.close()
            self.editor.leave()

    @cached_property
    def editor(self) -> "CardEditor":
        """The editor, built when it is first needed."""
        from .editor import CardEditor

        editor = CardEditor(
            context=self._context, tasks=self._tasks, choose_path=self._choose_path,
            choose_picture=self._choose_picture, parent=self.stack,
        )  # fmt: skip
        editor.back_requested.connect(self.show_library)
        editor.draft_requested.connect(self._on_draft_requested)
        editor.remove_requested.connect(self._on_remove_requested)
        if self._commands is not None and self._events is not None:
            editor.attach(self._commands, self._events)
        self.stack.addWidget(editor)
        return editor

    async def _warm_up(self) -> None:
        """Build the editor while nothing else happens, so that the first card opens at once."""
        await asyncio.sleep(WARM_UP_AFTER)
        await self._prepare()
        for _ in self.editor.warm_up():
            await asyncio.sleep(PAUSE)

    async def _prepare(self) -> None:
        """Import and build what showing a card needs, in pieces between which the loop turns."""
        for name in EDITOR_MODULES:
            import_module(f"{__package__}.{name}")
            await asyncio.sleep(0)
        editor = self.editor
        await asyncio.sleep(0)
        editor.forms.form("card")

    @property
    def unsaved(self) -> bool:
        """Whether a card holds text that could not be stored."""
        return self._sessions.unsaved

    def open_card(self, card_id: object) -> None:
        """Show a card in the editor; before the data is there, as soon as it is."""
        assert isinstance(card_id, int)
        if self._commands is None:
            self._waiting_card = card_id
        else:
            self._tasks.spawn(self._open(card_id), name="open a card")

    def show_library(self) -> None:
        """Go back to all cards; what is unsaved is stored on the way."""
        self._tasks.spawn(self.editor.flush(), name="save a card")
        self.stack.setCurrentWidget(self.library_view)
        self.library_view.list.setFocus()
        self._reload()

    def _connect(self) -> None:
        library = self.library_view
        library.card_opened.connect(self.open_card)
        library.export_requested.connect(self._on_export_requested)
        library.draft_requested.connect(self._on_draft_requested)
        library.remove_requested.connect(self._on_remove_requested)
        library.import_requested.connect(self._on_import_requested)
        library.folder_requested.connect(self.imports.ask_for_folder)
        library.trash_requested.connect(self.trash.show)
        library.search_changed.connect(self._on_search_changed)
        self.trash.left.connect(self.show_library)
        self.portraits.loaded.connect(library.repaint_card)

    def _on_task_failed(self, _: str, error: Exception) -> None:
        self._context.notify.error(error)

    async def _open(self, card_id: int, *, export: bool = False) -> None:
        assert self._commands is not None
        session = await self._sessions.open(card_id, self._commands)
        await self._prepare()
        previous = self.editor.session
        if previous is not None and previous is not session:
            self._tasks.spawn(previous.autosave.flush(), name="save a card")
        self.editor.show_session(session)
        self.stack.setCurrentWidget(self.editor)
        if export:
            self.editor.show_export()

    def _shown_session(self) -> EditSession | None:
        return self.editor.session if "editor" in vars(self) else None

    def _on_search_changed(self, text: str) -> None:
        self._query = text
        self._reload()

    def _reload(self) -> None:
        self._turn += 1
        self.library_view.progress.start()
        self._tasks.spawn(self._load(self._turn), name="list the cards")

    async def _load(self, turn: int) -> None:
        assert self._commands is not None
        try:
            cards = await self._commands.cards(self._query)
        finally:
            self.library_view.progress.stop()
        if turn == self._turn:
            self.library_view.show_cards(cards, self._query)
            self._tell()

    def _tell(self) -> None:
        if not self._query:
            self.cards_changed.emit(self.library_view.model.cards)

    def _on_event(self, event: Event) -> None:
        self.trash.hear(event)
        if isinstance(event, CardChanged):
            self._on_card_changed(event.card)
        elif isinstance(event, CardsChanged):
            # Counting from the first: a steady stream of cards must not postpone the reading for ever.
            if not self._many.isActive():
                self._many.start()
        elif isinstance(event, CardRemoved):
            self._take(event.card_id)
            session = self._sessions.get(event.card_id)
            if session is not None and not session.autosave.dirty:
                self._close(session)

    def _on_card_changed(self, card: CardSummary) -> None:
        if self._query and self.library_view.model.row_of(card.id) < 0:
            self._reload()
        else:
            self.library_view.model.put(card)
            self.library_view.refresh(self._query)
            self._tell()
        session = self._sessions.get(card.id)
        if session is not None:
            self._tasks.spawn(session.refresh(card), name="refresh a card")

    def _close(self, session: EditSession) -> None:
        self._sessions.close(session)
        if self._shown_session() is session and self.stack.currentWidget() is not self.library_view:
            self.stack.setCurrentWidget(self.library_view)

    def _take(self, card_id: int) -> tuple[CardSummary, int] | None:
        taken = self.library_view.model.take(card_id)
        if taken is not None:
            self.library_view.refresh(self._query)
            self._tell()
        return taken

    def _on_export_requested(self, card_id: int) -> None:
        self._tasks.spawn(self._open(card_id, export=True), name="open a card to export it")

    def _on_draft_requested(self, card_id: int) -> None:
        self._tasks.spawn(self._draft_from(card_id), name="draft from a card")

    async def _draft_from(self, card_id: int) -> None:
        """What was typed a moment ago belongs to the source."""
        session = self._sessions.get(card_id)
        if session is not None:
            await session.autosave.flush()
        self.draft_requested.emit(card_id)

    def _on_remove_requested(self, card_id: int) -> None:
        self._tasks.spawn(self._remove(card_id), name="remove a card")

    async def _remove(self, card_id: int) -> None:
        """Show the removal at once; on failure the card returns to where it was."""
        assert self._commands is not None
        session = self._sessions.get(card_id)
        if session is not None:
            await session.autosave.flush()
        taken = self._take(card_id)
        try:
            await self._commands.remove_card(card_id)
        except CardgenError as error:
            if taken is not None:
                self.library_view.model.put(*taken)
                self.library_view.refresh(self._query)
                self._tell()
            self._context.notify.error(error)
            return
        if session is not None:
            self._close(session)
        name = (taken[0].name if taken else "") or "The card"
        self._context.notify.toast(
            f"{name} was removed", action="Undo", callback=lambda: self.trash.bring_back(card_id)
        )

    def _on_import_requested(self) -> None:
        self.import_requested.emit()
        self.imports.ask_for_files()
