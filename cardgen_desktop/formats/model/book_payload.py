"""A lorebook as it is written: explicit in every field, so that no program has to guess (rules 7.5 and 7.6).

Missing fields are where programs differ: without `enabled` SillyTavern switches an entry off, equal ids
overwrite each other, and without `extensions` RisuAI fails.
"""

import re
from collections.abc import Sequence
from typing import Any

from ...domain.card import Lorebook, LorebookEntry
from ..books.world_info import SETTING_DEFAULTS
from .decorators import without_decorators
from .lorebook import KEPT, position_word

SCANNING_DEFAULTS = {"scan_depth": 4, "token_budget": 2048, "recursive_scanning": False}
"""Written for what is missing when a book sets only some: RisuAI keeps the three together or none."""

_MIRRORED_NUMBERS = ("depth", "role", "probability")  # SillyTavern reads them under extensions only
_PATTERN_KEY = re.compile(r"/.+/[a-z]*", re.DOTALL)
_REGEX_SIGNS = re.compile(r"[\\^$*+?()\[\]{}|]")


def book_payload(book: Lorebook, *, plain: bool) -> dict[str, Any]:
    """The JSON of a `character_book`; `plain` takes decorators out of the contents, for V2."""
    pairs = zip(book.entries, unique_ids([entry.id for entry in book.entries]), strict=True)
    entries = [_entry(entry, number, plain=plain) for entry, number in pairs]
    return _in_order({**_raw(book), **_scanning(book), "entries": entries}, Lorebook)


def normal_entry(entry: LorebookEntry) -> dict[str, Any]:
    """An entry without what writing fills in, for comparing: see `differences.card_differences`."""
    fields = _raw(entry)
    position, label = _position(entry), entry.name or entry.comment or ""
    kept_id, extensions = _without_mirrors(entry, position)
    fields.update(
        extensions=extensions,
        use_regex=entry.use_regex and any(is_pattern(key) or _REGEX_SIGNS.search(key) for key in entry.keys),
        constant=bool(entry.constant),
        name=label if entry.name is None else entry.name,
        comment=label if entry.comment is None else entry.comment,
        selective=bool(entry.secondary_keys) and entry.selective is not False,
        secondary_keys=list(entry.secondary_keys or ()),
        position=position,
    )
    fields.pop("id", None)
    return _in_order({**fields, "id": kept_id} if kept_id else fields, LorebookEntry)


def unique_ids(ids: Sequence[int | float | str | None]) -> list[int]:
    """A different whole number for each entry; the first bearer of a number keeps it."""
    taken = {number for number in ids if _is_whole(number)}
    seen: set[Any] = set()
    made, free = [], 0
    for number in ids:
        if not _is_whole(number) or number in seen:
            while free in taken:
                free += 1
            number = free
            taken.add(number)
        seen.add(number)
        made.append(int(number))  # type: ignore[arg-type]
    return made


def is_pattern(key: str) -> bool:
    """Whether a key is a pattern in every program: `/…/flags`."""
    return bool(_PATTERN_KEY.fullmatch(key))


def has_partial_scanning(book: Lorebook) -> bool:
    """Whether a book sets some of scan depth, token budget and recursion, but not all."""
    missing = [getattr(book, field) is None for field in SCANNING_DEFAULTS]
    return any(missing) and not all(missing)


def _raw(value: Lorebook | LorebookEntry) -> dict[str, Any]:
    dumped = value.model_dump()
    known = type(value).model_fields
    return {key: item for key, item in dumped.items() if item is not None or key not in known}


def _scanning(book: Lorebook) -> dict[str, Any]:
    if not has_partial_scanning(book):
        return {}
    found = {field: getattr(book, field) for field in SCANNING_DEFAULTS}
    return {field: SCANNING_DEFAULTS[field] if value is None else value for field, value in found.items()}


