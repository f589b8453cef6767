"""A desk, a queue and a library in memory: every command and event of the program, without its work."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from cardgen_desktop.domain.card import CardData, ExportTarget
from cardgen_desktop.domain.card_library import AddedFile, CardRecord, CardSummary, ExportReport
from cardgen_desktop.domain.errors import CardgenError, UsageError
from cardgen_desktop.domain.events import (
    CardChanged,
    CardRemoved,
    Event,
    JobChanged,
    JobRemoved,
    SourcesChanged,
)
from cardgen_desktop.domain.job import TERMINAL_STATES, JobPage, JobQuery, JobSnapshot, JobState, JobWant
from cardgen_desktop.domain.job_kinds import DraftRequest
from cardgen_desktop.domain.job_views import JobStepView
from cardgen_desktop.domain.people import Person
from cardgen_desktop.domain.source import PassageView, SourceSummary, SourceText

from . import samples

Progress = Callable[[float, str], None]
CARD_SUFFIXES = frozenset({".png", ".json"})


class FakeEvents:
    """Announces what a test tells it to."""

    def __init__(self) -> None:
        self._callbacks: list[Callable[[Event], None]] = []

    @property
    def listeners(self) -> int:
        """How many callbacks are subscribed now."""
        return len(self._callbacks)

    def subscribe(self, callback: Callable[[Event], None]) -> Callable[[], None]:
        """Hear every event from now on; call the result to stop."""
        self._callbacks.append(callback)

        def stop() -> None:
            if callback in self._callbacks:
                self._callbacks.remove(callback)

        return stop

    def announce(self, event: Event) -> None:
        """Tell every subscriber, in order."""
        for callback in tuple(self._callbacks):
            callback(event)


class FakeDesk:
    """The base of `FakeCommands`: what it was asked, where it stops, what it refuses.

    `calls` lists (command, arguments). `refusals[command]` is raised by the next call of that command.
    A command with an entry in `gates` waits for that event before it answers.
    """

    def __init__(self, events: FakeEvents) -> None:
        self.events = events
        self.calls: list[tuple[str, tuple[Any, ...]]] = []
        self.refusals: dict[str, CardgenError] = {}
        self.gates: dict[str, asyncio.Event] = {}

    async def _asked(self, command: str, *arguments: Any) -> None:
        self.calls.append((command, arguments))
        await asyncio.sleep(0)
        if gate := self.gates.get(command):
            await gate.wait()
        if refusal := self.refusals.pop(command, None):
            raise refusal

    def asked(self, command: str) -> list[tuple[Any, ...]]:
        """The arguments of every call of one command."""
        return [arguments for name, arguments in self.calls if name == command]


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


def _matches(job: JobSnapshot, query: JobQuery) -> bool:
    text = query.text.casefold()
    return (
        (not query.states or job.state in query.states)
        and (query.status is None or job.status == query.status)
        and (query.kind is None or job.kind == query.kind)
        and (query.since is None or job.created_at >= query.since)
        and (not text or any(text in field.casefold() for field in (job.character, job.title, job.engine)))
    )


class _Jobs(FakeDesk):
    """The queue. Nothing runs by itself: a test moves jobs with `move`."""

    def __init__(self, events: FakeEvents) -> None:
        super().__init__(events)
        self.queue: dict[int, JobSnapshot] = {}
        self.hidden: set[int] = set()

    def put_jobs(self, jobs: Iterable[JobSnapshot]) -> None:
        """Place jobs in the queue without events."""
        self.queue.update((job.id, job) for job in jobs)

    def move(self, job_id: int, **changes: Any) -> JobSnapshot:
        """Change a job and announce it."""
        job = self.queue[job_id]
        job = job.model_copy(update={"version": job.version + 1, **changes})
        self.queue[job_id] = job
        self.events.announce(JobChanged(job))
        return job

    def _known(self, job_id: int) -> JobSnapshot:
        if job_id not in self.queue:
            raise UsageError(f"There is no job {job_id}.")
        return self.queue[job_id]

    async def start_draft(self, request: DraftRequest, *, request_id: str | None = None) -> JobSnapshot:
        await self._asked("start_draft", request)
        for job in self.queue.values():
            if job.state not in TERMINAL_STATES and job.request == request.model_dump():
                return job
        job = JobSnapshot(
            id=max(self.queue, default=0) + 1,
            kind="draft",
            state=JobState.QUEUED,
            character=request.character,
            engine=request.engine,
            title="Treasure Island",
            request=request.model_dump(),
            request_id=request_id,
            created_at=samples.NOW,
            updated_at=samples.NOW,
            version=1,
        )
        self.queue[job.id] = job
        self.events.announce(JobChanged(job))
        return job

    async def jobs(self, query: JobQuery) -> JobPage:
        await self._asked("jobs", query)
        shown = [job for key, job in sorted(self.queue.items(), reverse=True) if key not in self.hidden]
        matching = [job for job in shown if _matches(job, query)]
        page = matching[query.offset : query.offset + query.limit]
        return JobPage(jobs=tuple(page), total=len(matching), limit=query.limit, offset=query.offset)

    async def job(self, job_id: int) -> JobSnapshot:
        await self._asked("job", job_id)
        return self._known(job_id)

    async def job_steps(self, job_id: int) -> tuple[JobStepView, ...]:
        await self._asked("job_steps", job_id)
        return samples.sample_steps(self._known(job_id))

    async def job_counts(self) -> dict[JobState, int]:
        await self._asked("job_counts")
        states = [job.state for key, job in self.queue.items() if key not in self.hidden]
        return {state: states.count(state) for state in JobState if state in states}

    async def cancel_job(self, job_id: int) -> JobSnapshot:
        await self._asked("cancel_job", job_id)
        if self._known(job_id).state is JobState.RUNNING:
            self.move(job_id, want=JobWant.CANCEL)
        return self.move(job_id, state=JobState.CANCELLED, want=JobWant.CANCEL, finished_at=samples.NOW)

    async def retry_job(self, job_id: int) -> JobSnapshot:
        await self._asked("retry_job", job_id)
        self._known(job_id)
        cleared = {
            "error": None,
            "error_code": None,
            "error_details": None,
            "finished_at": None,
            "result": None,
        }
        return self.move(job_id, state=JobState.QUEUED, want=JobWant.RUN, needs_review=False, **cleared)

    async def remove_job(self, job_id: int) -> None:
        await self._asked("remove_job", job_id)
        self._known(job_id)
        self.hidden.add(job_id)
        self.events.announce(JobRemoved(job_id))

    async def restore_job(self, job_id: int) -> JobSnapshot:
        await self._asked("restore_job", job_id)
        self.hidden.discard(job_id)
        return self.move(job_id)


class _Cards(FakeDesk):
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
        return self._store(record.model_copy(update={"summary": summary, "avatar": image}))

    async def remove_card(self, card_id: int) -> None:
        await self._asked("remove_card", card_id)
        self.trash[card_id] = self._card(card_id)
        del self.library_view[card_id]
        self.events.announce(CardRemoved(card_id))

    async def restore_card(self, card_id: int) -> CardSummary:
        await self._asked("restore_card", card_id)
        return self._store(self.trash.pop(card_id))

    async def export_card(
        self, card_id: int, path: Path, target: ExportTarget, *, overwrite: bool = False
    ) -> ExportReport:
        await self._asked("export_card", card_id, path, target, overwrite)
        self._card(card_id)
        if path in self.exported and not overwrite:
            raise UsageError(f"“{path.name}” exists already. Nothing was written; choose another name.")
        self.exported[path] = target
        return ExportReport(path=str(path), target=target, bytes=182_304)


class FakeCommands(_Sources, _Jobs, _Cards):
    """Every command, in memory. Empty when new; `filled` gives one with sources, jobs and cards."""

    def __init__(self, events: FakeEvents | None = None) -> None:
        super().__init__(events or FakeEvents())

    @classmethod
    def filled(cls, events: FakeEvents | None = None) -> "FakeCommands":
        """A desk with two sources, jobs in every state and four cards."""
        commands = cls(events)
        for text in samples.sample_texts():
            commands.put_source(text)
        commands.put_jobs(samples.sample_jobs())
        commands.put_cards(samples.sample_cards())
        return commands

    def _add(self, path: Path) -> AddedFile:
        if path.suffix.casefold() not in CARD_SUFFIXES or path.name in self.unreadable:
            return super()._add(path)
        card_id = max(self.library_view, default=0) + 1
        card = samples.sample_cards()[3]
        summary = card.summary.model_copy(update={"id": card_id, "name": path.stem})
        return AddedFile(path=str(path), card=self._store(card.model_copy(update={"summary": summary})))
