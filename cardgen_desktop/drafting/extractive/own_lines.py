"""Lines in which a character tells of itself: what it is, wants, loves and fears, in its own words."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from .aspects import density
from .excerpt import Excerpt, strip_marks
from .selection import content_words, overlaps
from .stretches import WORD
from .subject import Subject
from .utterances import Utterance, is_sure, spoken_by

CERTAIN = 0.85
WORDS = range(5, 36)
MOST_LINES = 5
LEAST_VALUE = 0.18
MANY_LINES = 10
ENOUGH_SURE = 12
TELLING_GAIN = 0.5
ADDRESSING = 0.5


@dataclass(frozen=True, slots=True)
class OwnLine:
    """A sentence the character says of itself."""

    excerpt: Excerpt
    words: tuple[str, ...]
    value: float


def own_lines(
    subject: Subject, telling: Mapping[str, float], taken: Collection[tuple[int, int]]
) -> list[OwnLine]:
    """The most telling lines, in order of the text; `telling` are the words it says more than others do."""
    lines = [line for line in _lines(subject, telling) if line.value > 0]
    least = LEAST_VALUE if len(lines) > MANY_LINES else LEAST_VALUE / 2
    found = [line for line in lines if line.value >= least]
    stop, chosen = subject.index.pack.content_stop, list[OwnLine]()
    for line in sorted(found, key=lambda line: (-line.value, line.excerpt.start)):
        content = content_words(line.words, stop)
        used = any(start < line.excerpt.end and line.excerpt.start < end for start, end in taken)
        if not used and not any(overlaps(content, content_words(other.words, stop)) for other in chosen):
            chosen.append(line)
        if len(chosen) == MOST_LINES:
            break
    return sorted(chosen, key=lambda line: line.excerpt.start)


def _lines(subject: Subject, telling: Mapping[str, float]) -> Iterator[OwnLine]:
    likely = spoken_by(subject, CERTAIN)
    sure = [said for said in likely if is_sure(subject, said.unit)]
    for said in sure if len(sure) >= ENOUGH_SURE else likely:
        for start, end in _sentences(subject, said):
            words = tuple(WORD.findall(subject.index.text[start:end].lower()))
            if len(words) in WORDS:
                yield OwnLine(Excerpt(start, end), words, _value(subject, words, telling))


def _sentences(subject: Subject, said: Utterance) -> Iterator[tuple[int, int]]:
    """The whole sentences of a speech, each inside one quoted piece."""
    index = subject.index
    for first, last in said.pieces:
        at = first
        while at < last and (sentence := index.sentence_at(at)):
            start, end = strip_marks(index.text, max(first, sentence.start), min(last, sentence.end))
            if end > start and index.text[start].isupper() and index.text[end - 1] in ".!":
                yield start, end
            at = sentence.end + 1
            while at < last and index.text[at].isspace():
                at += 1


def _value(subject: Subject, words: tuple[str, ...], telling: Mapping[str, float]) -> float:
    """How much a line tells of its speaker: what follows an "I am", with its typical words."""
    pack = subject.pack
    told = sum(
        word in pack.self_verbs
        and following not in pack.formulas
        and not pack.first_person.isdisjoint({word, *words[max(0, place - 2) : place]})
        for place, (word, following) in enumerate(pairwise(words))
    )
    if not told or words[0] in pack.dangling:
        return 0.0
    typical = sum(min(3.0, telling.get(word, 0.0)) for word in set(words))
    described = sum(
        pack.tells(words, aspect) for aspect in ("personality", "goals", "background", "appearance")
    )
    value = (min(2, told) + TELLING_GAIN * typical + described) / density(len(words))
    return value * (ADDRESSING if not pack.second_person.isdisjoint(words) else 1.0)
