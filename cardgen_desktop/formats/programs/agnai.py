"""Agnai's own characters in JSON (`kind: "character"`), read and written.

The persona has five ways of writing (text, W++, SBF, Boostyle, attributes). The description of the card is
the persona as Agnai puts it into a prompt; the persona itself is kept and written back as long as it says
what the description says, which is Agnai's own rule for V2 cards. Agnai's `description` is for people.
"""

from typing import Any, BinaryIO

from ...domain.card import Card, CardData
from ..books.agnai_memory import lorebook_of, memory_payload
from ..data_addresses import data_of
from ..findings import Findings
from ..json_text import json_file
from ..model.kept import Wording, without_kept
from ..model.normalise import card_data_from
from ..pictures.picture_signs import is_picture
from ..writing.export_order import ExportOrder

FORMAT = "agnai"

_NAMES = {
    "name": "name",
    "greeting": "first_mes",
    "scenario": "scenario",
    "sampleChat": "mes_example",
    "description": "creator_notes",
    "systemPrompt": "system_prompt",
    "postHistoryInstructions": "post_history_instructions",
    "alternateGreetings": "alternate_greetings",
    "tags": "tags",
    "creator": "creator",
    "characterVersion": "character_version",
}
_PLACES = {
    **_NAMES,
    "persona": "description",
    "extensions": "extensions",
    "insert": "extensions.depth_prompt",
}
_KINDS = ("character", "library-character")
_OWN = frozenset({"name", "persona", "greeting", "scenario", "sampleChat"})


def is_character(value: dict[str, Any]) -> bool:
    """Whether a JSON object is a character of Agnai."""
    if "spec" in value:
        return False
    kind = value.get("kind") in _KINDS
    return value.keys() >= _OWN or (kind and "name" in value and ("persona" in value or "greeting" in value))


def card_from_agnai(value: dict[str, Any], findings: Findings) -> Card:
    """The card of an Agnai character. Raises `UnreadableError` when a limit is passed."""
    data = _data(value, findings)
    beside = ("characterBook",) if data.character_book is not None else ()
    wording = Wording(FORMAT, _PLACES, _plain)
    return Card(data=wording.remembered(value, data, _fresh(data), beside=beside))


def agnai_payload(card: Card) -> dict[str, Any]:
    """A card as a character of Agnai, with what is kept of the one it came from."""
    made = Wording(FORMAT, _PLACES, _plain).written(card.data, _fresh(card.data))
    if made.get("kind") not in _KINDS:
        made["kind"] = "character"
    book = card.data.character_book
    return made if book is None else {**made, "characterBook": memory_payload(book)}


def write_agnai(order: ExportOrder, out: BinaryIO) -> None:
    """The card as a file that Agnai imports."""
    out.write(json_file(agnai_payload(order.card)))


def picture_of(value: dict[str, Any]) -> bytes | None:
    """The avatar, where the character carries it as a `data:` address of a PNG, JPEG or WebP."""
    address = value.get("avatar")
    picture = data_of(address) if isinstance(address, str) else None
    return picture if picture is not None and is_picture(picture) else None


def persona_text(name: str, persona: Any) -> str | None:
    """A persona as Agnai puts it into a prompt; None where it is none."""
    attributes = persona.get("attributes") if isinstance(persona, dict) else None
    if not isinstance(attributes, dict):
        return None
    kind = persona.get("kind")
    lists = {str(key): _texts(found) for key, found in attributes.items()}
    if kind == "text":
        return next(iter(lists.get("text", [])), "")
    if kind == "boostyle":
        return " + ".join([name, *(text for texts in lists.values() for text in texts)])
    if kind == "wpp":
        lines = [f"{key}({' + '.join(map(_quoted, texts))})" for key, texts in lists.items()]
        return "\n".join([f'[character("{name}") {{', *lines, "}]"])
    if kind == "sbf":
        parts = "; ".join(f"{key}: {', '.join(map(_quoted, texts))}" for key, texts in lists.items())
        return f'[ character: "{name}"; {parts} ]'
    return "\n".join(f"{key}: {', '.join(texts)}" for key, texts in lists.items())


def _data(value: dict[str, Any], findings: Findings) -> CardData:
    fields = {field: value[key] for key, field in _NAMES.items() if value.get(key) is not None}
    fields["description"] = _description(value, findings)
    fields["extensions"] = _extensions(value, findings)
    book = value.get("characterBook")
    if isinstance(book, dict):
        fields["character_book"] = lorebook_of(book, findings, "characterBook")
    return card_data_from(fields, findings, {field: key for key, field in _NAMES.items()})


def _description(value: dict[str, Any], findings: Findings) -> str:
    persona, name = value.get("persona"), value.get("name")
    text = persona_text(name if isinstance(name, str) else "", persona)
    if text is not None:
        return text
    if isinstance(persona, str):
        findings.warning("persona", "Found a text instead of a persona; read as the description.")
        return persona
    findings.warning("persona", "The character has no persona; the description is empty.")
    return ""


def _extensions(value: dict[str, Any], findings: Findings) -> dict[str, Any]:
    found = value.get("extensions")
    extensions = dict(found) if isinstance(found, dict) else {}
    insert = value.get("insert")
    if not isinstance(insert, dict) or not insert.get("prompt"):
        return extensions
    prompt = extensions.get("depth_prompt")
    above = prompt if isinstance(prompt, dict) else {"role": "system"}
    depth = insert.get("depth", above.get("depth", 4))
    return {**extensions, "depth_prompt": {**above, "prompt": insert["prompt"], "depth": depth}}


def _fresh(data: CardData) -> dict[str, Any]:
    made: dict[str, Any] = {"kind": "character", **_written_fields(data), "persona": _persona(data)}
    extensions = without_kept(data.extensions, FORMAT)
    made["extensions"] = extensions
    prompt = extensions.get("depth_prompt")
    if isinstance(prompt, dict) and prompt.get("prompt"):
        made["insert"] = {"depth": prompt.get("depth", 4), "prompt": prompt["prompt"]}
    return made


def _written_fields(data: CardData) -> dict[str, Any]:
    made = {key: getattr(data, field) for key, field in _NAMES.items()}
    return {key: list(value) if isinstance(value, tuple) else value for key, value in made.items()}


def _persona(data: CardData) -> dict[str, Any]:
    """The persona Agnai left in a V2 card, if it still says the description; else the description as text."""
    own = data.extensions.get("agnai")
    left = own.get("persona") if isinstance(own, dict) else None
    if data.description and not data.personality and persona_text(data.name, left) == data.description:
        return dict(left or {})
    text = "\n".join(part for part in (data.description, data.personality) if part)
    return {"kind": "text", "attributes": {"text": [text]}}


def _plain(raw: dict[str, Any]) -> CardData:
    return _data(raw, Findings())


def _texts(value: Any) -> list[str]:
    found = value if isinstance(value, list) else [value]
    return [text if isinstance(text, str) else str(text) for text in found if text is not None]


def _quoted(text: str) -> str:
    return f'"{text}"'
