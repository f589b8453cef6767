"""The character of a card as the drafter sees it: sentences about it, its lines, its name in the text."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from ...domain.source import Span
from ...reading.index import Index
from ...reading.model import Character, Mention, Segment, SourceShape, Unit
from ..packs import DraftingPack, drafting_pack
from ..verify import NAME_MACRO, fold
from .cues import Person

if TYPE_CHECKING:
    from .aspects import Scored

WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
LEAST_FOCUS = 0.3
LISTENED = 0.8
OWN_FOCUS = 0.6
CONTINUED = 0.5
FRAGMENT_WORDS = 6
OWN_WORDS = 5
HEARD = 0.6
LOOSE, LOOSE_NARRATOR = 0.4, 0.1
NAMED_FIRST, NAMED_LATER = 1.0, 0.6
FIRST_LETTERS = 25
Voice = Literal["narration", "own", "other", "mixed", "unknown"]


@dataclass(frozen=True, slots=True)
class Passage:
    """A sentence about the character.

    `rank` counts the sentences about the character before it; `focus` is how much it is about the character,
    `rival` the most it is about anybody else; `others` are the other people named in it. `since` counts the
    sentences since the narration last named the character: a chain of pronouns drifts. `goes_on` marks a
    sentence that only continues the one before. `voice` says whose words they are: the narration's, the
    character's own, somebody else's, narration and speech mixed, or of a speaker who is not known.
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
    since: int
    goes_on: bool
    voice: Voice
    words: tuple[str, ...]


class Strength:
    """How much each sentence of an index is about each person; built once, used for every character."""

    def __init__(self, index: Index) -> None:
        self._of: dict[int, list[tuple[float, int]]] = {}
        for number in index.focus:
            for focus in index.focus_of(number, "strict"):
                self._of.setdefault(focus.sentence, []).append((focus.weight, number))

    def beside(self, sentence: int, character: int) -> float:
        """The most a sentence is about anybody but the character."""
        return max(
            (weight for weight, number in self._of.get(sentence, ()) if number != character), default=0.0
        )


