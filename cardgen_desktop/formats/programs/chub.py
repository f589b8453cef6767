"""The answer of Chub's API for one character, as scripts save it: fields under `definition`.

Names follow SillyTavern's download from Chub: what Chub calls personality is the description, and its
description is a note for people.
"""

from typing import Any

from ...domain.card import Card
from ..findings import Findings
from ..model.kept import Wording
from ..model.normalise import card_data_from

FORMAT = "chub"

_NAMES = {
    "name": "name",
    "personality": "description",
    "tavern_personality": "personality",
    "scenario": "scenario",
    "first_message": "first_mes",
    "example_dialogs": "mes_example",
    "description": "creator_notes",
    "system_prompt": "system_prompt",
    "post_history_instructions": "post_history_instructions",
    "alternate_greetings": "alternate_greetings",
    "extensions": "extensions",
    "embedded_lorebook": "character_book",
}


def is_character(value: dict[str, Any]) -> bool:
    """Whether a JSON object is a character as Chub's API gives it, with or without the `node` around it."""
    definition = _node(value).get("definition")
    return isinstance(definition, dict) and "first_message" in definition


def card_from_chub(value: dict[str, Any], findings: Findings) -> Card:
    """The card of Chub's answer. Raises `UnreadableError` when a limit is passed."""
    node = _node(value)
    definition = node["definition"]
    fields = {field: definition[key] for key, field in _NAMES.items() if definition.get(key) is not None}
    fields.setdefault("name", node.get("name"))
    if node.get("topics") is not None:
        fields["tags"] = node["topics"]
    path = node.get("fullPath", definition.get("full_path"))
    if isinstance(path, str) and "/" in path:
        fields["creator"] = path.partition("/")[0]
    data = card_data_from(fields, findings, {field: f"definition.{key}" for key, field in _NAMES.items()})
    others = {key: item for key, item in definition.items() if key not in _NAMES}
    beside = {key: item for key, item in node.items() if key not in ("definition", "topics")}
    wording = Wording(FORMAT, {}, lambda raw: data)
    return Card(data=wording.remembered({**beside, "definition": others}, data, {}))


def _node(value: dict[str, Any]) -> dict[str, Any]:
    node = value.get("node")
    return node if isinstance(node, dict) else value
