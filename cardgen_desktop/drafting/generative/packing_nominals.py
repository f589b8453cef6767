"""What else a character is called: *the clerk* before he has a name, *his sister*, *the blind man*.

The reading binds names and pronouns only. A description that names nobody is bound here by three signs, none
of which needs a parser: it stands in apposition to the name, it comes just before the name does for the first
time, or the two take turns: near one another, hardly ever in one sentence, more so than with anybody else.
"""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from functools import cached_property

from ...reading.index import Index
from ...reading.model import Character
from ..extractive.stretches import words_of
from ..extractive.subject import Subject
from ..packs import DraftingPack, drafting_pack
from .packing_pieces import Pieces

MOST_PEOPLE = 40
LEAST_TIMES, LEAST_MENTIONS = 3, 5
REACH, REGION = 5, 150
FULL_LIFT, LEAST_RATE = 4.0, 0.005
LEAST_LINK, LEAST_BESIDE_BEST = 0.09, 0.8
LEAST_INTRODUCED = 0.05
BEFORE_NAME, AFTER_NAME = 3, 1
APPOSED_LETTERS, APPOSED_WORDS = 40, 4
POSSESSIVE = ("'s", "’s")


class Nominals:
    """Where a source speaks of people by a noun, and whom each noun means."""

    def __init__(self, index: Index, pieces: Pieces, words: Sequence[Sequence[str]]) -> None:
        self._index, self._pieces, self._words = index, pieces, words
        self._pack: DraftingPack = drafting_pack(index.language)
        people = (index.characters[person.id] for person in index.people()[:MOST_PEOPLE])
        self._people = {each.id: each for each in people if len(each.mentions) >= LEAST_MENTIONS}
        self._named: dict[int, list[int]] = {}
        self._beside: dict[int, Counter[str]] = {}

    def meaning(self, subject: Subject) -> set[int]:
        """The pieces that speak of a character by a noun."""
        found: set[int] = set()
        for noun in self._linked(subject.character):
            found.update(self._assigned(noun, subject.character))
        return found

    @cached_property
    def _nouns(self) -> frozenset[str]:
        language, pack = self._index.pack, self._pack
        known = language.nouns_male | language.nouns_female | pack.kinds | pack.kin | pack.persons
        aliases = (alias for each in self._people.values() for alias in each.aliases)
        named = {word.lower() for alias in aliases for word in alias.split()}
        return known - (named - language.noun_titles - frozenset(language.title_nouns))

    @cached_property
    def _vague(self) -> frozenset[str]:
        """Nouns that mean anybody without a word before them: *the man*."""
        return (self._index.pack.generic_persons - self._pack.kin) | self._pack.persons

    @cached_property
    def _found(self) -> dict[str, list[int]]:
        """The pieces that hold each noun with a word like *the* or *his* before it, in order."""
        found: dict[str, list[int]] = defaultdict(list)
        for number, words in enumerate(self._words):
            for noun in self._nouns_in(words):
                if not found[noun] or found[noun][-1] != number:
                    found[noun].append(number)
        return {noun: numbers for noun, numbers in found.items() if len(numbers) >= LEAST_TIMES}

    def _nouns_in(self, words: Sequence[str]) -> Iterator[str]:
        language = self._index.pack
        definite = language.determiners - language.indefinite
        for place in range(1, len(words)):
            noun, before = _bare(words[place]), words[place - 1]
            if noun not in self._nouns:
                continue
            direct = before in definite or before.endswith(POSSESSIVE)
            described = place > 1 and words[place - 2] in definite and before not in language.function_words
            if (direct or described) and noun not in self._vague:
                yield noun
            if described and not direct:
                yield f"{before} {noun}"

    def _linked(self, character: Character) -> list[str]:
        """The nouns that mean a character, by what they stand beside."""
        return [noun for noun in self._found if self._means(noun, character)]

    def _means(self, noun: str, character: Character) -> bool:
        named, score = self._named_in(character), self._link(noun, character)
        others = [each for each in self._people.values() if each.id != character.id]
        if not named or not self._fits(noun, character):
            return False
        apposed = self._apposed(character)[noun]
        if apposed and all(self._apposed(each)[noun] < apposed for each in others):
            return True
        if self._is_introduction(noun, named):
            known = [each for each in others if each.mentions and each.mentions[0] < character.mentions[0]]
            return score >= LEAST_INTRODUCED and self._is_best(noun, known, score)
        return score >= LEAST_LINK and self._is_best(noun, others, score)

    def _is_introduction(self, noun: str, named: Sequence[int]) -> bool:
        numbers = self._found[noun]
        near = range(named[0] - BEFORE_NAME, named[0] + AFTER_NAME + 1)
        return numbers[0] < named[0] and any(each in near for each in numbers)

    def _is_best(self, noun: str, others: Sequence[Character], score: float) -> bool:
        return all(self._link(noun, each) * LEAST_BESIDE_BEST <= score for each in others)

    def _link(self, noun: str, character: Character) -> float:
        """How much a noun and a name take turns, 0 to 1."""
        named, numbers = self._named_in(character), self._found[noun]
        if not named or not self._fits(noun, character):
            return 0.0
        near = sum(_within(numbers, each, REACH) for each in named)
        same = sum(_within(numbers, each, 0) for each in named)
        if not near:
            return 0.0
        lift = (near / len(named)) / max(LEAST_RATE, self._rate(numbers, named))
        return (near - same) / len(named) * min(1.0, lift / FULL_LIFT) * (1 - min(1.0, 2 * same / near))

    def _rate(self, numbers: Sequence[int], named: Sequence[int]) -> float:
        """The share of the region where somebody is named that lies near a noun."""
        first, last = max(0, named[0] - REGION), min(len(self._pieces), named[-1] + REGION)
        inside = numbers[bisect_left(numbers, first) : bisect_left(numbers, last)]
        covered = sum(
            min(2 * REACH + 1, after - before)
            for before, after in zip(inside, [*inside[1:], last + 2 * REACH], strict=False)
        )
        return covered / max(1, last - first)

    def _fits(self, noun: str, character: Character) -> bool:
        language, last = self._index.pack, noun.split()[-1]
        gender = "m" if last in language.nouns_male else "f" if last in language.nouns_female else ""
        return not gender or not character.gender or gender == character.gender

    def _named_in(self, character: Character) -> list[int]:
        if character.id not in self._named:
            starts = (self._index.mentions[number].start for number in character.mentions)
            found = {piece.id for start in starts if (piece := self._pieces.at(start)) is not None}
            self._named[character.id] = sorted(found)
        return self._named[character.id]

    def _apposed(self, character: Character) -> Counter[str]:
        """How often a noun stands right beside the name: *Bob Cratchit, clerk to*, *his sister, May*."""
        if character.id in self._beside:
            return self._beside[character.id]
        text, found = self._index.text, Counter[str]()
        for number in character.mentions:
            mention = self._index.mentions[number]
            after = text[mention.end : mention.end + APPOSED_LETTERS]
            if after.startswith(","):
                found.update({_bare(word) for word in words_of(after[1:].split(",")[0])[:APPOSED_WORDS]})
            before = text[max(0, mention.start - APPOSED_LETTERS) : mention.start].rstrip()
            if before.endswith(","):
                found.update(words_of(before)[-1:])
        self._beside[character.id] = found
        return found

    def _assigned(self, noun: str, character: Character) -> Iterator[int]:
        """The pieces with a noun that stand nearer to the character's name than to any other it may mean."""
        own = self._named_in(character)
        rivals = [
            self._named_in(each)
            for each in self._people.values()
            if each.id != character.id and self._is_rival(noun, each)
        ]
        for number in self._found[noun]:
            away = _distance(own, number)
            if all(away <= _distance(rival, number) for rival in rivals if rival):
                yield number

    def _is_rival(self, noun: str, character: Character) -> bool:
        titled = any(noun in alias.lower().split() for alias in character.aliases)
        return titled or self._link(noun, character) >= LEAST_LINK


def _bare(word: str) -> str:
    return word[:-2] if word.endswith(POSSESSIVE) else word


def _within(numbers: Sequence[int], place: int, reach: int) -> bool:
    position = bisect_left(numbers, place - reach)
    return position < len(numbers) and numbers[position] <= place + reach


def _distance(numbers: Sequence[int], place: int) -> int:
    position = bisect_left(numbers, place)
    return min(abs(numbers[each] - place) for each in (position - 1, position) if 0 <= each < len(numbers))