class Subject:
    """One character of an index, with what the drafter asks about it."""

    def __init__(self, index: Index, character_id: int, strength: Strength | None = None) -> None:
        self.index = index
        self.id = character_id
        self.character: Character = index.characters[character_id]
        self.strength = strength or Strength(index)
        self.pack: DraftingPack = drafting_pack(index.language)
        self.scored: dict[int, Scored] = {}
        self.section_aspects: list[str | None] = []

    @property
    def name(self) -> str:
        """The name on the card."""
        return fold(self.character.name)

    @property
    def narrates(self) -> bool:
        """Whether the character tells the story in the first person."""
        return self.index.narrator == self.id

    @cached_property
    def subjects(self) -> frozenset[str]:
        """The words that can be the character as subject of a clause: its names and its pronouns."""
        either = self.pack.he | self.pack.she
        pronouns = {"m": self.pack.he, "f": self.pack.she}.get(self.character.gender, either)
        return self._names | (self.pack.first_person if self.narrates else pronouns)

    @cached_property
    def possessives(self) -> frozenset[str]:
        """The words for what is the character's own."""
        either = self.pack.his | self.pack.her
        if self.narrates:
            return self.pack.first_person
        return {"m": self.pack.his, "f": self.pack.her}.get(self.character.gender, either)

    @cached_property
    def person(self) -> Person:
        """The words that stand for the character."""
        foreign = (self.pack.his | self.pack.her | self.pack.strange_possessives) - self.possessives
        loose = LOOSE_NARRATOR if self.narrates else LOOSE
        return Person(self.subjects, self.subjects | self.possessives, foreign, loose)

    @cached_property
    def by_name(self) -> Person:
        """The words that stand for the character where its pronouns mean somebody else."""
        foreign = self.pack.his | self.pack.her | self.pack.strange_possessives
        return Person(self._names, self._names, foreign, LOOSE)

    @cached_property
    def _names(self) -> frozenset[str]:
        return frozenset(word.lower() for alias in self.character.aliases for word in alias.split())

    @cached_property
    def speaker(self) -> Person:
        """The words that stand for the character in its own speech."""
        own = self.pack.first_person
        return Person(own, own, self.pack.his | self.pack.her, LOOSE)

    @cached_property
    def strangers(self) -> frozenset[str]:
        """Pronouns that are never the character as subject."""
        if self.narrates:
            return self.pack.he | self.pack.she
        return {"m": self.pack.she, "f": self.pack.he}.get(self.character.gender, frozenset())

    @cached_property
    def mentions(self) -> list[Mention]:
        """Where the character is named, in order."""
        return [self.index.mentions[number] for number in self.character.mentions]

    @property
    def places(self) -> list[Character]:
        """Places of the index; none where every noun has a capital and a place looks like a thing."""
        if self.index.pack.nouns_capitalised:
            return []
        return [place for place in self.index.places if place.kind == "place"]

    def first_mention(self) -> list[Span]:
        """Where the character is named first; empty when it never is."""
        return [self.place(mention.start, mention.end) for mention in self.mentions[:1]]

    @cached_property
    def _told_starts(self) -> list[int]:
        return [mention.start for mention in self.mentions if not mention.in_quote]

    @cached_property
    def _mention_starts(self) -> list[int]:
        return [mention.start for mention in self.mentions]

    @cached_property
    def passages(self) -> list[Passage]:
        """The sentences that are about the character, in order of the text."""
        kept: dict[int, float] = {}
        for focus in self.index.focus_of(self.id, "strict"):
            if focus.weight >= LEAST_FOCUS:
                kept[focus.sentence] = max(focus.weight, kept.get(focus.sentence, 0.0))
        kept = kept or self._where_named()
        going_on = self._continued(kept)
        kept |= going_on
        return [
            self._passage(number, kept[number], rank, number in going_on)
            for rank, number in enumerate(sorted(kept))
        ]

    def _continued(self, kept: dict[int, float]) -> dict[int, float]:
        """Descriptive sentences of the wide tier that go on from a sure one: `Hard and sharp as flint, …`."""
        sentences, found = self.index.sentences, {}
        for focus in self.index.focus_of(self.id, "wide"):
            number = focus.sentence
            sure = kept.get(number - 1, 0.0) >= CONTINUED and number not in kept
            same_paragraph = sentences[number].paragraph == sentences[number - 1].paragraph
            if sure and same_paragraph and self._is_fragment(number):
                found[number] = CONTINUED
        return found

    def _is_fragment(self, number: int) -> bool:
        """Whether a sentence has no subject of its own, so that it goes on about that of the one before."""
        sentence = self.index.sentences[number]
        words = WORD.findall(self.index.text[sentence.start : sentence.end].lower())
        other = self.pack.strange_possessives | self.pack.dangling | self.pack.first_person
        return bool(words) and words[0] not in other and self.pack.copulas.isdisjoint(words[:FRAGMENT_WORDS])

    def _where_named(self) -> dict[int, float]:
        """For a place or a thing: the sentences that name it, most about it where they begin with it."""
        kept: dict[int, float] = {}
        for mention in self.mentions:
            sentence = self.index.sentence_at(mention.start)
            if sentence is not None and not mention.in_quote:
                weight = NAMED_FIRST if mention.start - sentence.start <= FIRST_LETTERS else NAMED_LATER
                kept[sentence.id] = max(weight, kept.get(sentence.id, 0.0))
        return kept

    def _passage(self, number: int, focus: float, rank: int, goes_on: bool) -> Passage:
        sentence = self.index.sentences[number]
        start, end = sentence.start, sentence.end
        voice = self._voice(start, end)
        if voice == "mixed" and (piece := self._own_piece(start, end)):
            (start, end), voice = piece, "own"
        elif voice in ("own", "other"):
            start, end = self._inside_marks(start, end)
        return Passage(
            sentence=number,
            paragraph=sentence.paragraph,
            start=start,
            end=end,
            rank=rank,
            focus=max(focus, OWN_FOCUS) if voice == "own" else focus,
            rival=0.0 if voice == "own" else self.strength.beside(number, self.id),
            others=people_between(self.index, start, end) - {self.id},
            named=any(True for _ in self.named_between(start, end)),
            since=self._since_named(number, end),
            goes_on=goes_on,
            voice=voice,
            words=tuple(WORD.findall(self.index.text[start:end].lower())),
        )

    def _inside_marks(self, start: int, end: int) -> tuple[int, int]:
        segment = next(segments_between(self.index, start, end))
        return max(start, segment.start), min(end, segment.end)

    def _since_named(self, number: int, end: int) -> int:
        position = bisect_left(self._told_starts, end) - 1
        if position < 0:
            return number
        sentence = self.index.sentence_at(self._told_starts[position])
        return number - sentence.id if sentence else number

    def _own_piece(self, start: int, end: int) -> tuple[int, int] | None:
        """What the character says of itself in a sentence that also holds narration."""
        for segment in segments_between(self.index, start, end):
            unit = self.index.units[segment.unit]
            piece = max(start, segment.start), min(end, segment.end)
            words = WORD.findall(self.index.text[slice(*piece)].lower())
            own = unit.speaker == self.id and unit.confidence >= LISTENED
            if own and len(words) >= OWN_WORDS and not self.pack.first_person.isdisjoint(words):
                return piece
        return None

    def _voice(self, start: int, end: int) -> Voice:
        inside = list(segments_between(self.index, start, end))
        if not inside:
            return "narration"
        quoted = sum(min(end, segment.outer_end) - max(start, segment.outer_start) for segment in inside)
        if quoted < (end - start) - 3:
            return "mixed"
        unit = self.index.units[inside[0].unit]
        if unit.speaker == self.id:
            return "own" if unit.confidence >= LISTENED else "unknown"
        return "other" if unit.speaker is not None and unit.confidence >= HEARD else "unknown"

    def named_between(self, start: int, end: int) -> Iterator[Mention]:
        """The mentions of the character that lie in a stretch of the text."""
        position = bisect_left(self._mention_starts, start)
        while position < len(self.mentions) and self.mentions[position].end <= end:
            yield self.mentions[position]
            position += 1

    def lines(self, confidence: float = LISTENED) -> list[Unit]:
        """The character's own utterances."""
        return self.index.utterances_of(self.id, confidence)

    def shape_at(self, offset: int) -> SourceShape:
        """The shape of the source that holds an offset."""
        return self.index.shapes[self.index.manuscript.source_at(offset)]

    def place(self, start: int, end: int) -> Span:
        """Offsets of the whole text as a span of its source."""
        return self.index.place(start, end)

    def render(self, start: int, end: int) -> str:
        """A stretch as a card shows it: white space folded, paragraphs kept apart, the name as `{{char}}`."""
        pieces, at = [], start
        for mention in self.named_between(start, end):
            name_start = self._own_name_start(mention)
            if name_start is not None:
                pieces += [self.index.text[at:name_start], NAME_MACRO]
                at = mention.end
        pieces.append(self.index.text[at:end])
        return fold_keeping_paragraphs("".join(pieces))

    def _own_name_start(self, mention: Mention) -> int | None:
        """Where the card's name begins in a mention; None where another form of the name stands."""
        there = self.index.text[mention.start : mention.end]
        if fold(there) == self.name:
            return mention.start
        before = there[: -len(self.name)].split()
        courtesy = self.index.pack.honorifics | self.index.pack.soft_prefixes
        if there.endswith(" " + self.name) and all(word.lower().rstrip(".") in courtesy for word in before):
            return mention.end - len(self.name)
        return None


def fold_keeping_paragraphs(text: str) -> str:
    """Fold white space; blank lines stay as one blank line."""
    return "\n\n".join(folded for part in re.split(r"\n\s*\n", text) if (folded := fold(part)))


def segments_between(index: Index, start: int, end: int) -> Iterator[Segment]:
    """The quoted segments that overlap a stretch, in order."""
    position = bisect_right(index.segments, start, key=lambda segment: segment.outer_end)
    while position < len(index.segments) and index.segments[position].outer_start < end:
        yield index.segments[position]
        position += 1


def people_between(index: Index, start: int, end: int) -> frozenset[int]:
    """Who is named in a stretch; places do not count."""
    found = set()
    position = bisect_left(index.mentions, start, key=lambda mention: mention.start)
    while position < len(index.mentions) and index.mentions[position].start < end:
        number = index.mentions[position].character
        if number is not None and index.characters[number].kind in ("named", "narrator"):
            found.add(number)
        position += 1
    return frozenset(found)
