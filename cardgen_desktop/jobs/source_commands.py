"""Commands about sources: files and pasted text onto the desk, who is in them, and passages of them."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from pathlib import Path

from ..domain.card_library import AddedFile, CardSummary
from ..domain.errors import CardgenError, UsageError
from ..domain.events import CardChanged, SourcesChanged
from ..domain.people import Person
from ..domain.source import PassageView, SourceSummary, SourceText
from ..store import cards as stored_cards
from ..store import sources as stored_sources
from ..store.engine import Database
from .card_commands import gone
from .events import EventBus
from .import_job import add_imported
from .interface import Progress
from .opened import OpenedCard
from .process import ProcessPool, set_key

MARGIN_CHARS = 300
KEPT_TEXTS = 4
KEPT_SETS = 8
PASTED_CHARS = 20_000_000


class SourceCommands:
    """The part of `interface.Commands` about sources."""

    def __init__(self, database: Database, pool: ProcessPool, bus: EventBus) -> None:
        self._database = database
        self._pool = pool
        self._bus = bus
        self._texts: OrderedDict[int, SourceText] = OrderedDict()
        self._people: OrderedDict[str, tuple[Person, ...]] = OrderedDict()

    async def add_files(
        self,
        paths: Sequence[Path],
        *,
        on_progress: Progress | None = None,
        on_added: Callable[[AddedFile], None] | None = None,
        sources_only: bool = False,
    ) -> tuple[AddedFile, ...]:
        """Read files, several at once; one outcome for each path, in its order."""
        finished = 0

        async def add(path: Path) -> AddedFile:
            nonlocal finished
            added = await self._add_file(path, sources_only)
            finished += 1
            if on_added:
                on_added(added)
            if on_progress:
                on_progress(finished / len(paths), f"Read {path.name}")
            return added

        if on_progress and paths:
            on_progress(0.0, f"Reading {paths[0].name}")
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(add(path)) for path in paths]
        added = tuple(task.result() for task in tasks)
        await self._keep_order(added)
        return added

    async def _add_file(self, path: Path, sources_only: bool) -> AddedFile:
        try:
            opened = await self._pool.open_file(path, sources_only=sources_only)
            if opened.card is not None:
                return AddedFile(path=str(path), card=await self._import(opened.card))
            assert opened.source is not None
            return AddedFile(path=str(path), source=await self._add_source(opened.source))
        except CardgenError as error:
            return AddedFile(path=str(path), error=error.message, error_code=error.code)

    async def _import(self, opened: OpenedCard) -> CardSummary:
        async with self._database.write() as connection:
            summary = await add_imported(connection, opened)
        self._bus.announce(CardChanged(summary))
        return summary

    async def _add_source(self, text: SourceText) -> SourceSummary:
        async with self._database.write() as connection:
            summary = await stored_sources.add(connection, text, time.time())
        self._bus.announce(SourcesChanged())
        return summary

    async def _keep_order(self, added: Sequence[AddedFile]) -> None:
        """Files are read side by side, but stand on the desk in the order in which they were given."""
        ids = [item.source.id for item in added if item.source is not None]
        if len(ids) > 1:
            async with self._database.write() as connection:
                await stored_sources.put_in_order(connection, ids)
            self._bus.announce(SourcesChanged())

    async def add_text(self, text: str, name: str) -> SourceSummary:
        """Store pasted text as a source; raises `UsageError` for none, or for more than a source may hold."""
        if not text.strip():
            raise UsageError("There is no text to add. Copy some first.")
        if len(text) > PASTED_CHARS:
            raise UsageError(f"The text is longer than {PASTED_CHARS:,} characters. Add it in parts.")
        return await self._add_source(await self._pool.read_text(text, name))

    async def add_card_as_source(self, card_id: int) -> SourceSummary:
        """Store a card of the library as a source; raises `UsageError` when there is none."""
        async with self._database.read() as connection:
            record = await stored_cards.record(connection, card_id, avatar=False)
        if record is None:
            raise gone(card_id)
        name = record.summary.name or "Card"
        return await self._add_source(await self._pool.read_card_text(record.card, name))

    async def sources(self) -> tuple[SourceSummary, ...]:
        """The sources on the desk, oldest first."""
        async with self._database.read() as connection:
            return await stored_sources.on_desk(connection)

    async def remove_source(self, source_id: int) -> None:
        """Take a source off the desk."""
        async with self._database.write() as connection:
            await stored_sources.take_off_desk(connection, source_id)
        self._bus.announce(SourcesChanged())

    async def source_text(self, source_id: int) -> SourceText:
        """The whole canonical text of a source, on the desk or not."""
        return (await self._texts_of([source_id]))[0]

    async def people(
        self, source_ids: Sequence[int], *, on_progress: Progress | None = None
    ) -> tuple[Person, ...]:
        """Read the set and rank its characters; a set that was read before is not read again."""
        if not source_ids:
            return ()
        sources = await self._texts_of(source_ids)
        key = set_key(sources)
        if key not in self._people:
            self._people[key] = await self._pool.characters(sources, on_progress=on_progress)
            _forget_oldest(self._people, KEPT_SETS)
        return self._people[key]

    async def passage(self, source_id: int, start: int, end: int) -> PassageView:
        """The surroundings of a span; offsets outside of the text are moved into it."""
        source = await self.source_text(source_id)
        start = min(max(0, start), source.chars)
        end = min(max(start, end), source.chars)
        first, last = max(0, start - MARGIN_CHARS), min(source.chars, end + MARGIN_CHARS)
        chapters = [heading.title for heading in source.headings if heading.start <= start]
        return PassageView(
            source_title=source.title,
            chapter=chapters[-1] if chapters else "",
            position=start / max(1, source.chars),
            text=source.text[first:last],
            mark_start=start - first,
            mark_end=end - first,
        )

    async def _texts_of(self, source_ids: Sequence[int]) -> tuple[SourceText, ...]:
        missing = [key for key in source_ids if key not in self._texts]
        if missing:
            async with self._database.read() as connection:
                found = await stored_sources.texts(connection, missing)
            if len(found) != len(missing):
                raise UsageError("This source is no longer there. Add its file again.")
            self._texts.update(zip(missing, found, strict=True))
        texts = tuple(self._texts[key] for key in source_ids)
        _forget_oldest(self._texts, KEPT_TEXTS)
        return texts


def _forget_oldest(
    kept: "OrderedDict[int, SourceText] | OrderedDict[str, tuple[Person, ...]]", size: int
) -> None:
    while len(kept) > size:
        kept.popitem(last=False)
