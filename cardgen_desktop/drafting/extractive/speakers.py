"""Which quoted pieces of a paragraph are surely not those of the speaker its utterance was given to.

A paragraph is one utterance for the reading; where several people speak in it, a card must not give the
lines of all to one: tags of others, and a name called by the one who bears it, tell them apart.
"""

from bisect import bisect_left
from collections.abc import Iterator

from ...reading.index import Index
from ...reading.model import Mention, Segment, Unit
from ..packs import DraftingPack, drafting_pack
from .stretches import words_of

EXACT_SHAPES = ("chat", "sheet", "wiki")


def own_segments(index: Index, unit: Unit) -> list[Segment]:
    """The pieces of a unit that may be its speaker's.

    All of them when nothing speaks against it; else only those at which the speaker itself is named.
    """
    segments = [index.segments[number] for number in unit.segments]
    if unit.speaker is None or _shape(index, segments[0]) in EXACT_SHAPES:
        return segments
    if not any(is_foreign(index, unit, segment) for segment in segments):
        return segments
    return [
        segment
        for segment in segments
        if _named(index, segment) == unit.speaker and not is_foreign(index, unit, segment)
    ]


def is_foreign(index: Index, unit: Unit, segment: Segment) -> bool:
    """Whether the tag of a piece means another speaker, or the piece calls its own speaker by name."""
    return _tag_is_foreign(index, unit, segment) or _words_are_foreign(index, unit, segment)


def _tag_is_foreign(index: Index, unit: Unit, segment: Segment) -> bool:
    pack, gender = index.pack, index.characters[unit.speaker or 0].gender
    if segment.tag_kind == "name":
        return _named(index, segment) not in (None, unit.speaker) or _tag_is_doubtful(index, segment, gender)
    if segment.tag_kind == "nominal":
        return unit.tag_kind in ("name", "first")
    if segment.tag_kind == "pronoun":
        if not gender and unit.tag_kind == "name":
            return _before_name(index, unit, segment)
        other = {"m": pack.pronouns_female, "f": pack.pronouns_male}.get(gender, frozenset())
        return segment.tag_value in other | pack.pronouns_other
    return False


def _before_name(index: Index, unit: Unit, segment: Segment) -> bool:
    """Whether a pronoun's piece precedes the piece with the name: a pronoun seldom announces its name."""
    named = (index.segments[number] for number in unit.segments)
    return any(other.start > segment.start for other in named if other.tag_kind == "name")


def _tag_is_doubtful(index: Index, segment: Segment, gender: str) -> bool:
    """Whether another subject stands between the name and the speech: `As Ann came in, one of them said:`."""
    if segment.tag_mention is None:
        return False
    pack, mention = index.pack, index.mentions[segment.tag_mention]
    others = {"m": pack.pronouns_female, "f": pack.pronouns_male}.get(
        gender, frozenset()
    ) | pack.pronouns_other
    between = words_of(index.text[mention.end : segment.outer_start])
    return not (others | {"one"}).isdisjoint(between)


def _words_are_foreign(index: Index, unit: Unit, segment: Segment) -> bool:
    """Whether a piece speaks of its speaker as of somebody else, or says to be somebody else."""
    pack = drafting_pack(index.language)
    for mention in _mentions(index, segment):
        if mention.character == unit.speaker and not _speaks_of_itself(mention, pack):
            named = _named(index, segment) == unit.speaker
            if mention.vocative or not named or _speaks_of_another(index, segment, pack):
                return True
        elif mention.character != unit.speaker and mention.before in pack.self_names:
            return index.characters[mention.character or 0].kind == "named"
    return False


def _speaks_of_another(index: Index, segment: Segment, pack: DraftingPack) -> bool:
    """Whether a piece that names its speaker goes on with "he" or "she"."""
    return not (pack.he | pack.she).isdisjoint(words_of(index.text[segment.start : segment.end]))


def _speaks_of_itself(mention: Mention, pack: DraftingPack) -> bool:
    if mention.vocative:
        return mention.before in pack.self_names | pack.naming
    before = {mention.before, mention.before2}
    return not before.isdisjoint(pack.self_names | pack.naming | pack.copulas | pack.first_person)


def _mentions(index: Index, segment: Segment) -> Iterator[Mention]:
    position = bisect_left(index.mentions, segment.start, key=lambda mention: mention.start)
    while position < len(index.mentions) and index.mentions[position].start < segment.end:
        if index.mentions[position].character is not None:
            yield index.mentions[position]
        position += 1


def _named(index: Index, segment: Segment) -> int | None:
    """Who the tag of a piece names."""
    if segment.tag_kind != "name" or segment.tag_mention is None:
        return None
    return index.mentions[segment.tag_mention].character


def _shape(index: Index, segment: Segment) -> str:
    return index.shapes[index.manuscript.source_at(segment.start)]
