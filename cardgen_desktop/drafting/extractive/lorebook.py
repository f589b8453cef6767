"""The lorebook: the other main characters and the places around the character (offline-drafter.md 4.3)."""

from collections.abc import Iterable
from dataclasses import dataclass

from ...domain.card import Lorebook, LorebookEntry
from ...reading.model import Character
from ..composition import Composition
from ..verify import fold
from .aspects import density, score_passages
from .cast import PERSONS, everybody_else, keys_of, people_around, places_around
from .company import places_beside
from .deeds import deeds
from .description import opening_of
from .passages import HEARD, Passage
from .readable import readable
from .selection import choose, content_words, overlaps
from .subject import Subject
from .titles import title_of
from .utterances import Utterance, is_sure, spoken_by
from .writing import Pen

MOST_PEOPLE = 8
MOST_PLACES = 4
LEAST_ENTRIES = 3
QUOTAS = {"appearance": 1, "background": 1, "personality": 1}
SENTENCES, LEAST_SENTENCES = 3, 2
RELATION_WORDS = range(7, 46)
LINE_WORDS = range(6, 36)
LEAST_READABLE = 0.4
LEAST_BESIDE = 2


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry under construction."""

    name: str
    keys: tuple[str, ...]
    content: Composition


def entries_of(card: Subject) -> list[Entry]:
    """The entries of a card: the people around the character, then places; others only to make three."""
    taken = {name.casefold() for name in (card.name, *card.character.aliases)}
    found: list[Entry] = []
    around = [*people_around(card)[:MOST_PEOPLE], *places_around(card)[:MOST_PLACES]]
    _add_entries(card, around, found, taken, len(around))
    if len(found) < LEAST_ENTRIES:
        rest = (character for character in everybody_else(card) if character not in around)
        _add_entries(card, rest, found, taken, LEAST_ENTRIES)
    return found


def _add_entries(
    card: Subject, characters: Iterable[Character], found: list[Entry], taken: set[str], most: int
) -> None:
    for character in characters:
        keys = keys_of(card, character, taken)
        content = _content(card, character) if keys and len(found) < most else None
        if content and all(content.text != entry.content.text for entry in found):
            taken |= {key.casefold() for key in keys}
            found.append(Entry(fold(character.name), keys, content))


def _content(card: Subject, character: Character) -> Composition:
    about = Subject(card.index, character.id, card.strength)
    page, pen = Composition(), Pen(card, about)
    person = character.kind in PERSONS
    passages = (_telling(about) if person else []) or _of_place(about)
    relation = [] if about.narrates else _relation(card, about, passages)
    points = pen.points(sorted([*passages, *relation], key=lambda passage: passage.start))
    if not person:
        points = [point for point in points if pen.names(point)]
    for point in points:
        page.connect("\n" if page else "")
        pen.write(page, point)
    if len(points) < LEAST_SENTENCES:
        _write_line(about, pen, page)
    if about.narrates and about.mentions:
        page.connect("\n" if page else "")
        page.count(card.pack.say("notes_narrator", name=about.name), about.first_mention())
    _write_beside(card, about, page)
    return page


def _write_beside(card: Subject, about: Subject, page: Composition) -> None:
    """How often the two stand together, where little else is said."""
    places = places_beside(card, about.id)
    if page and len(places) >= LEAST_BESIDE and page.text.count("\n") + 1 < SENTENCES:
        page.connect("\n")
        page.count(card.pack.say("beside", name=about.name, count=len(places)), places)


def _write_line(about: Subject, pen: Pen, page: Composition) -> None:
    """For somebody of whom the source tells nothing: what they say."""
    best = max(spoken_by(about, HEARD), key=lambda line: (_fits(about, line), -line.start), default=None)
    if best:
        page.connect("\n" if page else "")
        pen.speak(page, *max(best.pieces, key=lambda piece: piece[1] - piece[0]))


def _fits(about: Subject, line: Utterance) -> float:
    """Better when a line is surely theirs and neither a word nor a speech."""
    sure = 1.0 if is_sure(about, line.unit) else 0.6
    return line.unit.confidence * sure * (1.0 if len(line.words) in LINE_WORDS else 0.5)


def _telling(about: Subject) -> list[Passage]:
    """Two to four sentences that say who somebody is; of a narrator only those that others could say."""
    if about.narrates:
        named = [passage for passage in about.passages if passage.named and passage.voice != "mixed"]
        return _distinct(
            about, sorted(named, key=lambda item: (-readable(item, about), item.start)), SENTENCES
        )
    opening = opening_of(about)
    taken = {(opening.start, opening.end)} if opening else set()
    chosen = choose(score_passages(about), QUOTAS, about.index.pack.content_stop, taken)
    best = sorted(
        (item for items in chosen.values() for item in items), key=lambda item: -max(item.scores.values())
    )
    told = ([opening] if opening else []) + [item.passage for item in best[: SENTENCES - 1]]
    done = [passage for passage in deeds(about, LEAST_SENTENCES) if passage not in told]
    return _distinct(about, told + done[: max(0, LEAST_SENTENCES - len(told))], SENTENCES)


def _of_place(about: Subject) -> list[Passage]:
    """The sentences that tell most of a place."""

    def value(passage: Passage) -> float:
        early = 1 / (1 + passage.rank / 8)
        told = sum(about.pack.tells(passage.words, aspect) for aspect in ("appearance", "background"))
        return readable(passage, about) * (1 + early) * (1 + told / density(len(passage.words)))

    return _distinct(about, sorted(about.passages, key=lambda item: (-value(item), item.start)), 2)


def _distinct(about: Subject, ranked: Iterable[Passage], number: int) -> list[Passage]:
    kept: list[Passage] = []
    stop = about.index.pack.content_stop
    for passage in ranked:
        content = content_words(passage.words, stop)
        if not any(overlaps(content, content_words(other.words, stop)) for other in kept):
            kept.append(passage)
        if len(kept) == number:
            break
    return kept


def _relation(card: Subject, about: Subject, beside: Iterable[Passage]) -> list[Passage]:
    """The sentence that says most of both."""
    used = {passage.sentence for passage in beside}
    both = [
        passage
        for passage in about.passages
        if card.id in passage.others
        and passage.sentence not in used
        and len(passage.words) in RELATION_WORDS
        and passage.voice in ("narration", "own")
        and readable(passage, about) >= LEAST_READABLE
    ]

    def value(passage: Passage) -> float:
        told = card.pack.tells(passage.words, "relationships")
        return (1 + told) / density(len(passage.words)) * readable(passage, about)

    return sorted(both, key=lambda passage: (-value(passage), passage.start))[:1]


def lorebook(card: Subject, entries: Iterable[Entry]) -> Lorebook:
    """The entries as a V3 lorebook with the keys that SillyTavern needs (card-formats.md section 7)."""
    return Lorebook(
        name=title_of(card),
        extensions={},
        entries=tuple(
            LorebookEntry(
                id=number,
                keys=entry.keys,
                content=entry.content.text,
                extensions={},
                enabled=True,
                insertion_order=100 + number,
                use_regex=False,
                constant=False,
                selective=False,
                secondary_keys=(),
                position="before_char",
                name=entry.name,
                comment=entry.name,
            )
            for number, entry in enumerate(entries)
        ),
    )
