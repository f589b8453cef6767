"""Pygmalion's JSON (`char_name`, `char_persona` …) and the characters of text-generation-webui.

The latter have a name, a greeting and one text, the context, which is what its own import of other cards
folds persona, scenario and examples into.
"""

from typing import Any, BinaryIO

from ...domain.card import TEXT_FIELDS, Card, CardData
from ..findings import Findings
from ..json_text import json_file
from ..model.kept import Wording
from ..model.normalise import card_data_from
from ..model.shape import PYGMALION_FIELDS
from ..writing.export_order import ExportOrder

FORMAT = "pygmalion"
OOBA = "ooba"

NAME_KEYS = ("name", "bot", "<|bot|>", "char_name")
"""Where text-generation-webui looks for the name, the first that is not empty wins."""

_GREETING_KEYS = ("greeting", "char_greeting")
_OLD_OOBA_FIELDS = {"world_scenario": "scenario", "example_dialogue": "mes_example"}
_OWN_V1_FIELDS = frozenset(TEXT_FIELDS) - {"name"}


def is_pygmalion(value: dict[str, Any]) -> bool:
    """Whether an object has Pygmalion's keys, and none of V1's beside them, which would count first."""
    if "spec" in value or isinstance(value.get("data"), dict) or not _OWN_V1_FIELDS.isdisjoint(value):
        return False
    return "char_name" in value and sum(key in value for key in PYGMALION_FIELDS) >= 2


def is_ooba(value: dict[str, Any]) -> bool:
    """Whether an object is a character of text-generation-webui: a name, and a context or a greeting."""
    spoken = [key for key in ("greeting", "context") if isinstance(value.get(key), str)]
    if "spec" in value or not spoken or not _OWN_V1_FIELDS.isdisjoint(value):
        return False
    named = any(isinstance(value.get(key), str) and value[key].strip() for key in NAME_KEYS)
    return named and (len(spoken) == 2 or set(value) <= {*NAME_KEYS, *spoken, *_OLD_OOBA_FIELDS})


def has_ooba_fields(value: dict[str, Any]) -> bool:
    """Whether a text of text-generation-webui stands where V1's fields would: greeting or context."""
    return _OWN_V1_FIELDS.isdisjoint(value) and not {"greeting", "context"}.isdisjoint(value)


def card_from_pygmalion(value: dict[str, Any], findings: Findings) -> Card:
    """The card of Pygmalion's JSON; keys it does not know are kept."""
    data = _pygmalion_data(value, findings)
    wording = Wording(FORMAT, PYGMALION_FIELDS, _plain_pygmalion)
    return Card(data=wording.remembered(value, data, _fresh_pygmalion(data)))


def card_from_ooba(value: dict[str, Any], findings: Findings) -> Card:
    """The card of a character of text-generation-webui; keys it does not know are kept."""
    data = _ooba_data(value, findings)
    return Card(data=_ooba_wording().remembered(value, data, _fresh_ooba(data)))


def pygmalion_payload(card: Card) -> dict[str, Any]:
    """A card as Pygmalion's JSON. Its persona has the personality too, which has no key of its own."""
    wording = Wording(FORMAT, PYGMALION_FIELDS, _plain_pygmalion)
    return wording.written(card.data, _fresh_pygmalion(card.data))


def ooba_payload(card: Card) -> dict[str, Any]:
    """A card as a character of text-generation-webui: `name`, `greeting`, `context`."""
    return _ooba_wording().written(card.data, _fresh_ooba(card.data))


def write_ooba(order: ExportOrder, out: BinaryIO) -> None:
    """The card as the JSON that text-generation-webui and older programs import."""
    out.write(json_file(pygmalion_payload(order.card)))


def context_of(data: CardData) -> str:
    """Description, personality, scenario and examples as one text, as text-generation-webui folds them.

    A description that stands alone is the context as it is, so that a context read as one stays what it was.
    """
    parts = [
        f"{data.name}'s Persona: {_persona(data)}" if _persona(data) else "",
        f"Scenario: {data.scenario}" if data.scenario else "",
        data.mes_example.strip(),
    ]
    if not any((data.personality, data.scenario, data.mes_example.strip())):
        return data.description
    return "\n".join(part for part in parts if part).strip() + "\n"


def _persona(data: CardData) -> str:
    return "\n".join(text for text in (data.description, data.personality) if text)


def _pygmalion_data(value: dict[str, Any], findings: Findings) -> CardData:
    fields = {field: value[key] for key, field in PYGMALION_FIELDS.items() if key in value}
    return card_data_from(fields, findings, {field: key for key, field in PYGMALION_FIELDS.items()})


def _plain_pygmalion(raw: dict[str, Any]) -> CardData:
    return _pygmalion_data(raw, Findings())


def _fresh_pygmalion(data: CardData) -> dict[str, Any]:
    fields = {**{field: getattr(data, field) for field in TEXT_FIELDS}, "description": _persona(data)}
    return {key: fields[field] for key, field in PYGMALION_FIELDS.items()}


def _ooba_wording() -> Wording[CardData]:
    names = dict.fromkeys(NAME_KEYS, "name") | dict.fromkeys(_GREETING_KEYS, "first_mes")
    return Wording(OOBA, {**names, **_OLD_OOBA_FIELDS, "context": "description"}, _plain_ooba)


def _ooba_data(value: dict[str, Any], findings: Findings) -> CardData:
    name = _first(value, NAME_KEYS, "name")
    greeting = _first(value, _GREETING_KEYS, "greeting")
    names = {"name": name, "first_mes": greeting, "description": "context"}
    names |= {field: key for key, field in _OLD_OOBA_FIELDS.items()}
    fields = {field: value[key] for field, key in names.items() if value.get(key) is not None}
    return card_data_from(fields, findings, names)


def _first(value: dict[str, Any], keys: tuple[str, ...], default: str) -> str:
    return next((key for key in keys if value.get(key) not in (None, "")), default)


def _plain_ooba(raw: dict[str, Any]) -> CardData:
    return _ooba_data(raw, Findings())


def _fresh_ooba(data: CardData) -> dict[str, Any]:
    return {"name": data.name, "greeting": data.first_mes, "context": context_of(data)}
