"""People for the picker: ranked, with presence over the set and a few lines to recognise them by."""

from collections.abc import Sequence

from ..domain.people import PRESENCE_BARS, Alias, Person
from .manuscript import Manuscript
from .model import Character, Mention, Segment, Unit

FAIR_CONFIDENCE = 0.5
SAMPLE_CONFIDENCE = 0.9
SAMPLES = 3
SAMPLE_WORDS = range(6, 31)


def build_people(
    manuscript: Manuscript,
    characters: Sequence[Character],
    mentions: Sequence[Mention],
    segments: Sequence[Segment],
    units: Sequence[Unit],
    ranked: Sequence[int],
) -> tuple[Person, ...]:
    """One `Person` for each ranked character."""
    spoken: dict[int, list[Unit]] = {}
    for unit in units:
        if unit.speaker is not None:
            spoken.setdefault(unit.speaker, []).append(unit)
    people = [
        _person(manuscript, characters[number], mentions, segments, spoken.get(number, []))
        for number in ranked
    ]
    return tuple(
        person.model_copy(update={"main": place < _leads(people)}) for place, person in enumerate(people)
    )


def _person(
    manuscript: Manuscript,
    character: Character,
    mentions: Sequence[Mention],
    segments: Sequence[Segment],
    spoken: Sequence[Unit],
) -> Person:
    own = [mentions[number] for number in character.mentions]
    lines = [
        segments[number] for unit in spoken if unit.confidence >= FAIR_CONFIDENCE for number in unit.segments
    ]
    first = min((item.start, item.end) for item in (own[:1] or lines[:1])) if own or lines else (0, 0)
    return Person(
        id=character.id,
        name=character.name,
        aliases=tuple(Alias(name=name, mentions=count) for name, count in character.aliases.items()),
        mentions=len(own),
        quotes=len(lines),
        first=manuscript.place(*first),
        gender=character.gender if character.gender in ("f", "m") else "",
        narrator=character.kind == "narrator",
        presence=presence(manuscript, [item.start for item in (*own, *lines)]),
        sample_quotes=_samples(manuscript.text, segments, spoken),
    )


def presence(manuscript: Manuscript, offsets: Sequence[int]) -> tuple[int, ...]:
    """How many of the offsets fall into each equal part of the set."""
    bars = [0] * PRESENCE_BARS
    for offset in offsets:
        bars[min(PRESENCE_BARS - 1, offset * PRESENCE_BARS // max(1, len(manuscript.text)))] += 1
    return tuple(bars)


def _samples(text: str, segments: Sequence[Segment], spoken: Sequence[Unit]) -> tuple[str, ...]:
    lines = [
        " ".join(text[segments[number].start : segments[number].end].split())
        for unit in spoken
        if unit.confidence >= SAMPLE_CONFIDENCE
        for number in unit.segments
    ]
    fitting = [line for line in lines if len(line.split()) in SAMPLE_WORDS]
    return tuple(fitting[:SAMPLES])


def _leads(people: Sequence[Person]) -> int:
    """How many of the ranked people lead: those with a tenth of the first one's mentions, five to twelve."""
    strong = sum(
        person.mentions + person.quotes >= 0.1 * (people[0].mentions + people[0].quotes) for person in people
    )
    return max(5, min(12, strong))
