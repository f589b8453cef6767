"""From what a reader found to a `SourceText`: title, language, headings, set-aside parts, warnings."""

import hashlib
from pathlib import PurePath

from ..domain.source import SourceKind, SourceText
from . import limits
from .asides import find_asides
from .headings import find_headings
from .language import count_words, detect_language, language_code
from .lines import is_within, split_lines
from .reader import Extract
from .titles import choose_title

SPOKEN_KINDS = frozenset({"subtitles", "chat"})
"""Kinds of which every line is said: one in capitals is no heading, and a number is no page's."""


def complete(extract: Extract, kind: SourceKind, data: bytes, name: str, path: str) -> SourceText:
    """Add what can be told from the text alone; readers' own findings win."""
    text = extract.text
    words = count_words(text)
    if not words:
        extract.warn("no_text", f'"{name}" has no text. There is nothing to draft from in it.')
    lines = split_lines(text)
    spoken = kind in SPOKEN_KINDS
    asides = list(extract.asides) if spoken else find_asides(text, lines, extract.asides)
    found = [] if spoken else extract.headings or find_headings(lines, asides) or extract.likely_headings
    headings = [heading for heading in found if not is_within(heading.start, asides)]
    return SourceText(
        path=path,
        name=name,
        kind=kind,
        title=choose_title(extract.title, text, headings, lines, PurePath(name).stem),
        language=detect_language(text) or language_code(extract.language),
        encoding=extract.encoding,
        sha256=hashlib.sha256(data).hexdigest(),
        size=len(data),
        words=words,
        text=text,
        headings=tuple(headings[: limits.MAX_HEADINGS]),
        asides=tuple(asides),
        warnings=tuple(extract.warnings),
    )
