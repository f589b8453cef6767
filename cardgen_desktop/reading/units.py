"""Utterances: the segments of a paragraph that one speaker says (offline-drafter.md 3.10)."""

from collections.abc import Sequence

from .languages import LanguagePack
from .model import Character, Mention, Segment, TagKind, Unit
from .phrases import Reference

RANK: dict[TagKind, int] = {"name": 5, "first": 4, "pronoun": 2, "nominal": 1, "": 0}
TITLED = 3


def build_units(segments: Sequence[Segment], mentions: Sequence[Mention], pack: LanguagePack) -> list[Unit]:
    """One unit for each paragraph with quotations, split only where tags name different speakers."""
    units: list[Unit] = []
    for number, segment in enumerate(segments):
        if not units or units[-1].paragraph != segment.paragraph or _differs(units[-1], segment, mentions):
            units.append(Unit(len(units), segment.paragraph))
            units[-1].continues = _continued(segments, number)
        unit = units[-1]
        segment.unit = unit.id
        unit.segments.append(segment.id)
        if _rank(segment, pack) > _rank(unit, pack):
            unit.tag_kind, unit.tag_value = segment.tag_kind, segment.tag_value
            unit.tag_mention = segment.tag_mention
    return units


def _rank(tagged: Unit | Segment, pack: LanguagePack) -> int:
    """How much a tag tells: *the captain* more than *he*, *the man* less."""
    if tagged.tag_kind == "nominal":
        noun = tagged.tag_value.split()[-1]
        if noun in pack.title_nouns or noun in pack.noun_titles:
            return TITLED
    return RANK[tagged.tag_kind]


def tag_reference(unit: Unit, references: dict[int, Reference]) -> Reference | None:
    """The reference that the unit's tag was taken from."""
    found = (references[each] for each in unit.segments if each in references)
    return next((each for each in found if (each.kind, each.value) == (unit.tag_kind, unit.tag_value)), None)


def _differs(unit: Unit, segment: Segment, mentions: Sequence[Mention]) -> bool:
    kinds = {unit.tag_kind, segment.tag_kind}
    if kinds == {"pronoun"}:
        return unit.tag_value != segment.tag_value
    if "first" in kinds and len(kinds) > 1 and kinds & {"name", "pronoun"}:
        return True
    if kinds != {"name"} or unit.tag_mention is None or segment.tag_mention is None:
        return False
    return mentions[unit.tag_mention].character != mentions[segment.tag_mention].character


def _continued(segments: Sequence[Segment], number: int) -> int | None:
    """The unit this one goes on with: the paragraph above was left open and this one begins with a mark."""
    if not number:
        return None
    earlier, segment = segments[number - 1], segments[number]
    follows = earlier.continued and segment.paragraph == earlier.paragraph + 1
    return earlier.unit if follows and not segment.tag_kind else None


def nominal_speakers(
    references: dict[int, Reference],
    units: Sequence[Unit],
    characters: list[Character],
    pack: LanguagePack,
) -> dict[int, int]:
    """Characters for speakers known by a noun only: *the policeman*, *his mother*; their ids by unit id."""
    known: dict[str, Character] = {}
    speakers: dict[int, int] = {}
    for unit in units:
        reference = tag_reference(unit, references)
        if unit.tag_kind != "nominal" or reference is None:
            continue
        words = unit.tag_value.split()
        if len(words) < 2:
            continue
        name = _nominal_name(words, pack)
        if reference.owner is not None:
            name = f"{reference.owner.surface}'s {words[-1]}"
        if name not in known:
            known[name] = Character(len(characters), name, {name: 0}, reference.gender, kind="nominal")
            characters.append(known[name])
        speakers[unit.id] = known[name].id
    return speakers


def _nominal_name(words: Sequence[str], pack: LanguagePack) -> str:
    """*the policeman* also for *a policeman*; elsewhere as the text has it, with the noun's capital."""
    article = "the" if pack.code == "en" and words[0] in pack.articles else words[0]
    noun = words[-1].capitalize() if pack.nouns_capitalised else words[-1]
    return " ".join([article, *words[1:-1], noun])
