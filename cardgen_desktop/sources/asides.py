"""Parts that are no story: licence texts, tables of contents, page numbers. They are marked, never cut."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise
from statistics import median

from ..domain.source import Aside
from .headings import word_level
from .language import language_data
from .lines import EDGE, Line, fold, is_within

EDGE_SHARE = 0.25
MIN_EDGE_CHARACTERS = 30_000
MIN_ITEMS = 3
MAX_ITEMS = 400
MAX_ITEM_CHARACTERS = 90
MIN_PAGE_NUMBERS = 10
MAX_PAGE_CHARACTERS = 5_000
CREDIT_REACH = 1_500

_LICENCE_START = re.compile(
    r"\*{3}\s*START OF (?:THE |THIS )?PROJECT GUTENBERG[^*]{0,300}\*{3}"
    r"|\*END\*\s*THE SMALL PRINT![^\n]{0,200}"
    r"|\*END THE SMALL PRINT![^\n]{0,200}",
    re.I,
)
_LICENCE_END = re.compile(
    r"^[ \t]*(?:\*{3}\s*)?END OF (?:THE |THIS )?PROJECT GUTENBERG|^[ \t]*\*{3}\s*START: FULL LICENSE",
    re.I | re.M,
)
_CREDIT = re.compile(
    r"\s*(?:(?:E-text |Text )?(?:Produced|Prepared|Scanned|Transcribed) by\b|HTML formatting)", re.I
)
_PARAGRAPH_END = re.compile(r"\r?\n[ \t\r]*\n")
_ITEM = re.compile(r"\S.*?(?:[.\s…·_]{2,}|\s)\d{1,4}$|(?:\d{1,3}|[ivxlc]{1,7})[.):]?(?:\s|$)", re.I)
_PAGE_NUMBER = re.compile(
    r"(?P<mark>[\[({<]|[-–—]\s*|(?:page|p\.|pg\.|seite|página|стр\.)\s*)?(?P<number>\d{1,4})[\])}>]?(?:\s*[-–—])?$",
    re.I,
)


def find_asides(text: str, lines: list[Line], given: Iterable[Aside] = ()) -> list[Aside]:
    """Every part to set aside, in order and without overlaps; what a reader already marked stays."""
    found = [*given, *_licence(text)]
    if contents := _contents(lines, found):
        found.append(contents)
    if not any(aside.kind == "page_number" for aside in found):
        found += _page_numbers(lines)
    return _merged(found)


def _licence(text: str) -> list[Aside]:
    """What Project Gutenberg put before and after a book, in its present and its older forms."""
    reach = max(MIN_EDGE_CHARACTERS, int(len(text) * EDGE_SHARE))
    asides = []
    start = 0
    for match in _LICENCE_START.finditer(text, 0, min(len(text), reach)):
        start = match.end()
    if start:
        asides.append(Aside(kind="licence", start=0, end=_after_credits(text, start)))
    if ending := _LICENCE_END.search(text, max(start, len(text) - reach)):
        asides.append(Aside(kind="licence", start=ending.start(), end=len(text)))
    return asides


def _after_credits(text: str, position: int) -> int:
    """The end of the paragraphs "Produced by …" that follow the start line."""
    limit = position + CREDIT_REACH
    while (credit := _CREDIT.match(text, position)) and credit.end() < limit:
        ending = _PARAGRAPH_END.search(text, credit.end())
        position = ending.start() if ending else len(text)
    return position


def _contents(lines: list[Line], known: Sequence[Aside]) -> Aside | None:
    """The table of contents: a line that says so, then items, until the first of them comes again."""
    titles = frozenset(language_data()["contents_words"])
    for index, line in enumerate(lines):
        if line.text.rstrip(".:").casefold() not in titles or is_within(line.start, known):
            continue
        last = _last_item(lines, index + 1)
        if last is not None:
            return Aside(kind="contents", start=line.start, end=lines[last].end)
    return None


def _last_item(lines: list[Line], first: int) -> int | None:
    later = Counter(_key(line.text) for line in lines[first:] if len(line.text) <= MAX_ITEM_CHARACTERS)
    seen: set[str] = set()
    last, doubtful = None, 0
    for index in range(first, min(len(lines), first + MAX_ITEMS)):
        line, key = lines[index], _key(lines[index].text)
        if key in seen or len(line.text) > MAX_ITEM_CHARACTERS or doubtful > 1:
            break
        if len(seen) >= MIN_ITEMS and EDGE > line.before > 2:
            break
        if _ITEM.match(line.text) or word_level(line.text) or (key and later[key] > 1):
            seen.add(key)
            last, doubtful = index, 0
        else:
            doubtful += 1
    return last if len(seen) >= MIN_ITEMS else None


def _key(text: str) -> str:
    """An item without its leader and page number, so that it equals its heading in the text."""
    return fold(re.sub(r"[.\s…·_]+\d{1,4}$", "", text)) or fold(text)


def _page_numbers(lines: list[Line]) -> list[Aside]:
    """Numbers on their own lines that count pages: marked as such, or one by one at the pace of pages."""
    marked, bare = [], []
    for line in lines:
        match = _PAGE_NUMBER.match(line.text) if len(line.text) < 14 else None
        if match and match["mark"]:
            marked.append((line, int(match["number"])))
        elif match and line.text.isdigit():
            bare.append((line, int(line.text)))
    rows = [row for row in (marked, bare) if len(row) >= MIN_PAGE_NUMBERS and _counts_pages(row)]
    return [Aside(kind="page_number", start=line.start, end=line.end) for row in rows for line, _ in row]


def _counts_pages(rows: list[tuple[Line, int]]) -> bool:
    steps = [after - before for (_, before), (_, after) in pairwise(rows)]
    gaps = [after.start - before.end for (before, _), (after, _) in pairwise(rows)]
    return sum(step == 1 for step in steps) >= 0.8 * len(steps) and median(gaps) < MAX_PAGE_CHARACTERS


def _merged(asides: list[Aside]) -> list[Aside]:
    """In order; one that begins inside another is cut at its end, and dropped when nothing is left."""
    merged: list[Aside] = []
    for aside in sorted(asides, key=lambda item: (item.start, -item.end)):
        start = max(aside.start, merged[-1].end if merged else 0)
        if start < aside.end:
            merged.append(aside if start == aside.start else aside.model_copy(update={"start": start}))
    return merged
