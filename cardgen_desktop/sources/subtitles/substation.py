r"""SubStation Alpha, both versions: the lines `Dialogue:` of the section `[Events]`.

The line `Format:` names the columns; the text is the last one and may hold commas. `\N`, `\n` and `\h` are a
line break, a soft one and a fixed space; `{\p1}` begins a drawing, `{\k20}` the syllable of a song.
"""

import re
from collections.abc import Iterator

from .cues import Cue, CueKind, at_most, in_cues, plain, plain_lines, seconds

COLUMNS = ("layer", "start", "end", "style", "name", "marginl", "marginr", "marginv", "effect", "text")
MOST_COLUMNS = 32
NO_NAMES = frozenset(
    {"", "ntp", "default", "main", "sign", "signs", "note", "top", "italics", "actor", "name"}
)

_TITLE = re.compile(r"^[ \t]*Title[ \t]*:[ \t]*(\S[^\r\n]{0,300})", re.M | re.I)
_NO_TITLE = re.compile(r"(?:default|new|<?untitled>?)\b.*|.*\.(?:ass|ssa|srt)$", re.I)
_TIME = re.compile(r"[ \t]*(-?)(\d{1,4}):(\d{1,3}):(\d{1,3})(?:[.,:](\d{1,9}))?")
_DRAWING = re.compile(r"\{[^{}]{0,500}\\p[1-9][^{}]{0,500}\}[^{]*(?:\{[^{}]{0,500}\\p0[^{}]{0,500}\})?")
_BLOCK = re.compile(r"\{[^{}\n]{0,2000}\}")
_SUNG = re.compile(r"\\[kK][fo]?\d")
_SONG_STYLE = re.compile(r"\b(?:song|lyrics?|karaoke|romaji|kanji|op|ed|opening|ending|insert)\b", re.I)
_SIGN_STYLE = re.compile(r"\b(?:signs?|titles?|captions?|credits?|typeset\w*|ts|chapters?|onscreen)\b", re.I)


def title_of(text: str) -> str:
    """The title that the section `[Script Info]` gives, "" when it says nothing of worth."""
    found = _TITLE.search(text[:20_000])
    title = plain(found[1]) if found else ""
    return "" if _NO_TITLE.fullmatch(title) else title


def read_substation(text: str, name: str) -> list[Cue]:
    """The cues in the order of their times; comments, drawings and empty lines are left out."""
    columns: tuple[str, ...] = COLUMNS
    cues: list[Cue] = []
    for line in text.replace("\r", "\n").split("\n"):
        if line.startswith("Format:"):
            given = tuple(each.strip().lower() for each in line[7:].split(",", MOST_COLUMNS))
            columns = given if {"start", "end", "text"} <= set(given) else columns
        elif line.startswith("Dialogue:"):
            cues += _cues(line[9:], columns)
    return sorted(at_most(cues, name), key=lambda cue: cue.start)


def _cues(line: str, columns: tuple[str, ...]) -> Iterator[Cue]:
    row = dict(zip(columns, line.split(",", len(columns) - 1), strict=False))
    start, end = _time(row.get("start", "")), _time(row.get("end", ""))
    text = row.get("text", "")
    if start is None or end is None or not text:
        return
    style = row.get("style", "").strip()
    speaker = plain(row.get("name", "") or row.get("actor", ""))
    kind = _kind(style, text)
    if kind != "speech" or speaker.lower() in NO_NAMES or speaker == style:
        speaker = ""
    yield from in_cues(start, end, _lines(text), speaker, kind)


def _lines(text: str) -> list[str]:
    if "\\p" in text:
        text = _DRAWING.sub("", text)
    if "{" in text:
        text = _BLOCK.sub("", text)
    text = text.replace("\\N", "\n").replace("\\n", " ").replace("\\h", " ")
    return plain_lines(text)


def _kind(style: str, text: str) -> CueKind:
    words = style.replace("_", " ").replace("-", " ")
    if _SUNG.search(text) or _SONG_STYLE.search(words):
        return "lyrics"
    return "sign" if _SIGN_STYLE.search(words) else "speech"


def _time(value: str) -> float | None:
    found = _TIME.match(value)
    if not found:
        return None
    return seconds(found[2], found[3], found[4], found[5]) * (-1 if found[1] else 1)
