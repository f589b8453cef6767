"""Sentences inside paragraphs, with offsets (offline-drafter.md 3.3)."""

import re
from collections.abc import Iterator

from .languages import LanguagePack
from .manuscript import Stretch
from .model import Paragraph, Sentence

# Each run of dots is looked at once: tables of contents have long ones.
ENDS = re.compile(r"(?<![.!?…])[.!?…]++[\"'”’»«“)\]_*]*+(?=\s)|[。！？]+[」』”’)]*")
LAST_WORD = re.compile(r"[^\s\"'“”‘’«»()\[\]—–-]+$")
NEXT_LETTER = re.compile(r"[\s\"'“”‘’«»„(\[_*—–-]*(\S)")


def split_sentences(text: str, paragraphs: list[Paragraph], pack: LanguagePack) -> list[Sentence]:
    """The sentences of every paragraph that is not a heading, in order."""
    sentences: list[Sentence] = []
    for paragraph in paragraphs:
        if not paragraph.heading:
            for start, end in _stretches(text, paragraph, pack):
                sentences.append(Sentence(len(sentences), start, end, paragraph.id))
    return sentences


def _stretches(text: str, paragraph: Paragraph, pack: LanguagePack) -> Iterator[Stretch]:
    start = paragraph.start
    for found in ENDS.finditer(text, paragraph.start, paragraph.end):
        if _is_end(text, found, start, paragraph.end, pack):
            yield start, found.end()
            start = found.end()
            while start < paragraph.end and text[start].isspace():
                start += 1
    if start < paragraph.end:
        yield start, paragraph.end


def _is_end(text: str, found: re.Match[str], start: int, limit: int, pack: LanguagePack) -> bool:
    if text[found.start()] in "。！？":
        return True
    after = NEXT_LETTER.match(text, found.end(), limit)
    if after and after[1].islower():
        return False
    if text[found.start() : found.start() + 2].strip() != "." or text[found.start()] != ".":
        return True
    word = LAST_WORD.search(text, max(start, found.start() - 24), found.start())
    if not word:
        return True
    last = word[0].lower()
    return not (last in pack.abbreviations or (len(last) == 1 and word[0].isupper() and last != "i"))
