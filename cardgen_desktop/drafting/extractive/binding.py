"""How surely the pronoun of a sentence means the character: who else came up since its name last stood."""

import re
from bisect import bisect_left
from collections.abc import Iterator
from typing import TYPE_CHECKING

from .stretches import WORD, people_between, segments_between

if TYPE_CHECKING:
    from .subject import Subject

REACH = ((2, 1.0), (4, 0.85), (7, 0.6))
FARTHER = 0.05
RIVAL_BEFORE, NAMED_LATE, NAMED_AS_OBJECT = 0.35, 0.15, 0.3
LIKELY = 0.6
STOPS = ".!?;"
TOKEN = re.compile(rf"{WORD.pattern}|[{STOPS}]")
NOT_PERSONS = frozenset({"other", "others", "one", "all"})
COPULA_REACH = 5
ARTICLE_REACH = 4


Known = tuple[int, int, bool]
"""A place where the character is known: its start and end, and whether it is only the object there."""


class PronounBinding:
    """Judges sentences of narration that do not name the character they were given to."""

    def __init__(self, subject: "Subject") -> None:
        self._subject, self._index = subject, subject.index
        self._told = sorted([*_told(subject), *_spoken(subject)])
        language = subject.index.pack
        others = {"m": language.nouns_female, "f": language.nouns_male}
        contrary = others.get(subject.character.gender, frozenset())
        known = language.nouns_male | language.nouns_female | subject.pack.persons | subject.pack.kinds
        meant = known | language.person_nouns
        self._nouns = meant - contrary - subject.pack.features - NOT_PERSONS
        self._pronouns = subject.subjects | subject.possessives

    def sureness(self, start: int, end: int) -> float:
        """A factor for the sentence at `start:end`: 1 with the name in it, 0 when another came between."""
        if self._subject.narrates:
            return 1.0
        mention = next(self._subject.named_between(start, end), None)
        if mention is not None:
            return NAMED_LATE if self._strangers(start, self._first_pronoun(start, mention.start)) else 1.0
        position = bisect_left(self._told, (start, 0, False)) - 1
        if position < 0:
            return FARTHER
        named, named_end, as_object = self._told[position]
        sentence, here = self._index.sentence_at(named), self._index.sentence_at(start)
        away = here.id - sentence.id if sentence and here else 0
        near = next((value for reach, value in REACH if away <= reach), FARTHER)
        if near == FARTHER:
            return FARTHER
        stop = self._first_pronoun(start, end)
        stop = start if stop == end else stop
        if self._rivals(start, stop) or self._strangers(named_end, stop):
            return 0.0
        if as_object:
            near *= NAMED_AS_OBJECT
        return near * (RIVAL_BEFORE if self._rivals(named_end, start) else 1.0)

    def _first_pronoun(self, start: int, end: int) -> int:
        """Where the character's first pronoun stands; who is named before it may be who is meant."""
        for word in WORD.finditer(self._index.text, start, end):
            if word[0].lower() in self._pronouns:
                return word.start()
        return end

    def _rivals(self, start: int, end: int) -> bool:
        """Whether somebody else is named who could be meant."""
        gender, characters = self._subject.character.gender, self._index.characters
        others = people_between(self._index, start, end) - {self._subject.id, self._index.narrator or -1}
        return any(not gender or characters[number].gender in ("", gender) for number in others)

    def _strangers(self, start: int, end: int) -> bool:
        """Whether a person without a name came up: `a little old woman`, `the soldier`."""
        quoted = [(item.outer_start, item.outer_end) for item in segments_between(self._index, start, end)]
        words = [
            _without_ending(found[0].lower())
            for found in TOKEN.finditer(self._index.text, start, end)
            if not any(first <= found.start() < last for first, last in quoted)
        ]
        return any(self._is_stranger(words, place) for place in range(len(words)))

    def _is_stranger(self, words: list[str], place: int) -> bool:
        if words[place] not in self._nouns:
            return False
        own = words[max(0, place - COPULA_REACH) : place]
        ended = max((number for number, word in enumerate(own) if word in STOPS), default=-1)
        own = own[ended + 1 :]
        determined = not (self._subject.pack.articles | {"another", "one"}).isdisjoint(own[-ARTICLE_REACH:])
        return determined and self._subject.pack.copulas.isdisjoint(own) and "as" not in own


def _told(subject: "Subject") -> Iterator[Known]:
    """Where narration names the character."""
    for mention in subject.mentions:
        if not mention.in_quote:
            yield mention.start, mention.end, subject.is_object(mention.start)


def _spoken(subject: "Subject") -> Iterator[Known]:
    """Where the character speaks: then, too, it is known who is meant."""
    for unit in subject.lines(LIKELY):
        for number in unit.segments:
            segment = subject.index.segments[number]
            yield segment.start, segment.outer_end, False


def _without_ending(word: str) -> str:
    """A word without the ending of a possessive: `woman's`."""
    return word[:-2] if word.endswith(("'s", "’s")) else word
