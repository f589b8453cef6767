"""What the narration around every utterance shows: who is named, addressed and spoken of where."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field

from .languages import LanguagePack
from .model import Character, Mention, Paragraph, Segment, Unit
from .phrases import Reference
from .units import tag_reference

SUBJECT_REACH = 25
SPEAKING_KINDS = frozenset({"named", "narrator"})


@dataclass(slots=True)
class Scene:
    """The surroundings of one unit; names are character ids.

    `gender`, `phrase`, its `noun`, `owner` (the determiner) and `owner_id` come from the tag, `pronoun` is
    the first of the paragraph's narration, `before` and `after` are narration names of its paragraph,
    `introduced` is who the speaker says to be.
    """

    unit: Unit
    start: int
    prefix: str = "N"
    gender: str = ""
    noun: str = ""
    phrase: str = ""
    owner: str = ""
    owner_id: int | None = None
    pronoun: str = ""
    lone: bool = False
    adjacent: bool = False
    before: list[int] = field(default_factory=list)
    after: list[int] = field(default_factory=list)
    objects: set[int] = field(default_factory=set)
    first_is_subject: bool = False
    addressed: set[int] = field(default_factory=set)
    quoted: set[int] = field(default_factory=set)
    introduced: int | None = None
    above_last: int | None = None
    above_subject: int | None = None
    above_introduces: bool = False
    tagged: int | None = None
    labelled: bool = False
    nominal: int | None = None
    below: list[int] = field(default_factory=list)


class SceneReader:
    """Builds the scenes of all units from the tables."""

    def __init__(
        self,
        text: str,
        paragraphs: Sequence[Paragraph],
        segments: Sequence[Segment],
        mentions: Sequence[Mention],
        characters: Sequence[Character],
        pack: LanguagePack,
    ) -> None:
        self.text = text
        self.paragraphs = paragraphs
        self.segments = segments
        self.mentions = mentions
        self.characters = characters
        self.pack = pack
        self.narrated: dict[int, list[Mention]] = {}
        self.spoken: dict[int, list[Mention]] = {}
        for mention in mentions:
            if mention.character is not None and characters[mention.character].kind in SPEAKING_KINDS:
                table = self.spoken if mention.in_quote else self.narrated
                table.setdefault(mention.paragraph, []).append(mention)
        self.with_quotes = {segment.paragraph for segment in segments}
        self.introducing = (
            re.compile(rf"\b(?:{pack.self_naming})\s+(?:\w+\s+)?$", re.IGNORECASE)
            if pack.self_naming
            else None
        )
        people = pack.pronouns_male | pack.pronouns_female | pack.first_person
        self.pronouns = re.compile(rf"\b(?:{'|'.join(sorted(people)) or 'he'})\b", re.IGNORECASE)

    def read(
        self, units: Sequence[Unit], references: dict[int, Reference], nominals: dict[int, int]
    ) -> list[Scene]:
        """One scene for each unit."""
        scenes: list[Scene] = []
        for unit in units:
            scene = Scene(unit, self.segments[unit.segments[0]].outer_start)
            self._read_tag(scene, tag_reference(unit, references))
            scene.nominal = nominals.get(unit.id)
            self._read_own_paragraph(scene)
            self._read_neighbours(scene)
            if scenes:
                scene.adjacent = unit.paragraph - scenes[-1].unit.paragraph <= 1
            scenes.append(scene)
        return scenes

    def _read_tag(self, scene: Scene, reference: Reference | None) -> None:
        unit = scene.unit
        if unit.tag_kind == "name" and unit.tag_mention is not None:
            mention = self.mentions[unit.tag_mention]
            scene.tagged, scene.labelled = mention.character, mention.label
        elif unit.tag_kind == "first":
            scene.prefix = "I"
        elif unit.tag_kind in ("pronoun", "nominal"):
            scene.prefix = "P"
            scene.gender = reference.gender if reference else ""
            if unit.tag_kind == "nominal":
                scene.phrase = unit.tag_value
                scene.owner, scene.noun = unit.tag_value.split()[0], unit.tag_value.split()[-1]
                scene.owner_id = reference.owner.character if reference and reference.owner else None

    def _read_own_paragraph(self, scene: Scene) -> None:
        unit = scene.unit
        paragraph = self.paragraphs[unit.paragraph]
        quotes = [self.segments[number] for number in unit.segments]
        scene.lone = quotes[0].outer_start == paragraph.start and quotes[-1].outer_end >= paragraph.end - 1
        scene.lone = scene.lone and len(quotes) == 1
        named = self.narrated.get(unit.paragraph, [])
        for mention in named:
            side = scene.before if mention.start < scene.start else scene.after
            side.append(_id(mention))
        scene.objects = {_id(each) for each in named} - {
            _id(each) for each in named if not self._is_object(each)
        }
        if named:
            scene.first_is_subject = self._is_subject(named[0], paragraph)
        self._read_quoted_names(scene, quotes)
        if scene.prefix == "N" and not scene.lone:
            scene.pronoun = self._first_pronoun(quotes, paragraph)

    def _read_quoted_names(self, scene: Scene, quotes: Sequence[Segment]) -> None:
        for mention in self.spoken.get(scene.unit.paragraph, ()):
            if not quotes[0].start <= mention.start < quotes[-1].end:
                continue
            (scene.addressed if mention.vocative else scene.quoted).add(_id(mention))
            lead = self.text[max(quotes[0].start, mention.start - 30) : mention.start]
            if self.introducing and self.introducing.search(lead):
                scene.introduced = _id(mention)

    def _is_object(self, mention: Mention) -> bool:
        return mention.possessive or mention.before in self.pack.object_leads

    def _is_subject(self, mention: Mention, paragraph: Paragraph) -> bool:
        if mention.possessive:
            return False
        lead = self.text[max(paragraph.start, mention.start - SUBJECT_REACH) : mention.start]
        return mention.start == paragraph.start or not lead.strip() or lead.rstrip()[-1:] in '.!?”"’»'

    def _first_pronoun(self, quotes: Sequence[Segment], paragraph: Paragraph) -> str:
        """The first he, she or I of the paragraph's narration: "m", "f", "i" or ""."""
        start = paragraph.start
        for stop, following in [(quote.outer_start, quote.outer_end) for quote in quotes] + [
            (paragraph.end, paragraph.end)
        ]:
            found = self.pronouns.search(self.text, start, stop) if start < stop else None
            if found:
                word = found[0].lower()
                return (
                    "m"
                    if word in self.pack.pronouns_male
                    else "f"
                    if word in self.pack.pronouns_female
                    else "i"
                )
            start = following
        return ""

    def _read_neighbours(self, scene: Scene) -> None:
        number = scene.unit.paragraph
        above = number - 1
        if above >= 0 and above not in self.with_quotes and not self.paragraphs[above].heading:
            named = self.narrated.get(above)
            if named:
                scene.above_last = _id(named[-1])
                paragraph = self.paragraphs[above]
                subjects = [each for each in named if self._is_subject(each, paragraph)]
                scene.above_subject = _id(subjects[-1]) if subjects else None
            ending = self.text[self.paragraphs[above].end - 1]
            scene.above_introduces = ending in ":,—-"
        if number + 1 < len(self.paragraphs):
            scene.below = [_id(mention) for mention in self.narrated.get(number + 1, ())[:2]]


