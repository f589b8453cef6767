"""SillyTavern's World Info files: a lorebook of their own, `{"entries": {"0": {"uid": 0, …}}}`.

Read and written as SillyTavern 1.18 does (convertCharacterBook, convertWorldInfoToCharacterBook). Keys of an
entry that no lorebook knows, such as `characterFilter`, are kept under its extensions.
"""

import hashlib
import json
from collections.abc import Iterable
from functools import partial
from typing import Any

from ...domain.card import Lorebook, LorebookEntry
from ..findings import Findings
from ..model import values
from ..model.book_payload import book_payload, normal_entry, unique_ids
from ..model.kept import Wording, kept, same, with_kept, without_kept
from ..model.lorebook import book_from_fields, entries_of, entry_from, position_word
from . import world_info

FORMAT = "st-worldinfo"

_BOOK_PLACES = {
    name: name
    for name in ("name", "description", "scan_depth", "token_budget", "recursive_scanning", "extensions")
}
_OUR_NAMES = ("name", "priority", "case_sensitive", "use_regex")
"""Fields of a lorebook entry that World Info has no name for; a few programs put them beside its own."""
_COPIES = {"keys": "keys", "secondary_keys": "secondary_keys", "insertion_order": "insertion_order"}
"""Names of a lorebook entry that some programs write beside the World Info names for the same."""
_PLACES = {
    **{key: field for key, field in world_info.ENTRY_FIELDS.items() if key != "uid"},
    **{key: f"extensions.{name}" for key, name in world_info.EXTENSION_FIELDS.items()},
    **{key: key for key in ("content", "comment", "constant", "selective", "extensions", *_OUR_NAMES)},
    "disable": "enabled",
    "enabled": "enabled",
    "position": "position",
    **_COPIES,
}
_READ = frozenset(_PLACES) - frozenset(_COPIES) - {"enabled"}


def world_info_from(raw: dict[str, Any], findings: Findings) -> Lorebook:
    """The lorebook of a World Info file. Raises `UnreadableError` when it is over the limit."""
    originals = _originals(raw)
    fields = {key: raw[key] for key in _BOOK_PLACES if key in raw}
    found = raw.get("originalData")
    if isinstance(found, dict):
        fields = {**{key: found[key] for key in _BOOK_PLACES if key in found}, **fields}
    pairs = [
        (key, item, _entry(item, f"entries.{key}", findings, _original_of(originals, key, item)))
        for key, item in entries_of(raw.get("entries"), "entries", findings)
    ]
    read = [(key, item, entry) for key, item, entry in pairs if entry is not None]
    entries = [_remembered(key, item, entry, index) for index, (key, item, entry) in enumerate(read)]
    without, entries = _common_absent(entries)
    book = book_from_fields({**fields, "entries": tuple(entries)}, "", findings)
    return _remembered_book(raw, book, without)


def world_info_payload(book: Lorebook) -> dict[str, Any]:
    """A lorebook as a World Info file that SillyTavern 1.18 reads, every key of every entry explicit."""
    note = kept(book.extensions, FORMAT)
    original = note.get("originalData")
    made = _payload(book, note, original)
    if original is None or note.get("of") == _digest(made["entries"]):
        return made if original is None else {**made, "originalData": original}
    return {**_payload(book, note, None), "originalData": book_payload(book, plain=False)}


def _payload(book: Lorebook, note: dict[str, Any], original: Any) -> dict[str, Any]:
    wording = Wording(FORMAT, _BOOK_PLACES, partial(_plain_book, original))
    root = wording.written(book, _fresh_book(book))
    root.pop("entries", None)
    absent = note.get("absent_in_entries")
    without = [key for key in absent if isinstance(key, str)] if isinstance(absent, list) else []
    originals = _originals({"originalData": original})
    numbers = unique_ids([entry.id for entry in book.entries])
    entries = {
        str(number): _written(entry, number, index, without, originals)
        for index, (entry, number) in enumerate(zip(book.entries, numbers, strict=True))
    }
    return {"entries": entries, **root}


