"""What a source is called on a card."""

import re
from string import capwords

from .subject import Subject

_NUMBER = re.compile(r"^\d+[\s_.-]+(?=\D)")


def world_of(subject: Subject) -> str:
    """The title as that of a story in which the character stands; a chat or a page about them is none."""
    first = subject.mentions[0].start if subject.mentions else 0
    kind = subject.index.sources[subject.index.manuscript.source_at(first)].kind
    return "" if kind in ("chat", "card") or subject.owns_page_at(first) else title_of(subject)


def title_of(subject: Subject) -> str:
    """The title of the source that names the character first, without the number of a file's name."""
    mentions = subject.mentions
    source = subject.place(mentions[0].start, mentions[0].end).source if mentions else 0
    title = _NUMBER.sub("", subject.index.sources[source].title)
    return capwords(title) if title.isupper() else title
