"""Entries of a file into the lorebook that is open: of a lorebook that stands alone, or of another card."""

from collections.abc import Callable

from PySide6.QtCore import QObject

from ...domain.card import Lorebook
from ...domain.errors import CardgenError
from ...jobs.interface import Commands
from ..context import UiContext
from ..dialogs import choose_files
from ..tasks import TaskOwner
from ..wording import counted
from .choosing import ChooseFiles
from .document import CardDocument
from .import_flow import FILTERS
from .lorebook_form import LorebookForm
from .session import EditSession


class LorebookImport(QObject):
    """Asks for a file and adds its entries as one step."""

    def __init__(
        self,
        form: LorebookForm,
        *,
        context: UiContext,
        tasks: TaskOwner,
        session: Callable[[], EditSession | None],
        commands: Commands,
        choose: ChooseFiles = choose_files,
    ) -> None:
        super().__init__(form)
        self._form, self._context = form, context
        self._session, self._commands, self._choose = session, commands, choose
        form.import_requested.connect(lambda: tasks.spawn(self._import(), name="import lorebook entries"))

    async def _import(self) -> None:
        folder = self._context.settings.value.last_folder
        window = self._form.window()
        paths = await self._choose(window, title="Import lorebook entries", folder=folder, filters=FILTERS)
        session = self._session()
        if session is None or not paths:
            return
        self._context.settings.update(last_folder=str(paths[0].parent))
        for path in paths:
            try:
                book = await self._commands.read_lorebook(path)
            except CardgenError as error:
                self._context.notify.error(error)
                continue
            if self._session() is session:
                self._add(session.document, book)

    def _add(self, document: CardDocument, book: Lorebook) -> None:
        first = len(document.entries)
        add_entries(document, book)
        added = counted(len(book.entries), "entry was", "entries were")
        self._context.notify.toast(f"{added} added to the lorebook")
        self._form.select(first)


def add_entries(document: CardDocument, book: Lorebook) -> None:
    """Add a book's entries behind those of the card; a card without a lorebook takes all of the book."""
    name = f"importing {counted(len(book.entries), 'entry', 'entries')}"
    if document.data.character_book is None:
        document.edit("character_book", book, name=name)
        return
    # An id that two entries have is one entry to SillyTavern, so those that come in get theirs when written.
    fresh = tuple(entry.model_copy(update={"id": None}) for entry in book.entries)
    if fresh:
        document.edit_entries((*document.entries, *fresh), name=name, path="character_book")
