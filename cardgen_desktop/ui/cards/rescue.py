"""A copy of a card that cannot be saved, as version 3 JSON, so that no word depends on one disk."""

import json
import re
from pathlib import Path
from typing import Any

from ...domain.card import Card, CardData, Lorebook, LorebookEntry
from ...domain.errors import StorageError

MAX_NAME_BYTES = 120
_FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]+')


def copy_name(name: str) -> str:
    """A name for the copy that every system accepts; works without the rest of the program."""
    stem = " ".join(_FORBIDDEN.sub(" ", name).split()).strip(". ")
    while len(stem.encode("utf-8", "replace")) > MAX_NAME_BYTES:
        stem = stem[:-1].rstrip(". ")
    return f"Card {stem}".strip() + ".json"


def card_json(card: Card) -> str:
    """The whole card with every key it came with; optional fields it does not have are left out."""
    value = card.model_dump(mode="json")
    data = value["data"]
    _drop_absent(data, CardData.model_fields)
    if isinstance(book := data.get("character_book"), dict):
        _drop_absent(book, Lorebook.model_fields)
        for entry in book["entries"]:
            _drop_absent(entry, LorebookEntry.model_fields)
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def _drop_absent(value: dict[str, Any], known: Any) -> None:
    for key in [key for key, content in value.items() if content is None and key in known]:
        del value[key]


def write_copy(card: Card, path: Path) -> None:
    """Write the copy; raises `StorageError`. Blocking, so call it in a thread."""
    try:
        path.write_text(card_json(card), encoding="utf-8", errors="replace")
    except OSError as error:
        raise StorageError(
            f"“{path.name}” could not be written either. Your text is kept here; choose another disk.",
            details=str(error),
        ) from error
