"""A desk, a queue and a library in memory: every command and event of the program, without its work."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from cardgen_desktop.domain.card import CardData, ExportTarget
from cardgen_desktop.domain.card_export import ExportOptions
from cardgen_desktop.domain.card_library import AddedFile, CardRecord, CardSummary, ExportReport, Removal
from cardgen_desktop.domain.errors import UsageError
from cardgen_desktop.domain.events import CardChanged, CardRemoved, CardsChanged, SourcesChanged
from cardgen_desktop.domain.people import Person
from cardgen_desktop.domain.source import PassageView, SourceSummary, SourceText

from . import job_samples, samples
from .fake_card_files import FakeCardFiles
from .fake_desk import FakeDesk, FakeEvents
from .fake_generation import FakeGeneration
from .fake_jobs import FakeJobs
from .fake_providers import FakeProviders
from .fake_queue import FakeQueue

__all__ = ["FakeCommands", "FakeDesk", "FakeEvents", "FakeJobs", "FakeProviders", "FakeQueue"]

Progress = Callable[[float, str], None]
CARD_SUFFIXES = frozenset({".png", ".json"})


class _Sources(FakeDesk):
    """Sources and reading. `unreadable[file name]` is the sentence `add_files` reports for it."""

    def __init__(self, events: FakeEvents) -> None:
        super().__init__(events)
        self.texts: dict[int, SourceText] = {}
        self.unreadable: dict[str, str] = {Path(samples.FAILED_PATH).name: samples.FAILED_SENTENCE}
        self.found: tuple[Person, ...] = samples.sample_people()
        self.phases: tuple[tuple[float, str], ...] = ((0.2, "Reading sentences"), (0.7, "Finding people"))
        self.removed_sources: list[int] = []

    def put_source(self, text: SourceText) -> SourceSummary:
        """Place a source on the desk without an event."""
        source_id = max(self.texts, default=0) + 1
        self.texts[source_id] = text
        return samples.summary_of(source_id, text)

    def _text_of(self, path: Path) -> SourceText:
        known = {text.name: text for text in samples.sample_texts()}
        text = known.get(path.name) or samples.source_text(samples.opening(), path.name)
        return text.model_copy(update={"path": str(path)})

    async def add_files(
        self,
        paths: Sequence[Path],
        *,
        on_progress: Progress | None = None,
        on_added: Callable[[AddedFile], None] | None = None,
        sources_only: bool = False,
    ) -> tuple[AddedFile, ...]:
        await self._asked("add_files", tuple(paths))
        outcomes = []
        for index, path in enumerate(paths):
            if on_progress:
                on_progress(index / len(paths), f"Reading {path.name}")
            outcomes.append(self._add(path))
            if on_added:
                on_added(outcomes[-1])
            await asyncio.sleep(0)
        self.events.announce(SourcesChanged())
        return tuple(outcomes)

    def _add(self, path: Path) -> AddedFile:
        if sentence := self.unreadable.get(path.name):
            return AddedFile(path=str(path), error=sentence)
        return AddedFile(path=str(path), source=self.put_source(self._text_of(path)))

    async def add_text(self, text: str, name: str) -> SourceSummary:
        await self._asked("add_text", text, name)
        summary = self.put_source(samples.source_text(text, name))
        self.events.announce(SourcesChanged())
        return summary

    async def add_card_as_source(self, card_id: int) -> SourceSummary:
        await self._asked("add_card_as_source", card_id)
        data = self.library_view[card_id].card.data
        summary = self.put_source(samples.source_text(f"{data.name} {data.description}", data.name))
        self.events.announce(SourcesChanged())
        return summary

    async def sources(self) -> tuple[SourceSummary, ...]:
        await self._asked("sources")
        return tuple(samples.summary_of(key, text) for key, text in self.texts.items())

    async def remove_source(self, source_id: int) -> None:
        await self._asked("remove_source", source_id)
        self.texts.pop(source_id, None)
        self.removed_sources.append(source_id)
        self.events.announce(SourcesChanged())

    async def source_text(self, source_id: int) -> SourceText:
        await self._asked("source_text", source_id)
        if source_id not in self.texts:
            raise UsageError("This source is no longer on the desk.")
        return self.texts[source_id]

    async def people(
        self, source_ids: Sequence[int], *, on_progress: Progress | None = None
    ) -> tuple[Person, ...]:
        for fraction, phase in self.phases:
            if on_progress:
                on_progress(fraction, phase)
        await self._asked("people", tuple(source_ids))
        return self.found if source_ids else ()

    async def passage(self, source_id: int, start: int, end: int) -> PassageView:
        await self._asked("passage", source_id, start, end)
        source = self.texts[source_id]
        first, last = max(0, start - 300), min(source.chars, end + 300)
        chapters = [heading.title for heading in source.headings if heading.start <= start]
        return PassageView(
            source_title=source.title,
            chapter=chapters[-1] if chapters else "",
            position=start / max(1, source.chars),
            text=source.text[first:last],
            mark_start=start - first,
            mark_end=end - first,
        )


class _Cards(FakeCardFiles):
    """The library. `exported` maps written paths to targets; nothing is written to disk."""

    def __init__(self, events: FakeEvents) -> None:
        super().__init__(events)
        self.library_view: dict[int, CardRecord] = {}
        self.trash: dict[int, CardRecord] = {}
        self.exported: dict[Path, ExportTarget] = {}

    def put_cards(self, cards: Iterable[CardRecord]) -> None:
        """Place cards in the library without events."""
        self.library_view.update((card.summary.id, card) for card in cards)

    def _store(self, record: CardRecord) -> CardSummary:
        self.library_view[record.summary.id] = record
        self.events.announce(CardChanged(record.summary))
        return record.summary

    def _card(self, card_id: int) -> CardRecord:
        if card_id not in self.library_view:
            raise UsageError(f"There is no card {card_id}.")
        return self.library_view[card_id]

    async def cards(self, text: str = "") -> tuple[CardSummary, ...]:
        await self._asked("cards", text)
        wanted = text.casefold()
        shown = [record.summary for record in self.library_view.values()]
        matching = [
            card for card in shown if any(wanted in word.casefold() for word in (card.name, *card.tags))
        ]
        return tuple(sorted(matching, key=lambda card: -card.updated_at))

    async def card(self, card_id: int) -> CardRecord:
        await self._asked("card", card_id)
        return self._card(card_id)

    async def save_card(self, card_id: int, data: CardData, *, version: int) -> CardSummary:
        await self._asked("save_card", card_id, data, version)
        record = self._card(card_id)
        if record.summary.version != version:
            raise UsageError(
                "This card was changed elsewhere. Your text is kept here; open the card again to compare."
            )
        entries = len(data.character_book.entries) if data.character_book else 0
        named = {"name": data.name, "tags": data.tags, "lorebook_entries": entries, "version": version + 1}
        summary = record.summary.model_copy(update={**named, "updated_at": record.summary.updated_at + 60})
        card = record.card.model_copy(update={"data": data})
        return self._store(record.model_copy(update={"summary": summary, "card": card}))

    async def set_avatar(self, card_id: int, image: bytes | None) -> CardSummary:
        await self._asked("set_avatar", card_id, image)
        record = self._card(card_id)
        summary = record.summary.model_copy(
            update={"has_avatar": image is not None, "version": record.summary.version + 1}
        )
        kept = self.preview if image is not None and image[4:8] == b"ftyp" else image
        return self._store(record.model_copy(update={"summary": summary, "avatar": kept}))

    async def remove_card(self, card_id: int) -> None:
        await self._asked("remove_card", card_id)
        self.trash[card_id] = self._card(card_id)
        del self.library_view[card_id]
        self.events.announce(CardRemoved(card_id))

    async def restore_card(self, card_id: int) -> CardSummary:
        await self._asked("restore_card", card_id)
        if card_id not in self.trash:
            raise UsageError(f"There is no card {card_id}.")
        return self._store(self.trash.pop(card_id))

    async def trashed_cards(self) -> tuple[CardSummary, ...]:
        await self._asked("trashed_cards")
        return tuple(record.summary for record in self.trash.values())

    async def weigh_removal(self, card_ids: Sequence[int] | None = None) -> Removal:
        await self._asked("weigh_removal", card_ids)
        chosen = self.trash if card_ids is None else card_ids
        return Removal(cards=len(chosen), bytes=2_400_000 * len(chosen), backups=2)

    async def remove_cards(self, card_ids: Sequence[int]) -> Removal:
        await self._asked("remove_cards", tuple(card_ids))
        for card_id in card_ids:
            del self.trash[card_id]
        self.events.announce(CardsChanged(tuple(card_ids)))
        return Removal(cards=len(card_ids), bytes=2_400_000 * len(card_ids), backups=2)

    async def empty_trash(self) -> Removal:
        return await self.remove_cards(tuple(self.trash))

    async def export_card(
        self,
        card_id: int,
        path: Path,
        target: ExportTarget,
        *,
        overwrite: bool = False,
        options: ExportOptions | None = None,
    ) -> ExportReport:
        await self._asked("export_card", card_id, path, target, overwrite)
        self._card(card_id)
        if path in self.exported and not overwrite:
            raise UsageError(f"“{path.name}” exists already. Nothing was written; choose another name.")
        self.exported[path] = target
        return ExportReport(path=str(path), target=target, bytes=182_304)


class FakeCommands(_Sources, FakeQueue, FakeJobs, FakeProviders, FakeGeneration, _Cards):
    """Every command, in memory. Empty when new; `filled` gives one with sources, jobs and cards."""

    def __init__(self, events: FakeEvents | None = None) -> None:
        super().__init__(events or FakeEvents())

    @classmethod
    def filled(cls, events: FakeEvents | None = None) -> "FakeCommands":
        """A desk with two sources, jobs in every state, four cards, and engines to draft with."""
        commands = cls(events)
        for text in samples.sample_texts():
            commands.put_source(text)
        commands.put_jobs(samples.sample_jobs())
        commands.put_cards(samples.sample_cards())
        commands.fill_providers()
        return commands

    @classmethod
    def busy(cls, events: FakeEvents | None = None) -> "FakeCommands":
        """The same desk on a busy evening: every kind and every reason to wait, two batches, money."""
        commands = cls.filled(events)
        commands.put_jobs(job_samples.busy_jobs())
        commands.batch_titles.update(job_samples.BATCH_TITLES)
        commands.queue_now = job_samples.queue_status()
        return commands

    def _add(self, path: Path) -> AddedFile:
        if path.suffix.casefold() not in CARD_SUFFIXES or path.name in self.unreadable:
            return super()._add(path)
        return AddedFile(path=str(path), card=self._new_card(path.stem))

    def _new_card(self, name: str) -> CardSummary:
        card_id = max(self.library_view, default=0) + 1
        card = samples.sample_cards()[3]
        summary = card.summary.model_copy(update={"id": card_id, "name": name})
        return self._store(card.model_copy(update={"summary": summary}))
