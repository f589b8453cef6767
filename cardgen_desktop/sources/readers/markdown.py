"""Markdown: like plain text the decoded file unchanged; its markup tells headings, title and front matter."""

import re

from ...domain.source import Aside, Heading
from ..encoding import decode
from ..limits import MAX_HEADINGS
from ..reader import Extract, Reader, Sample

MAX_TITLE_CHARACTERS = 300

_FRONT_MATTER = re.compile(r"---[ \t]*\r?\n(?P<fields>.*?)^(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)", re.S | re.M)
_FIELD = re.compile(r"^(title|lang|language):[ \t]*[\"']?(.*?)[\"']?[ \t]*\r?$", re.M | re.I)
_HASHES = re.compile(r"^ {0,3}(?P<hashes>#{1,6})[ \t]+(?P<title>[^\r\n]*?)[ \t]*#*[ \t]*\r?$", re.M)
_UNDERLINED = re.compile(r"^ {0,3}(?P<title>[^\s>#*+-][^\r\n]*)\r?\n {0,3}(?P<rule>=+|-{3,})[ \t]*\r?$", re.M)
_FENCE = re.compile(r"^ {0,3}(```|~~~).*?(?:^ {0,3}\1|\Z)", re.S | re.M)
_COMMENT = re.compile(r"<!--(?:(?!<!--|-->).)*+-->", re.S)
_MARKS = re.compile(r"\*\*|__|[*_`]|!?\[(?P<text>[^\]]*)\]\([^)]*\)")


def read_markdown(data: bytes, name: str) -> Extract:
    """Decode the file and find its headings (`#` and underlined), front matter and comments."""
    decoded = decode(data, name)
    extract = Extract(decoded.text, encoding=decoded.encoding, warnings=list(decoded.warnings))
    front = _FRONT_MATTER.match(extract.text)
    if front:
        fields = {key.lower(): value for key, value in _FIELD.findall(front["fields"])}
        extract.title = fields.get("title", "")
        extract.language = fields.get("lang") or fields.get("language") or ""
        extract.asides.append(Aside(kind="front_matter", start=0, end=front.end()))
    extract.asides += [
        Aside(kind="comment", start=found.start(), end=found.end())
        for found in _COMMENT.finditer(extract.text)
    ]
    extract.headings = _headings(extract.text, front.end() if front else 0)
    return extract


def _headings(text: str, start: int) -> list[Heading]:
    fences = (
        [match.span() for match in _FENCE.finditer(text, start)] if "```" in text or "~~~" in text else []
    )
    found = [
        Heading(title=title, level=_level(match), start=match.start("title"), end=match.end("title"))
        for pattern in (_HASHES, _UNDERLINED)
        for match in pattern.finditer(text, start)
        if (title := _plain(match["title"])) and _stands_alone(text, match, fences)
    ]
    outermost = min((heading.level for heading in found), default=1)
    ordered = sorted(found, key=lambda heading: heading.start)[:MAX_HEADINGS]
    return [heading.model_copy(update={"level": heading.level - outermost + 1}) for heading in ordered]


def _stands_alone(text: str, match: re.Match[str], fences: list[tuple[int, int]]) -> bool:
    """Not inside a code block; the underlined last line of a paragraph is no heading either."""
    if any(start <= match.start() < end for start, end in fences):
        return False
    above = text[max(0, match.start() - 4) : match.start()].replace("\r", "")
    return match.re is _HASHES or not above or above.endswith("\n\n")


def _level(match: re.Match[str]) -> int:
    groups = match.groupdict()
    return len(groups["hashes"]) if "hashes" in groups else 1 + (groups["rule"][0] == "-")


def _plain(title: str) -> str:
    """A heading without emphasis and link targets."""
    return _MARKS.sub(lambda match: match["text"] or "", title).strip()[:MAX_TITLE_CHARACTERS]


def _sniff(sample: Sample) -> float:
    return 0.0


READER = Reader(
    kind="markdown",
    what="Markdown",
    suffixes=(".md", ".markdown", ".mdown", ".mkd"),
    sniff=_sniff,
    read=read_markdown,
    textual=True,
)
