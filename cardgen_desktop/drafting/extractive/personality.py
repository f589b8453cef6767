"""The personality: what the source says of a nature, and how it speaks (offline-drafter.md 4.3)."""

from collections.abc import Collection, Iterable, Sequence

from ..composition import Composition
from .aspects import Scored, score_passages
from .deeds import deeds
from .own_lines import own_lines
from .passages import Passage
from .selection import choose, within
from .sheets import facts_of, write_facts
from .speech import Finding, SpeechStyle
from .subject import Subject
from .traits import named_traits
from .writing import BULLET, Pen

QUOTA, FEW = 6, 2
ENOUGH, MOST_LETTERS = 400, 900
ACTS = 4
EASE = 0.2


def write_personality(subject: Subject, taken: Collection[tuple[int, int]]) -> Composition:
    """The personality of a character; `taken` are stretches already used in other fields."""
    page, pen = Composition(), Pen(subject)
    traits = named_traits(subject)
    if traits:
        page.count(traits.text, traits.spans)
    write_facts(subject, page, [fact for fact in facts_of(subject) if fact.field == "personality"])
    scored, stop = score_passages(subject), subject.index.pack.content_stop
    chosen = choose(scored, {"personality": QUOTA}, stop, taken)
    if not chosen["personality"]:
        chosen = choose(scored, {"personality": FEW}, stop, taken, EASE)
    chosen = within(chosen, MOST_LETTERS)
    points = pen.points([item.passage for item in chosen["personality"]], "personality")
    pen.list(page, points)
    style = SpeechStyle(subject)
    used = {*taken, *_written(chosen["personality"])}
    _write_own_lines(subject, page, style, used)
    if len(page.text) < ENOUGH:
        _write_acts(pen, page, used)
    _write_speech(subject, page, style.findings())
    if not page:
        _write_own_lines(subject, page, style, ())
    if not page:
        page.connect(subject.pack.say("little") + " " + subject.pack.say("free"))
    return page


def _write_acts(pen: Pen, page: Composition, used: Collection[tuple[int, int]]) -> None:
    """For somebody whose nature nobody describes: what it does."""
    done = [item for item in deeds(pen.card, 3 * ACTS) if not _touches(item, used)][:ACTS]
    points = pen.points(sorted(done, key=lambda item: item.start))
    if points:
        page.connect(("\n\n" if page else "") + pen.card.pack.say("acts") + ":")
        for point in points:
            page.connect("\n" + BULLET)
            pen.write(page, point)


def _touches(item: Passage, used: Collection[tuple[int, int]]) -> bool:
    return any(start < item.end and item.start < end for start, end in used)


def _written(items: Iterable[Scored]) -> set[tuple[int, int]]:
    return {(item.passage.start, item.passage.end) for item in items}


def _write_own_lines(
    subject: Subject, page: Composition, style: SpeechStyle, taken: Collection[tuple[int, int]]
) -> None:
    lines = own_lines(subject, style.telling, taken)
    if lines:
        page.connect(("\n\n" if page else "") + subject.pack.say("own_lines"))
    for line in lines:
        page.connect("\n" + BULLET + subject.pack.glue["open_quote"])
        page.quote(
            subject.render(line.excerpt.start, line.excerpt.end),
            subject.place(line.excerpt.start, line.excerpt.end),
        )
        page.connect(subject.pack.glue["close_quote"])


def _write_speech(subject: Subject, page: Composition, findings: Sequence[Finding]) -> None:
    if not findings:
        return
    page.connect(("\n\n" if page else "") + subject.pack.say("speech") + ":")
    for finding in findings:
        page.connect("\n" + BULLET)
        page.count(finding.text, finding.spans)
