"""Markdown as a reader sees it, letter for letter in its place: marks become spaces, so no offset moves.

Only what stands around words is taken away (CommonMark 0.31: emphasis, links, quotes, headings; GitHub's
tables). A table of two columns reads as lines of `label: value`. Whole sentences between asterisks stay
as they are: in stories and chats these are deeds.
"""

import re
from collections.abc import Callable

from ..domain.source import SourceText
from .wikitext import is_wikitext, without_wikitext

MARKED = re.compile(r"\*\*[^\s*][^*\n]*\*\*|^#{1,6} \S|^\|.*\|[ \t]*$|^> ", re.MULTILINE)
LEAST_MARKS = 3
"""Marks that a plain text must hold to be read as Markdown."""

_FENCE_LINE = re.compile(r"^[ \t]*(?:```|~~~)[^\n]*$", re.MULTILINE)
_HEAD = re.compile(r"^[ \t]{0,3}(?:#{1,6}(?=[ \t])|(?:>[ \t]?)+)", re.MULTILINE)
_IMAGE = re.compile(r"!\[[^\[\]\n]{0,300}\]\([^()\n]{0,2000}\)")
_LINK = re.compile(r"(\[)([^\[\]\n]+)(\]\([^()\n]{0,2000}\))")
_NOTE = re.compile(r"\[\^?\w{1,4}\](?::(?=\s))?")
_TAG = re.compile(
    r"</?(?:br|b|i|u|em|strong|sup|sub|small|center|div|span|p|hr)\b[^>\n]{0,80}>", re.IGNORECASE
)
_STRONG = re.compile(r"(\*{2,3}|_{2,3})(?=\S)([^\n]{0,400}?\S)(\1)")
_EMPHASIS = re.compile(r"(?<![\w*])(\*|_)(?=[^\s*_])([^*_\n]{0,60}?[^\s*_.!?…\"”])(\1)(?![\w*])")
_CODE = re.compile(r"(`+)([^`\n]+)(\1)")
_TABLE = re.compile(r"^[ \t]*\|[^\n]*\|[ \t]*$(?:\n[ \t]*\|[^\n]*\|[ \t]*$)+", re.MULTILINE)
_RULE_ROW = re.compile(r"^[ \t]*\|(?:[ \t]*:?-{2,}:?[ \t]*\|)+[ \t]*$")
_COLUMNS = 2
TABLED = frozenset({"html", "docx", "odt"})
"""Kinds whose tables of two columns come as labels and values with a tab between."""

_CELLS = re.compile(r"^([^\W\d_][^\t\n:.!?]{0,39})\t([^\t\n]+)$", re.MULTILINE)
_EDIT = re.compile(r"\[(?:edit(?: source)?|bearbeiten|modifier|editar|modifica|править)\]", re.IGNORECASE)


def plain_view(source: SourceText) -> str:
    """The text of a source as it is read; as long as the source's own text."""
    text = source.text
    if source.kind in TABLED:
        return _CELLS.sub(r"\1:\2", _EDIT.sub(_blank, text))
    if source.kind not in ("markdown", "text"):
        return text
    if is_wikitext(text):
        text = without_wikitext(text)
    if not _is_marked(source):
        return text
    text = _TABLE.sub(_table, text)
    for pattern in (_FENCE_LINE, _HEAD, _IMAGE, _TAG, _NOTE):
        text = pattern.sub(_blank, text)
    for pattern in (_LINK, _STRONG, _STRONG, _EMPHASIS, _CODE):
        text = pattern.sub(_unwrapped, text)
    return text


def _is_marked(source: SourceText) -> bool:
    if source.kind == "markdown":
        return True
    return sum(1 for _ in zip(MARKED.finditer(source.text), range(LEAST_MARKS), strict=False)) == LEAST_MARKS


def _blank(found: re.Match[str]) -> str:
    return " " * len(found[0])


def _unwrapped(found: re.Match[str]) -> str:
    return " " * len(found[1]) + found[2] + " " * len(found[3])


def _table(found: re.Match[str]) -> str:
    """The rows of a table, without its head when it has two columns: those are labels and values."""
    rows = found[0].split("\n")
    ruled = next((place for place, row in enumerate(rows) if _RULE_ROW.match(row)), -1)
    is_pairs = all(row.strip().strip("|").count("|") == _COLUMNS - 1 for row in rows)
    line: Callable[[str], str] = _pair if is_pairs else _cells
    return "\n".join(
        " " * len(row) if place == ruled or (is_pairs and place < ruled) else line(row)
        for place, row in enumerate(rows)
    )


def _pair(row: str) -> str:
    """`| Age | 41 |` as `Age: 41`, the colon right behind the label."""
    first = row.index("|")
    middle = row.index("|", first + 1)
    label = row[first + 1 : middle].rstrip()
    gap = middle - first - 1 - len(label)
    value = row[middle + 1 :].rstrip()[:-1]
    head = " " * (first + 1) + label + ":" + " " * gap if label.strip() else " " * (middle + 1)
    return head + value + " " * (len(row) - len(head) - len(value))


def _cells(row: str) -> str:
    return row.replace("|", " ")
