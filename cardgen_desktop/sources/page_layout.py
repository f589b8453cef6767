"""Printed lines to paragraphs: what belongs together, told by indents, gaps and line ends, and no further.

Page numbers and running heads interrupt sentences, so they follow the paragraph that they stood in.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from .builder import TextBuilder
from .headings import word_level
from .lines import fold

MIN_RUNNING = 3
MAX_RUNNING_CHARACTERS = 90
EDGE_LINES = 2
GAP = 1.45
INDENT = 0.6
SHORT, VERSE = 0.85, 0.75
LEFT_SHARE = 0.15
SIZE_CHANGE = 0.12
HYPHENS = "\x02\ufffe"
"""What PDFium writes for a hyphen at a line's end that it joined over."""

_NUMBER = re.compile(r"[\[({–—-]?\s*(?:page\s+)?(?P<number>\d{1,4}|[ivxlc]{1,7})\s*[\])}–—-]?$", re.I)
_DIGITS = re.compile(r"\d+")
_SENTENCE_END = re.compile(r"[.!?…:;][\"'”’»)\]]*$")
_BREAK = re.compile(rf"(?P<head>\w+)[{HYPHENS}](?P<tail>\w+)")
_HYPHENATED = re.compile(r"\w+-\w+")


@dataclass(frozen=True, slots=True)
class PageLine:
    """One printed line; x runs from the left, y from the bottom, in points; `y` is the base line."""

    text: str
    page: int
    x: float
    right: float
    y: float
    size: float


@dataclass(frozen=True, slots=True)
class Measure:
    """What is usual in a document: distance of base lines, size of letters, width of a line, left edges."""

    step: float
    size: float
    width: float
    lefts: dict[int, float]

    def indent(self, line: PageLine) -> float:
        """How far a line begins from the left edge of its page's text."""
        return line.x - self.lefts.get(line.page, line.x)

    def reach(self, line: PageLine) -> float:
        """How much of the usual width a line fills from the left edge, 1 for a full one."""
        return (line.right - self.lefts.get(line.page, 0.0)) / self.width if self.width else 1.0


def write_pages(pages: Sequence[Sequence[PageLine]], builder: TextBuilder) -> None:
    """Write all pages as paragraphs; numbers and running heads become asides."""
    furniture = _furniture(pages)
    body = [line for page in pages for line in page if id(line) not in furniture]
    measure = _measure(body)
    hyphenated = {word.lower() for line in body for word in _HYPHENATED.findall(line.text)}
    before: PageLine | None = None
    first = True
    for page in pages:
        for line in page:
            if kind := furniture.get(id(line)):
                builder.defer_aside(line.text, kind)
                continue
            if before is None or _begins_paragraph(before, line, measure, first):
                builder.end_paragraph()
                first = True
            else:
                _join(before, line, measure, builder, hyphenated)
                first = False
            builder.add_lines(_without_marks(line.text, hyphenated))
            before = line
    builder.end_paragraph()


def _measure(lines: Sequence[PageLine]) -> Measure:
    steps = [a.y - b.y for a, b in pairwise(lines) if a.page == b.page and 0 < a.y - b.y < 3 * max(a.size, 1)]
    by_page: dict[int, list[PageLine]] = {}
    for line in lines:
        by_page.setdefault(line.page, []).append(line)
    lefts = {page: _left_edge(members) for page, members in by_page.items()}
    widths = sorted(line.right - lefts[line.page] for line in lines)
    return Measure(
        step=median(steps) if steps else 0.0,
        size=median(line.size for line in lines) if lines else 0.0,
        width=widths[int(len(widths) * 0.9)] if widths else 0.0,
        lefts=lefts,
    )


def _left_edge(lines: Sequence[PageLine]) -> float:
    """The leftmost place where a fair share of lines begin: dialogue may indent more lines than not."""
    counts = Counter(round(line.x) for line in lines)
    common = [x for x, count in counts.items() if count >= LEFT_SHARE * len(lines)]
    return float(min(common or counts))


