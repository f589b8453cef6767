"""Who a place in the sources speaks of: names, pronouns bound to people, and who says *I*.

The index knows how much a sentence is about somebody; checking asks it of a word, because a sentence often
describes one person and names another.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ...reading.index import Index
from ...reading.manuscript import Stretches
from ...reading.model import Segment
from .corpus import Corpus

NARRATION = -1
UNKNOWN = -1
"""Somebody a pronoun means whom nobody could name."""

NEAREST, SUBJECT, PRESENT = 1.0, 0.9, 0.6
FOLLOWING, CARRIED, NEAR = 0.75, 0.6, 0.4
ABOUT_PEOPLE = frozenset({"named", "narrator", "nominal"})


class Reference(NamedTuple):
    """Somebody spoken of: `character` is a character's id or `UNKNOWN`, `quote` a segment or `NARRATION`."""

    at: int
    character: int
    strength: float
    quote: int
    gender: str = ""
    leads: bool = False


class References:
    """The references of sentences, found when asked for."""

    def __init__(self, corpus: Corpus) -> None:
        self.corpus = corpus
        self.index: Index = corpus.index
        self.pack = self.index.pack
        self._of: dict[int, tuple[Reference, ...]] = {}
        self._focus: dict[int, list[tuple[float, int]]] = defaultdict(list)
        self._wide: dict[int, list[tuple[float, int]]] = defaultdict(list)
        for number in self.index.focus:
            for focus in self.index.focus_of(number, "strict"):
                self._focus[focus.sentence].append((focus.weight, number))
        for number, entries in self.index.focus.wide.items():
            for focus in entries:
                self._wide[focus.sentence].append((focus.weight, number))
        self._quotes = Stretches([(each.outer_start, each.outer_end) for each in self.index.segments])
        self._genders = self._pronouns()

    def _pronouns(self) -> dict[str, str]:
        pack = self.pack
        return {
            **dict.fromkeys(pack.pronouns_male | pack.possessives_male | pack.objects_male, "m"),
            **dict.fromkeys(pack.pronouns_female | pack.possessives_female | pack.objects_female, "f"),
            **dict.fromkeys(pack.first_person | pack.first_person_forms, "i"),
            **dict.fromkeys(pack.second_person, "you"),
        }

    def quote_at(self, offset: int) -> int:
        """The quoted segment that holds an offset, or `NARRATION`."""
        found = self._quotes.index_at(offset)
        return NARRATION if found is None else found

    def focus(self, sentence: int) -> list[tuple[float, int]]:
        """How much a sentence is surely about whom."""
        return self._focus.get(sentence, [])

    def wide(self, sentence: int) -> list[tuple[float, int]]:
        """Whom a descriptive sentence may be about though it does not say so."""
        return self._wide.get(sentence, [])

    def of(self, sentence: int) -> tuple[Reference, ...]:
        """The references of a sentence in order."""
        known = self._of.get(sentence)
        if known is None:
            known = self._of[sentence] = tuple(self._found(sentence))
        return known

    def _found(self, sentence: int) -> list[Reference]:
        there = self.index.sentences[sentence]
        found: list[Reference] = []
        names = list(self.corpus.mentions(there.start, there.end))
        inside = Stretches([(mention.start, mention.end) for mention in names])
        events = [(mention.start, mention.end, "") for mention in names]
        for token in self.corpus.tokens(sentence):
            gender = self._genders.get(token.word)
            if gender and inside.index_at(token.start) is None:
                events.append((token.start, token.end, token.word))
        by_start = {mention.start: mention for mention in names}
        for start, _, word in sorted(events):
            quote = self.quote_at(start)
            if not word:
                mention = by_start[start]
                character = self.index.characters[mention.character or 0]
                if character.kind in ABOUT_PEOPLE and not mention.vocative:
                    found.append(
                        Reference(start, character.id, 1.0, quote, character.gender, not mention.possessive)
                    )
            else:
                found.append(self._pronoun(start, word, quote, sentence, found))
        return found

    def _pronoun(
        self, at: int, word: str, quote: int, sentence: int, before: Sequence[Reference]
    ) -> Reference:
        gender = self._genders[word]
        leads = word in self.pack.pronouns_male | self.pack.pronouns_female | self.pack.first_person
        if gender == "i":
            character, strength = self._self(quote)
        elif gender == "you":
            character, strength = self._addressed(quote)
        else:
            character, strength = self._third(gender, quote, sentence, before)
        return Reference(at, character, strength, quote, gender if gender in ("m", "f") else "", leads)

    def _self(self, quote: int) -> tuple[int, float]:
        """Who says *I*."""
        if quote == NARRATION:
            narrator = self.index.narrator
            return (UNKNOWN, 0.0) if narrator is None else (narrator, 0.9)
        unit = self.index.units[self.index.segments[quote].unit]
        return (UNKNOWN, 0.0) if unit.speaker is None else (unit.speaker, 0.4 + 0.6 * unit.confidence)

    def _addressed(self, quote: int) -> tuple[int, float]:
        """Whom *you* means: who is called by name, else who speaks next or spoke before."""
        if quote == NARRATION:
            return UNKNOWN, 0.0
        segment = self.index.segments[quote]
        for number in self.index.units[segment.unit].segments:
            for mention in self.corpus.mentions(
                self.index.segments[number].start, self.index.segments[number].end
            ):
                if mention.vocative and mention.character is not None:
                    return mention.character, 0.8
        speaker = self.index.units[segment.unit].speaker
        for number in (segment.unit + 1, segment.unit - 1):
            if 0 <= number < len(self.index.units):
                other = self.index.units[number]
                if other.speaker not in (None, speaker) and abs(other.paragraph - segment.paragraph) <= 2:
                    return other.speaker or 0, 0.5
        return UNKNOWN, 0.0

    def _third(
        self, gender: str, quote: int, sentence: int, before: Sequence[Reference]
    ) -> tuple[int, float]:
        """Whom *he* or *she* means: who was named before in the sentence, else whom it is about."""
        for reference in reversed(before):
            same = reference.quote == quote and reference.character != UNKNOWN
            if same and self._may_be(reference.character, gender) and reference.strength > 0:
                return (
                    reference.character,
                    0.8 * reference.strength if reference.leads else 0.7 * reference.strength,
                )
        if quote != NARRATION:
            return UNKNOWN, 0.0
        named = {reference.character for reference in before}
        fitting = [
            (weight, number)
            for weight, number in self.focus(sentence)
            if number not in named and self._may_be(number, gender)
        ]
        if not fitting:
            return UNKNOWN, 0.0
        weight, number = max(fitting)
        return number, min(1.0, weight + 0.15) if len(fitting) == 1 else weight

    def _may_be(self, character: int, gender: str) -> bool:
        return self.index.characters[character].gender in ("", gender)

    def owners(self, sentence: int, at: int) -> dict[int, float]:
        """Who a word is said of, with how surely; `UNKNOWN` stands for a pronoun nobody could bind."""
        quote = self.quote_at(at)
        mine = [each for each in self.of(sentence) if each.quote == quote]
        owners: dict[int, float] = {}
        before = [each for each in mine if each.at <= at]
        after = [each for each in mine if each.at > at]
        for each in mine:
            _raise(owners, each.character, PRESENT * each.strength)
        if before:
            _raise(owners, before[-1].character, NEAREST * max(before[-1].strength, 0.01))
            first = next((each for each in before if each.leads), None)
            if first:
                _raise(owners, first.character, SUBJECT * first.strength)
        elif after:
            _raise(owners, after[0].character, FOLLOWING * max(after[0].strength, 0.01))
        if not before:
            self._carry(owners, sentence, quote)
        if quote != NARRATION:
            self._speaker(owners, self.index.segments[quote])
        for weight, number in self.wide(sentence):
            _raise(owners, number, weight)
        for weight, number in self.focus(sentence):
            _raise(owners, number, 0.6 * weight)
        return owners

    def _carry(self, owners: dict[int, float], sentence: int, quote: int) -> None:
        """A sentence without anybody goes on about whom the one before was."""
        there = self.index.sentences[sentence]
        for back in range(1, 4):
            number = sentence - back
            if number < 0 or self.index.sentences[number].paragraph < there.paragraph - 1:
                return
            previous = [each for each in self.of(number) if (each.quote == NARRATION) == (quote == NARRATION)]
            fall = CARRIED if back == 1 else NEAR
            for each in previous:
                _raise(owners, each.character, fall * each.strength)
            if previous:
                return

    def _speaker(self, owners: dict[int, float], segment: Segment) -> None:
        unit = self.index.units[segment.unit]
        if unit.speaker is not None:
            _raise(owners, unit.speaker, 0.45 * unit.confidence)

    def company(self, sentence: int, reach: int = 6) -> Iterator[int]:
        """Who is named around a sentence."""
        first, last = max(0, sentence - reach), min(len(self.index.sentences) - 1, sentence + reach)
        start, end = self.index.sentences[first].start, self.index.sentences[last].end
        for mention in self.corpus.mentions(start, end):
            yield mention.character or 0


def _raise(owners: dict[int, float], character: int, strength: float) -> None:
    if strength > owners.get(character, 0.0):
        owners[character] = strength
