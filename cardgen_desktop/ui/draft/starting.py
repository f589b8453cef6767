"""Queuing drafts: rows are shown at once, become real, or go back with the reason; who was chosen stays.

Every job carries a request id made here, so that trying again after a doubtful failure never queues twice.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import count
from uuid import uuid4

from PySide6.QtCore import QObject, Signal

from ...domain.draft import OFFLINE_ENGINE, DraftOptions
from ...domain.errors import CardgenError
from ...domain.job import JobSnapshot, JobState
from ...domain.job_kinds import DRAFT, DraftRequest
from ...domain.people import Person
from ...domain.source import SourceSummary
from ...jobs.interface import Commands
from ..tasks import TaskOwner
from ..wording import counted, first_sentence

_local_ids = count(1)


@dataclass(frozen=True, slots=True)
class Order:
    """Drafts that are queued together; `pending` are the rows shown for them meanwhile."""

    requests: tuple[DraftRequest, ...]
    pending: tuple[JobSnapshot, ...]
    title: str

    @property
    def request_ids(self) -> tuple[str, ...]:
        """The ids of the requests, in order."""
        return tuple(job.request_id or "" for job in self.pending)


@dataclass(frozen=True, slots=True)
class Refused:
    """An order that could not be saved: what to say, and the order to try again with."""

    order: Order
    fact: str
    text: str


def set_title(sources: Sequence[SourceSummary]) -> str:
    """What a set of sources is called: the first title, and how many more there are."""
    if not sources:
        return ""
    first = sources[0].title or sources[0].name
    return first if len(sources) == 1 else f"{first} and {len(sources) - 1} more"


def make_order(
    people: Sequence[Person],
    sources: Sequence[SourceSummary],
    now: float,
    engine: str = OFFLINE_ENGINE,
    options: DraftOptions | None = None,
) -> Order:
    """One draft for each of some people, from a set of sources, by an engine."""
    title = set_title(sources)
    source_ids = tuple(source.id for source in sources)
    requests = tuple(
        DraftRequest(
            source_ids=source_ids, character=person.name, engine=engine, options=options or DraftOptions()
        )
        for person in people
    )
    return Order(requests, tuple(_pending(request, title, now) for request in requests), title)


def _pending(request: DraftRequest, title: str, now: float) -> JobSnapshot:
    return JobSnapshot(
        id=-next(_local_ids),
        kind=DRAFT,
        state=JobState.QUEUED,
        character=request.character,
        engine=request.engine,
        title=title,
        request=request.model_dump(),
        request_id=uuid4().hex,
        created_at=now,
        queued_at=now,
        updated_at=now,
    )


def refused(order: Order, error: CardgenError) -> Refused:
    """What is said when an order could not be saved: "Could not save 9 jobs: the disk is full."."""
    first = first_sentence(error.message)
    rest = error.message[len(first) :].lstrip(". ")
    reason = first if first[1:2].isupper() else first[:1].lower() + first[1:]
    what = "the job" if len(order.pending) == 1 else counted(len(order.pending), "job")
    kept = "Who you chose stays chosen."
    return Refused(order, f"Could not save {what}: {reason}.", f"{rest} {kept}" if rest else kept)


class DraftStart(QObject):
    """Queues drafts, one order at a time.

    Signals: `pending(tuple[JobSnapshot])` at once; then `withdrawn(tuple[request id])` for rows that did not
    become jobs of their own, `ended` however it went, and `started(tuple[JobSnapshot])` or
    `refused(Refused)`.
    """

    pending = Signal(object)
    withdrawn = Signal(object)
    ended = Signal()
    started = Signal(object)
    refused = Signal(object)

    def __init__(
        self,
        commands: Commands,
        tasks: TaskOwner,
        parent: QObject | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        super().__init__(parent)
        self._commands, self._tasks, self._clock = commands, tasks, clock
        self._busy = False

    @property
    def is_busy(self) -> bool:
        """Whether an order is under way."""
        return self._busy

    def draft(
        self,
        people: Sequence[Person],
        sources: Sequence[SourceSummary],
        engine: str = OFFLINE_ENGINE,
        options: DraftOptions | None = None,
    ) -> None:
        """Queue a draft for each of some people."""
        if people and sources:
            self.place(make_order(people, sources, self._clock(), engine, options))

    def place(self, order: Order) -> None:
        """Queue an order, new or once more; nothing happens while another is under way."""
        if self._busy:
            return
        self._busy = True
        self.pending.emit(order.pending)
        self._tasks.spawn(self._place(order), name="start drafts")

    async def _place(self, order: Order) -> None:
        waiting, failure = set(order.request_ids), None
        jobs: tuple[JobSnapshot, ...] = ()
        try:
            jobs = await self._start(order)
            waiting -= {job.request_id or "" for job in jobs}
        except CardgenError as error:
            failure = error
        finally:
            self._busy = False
            if waiting:
                self.withdrawn.emit(tuple(sorted(waiting)))
            self.ended.emit()
        if failure is None:
            self.started.emit(jobs)
        else:
            self.refused.emit(refused(order, failure))

    async def _start(self, order: Order) -> tuple[JobSnapshot, ...]:
        title = order.title if len(order.requests) > 1 else ""
        ids = order.request_ids
        return await self._commands.start_drafts(order.requests, request_ids=ids, batch_title=title)
