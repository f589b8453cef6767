"""Who the character is seen and heard with, counted: true of every source, also where no sentence says it."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

from ...domain.source import Span
from ...reading.model import Mention
from ..verify import fold
from .cast import is_person
from .passages import HEARD
from .speech import Finding
from .subject import Subject

MOST_NAMED = 5
LEAST_PARAGRAPHS, LEAST_EXCHANGES = 2, 2

Places = Mapping[int, Sequence[Span]]


def company_of(subject: Subject) -> list[Finding]:
    """Lines such as "Often together with: Jim Hawkins (41 paragraphs)" and whom it talks with."""
    together = {number: spans for number, spans in beside(subject).items() if len(spans) >= LEAST_PARAGRAPHS}
    talks = {number: spans for number, spans in talks_of(subject).items() if len(spans) >= LEAST_EXCHANGES}
    lines = (_line(subject, "company", together), _line(subject, "talks", talks))
    return [line for line in lines if line]


def people_line(subject: Subject) -> Finding | None:
    """The names alone, for the scenario."""
    places: dict[int, list[Span]] = {}
    for table in (beside(subject), talks_of(subject)):
        for number, spans in table.items():
            places.setdefault(number, []).extend(spans)
    ranked = _ranked(places)
    if not ranked:
        return None
    names = ", ".join(_name(subject, number) for number in ranked)
    return Finding(
        subject.pack.say("around", names=names), tuple(span for number in ranked for span in places[number])
    )


def _line(subject: Subject, key: str, places: Places) -> Finding | None:
    ranked = _ranked(places)
    if not ranked:
        return None
    one = f"{key}_one"
    names = [
        subject.pack.say(one, name=_name(subject, number), count=len(places[number])) for number in ranked
    ]
    spans = tuple(span for number in ranked for span in places[number])
    return Finding(subject.pack.say(key, names=", ".join(names)), spans)


def _ranked(places: Places) -> list[int]:
    return sorted(places, key=lambda number: (-len(places[number]), number))[:MOST_NAMED]


def _name(subject: Subject, number: int) -> str:
    return fold(subject.index.characters[number].name)


def beside(subject: Subject) -> dict[int, list[Span]]:
    """For every other person, where it is named in a paragraph of the character: once for each paragraph."""
    people = [
        each for each in subject.index.characters if each.id != subject.id and is_person(subject, each.id)
    ]
    found = {person.id: places_beside(subject, person.id) for person in people}
    return {number: places for number, places in found.items() if places}


def places_beside(subject: Subject, other: int) -> list[Span]:
    """Where somebody or something is named in paragraphs of the character, once for each."""
    own = {mention.paragraph for mention in subject.mentions if not mention.label}
    first: dict[int, Mention] = {}
    for number in subject.index.characters[other].mentions:
        mention = subject.index.mentions[number]
        if mention.paragraph in own and not mention.label:
            first.setdefault(mention.paragraph, mention)
    return [subject.place(item.start, item.end) for item in first.values()]


def talks_of(subject: Subject) -> dict[int, list[Span]]:
    """For every other person, its lines that stand right before or after one of the character's."""
    index = subject.index
    places: dict[int, list[Span]] = {}
    units = [unit for unit in index.units if unit.speaker is not None and unit.confidence >= HEARD]
    for before, after in pairwise(units):
        other = before if after.speaker == subject.id else after
        apart = after.paragraph - before.paragraph > 2 or before.speaker == after.speaker
        if apart or subject.id not in (before.speaker, after.speaker) or other.speaker is None:
            continue
        if is_person(subject, other.speaker):
            first, last = index.segments[other.segments[0]], index.segments[other.segments[-1]]
            places.setdefault(other.speaker, []).append(subject.place(first.start, last.end))
    return places
