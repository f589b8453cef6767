"""Saving a copy of a card by hand, for when the data folder cannot be written."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from ...domain.card import Card
from ...domain.errors import CardgenError
from ..context import UiContext
from .choosing import ChoosePath
from .document import CardDocument
from .export_plan import target_of
from .rescue import copy_name, write_copy

if TYPE_CHECKING:
    from .editor import CardEditor


def start_copy(editor: "CardEditor") -> None:
    """Save a copy of the card that is open."""
    if editor.session is not None:
        saving = save_copy(
            editor.session.document,
            context=editor.context,
            window=editor.window(),
            choose_path=editor.choose_path,
        )
        editor.tasks.spawn(saving, name="save a copy")


async def save_copy(
    document: CardDocument, *, context: UiContext, window: QWidget, choose_path: ChoosePath
) -> None:
    """Ask for a place and write the text of the moment there as JSON."""
    target = target_of("json-v3")
    card: Card = document.record.card.model_copy(update={"data": document.data})
    suggestion = Path.home() / copy_name(card.data.name)
    path = await choose_path(window, title="Save a copy", suggestion=suggestion, filters=(target.filter,))
    if path is None:
        return
    try:
        await asyncio.to_thread(write_copy, card, path)
    except CardgenError as error:
        context.notify.error(error)
    else:
        context.notify.toast(f"A copy is in “{path.name}”.")
