"""What a source is called: by its own word, else by its first line, else by its file name."""

import re
from collections.abc import Sequence

from ..domain.source import Heading
from .headings import looks_like_title
from .language import language_data
from .lines import Line

MAX_TITLE_CHARACTERS = 200
HEAD_CHARACTERS = 4_000
HEAD_LINES = 3

_GUTENBERG = re.compile(r"^Title:[ \t]*(\S[^\r\n]*)", re.M)
_ORNAMENTS = "~*=_#<>|^•·✦✧★☆♥♡ -–—"
_WRAPPING = (
    re.compile(r"^The Project Gutenberg e?book of (?:the )?", re.I),
    re.compile(r"\s*[|—-]\s*Project Gutenberg$", re.I),
    re.compile(r"^Microsoft Word - ", re.I),
    re.compile(r"\s+[|–—-]\s+[^|]*\b(?:wiki\w*|fandom)\b.*$", re.I),
    re.compile(r"\.(?:docx?|odt|txt|md|html?|rtf|pdf|epub|indd|tex)$", re.I),
)
_AUTHOR = re.compile(r",? by [A-Z][\w. '’-]{2,60}$")
_NO_TITLE = frozenset(
    {"", "untitled", "unknown", "document", "title", "none", "no title", "ohne titel", "sans titre"}
)
_SMALL_WORDS = re.compile(
    r"(?:an?|the|and|as|at|but|by|for|from|in|into|nor|of|on|or|to|with"
    r"|de[rs]?|die|das|du|au|l[ae]s?|und|et|y)$"
)
_ROMAN = re.compile(r"[ivxlc]+\W*$")


def choose_title(given: str, text: str, headings: Sequence[Heading], lines: Sequence[Line], stem: str) -> str:
    """The best title, never empty: a Project Gutenberg header, the file's own, the first line, the name."""
    if found := _GUTENBERG.search(text[:HEAD_CHARACTERS]):
        return _clean(found[1])
    return _clean(given) or _first_line(headings, lines) or readable_name(stem)


def readable_name(stem: str) -> str:
    """A file name without its suffix, as a title: `treasure_island.en` gives "Treasure Island"."""
    base, _, code = stem.rpartition(".")
    stem = base if base and code in language_data()["languages"] else stem
    words = re.sub(r"[_\s]+|(?<=\w)-(?=\w)|\.(?=\w)", " ", stem).split()
    name = " ".join(word[0].upper() + word[1:] for word in words) if stem.islower() else " ".join(words)
    return name[:MAX_TITLE_CHARACTERS] or stem or "Untitled"


def _clean(title: str) -> str:
    title = " ".join(title.split()).strip(_ORNAMENTS)
    for pattern in _WRAPPING:
        title = pattern.sub("", title)
    title = _AUTHOR.sub("", title).strip()[:MAX_TITLE_CHARACTERS]
    return "" if title.casefold() in _NO_TITLE else _in_title_case(title)


def _in_title_case(title: str) -> str:
    """A title in capitals throughout, as title pages print it, as a list shows it."""
    if not title.isupper() or len(title) < 5:
        return title
    words = title.lower().split()
    kept = [word.upper() if _ROMAN.match(word) and at else word for at, word in enumerate(words)]
    return " ".join(
        word if at and _SMALL_WORDS.match(word) else word[0].upper() + word[1:]
        for at, word in enumerate(kept)
    )


def _first_line(headings: Sequence[Heading], lines: Sequence[Line]) -> str:
    """The one outermost heading at the top, or a first line that stands like a title."""
    if not lines:
        return ""
    top = [heading for heading in headings if heading.level == 1]
    if len(top) == 1 and len(headings) > 1 and top[0].start <= lines[min(HEAD_LINES, len(lines)) - 1].start:
        return _clean(top[0].title)
    first = lines[0]
    if any(heading.start <= first.start < heading.end for heading in headings) or not first.after:
        return ""
    return _clean(first.text) if looks_like_title(first.text) else ""
