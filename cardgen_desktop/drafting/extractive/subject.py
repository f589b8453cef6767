"""The character of a card as the drafter sees it: sentences about it, its lines, its name in the text."""

import re
from bisect import bisect_left
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from ...domain.source import Span
from ...reading.card_parts import shape_of_part
from ...reading.index import Index
from ...reading.model import Character, Mention, SourceShape, Unit
from ...reading.personas import personas
from ..packs import DraftingPack, drafting_pack
from ..verify import NAME_MACRO, USER_MACRO, fold
from .cues import Person
from .passages import LISTENED, Passage, PassageReader
from .stretches import fold_keeping_paragraphs

if TYPE_CHECKING:
    from .aspects import Scored

LOOSE, LOOSE_NARRATOR = 0.4, 0.1
_GAP = re.compile(r"(?<=[\w\"”’)])[ \t]+(?=[.,;:!?…])")


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

    @cached_property
    def personas(self) -> frozenset[int]:
        """Who chats with the character in its sources, and is no one in them otherwise."""
        index = self.index
        return personas(index.manuscript, index.mentions, index.characters) - {self.id}

    @property
    def narrates(self) -> bool:
        """Whether the character tells the story in the first person."""
        return self.index.narrator == self.id

    @property
    def narrator_named(self) -> bool:
        """Whether the story has one narrator who has a name; else "I" may be anybody who writes a letter."""
        narrator = self.index.narrator
        return narrator is not None and bool(self.index.characters[narrator].mentions)

    @cached_property
    def subjects(self) -> frozenset[str]:
        """The words that can be the character as subject of a clause: its names and its pronouns."""
        either = self.pack.he | self.pack.she
        pronouns = {"m": self.pack.he, "f": self.pack.she}.get(self.character.gender, either)
        return self._names | (self.pack.first_person if self.narrates else pronouns)

    @cached_property
    def pronouns(self) -> frozenset[str]:
        """All pronouns of the third person that can mean one person."""
        return self.pack.he | self.pack.she | self.pack.his | self.pack.her

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

    def is_object(self, start: int) -> bool:
        """Whether a preposition stands before the mention at an offset: `and to Tim, he was a father`."""
        mention = self.mentions[bisect_left(self._mention_starts, start)]
        return mention.before in self.pack.prepositions

    @cached_property
    def _mention_starts(self) -> list[int]:
        return [mention.start for mention in self.mentions]

    @cached_property
    def passages(self) -> list[Passage]:
        """The sentences that are about the character, in order of the text."""
        return PassageReader(self).read()

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
        """The shape of the source that holds an offset; of a card that of its part."""
        source = self.index.manuscript.source_at(offset)
        shape = self.index.shapes[source]
        return shape_of_part(self.index.manuscript, source, offset) if shape == "card" else shape

    def place(self, start: int, end: int) -> Span:
        """Offsets of the whole text as a span of its source."""
        return self.index.place(start, end)

    def owns_page_at(self, offset: int) -> bool:
        """Whether an offset stands in a sheet or a wiki page about the character."""
        source = self.index.manuscript.source_at(offset)
        return self.index.shapes[source] in ("sheet", "wiki") and self.index.about.get(source) == self.id

    def render(self, start: int, end: int) -> str:
        """A stretch as a card shows it: white space folded, paragraphs kept apart, names as macros.

        `{{char}}` is the name of the card, `{{user}}` whatever whoever chats with it is called.
        """
        pieces, at = [], start
        for mention, macro in self._macros_between(start, end):
            name_start = self._own_name_start(mention) if macro == NAME_MACRO else mention.start
            if name_start is not None:
                pieces += [self.index.text[at:name_start], macro]
                at = mention.end
        pieces.append(self.index.text[at:end])
        text = fold_keeping_paragraphs("".join(pieces))
        return _GAP.sub("", text) if self._is_unmarked(start, end) else text

    def _is_unmarked(self, start: int, end: int) -> bool:
        """Whether markup was taken out of a stretch: then a space may stand before a comma."""
        manuscript = self.index.manuscript
        place = manuscript.place(start, end)
        return manuscript.sources[place.source].text[place.start : place.end] != self.index.text[start:end]

    def _macros_between(self, start: int, end: int) -> list[tuple[Mention, str]]:
        position = bisect_left(self._persona_starts, start)
        found = [(mention, NAME_MACRO) for mention in self.named_between(start, end)]
        for mention in self._persona_mentions[position:]:
            if mention.end > end:
                break
            found.append((mention, USER_MACRO))
        return sorted(found, key=lambda pair: pair[0].start)

    @cached_property
    def _persona_mentions(self) -> list[Mention]:
        return [mention for mention in self.index.mentions if mention.character in self.personas]

    @cached_property
    def _persona_starts(self) -> list[int]:
        return [mention.start for mention in self._persona_mentions]

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
