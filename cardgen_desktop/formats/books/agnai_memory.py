"""Agnai's memory books, which stand alone and inside its characters (`characterBook`)."""

from typing import Any

from ...domain.card import Lorebook, LorebookEntry
from ..findings import Findings, shown
from ..model.book_payload import normal_entry
from ..model.kept import Wording, without_kept
from ..model.lorebook import book_from_fields, entries_of, entry_from, place

FORMAT = "agnai-memory"

_ENTRY_NAMES = {
    "name": "name",
    "entry": "content",
    "keywords": "keys",
    "priority": "priority",
    "weight": "insertion_order",
    "enabled": "enabled",
    "id": "id",
    "comment": "comment",
    "selective": "selective",
    "secondaryKeys": "secondary_keys",
    "constant": "constant",
    "position": "position",
}
_BOOK_NAMES = {
    "name": "name",
    "description": "description",
    "scanDepth": "scan_depth",
    "tokenBudget": "token_budget",
    "recursiveScanning": "recursive_scanning",
    "extensions": "extensions",
}


def is_memory(value: Any) -> bool:
    """Whether a JSON value is a memory book of Agnai."""
    entries = value.get("entries") if isinstance(value, dict) else None
    if not isinstance(entries, list):
        return False
    if value.get("kind") == "memory":
        return True
    return any(isinstance(item, dict) and {"entry", "keywords"} <= item.keys() for item in entries)


def lorebook_of(value: dict[str, Any], findings: Findings, where: str = "") -> Lorebook:
    """The lorebook of a memory book. Raises `UnreadableError` when it is over the limit."""
    found = entries_of(value.get("entries"), place(where, "entries"), findings)
    pairs = [
        (raw, _entry(raw, place(where, f"entries[{index}]"), findings))
        for index, (_, raw) in enumerate(found)
    ]
    wording = Wording(FORMAT, _ENTRY_NAMES, _plain, normal_entry)
    entries = tuple(
        wording.remembered(raw, entry, _fresh(entry)) if isinstance(raw, dict) else entry
        for raw, entry in pairs
        if entry is not None
    )
    book = _book({**value, "entries": entries}, where, findings)
    return Wording(FORMAT, _BOOK_NAMES, _plain_book).remembered(
        value, book, _fresh_book(book), beside=("entries",)
    )


def memory_payload(book: Lorebook) -> dict[str, Any]:
    """A lorebook as a memory book of Agnai."""
    wording = Wording(FORMAT, _ENTRY_NAMES, _plain, normal_entry)
    root = Wording(FORMAT, _BOOK_NAMES, _plain_book).written(book, _fresh_book(book))
    entries = [wording.written(entry, _fresh(entry)) for entry in book.entries]
    for entry in entries:
        if entry.get("id", 0) is None:
            del entry["id"]
    return {**root, "entries": entries}


def _book(value: dict[str, Any], where: str, findings: Findings) -> Lorebook:
    fields = {name: value[key] for key, name in _BOOK_NAMES.items() if value.get(key) is not None}
    return book_from_fields({**fields, "entries": value.get("entries", ())}, where, findings)


def _entry(raw: Any, where: str, findings: Findings) -> LorebookEntry | None:
    if not isinstance(raw, dict):
        findings.error(where, f"Found {shown(raw)} instead of an entry; it could not be kept.")
        return None
    fields = {name: raw[key] for key, name in _ENTRY_NAMES.items() if raw.get(key) is not None}
    return entry_from(fields, where, findings)


def _fresh(entry: LorebookEntry) -> dict[str, Any]:
    """An entry with every key explicit, so that what a file left out is noted as left out."""
    made = {key: getattr(entry, name) for key, name in _ENTRY_NAMES.items()}
    label = entry.name or entry.comment or ""
    made.update(
        keywords=list(entry.keys),
        name=label,
        comment=entry.comment or label,
        priority=entry.priority or 0,  # Agnai wants a number
        constant=bool(entry.constant),
        selective=bool(entry.secondary_keys) if entry.selective is None else entry.selective,
        secondaryKeys=list(entry.secondary_keys or ()),
        position=entry.position or "after_char",
    )
    return made


def _fresh_book(book: Lorebook) -> dict[str, Any]:
    made = {key: getattr(book, name) for key, name in _BOOK_NAMES.items() if name != "extensions"}
    written = {key: value for key, value in made.items() if value is not None}
    others = without_kept(book.extensions, FORMAT)
    return {"kind": "memory", "name": "", **written, **({"extensions": others} if others else {})}


def _plain(raw: dict[str, Any]) -> LorebookEntry:
    return _entry(raw, "", Findings()) or LorebookEntry()


def _plain_book(raw: dict[str, Any]) -> Lorebook:
    return _book({**raw, "entries": ()}, "", Findings())
