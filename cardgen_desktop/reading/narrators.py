"""Who tells a story in the first person, and by what name others know them (offline-drafter.md 3.8)."""

import re
from collections.abc import Sequence

from .languages import LanguagePack
from .manuscript import Stretches
from .model import Character, Mention, Paragraph, Segment

FIRST_PERSON_SHARE, FIRST_PERSON_PART, NARRATED_PARTS = 0.012, 0.005, 8
NARRATOR_VOCATIVES, NARRATOR_NARRATION = 2, 0.45
SELF_NAMED, TITLED = 3, 2
"""As how many addresses a narrator's own *I am Ana Reyes*, and a name in the title of the source, count."""
LEAD_LETTERS, TAG_LETTERS, NAME_LETTERS = 48, 32, 14
UNNAMED_NARRATOR = "Narrator"


def find_narrator(
    text: str,
    paragraphs: Sequence[Paragraph],
    segments: Sequence[Segment],
    mentions: Sequence[Mention],
    characters: list[Character],
    pack: LanguagePack,
    titles: Sequence[str] = (),
) -> Character | None:
    """The first-person narrator: who says *I am*, else whom others address and the narration seldom names.

    `titles` are those of the sources: a story may be called after who tells it.
    """
    if not _is_first_person(text, paragraphs, segments, pack):
        return None
    own = SelfNaming(text, segments, pack)
    best, best_points = None, 0.0
    for character in characters:
        titled = TITLED if _is_in(titles, character) else 0
        points = _points([mentions[each] for each in character.mentions], own, titled)
        if character.kind == "named" and points > best_points:
            best, best_points = character, points
    if best is None:
        best = Character(len(characters), UNNAMED_NARRATOR, {UNNAMED_NARRATOR: 0})
        characters.append(best)
    best.kind = "narrator"
    return best


class SelfNaming:
    """Tells where narrators say their own name: in the narration, or in speech that is tagged as theirs."""

    def __init__(self, text: str, segments: Sequence[Segment], pack: LanguagePack) -> None:
        me = "|".join(sorted(pack.first_person)) or "(?!)"
        lead = pack.self_naming or "(?!)"
        self._text, self._segments = text, segments
        self._quoted = Stretches([(segment.outer_start, segment.outer_end) for segment in segments])
        self._lead = re.compile(rf"\b(?:{lead})\s+(?:\w+\s+)?$|\b(?:{me}),\s+$", re.IGNORECASE)
        self._tag = re.compile(rf"[\s,—–-]*(?:\w+\s+)?\b(?:{me})\b", re.IGNORECASE)
        self._told = re.compile(rf"\b(?:{me})\b(?:\s+\w+){{1,2}}[,:]?\s*$", re.IGNORECASE)

    def is_own(self, mention: Mention) -> bool:
        """Whether it is the narrator who says the name, and of themselves."""
        if mention.possessive or mention.label:
            return False
        number = self._quoted.index_at(mention.start)
        if number is None:
            return self._leads(mention, 0) and not mention.in_quote
        segment = self._segments[number]
        answers = _is_all(segment, mention) and self._is_asked(number)
        return self._is_mine(segment) and (self._leads(mention, segment.start) or answers)

    def _is_asked(self, number: int) -> bool:
        """Whether the speech before ends with a question."""
        before = self._segments[number - 1] if number else None
        return before is not None and self._text[before.start : before.end].rstrip().endswith(("?", "？"))

    def _leads(self, mention: Mention, start: int) -> bool:
        return (
            self._lead.search(self._text[max(start, mention.start - LEAD_LETTERS) : mention.start])
            is not None
        )

    def _is_mine(self, segment: Segment) -> bool:
        """Whether *I said* stands beside a quote."""
        before = self._text[max(0, segment.outer_start - TAG_LETTERS) : segment.outer_start]
        after = self._text[segment.outer_end : segment.outer_end + TAG_LETTERS]
        return self._tag.match(after) is not None or self._told.search(before) is not None


def _is_all(segment: Segment, mention: Mention) -> bool:
    """Whether a quote says hardly more than the name, as the answer to who somebody is."""
    return segment.end - segment.start <= mention.end - mention.start + NAME_LETTERS


def _points(own: Sequence[Mention], naming: SelfNaming, titled: int) -> float:
    """What speaks for a character as the narrator; 0 when too little does, or the narration tells of them."""
    named = {mention.id for mention in own if naming.is_own(mention)}
    others = [mention for mention in own if mention.id not in named]
    vocatives = sum(mention.vocative for mention in own)
    narrated = sum(not mention.in_quote for mention in others) / max(1, len(others))
    if narrated >= NARRATOR_NARRATION or (vocatives < NARRATOR_VOCATIVES and not named and not titled):
        return 0.0
    return float((vocatives + SELF_NAMED * len(named) + titled) * (1 - narrated) ** 2)


def _is_in(titles: Sequence[str], character: Character) -> bool:
    words = {word for title in titles for word in re.findall(r"\w+", title.casefold())}
    return any(set(alias.casefold().split()) <= words for alias in character.aliases)


def _is_first_person(
    text: str, paragraphs: Sequence[Paragraph], segments: Sequence[Segment], pack: LanguagePack
) -> bool:
    """Whether *I* is common in the narration and in half of its parts: one letter is not enough."""
    words = "|".join(sorted(pack.first_person))
    if not words:
        return False
    capital = re.compile(rf"\b(?:{words.upper() if pack.code == 'en' else words})\b")
    quoted = Stretches([(segment.outer_start, segment.outer_end) for segment in segments])
    said = [0] * NARRATED_PARTS
    told = [0] * NARRATED_PARTS
    for paragraph in paragraphs:
        if not paragraph.heading:
            part = paragraph.start * NARRATED_PARTS // len(text)
            told[part] += text.count(" ", paragraph.start, paragraph.end) + 1
            found = capital.finditer(text, paragraph.start, paragraph.end)
            said[part] += sum(quoted.index_at(each.start()) is None for each in found)
    for segment in segments:
        told[segment.start * NARRATED_PARTS // len(text)] -= text.count(" ", segment.start, segment.end) + 1
    parts = [(count, size) for count, size in zip(said, told, strict=True) if size > 0]
    often = sum(count > FIRST_PERSON_PART * size for count, size in parts)
    return sum(said) > FIRST_PERSON_SHARE * max(1, sum(told)) and 2 * often >= len(parts)