def _entry(raw: Any, where: str, findings: Findings, original: dict[str, Any] | None) -> LorebookEntry | None:
    """One entry; `original` is the lorebook entry it was made of, which has what World Info cannot hold."""
    if not isinstance(raw, dict):
        return entry_from(raw, where, findings)
    known = {key: value for key, value in raw.items() if key in _READ or key == "uid"}
    if not any(key in raw for key in world_info.ENTRY_FIELDS):
        known = raw
    else:
        known.setdefault("key", raw.get("keys", []))
    fields = world_info.as_book_entry(known, where, findings)
    if original is not None:
        own = original.get("extensions")
        foreign = {
            key: value
            for key, value in (own.items() if isinstance(own, dict) else ())
            if key not in world_info.SETTING_DEFAULTS and key != "position"
        }
        fields["extensions"] = {**foreign, **fields["extensions"]}
        for name in _OUR_NAMES[:2]:
            if original.get(name) is not None:
                fields.setdefault(name, original[name])
    return entry_from(fields, where, findings)


def _remembered(key: str, raw: Any, entry: LorebookEntry, index: int) -> LorebookEntry:
    if entry.id is None:
        entry = entry.model_copy(update={"id": int(key) if key.isdecimal() and len(key) < 16 else index})
    if not isinstance(raw, dict):
        return entry
    fresh = _fresh(entry, entry.id, index)
    return Wording(FORMAT, _PLACES, _plain, normal_entry).remembered(raw, entry, fresh, beside=("uid",))


def _written(
    entry: LorebookEntry,
    number: int,
    index: int,
    without: Iterable[str],
    originals: dict[str, dict[str, Any]],
) -> dict[str, Any]:
    wording = Wording(FORMAT, _PLACES, partial(_plain, original=originals.get(str(number))), normal_entry)
    written = wording.written(entry, _fresh(entry, number, index), absent=without)
    dumped = _copies(entry)
    for name in dumped.keys() & written.keys():
        if not same(_as_read(name, written[name]), dumped[name]):
            written[name] = dumped[name]
    written.pop("uid", None)
    return {"uid": number, **written}


def _copies(entry: LorebookEntry) -> dict[str, Any]:
    """What stands under a lorebook's names where a file had them beside its own."""
    return {
        "keys": list(entry.keys),
        "secondary_keys": list(entry.secondary_keys or ()),
        "insertion_order": entry.insertion_order,
        "enabled": entry.enabled,
    }


def _as_read(name: str, value: Any) -> Any:
    return values.comma_texts(value, name, Findings()) if name.endswith("keys") else value


def _fresh(entry: LorebookEntry, number: Any, index: int) -> dict[str, Any]:
    """An entry under World Info's names, with SillyTavern's defaults for what is not set."""
    label = entry.comment or entry.name or ""
    made = {
        **world_info.DEFAULTS,
        **_settings(entry),
        "uid": number,
        "key": list(entry.keys),
        "keysecondary": list(entry.secondary_keys or ()),
        "comment": label,
        "addMemo": bool(label),
        "content": entry.content,
        "constant": bool(entry.constant),
        "order": entry.insertion_order,
        "disable": not entry.enabled,
        "displayIndex": entry.extensions.get("display_index", index),
        "position": _position(entry),
    }
    if entry.selective is not None:
        made["selective"] = entry.selective
    if entry.case_sensitive is not None:
        made["caseSensitive"] = entry.case_sensitive
    return {**made, **_beside(entry, label)}


def _settings(entry: LorebookEntry) -> dict[str, Any]:
    return {
        key: entry.extensions.get(name, world_info.DEFAULTS.get(key))
        for key, name in world_info.EXTENSION_FIELDS.items()
    }


