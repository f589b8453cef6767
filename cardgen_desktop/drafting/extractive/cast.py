"""Who and what stands around a character, and the names that call them up."""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import pairwise

from ...reading.model import Character, Mention
from ...reading.sections import ROW
from ..verify import fold
from .passages import HEARD
from .subject import Subject

PERSONS = ("named", "narrator")
LEAST_TOGETHER = 2
LEAST_PLACE = 3
SHORT_SENTENCES = 100
MOST_KEYS = 6
LEAST_KEY = 3
TITLE_WORDS = 6


def people_around(card: Subject) -> list[Character]:
    """The others, by how often they are named beside the character or talk with it."""
    counts = card.index.co_mentions(card.id) + _talks(card)
    narrator = card.index.narrator
    if narrator is not None and narrator != card.id:
        counts[narrator] = max(counts[narrator], LEAST_TOGETHER)
    least = 1 if len(card.index.sentences) <= SHORT_SENTENCES else LEAST_TOGETHER
    people = [
        card.index.characters[number]
        for number, count in counts.items()
        if count >= least and is_person(card, number)
    ]
    return sorted(people, key=lambda person: (-counts[person.id], person.id))


def _talks(card: Subject) -> Counter[int]:
    """How often each other speaker and the character answer one another."""
    units = [unit for unit in card.index.units if unit.speaker is not None and unit.confidence >= HEARD]
    counts: Counter[int] = Counter()
    for before, after in pairwise(units):
        pair = {before.speaker, after.speaker}
        if card.id in pair and len(pair) == 2 and after.paragraph - before.paragraph <= 2:
            counts.update(number for number in pair if number is not None and number != card.id)
    return counts


def is_person(card: Subject, number: int) -> bool:
    """Whether a cluster is surely somebody: where every noun has a capital, only with a gender or a voice.

    Whoever chats with the character is `{{user}}`, and nobody else.
    """
    index = card.index
    if index.characters[number].kind not in PERSONS or number in card.personas:
        return False
    if not index.pack.nouns_capitalised:
        return True
    return bool(index.characters[number].gender or index.utterances_of(number, HEARD))


def places_around(card: Subject) -> list[Character]:
    """The places of the source, those named beside the character first."""
    counts = card.index.co_mentions(card.id)
    places = [place for place in card.places if len(place.mentions) >= LEAST_PLACE]
    return sorted(places, key=lambda place: (-counts[place.id], -len(place.mentions), place.id))


def everybody_else(card: Subject) -> Iterator[Character]:
    """All other people, the most important first, then all places, then whatever else has a name."""
    for person in card.index.people():
        if person.id != card.id and is_person(card, person.id):
            yield card.index.characters[person.id]
    yield from card.places
    if not card.index.pack.nouns_capitalised:
        yield from (item for item in card.index.places if item.kind == "other" and _is_told_of(card, item))


def _is_told_of(card: Subject, character: Character) -> bool:
    """Whether a name is more than a label, a word of a title, or a value: *Personality: Deadpan*."""
    mentions = [card.index.mentions[number] for number in character.mentions]
    return any(not mention.label and not _is_value(card, mention) for mention in mentions)


def _is_value(card: Subject, mention: Mention) -> bool:
    index = card.index
    paragraph = index.paragraphs[mention.paragraph]
    words = index.text[paragraph.start : paragraph.end]
    if len(words.split()) <= TITLE_WORDS and words[-1].isalnum():
        return True
    is_page = index.shapes[paragraph.source] in ("sheet", "wiki", "card")
    return is_page and ROW.match(index.text, paragraph.start, paragraph.end) is not None


def keys_of(card: Subject, character: Character, taken: Iterable[str]) -> tuple[str, ...]:
    """The names that wake an entry: long enough, without commas, no common words and nobody else's."""
    pack = card.index.pack
    used = set(taken) | pack.function_words | pack.not_names | pack.content_stop
    keys = []
    for name in dict.fromkeys(fold(name) for name in (character.name, *character.aliases)):
        plain = name.casefold()
        if len(name) >= LEAST_KEY and "," not in name and not name.startswith("/") and plain not in used:
            keys.append(name)
            used.add(plain)
    return tuple(keys[:MOST_KEYS])
