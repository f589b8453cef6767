"""New texts for a card that is there: each becomes a proposal, and the card changes when one is accepted."""

import time
from collections.abc import Collection, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from ..domain.card import CardData, LorebookEntry
from ..domain.checking import CheckedSentence, Proposal
from ..domain.draft import DRAFT_FIELDS, OFFLINE_ENGINE, DraftedCard
from ..domain.errors import UsageError
from ..domain.events import JobChanged, ProposalsChanged
from ..domain.evidence import Evidence
from ..domain.field_locks import locked_fields
from ..domain.job_kinds import DraftRequest, DraftResult
from ..domain.list_places import ENTRIES
from ..store import cards as stored_cards
from ..store import proposals as stored_proposals
from ..store.engine import Database
from .draft_end import Ending, store_end, verdicts
from .draft_steps import DraftSteps
from .events import EventBus
from .generation_cards import card_before, resolved, texts_of, with_text
from .running import RunningJob, RunningJobs

if TYPE_CHECKING:
    from ..store.engine import Connection


class Proposer:
    """Ends jobs about a card of the library; see `draft_job.Proposing`."""

    def __init__(self, database: Database, bus: EventBus, running: RunningJobs, steps: DraftSteps) -> None:
        self._database = database
        self._bus = bus
        self._running = running
        self._steps = steps

    async def __call__(self, job: RunningJob, request: DraftRequest, drafted: DraftedCard) -> None:
        """Store what was drafted as proposals, and end the job. Raises `UsageError` for a lost card."""
        before = await card_before(self._database, self._steps, job, request)
        assert before is not None and request.card_id is not None
        if request.engine == OFFLINE_ENGINE:
            drafted = entries_by_name(drafted, before)
        proposed = list(self._proposed(job, request, drafted, before))
        async with self._database.write() as connection:
            name = await _name_of(connection, request.card_id)
            for proposal in proposed:
                await stored_proposals.add(connection, proposal)
            result = _result(request.card_id, name, drafted, proposed)
            # Findings about a text that came out as it was before are nothing to decide about.
            ending = Ending(result, needs_review=bool(proposed))
            ended = await store_end(connection, job, self._running.epoch, ending)
        self._bus.announce(ProposalsChanged(request.card_id))
        self._bus.announce(JobChanged(ended))

    def _proposed(
        self, job: RunningJob, request: DraftRequest, drafted: DraftedCard, before: CardData
    ) -> Iterator[Proposal]:
        texts, bases = texts_of(drafted.card), texts_of(before)
        asked = {resolved(path, before) for path in request.paths}
        locked = locked_fields(before)
        for path, text in texts.items():
            wanted = is_asked(path, request, asked) and path not in locked
            if wanted and text and text != bases.get(path, ""):
                findings = tuple(item for item in drafted.findings if item.path == path)
                yield proposal_of(job, request, path, text, base=bases.get(path, "")).model_copy(
                    update={
                        "findings": findings,
                        "is_whole": not any(item.kind == "truncated" for item in findings),
                        "sentences": sentences_of(drafted.evidence.get(path, ())),
                        **({} if path in bases else _named(path, drafted.card)),
                    }
                )


def _named(path: str, card: CardData) -> dict[str, Any]:
    """What a new lorebook entry is called, and its keys."""
    entries = card.character_book.entries if card.character_book else ()
    for number, entry in enumerate(entries):
        if path == f"{ENTRIES}[{number}].content":
            return {"title": entry.name or "", "keys": entry.keys}
    return {}


def proposal_of(job: RunningJob, request: DraftRequest, path: str, text: str, *, base: str) -> Proposal:
    """A new text for one place, without what a check says of it."""
    return Proposal(
        id=0,
        card_id=request.card_id or 0,
        path=path,
        text=text,
        base=base,
        job_id=job.id,
        engine=request.engine,
        model=job.model,
        instruction=request.options.instruction,
        created_at=time.time(),
    )


async def _name_of(connection: "Connection", card_id: int) -> str:
    names = await stored_cards.names(connection, [card_id])
    if card_id not in names:
        raise UsageError("The card that this was for is no longer in the library. Take it out of the trash.")
    return names[card_id]


def _result(card_id: int, name: str, drafted: DraftedCard, proposed: list[Proposal]) -> DraftResult:
    return DraftResult(
        card_id=card_id,
        character=name,
        fields=len({proposal.path.partition("[")[0] for proposal in proposed}),
        lorebook_entries=sum(proposal.path.startswith(ENTRIES) for proposal in proposed),
        findings=len(drafted.findings),
        proposals=len(proposed),
        **verdicts(drafted.evidence),
    )


def entries_by_name(drafted: DraftedCard, before: CardData) -> DraftedCard:
    """A draft whose lorebook entries stand where the card has entries of the same names; no others."""
    known = before.character_book.entries if before.character_book else ()
    book = drafted.card.character_book
    new = {_title(entry): number for number, entry in enumerate(book.entries if book else ())}
    data, evidence = drafted.card.model_copy(update={"character_book": before.character_book}), {}
    for number, entry in enumerate(known):
        there = new.get(_title(entry))
        if there is not None and book is not None and _title(entry):
            place = f"{ENTRIES}[{number}].content"
            data = with_text(data, place, book.entries[there].content)
            evidence[place] = drafted.evidence.get(f"{ENTRIES}[{there}].content", ())
    rest = {path: records for path, records in drafted.evidence.items() if not path.startswith(ENTRIES)}
    return drafted.model_copy(update={"card": data, "evidence": rest | evidence})


def _title(entry: LorebookEntry) -> str:
    return (entry.name or entry.comment or next(iter(entry.keys), "")).strip().casefold()


def is_asked(path: str, request: DraftRequest, asked: Collection[str]) -> bool:
    """Whether a request is about a place: it names it among the `asked`, its field, or nothing at all."""
    if asked:
        return path in asked
    field: str = path.partition("[")[0]
    wanted: Collection[str] = request.fields or DRAFT_FIELDS
    return ("lorebook" if field == ENTRIES else field) in wanted


def sentences_of(records: Iterable[Evidence]) -> tuple[CheckedSentence, ...]:
    """The sentences of a text with what a check said of them, out of its evidence."""
    found, at = [], 0
    for record in records:
        if record.kind != "template":
            verdict = record.verdict or "supported"
            found.append(
                CheckedSentence(
                    text=record.text, verdict=verdict, at=at, source=record.source, start=record.start,
                    end=record.end, score=record.score or (1.0 if record.verdict is None else 0.0),
                )
            )  # fmt: skip
        at += len(record.text)
    return tuple(found)
