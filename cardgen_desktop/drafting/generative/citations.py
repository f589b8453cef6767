"""The numbers of passages that a model put behind its sentences: taken out of the text, kept beside it."""

import re
from collections.abc import Iterable

from ...domain.evidence_pack import EvidencePack
from ...domain.source import Span
from ...reading.languages import language_pack
from ...reading.model import Paragraph
from ...reading.sentences import split_sentences

MARK = re.compile(r"[ \t]{0,4}\[\s{0,2}S\s?\d{1,6}(?:\s*[,;–-]\s*S?\s?\d{1,6})*\s*\]", re.IGNORECASE)
_NUMBER = re.compile(r"\d+")
_RANGE = re.compile(r"(\d+)\s*[–-]\s*S?\s?(\d+)", re.IGNORECASE)
MOST_IDS = 12


Cited = tuple[str, tuple[Span, ...]]
"""A sentence of a field without its marks, and the spans of the passages it was said to rest on."""


def ids_in(mark: str) -> list[str]:
    """The passages one mark names; a range names all of them."""
    numbers = [int(number) for number in _NUMBER.findall(mark)]
    for first, last in _RANGE.findall(mark):
        numbers += range(int(first), min(int(last), int(first) + MOST_IDS) + 1)
    return [f"S{number}" for number in dict.fromkeys(sorted(numbers))]


def without_citations(text: str) -> tuple[str, list[tuple[int, list[str]]]]:
    """The text without marks, and for each mark where it stood in it and what it names."""
    pieces, marks, at, length = [], [], 0, 0
    for found in MARK.finditer(text):
        pieces.append(text[at : found.start()])
        length += found.start() - at
        marks.append((length, ids_in(found[0])))
        at = found.end()
    return "".join([*pieces, text[at:]]), marks


def cited_sentences(
    text: str, marks: Iterable[tuple[int, list[str]]], pack: EvidencePack
) -> tuple[Cited, ...]:
    """The sentences that carry a mark, with spans of those passages that there are.

    A mark belongs to the sentence that it ends or stands in.
    """
    sentences = sentences_of(text, pack.language)
    spans = {item.id: Span(source=item.source, start=item.start, end=item.end) for item in pack.passages}
    named: dict[int, list[str]] = {}
    for at, ids in marks:
        number = max((n for n, (start, _) in enumerate(sentences) if start < at), default=None)
        if number is not None:
            named.setdefault(number, []).extend(name for name in ids if name in spans)
    return tuple(
        (text[slice(*sentences[number])], tuple(spans[name] for name in dict.fromkeys(ids))[:MOST_IDS])
        for number, ids in named.items()
        if ids
    )


def sentences_of(text: str, language: str) -> list[tuple[int, int]]:
    """Where the sentences of a field begin and end; a line is a paragraph."""
    paragraphs: list[Paragraph] = []
    at = 0
    for line in text.split("\n"):
        if line.strip():
            start = at + len(line) - len(line.lstrip())
            paragraphs.append(Paragraph(len(paragraphs), start, at + len(line.rstrip()), 0))
        at += len(line) + 1
    found = split_sentences(text, paragraphs, language_pack(language))
    return [(sentence.start, sentence.end) for sentence in found]