def _position(entry: LorebookEntry) -> Any:
    """SillyTavern's exact place, unless the word that is set says another side of the character."""
    exact = entry.extensions.get("position")
    if isinstance(exact, int) and entry.position in (None, position_word(exact)):
        return exact
    return 0 if entry.position == "before_char" else 1


def _beside(entry: LorebookEntry, label: str) -> dict[str, Any]:
    """What World Info has no name for and SillyTavern leaves in place: other settings, a name, a priority."""
    known = {*world_info.SETTING_DEFAULTS, "position", "display_index"}
    others = {key: value for key, value in without_kept(entry.extensions, FORMAT).items() if key not in known}
    made: dict[str, Any] = {"extensions": others} if others else {}
    if entry.name not in (None, "", label):
        made["name"] = entry.name
    if entry.priority is not None:
        made["priority"] = entry.priority
    if entry.use_regex and not world_info.all_patterns(entry.keys):
        made["use_regex"] = True
    return made


def _fresh_book(book: Lorebook) -> dict[str, Any]:
    fields = {key: getattr(book, key) for key in _BOOK_PLACES if key != "extensions"}
    made = {key: value for key, value in fields.items() if value is not None}
    others = without_kept(book.extensions, FORMAT)
    return {**made, **({"extensions": others} if others else {})}


def _remembered_book(raw: dict[str, Any], book: Lorebook, without: list[str]) -> Lorebook:
    wording = Wording(FORMAT, _BOOK_PLACES, partial(_plain_book, None))
    book = wording.remembered(raw, book, _fresh_book(book), beside=("entries", "originalData"))
    note = dict(kept(book.extensions, FORMAT))
    if without:
        note["absent_in_entries"] = without
    if isinstance(raw.get("originalData"), dict):
        note.update(originalData=raw["originalData"], of=_digest(raw.get("entries")))
    return book.model_copy(update={"extensions": with_kept(book.extensions, FORMAT, note)})


def _common_absent(entries: list[LorebookEntry]) -> tuple[list[str], list[LorebookEntry]]:
    """Keys that no entry of a file has, as in older ones, are noted once for the whole book."""
    lists = [kept(entry.extensions, FORMAT).get("absent", []) for entry in entries]
    common = [key for key in lists[0] if all(key in other for other in lists)] if lists else []
    return common, [_without(entry, common) for entry in entries] if common else entries


def _without(entry: LorebookEntry, common: list[str]) -> LorebookEntry:
    note = dict(kept(entry.extensions, FORMAT))
    rest = [key for key in note.pop("absent", []) if key not in common]
    if rest:
        note["absent"] = rest
    return entry.model_copy(update={"extensions": with_kept(entry.extensions, FORMAT, note)})


def _plain(raw: dict[str, Any], original: dict[str, Any] | None = None) -> LorebookEntry:
    return _entry(raw, "", Findings(), original) or LorebookEntry()


def _plain_book(original: Any, raw: dict[str, Any]) -> Lorebook:
    above = original if isinstance(original, dict) else {}
    fields = {key: source[key] for source in (above, raw) for key in _BOOK_PLACES if key in source}
    return book_from_fields({**fields, "entries": ()}, "", Findings())


def _originals(raw: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The entries of `originalData` by id, as SillyTavern finds them."""
    original = raw.get("originalData")
    entries = original.get("entries") if isinstance(original, dict) else None
    if not isinstance(entries, list):
        return {}
    pairs = [(item.get("id", index), item) for index, item in enumerate(entries) if isinstance(item, dict)]
    return {str(number): item for number, item in pairs}


def _original_of(originals: dict[str, dict[str, Any]], key: str, item: Any) -> dict[str, Any] | None:
    return originals.get(str(item.get("uid", key) if isinstance(item, dict) else key))


def _digest(entries: Any) -> str:
    text = json.dumps(entries, sort_keys=True, ensure_ascii=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()
