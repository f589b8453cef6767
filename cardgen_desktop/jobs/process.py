"""A few child processes that do everything heavy or hostile: parse files, read, draft, write cards.

The command line uses the pool without a database. Every method raises `CardgenError` with a sentence, and is
cancelled by killing its child. A child that dies costs its own request only; the next request gets a new one.
"""

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Self, TypeVar

from pydantic import TypeAdapter

from ..domain.card import Card, CardData
from ..domain.checking import CheckReport
from ..domain.draft import DraftedCard, StepOutput
from ..domain.errors import InputError, SourceError, StorageError
from ..domain.evidence_pack import EvidencePack
from ..domain.people import Person, Quotation
from ..domain.source import SourceSummary, SourceText, Span
from . import frames
from .card_processes import CardProcesses
from .child import Child, ChildDiedError
from .conversation import Conversation, Order
from .interface import Progress

TASKS = "cardgen_desktop.jobs.process_tasks:TASKS"
READ_SECONDS = 60.0
SILENCE_SECONDS = 600.0

T = TypeVar("T")
_SOURCE = TypeAdapter(SourceText)
_PEOPLE: TypeAdapter[tuple[Person, ...]] = TypeAdapter(tuple[Person, ...])
_QUOTATIONS: TypeAdapter[tuple[Quotation, ...]] = TypeAdapter(tuple[Quotation, ...])
_DRAFTED = TypeAdapter(DraftedCard)
_PACK = TypeAdapter(EvidencePack)
_CHECKED = TypeAdapter(CheckReport)


def set_key(sources: Sequence[SourceText | SourceSummary]) -> str:
    """The name of a set of sources in their order: the same key means the same reading."""
    parts = "\n".join(f"{source.sha256} {source.kind} {source.language} {source.chars}" for source in sources)
    return hashlib.sha256(parts.encode()).hexdigest()


def quoted(path: Path) -> str:
    """A file's name as sentences show it."""
    return f'"{path.name or path}"'


