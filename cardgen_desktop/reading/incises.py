"""Speech tags inside the marks, as French and Italian have them: « Bonjour, dit-il, entrez. »"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from .languages import LanguagePack
from .model import Segment

LONGEST = 90


def split_incises(text: str, segments: Iterable[Segment], pack: LanguagePack) -> Iterator[Segment]:
    """The segments without the tags inside them; a tag becomes narration between two segments."""
    pattern = _incise_pattern(pack)
    for segment in segments:
        start, outer = segment.start, segment.outer_start
        for found in pattern.finditer(text, segment.start, segment.end):
            if found.start("tag") > start:
                yield _part(text, segment, start, found.start("tag"), outer, found.start("tag"))
            start = outer = found.end()
        if start == segment.start:
            yield segment
        elif start < segment.end:
            yield _part(text, segment, start, segment.end, outer, segment.outer_end)


def _incise_pattern(pack: LanguagePack) -> re.Pattern[str]:
    """A speech verb after a comma or mark, with a pronoun leaning on it, a name or a noun behind it."""
    verbs = "|".join(sorted(pack.speech_verbs, key=len, reverse=True))
    pronouns = "|".join(sorted(pack.pronouns_male | pack.pronouns_female | pack.clitics | pack.first_person))
    articles = "|".join(sorted(pack.articles))
    inner = r"(?:[^,.!?;:«»]|(?<=\b\w)\.)"
    subject = (
        rf"(?:(?:[-‑]t)?[-‑](?:{pronouns})\b|\s+(?:{pronouns})\b"
        rf"|\s+(?:(?:{articles})\b['’]?\s?)?(?-i:[^\W\d_a-zà-ÿа-я]){inner}*|\s+(?:{articles})\b['’]?\s?\w+)"
    )
    lead = r"(?<=[,!?…—–])\s*[—–-]?\s*"
    reflexive = r"(?:(?:s|m|t)['’]|(?:se|me|lui|gli|le|les)\s+)?"
    return re.compile(
        rf"{lead}(?P<tag>{reflexive}(?:{verbs}){subject}{inner}{{0,{LONGEST}}})(?:[,.!?;:]\s*|$)",
        re.IGNORECASE,
    )


def _part(text: str, segment: Segment, start: int, end: int, outer_start: int, outer_end: int) -> Segment:
    words = text[start:end]
    begin = start + len(words) - len(words.lstrip(" \t\r\n—–-"))
    stop = start + len(words.rstrip(" \t\r\n—–-"))
    return replace(
        segment,
        start=begin,
        end=max(begin, stop),
        outer_start=outer_start,
        outer_end=outer_end,
        continued=segment.continued and end == segment.end,
    )
