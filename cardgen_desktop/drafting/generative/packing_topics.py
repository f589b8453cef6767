"""Who stands around the character, and what a lorebook may tell of: people, places and things."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import Literal

from ...domain.evidence_pack import CastMember, PackedPassage, Topic
from ...reading.model import Character
from ..extractive.aspects import density
from ..extractive.cast import PERSONS, keys_of, people_around, places_around
from ..extractive.subject import Subject
from ..verify import fold
from .packing_book import Book
from .packing_wishes import Wish

MOST_CAST, MOST_PEOPLE, MOST_PLACES, MOST_THINGS = 24, 10, 6, 4
LEAST_THING = 5
TOLD_PIECES = 3
MOST_CITED = 6
Kind = Literal["person", "place", "thing"]


def cast_of(subject: Subject) -> tuple[CastMember, ...]:
    """The others, those most often beside the character first."""
    shared = subject.index.co_mentions(subject.id)
    return tuple(
        CastMember(
            name=fold(person.name),
            aliases=tuple(dict.fromkeys(fold(alias) for alias in person.aliases)),
            shared=shared[person.id],
        )
        for person in people_around(subject)[:MOST_CAST]
    )


def users_of(subject: Subject) -> tuple[str, ...]:
    """The names of those who chat with the character and are no one in the sources otherwise."""
    people = [subject.index.characters[number] for number in sorted(subject.personas)]
    return tuple(dict.fromkeys(fold(name) for each in people for name in (each.name, *each.aliases)))


def topics_around(subject: Subject) -> list[tuple[Character, Topic]]:
    """The topics in order of kind and weight, without their passages."""
    taken = {fold(name).casefold() for name in (subject.name, *subject.character.aliases)}
    found = []
    for character in _around(subject):
        keys = keys_of(subject, character, taken)
        if keys:
            taken |= {key.casefold() for key in keys}
            found.append((character, _topic(character, keys)))
    return found


def _around(subject: Subject) -> Iterator[Character]:
    yield from people_around(subject)[:MOST_PEOPLE]
    yield from places_around(subject)[:MOST_PLACES]
    if not subject.index.pack.nouns_capitalised:
        beside = subject.index.co_mentions(subject.id)
        things = [
            each
            for each in subject.index.places
            if each.kind == "other" and len(each.mentions) >= LEAST_THING
        ]
        yield from sorted(things, key=lambda each: (-beside[each.id], -len(each.mentions), each.id))[
            :MOST_THINGS
        ]


def _topic(character: Character, keys: tuple[str, ...]) -> Topic:
    kind: Kind = "person" if character.kind in PERSONS else "place" if character.kind == "place" else "thing"
    return Topic(name=fold(character.name), keys=keys, kind=kind, mentions=len(character.mentions))


def topic_wishes(book: Book, subject: Subject, topics: Sequence[tuple[Character, Topic]]) -> Iterator[Wish]:
    """The first telling pieces of every topic, in turn."""
    queues = [_told(book, subject, character) for character, _ in topics]
    for place in range(TOLD_PIECES):
        for queue in queues:
            if place < len(queue):
                yield (queue[place],)


def _told(book: Book, subject: Subject, character: Character) -> list[int]:
    """The pieces that name a topic, those first that describe it and come early."""
    pack, pieces = subject.pack, book.pieces
    named = dict.fromkeys(
        piece.id
        for number in character.mentions
        if (piece := pieces.at(subject.index.mentions[number].start)) and piece.sentence >= 0
    )
    scored = []
    for rank, number in enumerate(named):
        words = book.words[number]
        told = sum(pack.tells(words, aspect) for aspect in ("appearance", "personality", "background"))
        scored.append((-(1 + told) / density(len(words)) * (1 + 3 / (1 + rank / 4)), number))
    return [number for _, number in sorted(scored)[:TOLD_PIECES]]


def with_passages(
    subject: Subject,
    topics: Sequence[tuple[Character, Topic]],
    passages: Sequence[PackedPassage],
) -> tuple[Topic, ...]:
    """The topics with the ids of the passages that name them, the best ranked ones."""
    by_place = sorted(passages, key=lambda passage: (passage.source, passage.start))
    places = [(passage.source, passage.start) for passage in by_place]
    found: list[Topic] = []
    for character, topic in topics:
        telling: dict[str, PackedPassage] = {}
        for number in character.mentions:
            mention = subject.index.mentions[number]
            span = subject.index.place(mention.start, mention.end)
            at = bisect_right(places, (span.source, span.start)) - 1
            if at >= 0 and by_place[at].source == span.source and span.start < by_place[at].end:
                telling[by_place[at].id] = by_place[at]
        best = sorted(telling.values(), key=lambda passage: passage.rank)[:MOST_CITED]
        ids = tuple(passage.id for passage in sorted(best, key=lambda each: (each.source, each.start)))
        found.append(topic.model_copy(update={"passages": ids}))
    return tuple(found)
