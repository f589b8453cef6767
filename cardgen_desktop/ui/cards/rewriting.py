"""Which places of a card can be written anew, with which wishes, and the requests that ask for it. No Qt."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ...domain.card import CardData
from ...domain.card_library import CardRecord
from ...domain.draft import DRAFT_FIELDS, OFFLINE_ENGINE, DraftField, DraftOptions
from ...domain.field_locks import locked_fields
from ...domain.job_kinds import DraftRequest
from .fields import entry_path, greeting_path

NO_SOURCES = (
    "This card came without its sources, so there is nothing to write it from. Check it against a book on "
    "the desk, and it can be written from that."
)
_LIST = re.compile(r"^alternate_greetings\[\d+\]$")
_ENTRY = re.compile(r"^character_book\.entries\[\d+\]\.content$")
MOST_LETTERS = 120
"""Of a topic; a wish may be longer."""


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


def is_item(path: str) -> bool:
    """Whether a place is one of a list, so that there can always be another one."""
    return bool(_LIST.match(path) or _ENTRY.match(path))


def drafted_places(data: CardData) -> tuple[str, ...]:
    """The places of a card that hold a text which an engine may write, in order of writing."""
    locked = locked_fields(data)
    entries = data.character_book.entries if data.character_book else ()
    places: list[str] = []
    for field in DRAFT_FIELDS:
        if field == "alternate_greetings":
            places += [greeting_path(number) for number, text in enumerate(data.alternate_greetings) if text]
        elif field == "lorebook":
            places += [entry_path(number) for number, entry in enumerate(entries) if entry.content]
        elif getattr(data, field) and field not in locked:
            places.append(field)
    return tuple(places)


def rewrite_request(
    record: CardRecord, path: str, engine: str, style: str, instruction: str
) -> DraftRequest | None:
    """The request for a proposal; None when the field or the card cannot be written anew."""
    return places_request(record, (path,), engine, DraftOptions(style=style, instruction=instruction))


def places_request(
    record: CardRecord, paths: Sequence[str], engine: str, options: DraftOptions
) -> DraftRequest | None:
    """One request for proposals for several places; None when none of them can be written anew."""
    source_ids = tuple(source.id for source in record.sources)
    fields = dict.fromkeys(field for path in paths if (field := field_of(path)))
    if not fields or not source_ids:
        return None
    return DraftRequest(
        source_ids=source_ids,
        character=record.card.data.name,
        engine=engine,
        options=options,
        fields=tuple(fields),
        card_id=record.summary.id,
        paths=tuple(path for path in paths if field_of(path)),
    )


def separate_requests(
    record: CardRecord, paths: Sequence[str], engine: str, options: DraftOptions
) -> tuple[DraftRequest, ...]:
    """A request for each place, written side by side; the embedded drafter takes one for all."""
    groups = [tuple(paths)] if engine == OFFLINE_ENGINE else [(path,) for path in paths]
    found = (places_request(record, group, engine, options) for group in groups)
    return tuple(request for request in found if request is not None)


def greeting_request(
    record: CardRecord, data: CardData, engine: str, style: str, mood: str
) -> DraftRequest | None:
    """The request for one more greeting."""
    wish = f"The mood of this greeting: {mood}." if mood else "Let it differ from the greetings before it."
    options = DraftOptions(style=style, instruction=wish)
    return places_request(record, (greeting_path(len(data.alternate_greetings)),), engine, options)


def entry_request(
    record: CardRecord, data: CardData, engine: str, style: str, topic: str
) -> DraftRequest | None:
    """The request for one more lorebook entry; without a topic it is what the source names most."""
    topics = (topic[:MOST_LETTERS],) if topic else ()
    entries = data.character_book.entries if data.character_book else ()
    options = DraftOptions(style=style, topics=topics)
    return places_request(record, (entry_path(len(entries)),), engine, options)


def card_request(
    record: CardRecord, data: CardData, engine: str, style: str, wish: str
) -> DraftRequest | None:
    """The request for proposals for every text of a card."""
    options = DraftOptions(style=style, instruction=wish)
    return places_request(record, drafted_places(data), engine, options)
