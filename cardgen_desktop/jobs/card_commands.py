"""Commands about the library: look, save, picture, trash, export."""

import time
from pathlib import Path

from .. import paths
from ..domain.card import CardData, ExportTarget
from ..domain.card_export import ExportOptions
from ..domain.card_library import CardRecord, CardSummary, ExportReport
from ..domain.errors import UsageError
from ..domain.events import CardChanged, CardRemoved
from ..store import card_files as stored_files
from ..store import cards as stored_cards
from ..store.engine import Database
from .asset_places import named_paths
from .card_processes import WholeCard
from .child import in_thread
from .events import EventBus
from .process import ProcessPool
from .whole_cards import whole_card, with_missing_told


class CardCommands:
    """The part of `interface.Commands` about cards."""

    def __init__(self, database: Database, pool: ProcessPool, bus: EventBus) -> None:
        self._database = database
        self._pool = pool
        self._bus = bus
        self._assets = paths.assets(database.path.parent)

    async def cards(self, text: str = "") -> tuple[CardSummary, ...]:
        """The library, newest change first, filtered by name or tag."""
        async with self._database.read() as connection:
            return await stored_cards.listed(connection, text)

    async def card(self, card_id: int) -> CardRecord:
        """One card with its evidence; raises `UsageError` when there is none."""
        async with self._database.read() as connection:
            record = await stored_cards.record(connection, card_id)
        if record is None:
            raise gone(card_id)
        return await in_thread(with_missing_told, record, self._assets)

    async def save_card(self, card_id: int, data: CardData, *, version: int) -> CardSummary:
        """Store edited fields; raises `UsageError` when the card changed since `version`."""
        async with self._database.write() as connection:
            record = await stored_cards.record(connection, card_id, avatar=False)
            if record is None:
                raise gone(card_id)
            edited = record.card.model_copy(update={"data": data})
            summary = await stored_cards.save(connection, card_id, edited, version, time.time())
            if summary is not None and data.assets != record.card.data.assets:
                now, before = named_paths(data), named_paths(record.card.data)
                await stored_files.use_only(connection, card_id, now, before)
        if summary is None:
            raise UsageError(
                f'"{record.summary.name}" was changed in the meantime. What you wrote is not stored yet. '
                "Copy it, open the card again, then paste it."
            )
        return self._announced(summary)

    async def set_avatar(self, card_id: int, image: bytes | None) -> CardSummary:
        """Replace the picture (checked in a child process), or go back to the generated portrait."""
        await self._refuse_read_only()
        picture = None if image is None else await self._pool.check_picture(image, "The picture")
        key = picture.sha256 if picture else None
        async with self._database.write() as connection:
            summary = await stored_cards.set_picture(connection, card_id, key, time.time())
        return self._announced(summary or gone(card_id))

    async def _refuse_read_only(self) -> None:
        """Before a child stores a file: nothing is written where only looking is possible."""
        if self._database.read_only:
            async with self._database.write():
                pass

    async def remove_card(self, card_id: int) -> None:
        """Move a card to the trash."""
        async with self._database.write() as connection:
            summary = await stored_cards.trash(connection, card_id, time.time())
        if summary is None:
            raise gone(card_id)
        self._bus.announce(CardRemoved(card_id))

    async def restore_card(self, card_id: int) -> CardSummary:
        """Take a card out of the trash; one that is not there stays as it is."""
        async with self._database.write() as connection:
            summary = await stored_cards.restore(connection, card_id)
        return self._announced(summary or (await self.card(card_id)).summary)

    async def export_card(
        self,
        card_id: int,
        path: Path,
        target: ExportTarget,
        *,
        overwrite: bool = False,
        options: ExportOptions | None = None,
    ) -> ExportReport:
        """Write a card file, read it back and compare before reporting success."""
        whole = await self._whole(card_id)
        return await self._pool.export_whole(whole, path, target, overwrite=overwrite, options=options)

    async def _whole(self, card_id: int) -> WholeCard:
        async with self._database.read() as connection:
            record = await stored_cards.record(connection, card_id, avatar=False)
            if record is None:
                raise gone(card_id)
            return await whole_card(connection, record)

    def _announced(self, summary: CardSummary | UsageError) -> CardSummary:
        if isinstance(summary, UsageError):
            raise summary
        self._bus.announce(CardChanged(summary))
        return summary


def gone(card_id: int) -> UsageError:
    """The failure when a card is not, or no longer, in the library."""
    return UsageError(f"Card {card_id} is not in the library. It may have been removed.")
