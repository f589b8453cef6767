"""Example messages: real exchanges, the other speaker's lines given to {{user}}."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ...reading.index import Index
from ..composition import Composition
from ..verify import NAME_MACRO
from .deeds import deeds
from .selection import content_words, overlaps
from .sheets import facts_of
from .speech import SpeechStyle
from .subject import Subject
from .utterances import Piece, Utterance, is_sure, is_torn, marks_of, spoken_by, utterance
from .writing import Pen

START = "<START>"
TAGGED, OTHER_TAGGED = 1.5, 0.7
ADDRESSED = 0.8
USER = "{{user}}"
OWN_CONFIDENCE = 0.9
OTHER_CONFIDENCE, OTHER_LIKELY = 0.8, 0.6
LIKELY = 0.65
OWN_WORDS = range(4, 71)
OTHER_WORDS = range(2, 61)
MOST_BLOCK_WORDS = 130
MOST_GAP = 2
MOST_BLOCKS = 6
LEAST_BLOCKS = 3


@dataclass(frozen=True, slots=True)
class Exchange:
    """Lines that follow one another, the character's turn last."""

    lines: tuple[Utterance, ...]
    value: float

    @property
    def start(self) -> int:
        """Where its first line stands."""
        return self.lines[0].start


def write_examples(subject: Subject) -> Composition:
    """The example messages: exchanges, then single lines where there are too few, then deeds."""
    page = Composition()
    quotes = [fact.value for fact in facts_of(subject) if fact.field == "quote"]
    found = exchanges(subject)
    if len(found) + len(quotes) < LEAST_BLOCKS:
        found += _single_lines(subject, LEAST_BLOCKS - len(found), found)
    for exchange in sorted(found, key=lambda item: item.start):
        page.connect("\n" + START if page else START)
        if all(line.unit.speaker == subject.id for line in exchange.lines):
            page.connect(f"\n{_prompt(subject)}")
        for line in exchange.lines:
            _write_line(subject, page, line)
    for value in quotes:
        page.connect(("\n" if page else "") + f"{START}\n{_prompt(subject)}\n{NAME_MACRO}: ")
        page.quote(subject.render(*value), subject.place(*value))
    if not page:
        _write_deeds(subject, page)
    return page


def _prompt(subject: Subject) -> str:
    """What {{user}} does when the source has nobody to whom the character speaks; it claims nothing."""
    return f"{USER}: {subject.pack.say('user_turns')}"


def _single_lines(subject: Subject, number: int, beside: Sequence[Exchange]) -> list[Exchange]:
    """Lines of the character whose partner is not known well enough to be made {{user}}."""
    used = {line.unit.id for exchange in beside for line in exchange.lines}
    likely = spoken_by(subject, OTHER_CONFIDENCE) or spoken_by(subject, LIKELY)
    lines = [
        line
        for line in likely
        if len(line.words) in OWN_WORDS
        and line.unit.id not in used
        and subject.shape_at(line.start) != "sheet"
    ]
    surest = sorted(
        lines,
        key=lambda line: (
            not is_sure(subject, line.unit),
            -line.unit.confidence,
            -min(len(line.words), 30),
            line.start,
        ),
    )
    return [Exchange((line,), 0.0) for line in surest[:number]]


def _write_deeds(subject: Subject, page: Composition) -> None:
    """For somebody who never speaks: {{user}} asks, and deeds of the character answer."""
    pen, pack = Pen(subject), subject.pack
    points = pen.points(deeds(subject, LEAST_BLOCKS)[1:]) or pen.points(deeds(subject, 1))
    for number, point in enumerate(points):
        prompt = pack.say("prompt_again" if number else "prompt")
        page.connect(("\n" if page else "") + f"{START}\n{USER}: {prompt}\n{NAME_MACRO}: ")
        pen.write(page, point)
    if not points:
        page.connect(f"{START}\n{USER}: {pack.say('prompt')}\n{NAME_MACRO}: {pack.say('turns')}")


def _write_line(subject: Subject, page: Composition, line: Utterance) -> None:
    speaker = NAME_MACRO if line.unit.speaker == subject.id else USER
    marks = marks_of(subject.index, line)
    page.connect(f"\n{speaker}: {marks[0]}")
    for (start, end), following in zip(line.pieces, [*line.pieces[1:], None], strict=True):
        stop, joint = _joint(subject.index, end, following)
        page.quote(subject.render(start, stop).replace("\n\n", " "), subject.place(start, stop))
        page.connect(joint)
    page.connect(marks[1])


def _joint(index: Index, end: int, following: Piece | None) -> tuple[int, str]:
    """Where a piece ends, and what stands for the narration that is left out after it."""
    between = index.text[end : following[0]] if following else "."
    ended = any(mark in between for mark in ".!?")
    if ended and index.text[end - 1] == ",":
        return end - 1, ". " if following else "."
    return end, " " if following else ""


