"""Wikitext as a reader of the wiki sees it, letter for letter in its place: marks become spaces.

As MediaWiki writes it (Help:Formatting, Help:Links, Help:Templates). The rows of an infobox read as lines of
`label: value`; other templates, references, files and categories are taken away. Headings stay: their signs
tell what they are.
"""

import re

MARKED = re.compile(r"\[\[[^\[\]\n]+\]\]|'''[^'\n]+'''|^==+[^=\n]+==+[ \t]*$", re.MULTILINE)
LEAST_MARKS = 3

_COMMENT = re.compile(r"<!--(?:(?!<!--|-->).)*+-->", re.DOTALL)
_REFERENCE = re.compile(r"<ref\b[^<>]{0,200}/>|<ref\b[^<>]{0,200}>[^<]{0,2000}</ref>", re.IGNORECASE)
_BOX = re.compile(r"^\{\{[^\n{}|]*\n(?P<rows>(?:[ \t]*\|[^\n]*\n)+)[ \t]*\}\}[ \t]*$", re.MULTILINE)
_ROW = re.compile(r"^([ \t]*)\|([ \t]*)([^\W\d_][^\n=|]{0,39}?)([ \t]*)=([ \t]*)(\S[^\n]*)$")
_UNSEEN = re.compile(r"image|file|caption|width|size|colou?r_?scheme|theme|template", re.IGNORECASE)
_TEMPLATE = re.compile(r"\{\{(?!char\}|user\})[^{}]{0,4000}\}\}")
_FILE = re.compile(
    r"\[\[(?:File|Image|Category|Datei|Fichier|Archivo|Kategorie):[^\[\]\n]*\]\]", re.IGNORECASE
)
_LINK = re.compile(r"(\[\[(?:[^\[\]\n|]*\|)?)([^\[\]\n|]+)(\]\])")
_QUOTES = re.compile("'{2,5}")
_ROUNDS = 3
"""Templates stand inside templates."""


def is_wikitext(text: str) -> bool:
    """Whether a text has several marks of a wiki."""
    return sum(1 for _ in zip(MARKED.finditer(text), range(LEAST_MARKS), strict=False)) == LEAST_MARKS


def without_wikitext(text: str) -> str:
    """The text without its marks, as long as before."""
    for pattern in (_COMMENT, _REFERENCE, _FILE):
        text = pattern.sub(_blank, text)
    text = _BOX.sub(_box, text)
    for _ in range(_ROUNDS):
        text = _TEMPLATE.sub(_blank, text)
    text = _LINK.sub(lambda found: _spaces(found[1]) + found[2] + _spaces(found[3]), text)
    return _QUOTES.sub(_blank, text)


def _blank(found: re.Match[str]) -> str:
    return _spaces(found[0])


def _spaces(text: str) -> str:
    """As many spaces as letters; lines stay lines."""
    return re.sub(r"[^\n]", " ", text)


def _box(found: re.Match[str]) -> str:
    start, end = found.start("rows") - found.start(), found.end("rows") - found.start()
    whole = found[0]
    rows = "\n".join(_row(line) for line in whole[start:end].split("\n"))
    return _spaces(whole[:start]) + rows + _spaces(whole[end:])


def _row(line: str) -> str:
    """`| age = 19` as `age: 19`, the colon right behind the label; rows with nothing to read are blank."""
    found = _ROW.match(line)
    if found is None or _UNSEEN.search(found[3]):
        return _spaces(line)
    gap = found[4] + "="
    return f"{found[1]} {found[2]}{found[3]}:{_spaces(gap)[1:]}{found[5]}{found[6]}"
