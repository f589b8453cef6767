"""Sections of wiki pages: the heading above a sentence decides where it goes (offline-drafter.md 5)."""

from ..packs import ASPECTS
from .subject import Subject


def section_aspect(subject: Subject, paragraph: int) -> str | None:
    """What the section that holds a paragraph is about; None outside wiki pages, sheets and cards."""
    if not subject.section_aspects:
        subject.section_aspects = _read_sections(subject)
    return subject.section_aspects[paragraph]


def _read_sections(subject: Subject) -> list[str | None]:
    """The aspect of every paragraph, by the headings in order."""
    index, aspects = subject.index, list[str | None]()
    current: str | None = None
    for paragraph in index.paragraphs:
        if paragraph.heading:
            title = index.text[paragraph.start : paragraph.end].strip(" =#*:：\n").lower()
            aspect = subject.pack.labels.get(title)
            current = aspect if aspect in ASPECTS else None
        aspects.append(current if index.shapes[paragraph.source] in ("wiki", "card", "sheet") else None)
    return aspects
