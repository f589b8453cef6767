"""Paths of findings as places of the editor: where it goes, and what the place is called."""

import re

from ...domain.card import CardData
from .fields import entry_path, label_of

_ENTRY = re.compile(r"character_book\.entries\[(\d+)\]")
_PART_WORDS = {
    "keys": "keys", "secondary_keys": "second keys", "content": "text", "constant": "switch",
    "selective": "second keys",
}  # fmt: skip
_WORDS = {
    "tags": "Tags",
    "assets": "Assets",
    "group_only_greetings": "Group greetings",
    "chat": "Beside the card",
}


def editor_path(where: str) -> str:
    """The path that the editor shows for a place such as "data.character_book.entries[3].keys[0]"."""
    path = where.removeprefix("data.")
    if match := _ENTRY.match(path):
        return entry_path(int(match[1]))
    if path.startswith("assets["):
        return path.partition("]")[0] + "]"
    if path.startswith(("alternate_greetings[", "group_only_greetings[")):
        return path
    return path.partition("[")[0].partition(".")[0]


def place_words(where: str, data: CardData) -> str:
    """What a place is called: "Lorebook, Rum: keys", "Greeting 2", "Tags"."""
    path = where.removeprefix("data.")
    if match := _ENTRY.match(path):
        part = path[match.end() :].lstrip(".").partition("[")[0]
        words = _PART_WORDS.get(part, "")
        return f"Lorebook, {_entry_name(int(match[1]), data)}" + (f": {words}" if words else "")
    if path.startswith(("alternate_greetings[", "group_only_greetings[", "assets[")):
        return label_of(path.partition("]")[0] + "]")
    key = path.partition("[")[0].partition(".")[0]
    return _WORDS.get(key) or label_of(key)


def _entry_name(index: int, data: CardData) -> str:
    entries = data.character_book.entries if data.character_book else ()
    if index >= len(entries):
        return f"entry {index + 1}"
    entry = entries[index]
    return entry.name or entry.comment or (entry.keys[0] if entry.keys else "") or f"entry {index + 1}"
