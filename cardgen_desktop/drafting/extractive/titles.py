"""What a source is called on a card."""

import re
from collections import Counter
from collections.abc import Sequence
from string import capwords

from ...domain.source import Span
from .subject import Subject

_NUMBER = re.compile(r"^\d+[\s_.-]+(?=\D)")


def world_of(subject: Subject) -> str:
    """The title of the story that names the character most; a chat or a page about them is none."""
    return "".join(_shown(subject, span.source) for span in first_in_world(subject))


def first_in_world(subject: Subject) -> list[Span]:
    """Where the story that names the character most names it first; empty without a story."""
    told = [
        subject.place(mention.start, mention.end)
        for mention in subject.mentions
        if not subject.owns_page_at(mention.start)
    ]
    told = [span for span in told if subject.index.sources[span.source].kind not in ("chat", "card")]
    return [next(span for span in told if span.source == _most(told))] if told else []


def title_of(subject: Subject) -> str:
    """The title of the source that names the character most, without the number of a file's name."""
    named = [subject.place(mention.start, mention.end) for mention in subject.mentions]
    return _shown(subject, _most(named) if named else 0)


def _most(spans: Sequence[Span]) -> int:
    """The source in which most of the places are, of several the first."""
    counts = Counter(span.source for span in spans)
    return min(counts, key=lambda source: (-counts[source], source))


def _shown(subject: Subject, source: int) -> str:
    title = _NUMBER.sub("", subject.index.sources[source].title)
    return capwords(title) if title.isupper() else title
