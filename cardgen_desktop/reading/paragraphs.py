"""Paragraphs of the sources, and which of them are headings (offline-drafter.md 3.1)."""

import re
from collections.abc import Collection, Iterator

from .manuscript import Manuscript, Stretch, remaining
from .model import Paragraph

BLANK_LINES = re.compile(r"\n[^\S\n]*(?:\n[^\S\n]*)+")
LINE_ENDS = re.compile(r"\n[^\S\n]*")
LISTED_LINES = re.compile(
    BLANK_LINES.pattern
    + r"|(?<==)[^\S\n]*\n|\n(?===)"
    + r"""|\n(?=[^\S\n]*(?:[-*•+][^\S\n]+\S|["“„«][^\n]*["”“»][^\S\n]*(?:\n|\Z)"""
    + r"""|[^\W\d_][^\n:.!?]{0,29}:(?:[^\S\n]|[^/\s\d])))"""
)
"""Blank lines, around headings of a wiki, and before items, quotations and rows: *Age: 41*."""

INDENTED_LINES = re.compile(r"\n(?=[ \t\u3000]{2,}\S|\t\S|\u3000)")
HEADING_WORDS = re.compile(
    r"[\W_]*(?:chapter|book|part|volume|scene|act|stave|canto|prologue|epilogue|chapitre|kapitel|teil"
    r"|cap[ií]tulo|capitolo|parte|глава|часть)\b",
    re.IGNORECASE,
)
TERMINAL = tuple(".!?…:;,”\"’'»«“」。！？)")
LONG_LINE, WIDEST_WRAP, WRAPPED_ENDS, LINES_END = 90, 160, 0.35, 0.6
ENDED = tuple('.!?…”"»“」。！？')
HEADINGS_KNOWN = frozenset({"card", "subtitles", "chat"})
OPENING = tuple("\"“„«»‘'「『—–-")


def split_paragraphs(
    manuscript: Manuscript, by_line: Collection[int] = (), listed: Collection[int] = ()
) -> list[Paragraph]:
    """Every paragraph outside the asides, in order; paragraphs never cross sources, asides or headings.

    Sources in `by_line` are chats and sheets, where every line stands for itself; those `listed` are pages
    with lists, where every item does.
    """
    paragraphs: list[Paragraph] = []
    for source in range(len(manuscript.sources)):
        start, end = manuscript.bounds(source)
        breaks = LINE_ENDS if source in by_line else _breaks(manuscript.text[start:end])
        if source in listed and breaks is BLANK_LINES:
            breaks = LISTED_LINES
        for heading, piece_start, piece_end in _pieces(manuscript, start, end):
            for stretch in _split(manuscript.text, piece_start, piece_end, breaks):
                paragraphs.append(Paragraph(len(paragraphs), *stretch, source, heading))
    # The headings of a card are all known: a short line below one is a row. What is said has none.
    unsure = [each for each in paragraphs if manuscript.sources[each.source].kind not in HEADINGS_KNOWN]
    _mark_headings(manuscript.text, unsure)
    return paragraphs


def _pieces(manuscript: Manuscript, start: int, end: int) -> Iterator[tuple[bool, int, int]]:
    """Stretches of evidence in order, told apart by whether they are headings."""
    for free_start, free_end in remaining(start, end, manuscript.asides):
        prose = list(remaining(free_start, free_end, manuscript.headings))
        titles = list(remaining(free_start, free_end, prose))
        yield from sorted(
            [(False, *piece) for piece in prose] + [(True, *piece) for piece in titles],
            key=lambda piece: piece[1],
        )


def _split(text: str, start: int, end: int, breaks: re.Pattern[str]) -> Iterator[Stretch]:
    for found in [*breaks.finditer(text, start, end), None]:
        stop = found.start() if found else end
        piece = text[start:stop]
        if piece and not piece.isspace():
            yield start + len(piece) - len(piece.lstrip()), start + len(piece.rstrip())
        if found:
            start = found.end()


def _breaks(text: str) -> re.Pattern[str]:
    """What separates paragraphs here: blank lines, indented lines, or every line end."""
    lines = [line.rstrip() for line in text.strip("\n").split("\n")]
    full = [line for line in lines if line]
    if not full or len(lines) - len(full) >= len(lines) / 60:
        return BLANK_LINES
    ended = sum(line.endswith(ENDED) for line in full) / len(full)
    wrapped = max(map(len, full)) <= WIDEST_WRAP and ended < WRAPPED_ENDS
    if ended > LINES_END or (sum(map(len, full)) / len(full) > LONG_LINE and not wrapped):
        return LINE_ENDS
    indented = sum(line[:2].isspace() or line[0] in "\t\u3000" for line in full) / len(full)
    return INDENTED_LINES if 0.02 < indented < 0.7 else BLANK_LINES


def _mark_headings(text: str, paragraphs: list[Paragraph]) -> None:
    after_heading = False
    for paragraph in paragraphs:
        words = text[paragraph.start : paragraph.end]
        paragraph.heading |= _is_heading(words) or (after_heading and _is_title(words))
        after_heading = paragraph.heading


def _is_heading(words: str) -> bool:
    if words.startswith(OPENING):
        return False
    if len(words) < 60 and HEADING_WORDS.match(words):
        return True
    letters = [letter for letter in words[:400] if letter.isalpha() and letter.upper() != letter.lower()]
    return bool(letters) and sum(letter.isupper() for letter in letters) > 0.75 * len(letters)


def _is_title(words: str) -> bool:
    """A short line below a heading, its longer words in capitals, that does not end as a sentence does."""
    if len(words) > 70 or words.endswith(TERMINAL):
        return False
    long_words = [word for word in re.findall(r"[^\W\d_]+", words) if len(word) > 3]
    return bool(long_words) and sum(word[0].isupper() for word in long_words) > 0.6 * len(long_words)
