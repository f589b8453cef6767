"""Each card of the library as a plain V3 file beside the database, so that it can be rebuilt from them.

What a card has beside its text is named in it, in our own extension: the SHA-256 of its picture and files.
"""

import asyncio
import logging
import math
import time
from itertools import islice
from pathlib import Path

from ..domain.card_library import CardSummary
from ..domain.errors import CardgenError
from ..domain.events import CardChanged, CardRemoved, CardsChanged, Event
from ..store import card_files as stored_files
from ..store import cards as stored_cards
from ..store import plain_cards
from ..store.engine import Database
from .card_notes import without_note, without_note_in
from .child import in_thread
from .events import EventBus
from .plain_files import PlainFiles, card_files

DELAY = 2.0
"""Seconds from a change to its file; changes in between share one."""

CLOSING_SECONDS = 1.0
"""How long the end of the program may take for this; what is left out is written after the next start."""

AT_ONCE = 16
"""Cards that are read and written together; between two of these others get their turn."""

_SLACK = 2.0
_log = logging.getLogger(__name__)


class CardFiles:
    """Writes the file of every card that changes, and at the start those that a crash left out."""

    def __init__(self, database: Database, bus: EventBus, folder: Path, *, delay: float = DELAY) -> None:
        self._database = database
        self._files = PlainFiles(folder)
        self._delay = delay
        self._changed: set[int] = set()
        self._wake = asyncio.Event()
        self._stop_hearing = bus.subscribe(self._hear)
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Keep the files from now on; harmless when it does."""
        if self._task is None:
            self._task = asyncio.create_task(self._keep(), name="card files")

    async def aclose(self) -> None:
        """Stop, and write what has changed since the last time; very many cards wait for the next start."""
        self._stop_hearing()
        if self._task is None:
            return
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        self._task = None
        await self._write_changed(seconds=CLOSING_SECONDS)

    def _hear(self, event: Event) -> None:
        if isinstance(event, CardChanged):
            self._changed.add(event.card.id)
        elif isinstance(event, CardRemoved):
            self._changed.add(event.card_id)
        elif isinstance(event, CardsChanged):
            self._changed.update(event.card_ids)
        else:
            return
        self._wake.set()

    async def _keep(self) -> None:
        await asyncio.sleep(self._delay)
        self._changed |= await self._left_out()
        while True:
            await self._write_changed()
            await self._wake.wait()
            self._wake.clear()
            await asyncio.sleep(self._delay)

    async def _left_out(self) -> set[int]:
        """Cards without a file, or with one from before their last change."""
        try:
            async with self._database.read() as connection:
                library = await plain_cards.ages(connection)
            written = await in_thread(self._files.written)
        except (CardgenError, OSError) as error:
            _log.info("card files are not compared: %s", error)
            return set()
        return {card_id for card_id, age in library.items() if written.get(card_id, 0.0) < age - _SLACK}

    async def _write_changed(self, *, seconds: float = math.inf) -> None:
        """Write what has changed, some cards at a time; what fails waits for the card's next change."""
        until = time.monotonic() + seconds
        while self._changed and time.monotonic() < until:
            some = list(islice(self._changed, AT_ONCE))
            self._changed.difference_update(some)
            try:
                await self._write(some)
            except asyncio.CancelledError:
                self._changed.update(some)
                raise
            except (CardgenError, OSError) as error:
                _log.info("cards %s have no files: %s", some, error)

    async def _write(self, card_ids: list[int]) -> None:
        async with self._database.read() as connection:
            cards = await plain_cards.plain_cards(connection, card_ids)
        await in_thread(self._files.write, cards)
        there = {card.id for card in cards}
        await in_thread(self._files.put_in_trash, [card_id for card_id in card_ids if card_id not in there])


async def rebuild_from_sidecars(database: Database, folder: Path) -> int:
    """Put the cards that only the files have into the library, under their numbers; how many.

    A file that cannot be read is left where it is. Raises `StorageError` when the library cannot be written.
    """
    async with database.read() as connection:
        known = await stored_cards.numbers(connection)
    added = 0
    for card_id, path in await in_thread(card_files, folder):
        if card_id not in known and await _put_back(database, card_id, path) is not None:
            known.add(card_id)
            added += 1
    return added


async def _put_back(database: Database, card_id: int, path: Path) -> CardSummary | None:
    from ..formats.registry import read_card_file

    try:
        read = await in_thread(read_card_file, path)
        written = (await in_thread(path.stat)).st_mtime
    except (CardgenError, OSError) as error:
        _log.info("%s is not put back: %s", path.name, error)
        return None
    card, picture, files = without_note(read.card)
    original = None if read.original is None else without_note_in(read.original)
    async with database.write() as connection:
        summary = await stored_cards.add(
            connection, card, min(written, time.time()), origin="import", problems=read.problems,
            original=original, files=files, card_id=card_id,
        )  # fmt: skip
        await stored_files.put_picture(connection, card_id, picture)
    return summary