class Trace:
    """Narration names in text order, to be walked back from any offset."""

    def __init__(
        self, mentions: Sequence[Mention], characters: Sequence[Character], paragraphs: Sequence[Paragraph]
    ) -> None:
        named = [
            mention
            for mention in mentions
            if (mention.vocative if mention.in_quote else not mention.possessive)
            and mention.character is not None
            and characters[mention.character].kind in SPEAKING_KINDS
        ]
        self.starts = [mention.start for mention in named]
        self.who = [_id(mention) for mention in named]
        self.paragraph = [mention.paragraph for mention in named]
        self.paragraphs = paragraphs

    def back_from(self, offset: int, paragraph: int, reach: int, most: int) -> list[tuple[int, int]]:
        """The latest names before `offset`, each character once: pairs of position and character."""
        found: list[tuple[int, int]] = []
        seen: set[int] = set()
        place = bisect_left(self.starts, offset) - 1
        while place >= 0 and self.paragraph[place] >= paragraph - reach and len(found) < most:
            if self.who[place] not in seen:
                seen.add(self.who[place])
                found.append((self.starts[place], self.who[place]))
            place -= 1
        return found

    def counts(self, paragraph: int, back: int, ahead: int) -> dict[int, int]:
        """How often each character is named in the narration of the paragraphs around one."""
        first, last = max(0, paragraph - back), min(len(self.paragraphs) - 1, paragraph + ahead)
        start = bisect_left(self.starts, self.paragraphs[first].start)
        stop = bisect_right(self.starts, self.paragraphs[last].end)
        counts: dict[int, int] = {}
        for who in self.who[start:stop]:
            counts[who] = counts.get(who, 0) + 1
        return counts


def _id(mention: Mention) -> int:
    return -1 if mention.character is None else mention.character
