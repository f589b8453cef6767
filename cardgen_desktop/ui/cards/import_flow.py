"""Bringing cards of other programs into the library."""

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QWidget

from ...domain.card_library import AddedFile
from ...domain.errors import InputError
from ...jobs.interface import Commands
from ..components import ProgressLine
from ..context import UiContext
from .choosing import ChooseFiles

CARD_FILTER = "Cards (*.png *.json)"


async def import_cards(
    commands: Commands,
    *,
    context: UiContext,
    window: QWidget,
    choose: ChooseFiles,
    progress: ProgressLine,
    open_card: Callable[[object], None],
) -> None:
    """Ask for files, add them, and tell what became of them."""
    folder = context.settings.value.last_folder
    paths = await choose(window, title="Import cards", folder=folder, filters=(CARD_FILTER,))
    if not paths:
        return
    context.settings.update(last_folder=str(paths[0].parent))
    progress.start()
    try:
        added = await commands.add_files(paths)
    finally:
        progress.stop()
    tell_added(added, context=context, open_card=open_card)


def tell_added(
    added: Sequence[AddedFile], *, context: UiContext, open_card: Callable[[object], None]
) -> None:
    """One sentence for what failed, one for what came in."""
    cards = [each.card for each in added if each.card is not None]
    failed = [each.error for each in added if each.error is not None]
    if failed:
        more = f" {len(failed) - 1:,} more could not be read." if len(failed) > 1 else ""
        context.notify.error(InputError(failed[0] + more))
    if len(cards) == 1:
        name, card_id = cards[0].name or "The card", cards[0].id
        context.notify.toast(f"{name} was imported", action="Open", callback=lambda: open_card(card_id))
    elif cards:
        context.notify.toast(f"{len(cards):,} cards were imported")
    sources = sum(each.source is not None for each in added)
    if sources and not cards:
        noun = "file has no card in it and was" if sources == 1 else "files have no card in them and were"
        context.notify.toast(f"{sources:,} {noun} added as a source")
