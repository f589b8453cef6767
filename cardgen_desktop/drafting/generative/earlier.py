"""What was written before a step: results of earlier steps, or the card of a place that is written anew."""

from collections.abc import Iterable, Mapping
from typing import Any

from ...domain.card import CardData
from ...domain.draft import StepOutput
from .fence import inside
from .steps import FACTS, NAMES, NEEDS, GenerationStep

MOST_LETTERS = 2_400
MOST_IN_TALK = 600
MOST_GREETING = 400
IN_TALK = frozenset({"scenario", "first_mes", "alternate_greetings", "mes_example"})
"""Fields that are to sound like the source, not like the other fields: they see less of those."""

ASPECTS = {"personality": ("character", "speech", "aims", "people")}
"""The facts that a field is written from, where these are not all."""

MOST_FACTS = 60


def written_before(
    step: GenerationStep, done: Mapping[str, StepOutput], card: CardData | None
) -> dict[str, str]:
    """Name in words and text of everything a step builds on, bounded."""
    needed = dict.fromkeys(need for field in step.fields for need in NEEDS[field])
    found: dict[str, str] = {}
    most = MOST_IN_TALK if IN_TALK & set(step.fields) else MOST_LETTERS
    for field in needed:
        text = _text_of(field, done, card) if field in NAMES and field not in step.fields else ""
        if text:
            found[NAMES[field]] = shortened(text, most)
    if "alternate_greetings" in step.fields:
        for number, text in enumerate(_greetings(step, done, card), 1):
            found[f"alternate greeting {number}"] = shortened(text, MOST_GREETING)
    return found


def _text_of(field: str, done: Mapping[str, StepOutput], card: CardData | None) -> str:
    value: Any = done[field].values.get(field, "") if field in done else None
    if value is None:
        value = getattr(card, field, "") if card else ""
    return value if isinstance(value, str) else ""


def _greetings(step: GenerationStep, done: Mapping[str, StepOutput], card: CardData | None) -> Iterable[str]:
    """The other greetings there are; those after this one only when they are on the card."""
    for key, output in done.items():
        if key.startswith("alternate_greetings[") and key != step.key:
            yield from (text for text in output.values.get("alternate_greetings", ()) if text)
    for number, text in enumerate(card.alternate_greetings if card else ()):
        if number != step.number and f"alternate_greetings[{number}]" not in done:
            yield text


def facts_before(step: GenerationStep, done: Mapping[str, StepOutput]) -> str:
    """The facts a step builds on, a line each with the passages they were found in."""
    if FACTS not in done or not any(FACTS in NEEDS[field] for field in step.fields):
        return ""
    wanted = ASPECTS.get(step.fields[0])
    facts = [fact for fact in done[FACTS].notes.get("facts", ()) if isinstance(fact, dict)]
    told = [fact for fact in facts if wanted is None or fact.get("aspect") in wanted]
    return "\n".join(_fact_line(fact) for fact in told[:MOST_FACTS])


def _fact_line(fact: Mapping[str, Any]) -> str:
    ids = "".join(f"[{passage}]" for passage in fact.get("ids", ()))
    return f"- {inside(str(fact.get('fact', '')))} {ids}".rstrip()


def current_text(path: str, card: CardData | None) -> str:
    """The text that stands at a place of a card, "" when there is none."""
    if card is None or not path:
        return ""
    name, _, rest = path.partition("[")
    number = int(rest.split("]")[0]) if rest else 0
    if name == "alternate_greetings":
        return card.alternate_greetings[number] if number < len(card.alternate_greetings) else ""
    if name == "character_book.entries":
        entries = card.character_book.entries if card.character_book else ()
        return entries[number].content if number < len(entries) else ""
    value = getattr(card, name, "")
    return ", ".join(value) if isinstance(value, tuple) else str(value or "")


def shortened(text: str, most: int) -> str:
    """The beginning of a long text, cut at a space."""
    return text if len(text) <= most else text[:most].rsplit(" ", 1)[0] + " …"
