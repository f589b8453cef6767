"""Who says what."""

import re

from .languages import LanguagePack
from .manuscript import Stretches
from .model import Mention, Paragraph, Segment, Unit


def attribute(
    text: str,
    paragraphs: list[Paragraph],
    segments: list[Segment],
    mentions: list[Mention],
    pack: LanguagePack,
) -> list[Unit]:
    """One unit for each paragraph with quotations; the speaker is the name beside a speech verb."""
    verbs = "|".join(sorted(pack.speech_verbs, key=len, reverse=True))
    inverted = re.compile(rf"\s*(?:{verbs})\s+(?:the\s+)?", re.IGNORECASE)
    starts = {mention.start: mention for mention in mentions if not mention.in_quote}
    units: list[Unit] = []
    for segment in segments:
        if not units or units[-1].paragraph != segment.paragraph:
            units.append(Unit(len(units), segment.paragraph))
        segment.unit = units[-1].id
        units[-1].segments.append(segment.id)
        found = inverted.match(text, segment.outer_end)
        named = starts.get(found.end()) if found else None
        named = named or _before_verb(text, segment, starts, verbs)
        if named is not None and units[-1].speaker is None:
            units[-1].speaker, units[-1].confidence = named.character, 0.99
    return units


def _before_verb(text: str, segment: Segment, starts: dict[int, Mention], verbs: str) -> Mention | None:
    found = re.compile(r"\s*(?:the\s+)?").match(text, segment.outer_end)
    named = starts.get(found.end()) if found else None
    if named and re.compile(rf"\s+(?:{verbs})\b").match(text, named.end):
        return named
    return None


__all__ = ["Stretches", "attribute"]
