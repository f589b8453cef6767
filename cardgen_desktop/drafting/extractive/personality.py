"""The personality: what the source says of a nature, and how it speaks (offline-drafter.md 4.3)."""

from collections.abc import Collection

from ..composition import Composition
from .aspects import score_passages
from .selection import choose
from .sheets import facts_of, write_facts
from .speech import SpeechStyle
from .subject import Subject
from .traits import named_traits
from .writing import BULLET, Pen

QUOTA = 7


def write_personality(subject: Subject, taken: Collection[tuple[int, int]]) -> Composition:
    """The personality of a character; `taken` are stretches already used in other fields."""
    page, pen = Composition(), Pen(subject)
    traits = named_traits(subject)
    if traits:
        page.count(traits.text, traits.spans)
    write_facts(subject, page, [fact for fact in facts_of(subject) if fact.field == "personality"])
    chosen = choose(score_passages(subject), {"personality": QUOTA}, subject.index.pack.content_stop, taken)
    points = pen.points([item.passage for item in chosen["personality"]], "personality")
    pen.list(page, points)
    _write_speech(subject, page)
    if not page:
        page.connect(subject.pack.say("little") + " " + subject.pack.say("free"))
    return page


def _write_speech(subject: Subject, page: Composition) -> None:
    findings = SpeechStyle(subject).findings()
    if not findings:
        return
    page.connect(("\n\n" if page else "") + subject.pack.say("speech") + ":")
    for finding in findings:
        page.connect("\n" + BULLET)
        page.count(finding.text, finding.spans)
