"""Of whom the sources say a word: the people around it, with how surely each is meant."""

from collections.abc import Sequence

from ...reading.index import Index
from .references import NARRATION, STRANGERS, UNKNOWN, Reference, References

NEAREST, SUBJECT, OTHER_SUBJECT, PRESENT = 1.0, 0.9, 0.45, 0.4
OBJECT, BESIDE = 0.7, 25
FOLLOWING, CARRIED, NEAR = 0.75, 0.6, 0.4
SPEAKER, FOCUS, SEEN = 0.7, 0.8, 0.2
BACK = 3
NEARBY, SOON = 40, 150


class Ownership:
    """Answers for places of an index."""

    def __init__(self, references: References) -> None:
        self.references = references
        self.index: Index = references.index
        self._known: dict[tuple[int, int], dict[int, float]] = {}

    def of(self, sentence: int, at: int) -> dict[int, float]:
        """Who a word is said of; unknown people (below 0) stand for those that nobody could name."""
        known = self._known.get((sentence, at))
        if known is None:
            known = self._known[sentence, at] = self._find(sentence, at)
        return known

    def _find(self, sentence: int, at: int) -> dict[int, float]:
        references = self.references
        quote = references.quote_at(at)
        mine = [each for each in references.of(sentence) if each.quote == quote]
        owners: dict[int, float] = {}
        before = [each for each in mine if each.at <= at]
        for each in mine:
            _raise(owners, each.character, PRESENT * each.strength)
        if before:
            self._raise_before(owners, before, at)
        else:
            after = [each for each in mine if each.at > at]
            if after:
                _raise(owners, after[0].character, FOLLOWING * after[0].strength)
            self._carry(owners, sentence, quote)
        if quote != NARRATION:
            unit = self.index.units[self.index.segments[quote].unit]
            if unit.speaker is not None:
                _raise(owners, unit.speaker, SPEAKER * unit.confidence)
        if max(owners.values(), default=0.0) <= SEEN:
            owners[UNKNOWN] = 1.0
        for weight, number in references.wide(sentence):
            _raise(owners, number, weight)
        for weight, number in references.focus(sentence):
            _raise(owners, number, FOCUS * weight)
        return self._of_gender(owners, before, mine)

    def _raise_before(self, owners: dict[int, float], before: Sequence[Reference], at: int) -> None:
        nearest = before[-1]
        behind = NEAREST if nearest.leads or at - nearest.at <= BESIDE else OBJECT
        _raise(owners, nearest.character, behind * nearest.strength)
        leading = [each for each in before if each.leads]
        for each in leading:
            # Another subject takes over; an object does not.
            fall = SUBJECT if each.character == leading[-1].character else OTHER_SUBJECT
            _raise(owners, each.character, fall * each.strength)

    def _of_gender(
        self, owners: dict[int, float], before: Sequence[Reference], mine: Sequence[Reference]
    ) -> dict[int, float]:
        """Owners without those whom the word before cannot mean, unless they are named in the sentence."""
        gender = before[-1].gender if before else ""
        if not gender:
            return owners
        here = {each.character for each in mine}
        return {
            number: strength
            for number, strength in owners.items()
            if number < 0 or number in here or self.references.may_be(number, gender)
        }

    def _carry(self, owners: dict[int, float], sentence: int, quote: int) -> None:
        """A sentence without anybody goes on about whom the one before was."""
        there = self.index.sentences[sentence]
        for back in range(1, BACK + 1):
            number = sentence - back
            if number < 0 or self.index.sentences[number].paragraph < there.paragraph - 1:
                return
            previous = [
                each
                for each in self.references.of(number)
                if (each.quote == NARRATION) == (quote == NARRATION) and each.character >= 0
            ]
            fall = CARRIED if back == 1 else NEAR
            for each in previous:
                _raise(owners, each.character, fall * each.strength)
            if previous:
                return

    def unnamed(self, owners: dict[int, float], who: frozenset[int]) -> float:
        """How far a passage speaks of somebody without a name who may be the one asked for."""
        genders = {self.index.characters[each].gender for each in who}
        fitting = {UNKNOWN} | {number for gender, number in STRANGERS.items() if {gender, ""} & genders}
        return sum(owners.get(number, 0.0) for number in fitting)

    def may_be_unnamed(self, who: frozenset[int], sentence: int) -> bool:
        """Whether a sentence that names nobody may be about somebody: named near it, or only later."""
        here = self.index.sentences[sentence].start
        first, last = max(0, sentence - NEARBY), min(len(self.index.sentences) - 1, sentence + NEARBY)
        start, end = self.index.sentences[first].start, self.index.sentences[last].end
        soon = self.index.sentences[min(len(self.index.sentences) - 1, sentence + SOON)].end
        for number in who:
            mentions = self.index.characters[number].mentions
            if self.index.narrator == number or not mentions:
                continue
            if here < self.index.mentions[mentions[0]].start < soon:
                return True
            if any(mention.character == number for mention in self.references.corpus.mentions(start, end)):
                return True
        return False


def _raise(owners: dict[int, float], character: int, strength: float) -> None:
    if strength > owners.get(character, 0.0):
        owners[character] = strength
