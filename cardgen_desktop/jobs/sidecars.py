"""Each card of the library as a plain V3 file beside the database, so that it can be rebuilt from them.

What a card has beside its text is named in it, in our own extension: the SHA-256 of its picture and files.
"""

import asyncio
import contextlib
import logging
import re
import time
from pathlib import Path

from ..domain.card_library import CardSummary
from ..domain.errors import CardgenError
from ..domain.events import CardChanged, CardRemoved, Event
from ..store import card_files as stored_files
from ..store import cards as stored_cards
from ..store.engine import Database
from .card_notes import with_note, without_note, without_note_in
from .child import in_thread
from .events import EventBus

DELAY = 2.0
"""Seconds from a change to its file; changes in between share one."""

TRASH = "trash"

_FILE = re.compile(r"(\d{1,18})-.*\.json")
_SLACK = 2.0
_log = logging.getLogger(__name__)


class CardFiles:
    """Writes the file of every card that changes, and at the start those that a crash left out."""

    def __init__(self, database: Database, bus: EventBus, folder: Path, *, delay: float = DELAY) -> None:
        self._database = database
        self._folder = folder
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
        """Stop, and write what has changed since the last time."""
        self._stop_hearing()
        if self._task is None:
            return
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        self._task = None
        await self._write_changed()

    def _hear(self, event: Event) -> None:
        if isinstance(event, CardChanged):
            self._changed.add(event.card.id)
        elif isinstance(event, CardRemoved):
            self._changed.add(event.card_id)
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
                library = await stored_cards.listed(connection)
            written = await in_thread(_written, self._folder)
        except (CardgenError, OSError) as error:
            _log.info("card files are not compared: %s", error)
            return set()
        return {card.id for card in library if written.get(card.id, 0.0) < card.updated_at - _SLACK}

    async def _write_changed(self) -> None:
        """A card that cannot be written waits for its next change; the library has it in any case."""
        while self._changed:
            card_id = self._changed.pop()
            try:
                await self._write(card_id)
            except asyncio.CancelledError:
                self._changed.add(card_id)
                raise
            except (CardgenError, OSError) as error:
                _log.info("card %s has no file: %s", card_id, error)

    async def _write(self, card_id: int) -> None:
        async with self._database.read() as connection:
            record = await stored_cards.record(connection, card_id, avatar=False)
            original = await stored_cards.original(connection, card_id)
            picture = await stored_files.picture_of(connection, card_id)
            files = await stored_files.of_card(connection, card_id)
        if record is None:
            await in_thread(_put_in_trash, self._folder, card_id, keep="")
            return
        from ..formats.export import card_bytes, safe_file_name

        card = with_note(record.card, picture, files)
        data = await in_thread(card_bytes, card, "json-v3", picture=None, original=original)
        name = safe_file_name(record.summary.name, ".json")
        await in_thread(_write_file, self._folder, card_id, f"{card_id}-{name}", data)


async def rebuild_from_sidecars(database: Database, folder: Path) -> int:
    """Put the cards that only the files have into the library, under their numbers; how many.

    A file that cannot be read is left where it is. Raises `StorageError` when the library cannot be written.
    """
    async with database.read() as connection:
        known = await stored_cards.numbers(connection)
    added = 0
    for card_id, path in await in_thread(_files, folder):
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


def _files(folder: Path) -> list[tuple[int, Path]]:
    """The files by the numbers of their cards; the newest where a number has several."""
    found: dict[int, Path] = {}
    with contextlib.suppress(OSError):
        for path in sorted(folder.iterdir(), key=lambda path: path.stat().st_mtime):
            if match := _FILE.fullmatch(path.name):
                found[int(match[1])] = path
    return sorted(found.items())


def _written(folder: Path) -> dict[int, float]:
    return {card_id: path.stat().st_mtime for card_id, path in _files(folder)}


def _write_file(folder: Path, card_id: int, name: str, data: bytes) -> None:
    from ..formats.file_writing import write_file

    folder.mkdir(mode=0o700, exist_ok=True)
    write_file(folder / name, data, overwrite=True, check=lambda _found: None)
    _put_in_trash(folder, card_id, keep=name)


def _put_in_trash(folder: Path, card_id: int, *, keep: str) -> None:
    """Files of a card that was removed or renamed; never deleted, for they may be the only ones there are."""
    for path in folder.glob(f"{card_id}-*.json"):
        if path.name != keep:
            (folder / TRASH).mkdir(mode=0o700, exist_ok=True)
            path.replace(folder / TRASH / path.name)