def exchanges(subject: Subject) -> list[Exchange]:
    """The most telling exchanges, from all over the source."""
    index = subject.index
    telling = SpeechStyle(subject).telling
    chosen: list[Exchange] = []
    for confidence in (OTHER_CONFIDENCE, OTHER_LIKELY):
        if len(chosen) < LEAST_BLOCKS:
            found = sorted(
                _candidates(subject, telling, confidence), key=lambda item: (-item.value, item.start)
            )
            most = MOST_BLOCKS if confidence == OTHER_CONFIDENCE else LEAST_BLOCKS
            chosen = _different(found, chosen, most, index)
    return chosen


def _different(found: Iterable[Exchange], before: list[Exchange], most: int, index: Index) -> list[Exchange]:
    """The first of the found exchanges, with those chosen before, that share no line and few words."""
    chosen = list(before)
    used = {line.unit.id for item in chosen for line in item.lines}
    for item in found:
        content = content_words((word for line in item.lines for word in line.words), index.pack.content_stop)
        if used.isdisjoint(line.unit.id for line in item.lines) and not any(
            overlaps(content, _content(other, index)) for other in chosen
        ):
            chosen.append(item)
            used.update(line.unit.id for line in item.lines)
        if len(chosen) >= most:
            break
    return chosen


def _content(exchange: Exchange, index: Index) -> frozenset[str]:
    return content_words((word for line in exchange.lines for word in line.words), index.pack.content_stop)


def _candidates(subject: Subject, telling: dict[str, float], partner: float) -> Iterator[Exchange]:
    for unit in subject.lines(OWN_CONFIDENCE):
        run = _run(subject, unit.id, partner)
        if run:
            yield Exchange(run, _value(subject, run, telling))
            if len(run) > 2:
                yield Exchange(run[-2:], _value(subject, run[-2:], telling))


def _run(subject: Subject, last: int, confidence: float) -> tuple[Utterance, ...]:
    """Up to four lines of two people that end with a line of the character and begin with the other's."""
    index = subject.index
    lines: list[Utterance] = []
    partner: int | None = None
    for number in range(last, max(-1, last - 4), -1):
        unit = index.units[number]
        line = utterance(index, unit)
        own = (last - number) % 2 == 0
        partner = unit.speaker if number == last - 1 else partner
        fits = _fits_own(subject, line) if own else _fits_other(subject, line, partner, confidence)
        if not fits or (lines and not _adjacent(index, line, lines[-1])):
            break
        lines.append(line)
    lines = lines[: len(lines) // 2 * 2]
    while lines and sum(len(line.words) for line in lines) > MOST_BLOCK_WORDS:
        lines = lines[:-2]
    return tuple(reversed(lines))


def _fits_own(subject: Subject, line: Utterance) -> bool:
    own = line.unit.speaker == subject.id and line.unit.confidence >= OWN_CONFIDENCE
    return own and _is_whole(subject, line) and len(line.words) in OWN_WORDS


def _fits_other(subject: Subject, line: Utterance, partner: int | None, confidence: float) -> bool:
    unit = line.unit
    other = unit.speaker not in (None, subject.id) and unit.speaker == partner
    return (
        other
        and unit.confidence >= confidence
        and _is_whole(subject, line)
        and not _speaks_of_character(subject, line)
        and len(line.words) in OTHER_WORDS
    )


def _speaks_of_character(subject: Subject, line: Utterance) -> bool:
    """Whether a line names the character without calling it: then it is hardly said to the character."""
    if subject.shape_at(line.start) != "prose":
        return False
    return any(not mention.vocative for mention in subject.named_between(line.start, line.end))


def _is_whole(subject: Subject, line: Utterance) -> bool:
    return bool(line.pieces) and line.unit.continues is None and not is_torn(subject.index, line)


def _adjacent(index: Index, line: Utterance, following: Utterance) -> bool:
    gap = following.unit.paragraph - line.unit.paragraph
    same_source = (
        index.paragraphs[line.unit.paragraph].source == index.paragraphs[following.unit.paragraph].source
    )
    return same_source and 0 < gap <= MOST_GAP


def _value(subject: Subject, lines: Sequence[Utterance], telling: dict[str, float]) -> float:
    own = [line for line in lines if line.unit.speaker == subject.id]
    value = 0.0
    for line in own:
        value += min(
            3.0, sum(telling.get(word, 0.0) for word in set(line.words)) / (4 + len(line.words) ** 0.5)
        )
        value += TAGGED * is_sure(subject, line.unit) + min(len(line.words), 25) / 25
    value /= len(own)
    value += ADDRESSED * (
        _addresses(subject, lines[-2], {subject.id}) - _addresses(subject, lines[-1], {subject.id})
    )
    value += OTHER_TAGGED * (lines[-2].unit.tag_kind == "name")
    asked = "?" in subject.index.text[lines[-2].start : lines[-2].end]
    return value + 0.5 * asked + 0.3 * (len(lines) > 2)


def _addresses(subject: Subject, line: Utterance, people: set[int]) -> bool:
    """Whether a line calls one of the people by name: a partner does, the character itself does not."""
    mentions = subject.named_between(line.start, line.end)
    return any(mention.vocative and mention.character in people for mention in mentions)
