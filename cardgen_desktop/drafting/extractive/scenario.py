"""The scenario: where {{user}} meets the character, and what drives it (offline-drafter.md 4.3)."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Collection

from ...domain.source import Span
from ...reading.index import Index
from ...reading.model import Sentence
from ..composition import Composition
from .aspects import score_passages
from .card_pages import card_scenario
from .company import people_line
from .greetings import greetings
from .passages import Passage
from .selection import choose
from .sheets import facts_of, write_facts
from .stretches import WORD, segments_between
from .subject import Subject
from .titles import world_of
from .writing import BULLET, Pen

QUOTAS = {"goals": 2, "background": 1}
LEAST_PLACE = 3
MOMENT_SENTENCES = 2
LEAST_SCENE, ENOUGH_SCENE = 8, 15
EASE = 0.6
LEAST_SPOKEN = 8


def write_scenario(subject: Subject, taken: Collection[tuple[int, int]]) -> Composition:
    """The scenario of a character: that of its own card, else what the sources tell.

    `taken` are stretches already used in other fields.
    """
    page, pen, pack = Composition(), Pen(subject), subject.pack
    for start, end in card_scenario(subject):
        page.connect("\n\n" if page else "")
        page.quote(subject.render(start, end), subject.place(start, end))
    if page:
        return page
    title = world_of(subject)
    alone = title.casefold() in {"", *(alias.casefold() for alias in subject.character.aliases)}
    page.connect(pack.say("meeting_alone") if alone else pack.say("meeting", title=title))
    place = commonest_place(subject)
    if place:
        page.connect(" ")
        page.count(pack.say("place", place=place[0]), place[1])
    around = people_line(subject)
    if around:
        page.connect(" ")
        page.count(around.text, around.spans)
    begun = len(page.text)
    _write_moment(subject, page)
    chosen = choose(score_passages(subject), QUOTAS, subject.index.pack.content_stop, taken, EASE)
    for aspect, key in (("goals", "aims"), ("background", "situation")):
        told = [item.passage for item in chosen[aspect] if _tells(item.passage)]
        points = pen.points(told, aspect)
        facts = [fact for fact in facts_of(subject) if fact.field == aspect == "goals"]
        needed = aspect == "goals" or len(page.text) == begun
        if needed and (points or facts):
            page.connect("\n\n" + pack.say(key))
            write_facts(subject, page, facts)
            pen.list(page, points)
    return page


def _tells(passage: Passage) -> bool:
    """Whether a sentence is clear without the talk around it."""
    return passage.voice == "narration" or (passage.voice == "own" and len(passage.words) >= LEAST_SPOKEN)


def _write_moment(subject: Subject, page: Composition) -> None:
    """The narration just before the first message, unless that brings its own."""
    first = greetings(subject, 1)
    index = subject.index
    if not first or subject.shape_at(first[0].start) != "prose":
        return
    inside = next(segments_between(index, first[0].start, first[0].end), None)
    if inside and len(WORD.findall(index.text[first[0].start : inside.outer_start])) >= ENOUGH_SCENE:
        return
    before = _narration_before(index, first[0].start)
    if before:
        start, end = before[0].start, before[-1].end
        page.connect("\n\n" + subject.pack.say("moment") + "\n" + BULLET)
        page.quote(subject.render(start, end), subject.place(start, end))


def _narration_before(index: Index, offset: int) -> list[Sentence]:
    """The last sentences of narration in the paragraph before an offset, in order."""
    position = bisect_left(index.sentences, offset, key=lambda sentence: sentence.start)
    found: list[Sentence] = []
    for sentence in reversed(index.sentences[max(0, position - MOMENT_SENTENCES) : position]):
        quoted = any(True for _ in segments_between(index, sentence.start, sentence.end))
        apart = bool(found) and sentence.paragraph != found[0].paragraph
        elsewhere = index.paragraphs[sentence.paragraph].source != index.manuscript.source_at(offset)
        if quoted or apart or elsewhere:
            break
        found.insert(0, sentence)
    words = sum(len(WORD.findall(index.text[sentence.start : sentence.end])) for sentence in found)
    return found if words >= LEAST_SCENE else []


def commonest_place(subject: Subject) -> tuple[str, list[Span]] | None:
    """The place named in most of the character's paragraphs, and where it stands in them."""
    index = subject.index
    paragraphs = {passage.paragraph for passage in subject.passages}
    counts: Counter[int] = Counter()
    spans: dict[int, list[Span]] = {}
    for place in subject.places:
        for number in place.mentions:
            mention = index.mentions[number]
            if mention.paragraph in paragraphs:
                counts[place.id] += 1
                spans.setdefault(place.id, []).append(subject.place(mention.start, mention.end))
    best = max(counts, key=lambda number: (counts[number], -number), default=None)
    if best is None or counts[best] < LEAST_PLACE:
        return None
    return index.characters[best].name, spans[best]
