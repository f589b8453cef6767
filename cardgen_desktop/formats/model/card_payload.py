"""A card as the JSON of Character Card V2 and V3: true to each specification, foreign keys carried along.

`original` is the parsed file a card came from, where there is one: its order of keys, its copies of V1 fields
beside `data` and its foreign keys are then kept, so that an unedited card is written as it was.
"""

from typing import Any

from ...domain.card import TEXT_FIELDS, Card, CardData
from .book_payload import book_payload
from .normalise import V2, V3

V3_ONLY_FIELDS = (
    "nickname",
    "group_only_greetings",
    "assets",
    "creator_notes_multilingual",
    "source",
    "creation_date",
    "modification_date",
)
"""Fields of `data` that V2 has no place for."""

PRIVATE_KEYS = ("chat", "json_data")
"""Notes other programs leave beside a card about its user; they are kept in the library, never written."""

MIRRORS = {"creatorcomment": "creator_notes", "tags": "tags"}
"""Keys SillyTavern keeps beside `data` as copies of fields in it; they follow the field."""

_NEVER_FOREIGN = frozenset({*TEXT_FIELDS, *PRIVATE_KEYS, "spec", "spec_version", "data"})


def v3_payload(card: Card, original: dict[str, Any] | None = None) -> dict[str, Any]:
    """The card as a Character Card V3 object."""
    data = _data(card.data, plain=False)
    root = {"spec": V3, "spec_version": card.spec_version, "data": data}
    duplicates = {
        key: data[key] for key in TEXT_FIELDS if _has_duplicates(original) and key in (original or {})
    }
    return _ordered({**root, **duplicates, **_foreign(card, data, original)}, original)


def v2_payload(card: Card, original: dict[str, Any] | None = None) -> dict[str, Any]:
    """The card as a Character Card V2 object, with the V1 fields repeated at the root for older programs.

    Decorators, which are V3, are taken out of lorebook entries, unless the card was a V2 card all along.
    """
    was_v2 = original is not None and original.get("spec") == V2
    data = _data(card.data, plain=not was_v2)
    for field in V3_ONLY_FIELDS:
        data.pop(field, None)
    root = {"spec": V2, "spec_version": "2.0", "data": data}
    duplicates = {key: data[key] for key in TEXT_FIELDS}
    return _ordered({**root, **duplicates, **_foreign(card, data, original)}, original)


def _data(card: CardData, *, plain: bool) -> dict[str, Any]:
    dumped = card.model_dump(exclude={"character_book"})
    known = CardData.model_fields
    data = {key: value for key, value in dumped.items() if value is not None or key not in known}
    data["extensions"] = _without_favourite(data["extensions"])
    if card.character_book is not None:
        data["character_book"] = book_payload(card.character_book, plain=plain)
    return data


def _foreign(card: Card, data: dict[str, Any], original: dict[str, Any] | None) -> dict[str, Any]:
    """Keys beside `data` that no specification names, from the card or else from the file it came from."""
    foreign = dict(card.model_extra or {})
    if original is not None and _has_duplicates(original):
        foreign = {**original, **foreign}
    kept = {key: value for key, value in foreign.items() if key not in _NEVER_FOREIGN}
    for key, field in MIRRORS.items():
        if key in kept:
            kept[key] = data[field]
    return _without_favourite(kept)


def _has_duplicates(original: dict[str, Any] | None) -> bool:
    """Whether the file's root is beside its fields, rather than being its fields (as in V1)."""
    return original is not None and isinstance(original.get("data"), dict)


def _without_favourite(fields: dict[str, Any]) -> dict[str, Any]:
    """A mark of the program's user, not of the card; it never travels."""
    return {**fields, "fav": False} if fields.get("fav") is True else fields


def _ordered(payload: dict[str, Any], original: dict[str, Any] | None) -> dict[str, Any]:
    if original is None:
        return payload
    data = original.get("data")
    ordered = _in_order_of(original, payload)
    if isinstance(data, dict):
        ordered["data"] = _in_order_of(data, payload["data"])
    return ordered


def _in_order_of(order: dict[str, Any], fields: dict[str, Any]) -> dict[str, Any]:
    first = {key: fields[key] for key in order if key in fields}
    return {**first, **fields}
