"""The rows of the source list: what is on the desk, what is still being read, what could not be read."""

from dataclasses import dataclass
from pathlib import PurePath
from typing import Literal

from ...domain.source import SourceSummary
from ..wording import counted, reason_of

RowState = Literal["ready", "warning", "reading", "failed"]

ROW_LETTERS = 36
"""About so many letters of a reason fit a row."""
_ICONS = {
    "epub": "book", "fictionbook": "book", "html": "web", "subtitles": "chat", "chat": "chat",
    "card": "card",
}  # fmt: skip
_CHAPTERED = ("epub", "text", "pdf", "fictionbook")
_KINDS = {
    "text": "Text",
    "markdown": "Markdown",
    "html": "Web page",
    "epub": "EPUB",
    "docx": "Word",
    "pdf": "PDF",
    "odt": "ODT",
    "rtf": "RTF",
    "fictionbook": "FB2",
    "subtitles": "Subtitles",
    "chat": "Chat",
    "card": "Card",
}
_SUFFIX_ICONS = {
    ".epub": "book",
    ".html": "web",
    ".htm": "web",
    ".xhtml": "web",
    ".fb2": "book",
    **dict.fromkeys((".srt", ".vtt", ".ass", ".ssa"), "chat"),
    ".jsonl": "chat",
    ".png": "card",
    ".json": "card",
}


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One row. `key` is stable; `sentence` is the whole explanation where `line` is its short form."""

    key: str
    name: str
    icon: str
    line: str
    state: RowState
    sentence: str = ""
    source: SourceSummary | None = None


def source_key(source_id: int) -> str:
    """The key of a source's row."""
    return f"source:{source_id}"


def file_key(path: str) -> str:
    """The key of a file that is no source, or not yet."""
    return f"file:{path}"


def row_of_source(source: SourceSummary) -> SourceRow:
    """A source that was read; with the first warning in the place of its facts."""
    sentence = " ".join(warning.message for warning in source.warnings)
    line = brief_reason(source.warnings[0].message) if source.warnings else facts_of(source)
    return SourceRow(
        key=source_key(source.id),
        name=source.title or source.name,
        icon=_ICONS.get(source.kind, "note"),
        line=line,
        state="warning" if source.warnings else "ready",
        sentence=sentence,
        source=source,
    )


def row_of_reading(path: str, phase: str = "") -> SourceRow:
    """A file that was added and is being read."""
    name = PurePath(path).name
    return SourceRow(file_key(path), name, _icon_of(path), phase or "Waits to be read", "reading")


def row_of_failure(path: str, sentence: str) -> SourceRow:
    """A file that could not be read; it stays until the person dismisses it."""
    name = PurePath(path).name
    return SourceRow(file_key(path), name, _icon_of(path), reason_of(sentence), "failed", sentence)


def brief_reason(sentence: str) -> str:
    """What is wrong, as a row has room for it; what is guessed beyond that is left to the tooltip."""
    reason = reason_of(sentence)
    head, _, _ = reason.partition(", ")
    return head if len(reason) > ROW_LETTERS else reason


def facts_of(source: SourceSummary) -> str:
    """Kind, chapters and words: "EPUB · 61 chapters · 122,204 words"."""
    parts = [_KINDS.get(source.kind, source.kind)]
    chapters = len(source.headings)
    if chapters > 1:
        parts.append(counted(chapters, "chapter" if source.kind in _CHAPTERED else "section"))
    parts.append(counted(source.words, "word"))
    return " · ".join(parts)


def _icon_of(path: str) -> str:
    return _SUFFIX_ICONS.get(PurePath(path).suffix.casefold(), "note")
