"""Sentences about a character: how surely, in whose words, and which part of them counts."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from ...reading.model import Sentence, Unit
from .binding import PronounBinding
from .stretches import people_between, segments_between, text_start, words_of

if TYPE_CHECKING:
    from .subject import Subject

BULLET = re.compile(r"[-*•+][ \t]+(?=\S)")
JOINT = re.compile(r"[\s,;:—–-]+$")
LEAST_FOCUS = 0.3
LISTENED, CERTAIN, HEARD = 0.8, 0.93, 0.6
OWN_FOCUS, OWN_WORDS = 0.6, 5
CONTINUED, FRAGMENT_WORDS = 0.5, 6
HEAD_WORDS = 10
LETTER = 6
ALONE, BESIDE_OTHERS = 0.9, 0.6
NAMED_FIRST, NAMED_LATER, FIRST_LETTERS = 1.0, 0.6, 25
Voice = Literal["narration", "own", "other", "mixed", "unknown"]


@dataclass(frozen=True, slots=True)
class Passage:
    """A sentence about the character.

    `rank` counts the sentences about the character before it; `focus` is how much it is about the character,
    `rival` the most it is about anybody else; `others` are the other people named in it. `sure` is less than
    1 where a pronoun may mean another. `goes_on` marks a sentence that only continues the one before. `voice`
    says whose words they are: the narration's, the character's own, somebody else's, narration and speech
    mixed, or of a speaker who is not known.
    """

    sentence: int
    paragraph: int
    start: int
    end: int
    rank: int
    focus: float
    rival: float
    others: frozenset[int]
    named: bool
    sure: float
    goes_on: bool
    voice: Voice
    words: tuple[str, ...]


class PassageReader:
    """Makes the passages of a character from the focus table of its index."""

    def __init__(self, subject: "Subject") -> None:
        self._subject, self._index = subject, subject.index
        self._binding = PronounBinding(subject)

    def read(self) -> list[Passage]:
        """The sentences that are about the character, in order of the text."""
        kept: dict[int, float] = {}
        for focus in self._index.focus_of(self._subject.id, "strict"):
            if focus.weight >= LEAST_FOCUS:
                kept[focus.sentence] = max(focus.weight, kept.get(focus.sentence, 0.0))
        kept = self._without_letters(kept or self._where_named())
        going_on = self._continued(kept)
        kept |= going_on
        return [
            self._passage(number, kept[number], rank, number in going_on)
            for rank, number in enumerate(sorted(kept))
        ]

    def _without_letters(self, kept: dict[int, float]) -> dict[int, float]:
        """A narrator's sentences, without those near a place where another writes of the narrator."""
        subject = self._subject
        if not subject.narrates:
            return kept
        strange = []
        for mention in subject.mentions:
            sentence = self._index.sentence_at(mention.start)
            words = words_of(self._index.text[sentence.start : sentence.end]) if sentence else ()
            if not mention.in_quote and sentence and subject.pack.first_person.isdisjoint(words):
                strange.append(mention.paragraph)
        return {
            number: weight
            for number, weight in kept.items()
            if not any(abs(self._index.sentences[number].paragraph - place) <= LETTER for place in strange)
        }

    def _continued(self, kept: dict[int, float]) -> dict[int, float]:
        """Descriptive sentences of the wide tier that go on from a sure one: `Hard and sharp as flint, …`."""
        sentences, found = self._index.sentences, {}
        for focus in self._index.focus_of(self._subject.id, "wide"):
            number = focus.sentence
            sure = kept.get(number - 1, 0.0) >= CONTINUED and number not in kept
            same_paragraph = sentences[number].paragraph == sentences[number - 1].paragraph
            if sure and same_paragraph and self._is_fragment(number):
                found[number] = CONTINUED
        return found

    def _is_fragment(self, number: int) -> bool:
        """Whether a sentence has no subject of its own, so that it goes on about that of the one before."""
        sentence = self._index.sentences[number]
        words = words_of(self._index.text[sentence.start : sentence.end])
        other = (
            self._subject.pack.strange_possessives
            | self._subject.pack.dangling
            | self._subject.pack.first_person
        )
        return (
            bool(words)
            and words[0] not in other
            and self._subject.pack.copulas.isdisjoint(words[:FRAGMENT_WORDS])
        )

    def _where_named(self) -> dict[int, float]:
        """For a place or somebody hardly named: the sentences with the name, those it begins weigh more."""
        kept: dict[int, float] = {}
        told = [mention for mention in self._subject.mentions if not mention.in_quote]
        for mention in told or self._subject.mentions:
            sentence = self._index.sentence_at(mention.start)
            if sentence is not None and not mention.label:
                first = mention.start - sentence.start <= FIRST_LETTERS
                weight = NAMED_FIRST if first else NAMED_LATER
                kept[sentence.id] = max(weight, kept.get(sentence.id, 0.0))
        return kept

    def _passage(self, number: int, focus: float, rank: int, goes_on: bool) -> Passage:
        sentence = self._index.sentences[number]
        start, end = self._bare(sentence)
        voice = self._voice(start, end)
        if voice == "mixed" and (piece := self._own_piece(start, end)):
            (start, end), voice = piece, "own"
        elif voice == "mixed" and (head := self._told_head(start, end)):
            (start, end), voice = head, "narration"
        elif voice in ("own", "other", "unknown"):
            start, end = self._inside_marks(start, end)
        return Passage(
            sentence=number,
            paragraph=sentence.paragraph,
            start=start,
            end=end,
            rank=rank,
            focus=max(focus, OWN_FOCUS) if voice == "own" else focus,
            rival=0.0 if voice == "own" else self._subject.strength.beside(number, self._subject.id),
            others=people_between(self._index, start, end) - {self._subject.id},
            named=any(True for _ in self._subject.named_between(start, end)),
            sure=self._sureness(sentence, start, end) if voice == "narration" else 1.0,
            goes_on=goes_on,
            voice=voice,
            words=words_of(self._index.text[start:end]),
        )

    def _sureness(self, sentence: Sentence, start: int, end: int) -> float:
        """How surely the pronouns mean the character: on its own page they do, unless others are named."""
        sure, subject = self._binding.sureness(start, end), self._subject
        if not subject.owns_page_at(start):
            return sure
        begin = self._index.paragraphs[sentence.paragraph].start
        others = people_between(self._index, begin, end) - {subject.id}
        return max(sure, BESIDE_OTHERS if others else ALONE)

    def _bare(self, sentence: Sentence) -> tuple[int, int]:
        """A sentence without the label or bullet of its line, and a deed in a chat without its asterisks."""
        text, start, end = self._index.text, sentence.start, sentence.end
        start = min(end, max(start, text_start(self._index, self._index.paragraphs[sentence.paragraph])))
        if bullet := BULLET.match(text, start, end):
            start = bullet.end()
        if end - start > 2 and text[start] == text[end - 1] == "*" and "*" not in text[start + 1 : end - 1]:
            return start + 1, end - 1
        return start, end

    def _told_head(self, start: int, end: int) -> tuple[int, int] | None:
        """The narration that begins a sentence, when it is long and does not merely announce the speech."""
        stop = next(segments_between(self._index, start, end)).outer_start
        found = JOINT.search(self._index.text[start:stop])
        words = words_of(self._index.text[start:stop])
        announces = not self._index.pack.speech_verbs.isdisjoint(words[-3:])
        if found is None or announces or len(words) < HEAD_WORDS:
            return None
        return start, start + found.start()

    def _inside_marks(self, start: int, end: int) -> tuple[int, int]:
        segment = next(segments_between(self._index, start, end))
        return max(start, segment.start), min(end, segment.end)

    def _own_piece(self, start: int, end: int) -> tuple[int, int] | None:
        """What the character says of itself in a sentence that also holds narration."""
        for segment in segments_between(self._index, start, end):
            unit = self._index.units[segment.unit]
            piece = max(start, segment.start), min(end, segment.end)
            words = words_of(self._index.text[slice(*piece)])
            own = unit.speaker == self._subject.id and self._is_own(unit)
            if own and len(words) >= OWN_WORDS and not self._subject.pack.first_person.isdisjoint(words):
                return piece
        return None

    def _is_own(self, unit: Unit) -> bool:
        """Whether a speech is the character's beyond doubt: named at it, or hardly anybody else's."""
        return unit.confidence >= (LISTENED if unit.tag_kind in ("name", "first") else CERTAIN)

    def _voice(self, start: int, end: int) -> Voice:
        inside = list(segments_between(self._index, start, end))
        if not inside:
            return "narration"
        quoted = sum(min(end, segment.outer_end) - max(start, segment.outer_start) for segment in inside)
        if quoted < (end - start) - 3:
            return "mixed"
        unit = self._index.units[inside[0].unit]
        if unit.speaker == self._subject.id:
            return "own" if self._is_own(unit) or self._subject.owns_page_at(start) else "unknown"
        return "other" if unit.speaker is not None and unit.confidence >= HEARD else "unknown"
