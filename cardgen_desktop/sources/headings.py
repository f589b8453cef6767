"""Chapter headings of a text without markup, by what they say and how they stand; word lists are data."""

import re
from collections.abc import Sequence
from functools import cache

from ..domain.source import Aside, Heading
from .language import language_data
from .lines import Line, is_within

MAX_HEADING_CHARACTERS = 80
MAX_SUBTITLE_WORDS = 12
MIN_NUMBERED = 2
MIN_CAPITALS = 2
ROMAN = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}
NUMBERED_LEVEL, OUTER_LEVEL = 2, 1

_NUMBERED = re.compile(r"(?P<number>[IVXLC]{1,8}|\d{1,3})(?P<mark>[.):]?)(?P<title>\s.*)?$")
_HASHES = re.compile(r"(?P<hashes>#{1,6})\s+(?P<title>.*?)\s*#*$")
_EAST_ASIAN = re.compile(
    r"第\s*[0-9０-９一二三四五六七八九十百千零〇]+\s*[章回話话節节部巻卷幕]|제\s*\d+\s*[장부화]"
)


def find_headings(lines: list[Line], set_aside: Sequence[Aside] = ()) -> list[Heading]:
    """Chapter and part headings outside the parts that are set aside, in order, outermost level 1."""
    candidates = [
        (index, line)
        for index, line in enumerate(lines)
        if line.before and line.end - line.start <= MAX_HEADING_CHARACTERS
        if not is_within(line.start, set_aside)
    ]
    found = _hashed(candidates)
    if len(found) < MIN_NUMBERED:
        found = _worded(lines, candidates) | _counted(lines, candidates)
    if len(found) < MIN_NUMBERED:
        found |= _capitals(candidates)
    return _levelled([found[start] for start in sorted(found)])


def _hashed(candidates: list[tuple[int, Line]]) -> dict[int, Heading]:
    """Markdown headings in a file that is not called Markdown."""
    found = {}
    for _, line in candidates:
        if match := _HASHES.match(line.text):
            title, level = match["title"], len(match["hashes"])
            found[line.start] = Heading(title=title, level=level, start=line.start, end=line.end)
    return found


@cache
def _word_patterns() -> tuple[re.Pattern[str], re.Pattern[str], frozenset[str], frozenset[str]]:
    """(chapter word + number, number + chapter word, sections without a number, words of the outer level)."""
    data = language_data()
    words = "|".join(map(re.escape, data["chapter_words"]))
    numbers = "|".join(map(re.escape, data["number_words"]))
    number = rf"(?:[ivxlc]+|\d+|(?:{numbers})(?:[ -](?:{numbers}))?)"
    ahead = re.compile(rf"(?P<word>{words})\s+(?:the\s+)?{number}\b(?P<rest>.*)$", re.I)
    behind = re.compile(rf"(?:the\s+)?{number}\.?\s+(?P<word>{words})\b(?P<rest>.*)$", re.I)
    return ahead, behind, frozenset(data["section_words"]), frozenset(data["outer_words"])


def _worded(lines: list[Line], candidates: list[tuple[int, Line]]) -> dict[int, Heading]:
    """`CHAPTER I`, `Part Two: The Sea-cook`, `Erstes Kapitel`, `Prologue`, `第一章`."""
    found = {}
    for index, line in candidates:
        level = word_level(line.text)
        if level and (line.after or _is_subtitle_below(lines, index)):
            found[line.start] = _with_subtitle(lines, index, level)
    return found


def word_level(text: str) -> int:
    """The level of a heading that names itself ("Chapter 3", "Prologue"), 0 for any other line."""
    ahead, behind, sections, outer = _word_patterns()
    if text.rstrip(".:").casefold() in sections or _EAST_ASIAN.match(text):
        return NUMBERED_LEVEL
    match = ahead.match(text) or behind.match(text)
    # "Part two of the plan" is a sentence, "Part Two. Of the plan" and "PART TWO OF THE PLAN" are headings.
    if not match or re.match(r"\s+[a-zà-ÿа-я]|[,;'’]|.*[\"”»,;]$", match["rest"]):
        return 0
    return OUTER_LEVEL if match["word"].casefold() in outer else NUMBERED_LEVEL


def _counted(lines: list[Line], candidates: list[tuple[int, Line]]) -> dict[int, Heading]:
    """Numbers that count up from one, alone on their lines or before a title."""
    found: dict[int, Heading] = {}
    expected = 1
    for index, line in candidates:
        value = _number(line) if line.after else 0
        if value and (value == expected or (value == 1 and found)):
            found[line.start] = _with_subtitle(lines, index, NUMBERED_LEVEL)
            expected = value + 1
    return found if len(found) >= MIN_NUMBERED else {}


def _number(line: Line) -> int:
    match = _NUMBERED.match(line.text)
    if not match:
        return 0
    title = (match["title"] or "").strip()
    if title and not (match["mark"] and looks_like_title(title)):
        return 0
    number = match["number"]
    return int(number) if number.isdigit() else roman_value(number)


def roman_value(numeral: str) -> int:
    """The value of a Roman numeral up to 399; any order of letters is accepted."""
    values = [ROMAN[letter] for letter in numeral.lower()]
    return sum(-value if value < max(values[index:]) else value for index, value in enumerate(values))


def looks_like_title(text: str) -> bool:
    """Short, in capitals or with its long words capitalised, and not the end of a sentence or a speech."""
    words = text.split()
    if not words or len(words) > MAX_SUBTITLE_WORDS or len(text) > MAX_HEADING_CHARACTERS:
        return False
    if text.isupper():
        return len(text) > 1
    if text[-1] in ".,;:!\"”’»'" or text[0] in "\"“‘«„'-–—" or not text[0].isupper():
        return False
    long_words = [word for word in words if len(word) > 3]
    return sum(word[0].isupper() for word in long_words) >= 0.6 * len(long_words)


def _is_subtitle_below(lines: list[Line], index: int) -> bool:
    below = lines[index + 1] if index + 1 < len(lines) else None
    return below is not None and below.after > 0 and looks_like_title(below.text)


def _with_subtitle(lines: list[Line], index: int, level: int) -> Heading:
    """The heading with the title on the next line, when the heading is a bare number or `CHAPTER I`."""
    line = lines[index]
    words = line.text.split()
    if len(words) <= 3 and line.after <= 2 and _is_subtitle_below(lines, index):
        below = lines[index + 1]
        if not (word_level(below.text) or _number(below)):
            joint = " " if line.text[-1] in ".:" else ": "
            return Heading(title=line.text + joint + below.text, level=level, start=line.start, end=below.end)
    return Heading(title=" ".join(words), level=level, start=line.start, end=line.end)


def _capitals(candidates: list[tuple[int, Line]]) -> dict[int, Heading]:
    """Lines in capitals with space around them: all that is left where nothing is numbered."""
    found = {
        line.start: Heading(title=line.text, level=NUMBERED_LEVEL, start=line.start, end=line.end)
        for _, line in candidates
        if line.before > 1 and line.after and line.text.isupper() and sum(map(str.isalpha, line.text)) > 3
    }
    return found if len(found) >= MIN_CAPITALS else {}


def _levelled(headings: list[Heading]) -> list[Heading]:
    """The same headings with the outermost level made 1."""
    outermost = min((heading.level for heading in headings), default=1)
    if outermost == 1:
        return headings
    return [heading.model_copy(update={"level": heading.level - outermost + 1}) for heading in headings]
