"""Whether two cards say the same: for the copies inside one file, and for a file just written."""

from typing import Any

from ..domain.card import Card, CardData, ExportTarget, LorebookEntry
from .card_payload import V3_ONLY_FIELDS, v2_payload, v3_payload
from .decorators import without_decorators
from .json_text import sound_text

_LISTED = 20


def disagreements(one: Card, other: Card) -> tuple[str, ...]:
    """Fields of `data` in which two cards differ, as far as V2 can hold them."""
    left, right = (sound_text(v2_payload(card)["data"]) for card in (one, other))
    return tuple(key for key in {**left, **right} if left.get(key) != right.get(key))


def differences(wanted: Card, got: Card, target: ExportTarget) -> tuple[str, ...]:
    """Paths at which a card read back differs from the card that was to be written.

    Compared twice: as the writer would write both, and field by field without asking the writer, so that
    a field the writer forgot is noticed too.
    """
    payload = v2_payload if target == "json-v2" else v3_payload
    left, right = (sound_text(payload(card)) for card in (wanted, got))
    return tuple(dict.fromkeys([*_paths(left, right, ""), *_field_differences(wanted, got, target)]))[
        :_LISTED
    ]


def _paths(left: Any, right: Any, path: str) -> list[str]:
    if left == right:
        return []
    if isinstance(left, dict) and isinstance(right, dict):
        return [
            found
            for key in {**left, **right}
            for found in _paths(left.get(key), right.get(key), f"{path}.{key}" if path else key)
        ]
    if isinstance(left, list) and isinstance(right, list) and len(left) == len(right):
        pairs = enumerate(zip(left, right, strict=True))
        return [found for index, (a, b) in pairs for found in _paths(a, b, f"{path}[{index}]")]
    return [path]


def _field_differences(wanted: Card, got: Card, target: ExportTarget) -> list[str]:
    lost = V3_ONLY_FIELDS if target == "json-v2" else ()
    fields = [name for name in CardData.model_fields if name not in (*lost, "extensions", "character_book")]
    found = [
        f"data.{name}"
        for name in fields
        if sound_text(_plain(wanted.data, name)) != sound_text(_plain(got.data, name))
    ]
    return found + _entry_differences(wanted, got, plain=target == "json-v2")


def _plain(data: CardData, name: str) -> Any:
    return data.model_dump(include={name})[name]


def _entry_differences(wanted: Card, got: Card, *, plain: bool) -> list[str]:
    left, right = (
        [_telling(entry, plain=plain) for entry in card.data.character_book.entries]
        if card.data.character_book
        else None
        for card in (wanted, got)
    )
    return [] if sound_text(left) == sound_text(right) else ["data.character_book.entries"]


def _telling(entry: LorebookEntry, *, plain: bool) -> Any:
    content = without_decorators(entry.content) if plain else entry.content
    return [entry.keys, content, entry.enabled, entry.insertion_order, entry.constant or False]
