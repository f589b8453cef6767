"""Pasted text: a card in it goes to the library, everything else becomes a note on the desk."""

from collections.abc import Callable

from ...domain.card_library import CardSummary
from ...domain.errors import CardgenError, StorageError
from ...domain.pasted_text import means_to_be_card
from ...jobs.interface import Commands
from ..notify import Notify
from ..tasks import TaskOwner

KEPT_AS_NOTE = "It was kept as a note."


class Pasting:
    """Stores pasted text; text that could not be stored is kept by the message that says so."""

    def __init__(
        self,
        commands: Commands,
        tasks: TaskOwner,
        notify: Notify,
        on_card: Callable[[CardSummary], None],
    ) -> None:
        self._commands, self._tasks, self._notify, self._on_card = commands, tasks, notify, on_card

    def add(self, text: str, name: str) -> None:
        """Take a text; `name` is what the note is called, and a lorebook that has no name."""
        adding = self._add_card if means_to_be_card(text) else self._add_note
        self._tasks.spawn(adding(text, name), name="add text")

    async def _add_card(self, text: str, name: str) -> None:
        """Text that is no card after all becomes a note: nothing that was pasted is lost."""
        try:
            card = await self._commands.import_text(text, name)
        except StorageError as error:
            self._notify.error(error, retry=lambda: self.add(text, name))
        except CardgenError as error:
            await self._add_note(text, name)
            self._notify.toast(f"{error.message} {KEPT_AS_NOTE}")
        else:
            self._on_card(card)

    async def _add_note(self, text: str, name: str) -> None:
        try:
            await self._commands.add_text(text, name)
        except StorageError as error:
            self._notify.error(error, retry=lambda: self.add(text, name))
