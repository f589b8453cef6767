"""Whether two cards say the same: for the copies inside one file, and for a file just written."""

from typing import Any

from ..domain.card import Card, CardData, ExportTarget, LorebookEntry
from .card_payload import V3_ONLY_FIELDS, v2_payload, v3_payload
from .decorators import without_decorators
from .json_text import sound_text
from .read_card import ReadCard

_LISTED = 20


def disagreements(one: Card, other: Card) -> tuple[str, ...]:
    """Fields of `data` in which two cards differ, as far as V2 can hold them."""
    left, right = (sound_text(v2_payload(card)["data"]) for card in (one, other))
    return tuple(key for key in {**left, **right} if left.get(key) != right.get(key))


def differences(
    wanted: Card, read: ReadCard, target: ExportTarget, original: dict[str, Any] | None = None
) -> tuple[str, ...]:
    """Paths at which a file read back differs from the card that was to be written with `original`.

    Compared three times: what the file holds, what would be written from it again, and field by field without
    asking the writer, so that a field the writer forgot is noticed too.
    """
    payload = v2_payload if target == "json-v2" else v3_payload
    left = sound_text(payload(wanted, original))
    again = sound_text(payload(read.card, read.original))
    found = [
        *_paths(left, sound_text(read.original), ""),
        *_paths(left, again, ""),
        *_field_differences(wanted, read.card, target),
    ]
    return tuple(dict.fromkeys(found))[:_LISTED]


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
