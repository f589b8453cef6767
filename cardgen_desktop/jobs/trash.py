"""Commands about the trash: look into it, and remove cards for good, rows first and files after."""

import logging
import math
import time
from collections.abc import Collection, Sequence
from pathlib import Path

from .. import paths
from ..domain.card_library import CardSummary, Removal
from ..domain.errors import CardgenError, UsageError
from ..domain.events import CardsChanged
from ..store import backups as stored_backups
from ..store import card_files as stored_files
from ..store import cards as stored_cards
from ..store import removal
from ..store.asset_files import AssetFiles
from ..store.engine import Database
from .child import in_thread
from .events import EventBus
from .plain_files import remove_for_good

YOUNG_SECONDS = 600.0
"""How long a file is left alone after it was stored: a command may be about to give it to a card."""

SETTLED_SECONDS = 60.0
"""How long a note is kept at least: a plain file may be on its way while its card is removed."""

_log = logging.getLogger(__name__)


class TrashCommands:
    """The part of `interface.Commands` about the trash."""

    def __init__(self, database: Database, bus: EventBus) -> None:
        self._database = database
        self._bus = bus
        self._home = database.path.parent

    async def trashed_cards(self) -> tuple[CardSummary, ...]:
        """The cards in the trash, the latest first."""
        async with self._database.read() as connection:
            return await stored_cards.trashed(connection)

    async def weigh_removal(self, card_ids: Sequence[int] | None = None) -> Removal:
        """What removing cards of the trash for good would free; None means all of them."""
        async with self._database.read() as connection:
            trash = [card.id for card in await stored_cards.trashed(connection)]
            ids = trash if card_ids is None else sorted(set(card_ids) & set(trash))
            by_jobs = await removal.pictures_of_jobs(connection)
            files = await removal.files_of_only(connection, ids, by_jobs)
        return await self._removal(len(ids), await in_thread(_sizes, paths.assets(self._home), files))

    async def remove_cards(self, card_ids: Sequence[int]) -> Removal:
        """Remove cards of the trash for good; raises `UsageError` when that cannot be."""
        return await self._remove(tuple(dict.fromkeys(card_ids)))

    async def empty_trash(self) -> Removal:
        """Remove every card of the trash for good; raises `UsageError` when a job is at work on one."""
        return await self._remove(None)

    async def _remove(self, wanted: Sequence[int] | None) -> Removal:
        async with self._database.read() as connection:
            by_jobs = await removal.pictures_of_jobs(connection)
        async with self._database.write() as connection:
            if wanted is None:
                wanted = [card.id for card in await stored_cards.trashed(connection)]
            _refuse_untrashed(wanted, await stored_cards.in_trash(connection, wanted))
            if at_work := await removal.job_at_work(connection, wanted):
                raise _busy(*at_work)
            if not wanted:
                return Removal(cards=0, bytes=0)
            files = await removal.remove(connection, wanted, by_jobs, time.time())
        self._bus.announce(CardsChanged(tuple(wanted)))
        freed = await in_thread(_sizes, paths.assets(self._home), files)
        await finish_removals(self._database, self._home)
        return await self._removal(len(wanted), freed)

    async def _removal(self, cards: int, freed: int) -> Removal:
        backups = await in_thread(stored_backups.named, paths.backups(self._home))
        return Removal(cards=cards, bytes=freed, backups=len(backups))


async def finish_removals(database: Database, home: Path, now: float | None = None) -> None:
    """Remove the files of cards whose rows are gone; what is too young, or fails, is left to the next time.

    A file that a card has again by now stays.
    """
    moment = time.time() if now is None else now
    try:
        async with database.read() as connection:
            notes = await removal.notes_left(connection)
            if not notes:
                return
            known = await stored_cards.numbers(connection)
            importing = await removal.import_since(connection)
        before = min(moment - YOUNG_SECONDS, math.inf if importing is None else importing)
        left = [await _followed(database, home, note, known, before) for note in notes]
        kept = [note for note in left if note.files or note.at > moment - SETTLED_SECONDS]
        async with database.write() as connection:
            seen = {note.at for note in notes}
            newer = [note for note in await removal.notes_left(connection) if note.at not in seen]
            await removal.keep_notes(connection, [*kept, *newer])
    except (CardgenError, OSError) as error:
        _log.info("files of removed cards are left for the next time: %s", error)


async def _followed(
    database: Database, home: Path, note: removal.Note, known: Collection[int], before: float
) -> removal.Note:
    """Remove what a note names; the note with those files that are still there."""
    await in_thread(remove_for_good, paths.cards(home), set(note.cards) - set(known))
    async with database.read() as connection:
        named = await stored_files.named(connection, note.files)
    orphans = [sha256 for sha256 in note.files if sha256 not in named]
    left = await in_thread(_without_old, paths.assets(home), orphans, before)
    return note.model_copy(update={"files": left})


def _without_old(folder: Path, files: Sequence[str], before: float) -> tuple[str, ...]:
    assets = AssetFiles(folder)
    return tuple(sha256 for sha256 in files if not assets.remove_older(sha256, before))


def _sizes(folder: Path, files: Sequence[str]) -> int:
    assets = AssetFiles(folder)
    return sum(map(assets.size, files))


def _refuse_untrashed(wanted: Sequence[int], found: dict[int, bool]) -> None:
    for card_id in wanted:
        if not found.get(card_id, False):
            where = "is in the library, not in the trash" if card_id in found else "is not in the trash"
            raise UsageError(f"Card {card_id} {where}. Nothing was removed. Only cards in the trash can be.")


def _busy(job_id: int, name: str) -> UsageError:
    return UsageError(
        f'Job {job_id} is not done with the card "{name}". Nothing was removed. '
        "Cancel the job or let it end, then try again."
    )
