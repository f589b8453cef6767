"""The objects of a BYAF archive, version 1: which fields they have, of which kind, with which defaults.

Follows the byaf schemas v1 (manifest, character, scenario). Defaults are those that SillyTavern assumes.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ...domain.card import Card, CardData, LorebookEntry
from ...domain.file_names import is_device
from ..pictures.backyard import NSFW_TAG
from .byaf_texts import (
    different_keys,
    message,
    written_date,
    written_examples,
    written_speech,
    written_text,
)

MANIFEST_PATH = "manifest.json"
VERSION = 1
NO_PROFILE = "https://backyard.ai/"
"""Written for an author without an address, which readers insist on; it says nothing about anybody."""

SETTINGS: dict[str, Any] = {
    "minP": 0.1,
    "minPEnabled": True,
    "temperature": 1.2,
    "repeatPenalty": 1.05,
    "repeatLastN": 256,
    "topK": 40,
    "topP": 0.9,
    "canDeleteExampleMessages": True,
    "promptTemplate": "general",
    "grammar": None,
}
"""What every scenario has to say about the model, and what is said where nothing is known.

It must never change: a card's extensions keep only settings that differ from it.
"""

_TEMPLATES = ("general", "ChatML", "Llama3", "Gemma2", "CommandR", "MistralInstruct", None)
_ADDRESS = re.compile(r"https?://[^\s/]+\S*")
_NOT_PLAIN = re.compile(r"[^a-z0-9]+")
_PLAIN_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9 ._()-]{0,98}[A-Za-z0-9_()-])?")
_ID_LETTERS = 60


@dataclass(frozen=True, slots=True)
class Objects:
    """What the JSON files of an archive hold; `scenarios` are in the order of the manifest's paths."""

    manifest: dict[str, Any]
    character: dict[str, Any]
    scenarios: tuple[dict[str, Any], ...]


def fresh_objects(card: Card, character_id: str) -> Objects:
    """A card that never was a BYAF archive, as one; images are looked after by who has the files."""
    data = card.data
    further = (scenario_of(text, character_id) for text in data.alternate_greetings)
    scenarios = (fresh_scenario(data, character_id), *further)
    manifest = {
        "schemaVersion": VERSION,
        "createdAt": written_date(data.creation_date),
        **({"author": author} if (author := fresh_author(data)) else {}),
        "characters": [character_path(character_id)],
        "scenarios": [scenario_path(number) for number in range(1, len(scenarios) + 1)],
    }
    return Objects(manifest, fresh_character(data, character_id), scenarios)


def fresh_author(data: CardData) -> dict[str, Any] | None:
    """Creator and profile; the creator's notes are one where they are an address and nothing else."""
    address = data.creator_notes if _ADDRESS.fullmatch(data.creator_notes) else ""
    if not data.creator and not address:
        return None
    return {"name": data.creator, "backyardURL": address or NO_PROFILE}


def fresh_character(data: CardData, character_id: str) -> dict[str, Any]:
    """The character without images. Personality, which BYAF has no field for, goes behind the description."""
    persona = "\n\n".join(text for text in (data.description, data.personality) if text)
    return {
        "schemaVersion": VERSION,
        "id": character_id,
        "name": data.name,
        "displayName": data.name,
        "isNSFW": any(tag.casefold() == NSFW_TAG.casefold() for tag in data.tags),
        "persona": written_text(persona),
        "createdAt": written_date(data.creation_date),
        "updatedAt": written_date(data.modification_date or data.creation_date),
        "loreItems": [],
        "images": [],
    }


def fresh_scenario(data: CardData, character_id: str) -> dict[str, Any]:
    """A scenario with default settings and without messages."""
    return {
        "schemaVersion": VERSION,
        "formattingInstructions": written_text(data.system_prompt),
        **SETTINGS,
        "exampleMessages": written_examples(data.mes_example, character_id),
        "firstMessages": first_messages(data.first_mes, character_id),
        "narrative": written_text(data.scenario),
        "messages": [],
    }


def scenario_of(greeting: str, character_id: str) -> dict[str, Any]:
    """The scenario of an alternate greeting: it has that and nothing else."""
    messages = first_messages(greeting, character_id)
    return {**fresh_scenario(CardData(), character_id), "firstMessages": messages}


def first_messages(text: str, character_id: str) -> list[dict[str, str]]:
    """A greeting as the list of at most one message that BYAF has for it."""
    return [message(written_speech(text), character_id)] if text else []


def fresh_item(entry: LorebookEntry) -> dict[str, Any]:
    """A lorebook entry as a lore item."""
    return {"key": written_text(", ".join(entry.keys)), "value": written_text(entry.content)}


def with_different_keys(items: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Lore items of which no two have the same key."""
    keys = different_keys([str(item["key"]) for item in items])
    return [{**item, "key": key} for item, key in zip(items, keys, strict=True)]


def sound(fields: dict[str, Any], defaults: dict[str, Any]) -> dict[str, Any]:
    """The fields with every value of the kind of its default; readers refuse the whole archive otherwise."""
    made = dict(fields)
    for key, default in defaults.items():
        if not _is_of_kind(made.get(key), default, key):
            made[key] = default
    return made


def id_for(name: str) -> str:
    """A folder's name in ASCII for a character."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode("ascii").casefold()
    found = _NOT_PLAIN.sub("-", plain)[:_ID_LETTERS].strip("-") or "character"
    return f"{found}-character" if is_device(found) else found


def is_id(found: Any) -> bool:
    """Whether a character's id can be a folder's name, and keeps it in every archive we write."""
    return isinstance(found, str) and bool(_PLAIN_NAME.fullmatch(found)) and not is_device(found)


def character_path(character_id: str) -> str:
    """Where the character's object lies."""
    return f"characters/{character_id}/character.json"


def scenario_path(number: int) -> str:
    """Where a scenario's object lies, counted from one."""
    return f"scenarios/scenario{number}.json"


def _is_of_kind(found: Any, default: Any, key: str) -> bool:
    if key == "promptTemplate":
        return found in _TEMPLATES
    if key == "grammar":
        return found is None or isinstance(found, str)
    if isinstance(default, bool):
        return isinstance(found, bool)
    if isinstance(default, int | float):
        return isinstance(found, int | float) and not isinstance(found, bool)
    if isinstance(default, list):
        return isinstance(found, list) and all(isinstance(item, dict) for item in found)
    return isinstance(found, type(default))
