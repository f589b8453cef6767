"""World Info of KoboldAI and KoboldAI Lite: entries whose keys are one text with commas."""

from typing import Any

from ...domain.card import Lorebook, LorebookEntry
from ..findings import Findings
from ..model.book_payload import normal_entry
from ..model.kept import Wording
from ..model.lorebook import book_from_fields, entries_of, entry_from
from .world_info import all_patterns

FORMAT = "koboldai-worldinfo"

_LISTS = ("worldinfo", "entries")
_NAMES = {"content": "content", "comment": "comment", "selective": "selective", "constant": "constant"}
_PLACES = {
    **_NAMES,
    "key": "keys",
    "keysecondary": "secondary_keys",
    "probability": "extensions.probability",
    "widisabled": "enabled",
}


def is_world_info(value: Any) -> bool:
    """Whether a JSON value is World Info of KoboldAI: a list of entries, or an object that has one."""
    return any(isinstance(item, dict) and _is_entry(item) for item in _rows(value))


def _is_entry(item: dict[str, Any]) -> bool:
    """Texts of programs have a key and a content too, but no further keys to look for."""
    if not isinstance(item.get("key"), str) or "content" not in item:
        return False
    return not item.keys().isdisjoint({"keysecondary", "keyanti", "selective", "constant", "widisabled"})


def lorebook_of(value: Any, findings: Findings) -> Lorebook:
    """The lorebook of KoboldAI's World Info. Raises `UnreadableError` when it is over the limit."""
    where = _list_name(value)
    wording = Wording(FORMAT, _PLACES, _plain, normal_entry)
    entries = []
    for key, raw in entries_of(_rows(value), where, findings):
        entry = _entry(raw, f"{where}[{key}]", findings)
        if entry is not None:
            entries.append(wording.remembered(raw, entry, _fresh(entry)) if isinstance(raw, dict) else entry)
    book = book_from_fields({"entries": tuple(entries)}, "", findings)
    if not isinstance(value, dict):
        return book
    others = {key: item for key, item in value.items() if key != where}
    if others:
        findings.info("", "What stands beside the World Info is not read; it is kept with the lorebook.")
    return Wording(FORMAT, {}, lambda raw: book).remembered(others, book, {})


def _rows(value: Any) -> list[Any]:
    found = value.get(_list_name(value)) if isinstance(value, dict) else value
    return found if isinstance(found, list) else []


def _list_name(value: Any) -> str:
    if not isinstance(value, dict):
        return ""
    return next((name for name in _LISTS if isinstance(value.get(name), list)), "entries")


def _entry(raw: Any, where: str, findings: Findings) -> LorebookEntry | None:
    if not isinstance(raw, dict):
        return entry_from(raw, where, findings)
    fields = {name: raw[key] for key, name in _NAMES.items() if raw.get(key) is not None}
    fields["keys"] = _keys(raw.get("key"))
    fields["secondary_keys"] = _keys(raw.get("keysecondary"))
    fields["enabled"] = raw.get("widisabled") in (None, False, 0, "")
    fields["use_regex"] = all_patterns(fields["keys"])
    chance = raw.get("probability")
    if chance is not None:
        number = int(chance) if isinstance(chance, str) and chance.isdecimal() and len(chance) < 4 else chance
        fields["extensions"] = {"probability": number, "useProbability": True}
    fields.setdefault("insertion_order", 100)  # KoboldAI has no order, so nothing is missing
    return entry_from(fields, where, findings)


def _keys(value: Any) -> Any:
    if value is None:
        return []
    return [key.strip() for key in value.split(",") if key.strip()] if isinstance(value, str) else value


def _fresh(entry: LorebookEntry) -> dict[str, Any]:
    return {
        "key": ",".join(entry.keys),
        "keysecondary": ",".join(entry.secondary_keys or ()),
        "content": entry.content,
        "comment": entry.comment or entry.name or "",
        "selective": bool(entry.selective),
        "constant": bool(entry.constant),
        "probability": entry.extensions.get("probability", 100),
        **({} if entry.enabled else {"widisabled": True}),
    }


def _plain(raw: dict[str, Any]) -> LorebookEntry:
    return _entry(raw, "", Findings()) or LorebookEntry()
