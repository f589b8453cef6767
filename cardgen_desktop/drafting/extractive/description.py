"""The description: who it is, then looks, past and relationships (offline-drafter.md 4.3)."""

from collections.abc import Collection, Sequence

from ...domain.source import Span
from ..composition import Composition
from ..verify import fold
from .aspects import score, score_passages
from .excerpt import Excerpt, strip_marks
from .readable import readable
from .selection import choose
from .sheets import OTHER, Fact, facts_of, write_facts
from .subject import WORD, Passage, Subject
from .writing import Bullet, Pen

QUOTAS = {"appearance": 7, "background": 6, "relationships": 5}
ENOUGH = 400
MOST_ALIASES = 6
OPENING_WORDS = range(6, 46)


def write_description(subject: Subject) -> Composition:
    """The description of a character."""
    page, pen = Composition(), Pen(subject)
    opening = opening_of(subject)
    if opening:
        pen.write(
            page, Bullet(Excerpt(*strip_marks(subject.index.text, opening.start, opening.end)), (opening,))
        )
    _write_aliases(subject, page)
    taken = {(opening.start, opening.end)} if opening else set()
    chosen = choose(score_passages(subject), QUOTAS, subject.index.pack.content_stop, taken)
    facts = facts_of(subject)
    for aspect, items in chosen.items():
        own = [fact for fact in facts if fact.field == aspect]
        _write_section(pen, page, aspect, [item.passage for item in items], own)
        taken |= {(item.passage.start, item.passage.end) for item in items}
    _write_section(pen, page, OTHER, (), [fact for fact in facts if fact.field in (OTHER, "name")])
    if len(page.text) < ENOUGH:
        _write_section(pen, page, "story", _rest(subject, taken, ENOUGH * 2 - len(page.text)))
    if len(page.text) < ENOUGH:
        page.connect(("\n\n" if page else "") + subject.pack.say("little") + " " + subject.pack.say("free"))
    return page


def _write_section(
    pen: Pen, page: Composition, aspect: str, passages: Sequence[Passage], facts: Sequence[Fact] = ()
) -> None:
    points = pen.points(passages, aspect)
    if points or facts:
        page.connect(("\n\n" if page else "") + pen.heading(aspect))
        write_facts(pen.card, page, facts)
        pen.list(page, points)


def _rest(subject: Subject, taken: Collection[tuple[int, int]], room: int) -> list[Passage]:
    """For somebody the source says little about: whatever it does say, the clearest first, then in order."""
    free = [
        passage
        for passage in subject.passages
        if (passage.start, passage.end) not in taken and len(passage.words) >= 5
    ]
    kept: list[Passage] = []
    for passage in sorted(free, key=lambda item: (-item.focus * readable(item, subject), item.start)):
        if room <= 0:
            break
        kept.append(passage)
        room -= passage.end - passage.start
    return sorted(kept, key=lambda passage: passage.start)


def _write_aliases(subject: Subject, page: Composition) -> None:
    """The other names the source uses, each with the place where it first stands."""
    spans: dict[str, list[Span]] = {}
    for mention in subject.mentions:
        name = fold(mention.surface)
        if name != subject.name:
            spans.setdefault(name, []).append(subject.place(mention.start, mention.end))
    names = sorted(spans, key=lambda name: -len(spans[name]))[:MOST_ALIASES]
    if names:
        page.connect("\n" if page else "")
        page.count(
            subject.pack.say("also_called", names=", ".join(names)), [spans[name][0] for name in names]
        )


def opening_of(subject: Subject) -> Passage | None:
    """The sentence that best says who this is."""
    fitting = [
        passage
        for passage in subject.passages
        if passage.voice == "narration"
        and len(passage.words) in OPENING_WORDS
        and passage.rival <= passage.focus
    ]
    return max(fitting, key=lambda passage: (identifies(passage, subject), -passage.start), default=None)


def identifies(passage: Passage, subject: Subject) -> float:
    """How much a sentence introduces the character: named, early, and told what it is."""
    value = passage.focus * readable(passage, subject) / (1 + passage.rank / 30)
    quality = score(passage, subject).quality
    told = max(quality["appearance"], quality["background"])
    return value * (1.8 if passage.named else 1) * (1 + 2 * _said_what(passage, subject) + 3 * told)


def _said_what(passage: Passage, subject: Subject) -> bool:
    """Whether a word for a person stands in reach after the name: `Mr. Utterson the lawyer was a …`."""
    kinds = subject.pack.kinds | subject.pack.persons
    for mention in subject.named_between(passage.start, passage.end):
        after = subject.index.text[mention.end : min(passage.end, mention.end + 60)].lower()
        words = WORD.findall(after.split(";")[0])[:7]
        articles = any(word in subject.pack.articles for word in words[:4])
        linked = after.startswith((",", " the")) or not subject.pack.copulas.isdisjoint(words[:2])
        if linked and articles and not kinds.isdisjoint(words):
            return True
    return False
