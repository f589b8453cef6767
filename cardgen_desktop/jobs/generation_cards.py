"""The card that new texts are proposed for: as it was when the job about it began, and with texts put in."""

import logging
import re
import time
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from ..domain.card import CardData, Lorebook, LorebookEntry
from ..domain.draft import DRAFT_FIELDS, DraftedCard, StepOutput
from ..domain.errors import UsageError
from ..domain.evidence import FieldEvidence
from ..domain.job_kinds import DraftRequest
from ..domain.list_places import ENTRIES, GREETINGS, PLACE
from ..store import cards as stored_cards
from ..store import steps as stored_steps
from ..store.engine import Database
from .draft_steps import DraftSteps
from .running import RunningJob

_log = logging.getLogger(__name__)

CARD_STEP = "card before"
"""The step under which a job keeps the card it began with: what it proposes is compared with that."""


_PLAIN: tuple[str, ...] = tuple(
    name for name in DRAFT_FIELDS if name not in ("tags", "alternate_greetings", "lorebook")
)


def _place(path: str) -> re.Match[str] | None:
    """A place that holds a text; keys and titles of an entry are none."""
    found = PLACE.fullmatch(path)
    return found if found is not None and found["rest"] in ("", ".content") else None


async def card_before(
    database: Database, steps: DraftSteps, job: RunningJob, request: DraftRequest
) -> CardData | None:
    """The card of a request when its job first ran, None for a new one. Raises `UsageError` when lost."""
    if request.card_id is None:
        return None
    for step in await steps.stored(job.id):
        if step.key == CARD_STEP and step.output is not None:
            try:
                return CardData.model_validate(step.output.get("values"))
            except ValidationError as error:
                _log.info("job %d: its card is taken anew: %s", job.id, error)
    data = await current_card(database, request.card_id)
    output = StepOutput(values=data.model_dump(mode="json")).model_dump(mode="json")
    async with database.write() as connection:
        await stored_steps.save_step(connection, job.id, CARD_STEP, "", output, 0.0, time.time())
    return data


async def current_card(database: Database, card_id: int) -> CardData:
    """A card as it is now; raises `UsageError` when it is not in the library."""
    async with database.read() as connection:
        record = await stored_cards.record(connection, card_id)
    if record is None:
        raise UsageError(f"There is no card {card_id} in the library, so nothing can be proposed for it.")
    return record.card.data


def texts_of(card: CardData) -> dict[str, str]:
    """Every text of a card that can be written anew, by its path; tags are one text with commas."""
    texts: dict[str, str] = {name: getattr(card, name) for name in _PLAIN}
    texts["tags"] = ", ".join(card.tags)
    texts |= {f"{GREETINGS}[{number}]": text for number, text in enumerate(card.alternate_greetings)}
    entries = card.character_book.entries if card.character_book else ()
    return texts | {f"{ENTRIES}[{number}].content": entry.content for number, entry in enumerate(entries)}


def with_outputs(card: CardData, outputs: Mapping[str, StepOutput]) -> DraftedCard:
    """A card with what steps wrote for single places; one behind the end of a list is the next of it."""
    evidence: FieldEvidence = {}
    for output in outputs.values():
        for path, records in output.evidence.items():
            place = resolved(path, card)
            evidence[place] = records
            card = _with_written(card, place, "".join(record.text for record in records), output)
        if "tags" in output.values:
            card = card.model_copy(update={"tags": tuple(output.values["tags"])})
    findings = [finding for output in outputs.values() for finding in output.findings]
    placed = [finding.model_copy(update={"path": resolved(finding.path, card)}) for finding in findings]
    return DraftedCard(card=card, evidence=evidence, findings=tuple(placed))


def _with_written(card: CardData, place: str, text: str, output: StepOutput) -> CardData:
    """A card with another text in one place; an entry without a name gets the name and keys it was given."""
    card, found = with_text(card, place, text), _place(place)
    book = card.character_book
    if found is None or found["list"] != ENTRIES or book is None:
        return card
    number, told = int(found["number"]), output.values.get("character_book", {}).get("entries", ())
    named = next((entry for entry in told if entry.get("content") == text), None)
    entry = book.entries[number]
    if named is None or entry.name or entry.keys:
        return card
    about = {"name": str(named.get("name", "")), "keys": tuple(map(str, named.get("keys", ())))}
    book = book.model_copy(update={"entries": _put(book.entries, number, entry.model_copy(update=about))})
    return card.model_copy(update={"character_book": book})


def resolved(path: str, card: CardData) -> str:
    """A place of a card as it is called there: of a list, at most the next free one."""
    found = _place(path)
    if found is None:
        return path
    if found["list"] == GREETINGS:
        return f"{GREETINGS}[{min(int(found['number']), len(card.alternate_greetings))}]"
    entries = card.character_book.entries if card.character_book else ()
    return f"{ENTRIES}[{min(int(found['number']), len(entries))}].content"


def with_text(card: CardData, path: str, text: str) -> CardData:
    """A card with another text in one place."""
    found = _place(path)
    if found is None:
        return card.model_copy(update={path: text}) if path in _PLAIN else card
    number = int(found["number"])
    if found["list"] == GREETINGS:
        return card.model_copy(update={GREETINGS: _put(card.alternate_greetings, number, text)})
    book = card.character_book or Lorebook()
    entry = book.entries[number] if number < len(book.entries) else LorebookEntry()
    changed = entry.model_copy(update={"content": text})
    book = book.model_copy(update={"entries": _put(book.entries, number, changed)})
    return card.model_copy(update={"character_book": book})


def _put(items: tuple[Any, ...], number: int, item: Any) -> tuple[Any, ...]:
    return (*items[:number], item, *items[number + 1 :])
