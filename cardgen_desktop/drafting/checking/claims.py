"""Splits the text of a card's field into claims: sentences, list items, attributes, lines of dialogue.

What claims nothing gets no record: headings and keys without a value, `<START>` and other markers, lines of
`{{user}}`, and macros alone. In a greeting every sentence is checked, but what is invented is no finding.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from ...reading.languages import LanguagePack
from ...reading.model import Paragraph
from ...reading.sentences import split_sentences

ClaimKind = Literal["prose", "attribute", "line"]
LONGEST_KEY = 40
MOST_CLAIMS = 5_000
LONGEST_CLAIM = 1_500
"""Letters of one claim: what has no end for longer is looked at in pieces, for each takes time with its
square."""


CHAR, USER = "{{char}}", "{{user}}"
_MARKER = re.compile(r"\s*(?:<\s*/?\s*start\s*>|\*\*\*+|---+|===+|___+|```\w*)\s*$", re.IGNORECASE)
_HEADING = re.compile(
    r"\s*(?:#{1,6}\s.*|\*\*[^*]+\*\*:?|__[^_]+__:?"
    r"|[\[<{(]\s*/?[\w .'’-]{1,40}\s*[\]>})]:?|[^.!?:]{1,60}:)\s*$"
)
_BULLET = re.compile(r"[ \t]*(?:[-*+•‣◦▪·–]|\d{1,3}[.)])[ \t]+")
_ATTRIBUTE = re.compile(
    r"(?:[\[{(]\s*+)?(?P<key>[^\W\d_][\w /'’-]{0,39}?)\s*\((?P<values>\s*[\"“][^\n]*?[\"”]\s*)\)[\]})]?"
)
_VALUE = re.compile(r"[\"“]([^\"“”\n]+)[\"”]")
_KEY = re.compile(
    r"[\[{(*_]*(?P<key>[^\s:：*_\[\]{}()\"“”][^:：\n\"“”]{0,39}?)[*_]*\s*[:：][*_]*[ \t]*(?=\S)"
)
_SPEAKER = re.compile(r"\s*(?P<who>\{\{(?:char|user)\}\}|<(?:BOT|USER)>)\s*:\s*", re.IGNORECASE)
_LETTER = re.compile(r"[^\W\d_]|\d")
_MACRO = re.compile(r"\{\{[^{}]*\}\}|<(?:BOT|USER|START)>", re.IGNORECASE)
_USERS = ("{{user}}", "<user>")
_OPENERS = tuple('"“*')
_PAIR = {"<bot>": CHAR, "<user>": USER}


@dataclass(frozen=True, slots=True)
class Claim:
    """One thing a field says: `field[at:at + len(text)] == text`.

    `key` is what an attribute says it of (*Hair*), `speaker` who says a line of dialogue: the
    `{{char}}` macro or a name as written.
    """

    text: str
    at: int
    kind: ClaimKind = "prose"
    key: str = ""
    speaker: str = ""


def split_claims(text: str, pack: LanguagePack, *, is_dialogue: bool = False) -> tuple[Claim, ...]:
    """The claims of a field in order, at most `MOST_CLAIMS`.

    In a field of dialogue a speaker speaks until the next one does; elsewhere to the end of the line.
    """
    claims: list[Claim] = []
    speaker = ""
    for start, end in _lines(text):
        line = text[start:end]
        if not is_dialogue or _MARKER.fullmatch(line):
            speaker = ""
        if not line.strip() or _MARKER.fullmatch(line):
            continue
        spoken = _SPEAKER.match(line)
        if spoken and (
            is_dialogue or spoken["who"].lower() in _USERS or line[spoken.end() :].lstrip()[:1] in _OPENERS
        ):
            who = spoken["who"].lower()
            speaker, start = _PAIR.get(who, who), start + spoken.end()
        claims += _line_claims(text, start, end, speaker, pack)
        if len(claims) >= MOST_CLAIMS:
            break
    return tuple(claim for claim in claims[:MOST_CLAIMS] if _says_something(claim.text))


def _lines(text: str) -> Iterator[tuple[int, int]]:
    """Paragraph-like pieces; a hard-wrapped paragraph stays one piece."""
    start = 0
    for found in re.finditer(r"\n", text):
        after = text[found.end() : found.end() + 200]
        if not _wraps(text[start : found.start()], after):
            yield start, found.start()
            start = found.end()
    yield start, len(text)


def _wraps(line: str, after: str) -> bool:
    """Whether a line goes on behind its break: a long one without an end, and a small letter after it."""
    bare, first = line.rstrip(), after[:1]
    long = len(bare.rsplit("\n", 1)[-1]) >= 50
    return long and first.islower() and not bare.endswith((".", "!", "?", ":", ";", '"', "”"))


def _line_claims(text: str, start: int, end: int, speaker: str, pack: LanguagePack) -> Iterator[Claim]:
    if speaker == USER:
        return
    if speaker:
        yield from _sentences(text, start, end, pack, kind="line", speaker=speaker)
        return
    bullet = _BULLET.match(text, start, end)
    if bullet:
        start = bullet.end()
    attributes = list(_ATTRIBUTE.finditer(text, start, end))
    if attributes:
        for found in attributes:
            yield from _values(text, found)
        return
    if not bullet and _HEADING.fullmatch(text, start, end):
        return
    key = _KEY.match(text, start, end)
    if key and (is_key(key["key"])):
        at, last = _trimmed(text, start, end)
        yield Claim(text[at:last], at, "attribute", key["key"].strip())
    elif bullet and not re.search(r"[.!?]\s+\S", text[start:end]):
        yield from _pieces(text, start, end, "prose", "")
    else:
        yield from _sentences(text, start, end, pack)


def is_key(key: str) -> bool:
    """Whether what stands before a colon is a label and not the first half of a sentence."""
    words = key.split()
    return (
        0 < len(words) <= 4
        and len(key) <= LONGEST_KEY
        and not re.search(
            r"[.!?;,]", key.replace("Mr.", "").replace("Mrs.", "").replace("Dr.", "").replace("St.", "")
        )
    )


def _values(text: str, found: re.Match[str]) -> Iterator[Claim]:
    for value in _VALUE.finditer(text, found.start("values"), found.end("values")):
        yield Claim(value[1], value.start(1), "attribute", found["key"].strip())


def _sentences(
    text: str, start: int, end: int, pack: LanguagePack, kind: ClaimKind = "prose", speaker: str = ""
) -> Iterator[Claim]:
    for sentence in split_sentences(text, [Paragraph(0, start, end, 0)], pack):
        yield from _pieces(text, sentence.start, sentence.end, kind, speaker)


def _pieces(text: str, start: int, end: int, kind: ClaimKind, speaker: str) -> Iterator[Claim]:
    for first in range(start, end, LONGEST_CLAIM):
        at, last = _trimmed(text, first, min(first + LONGEST_CLAIM, end))
        if at < last:
            yield Claim(text[at:last], at, kind, speaker=speaker)


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def _says_something(text: str) -> bool:
    """Whether anything is left of a piece without its macros."""
    return bool(_LETTER.search(_MACRO.sub("", text)))
