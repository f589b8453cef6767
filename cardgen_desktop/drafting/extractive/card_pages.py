"""Cards as sources: what a card says of its own character in its own fields is taken over as it stands."""

from collections.abc import Iterator

from ...domain.source import CardPart
from ...reading.card_parts import Part, paragraphs_in, parts_of
from .stretches import text_start
from .subject import Subject

Stretch = tuple[int, int]
LONGEST_GREETING = 20_000


def own_parts(subject: Subject, title: CardPart) -> Iterator[Part]:
    """The parts of the character's own cards that have this title."""
    index = subject.index
    for source, shape in enumerate(index.shapes):
        if shape == "card" and index.about.get(source) == subject.id:
            yield from (part for part in parts_of(index.manuscript, source) if part.title == title)


def card_greetings(subject: Subject) -> list[Stretch]:
    """The greetings of the character's own cards, without the label of the speaker, in order."""
    found: list[Stretch] = []
    for part in own_parts(subject, "Greetings"):
        for paragraph in paragraphs_in([part], subject.index.paragraphs):
            start = text_start(subject.index, paragraph)
            if start > paragraph.start:
                found.append((start, paragraph.end))
            elif found:
                found[-1] = found[-1][0], paragraph.end
    return [(start, end) for start, end in found if 0 < end - start <= LONGEST_GREETING]


def card_scenario(subject: Subject) -> list[Stretch]:
    """The paragraphs of the scenarios of the character's own cards, in order."""
    parts = list(own_parts(subject, "Scenario"))
    return [(each.start, each.end) for each in paragraphs_in(parts, subject.index.paragraphs)]
