"""Commands about what travels with a card: its picture, its files, its looks before and after export."""

import shutil
import time
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

from ..domain.avatar import Crop
from ..domain.card import Card, CardFile, ExportTarget, Lorebook
from ..domain.card_export import ExportOptions, ExportPlan, RoundTrip
from ..domain.card_library import CardSummary
from ..domain.errors import CardError, StorageError, UsageError
from ..domain.lint import LintFinding
from ..store import card_files as stored_files
from ..store import cards as stored_cards
from ..store.asset_files import AssetFiles
from ..store.engine import Connection
from .asset_places import free_place
from .card_commands import CardCommands, gone
from .child import in_thread
from .import_job import add_imported

LARGEST_PREVIEW = 2048
"""Pixels of the longer side of a view of a file."""

LONGEST_ADDRESS = 16 * 1024 * 1024
"""Characters of a `data:` address that is looked at."""

LONGEST_TEXT = 20_000_000
"""Characters of pasted text that is read as a card."""

_CHUNK_BYTES = 1024 * 1024


class CardFileCommands(CardCommands):
    """The part of `interface.Commands` about cards and their files."""

    async def import_text(self, text: str, name: str) -> CardSummary:
        """Read pasted text as a card or a lorebook into the library; raises `CardError`."""
        await self._refuse_read_only()
        if len(text) > LONGEST_TEXT:
            raise CardError(
                f"The text is longer than {LONGEST_TEXT:,} characters. Save it as a file and import that."
            )
        opened = await self._pool.open_text(text, name)
        assert opened.card is not None
        async with self._database.write() as connection:
            summary = await add_imported(connection, opened.card)
        return self._announced(summary)

    async def crop_avatar(self, card_id: int, crop: Crop | None) -> CardSummary:
        """Show a part of the card's picture, or the whole again; the whole picture is kept."""
        await self._refuse_read_only()
        async with self._database.read() as connection:
            stored = await stored_files.picture_of(connection, card_id)
            in_row = await stored_files.picture_in_row(connection, stored.source)
        if not stored.source:
            raise UsageError(
                "The card has no picture of its own to cut. Nothing was changed. Choose one first."
            )
        part = stored.source
        if crop is not None:
            if in_row is not None:
                await in_thread(AssetFiles(self._assets).keep, in_row)
            part = (await self._pool.crop_picture(stored.source, crop, "The picture")).sha256
        return await self._show(card_id, stored, part, crop)

    async def _show(
        self, card_id: int, stored: stored_files.StoredPicture, part: str, crop: Crop | None
    ) -> CardSummary:
        """Store the part, unless the picture was changed while it was cut."""
        whole = None if crop is None else stored.source
        async with self._database.write() as connection:
            if await stored_files.picture_of(connection, card_id) != stored:
                raise UsageError(
                    "The picture was changed in the meantime. Nothing was changed. Cut it again."
                )
            now = time.time()
            summary = await stored_cards.set_picture(connection, card_id, part, now, whole=whole, crop=crop)
        return self._announced(summary or gone(card_id))

    async def avatar_source(self, card_id: int) -> bytes | None:
        """The whole picture that the avatar is a part of; None for the generated portrait."""
        async with self._database.read() as connection:
            stored = await stored_files.picture_of(connection, card_id)
            return await stored_files.picture_data(connection, stored.source)

    async def add_card_file(self, card_id: int, path: Path, kind: str) -> CardFile:
        """Keep a copy of a file with a card; it travels with the card once an asset names it."""
        await self._refuse_read_only()
        async with self._database.read() as connection:
            await self._refuse_gone(connection, card_id)
        kept = await self._pool.keep_file(path, kind)
        async with self._database.write() as connection:
            await self._refuse_gone(connection, card_id)
            known = await stored_files.of_card(connection, card_id, every=True)
            place = free_place(kept.path, [file.path for file in known])
            file = kept.model_copy(update={"path": place})
            await stored_files.put(connection, card_id, [file], in_use=False)
        return file

    async def card_file_preview(self, card_id: int, path: str, side: int) -> bytes | None:
        """A PNG of at most `side` by `side` pixels of a file that is a picture; None for any other.

        `path` may be a `data:` address of an asset; one that is too long is not looked at.
        """
        side = min(max(1, side), LARGEST_PREVIEW)
        if path[:5].casefold() == "data:":
            return await self._pool.data_preview(path, side) if len(path) <= LONGEST_ADDRESS else None
        return await self._pool.preview(await self._file(card_id, path), side)

    async def save_card_file(self, card_id: int, path: str, place: Path) -> Path:
        """Write a file that travels with a card to the disk; the person has chosen the name."""
        file = await self._file(card_id, path)
        await in_thread(_copy_out, AssetFiles(self._assets), file, place)
        return place

    async def lint_card(self, card: Card, files: Sequence[CardFile] = ()) -> tuple[LintFinding, ...]:
        """What a writer should look at in a card."""
        return await self._pool.lint(card, files)

    async def read_lorebook(self, path: Path) -> Lorebook:
        """The lorebook of a file: one that stands alone, or a card's. Raises `CardError`."""
        return await self._pool.read_lorebook(path)

    async def export_plan(self, card_id: int, target: ExportTarget, options: ExportOptions) -> ExportPlan:
        """What a file of this kind would be called and would not hold."""
        return await self._pool.export_plan(await self._whole(card_id), target, options)

    async def round_trip(self, card_id: int, target: ExportTarget, options: ExportOptions) -> RoundTrip:
        """Write the card in memory, read it again and compare."""
        return await self._pool.round_trip(await self._whole(card_id), target, options)

    async def _file(self, card_id: int, path: str) -> CardFile:
        async with self._database.read() as connection:
            file = await stored_files.one(connection, card_id, path)
        if file is None:
            raise UsageError(f'The card has no file "{path}". It may have been removed.')
        return file

    async def _refuse_gone(self, connection: Connection, card_id: int) -> None:
        if not await stored_cards.names(connection, [card_id]):
            raise gone(card_id)


def _copy_out(assets: AssetFiles, file: CardFile, place: Path) -> None:
    """Copy a stored file to a place of the person's; only content that is what it was takes it."""
    from ..formats.writing.file_writing import write_stream

    if not assets.is_whole(file.sha256, file.bytes):
        raise StorageError(
            f'The file "{file.path}" is missing from the data folder or damaged. Nothing was written. '
            "Add it to the card again."
        )

    def write(out: BinaryIO) -> None:
        with assets.place(file.sha256).open("rb") as stream:
            shutil.copyfileobj(stream, out, _CHUNK_BYTES)

    write_stream(place, write, overwrite=True, check=lambda _place: None)
