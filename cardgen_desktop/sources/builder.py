"""Canonical text from a document's blocks: blank lines between paragraphs, headings on their own lines."""

import re

from ..domain.errors import SourceError
from ..domain.source import Aside, Heading
from . import limits
from .reader import Extract

HEADING_LEVELS = 3
MAX_TITLE_CHARACTERS = 300
INVISIBLE = re.compile("[\u00ad\u200b\ufeff\u2060\0]")
"""Soft hyphens, zero-width spaces and marks: they would break names and words apart."""

_SPACES = re.compile(r"[ \t\r\n\f\v]+")
_LINE_SPACES = re.compile(r"[ \r\f\v]*\n[ \r\f\v]*")
_INNER_SPACES = re.compile(r"[ \r\f\v]+")


class TextBuilder:
    """Collects inline pieces into lines and paragraphs, and knows where each will stand in the text."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._inline: list[str] = []
        self._deferred: list[tuple[str, str]] = []
        self._blocks: list[str] = []
        self._length = 0
        self._separator = ""
        self.headings: list[Heading] = []
        self.asides: list[Aside] = []

    @property
    def position(self) -> int:
        """Where the next block will begin."""
        return self._length + len(self._separator)

    def add(self, text: str) -> None:
        """Inline text; runs of white space, newlines too, are one space, as browsers show them."""
        if text:
            self._inline.append(_SPACES.sub(" ", text))

    def add_exactly(self, text: str) -> None:
        """Preformatted inline text; its newlines and spaces stay."""
        if text:
            self._inline.append(text.replace("\r\n", "\n").replace(" ", "\x01"))

    def add_lines(self, text: str) -> None:
        """Inline text whose newlines and tabs stay, and whose spaces are folded."""
        if text:
            self._inline.append(text)

    def remove_hyphen(self) -> None:
        """Take the hyphen off the end of what was added last: the word goes on in the next line."""
        if self._inline:
            self._inline[-1] = self._inline[-1].removesuffix("-")

    def newline(self) -> None:
        """A line break inside a paragraph."""
        self._inline.append("\n")

    def cell(self) -> None:
        """The border between two table cells of a row."""
        self._inline.append("\t")

    def end_line(self) -> None:
        """The end of a row or a list item: the next block begins on the next line."""
        self._flush("\n")

    def end_paragraph(self) -> None:
        """The end of a paragraph: a blank line follows."""
        self._flush("\n\n")
        deferred, self._deferred = self._deferred, []
        for text, kind in deferred:
            self.add(text)
            self.end_aside(kind)

    def end_heading(self, level: int) -> None:
        """What was added since the last block is a heading of this level, on its own line."""
        begin = self.position
        self._flush("\n\n")
        title = " ".join(self._blocks[-1].split()) if self._length > begin else ""
        if title and len(title) <= MAX_TITLE_CHARACTERS and len(self.headings) < limits.MAX_HEADINGS:
            self.headings.append(Heading(title=title, level=level, start=begin, end=self._length))

    def end_block(self, level: int | None) -> None:
        """What was added is a heading where its outline level, from 0, is high enough, else a paragraph."""
        if level is not None and level <= HEADING_LEVELS:
            self.end_heading(max(1, level))
        else:
            self.end_paragraph()

    def end_aside(self, kind: str) -> None:
        """What was added since the last block is set aside."""
        begin = self.position
        self._flush("\n\n")
        if self._length > begin:
            self.asides.append(Aside(kind=kind, start=begin, end=self._length))

    def defer_aside(self, text: str, kind: str) -> None:
        """Something inside a sentence that is not of it, such as a page number: it follows the paragraph."""
        if text.strip():
            self._deferred.append((text, kind))

    def extract(self) -> Extract:
        """The finished text with headings (outermost level 1) and asides."""
        self.end_paragraph()
        outermost = min((heading.level for heading in self.headings), default=1)
        headings = [h.model_copy(update={"level": h.level - outermost + 1}) for h in self.headings]
        return Extract("".join(self._blocks), headings=headings, asides=self.asides)

    def _flush(self, separator: str) -> None:
        block = _tidy("".join(self._inline))
        self._inline.clear()
        if not block:
            self._separator = max(self._separator, separator, key=len) if self._length else ""
            return
        self._blocks += (self._separator, block)
        self._length += len(self._separator) + len(block)
        self._separator = separator
        if self._length > limits.MAX_TEXT_CHARACTERS:
            raise too_long(self._name, self._length)


def _tidy(inline: str) -> str:
    """One block: single spaces, no space around newlines, at most one blank line, no invisible characters."""
    block = _INNER_SPACES.sub(" ", INVISIBLE.sub("", inline))
    block = _LINE_SPACES.sub("\n", block).strip(" \t\n")
    return re.sub("\n{3,}", "\n\n", block).replace("\x01", " ").strip("\n")


def too_long(name: str, characters: int) -> SourceError:
    """The refusal of a text over the limit."""
    limit = limits.MAX_TEXT_CHARACTERS // 1_000_000
    return SourceError(
        f'"{name}" has {characters / 1_000_000:.1f} million characters or more; '
        f"a source may have {limit} million. "
        "Split it into parts and use those together."
    )
