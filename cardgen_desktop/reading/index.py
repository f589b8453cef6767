"""One reading of a set of sources: the tables, and the questions the rest of the program asks of them."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from ..domain.people import Person, Quotation
from ..domain.source import SourceText, Span
from .focus import FocusTables
from .languages import LanguagePack, detect_language, first_names, language_pack
from .manuscript import Manuscript, join_sources
from .model import Character, Focus, Mention, Paragraph, Section, Segment, Sentence, SourceShape, Tier, Unit
from .people import PeopleBuilder
from .reader import Progress, read_tables


@dataclass(slots=True)
class Index:
    """The tables of a set (offline-drafter.md section 2); offsets are into `text` unless said otherwise."""

    manuscript: Manuscript
    language: str
    shapes: tuple[SourceShape, ...]
    paragraphs: list[Paragraph]
    sentences: list[Sentence]
    segments: list[Segment]
    units: list[Unit]
    mentions: list[Mention]
    characters: list[Character]
    focus: FocusTables
    narrator: int | None = None
    sections: list[Section] = field(default_factory=list)
    about: dict[int, int] = field(default_factory=dict)
    _people: tuple[Person, ...] | None = field(default=None, repr=False)

    @property
    def sources(self) -> tuple[SourceText, ...]:
        """The sources in the order of the set."""
        return self.manuscript.sources

    @property
    def text(self) -> str:
        """All texts of the set joined."""
        return self.manuscript.text

    @property
    def pack(self) -> LanguagePack:
        """The word lists of the set's language."""
        return language_pack(self.language)

    @property
    def places(self) -> list[Character]:
        """Clusters that are no persons, most mentioned first: places and other capitalised names."""
        return [character for character in self.characters if character.kind in ("place", "other")]

    def place(self, start: int, end: int) -> Span:
        """Turn offsets into `text` into a span of one source."""
        return self.manuscript.place(start, end)

    def people(self) -> tuple[Person, ...]:
        """Everybody found, the most important first."""
        if self._people is None:
            builder = PeopleBuilder(
                self.manuscript,
                self.sentences,
                self.segments,
                self.units,
                self.mentions,
                self.characters,
                self.focus,
                frozenset(self.about.values()),
            )
            self._people = builder.build()
        return self._people

    def quotations(self) -> tuple[Quotation, ...]:
        """Every quoted stretch in order, with offsets into its source."""
        return tuple(self._quotation(segment) for segment in self.segments)

    def _quotation(self, segment: Segment) -> Quotation:
        unit = self.units[segment.unit]
        span = self.place(segment.start, segment.end)
        return Quotation(
            source=span.source,
            start=span.start,
            end=span.end,
            text=self.sources[span.source].text[span.start : span.end],
            speaker=None if unit.speaker is None else self.characters[unit.speaker].name,
            confidence=round(unit.confidence, 3),
        )

    def find_people(self, name: str) -> tuple[Person, ...]:
        """People with this name or alias in any case.

        When there is none, those whose names contain it; failing that, those of whom it says more than the
        text does (*Professor Henry Jekyll*), the closest only.
        """
        wanted = " ".join(name.split()).casefold()
        known = [
            (person, {each.casefold() for each in (person.name, *(alias.name for alias in person.aliases))})
            for person in self.people()
        ]
        exact = tuple(person for person, names in known if wanted in names)
        if exact or not wanted:
            return exact
        part = tuple(person for person, names in known if any(wanted in each for each in names))
        return part or _closest(wanted, known)

    def focus_of(self, character_id: int, tier: Tier) -> Sequence[Focus]:
        """The sentences about a character, in order; `wide` holds the strict ones too."""
        return self.focus.of(character_id, tier)

    def utterances_of(self, character_id: int, minimum_confidence: float) -> list[Unit]:
        """The character's own lines, in order."""
        return [
            unit
            for unit in self.units
            if unit.speaker == character_id and unit.confidence >= minimum_confidence
        ]

    def co_mentions(self, character_id: int) -> Counter[int]:
        """In how many of the character's paragraphs every other character is named."""
        together: dict[int, set[int]] = {}
        for mention in self.mentions:
            if mention.character is not None:
                together.setdefault(mention.paragraph, set()).add(mention.character)
        counts: Counter[int] = Counter()
        for present in together.values():
            if character_id in present:
                counts.update(present - {character_id})
        return counts

    def sentence_at(self, offset: int) -> Sentence | None:
        """The sentence that holds an offset."""
        position = bisect_left(self.sentences, offset + 1, key=lambda sentence: sentence.start) - 1
        if position < 0 or offset >= self.sentences[position].end:
            return None
        return self.sentences[position]


def read_index(sources: Sequence[SourceText], *, on_progress: Progress | None = None) -> Index:
    """Read a set of sources. `on_progress` hears a fraction from 0 to 1 and a phase every few per cent."""
    manuscript = join_sources(sources)
    language = _language(manuscript)
    report = on_progress or (lambda fraction, phase: None)
    read = read_tables(manuscript, language_pack(language), first_names(), report)
    return Index(
        manuscript,
        language,
        read.shapes,
        read.paragraphs,
        read.sentences,
        read.segments,
        read.units,
        read.mentions,
        read.characters,
        read.focus,
        read.narrator_id,
        read.sections,
        read.about,
    )


def _language(manuscript: Manuscript) -> str:
    words: Counter[str] = Counter()
    for source in manuscript.sources:
        words[source.language or detect_language(source.text)] += len(source.text)
    return words.most_common(1)[0][0] if words else "en"


def _closest(wanted: str, known: Sequence[tuple[Person, set[str]]]) -> tuple[Person, ...]:
    """The people whose name, whole words of it, is the longest part of what was asked for."""
    asked = f" {wanted} "
    sizes = [
        (max((len(name) for name in names if f" {name} " in asked), default=0), person)
        for person, names in known
    ]
    longest = max((size for size, _ in sizes), default=0)
    return tuple(person for size, person in sizes if size and size == longest)
