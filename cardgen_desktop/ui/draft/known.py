"""Who of a set of sources has a card or a job already, so that *Draft all* does nobody twice."""

from collections.abc import Callable, Sequence
from typing import Literal

from PySide6.QtCore import QObject, QTimer, Signal

from ...domain.card_library import CardSummary
from ...domain.errors import CardgenError
from ...domain.events import (
    CardChanged,
    CardRemoved,
    CardsChanged,
    Event,
    JobChanged,
    JobListChanged,
    JobRemoved,
)
from ...domain.job import TERMINAL_STATES, JobQuery, JobSnapshot, JobState
from ...domain.job_kinds import DRAFT
from ...domain.people import Person
from ...domain.source import SourceSummary
from ...jobs.interface import Commands, Events
from ..tasks import TaskOwner
from .starting import set_title

Standing = Literal["done", "at work"]
NEWEST = 2000
GATHER_MILLISECONDS = 200


def standing_of(job: JobSnapshot) -> Standing | None:
    """What a draft job means for its character; a failed or cancelled one means nothing."""
    if job.state not in TERMINAL_STATES:
        return "at work"
    return "done" if job.state is JobState.SUCCEEDED else None


def left_out_words(to_draft: int, standings: Sequence[Standing]) -> str:
    """Who *Draft all* leaves out: "7 to draft, 2 are done"; nothing when that is nobody."""
    if not standings:
        return ""
    parts = [f"{to_draft} to draft"] if to_draft else ["Nobody is left to draft"]
    for standing in ("done", "at work"):
        number = sum(one == standing for one in standings)
        if number:
            parts.append(f"{number} {'is' if number == 1 else 'are'} {standing}")
    return ", ".join(parts)


class KnownDrafts(QObject):
    """Asks for the newest drafts and the library once for a set, then heeds the events.

    Signals: `changed` when somebody's standing did.
    """

    changed = Signal()

    def __init__(self, commands: Commands, events: Events, tasks: TaskOwner, parent: QObject) -> None:
        super().__init__(parent)
        self._commands, self._tasks = commands, tasks
        self._sources: tuple[SourceSummary, ...] = ()
        self._jobs: dict[str, dict[int, Standing]] = {}
        self._cards: set[str] = set()
        self._reading = self._outdated = False
        self._unsubscribe: Callable[[], None] = events.subscribe(self._on_event)
        self._later = QTimer(self, singleShot=True, interval=GATHER_MILLISECONDS)
        self._later.timeout.connect(self._read_again)

    def close(self) -> None:
        """Stop listening."""
        self._unsubscribe()
        self._later.stop()

    def look_at(self, sources: Sequence[SourceSummary]) -> None:
        """Another set: nobody is known until it was asked for."""
        self._sources = tuple(sources)
        self._jobs, self._cards = {}, set()
        self._read_again()

    def standing(self, name: str) -> Standing | None:
        """Whether a character is done or at work; None when there is something to do."""
        standings = self._jobs.get(name, {}).values()
        if "at work" in standings:
            return "at work"
        return "done" if "done" in standings or name in self._cards else None

    def split(self, people: Sequence[Person]) -> tuple[list[Person], list[Standing]]:
        """Whom to draft, and how the others stand."""
        pairs = [(person, self.standing(person.name)) for person in people]
        return [person for person, found in pairs if found is None], [found for _, found in pairs if found]

    def _on_event(self, event: Event) -> None:
        if isinstance(event, JobChanged):
            if self._is_ours(event.job):
                # What is being read now may be older than this.
                self._outdated = self._outdated or self._reading
                if self._note(event.job):
                    self.changed.emit()
        elif isinstance(event, JobRemoved | JobListChanged | CardChanged | CardsChanged | CardRemoved):
            self._read_later()

    def _read_later(self) -> None:
        # Counting from the first: a steady stream of events must not postpone the reading for ever.
        if self._sources and not self._later.isActive():
            self._later.start()

    def _read_again(self) -> None:
        self._outdated = True
        if not self._reading:
            self._reading = True
            self._tasks.spawn(self._read(), name="find known drafts")

    async def _read(self) -> None:
        try:
            while self._outdated:
                self._outdated = False
                await self._read_once(self._sources)
        except CardgenError:
            # Then *Draft all* offers everybody; the queue still does no work twice.
            return
        finally:
            self._reading = False

    async def _read_once(self, sources: tuple[SourceSummary, ...]) -> None:
        if not sources:
            return
        page = await self._commands.jobs(JobQuery(kind=DRAFT, limit=NEWEST))
        cards = await self._commands.cards()
        if sources != self._sources:
            return
        self._jobs = {}
        for job in page.jobs:
            if self._is_ours(job):
                self._note(job)
        self._cards = {card.name for card in cards if self._is_card_of_ours(card)}
        self.changed.emit()

    def _is_ours(self, job: JobSnapshot) -> bool:
        ids = tuple(source.id for source in self._sources)
        return job.kind == DRAFT and bool(ids) and tuple(job.request.get("source_ids") or ()) == ids

    def _is_card_of_ours(self, card: CardSummary) -> bool:
        return (
            card.origin == "draft"
            and bool(card.source_title)
            and card.source_title == set_title(self._sources)
        )

    def _note(self, job: JobSnapshot) -> bool:
        """Remember how a job stands; whether that is news for its character."""
        name = str(job.request.get("character") or "") or job.character
        before = self.standing(name)
        jobs = self._jobs.setdefault(name, {})
        found = standing_of(job)
        if found is None:
            jobs.pop(job.id, None)
        else:
            jobs[job.id] = found
        return self.standing(name) != before