class ProcessPool(CardProcesses):
    """Up to `size` child processes, started when first needed. Use as an async context manager.

    `assets` is the folder that keeps pictures and other files of cards. `tasks` names the table of a module
    that the children serve; tests bring their own. `read_seconds` bounds the parsing of one file,
    `silence_seconds` the time without a message while reading a set or drafting.
    """

    def __init__(
        self,
        size: int = 2,
        *,
        assets: Path | None = None,
        tasks: str = TASKS,
        read_seconds: float = READ_SECONDS,
        silence_seconds: float = SILENCE_SECONDS,
    ) -> None:
        self._size = size
        self.assets = assets
        self._tasks = tasks
        self._read_seconds = read_seconds
        self._silence_seconds = silence_seconds
        self._slots = asyncio.Semaphore(size)
        self._children: list[Child] = []
        self._closed = False

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    def ensure(self, size: int) -> None:
        """Let at least so many children work at once from now on."""
        for _ in range(size - self._size):
            self._slots.release()
        self._size = max(self._size, size)

    @property
    def pids(self) -> tuple[int, ...]:
        """Process ids of the children that run now."""
        return tuple(child.pid for child in self._children if child.pid and child.alive)

    async def aclose(self) -> None:
        """Kill and reap every child; whatever is asked from now on fails."""
        self._closed = True
        children, self._children = self._children, []
        await asyncio.gather(*(child.close() for child in children))

    async def read(self, path: Path) -> SourceText:
        """Read a source document; raises `SourceError`."""
        return await self._ask(self._file_order("read", path, SourceError), _SOURCE)

    async def read_text(self, text: str, name: str) -> SourceText:
        """Read pasted text; raises `SourceError`."""
        order = Order("read_text", f'"{name}"', self._read_seconds, {"text": text, "name": name}, SourceError)
        return await self._ask(order, _SOURCE)

    async def read_card_text(self, card: Card, name: str) -> SourceText:
        """Write a card as a source; raises `SourceError`. `name` is what the source is called."""
        more = {"card": card, "name": name}
        return await self._ask(
            Order("read_card_text", f'"{name}"', self._read_seconds, more, SourceError), _SOURCE
        )

    async def characters(
        self, sources: Sequence[SourceText], *, on_progress: Progress | None = None
    ) -> tuple[Person, ...]:
        """Read a set and rank its characters."""
        return await self._ask(self._set_order("characters", sources), _PEOPLE, on_progress)

    async def quotes(
        self, sources: Sequence[SourceText], *, on_progress: Progress | None = None
    ) -> tuple[Quotation, ...]:
        """Read a set and list its quotations in order."""
        return await self._ask(self._set_order("quotes", sources), _QUOTATIONS, on_progress)

    async def pack(
        self,
        sources: Sequence[SourceText],
        character: str,
        letters: int,
        *,
        on_progress: Progress | None = None,
    ) -> EvidencePack:
        """Read a set and pack the evidence for a character into at most `letters` characters of passages.

        `character` is a name or alias in any case, or empty for the main one. Raises `UsageError` for an
        unknown or ambiguous name and `SourceError` when nobody is in the text.
        """
        order = self._set_order("pack", sources, character=character, letters=letters)
        return await self._ask(order, _PACK, on_progress)

    async def check(
        self,
        sources: Sequence[SourceText],
        character: str,
        fields: Mapping[str, str],
        cited: Mapping[str, Sequence[tuple[str, Sequence[Span]]]] | None = None,
        *,
        must_be_known: bool = False,
        on_progress: Progress | None = None,
    ) -> CheckReport:
        """Read a set and check texts of a card against it, each by its path.

        `character` is a name or alias in any case. A set without such a person is no error, unless
        `must_be_known`, which raises `UsageError`; the report has a finding then. `cited` has, by path, the
        sentences that cite passages, and these.
        """
        spans = {
            path: [(text, [span.model_dump() for span in spans]) for text, spans in sentences]
            for path, sentences in (cited or {}).items()
        }
        arguments = {"character": character, "fields": dict(fields), "cited": spans}
        order = self._set_order("check", sources, **arguments, must_be_known=must_be_known)
        return await self._ask(order, _CHECKED, on_progress)

    async def check_card(
        self,
        sources: Sequence[SourceText],
        data: CardData,
        character: str = "",
        *,
        on_progress: Progress | None = None,
    ) -> CheckReport:
        """Check every text of a card; `character` is who it is about in the sources if not its own name.

        Raises `UsageError` for a `character` that the sources do not have.
        """
        from ..drafting.checking.card_fields import fields_of

        fields, whom = fields_of(data), character.strip() or data.name
        known = bool(character.strip())
        return await self.check(sources, whom, fields, must_be_known=known, on_progress=on_progress)

    def draft(
        self,
        sources: Sequence[SourceText],
        character: str,
        done: Mapping[str, StepOutput],
        *,
        engine: str,
        greetings: int = 3,
    ) -> AbstractAsyncContextManager[Conversation[DraftedCard]]:
        """Draft a card: iterate over the messages, then take `result`.

        `character` is a name or alias in any case, or empty for the main one; steps in `done` are not redone;
        `greetings` is how many alternate ones are wanted.
        The child goes on after a `StepDone` only when the next message is asked for. Raises `UsageError` for
        an unknown or ambiguous name and `SourceError` when nobody is in the text.
        """
        arguments = {"character": character, "engine": engine, "done": dict(done), "greetings": greetings}
        return self.conversation(self._set_order("draft", sources, **arguments), _DRAFTED)

    @asynccontextmanager
    async def conversation(self, order: Order, adapter: TypeAdapter[T]) -> AsyncIterator[Conversation[T]]:
        """Lend a child to one request; it is killed when the request is left before its end."""
        async with self._slots:
            if self._closed:
                raise order.failed("died", "the pool is closed")
            child = self._choose(order.set_key)
            child.lent = True
            self._children.sort(key=lambda other: other is child)  # the one used longest ago stands first
            try:
                talk = Conversation(child, order, adapter)
                await self._start(child, order)
                await talk.begin()
                yield talk
            finally:
                child.lent = False
                if child.busy or not child.alive:
                    await self._discard(child)

    async def _start(self, child: Child, order: Order) -> None:
        try:
            if child.pid is None:
                await child.start()
        except ChildDiedError as error:
            raise order.failed("unstarted", str(error)) from error

    async def _discard(self, child: Child) -> None:
        if child in self._children:
            self._children.remove(child)
        await child.close()

    async def _ask(self, order: Order, adapter: TypeAdapter[T], on_progress: Progress | None = None) -> T:
        async with self.conversation(order, adapter) as talk:
            async for message in talk:
                if on_progress and isinstance(message, frames.Progress):
                    on_progress(message.fraction, message.phase)
            return talk.result

    def _choose(self, key: str) -> Child:
        """An idle child that has read the set, else one that has read nothing, a new one, any idle one."""
        idle = [child for child in self._children if not child.lent]
        fitting = [child for child in idle if child.loaded == key] or [
            child for child in idle if not child.loaded
        ]
        if fitting:
            return fitting[0]
        if len(self._children) < self._size:
            self._children.append(Child(self._tasks))
            return self._children[-1]
        return idle[0]

    def _file_order(
        self, task: str, path: Path, error: type[InputError | StorageError], **more: object
    ) -> Order:
        return Order(task, quoted(path), self._read_seconds, {"path": os.fsencode(path), **more}, error)

    def _set_order(self, task: str, sources: Sequence[SourceText], **arguments: object) -> Order:
        subject = f'"{sources[0].title or sources[0].name}"' if sources else "nothing"
        return Order(
            task,
            subject,
            self._silence_seconds,
            arguments,
            patient=True,
            sources=sources,
            set_key=set_key(sources),
        )
