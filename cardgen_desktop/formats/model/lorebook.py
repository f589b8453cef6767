"""A card's lorebook, normalised: entries as a list, every field of the right type, nothing unknown lost."""

from collections.abc import Callable
from typing import Any

from ...domain.card import Lorebook, LorebookEntry
from .. import limits
from ..books import world_info
from ..findings import Findings, UnreadableError, shown
from . import values
from .kept import KEPT as KEPT

DEFAULT_ORDER = 100

_POSITIONS = frozenset("01234567")
"""SillyTavern's: before, after, top and bottom of the note, at depth, around the examples, outlet."""

Reader = Callable[[Any, str, Findings], Any]

_ENTRY_READERS: dict[str, Reader] = {
    "keys": values.comma_texts,
    "content": values.text,
    "extensions": values.mapping,
    "enabled": values.truth,
    "insertion_order": values.number,
    "use_regex": values.truth,
    "case_sensitive": values.truth,
    "constant": values.truth,
    "name": values.optional_text,
    "comment": values.optional_text,
    "priority": values.number,
    "selective": values.truth,
    "secondary_keys": values.optional_comma_texts,
}

_UNCHANGED: dict[Reader, type] = {
    values.text: str,
    values.optional_text: str,
    values.truth: bool,
    values.number: int,
    values.mapping: dict,
}
"""What a reader gives back as it is, so that nobody has to ask it: nearly all that a card has."""

_BOOK_READERS: dict[str, Reader] = {
    "name": values.optional_text,
    "description": values.optional_text,
    "scan_depth": values.number,
    "token_budget": values.number,
    "recursive_scanning": values.truth,
    "extensions": values.mapping,
}


def lorebook_from(value: Any, where: str, findings: Findings) -> Lorebook | None:
    """Read a `character_book`; null is absent. Raises `UnreadableError` when it is over the limit."""
    if value is None:
        findings.info(where, "Found null; read as no lorebook.")
        return None
    if isinstance(value, list):
        findings.warning(where, "Found a list; read as the entries of a lorebook.")
        value = {"entries": value}
    if not isinstance(value, dict):
        findings.error(where, f"Found {shown(value)} instead of a lorebook; it could not be kept.")
        return None
    return book_from_fields(
        {**value, "entries": _entries(value.get("entries"), place(where, "entries"), findings)},
        where,
        findings,
    )


def book_from_fields(fields: dict[str, Any], where: str, findings: Findings) -> Lorebook:
    """A lorebook of fields whose `entries` are read already."""
    read = read_fields(fields, _BOOK_READERS, where, findings)
    return Lorebook.model_validate(_without_absent(read, Lorebook))


def place(where: str, key: str) -> str:
    """The path of a key below `where`, which is "" for the root."""
    return f"{where}.{key}" if where else key


def read_fields(
    raw: dict[str, Any], readers: dict[str, Reader], where: str, findings: Findings
) -> dict[str, Any]:
    """Read every key that has a reader, and keep every other key as it is."""
    return {
        key: value
        if (reader := readers.get(key)) is None or type(value) is _UNCHANGED.get(reader)
        else reader(value, place(where, key), findings)
        for key, value in raw.items()
    }


def entries_of(value: Any, where: str, findings: Findings) -> list[tuple[str, Any]]:
    """The entries of a list, or of an object keyed by id, each with its key.

    Raises `UnreadableError` when there are more than the limit.
    """
    if value is None:
        findings.info(where, "No entries; read as an empty lorebook.")
        return []
    if not isinstance(value, dict | list):
        findings.error(where, f"Found {shown(value)} instead of a list of entries; it could not be kept.")
        return []
    if len(value) > limits.LOREBOOK_ENTRIES:
        raise UnreadableError(
            f"Its lorebook has {len(value):,} entries; the limit is {limits.LOREBOOK_ENTRIES:,}."
        )
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    return [(str(key), item) for key, item in pairs]


def _entries(value: Any, where: str, findings: Findings) -> tuple[LorebookEntry, ...]:
    if isinstance(value, dict):
        findings.warning(where, "Found an object keyed by id instead of a list; read in its order.")
    found = enumerate(entries_of(value, where, findings))
    made = (entry_from(item, f"{where}[{index}]", findings) for index, (_, item) in found)
    return tuple(entry for entry in made if entry is not None)


