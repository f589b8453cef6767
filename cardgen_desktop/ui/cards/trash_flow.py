"""What is done with the trash: put back, or deleted for good once the person has said so."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QDialog, QStackedWidget, QWidget

from ...domain.card_library import Removal
from ...domain.errors import CardgenError, UsageError
from ...domain.events import CardChanged, CardRemoved, CardsChanged, Event
from ...jobs.interface import Commands
from ..components import Button, QuestionDialog
from ..context import UiContext
from ..dialogs import opened
from ..tasks import TaskOwner
from ..wording import counted, size_words
from .library_portraits import LibraryPortraits
from .trash_view import TrashView

LONGEST_NAME = 60
"""Letters of a name in a question; the rest is cut."""

Confirm = Callable[[Removal, str, UiContext, QWidget], Awaitable[bool]]
"""Asks whether cards are to go for good; the text is the name of a single one."""


def removal_words(removal: Removal) -> str:
    """What the person is to know before: that it is for good, what it frees, and what it leaves."""
    frees = f" {size_words(removal.bytes)} of pictures and files go with it." if removal.bytes else ""
    if removal.cards > 1:
        frees = frees.replace("go with it", "go with them")
    kept = " Backups are not touched; those made before still hold the texts." if removal.backups else ""
    return f"This cannot be undone.{frees} Jobs and costs stay listed.{kept}"


class DeleteDialog(QuestionDialog):
    """Says what deleting for good means; *Cancel* is what Enter and Esc choose."""

    def __init__(
        self, removal: Removal, name: str, *, context: UiContext, parent: QWidget | None = None
    ) -> None:
        cards = counted(removal.cards, "card")
        self.go = Button(f"Delete {cards}", context=context, variant="destructive", icon="trash")
        title = f"Delete {_in_question(name) or cards} for good?"
        super().__init__(title, removal_words(removal), self.go, context=context, parent=parent)
        self.setWindowTitle("Delete for good")
        self.go.clicked.connect(self.accept)
        self.begin_at(self.cancel)


def _in_question(name: str) -> str:
    """A name as it stands in a sentence: not too long, and in its own direction of writing."""
    shown = " ".join(name.split())
    shown = shown if len(shown) <= LONGEST_NAME else shown[: LONGEST_NAME - 1].rstrip() + "…"
    return f"\N{FIRST STRONG ISOLATE}{shown}\N{POP DIRECTIONAL ISOLATE}" if shown else ""


async def confirm_removal(removal: Removal, name: str, context: UiContext, window: QWidget) -> bool:
    """Ask whether cards are to be deleted for good."""
    dialog = DeleteDialog(removal, name, context=context, parent=window)
    return await opened(dialog) == QDialog.DialogCode.Accepted


class TrashFlow(QObject):
    """Fills the view of the trash while it is shown, and carries out what is asked there.

    Signals: `left` when the person goes back to the library.
    """

    left = Signal()

    def __init__(
        self,
        stack: QStackedWidget,
        portraits: LibraryPortraits,
        *,
        context: UiContext,
        tasks: TaskOwner,
        confirm: Confirm = confirm_removal,
    ) -> None:
        super().__init__(stack)
        self._stack, self._context, self._tasks, self._confirm = stack, context, tasks, confirm
        self._commands: Commands | None = None
        self.view = view = TrashView(portraits, context=context)
        stack.addWidget(view)
        view.back_requested.connect(self.left)
        view.restore_requested.connect(self._on_restore)
        view.remove_requested.connect(self._on_remove)
        view.empty_requested.connect(self._on_empty)

    def attach(self, commands: Commands) -> None:
        """From now on there are commands."""
        self._commands = commands

    def show(self) -> None:
        """Show the cards that were removed."""
        self._stack.setCurrentWidget(self.view)
        self._tasks.spawn(self._begin(), name="list the trash")

    def bring_back(self, card_id: int) -> None:
        """Undo a removal; a card that was deleted for good since then stays gone, as the person knows."""
        self._tasks.spawn(self._bring_back(card_id), name="bring a card back")

    async def _bring_back(self, card_id: int) -> None:
        assert self._commands is not None
        with suppress(UsageError):
            await self._commands.restore_card(card_id)

    def reload(self) -> None:
        """Read what is in the trash."""
        self._tasks.spawn(self._load(), name="list the trash")

    def hear(self, event: Event) -> None:
        """Read again when a card came or went while the trash is looked at."""
        if self.view.isVisible() and isinstance(event, CardChanged | CardsChanged | CardRemoved):
            self.reload()

    async def _begin(self) -> None:
        await self._load()
        self.view.take_focus()

    async def _load(self) -> None:
        if self._commands is not None:
            self.view.show_cards(await self._commands.trashed_cards())

    def _on_restore(self, card_ids: Sequence[int]) -> None:
        self._tasks.spawn(self._restore(card_ids), name="put cards back")

    async def _restore(self, card_ids: Sequence[int]) -> None:
        assert self._commands is not None
        try:
            for card_id in card_ids:
                await self._commands.restore_card(card_id)
        except CardgenError as error:
            self._context.notify.error(error)
        else:
            self._context.notify.toast(f"{counted(len(card_ids), 'card')} put back")
        await self._load()

    def _on_remove(self, card_ids: Sequence[int]) -> None:
        if card_ids:
            self._tasks.spawn(self._remove(tuple(card_ids)), name="delete cards for good")

    def _on_empty(self) -> None:
        self._tasks.spawn(self._remove(None), name="empty the trash")

    async def _remove(self, card_ids: tuple[int, ...] | None) -> None:
        """What is asked about is what is deleted: a card that comes into the trash meanwhile stays."""
        assert self._commands is not None
        cards = await self._commands.trashed_cards()
        chosen = [card for card in cards if card_ids is None or card.id in card_ids]
        ids = [card.id for card in chosen]
        try:
            weight = await self._commands.weigh_removal(ids)
            name = chosen[0].name if len(chosen) == 1 else ""
            if not ids or not await self._confirm(weight, name, self._context, self.view.window()):
                return
            done = await self._commands.remove_cards(ids)
        except CardgenError as error:
            self._context.notify.error(error)
            return
        self._context.notify.toast(f"{counted(done.cards, 'card')} deleted for good")
        await self._load()
