"""What somebody does: sentences of action that can stand for a character who hardly speaks."""

from .passages import FIRST_LETTERS, Passage
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
        and (subject.narrates or _acts(passage, subject))
        and passage.rival <= passage.focus
    ]
    valued = [(_value(passage, subject), passage) for passage in fitting]
    ranked = sorted((pair for pair in valued if pair[0]), key=lambda pair: (-pair[0], pair[1].start))
    return [passage for _, passage in ranked[:number]]


def _acts(passage: Passage, subject: Subject) -> bool:
    """Whether the name stands near the beginning and is no mere possessor."""
    first = next(subject.named_between(passage.start, passage.end), None)
    if first is None or first.possessive or subject.is_object(first.start):
        return False
    return first.start - passage.start <= FIRST_LETTERS


def _value(passage: Passage, subject: Subject) -> float:
    """Better when the character begins the sentence and acts in it alone."""
    value = passage.focus * readable(passage, subject)
    value *= STATE if not subject.pack.copulas.isdisjoint(passage.words) else 1.0
    return value / (1 + len(passage.others))
