"""The scenario: where {{user}} meets the character, and what drives it (offline-drafter.md 4.3)."""

from collections import Counter
from collections.abc import Collection
from string import capwords

from ...domain.source import Span
from ..composition import Composition
from .aspects import score_passages
from .selection import choose
from .sheets import facts_of, write_facts
from .subject import Subject
from .writing import Pen

QUOTAS = {"goals": 2, "background": 1}
LEAST_PLACE = 3


def write_scenario(subject: Subject, taken: Collection[tuple[int, int]]) -> Composition:
    """The scenario of a character; `taken` are stretches already used in other fields."""
    page, pen, pack = Composition(), Pen(subject), subject.pack
    page.connect(pack.say("meeting", title=title_of(subject)))
    place = commonest_place(subject)
    if place:
        page.connect(" ")
        page.count(pack.say("place", place=place[0]), place[1])
    chosen = choose(score_passages(subject), QUOTAS, subject.index.pack.content_stop, taken)
    for aspect, key in (("goals", "aims"), ("background", "situation")):
        points = pen.points([item.passage for item in chosen[aspect]], aspect)
        facts = [fact for fact in facts_of(subject) if fact.field == aspect == "goals"]
        if points or facts:
            page.connect("\n\n" + pack.say(key))
            write_facts(subject, page, facts)
            pen.list(page, points)
    return page


def title_of(subject: Subject) -> str:
    """The title of the source that names the character first."""
    mentions = subject.mentions
    source = subject.place(mentions[0].start, mentions[0].end).source if mentions else 0
    title = subject.index.sources[source].title
    return capwords(title) if title.isupper() else title


def commonest_place(subject: Subject) -> tuple[str, list[Span]] | None:
    """The place named in most of the character's paragraphs, and where it stands in them."""
    index = subject.index
    paragraphs = {passage.paragraph for passage in subject.passages}
    counts: Counter[int] = Counter()
    spans: dict[int, list[Span]] = {}
    for place in index.places:
        for number in place.mentions if place.kind == "place" else ():
            mention = index.mentions[number]
            if mention.paragraph in paragraphs:
                counts[place.id] += 1
                spans.setdefault(place.id, []).append(subject.place(mention.start, mention.end))
    best = max(counts, key=lambda number: (counts[number], -number), default=None)
    if best is None or counts[best] < LEAST_PLACE:
        return None
    return index.characters[best].name, spans[best]
