"""Capitalised words and the statistics that tell names from sentence starts (offline-drafter.md 3.4)."""

import re
from collections import Counter
from dataclasses import dataclass, field

from .languages import FirstNames, LanguagePack
from .model import Paragraph

WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")
ABBREVIATED = re.compile(r"[^\W\d_]+$")
SENTENCE_STOPS = frozenset(".!?:;—–…-。！？")
QUOTE_MARKS = frozenset("\"“”‘’«»„「」『』'")
OPENING_NEIGHBOURS = frozenset(" \t\r\n([_*—–-\u00a0")
SKIPPED = frozenset(" \t\r\n([_*\u3000\u00a0")
CONTRACTION = re.compile(r"['’](?:m|ll|ve|d|re|t|em)$")
POSSESSIVE = re.compile(r"['’]s?$")
ENOUGH_STARTS, ENOUGH_SPOKEN = 3, 3
NAMEHOOD_AT_START = 0.6
NAMEHOOD_INSIDE = 0.45
ARTICLED = 0.3


@dataclass(slots=True)
class Token:
    """A capitalised word outside headings; `start` to `end` leaves a possessive ending out."""

    start: int
    end: int
    word: str
    lower: str
    at_start: bool
    possessive: bool
    paragraph: int


@dataclass(slots=True)
class Capitals:
    """How often each word, in lower case, was capitalised inside a sentence, at a start, or not at all.

    `articled` counts capitalised words behind a determiner, where every noun has a capital (German), `spoken`
    those beside a speech verb. `pairs`
    counts two capitalised words side by side inside a sentence.
    """

    inside: Counter[str] = field(default_factory=Counter)
    starts: Counter[str] = field(default_factory=Counter)
    lower: Counter[str] = field(default_factory=Counter)
    articled: Counter[str] = field(default_factory=Counter)
    spoken: Counter[str] = field(default_factory=Counter)
    pairs: Counter[tuple[str, str]] = field(default_factory=Counter)
    words: int = 0

    def namehood(self, word: str) -> float:
        """Share of capitals where a plain word would have none."""
        inside = self.inside[word]
        return inside / (inside + self.lower[word]) if inside else 0.0


def read_capitals(text: str, paragraphs: list[Paragraph], pack: LanguagePack) -> tuple[list[Token], Capitals]:
    """Every capitalised word outside headings, in order, and the counts over the whole text."""
    tokens: list[Token] = []
    counts = Capitals()
    for paragraph in paragraphs:
        if not paragraph.heading:
            _read_paragraph(text, paragraph, pack, tokens, counts)
    return tokens, counts


def _read_paragraph(
    text: str, paragraph: Paragraph, pack: LanguagePack, tokens: list[Token], counts: Capitals
) -> None:
    last = ""
    for found in WORD.finditer(text, paragraph.start, paragraph.end):
        start, word = found.start(), found[0]
        if pack.elisions:
            start, word = _without_elision(start, word, pack)
        counts.words += 1
        if not word[0].isupper():
            counts.lower[word] += 1
            if word in pack.speech_strong and last in pack.role_names:
                _count_speaker(tokens[-1:], start, counts)
            last = word
            continue
        token = _token(text, start, word, paragraph, pack)
        if tokens and not tokens[-1].at_start and _side_by_side(text, tokens[-1], token):
            counts.pairs[tokens[-1].lower, token.lower] += 1
        tokens.append(token)
        (counts.starts if token.at_start else counts.inside)[token.lower] += 1
        if last in pack.speech_strong and not token.at_start:
            counts.spoken[token.lower] += 1
        if pack.nouns_capitalised and last in pack.determiners:
            counts.articled[token.lower] += 1
        last = token.lower


def _count_speaker(latest: list[Token], start: int, counts: Capitals) -> None:
    """*Sunday said*, where the capital is no sentence start."""
    for token in latest:
        if not token.at_start and start - token.end <= 2:
            counts.spoken[token.lower] += 1


def _side_by_side(text: str, left: Token, right: Token) -> bool:
    return not left.possessive and right.start - left.end <= 2 and text[left.end : right.start].isspace()


def _without_elision(start: int, word: str, pack: LanguagePack) -> tuple[int, str]:
    """*d'Artagnan* is the name *Artagnan* with a particle."""
    for mark in "'’":
        head, found, rest = word.partition(mark)
        if found and rest and head.lower() in pack.elisions:
            return start + len(head) + 1, rest
    return start, word


def _token(text: str, start: int, word: str, paragraph: Paragraph, pack: LanguagePack) -> Token:
    ending = POSSESSIVE.search(word)
    stem = word[: ending.start()] if ending else word
    at_start = _at_start(text, start, paragraph.start, pack)
    return Token(start, start + len(stem), stem, stem.lower(), at_start, bool(ending), paragraph.id)


def _at_start(text: str, at: int, first: int, pack: LanguagePack) -> bool:
    """Whether a capital here is no news: a paragraph, sentence or quotation begins."""
    at -= 1
    while at >= first and text[at] in SKIPPED:
        at -= 1
    if at < first:
        return True
    if text[at] in QUOTE_MARKS:
        if at == first or text[at] in "“‘„「『" or text[at - 1] in OPENING_NEIGHBOURS:
            return True
        at -= 1
    if text[at] not in SENTENCE_STOPS:
        return False
    if text[at] != ".":
        return True
    before = ABBREVIATED.search(text, max(first, at - 12), at)
    if not before:
        return True
    word = before[0].lower()
    return not (word in pack.abbreviations or (len(word) == 1 and word != "i"))


def _is_unarticled(word: str, counts: Capitals) -> bool:
    inside = counts.inside[word]
    return inside > 0 and counts.articled[word] <= ARTICLED * inside


def accepted(token: Token, counts: Capitals, pack: LanguagePack, names: FirstNames) -> bool:
    """Whether a capitalised word counts as a name, or part of one."""
    word = token.lower
    if word in pack.role_names and counts.spoken[word] >= ENOUGH_SPOKEN:
        return not token.at_start or bool(counts.inside[word])
    if len(word) < 2 or word in pack.not_names or CONTRACTION.search(token.word):
        return False
    if word in pack.speech_verbs and counts.inside[word] < ENOUGH_STARTS:
        return False
    if pack.nouns_capitalised and not _is_unarticled(word, counts):
        return False
    namehood = counts.namehood(word)
    if token.at_start:
        if counts.inside[word] and namehood >= NAMEHOOD_AT_START:
            return True
        return not counts.lower[word] and (names.known(word) or counts.starts[word] >= ENOUGH_STARTS)
    return not counts.lower[word] or namehood >= NAMEHOOD_INSIDE
