"""Which JSON objects are cards, and where their fields lie: at the root (V1), in `data` (V2, V3), or both."""

from dataclasses import dataclass
from typing import Any

from ...domain.card import TEXT_FIELDS, CardData
from ..findings import Findings, UnreadableError, shown
from ..json_text import parse_object

DATA_FIELDS = frozenset(CardData.model_fields)
ROOT_KEYS = frozenset({"spec", "spec_version", "data"})
PYGMALION_FIELDS = {
    "char_name": "name",
    "char_persona": "description",
    "char_greeting": "first_mes",
    "world_scenario": "scenario",
    "example_dialogue": "mes_example",
}
"""Keys of Pygmalion and text-generation-webui, and the V1 fields they mean."""

_OTHER_NAMES = {
    "creatorcomment": "creator_notes",
    "first_message": "first_mes",
    "greeting": "first_mes",
    "example_dialogs": "mes_example",
    "example_messages": "mes_example",
}
"""Other names for V1's fields, used where the field itself is missing or empty."""

_TELLING = frozenset(
    {"first_mes", "mes_example", "personality", "scenario", "alternate_greetings", "character_book"}
    | set(PYGMALION_FIELDS)
) - {"char_name"}


@dataclass(frozen=True, slots=True)
class CardShape:
    """A card's fields gathered from wherever they were, and the foreign keys beside them."""

    data: dict[str, Any]
    foreign: dict[str, Any]


def is_card(value: dict[str, Any]) -> bool:
    """Whether a JSON object is a character card rather than any other JSON."""
    spec, data = value.get("spec"), value.get("data")
    if isinstance(spec, str) and spec.startswith("chara_card"):
        return True
    return _has_card_fields(value) or (isinstance(data, dict) and _has_card_fields(data))


def shape_of(original: dict[str, Any], findings: Findings) -> CardShape:
    """Gather the fields of a card: `data` is trusted, the root fills what `data` lacks."""
    data = _data_of(original, findings)
    foreign = {key: value for key, value in original.items() if key not in ROOT_KEYS}
    if data is None:
        return _flat(foreign, findings)
    return _with_root(dict(data), foreign, findings)


def root_copy(original: dict[str, Any]) -> dict[str, str]:
    """V1 fields beside `data` that say something else: another copy of the card in the same file."""
    data = original.get("data")
    if not isinstance(data, dict):
        return {}
    found = {field: original.get(field) for field in TEXT_FIELDS if field in data}
    return {
        field: value
        for field, value in found.items()
        if isinstance(value, str) and value not in ("", data[field])
    }


def _has_card_fields(fields: dict[str, Any]) -> bool:
    telling = sum(key in fields for key in _TELLING)
    if telling >= 2 or (telling and ("name" in fields or "char_name" in fields)):
        return True
    # Name and description are also what a package manifest has; beside fields of cards only they are a card.
    return {"name", "description"} <= fields.keys() <= DATA_FIELDS


def _data_of(original: dict[str, Any], findings: Findings) -> dict[str, Any] | None:
    data = original.get("data")
    if isinstance(data, str) and data.lstrip().startswith("{"):
        data = _data_in_text(data, findings)
    if isinstance(data, dict):
        inner = data.get("data")
        if isinstance(inner, dict) and _has_card_fields(inner) and _is_wrapper(data):
            findings.warning("data", "The card was wrapped in a second card; the inner one is read.")
            return {**{key: data[key] for key in data if key not in (*ROOT_KEYS, *DATA_FIELDS)}, **inner}
        return data
    if data is not None:
        findings.warning("data", "`data` is not an object; the fields beside it are read.")
    elif "spec" in original:
        findings.warning("data", "`data` is missing; the fields beside `spec` are read.")
    return None


def _is_wrapper(data: dict[str, Any]) -> bool:
    """Whether a card around another one says nothing itself: editors wrap versions they do not know."""
    return all(data.get(field) in (None, "") for field in TEXT_FIELDS)


def _data_in_text(text: str, findings: Findings) -> dict[str, Any] | None:
    try:
        data = parse_object(text, findings)
    except UnreadableError:
        return None
    findings.warning("data", "`data` was a text with JSON in it; the JSON is read.")
    return data


def _flat(foreign: dict[str, Any], findings: Findings) -> CardShape:
    """A V1 card, perhaps with later fields at the root, or one with Pygmalion's keys."""
    data = {key: foreign.pop(key) for key in list(foreign) if key in DATA_FIELDS}
    for key, field in PYGMALION_FIELDS.items():
        if key not in foreign:
            continue
        # Neutral files repeat the personality, not the description, as the persona.
        repeats = key == "char_persona" and foreign[key] == data.get("personality")
        if not repeats and _adopt(data, field, foreign[key]):
            findings.info(key, f"Read as `{field}`.")
        if repeats or foreign[key] == data.get(field):
            del foreign[key]
    for key, field in _OTHER_NAMES.items():
        if key in foreign and _adopt(data, field, foreign[key]):
            findings.info(key, f"Read as `{field}`.")
            del foreign[key]
    return CardShape(data, foreign)


def _adopt(data: dict[str, Any], field: str, value: Any) -> bool:
    """Use `value` for a field that is absent or empty."""
    if data.get(field) in (None, "") and value not in (None, ""):
        data[field] = value
        return True
    return False


def _with_root(data: dict[str, Any], foreign: dict[str, Any], findings: Findings) -> CardShape:
    """A card with fields in `data` and at the root: V1 duplicates are checked, missing fields are lifted."""
    for field in [key for key in foreign if key in DATA_FIELDS]:
        if field not in data:
            data[field] = foreign.pop(field)
            findings.info(f"data.{field}", "Missing in `data`; taken from the field beside it.")
        elif field in TEXT_FIELDS:
            _check_duplicate(field, data[field], foreign.pop(field), findings)
    return CardShape(data, foreign)


def _check_duplicate(field: str, value: Any, duplicate: Any, findings: Findings) -> None:
    if duplicate not in (value, None, "") or (duplicate == "" and value not in (None, "")):
        said = (
            f"The copy beside `data` differs from `data.{field}`; `data` is used. It says {shown(duplicate)}."
        )
        findings.warning(field, said)
