"""From utterances to the canonical text: a line for each turn, a blank line at pauses."""

import re
from collections.abc import Iterable, Iterator, Sequence

from ...domain.source import Aside
from .speech import Utterance, joined

SENTENCE_PAUSE, TURN_PAUSE = 4.0, 3.0
"""Seconds of silence within which a sentence goes on, and within which a named speaker does."""

MAX_JOINED_CHARACTERS = 600
PUNCTUATED_SHARE = 0.2
UNKNOWN = "?"

_ENDED = re.compile(r"[.!?…:;。！？~～♪][\"”»’')\]*]*$")
_TRAILING = re.compile(r"(?:\.\.\.?|…|-|–|—)[\"”»’')\]*]*$")
_LIKE_A_LABEL = re.compile(
    r"(?:[\[(]?\d[^A-Za-z\n]{0,20})?[^\W\d_][^\n:：*\"“”«»<>=|;]{0,60}[:：](?=[\s\"“「]|[^\x00-\x7f])"
)
_LEADING = re.compile(r"(?:\.\.\.?|…)[ ]?(?=\w)")


def turns(said: Iterable[Utterance]) -> list[Utterance]:
    """The utterances with sentences and speeches that go on over several cues made one."""
    every = list(said)
    spoken = [each for each in every if each.kind == "speech"]
    ended = sum(bool(_ENDED.search(each.text)) for each in spoken)
    punctuated = ended >= PUNCTUATED_SHARE * len(spoken)
    whole: list[Utterance] = []
    for each in every:
        if whole and _goes_on(whole[-1], each, punctuated):
            if len(whole[-1].text) + len(each.text) <= MAX_JOINED_CHARACTERS:
                _append(whole[-1], each)
                continue
            each.speaker = whole[-1].speaker
        whole.append(each)
    return whole


def _goes_on(before: Utterance, each: Utterance, punctuated: bool) -> bool:
    pause = each.start - before.end
    if before.kind != each.kind or each.start < before.start:
        return False
    if each.kind == "lyrics":
        return pause <= TURN_PAUSE and each.speaker in ("", before.speaker)
    if each.kind != "speech" or pause > SENTENCE_PAUSE:
        return False
    if each.speaker and each.speaker == before.speaker:
        return pause <= TURN_PAUSE
    return not each.turn and not each.speaker and _is_unfinished(before.text, each.text, punctuated)


def _is_unfinished(before: str, after: str, punctuated: bool) -> bool:
    continued = after[0].islower() or bool(_LEADING.match(after))
    if _TRAILING.search(before) or not punctuated:
        return continued
    return not _ENDED.search(before)


def _append(before: Utterance, each: Utterance) -> None:
    before.text = joined(before.text, _LEADING.sub("", each.text, count=1))
    before.end = max(before.end, each.end)


def write(whole: Sequence[Utterance]) -> tuple[str, list[Aside]]:
    """The text of the turns, and where what nobody says stands in it."""
    parts: list[str] = []
    asides: list[Aside] = []
    at = 0
    for separator, each in _separated(whole):
        text = _labelled(each)
        at += len(separator)
        if each.kind != "speech":
            asides.append(Aside(kind=each.kind, start=at, end=at + len(text)))
        parts += (separator, text)
        at += len(text)
    return "".join(parts), asides


def _labelled(each: Utterance) -> str:
    """The line with its label; one that only looks labelled gets the label of a speaker who is not known."""
    if each.speaker:
        return f"{each.speaker}: {each.text}"
    return (
        f"{UNKNOWN}: {each.text}" if each.kind == "speech" and _LIKE_A_LABEL.match(each.text) else each.text
    )


def _separated(whole: Sequence[Utterance]) -> Iterator[tuple[str, Utterance]]:
    before: Utterance | None = None
    for each in whole:
        yield "" if before is None else _separator(before, each), each
        before = each


def _separator(before: Utterance, each: Utterance) -> str:
    pause = each.start - before.end
    if pause > TURN_PAUSE or each.start < before.start:
        return "\n\n"
    if before.kind == each.kind and bool(before.speaker) != bool(each.speaker):
        return "\n\n"
    return "\n"