def _begins_paragraph(before: PageLine, line: PageLine, measure: Measure, first: bool) -> bool:
    """Whether `line` opens a paragraph after `before`, which opened one itself if `first`."""
    if abs(line.size - before.size) > SIZE_CHANGE * max(line.size, before.size):
        return True
    if word_level(line.text):
        return True
    ended = bool(_SENTENCE_END.search(before.text))
    short = measure.reach(before) < SHORT
    step = (measure.indent(line) - measure.indent(before)) / max(line.size, 1)
    if line.page != before.page or line.y >= before.y:
        return ended and (short or measure.indent(line) > INDENT * line.size)
    if measure.step and before.y - line.y > GAP * measure.step:
        return True
    if line.text[0].islower() and not ended:
        return False
    if step > INDENT:  # verse indents too, but after short lines that end no sentence
        return ended or not short
    if step < -INDENT:
        return ended and not first
    return ended and short and not line.text[:1].islower()


def _join(
    before: PageLine, line: PageLine, measure: Measure, builder: TextBuilder, hyphenated: set[str]
) -> None:
    """What stands between two lines of a paragraph: a space, a newline in verse, nothing after a hyphen."""
    head = re.search(r"(\w+)-$", before.text)
    tail = re.match(r"\w+", line.text)
    if head and tail and line.text[0].islower():
        if f"{head[1]}-{tail[0]}".lower() not in hyphenated:
            builder.remove_hyphen()
    elif measure.reach(before) < VERSE and line.size < measure.size * (1 + SIZE_CHANGE):
        builder.newline()  # a heading that needs two lines is one line all the same
    else:
        builder.add(" ")


def _without_marks(text: str, hyphenated: set[str]) -> str:
    """Line-end hyphens that PDFium joined over: kept only in words that are hyphenated elsewhere too."""

    def joined(match: re.Match[str]) -> str:
        head, tail = match["head"], match["tail"]
        return f"{head}-{tail}" if f"{head}-{tail}".lower() in hyphenated else head + tail

    return _BREAK.sub(joined, text).translate(dict.fromkeys(map(ord, HYPHENS), "-"))


def _furniture(pages: Sequence[Sequence[PageLine]]) -> dict[int, str]:
    """Page numbers and running heads by the identity of their lines."""
    edges = [(index, line) for index, page in enumerate(pages) for line in _edges(page)]
    numbers = list(_page_numbers(edges))
    marked = {id(line): "page_number" for line in numbers}
    running = Counter(key for _, line in edges if (key := _running_key(line)))
    for _, line in edges:
        if running[_running_key(line)] >= MIN_RUNNING:
            marked.setdefault(id(line), "running_head")
    return marked


def _edges(page: Sequence[PageLine]) -> list[PageLine]:
    """The two uppermost and the two lowest lines, each once."""
    ordered = sorted(page, key=lambda line: -line.y)
    return ordered if len(ordered) <= 2 * EDGE_LINES else ordered[:EDGE_LINES] + ordered[-EDGE_LINES:]


def _page_numbers(edges: Iterable[tuple[int, PageLine]]) -> Iterator[PageLine]:
    """Numbers at the edges that grow with the pages; Roman ones count the pages before them."""
    candidates = [
        (page, line, match["number"]) for page, line in edges if (match := _NUMBER.match(line.text))
    ]
    offsets = Counter(int(number) - page for page, _, number in candidates if number.isdigit())
    usual = {offset for offset, count in offsets.items() if count >= MIN_RUNNING}
    for page, line, number in candidates:
        if (int(number) - page in usual) if number.isdigit() else (usual and number.islower()):
            yield line


def _running_key(line: PageLine) -> str:
    """The words of a running head without its page number; "" for a line too long to be one."""
    return fold(_DIGITS.sub("", line.text)) if len(line.text) <= MAX_RUNNING_CHARACTERS else ""