def entry_from(raw: Any, where: str, findings: Findings) -> LorebookEntry | None:
    """Read one entry; None, with an error found, where there is nothing to read."""
    if isinstance(raw, str):
        findings.warning(where, "Found a text instead of an entry; read as an entry without keys.")
        raw = {"content": raw, "keys": [], "enabled": True}
    if not isinstance(raw, dict):
        findings.error(where, f"Found {shown(raw)} instead of an entry; it could not be kept.")
        return None
    if world_info.is_world_info_entry(raw):
        findings.info(where, "The entry has World Info names; read under the names of a lorebook.")
        raw = world_info.as_book_entry(raw, where, findings)
    fields = read_fields(raw, _ENTRY_READERS, where, findings)
    fields["extensions"] = dict(fields.get("extensions") or {})
    _fill(fields, where, findings)
    _settle_position(fields, where, findings)
    _settle_id(fields, where, findings)
    _settle_case(fields, where, findings)
    return LorebookEntry.model_validate(_without_absent(fields, LorebookEntry))


def _without_absent(fields: dict[str, Any], model: type[Lorebook | LorebookEntry]) -> dict[str, Any]:
    """Fields of the specification without null; a null under a foreign key is somebody's value."""
    return {key: item for key, item in fields.items() if item is not None or key not in model.model_fields}


def _fill(fields: dict[str, Any], where: str, findings: Findings) -> None:
    """Defaults for what the specification requires; a missing `enabled` would be off in SillyTavern."""
    if fields.get("enabled") is None:
        fields["enabled"] = True
        findings.info(f"{where}.enabled", "Missing; read as enabled.")
    if fields.get("insertion_order") is None:
        fields["insertion_order"] = DEFAULT_ORDER
        findings.info(f"{where}.insertion_order", f"Missing; read as {DEFAULT_ORDER}.")
    for required in ("keys", "content"):
        if required not in fields:
            findings.info(f"{where}.{required}", "Missing; read as empty.")


def _settle_position(fields: dict[str, Any], where: str, findings: Findings) -> None:
    """`position` is before or after the character; SillyTavern's numbers live in the extensions."""
    found, extensions = fields.pop("position", None), fields["extensions"]
    if found in ("before_char", "after_char"):
        fields["position"] = found
        return
    if found in (None, ""):
        exact = extensions.get("position")
        if found == "":
            findings.info(f"{where}.position", "Found empty text; read as absent.")
    else:
        exact = _settle_odd_position(found, extensions, f"{where}.position", findings)
    if isinstance(exact, int) and not isinstance(exact, bool):
        fields["position"] = position_word(exact)


def _settle_odd_position(found: Any, extensions: dict[str, Any], where: str, findings: Findings) -> Any:
    exact = _position_number(found)
    if exact is None:
        findings.warning(where, f"Found {shown(found)}, which no program knows; kept under extensions.")
        _keep(extensions, "position", found)
        return extensions.get("position")
    findings.info(where, f"Found {shown(found)}; kept as extensions.position {exact}.")
    return extensions.setdefault("position", exact)


def _position_number(found: Any) -> int | None:
    if found == "in_chat":
        return 4  # SillyTavern's "at depth"
    if isinstance(found, bool) or not isinstance(found, int | float | str):
        return None
    word = str(found).strip().removesuffix(".0")
    return int(word) if word in _POSITIONS else None


def position_word(exact: int) -> str:
    """The specification's word for one of SillyTavern's positions (0 is before the character)."""
    return "before_char" if exact == 0 else "after_char"


def _settle_id(fields: dict[str, Any], where: str, findings: Findings) -> None:
    found = fields.pop("id", None)
    if found is None:
        return
    if isinstance(found, float) and found.is_integer():
        found = int(found)
    if isinstance(found, int | float | str) and not isinstance(found, bool):
        fields["id"] = found
    else:
        findings.warning(f"{where}.id", f"Found {shown(found)} instead of a number or a text; left out.")


def _settle_case(fields: dict[str, Any], where: str, findings: Findings) -> None:
    exact = fields["extensions"].get("case_sensitive")
    if fields.get("case_sensitive") is None and isinstance(exact, bool):
        fields["case_sensitive"] = exact
        findings.info(f"{where}.case_sensitive", "Taken from extensions.case_sensitive.")


def _keep(extensions: dict[str, Any], key: str, value: Any) -> None:
    kept = extensions.get(KEPT)
    extensions[KEPT] = {**(kept if isinstance(kept, dict) else {}), key: value}
