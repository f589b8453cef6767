"""Greetings: slices of the source in which the character says something that can be answered."""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass

from ...reading.model import Paragraph
from .card_pages import given_greetings
from .excerpt import is_whole
from .selection import content_words, overlaps
from .speakers import own_segments
from .stretches import WORD, people_between, segments_between, text_start, words_of
from .subject import Subject
from .utterances import Utterance, is_sure, spoken_by

MOST_WORDS = 120
MOST_LETTERS = 1200
LEAST_WORDS, SHORT_WORDS = 10, 20
TAIL_WORDS = 14
CERTAIN, LIKELY = 0.85, 0.65
APART = 0.05
SURE, UNSURE, ENOUGH_SURE = 2.5, -1.0, 12
SCENE_WORDS, SCENE, BARE = 8, 1.4, -0.5


@dataclass(frozen=True, slots=True)
class Slice:
    """A contiguous stretch that can open a chat; `value` says how well."""

    start: int
    end: int
    value: float
    words: tuple[str, ...]
    sure: bool


def greetings(subject: Subject, number: int) -> list[Slice]:
    """The best slices from different parts of the source, the best first; none for the silent.

    What greets already, on a card or at the beginning of a chat, comes before what could.
    """
    chosen = [_given(subject, *stretch) for stretch in given_greetings(subject)][:number]
    distance = APART * len(subject.index.text)
    for item in sorted(_slices(subject), key=lambda item: (-item.value, item.start)):
        content = _content(subject, item)
        apart = all(abs(item.start - other.start) >= distance for other in chosen)
        if len(chosen) == number:
            break
        if apart and not any(overlaps(content, _content(subject, other)) for other in chosen):
            chosen.append(item)
    return chosen


def _given(subject: Subject, start: int, end: int) -> Slice:
    return Slice(start, end, 0.0, words_of(subject.index.text[start:end]), sure=True)


def _content(subject: Subject, item: Slice) -> frozenset[str]:
    return content_words(item.words, subject.index.pack.content_stop)


def _slices(subject: Subject) -> list[Slice]:
    """Slices from speeches that are surely the character's, else from those that likely are."""
    found = list(_slices_of(subject, CERTAIN))
    sure = [item for item in found if item.sure]
    if len(sure) >= ENOUGH_SURE:
        return sure
    return found or list(_slices_of(subject, LIKELY))


def _slices_of(subject: Subject, confidence: float) -> Iterator[Slice]:
    for said in spoken_by(subject, confidence):
        for start, end in _stretches(subject, said):
            if end - start > MOST_LETTERS:
                continue
            words = tuple(WORD.findall(subject.index.text[start:end].lower()))
            if LEAST_WORDS <= len(words) <= MOST_WORDS and _is_own(subject, said, start, end):
                value = _value(subject, said, start, end, words)
                yield Slice(start, end, value, words, is_sure(subject, said.unit))


def _is_own(subject: Subject, said: Utterance, start: int, end: int) -> bool:
    """Whether nobody else speaks in a slice, and its narration does not give the speech to somebody else."""
    if _others_speak(subject, start, end):
        return False
    if not is_whole(subject.index.text[start:end]):
        return False
    if is_sure(subject, said.unit) or said.unit.tag_value in subject.subjects:
        return True
    return subject.index.pack.speech_verbs.isdisjoint(_narration_words(subject, start, end))


def _stretches(subject: Subject, said: Utterance) -> Iterator[tuple[int, int]]:
    """The speech alone, its paragraph up to it, and both with narration before."""
    index = subject.index
    segments = own_segments(index, said.unit)
    first, last = segments[0], segments[-1]
    paragraph = index.paragraphs[said.unit.paragraph]
    if subject.shape_at(first.start) == "chat":
        yield said.start, said.end
        yield text_start(index, paragraph), paragraph.end
        return
    for stop in sorted({last.outer_end, _tail(subject, last.outer_end, paragraph)}):
        yield first.outer_start, stop
        yield paragraph.start, stop
        for start in _narration_before(subject, paragraph):
            yield start, stop


def _tail(subject: Subject, end: int, paragraph: Paragraph) -> int:
    """The end of a short sentence of narration that closes the speech, such as `said Maren.`"""
    sentence = subject.index.sentence_at(min(end, paragraph.end - 1))
    if sentence is None or end >= paragraph.end:
        return end
    return sentence.end if len(WORD.findall(subject.index.text[end : sentence.end])) <= TAIL_WORDS else end


def _narration_before(subject: Subject, paragraph: Paragraph) -> Iterator[int]:
    """Starts of the last sentences of a paragraph of pure narration just before."""
    index = subject.index
    if paragraph.id == 0:
        return
    before = index.paragraphs[paragraph.id - 1]
    quoted = any(True for _ in segments_between(index, before.start, before.end))
    if before.heading or before.source != paragraph.source or quoted:
        return
    position = bisect_left(index.sentences, paragraph.start, key=lambda sentence: sentence.start) - 1
    for back in range(3):
        if position - back >= 0 and index.sentences[position - back].paragraph == before.id:
            yield index.sentences[position - back].start


def _others_speak(subject: Subject, start: int, end: int) -> bool:
    index = subject.index
    for segment in segments_between(index, start, end):
        unit = index.units[segment.unit]
        if unit.speaker != subject.id or segment not in own_segments(index, unit):
            return True
    return False


def _value(subject: Subject, said: Utterance, start: int, end: int, words: tuple[str, ...]) -> float:
    """How well a slice opens a chat with {{user}}."""
    index, pack = subject.index, subject.pack
    speech = " ".join(index.text[first:last] for first, last in said.pieces).lower()
    spoken = " ".join(speech.split())
    value = 2.0 * spoken.rstrip("\"'”’»«“ _").endswith("?") + 0.8 * ("?" in spoken)
    value += 1.5 * (not pack.second_person.isdisjoint(said.words))
    value += 2.0 * any(opener in spoken for opener in pack.openers)
    value += SURE if is_sure(subject, said.unit) else UNSURE
    value += 0.8 * (1 - start / max(1, len(index.text)))
    value += min(len(words), 60) / 60 * 3.5
    value -= 1.0 * (len(words) < SHORT_WORDS)
    value += any(not mention.in_quote for mention in subject.named_between(start, end))
    value -= 0.9 * len(people_between(index, start, end) - {subject.id})
    value -= 2.0 * index.text[start:end].rstrip("\"'”’»«“ _").endswith((",", ":", ";", "-", "—"))
    narration = _narration_words(subject, start, end)
    if subject.shape_at(start) == "prose":
        value += SCENE if len(narration) >= SCENE_WORDS else 0.4 if narration else BARE
    foreign = set() if subject.narrates else pack.first_person
    value -= 1.2 * (not foreign.isdisjoint(narration))
    value -= 1.5 * bool(narration and words[0] in pack.dangling)
    return value - 0.8 * _strangers(subject, narration)


def _narration_words(subject: Subject, start: int, end: int) -> list[str]:
    words, at = [], start
    for segment in segments_between(subject.index, start, end):
        words += WORD.findall(subject.index.text[at : segment.outer_start].lower())
        at = segment.outer_end
    return words + WORD.findall(subject.index.text[at:end].lower())


def _strangers(subject: Subject, narration: list[str]) -> int:
    """Whether the narration speaks of somebody of another gender than the character."""
    return int(not subject.strangers.isdisjoint(narration))
