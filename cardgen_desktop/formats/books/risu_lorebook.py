"""RisuAI's lorebook files: `{"type": "risu", "ver": 1, "data": […]}`, keys joined by commas.

RisuAI has no switch for an entry; the decorator `@@dont_activate` as the first line of the content is what it
obeys, so an entry that is off is written and read that way.
"""

import re
from typing import Any, BinaryIO

from ...domain.card import Lorebook, LorebookEntry
from ..findings import Findings
from ..json_text import json_file
from ..model.book_payload import normal_entry
from ..model.kept import Wording
from ..model.lorebook import book_from_fields, entries_of, entry_from
from ..writing.export_order import ExportOrder
from .world_info import all_patterns

FORMAT = "risu-lorebook"

_OFF = "@@dont_activate"
_OFF_LINE = re.compile(r"@@dont_activate[ \t]*(?:\r\n|\n|\Z)")
_PATTERN = re.compile(r"/(?:[^/\\]|\\.)+/[a-z]*", re.DOTALL)
_NAMES = {
    "insertorder": "insertion_order",
    "comment": "comment",
    "selective": "selective",
    "useRegex": "use_regex",
}
_NORMAL = "normal"
_OWN = ("mode", "folder")
"""Keys that RisuAI writes under the same names beside the fields of an entry in a V3 card."""

_PLACES = {
    **_NAMES,
    "key": "keys",
    "secondkey": "secondary_keys",
    "content": "content",
    "alwaysActive": "constant",
    "mode": "constant",
    "activationPercent": "extensions.probability",
    "extentions": "case_sensitive",
}


def is_lorebook(value: Any) -> bool:
    """Whether a JSON value is a lorebook of RisuAI."""
    return (
        isinstance(value, dict) and value.get("type") == "risu" and isinstance(value.get("data"), list | dict)
    )


def lorebook_of(value: dict[str, Any], findings: Findings) -> Lorebook:
    """The lorebook of a RisuAI file. Raises `UnreadableError` when it is over the limit."""
    pairs = [
        (raw, _entry(raw, f"data[{key}]", findings))
        for key, raw in entries_of(value.get("data"), "data", findings)
    ]
    wording = Wording(FORMAT, _PLACES, _plain, normal_entry)
    entries = [
        wording.remembered(raw, entry, _certain(entry)) if isinstance(raw, dict) else entry
        for raw, entry in pairs
        if entry is not None
    ]
    book = book_from_fields({"entries": tuple(entries)}, "", findings)
    return Wording(FORMAT, {}, lambda raw: book).remembered(value, book, _fresh_book(), beside=("data",))


def risu_lorebook_payload(book: Lorebook) -> dict[str, Any]:
    """A lorebook as RisuAI reads it."""
    wording = Wording(FORMAT, _PLACES, _plain, normal_entry)
    root = Wording(FORMAT, {}, lambda raw: book).written(book, _fresh_book())
    return {**root, "type": "risu", "data": [wording.written(entry, _fresh(entry)) for entry in book.entries]}


def write_risu_lorebook(order: ExportOrder, out: BinaryIO) -> None:
    """The card's lorebook as a file of RisuAI."""
    book = order.card.data.character_book or Lorebook()
    out.write(json_file(risu_lorebook_payload(book)))


def split_keys(text: str) -> list[str]:
    """The keys RisuAI joined with commas; a pattern keeps the commas inside it."""
    if _PATTERN.fullmatch(text.strip()):
        return [text.strip()]
    return [key.strip() for key in text.split(",") if key.strip()]


def _entry(raw: Any, where: str, findings: Findings) -> LorebookEntry | None:
    if not isinstance(raw, dict):
        return entry_from(raw, where, findings)
    fields = {name: raw[key] for key, name in _NAMES.items() if key in raw}
    content = raw.get("content")
    on = not (isinstance(content, str) and _OFF_LINE.match(content))
    fields["content"] = content if on else _OFF_LINE.sub("", content or "", count=1)
    fields["enabled"] = on
    for key, name in (("key", "keys"), ("secondkey", "secondary_keys")):
        found = raw.get(key)
        fields[name] = split_keys(found) if isinstance(found, str) else found if key in raw else []
    fields["constant"] = raw.get("alwaysActive", raw.get("mode") == "constant")
    fields.update({key: raw[key] for key in _OWN if isinstance(raw.get(key), str) and raw[key] != _NORMAL})
    fields["extensions"], case = _settings(raw)
    if case is not None:
        fields["case_sensitive"] = case
    return entry_from(fields, where, findings)


def _settings(raw: dict[str, Any]) -> tuple[dict[str, Any], bool | None]:
    extensions: dict[str, Any] = {}
    if raw.get("activationPercent") is not None:
        extensions = {"probability": raw["activationPercent"], "useProbability": True}
    own = raw.get("extentions")
    case = own.get("risu_case_sensitive") if isinstance(own, dict) else None
    return extensions, case if isinstance(case, bool) else None


def _fresh(entry: LorebookEntry) -> dict[str, Any]:
    made: dict[str, Any] = {
        "key": ", ".join(entry.keys),
        "secondkey": ", ".join(entry.secondary_keys or ()),
        "insertorder": entry.insertion_order,
        "comment": entry.comment or entry.name or "",
        "content": entry.content if entry.enabled else f"{_OFF}\n{entry.content}",
        "mode": _NORMAL,
        "alwaysActive": bool(entry.constant),
        "selective": bool(entry.secondary_keys) if entry.selective is None else entry.selective,
    }
    extra = entry.model_extra or {}
    made |= {key: extra[key] for key in _OWN if isinstance(extra.get(key), str)}
    if entry.use_regex or all_patterns(entry.keys):
        made["useRegex"] = True
    chance = entry.extensions.get("probability")
    if (
        isinstance(chance, int | float)
        and chance != 100
        and entry.extensions.get("useProbability") is not False
    ):
        made["activationPercent"] = chance
    if entry.case_sensitive is not None:
        made["extentions"] = {"risu_case_sensitive": entry.case_sensitive}
    return made


def _certain(entry: LorebookEntry) -> dict[str, Any]:
    """What is written of an entry whatever it is read from; `useRegex` on words is no pattern elsewhere."""
    return {key: value for key, value in _fresh(entry).items() if key != "useRegex"}


def _fresh_book() -> dict[str, Any]:
    return {"type": "risu", "ver": 1}


def _plain(raw: dict[str, Any]) -> LorebookEntry:
    return _entry(raw, "", Findings()) or LorebookEntry()
