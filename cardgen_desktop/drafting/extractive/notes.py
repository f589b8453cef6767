"""Name, tags and creator notes: what a library shows of a card."""

from collections import Counter
from collections.abc import Mapping

from ...domain.draft import StepOutput
from ...domain.source import Span
from ..composition import Composition
from ..verify import fold
from .scenario import title_of
from .subject import WORD, Subject

MOST_KINDS = 3
LEAST_KIND = 2
LISTED = 0.5


def write_name(subject: Subject) -> Composition:
    """The name, as it stands first in the source."""
    page = Composition()
    for mention in subject.mentions:
        if fold(subject.index.text[mention.start : mention.end]) == subject.name:
            page.quote(subject.name, subject.place(mention.start, mention.end))
            return page
    page.connect(subject.name)
    return page


def write_tags(subject: Subject) -> list[Composition]:
    """Words for what the character is, whether it narrates, and the source's title."""
    pages = []
    for kind, spans in kinds_of(subject):
        page = Composition()
        page.count(kind, spans)
        pages.append(page)
    for text in [subject.pack.say("narrator_tag")] * subject.narrates + [title_of(subject)]:
        if text:
            page = Composition()
            page.connect(text)
            pages.append(page)
    return pages


def kinds_of(subject: Subject) -> list[tuple[str, list[Span]]]:
    """Words such as detective or governess that stand at the name, the most frequent first."""
    spans: dict[str, list[Span]] = {}
    for mention in subject.mentions:
        for word, start, end in _beside(subject, mention.start, mention.end):
            if word in subject.pack.kinds:
                spans.setdefault(word, []).append(subject.place(start, end))
    counts = Counter({word: len(found) for word, found in spans.items() if len(found) >= LEAST_KIND})
    ranked = sorted(counts, key=lambda word: (-counts[word], word))
    return [(word, spans[word]) for word in ranked[:MOST_KINDS]]


def _beside(subject: Subject, start: int, end: int) -> list[tuple[str, int, int]]:
    """The words in and right before a mention, and those of a phrase such as `, the lawyer,` after it."""
    text = subject.index.text
    inside = [
        (found[0].lower(), found.start(), found.end())
        for found in WORD.finditer(text, max(0, start - 16), end)
    ]
    inside = [item for item in inside if item[1] >= start or not text[item[2] : start].strip()]
    after = text[end : end + 60].split(".")[0]
    following = list(WORD.finditer(text, end, end + len(after)))[:5]
    words = [found[0].lower() for found in following]
    articles = subject.index.pack.determiners
    linked = after.lstrip().startswith(",") and words[:1] and words[0] in articles
    linked = (
        linked
        or (words[:1] and words[0] in articles)
        or (len(words) > 1 and words[0] in subject.pack.copulas and words[1] in articles)
    )
    return inside + [(found[0].lower(), found.start(), found.end()) for found in following if linked]


def write_creator_notes(subject: Subject, done: Mapping[str, StepOutput]) -> Composition:
    """Which source it is drawn from, how, and what was counted."""
    page, pack, index = Composition(), subject.pack, subject.index
    page.connect(pack.say("notes_source", title=title_of(subject)) + "\n" + pack.say("notes_method") + "\n")
    lines = subject.lines(LISTED)
    spans = [subject.place(mention.start, mention.end) for mention in subject.mentions]
    segments = [index.segments[number] for unit in lines for number in unit.segments]
    spans += [subject.place(segment.start, segment.end) for segment in segments]
    counted = pack.say("notes_counts", mentions=len(subject.mentions), quotes=len(segments))
    page.count(counted.replace("{{char}}", subject.name), spans)
    if subject.narrates:
        page.connect("\n" + pack.say("notes_narrator").replace("{{char}}", subject.name))
    page.connect("\n" + pack.say("notes_passages", count=_passages(done)))
    if pack.say("notes_language"):
        page.connect("\n" + pack.say("notes_language"))
    return page


def _passages(done: Mapping[str, StepOutput]) -> int:
    return sum(
        record.kind == "verbatim"
        for output in done.values()
        for records in output.evidence.values()
        for record in records
    )
