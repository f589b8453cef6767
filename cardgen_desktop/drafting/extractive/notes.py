"""Name, tags and creator notes: what a library shows of a card."""

import re
from collections.abc import Iterator, Mapping

from ...domain.draft import StepOutput
from ...domain.source import Span
from ...reading.model import Mention
from ..composition import Composition
from ..verify import fold
from .stretches import WORD
from .subject import Subject
from .titles import title_of, world_of

MOST_KINDS = 3
FIRST_MENTIONS = 10
PHRASE, PHRASE_LETTERS = 5, 60
_CLOSED = re.compile(r"[.;:!?—]|,(?!\s+(?:and|und|et|y|e|и)\s)")
_PHRASE = re.compile(r",?\s+[^,.;:!?—]+")
LISTED = 0.5
Word = tuple[str, int, int]


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
    """Words for what the character is, its sex, whether it narrates, the source's title and language."""
    pages = []
    counted = kinds_of(subject)
    sex = {"m": "male", "f": "female"}.get(subject.character.gender)
    if sex and subject.mentions:
        counted.append((subject.pack.say(sex), subject.first_mention()))
    for kind, spans in counted:
        page = Composition()
        page.count(kind, spans)
        pages.append(page)
    language = subject.pack.say("language_tag") if subject.pack.code == subject.index.language else ""
    for text in [*[subject.pack.say("narrator_tag")] * subject.narrates, world_of(subject), language]:
        if text:
            page = Composition()
            page.connect(text)
            pages.append(page)
    return pages


def kinds_of(subject: Subject) -> list[tuple[str, list[Span]]]:
    """Words such as detective or governess that stand at the name, the most frequent first."""
    spans: dict[str, list[Span]] = {}
    for mention in subject.mentions:
        for word, start, end in (*_inside(subject, mention), *_appended(subject, mention)):
            if word in subject.pack.kinds:
                spans.setdefault(word, []).append(subject.place(start, end))
    inside = {word for mention in subject.mentions for word, *_ in _inside(subject, mention)}
    spans = {word: found for word, found in spans.items() if word in inside or not subject.narrates}
    early = {word for mention in subject.mentions[:FIRST_MENTIONS] for word in _kinds_at(subject, mention)}
    spans = {word: found for word, found in spans.items() if len(found) > 1 or word in early}
    ranked = sorted(spans, key=lambda word: (-len(spans[word]), word))
    return [(word, spans[word]) for word in ranked[:MOST_KINDS]]


def _kinds_at(subject: Subject, mention: Mention) -> set[str]:
    """The words for kinds of people at one mention."""
    return {word for word, *_ in (*_inside(subject, mention), *_appended(subject, mention))}


def _inside(subject: Subject, mention: Mention) -> Iterator[Word]:
    """The words of a mention, and the one right before it: `Captain Vane`, `detective Bucket`."""
    text = subject.index.text
    for found in WORD.finditer(text, max(0, mention.start - 16), mention.end):
        if found.start() >= mention.start or not text[found.end() : mention.start].strip():
            yield found[0].lower(), found.start(), found.end()


def _appended(subject: Subject, mention: Mention) -> Iterator[Word]:
    """The words of a phrase after a mention that says what it is: `, the lawyer,` or `was a governess`."""
    text, pack = subject.index.text, subject.pack
    after = _PHRASE.match(text, mention.end, mention.end + PHRASE_LETTERS)
    end = after.end() if after else mention.end
    following = list(WORD.finditer(text, mention.end, end))
    words = [found[0].lower() for found in following]
    most = PHRASE + 1
    if len(words) > 1 and words[0] in pack.articles and not text[mention.end : end].startswith(","):
        most = 2
    elif words[:1] and words[0] in pack.articles:
        most = most if _CLOSED.match(text, end) else 0
    elif len(words) < 2 or words[0] not in pack.copulas or words[1] not in pack.articles:
        most = 0
    for found in following[:most]:
        yield found[0].lower(), found.start(), found.end()


def write_creator_notes(subject: Subject, done: Mapping[str, StepOutput]) -> Composition:
    """Which source it is drawn from, how, and what was counted."""
    page, pack, index = Composition(), subject.pack, subject.index
    page.connect(pack.say("notes_source", title=title_of(subject)) + "\n" + pack.say("notes_method"))
    lines = subject.lines(LISTED)
    spans = [subject.place(mention.start, mention.end) for mention in subject.mentions]
    segments = [index.segments[number] for unit in lines for number in unit.segments]
    spans += [subject.place(segment.start, segment.end) for segment in segments]
    counted = pack.say("notes_counts", mentions=len(subject.mentions), quotes=len(segments))
    if spans:
        page.connect("\n")
        page.count(counted.replace("{{char}}", subject.name), spans)
    if subject.narrates and spans:
        page.connect("\n" + pack.say("notes_narrator", name=subject.name))
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
