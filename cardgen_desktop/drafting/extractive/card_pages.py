"""Cards and chats as sources: what a card says of its own character in its own fields, and the greeting with
which a chat begins, are taken over as they stand."""

from collections.abc import Iterable, Iterator

from ...domain.source import CardPart
from ...reading.card_parts import Part, paragraphs_in, parts_of
from ...reading.index import Index
from ...reading.model import Paragraph
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


def given_greetings(subject: Subject) -> list[Stretch]:
    """What greets already, without the label of the speaker: the greetings of the character's own cards, and
    the message with which it begins a chat."""
    index = subject.index
    found: list[Stretch] = []
    for part in own_parts(subject, "Greetings"):
        found += _messages(index, paragraphs_in([part], index.paragraphs))
    for source, text in enumerate(index.sources):
        if text.kind == "chat":
            found += _first_of_chat(subject, source)
    return [(start, end) for start, end in found if 0 < end - start <= LONGEST_GREETING]


def _messages(index: Index, paragraphs: Iterable[Paragraph]) -> list[Stretch]:
    """Labelled lines with those that go on from them."""
    found: list[Stretch] = []
    for paragraph in paragraphs:
        start = text_start(index, paragraph)
        if start > paragraph.start:
            found.append((start, paragraph.end))
        elif found:
            found[-1] = found[-1][0], paragraph.end
    return found


def _first_of_chat(subject: Subject, source: int) -> list[Stretch]:
    index = subject.index
    own = [each for each in index.paragraphs if each.source == source and not each.heading]
    first = _messages(index, own)[:1]
    labels = [each for each in subject.mentions if each.label and own and each.paragraph == own[0].id]
    return first if labels else []


def card_scenario(subject: Subject) -> list[Stretch]:
    """The paragraphs of the scenarios of the character's own cards, in order."""
    parts = list(own_parts(subject, "Scenario"))
    return [(each.start, each.end) for each in paragraphs_in(parts, subject.index.paragraphs)]
