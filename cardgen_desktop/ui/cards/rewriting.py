"""Which fields of a card can be written anew, with which wishes, and the request that asks for it. No Qt."""

import re
from dataclasses import dataclass

from ...domain.card_library import CardRecord
from ...domain.draft import DRAFT_FIELDS, DraftField, DraftOptions
from ...domain.job_kinds import DraftRequest

NO_SOURCES = "This card came without its sources, so there is nothing to write it from."
_LIST = re.compile(r"^alternate_greetings\[\d+\]$")
_ENTRY = re.compile(r"^character_book\.entries\[\d+\]\.content$")


@dataclass(frozen=True, slots=True)
class Wish:
    """A way to write a field again: the words of the menu, and what the model is told."""

    word: str
    instruction: str


WISHES = (
    Wish("Write again", ""),
    Wish("Shorten", "Say the same in about half the length."),
    Wish("Tell more", "Tell more of what the source says, up to twice the length."),
    Wish("Closer to the source", "Keep to what the source says; leave out whatever it does not support."),
    Wish("More in character", "Let the voice and manner of the character be heard more clearly."),
)


def field_of(path: str) -> DraftField | None:
    """The field of a draft that a place in a card belongs to; None for one that nobody drafts."""
    if _LIST.match(path):
        return "alternate_greetings"
    if _ENTRY.match(path):
        return "lorebook"
    return next((field for field in DRAFT_FIELDS if field == path), None)


def rewrite_request(
    record: CardRecord, path: str, engine: str, style: str, instruction: str
) -> DraftRequest | None:
    """The request for a proposal; None when the field or the card cannot be written anew."""
    field, source_ids = field_of(path), tuple(source.id for source in record.sources)
    if field is None or not source_ids:
        return None
    return DraftRequest(
        source_ids=source_ids,
        character=record.card.data.name,
        engine=engine,
        options=DraftOptions(style=style, instruction=instruction),
        fields=(field,),
        card_id=record.summary.id,
        paths=(path,),
    )
