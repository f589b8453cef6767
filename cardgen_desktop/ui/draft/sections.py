"""What the preview shows of a source: chapters or equal parts, without the line breaks of the file."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil

from ...domain.source import Aside, SourceSummary

PART_CHARACTERS = 20_000
"""The preview is filled by so many characters at a time; a text without chapters is cut into such parts."""
MOST_SECTIONS = 400
LEAST_OPENING = 300
"""A text before the first heading that is shorter is no section of its own, characters."""
LONGEST_WRAPPED_LINE = 100

_BLANK = re.compile(r"\n[ \t]*\n\s*")
_VERSE = re.compile(r"^(?: {4}|\t)", re.MULTILINE)

OPENING = "Beginning"
ASIDE_WORDS = {
    "licence": "Licence text",
    "contents": "Table of contents",
    "page_number": "Page numbers",
    "notes": "Notes",
    "header": "Running heads",
    "instructions": "Notes and instructions",
    "chat_heading": "Who chats",
}


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch of a source that can be chosen; `level` 1 is the outermost."""

    title: str
    start: int
    end: int
    level: int = 1


def sections_of(source: SourceSummary) -> tuple[Section, ...]:
    """The chapters of a source, each up to the next one of its level; equal parts where there are none."""
    headings = [heading for heading in source.headings if heading.start < source.chars][:MOST_SECTIONS]
    if not headings:
        return _parts(source.chars)
    found = []
    if headings[0].start - _set_aside(source.asides, headings[0].start) > LEAST_OPENING:
        found.append(Section(OPENING, 0, headings[0].start))
    for number, heading in enumerate(headings):
        later = (other.start for other in headings[number + 1 :] if other.level <= heading.level)
        found.append(Section(heading.title, heading.start, next(later, source.chars), heading.level))
    return tuple(found)


def first_worth_reading(sections: Sequence[Section]) -> int:
    """The number of the first chapter with text of its own: no preface, no part that only holds chapters."""
    first = 1 if len(sections) > 1 and sections[0].title == OPENING else 0
    for number, (section, following) in enumerate(pairwise(sections)):
        if number >= first and following.start - section.start > LEAST_OPENING:
            return number
    return max(0, len(sections) - 1)


def chunk_end(text: str, start: int, end: int) -> int:
    """Where a chunk of the preview ends: at a paragraph, after about `PART_CHARACTERS`."""
    limit = start + PART_CHARACTERS
    if limit >= end:
        return end
    at = text.rfind("\n", start + PART_CHARACTERS // 2, limit)
    return limit if at < 0 else at + 1


def paragraphs(text: str, start: int, end: int, asides: Sequence[Aside] = ()) -> list[str]:
    """The paragraphs of a stretch, without what is set aside; lines of prose are joined, verse keeps them."""
    kept = _without(text, start, end, asides).replace("\r\n", "\n").replace("\r", "\n")
    blocks = _BLANK.split(kept)
    wrapped = _is_wrapped(blocks)
    found: list[str] = []
    for block in blocks:
        if not block.strip():
            continue
        if not wrapped:
            found += [line.strip() for line in block.split("\n") if line.strip()]
        elif _VERSE.search(block):
            found.append("\N{LINE SEPARATOR}".join(line.strip() for line in block.strip("\n").split("\n")))
        else:
            found.append(" ".join(block.split()))
    return found


def aside_lines(text: str, asides: Sequence[Aside]) -> list[str]:
    """What was set aside, one sentence for each kind: "Licence text set aside: 2,846 words at the end"."""
    stretches: dict[str, list[Aside]] = {}
    for aside in asides:
        stretches.setdefault(aside.kind, []).append(aside)
    lines = []
    for kind, found in stretches.items():
        words = sum(len(text[aside.start : aside.end].split()) for aside in found)
        name = ASIDE_WORDS.get(kind, kind.replace("_", " ").capitalize())
        number = f"{words:,} word{'' if words == 1 else 's'}"
        lines.append(f"{name} set aside: {number}{_where(found, len(text))}")
    return lines


def _where(asides: Sequence[Aside], length: int) -> str:
    if all(aside.start > length * 0.8 for aside in asides):
        return " at the end"
    return " at the beginning" if all(aside.end < length * 0.2 for aside in asides) else ""


def _parts(length: int) -> tuple[Section, ...]:
    size = max(PART_CHARACTERS, ceil(length / MOST_SECTIONS))
    count = max(1, ceil(length / size))
    if count == 1:
        return (Section("Whole text", 0, length),)
    return tuple(
        Section(f"Part {number + 1} of {count}", number * size, min(length, (number + 1) * size))
        for number in range(count)
    )


def _set_aside(asides: Sequence[Aside], end: int) -> int:
    return sum(min(aside.end, end) - aside.start for aside in asides if aside.start < end)


def _without(text: str, start: int, end: int, asides: Sequence[Aside]) -> str:
    pieces, position = [], start
    for aside in sorted(asides, key=lambda aside: aside.start):
        if aside.end > position and aside.start < end:
            pieces.append(text[position : max(position, aside.start)])
            position = aside.end
    return "".join(pieces) + text[position : max(position, end)]


def _is_wrapped(blocks: Sequence[str]) -> bool:
    """Whether lines break because the file is narrow: then most blocks are of several short lines."""
    lines = [line for block in blocks for line in block.split("\n") if line.strip()]
    return len(blocks) > 1 and sum(len(line) <= LONGEST_WRAPPED_LINE for line in lines) * 10 >= len(lines) * 9
