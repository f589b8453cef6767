"""NovelAI's lorebooks and scenarios: JSON files, and the object a PNG has under `naidata`.

An entry's place in the order is its `contextConfig.budgetPriority`, as SillyTavern takes it. What only
NovelAI knows (bias groups, categories, the rest of the context settings) is kept.
"""

from typing import Any

from ...domain.card import Card, CardData, Lorebook, LorebookEntry
from ..books.world_info import all_patterns
from ..findings import Findings
from ..model.book_payload import normal_entry
from ..model.kept import Wording
from ..model.lorebook import book_from_fields, entries_of, entry_from, place
from ..model.normalise import card_data_from

FORMAT = "novelai-lorebook"
SCENARIO = "novelai-scenario"

_NAMES = {
    "text": "content",
    "displayName": "comment",
    "keys": "keys",
    "enabled": "enabled",
    "forceActivation": "constant",
    "id": "id",
}
_PLACES = {**_NAMES, "contextConfig": "insertion_order"}
_SCENARIO_PLACES = {
    "title": "name",
    "prompt": "first_mes",
    "description": "creator_notes",
    "author": "creator",
    "tags": "tags",
}
_NOTE_DEPTH = 4


def is_lorebook(value: Any) -> bool:
    """Whether a JSON value is a lorebook of NovelAI."""
    entries = value.get("entries") if isinstance(value, dict) else None
    if not isinstance(entries, list):
        return False
    if "lorebookVersion" in value:
        return True
    return any(
        isinstance(item, dict)
        and "text" in item
        and not item.keys().isdisjoint({"displayName", "contextConfig"})
        for item in entries
    )


def is_scenario(value: Any) -> bool:
    """Whether a JSON value is a scenario of NovelAI."""
    return (
        isinstance(value, dict) and "scenarioVersion" in value and ("prompt" in value or "context" in value)
    )


def book_from(value: dict[str, Any], findings: Findings) -> Lorebook:
    """The lorebook of a NovelAI object, such as the one in a PNG's `naidata`.

    Raises `UnreadableError` when it is over the limit.
    """
    return lorebook_of(value, findings)


def lorebook_of(value: dict[str, Any], findings: Findings, where: str = "") -> Lorebook:
    """The lorebook of a NovelAI object. Raises `UnreadableError` when it is over the limit."""
    wording = Wording(FORMAT, _PLACES, _plain, normal_entry)
    entries = []
    for index, (_, raw) in enumerate(entries_of(value.get("entries"), place(where, "entries"), findings)):
        entry = _entry(raw, place(where, f"entries[{index}]"), findings)
        if entry is not None:
            entries.append(wording.remembered(raw, entry, _fresh(entry)) if isinstance(raw, dict) else entry)
    book = book_from_fields({"entries": tuple(entries)}, where, findings)
    return Wording(FORMAT, {}, lambda raw: book).remembered(value, book, {}, beside=("entries",))


def scenario_card(value: dict[str, Any], findings: Findings) -> Card:
    """The card of a scenario: its opening is the greeting, its memory the description.

    The author's note, the second of its context texts, becomes the prompt at a depth that SillyTavern knows.
    """
    data = _scenario_data(value, findings)
    book = value.get("lorebook")
    if isinstance(book, dict) and book.get("entries"):
        read = lorebook_of(book, findings, "lorebook")
        data = data.model_copy(update={"character_book": read})
    wording = Wording(SCENARIO, {}, lambda raw: data)
    beside = ("lorebook",) if data.character_book else ()
    rest = {key: _without_texts(item) if key == "context" else item for key, item in value.items()}
    return Card(data=wording.remembered(rest, data, _fresh_scenario(data), beside=beside))


def _fresh_scenario(data: CardData) -> dict[str, Any]:
    """What a scenario would say of the card's own fields: of that nothing is kept twice."""
    made = {key: getattr(data, field) for key, field in _SCENARIO_PLACES.items()}
    return {**made, "tags": list(data.tags), "context": [{}, {}]}


def _scenario_data(value: dict[str, Any], findings: Findings) -> CardData:
    fields = {field: value[key] for key, field in _SCENARIO_PLACES.items() if key in value}
    texts = _context_texts(value.get("context"))
    fields["description"] = texts[0] if texts else ""
    note = texts[1] if len(texts) > 1 else ""
    if note:
        fields["extensions"] = {
            "depth_prompt": {"prompt": note, "depth": _NOTE_DEPTH, "role": "system"},
        }
    names = {field: key for key, field in _SCENARIO_PLACES.items()}
    return card_data_from(fields, findings, names)


def _without_texts(context: Any) -> Any:
    """The context without the two texts that the card has."""
    if not isinstance(context, list):
        return context
    return [
        {key: value for key, value in item.items() if key != "text"}
        if index < 2 and isinstance(item, dict)
        else item
        for index, item in enumerate(context)
    ]


def _context_texts(context: Any) -> list[str]:
    items = context if isinstance(context, list) else []
    found = [item.get("text") if isinstance(item, dict) else item for item in items]
    return [text if isinstance(text, str) else "" for text in found]


def _entry(raw: Any, where: str, findings: Findings) -> LorebookEntry | None:
    if not isinstance(raw, dict):
        return entry_from(raw, where, findings)
    fields = {name: raw[key] for key, name in _NAMES.items() if raw.get(key) is not None}
    settings = raw.get("contextConfig")
    if isinstance(settings, dict) and settings.get("budgetPriority") is not None:
        fields["insertion_order"] = settings["budgetPriority"]
    fields["use_regex"] = all_patterns(fields.get("keys"))
    return entry_from(fields, where, findings)


def _fresh(entry: LorebookEntry) -> dict[str, Any]:
    made = {
        "text": entry.content,
        "displayName": entry.comment or entry.name or "",
        "keys": list(entry.keys),
        "enabled": entry.enabled,
        "forceActivation": bool(entry.constant),
        "contextConfig": {"budgetPriority": entry.insertion_order},
    }
    return made if entry.id is None else {**made, "id": entry.id}


def _plain(raw: dict[str, Any]) -> LorebookEntry:
    return _entry(raw, "", Findings()) or LorebookEntry()
