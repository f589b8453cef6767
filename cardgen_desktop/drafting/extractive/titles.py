"""What a source is called on a card."""

import re
from string import capwords

from .subject import Subject

_NUMBER = re.compile(r"^\d+[\s_.-]+(?=\D)")


def title_of(subject: Subject) -> str:
    """The title of the source that names the character first, without the number of a file's name."""
    mentions = subject.mentions
    source = subject.place(mentions[0].start, mentions[0].end).source if mentions else 0
    title = _NUMBER.sub("", subject.index.sources[source].title)
    return capwords(title) if title.isupper() else title
