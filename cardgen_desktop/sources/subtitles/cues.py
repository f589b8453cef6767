"""A cue of any subtitle format, and the marks inside its lines."""

import html
import re
from dataclasses import dataclass
from typing import Literal

from ...domain.errors import SourceError
from ..builder import INVISIBLE

CueKind = Literal["speech", "lyrics", "sign"]

MAX_CUES = 100_000
MAX_LINE_CHARACTERS = 2_000
"""What a line of a cue may have; the rest goes on in a line below, so that no pattern sees more at once."""

_VOICE = re.compile(r"<v(?:\.[^\s>]{0,100})?[ \t]{1,9}([^>\n]{1,200})>")
_TAG = re.compile(r"</?[A-Za-z][^<>\n]{0,200}>|</?>|<\d[\d:.]{0,20}>")
_OVERRIDE = re.compile(r"\{(?:\\|[YyCcSsFfPp]:)[^{}\n]{0,2000}\}")
_SPACES = re.compile(r"[^\S\n]+")


@dataclass(slots=True)
class Cue:
    """What is shown from `start` to `end`, in seconds; `speaker` is the one that the format itself names."""

    start: float
    end: float
    lines: list[str]
    speaker: str = ""
    kind: CueKind = "speech"


def seconds(hours: str | None, minutes: str, rest: str, fraction: str | None) -> float:
    """A time mark as seconds; the fraction is digits after the point."""
    whole = int(hours or 0) * 3600 + int(minutes) * 60 + int(rest)
    return whole + (float(f"0.{fraction}") if fraction else 0.0)


def voice_pieces(payload: str) -> list[tuple[str, str]]:
    """Pairs of speaker and text by the voice spans of WebVTT (4.2.2); one without a speaker if none."""
    if "<v" not in payload:
        return [("", payload)]
    pieces, speaker, at = [], "", 0
    for found in _VOICE.finditer(payload):
        pieces.append((speaker, payload[at : found.start()]))
        speaker, at = plain(html.unescape(found[1])), found.end()
    pieces.append((speaker, payload[at:]))
    return [(who, text) for who, text in pieces if text.strip()]


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
    for line in text.replace("\r", "\n").split("\n"):
        if tidy := plain(line):
            pieces += _bounded(tidy) if len(tidy) > MAX_LINE_CHARACTERS else (tidy,)
    return pieces


def plain(line: str) -> str:
    """A line with single spaces and without invisible characters."""
    return _SPACES.sub(" ", INVISIBLE.sub("", line)).strip()


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


def too_many(name: str) -> SourceError:
    """The refusal of a file over the limit of cues."""
    return SourceError(
        f'"{name}" has more than {MAX_CUES:,} subtitles; a source may have {MAX_CUES:,}. '
        "Split it into parts and use those together."
    )
