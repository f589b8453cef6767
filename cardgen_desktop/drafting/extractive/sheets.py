"""Character sheets: lines such as `Hair: red`, put where a card wants them (offline-drafter.md 5)."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ...reading.card_parts import prose_parts
from ..composition import Composition
from ..packs import ASPECTS
from .subject import Subject
from .writing import BULLET

LINE = re.compile(
    r"^[^\S\n]*(?:[-*•·+]|#+)?[^\S\n]*(?:\*\*|__)?(?P<label>[^\W\d_][^:：\n*_]{0,39}?)(?:\*\*|__)?[^\S\n]*[:：](?:\*\*|__)?"
    r"[^\S\n]*(?!//)(?P<value>\S[^\n]*?)[^\S\n]*$",
    re.MULTILINE,
)
OTHER = "other"


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of a sheet: where its label and its value stand, and the field its label asks for."""

    field: str
    label: tuple[int, int]
    value: tuple[int, int]


def facts_of(subject: Subject) -> list[Fact]:
    """The lines of the character's own sheets, in order."""
    index, found = subject.index, []
    for source, shape in enumerate(index.shapes):
        if shape == "sheet":
            start, end = index.manuscript.bounds(source)
            found += _own_block(subject, list(_facts(subject, start, end)))
        elif shape == "wiki" and index.about.get(source) == subject.id:
            found += [
                fact for fact in _facts(subject, *index.manuscript.bounds(source)) if fact.field in ASPECTS
            ]
        elif shape == "card" and index.about.get(source) == subject.id:
            for part in prose_parts(index.manuscript, source):
                found += _facts(subject, part.start, part.end)
    return found


def _facts(subject: Subject, start: int, end: int) -> Iterator[Fact]:
    for line in LINE.finditer(subject.index.text, start, end):
        field = subject.pack.labels.get(" ".join(line["label"].lower().split()), OTHER)
        yield Fact(field, line.span("label"), line.span("value"))


def _own_block(subject: Subject, facts: list[Fact]) -> list[Fact]:
    """The lines below the character's own name line; all of them when no line names anybody."""
    names = {alias.casefold() for alias in subject.character.aliases} | {subject.name.casefold()}
    kept, own = [], True
    for place, fact in enumerate(facts):
        begins = fact.field == "name" and (not place or facts[place - 1].field != "name")
        if begins:
            value = subject.index.text[slice(*fact.value)].casefold()
            own = any(name in value or value in name for name in names)
        if own:
            kept.append(fact)
    return kept


def write_facts(subject: Subject, page: Composition, facts: Sequence[Fact]) -> None:
    """Add each line as a bullet, label and value as they stand."""
    for fact in facts:
        page.connect("\n" + BULLET if page else BULLET)
        page.quote(subject.render(*fact.label), subject.place(*fact.label))
        page.connect(": ")
        page.quote(subject.render(*fact.value), subject.place(*fact.value))


def is_fact(text: str) -> bool:
    """Whether a stretch of a sheet holds a labelled line: that is a fact, not a sentence."""
    return LINE.search(text) is not None


def is_known_fact(text: str, subject: Subject) -> bool:
    """Whether a stretch of a wiki page begins with a label that a card has a place for."""
    found = LINE.match(text)
    return found is not None and " ".join(found["label"].lower().split()) in subject.pack.labels
