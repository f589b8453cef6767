"""What somebody does: sentences of action that can stand for a character who hardly speaks."""

from .passages import Passage
from .readable import readable
from .subject import Subject

WORDS = range(5, 41)
STATE = 0.5


def deeds(subject: Subject, number: int) -> list[Passage]:
    """The clearest deeds, the best first; sentences of narration that name the character or are its own."""
    fitting = [
        passage
        for passage in subject.passages
        if passage.voice == "narration"
        and len(passage.words) in WORDS
        and (passage.named or subject.narrates)
        and passage.rival <= passage.focus
    ]
    return sorted(fitting, key=lambda passage: (-_value(passage, subject), passage.start))[:number]


def _value(passage: Passage, subject: Subject) -> float:
    """Better when the character begins the sentence and acts in it alone."""
    value = passage.focus * readable(passage, subject)
    value *= STATE if not subject.pack.copulas.isdisjoint(passage.words) else 1.0
    return value / (1 + len(passage.others))