def _entry(entry: LorebookEntry, number: int, *, plain: bool) -> dict[str, Any]:
    fields = _raw(entry)
    position = _position(entry)
    label = entry.name or entry.comment or ""
    fields.update(
        keys=list(entry.keys),
        content=without_decorators(entry.content) if plain else entry.content,
        extensions=_extensions(entry, position),
        enabled=entry.enabled,
        insertion_order=entry.insertion_order,
        use_regex=entry.use_regex and _all_patterns(entry),
        constant=bool(entry.constant),
        name=label if entry.name is None else entry.name,
        comment=label if entry.comment is None else entry.comment,
        id=number,
        selective=bool(entry.secondary_keys) if entry.selective is None else entry.selective,
        secondary_keys=list(entry.secondary_keys or ()),
        position=position,
    )
    return _in_order(fields, LorebookEntry)


def _in_order(fields: dict[str, Any], model: type[Lorebook | LorebookEntry]) -> dict[str, Any]:
    """The specification's fields first and always in the same order, so that equal cards are equal files."""
    known = {key: fields[key] for key in model.model_fields if key in fields}
    return {**known, **fields}


def _position(entry: LorebookEntry) -> str:
    """The word that is set, else the one SillyTavern's number means, else SillyTavern's own default."""
    if entry.position in ("before_char", "after_char"):
        return entry.position
    exact = entry.extensions.get("position")
    return position_word(exact) if isinstance(exact, int) else "after_char"


def _extensions(entry: LorebookEntry, position: str) -> dict[str, Any]:
    """The entry's extensions with SillyTavern's mirrors of position and case, and an id that is a text."""
    extensions = dict(entry.extensions)
    exact = extensions.get("position")
    if not isinstance(exact, int) or position_word(exact) != position:
        extensions["position"] = 0 if position == "before_char" else 1
    if entry.case_sensitive is not None:
        extensions["case_sensitive"] = entry.case_sensitive
    for key, found in _depth_and_the_like(entry).items():
        extensions.setdefault(key, found)
    if isinstance(entry.id, str):
        kept = extensions.get(KEPT)
        extensions[KEPT] = {**(kept if isinstance(kept, dict) else {}), "id": entry.id}
    return extensions


def _without_mirrors(entry: LorebookEntry, position: str) -> tuple[str, dict[str, Any]]:
    """An id that is a text, wherever it is kept, and the extensions without copies of the entry's fields."""
    extensions = {**_depth_and_the_like(entry), **entry.extensions}
    extensions = {key: value for key, value in extensions.items() if not _is_default(key, value)}
    if extensions.get("position") in (None, 0 if position == "before_char" else 1):
        extensions.pop("position", None)
    if entry.case_sensitive is not None and extensions.get("case_sensitive") in (None, entry.case_sensitive):
        extensions.pop("case_sensitive", None)
    kept = extensions.get(KEPT)
    kept_id = kept.get("id") if isinstance(kept, dict) else None
    if isinstance(entry.id, str):
        kept_id = entry.id
    if isinstance(kept, dict):
        extensions[KEPT] = {key: value for key, value in kept.items() if key != "id"}
    if extensions.get(KEPT) == {}:
        del extensions[KEPT]
    return kept_id if isinstance(kept_id, str) else "", extensions


def _is_default(key: str, value: Any) -> bool:
    """Whether a setting says what SillyTavern takes where it is missing."""
    return key in SETTING_DEFAULTS and (value is None or value == SETTING_DEFAULTS[key])


def _depth_and_the_like(entry: LorebookEntry) -> dict[str, int | float]:
    """Settings of SillyTavern that stand beside the fields, where it does not read them."""
    extra = entry.model_extra or {}
    return {key: extra[key] for key in _MIRRORED_NUMBERS if isinstance(extra.get(key), int | float)}


def _all_patterns(entry: LorebookEntry) -> bool:
    return bool(entry.keys) and all(is_pattern(key) for key in entry.keys)


def _is_whole(number: Any) -> bool:
    return isinstance(number, int) and not isinstance(number, bool)
