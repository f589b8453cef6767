"""People for the picker: ranked, with presence over the set and a few lines to recognise them by."""

from bisect import bisect_right
from collections.abc import Sequence

from ..domain.people import PRESENCE_BARS, Alias, Gender, Person
from .focus import FocusTables
from .manuscript import Manuscript, Stretch
from .model import Character, Mention, Segment, Sentence, Unit
from .personas import chat_roles, ranked_by_role

FAIR_CONFIDENCE = 0.5
SAMPLE_CONFIDENCES = (0.9, 0.75)
SAMPLES, SAMPLE_WORDS, BEST_WORDS = 3, range(6, 31), 14
NARRATOR_SHARE, LEADS_THE_CAST, LEADING_NARRATOR = 0.85, 1.01, 0.3
NOMINAL_LINES = 4
LEAD_SHARE, FEWEST_LEADS, MOST_LEADS, LEAD_WEIGHT = 0.06, 5, 12, 4
STRONG_WORDS = frozenset({"never", "always", "nothing", "every", "love"})
GENDERS: dict[str, Gender] = {"f": "f", "m": "m"}


class PeopleBuilder:
    """Turns characters into ranked `Person` values."""

    def __init__(
        self,
        manuscript: Manuscript,
        sentences: Sequence[Sentence],
        segments: Sequence[Segment],
        units: Sequence[Unit],
        mentions: Sequence[Mention],
        characters: Sequence[Character],
        focus: FocusTables,
        subjects: frozenset[int] = frozenset(),
    ) -> None:
        self.manuscript, self.sentences, self.segments = manuscript, sentences, segments
        self.mentions, self.characters, self.focus = mentions, characters, focus
        self.subjects, self.units = subjects, units
        self.spoken: dict[int, list[Unit]] = {}
        for unit in units:
            if unit.speaker is not None and unit.confidence >= FAIR_CONFIDENCE:
                self.spoken.setdefault(unit.speaker, []).append(unit)

    def build(self) -> tuple[Person, ...]:
        """Everybody, the most important first."""
        ranked = self._ranked()
        leads = _leads([weight for weight, _ in ranked])
        return tuple(self._person(character, place < leads) for place, (_, character) in enumerate(ranked))

    def _ranked(self) -> list[tuple[float, Character]]:
        """Characters with their weight: name mentions and lines.

        Who tells the story counts near the first, and is the first when also much spoken of: Pip leads his
        book, Watson does not.
        """
        weights = {
            character.id: self._weight(character) for character in self.characters if self._counts(character)
        }
        roles = chat_roles(self.manuscript, self.mentions)
        weights = ranked_by_role(weights, roles, self.manuscript, self.mentions, self.segments, self.units)
        most = max(weights.values(), default=0.0)
        named = max((len(self.characters[number].mentions) for number in weights), default=0)
        for number in weights:
            if self.characters[number].kind == "narrator":
                leads = len(self.characters[number].mentions) >= LEADING_NARRATOR * max(1, named)
                share = LEADS_THE_CAST if leads else NARRATOR_SHARE
                weights[number] = max(weights[number], share * most)
        order = sorted(weights, key=lambda number: (-weights[number], number))
        return [(weights[number], self.characters[number]) for number in order]

    def _counts(self, character: Character) -> bool:
        if character.kind == "nominal":
            return len(self.spoken.get(character.id, ())) >= NOMINAL_LINES
        return character.kind in ("named", "narrator")

    def _weight(self, character: Character) -> float:
        lines = sum(len(unit.segments) for unit in self.spoken.get(character.id, ()))
        named = len(character.mentions) + (0.5 if character.kind == "nominal" else 1.0) * lines
        return named + (len(self.focus.of(character.id, "strict")) if character.id in self.subjects else 0)

    def _person(self, character: Character, leads: bool) -> Person:
        own = [self.mentions[number] for number in character.mentions]
        spoken = self.spoken.get(character.id, [])
        lines = [self.segments[number] for unit in spoken for number in unit.segments]
        first = self._first(character, own, lines)
        places = [each.start for each in own] + [each.start for each in lines]
        return Person(
            id=character.id,
            name=character.name,
            aliases=tuple(Alias(name=name, mentions=count) for name, count in character.aliases.items()),
            mentions=len(own),
            quotes=len(lines),
            first=self.manuscript.place(*first),
            gender=GENDERS.get(character.gender, ""),
            narrator=character.kind == "narrator",
            main=leads,
            presence=presence(places or [first[0]], len(self.manuscript.text)),
            sample_quotes=self._samples(spoken),
        )

    def _first(self, character: Character, own: Sequence[Mention], lines: Sequence[Segment]) -> Stretch:
        """The first name, else the first line, else the first sentence about the character."""
        if own:
            return own[0].start, own[0].end
        if lines:
            return lines[0].start, lines[0].end
        about = self.focus.of(character.id, "strict")
        if not about:
            return 0, 0
        sentence = self.sentences[about[0].sentence]
        return sentence.start, sentence.end

    def _samples(self, spoken: Sequence[Unit]) -> tuple[str, ...]:
        """Memorable lines from different parts of the set, in order."""
        for confidence in SAMPLE_CONFIDENCES:
            sure = [
                self.segments[each]
                for unit in spoken
                if unit.confidence >= confidence
                for each in unit.segments
            ]
            lines = [(segment.start, _one_line(self._words(segment))) for segment in sure]
            fitting = [(start, line) for start, line in lines if len(line.split()) in SAMPLE_WORDS]
            if fitting:
                break
        else:
            return ()
        bounds = [fitting[len(fitting) * part // SAMPLES][0] for part in range(1, SAMPLES)]
        best: dict[int, tuple[float, int, str]] = {}
        for start, line in fitting:
            part = bisect_right(bounds, start)
            best[part] = max(best.get(part, (-1.0, 0, "")), (_memorable(line), -start, line))
        return tuple(line for _, (_, _, line) in sorted(best.items()))

    def _words(self, segment: Segment) -> str:
        return self.manuscript.text[segment.start : segment.end]


def presence(offsets: Sequence[int], length: int) -> tuple[int, ...]:
    """How many of the offsets fall into each of `PRESENCE_BARS` equal parts of a text."""
    bars = [0] * PRESENCE_BARS
    for offset in offsets:
        bars[min(PRESENCE_BARS - 1, offset * PRESENCE_BARS // max(1, length))] += 1
    return tuple(bars)


def _one_line(words: str) -> str:
    """A quotation for a list: on one line, without emphasis marks or the comma before its tag."""
    return " ".join(words.replace("_", "").split()).rstrip(",;:—–- ")


def _memorable(line: str) -> float:
    """How well a line stands alone: a whole sentence of middling length that speaks of I and you."""
    words = line.lower().split()
    points = 2.0 * line.endswith((".", "!", "?", "。", "！", "？")) + 1.5 * line[0].isupper()
    points += 0.6 * ("!" in line) + 0.5 * any(word in ("i", "i'm", "my", "me", "i’m") for word in words)
    points += 0.4 * any(word.strip(",.!?") in STRONG_WORDS for word in words)
    return points - 0.08 * abs(len(words) - BEST_WORDS)


def _leads(weights: Sequence[float]) -> int:
    """How many of the ranked people lead: those with a fair share of the first's weight, five to twelve."""
    if not weights:
        return 0
    strong = sum(weight >= LEAD_SHARE * weights[0] for weight in weights)
    known = sum(weight >= LEAD_WEIGHT for weight in weights)
    return min(MOST_LEADS, max(strong, min(FEWEST_LEADS, known)))
