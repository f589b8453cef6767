"""Backyard's (Faraday's) character exports, versions 1 to 4: JSON in the EXIF comment of a picture.

`{character: {aiName, aiPersona, …, loreItems}, version}`. What V3 has no field for is kept under our key of
the extensions; chats are nobody's card and are left out.
"""

from typing import Any

from ...domain.card import Card
from ..findings import Findings
from ..model.lorebook import KEPT
from ..model.normalise import V3, V3_VERSION, card_from
from .backyard_macros import Macros

FORMAT = "backyard"
NSFW_TAG = "NSFW"

_TEXTS = {
    "aiName": "name",
    "aiPersona": "description",
    "scenario": "scenario",
    "firstMessage": "first_mes",
    "customDialogue": "mes_example",
    "basePrompt": "system_prompt",
}
_DATES = {"createdAt": "creation_date", "updatedAt": "modification_date"}
_TELLING = frozenset({"aiName", "aiDisplayName", "aiPersona", "firstMessage", "customDialogue", "basePrompt"})
_START = "<START>"


def is_backyard(value: dict[str, Any]) -> bool:
    """Whether a JSON object is such an export."""
    character = value.get("character")
    return isinstance(character, dict) and len(_TELLING & character.keys()) >= 2


def backyard_card(value: dict[str, Any], findings: Findings) -> Card:
    """The card of an export that `is_backyard`. Raises `UnreadableError` when a limit is passed."""
    character: dict[str, Any] = value["character"]
    macros = Macros()
    data = _fields(character, macros)
    book = _book(character.get("loreItems"), macros)
    if book is not None:
        data["character_book"] = book
    data["extensions"] = {KEPT: {FORMAT: _kept(value, character, findings)}}
    card = card_from({"spec": V3, "spec_version": V3_VERSION, "data": {**_ABSENT, **data}}, findings)
    macros.tell(findings)
    return card


def _fields(character: dict[str, Any], macros: Macros) -> dict[str, Any]:
    data = {
        field: macros.converted(character[key], f"data.{field}")
        for key, field in _TEXTS.items()
        if character.get(key) is not None
    }
    data["name"] = character.get("aiName") or character.get("aiDisplayName") or ""
    data["mes_example"] = _with_start(data.get("mes_example", ""))
    data["tags"] = [NSFW_TAG] if character.get("isNSFW") is True else []
    dates = {field: character[key] for key, field in _DATES.items() if character.get(key) is not None}
    return {**data, **{field: _seconds(found) for field, found in dates.items()}}


def _with_start(example: Any) -> Any:
    """Example dialogue with the mark that other programs need before it."""
    if not isinstance(example, str) or not example.strip() or _START in example.upper():
        return example
    return f"{_START}\n{example}"


def _seconds(found: Any) -> Any:
    """An ISO date in seconds, which is how every other card has it; anything else is left to the reader."""
    from ..model.values import date

    return date(found, "", Findings()) if isinstance(found, str) else found


def _book(items: Any, macros: Macros) -> dict[str, Any] | None:
    """The lore items as a lorebook; a key may hold several words between commas."""
    if not isinstance(items, list) or not items:
        return None
    entries = [
        _entry(item, index, macros) if isinstance(item, dict) else item for index, item in enumerate(items)
    ]
    return {"extensions": {}, "entries": entries}


def _entry(item: dict[str, Any], index: int, macros: Macros) -> dict[str, Any]:
    where = f"data.character_book.entries[{index}]"
    key = macros.converted(item.get("key"), f"{where}.keys")
    rest = {name: found for name, found in item.items() if name not in ("key", "value")}
    return {
        "keys": [word.strip() for word in key.split(",") if word.strip()] if isinstance(key, str) else key,
        "content": macros.converted(item.get("value"), f"{where}.content"),
        "extensions": {KEPT: {FORMAT: rest}} if rest else {},
        "enabled": True,
        "insertion_order": index,
        "use_regex": False,
    }


def _kept(value: dict[str, Any], character: dict[str, Any], findings: Findings) -> dict[str, Any]:
    """Everything that has no field of its own, without the chats."""
    used = {*_TEXTS, *_DATES, "loreItems", "Chat"}
    rest = {key: found for key, found in character.items() if key not in used}
    beside = {key: found for key, found in value.items() if key != "character"}
    chats = character.get("Chat")
    if isinstance(chats, list) and chats:
        findings.warning("character.Chat", f"Chats ({len(chats):,}) are no part of a card; left out.")
    return {**beside, "character": rest}


_ABSENT: dict[str, Any] = {
    "personality": "",
    "creator_notes": "",
    "post_history_instructions": "",
    "alternate_greetings": [],
    "creator": "",
    "character_version": "",
    "group_only_greetings": [],
    **dict.fromkeys(_TEXTS.values(), ""),
}
"""Fields of V3 that this format does not have, so that nobody is told they are missing."""
