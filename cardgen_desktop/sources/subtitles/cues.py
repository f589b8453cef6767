"""A cue of any subtitle format, and the marks inside its lines."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeVar

from ...domain.errors import SourceError
from ..builder import INVISIBLE

CueKind = Literal["speech", "lyrics", "sign"]
Entry = TypeVar("Entry")

MAX_CUES = 40_000
MAX_LINES = 5
"""What a cue may have; no screen shows more, and further lines count as another cue."""

MAX_LINE_CHARACTERS = 2_000
"""What a line of a cue may have; the rest goes on in a line below, so that no pattern sees more at once."""

_VOICE = re.compile(r"<v(?:\.[^\s>]{0,40})?[ \t]{1,9}([^>\n]{1,200})>")
_TAG = re.compile(r"</?[A-Za-z][^<>\n]{0,200}>|</?>|<\d[\d:.]{0,20}>")
_OVERRIDE = re.compile(r"\{(?:\\|[YyCcSsFfPp]:)[^{}\n]{0,2000}\}")
_SPACES = re.compile(r"[^\S\n]+")


@dataclass(slots=True)
class Cue:
    """What is shown from `start` to `end`, in seconds; `speaker` is the one that the format itself names.

    `goes_on`: it holds further lines of the cue before. `part` counts the files that were joined into one.
    """

    start: float
    end: float
    lines: list[str]
    speaker: str = ""
    kind: CueKind = "speech"
    goes_on: bool = False
    part: int = 0


def seconds(hours: str | None, minutes: str, rest: str, fraction: str | None) -> float:
    """A time mark as seconds; the fraction is digits after the point."""
    whole = int(hours or 0) * 3600 + int(minutes) * 60 + int(rest)
    return whole + (float(f"0.{fraction}") if fraction else 0.0)


def voice_pieces(payload: str) -> Iterator[tuple[str, str]]:
    """Pairs of speaker and text by the voice spans of WebVTT (4.2.2); one without a speaker if none."""
    speaker, at = "", 0
    for found in _VOICE.finditer(payload) if "<v" in payload else ():
        yield speaker, payload[at : found.start()]
        speaker, at = plain(html.unescape(found[1])), found.end()
    yield speaker, payload[at:]


def plain_lines(payload: str) -> list[str]:
    """The lines of a cue without tags, overrides and entities, empty ones left out."""
    text = payload
    if "<" in text:
        text = _TAG.sub("", text)
    if "{" in text:
        text = _OVERRIDE.sub("", text)
    if "&" in text:
        text = html.unescape(text)
    pieces: list[str] = []
    for line in plain(text.replace("\r", "\n")).split("\n"):
        if tidy := line.strip():
            pieces += _bounded(tidy) if len(tidy) > MAX_LINE_CHARACTERS else (tidy,)
    return pieces


def in_cues(
    start: float, end: float, lines: list[str], speaker: str = "", kind: CueKind = "speech"
) -> Iterator[Cue]:
    """A cue, or as many with the same times as its lines need."""
    for at in range(0, len(lines), MAX_LINES):
        yield Cue(start, max(start, end), lines[at : at + MAX_LINES], speaker, kind, at > 0)


def in_order(cues: list[Cue]) -> tuple[list[Cue], int]:
    """The cues of each part in the order of their times, and how many stood too late in the file."""
    late, latest = 0, (0, float("-inf"))
    for cue in cues:
        late += (cue.part, cue.start) < latest
        latest = max(latest, (cue.part, cue.start))
    return (sorted(cues, key=lambda cue: (cue.part, cue.start)) if late else cues), late


def plain(text: str) -> str:
    """Text with single spaces and without invisible characters."""
    return _SPACES.sub(" ", INVISIBLE.sub("", text)).strip()


def _bounded(line: str) -> list[str]:
    """A line too long for a cue in pieces, cut at spaces where there are any."""
    pieces, at = [], 0
    while at < len(line):
        stop = min(len(line), at + MAX_LINE_CHARACTERS)
        space = line.rfind(" ", at + 1, stop) if stop < len(line) else -1
        stop = space if space > at else stop
        pieces.append(line[at:stop].strip())
        at = stop
    return [piece for piece in pieces if piece]


def at_most(cues: list[Entry], name: str) -> list[Entry]:
    """The same list; raises `SourceError` when it is longer than what a source may have."""
    if len(cues) <= MAX_CUES:
        return cues
    raise SourceError(
        f'"{name}" has more than {MAX_CUES:,} subtitles; a source may have {MAX_CUES:,}. '
        "Split it into parts and use those together."
    )
