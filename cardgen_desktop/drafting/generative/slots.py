"""The shape of an answer: which values a step asks for, and where each belongs in the card.

An answer is one flat JSON object (llm-wire.md section 10, rule 9): lists of objects make small models repeat
themselves, so greetings and lorebook entries are numbered keys.
"""

from dataclasses import dataclass
from typing import Any, Literal

from .lengths import ITEM_LETTERS, LIST_ITEMS, WORDS, letters_of
from .steps import FACTS, TOPICS, WHOLE_CARD, GenerationStep

FACT_ASPECTS = ("looks", "character", "past", "people", "speech", "aims")
"""The sides of a character that facts are collected for, in the order asked."""

MOST_TOPICS = 60


@dataclass(frozen=True, slots=True)
class Slot:
    """One value of an answer: its key, the field it is for, and its place in the card ("" for notes).

    `about` says in words what it is, where the key alone does not tell.
    """

    key: str
    field: str
    path: str
    kind: Literal["text", "list"] = "text"
    about: str = ""


def slots_of(step: GenerationStep) -> tuple[Slot, ...]:
    """The values that a step's answer has, in the order they are asked for."""
    return tuple(slot for field in step.fields for slot in _slots(field, step))


def _slots(field: str, step: GenerationStep) -> list[Slot]:
    if field == FACTS:
        return [Slot(aspect, FACTS, "", "list") for aspect in FACT_ASPECTS]
    if field == TOPICS:
        return [Slot("topics", TOPICS, "", "list")]
    if field == "tags":
        return [Slot("tags", field, "tags", "list")]
    if field == "alternate_greetings":
        return _greetings(step)
    if field == "lorebook":
        return _entries(step)
    return [Slot(field, field, field)]


def _greetings(step: GenerationStep) -> list[Slot]:
    if step.key != WHOLE_CARD:
        return [Slot("greeting", "alternate_greetings", f"alternate_greetings[{step.number}]")]
    paths = [path for path in step.paths if path.startswith("alternate_greetings")]
    return [
        Slot(f"greeting_{number}", "alternate_greetings", path, about="another opening message")
        for number, path in enumerate(paths, 1)
    ]


def _entries(step: GenerationStep) -> list[Slot]:
    paths = [path for path in step.paths if path.startswith("character_book")]
    slots = []
    for number, path in enumerate(paths, 1):
        name = step.topics[number - 1].name if number <= len(step.topics) else ""
        about = f"about {name}" if name else ""
        slots.append(Slot(f"keys_{number}", "keys", path.removesuffix("content") + "keys", "list", about))
        slots.append(Slot(f"entry_{number}", "lorebook", path, about=about))
    return slots


def schema_of(step: GenerationStep) -> dict[str, Any]:
    """The JSON schema of a step's answer: flat, everything required, everything bounded."""
    slots = slots_of(step)
    return {
        "type": "object",
        "properties": {slot.key: _property(slot, step) for slot in slots},
        "required": [slot.key for slot in slots],
        "additionalProperties": False,
    }


def _property(slot: Slot, step: GenerationStep) -> dict[str, Any]:
    if slot.kind == "text":
        return {"type": "string", "maxLength": most_letters(slot)}
    most = MOST_TOPICS if slot.field == TOPICS else LIST_ITEMS[slot.field]
    item = {"type": "string", "maxLength": ITEM_LETTERS[slot.field]}
    return {"type": "array", "items": item, "maxItems": most}


def most_letters(slot: Slot) -> int:
    """The most characters that a text may have, whatever the length asked for."""
    return letters_of(WORDS[slot.field][-1])
