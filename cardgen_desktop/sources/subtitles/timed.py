"""SubRip and WebVTT: blocks of a time line and what is shown.

A cue begins with its time line; numbers and blank lines around it may be wrong or missing. WebVTT is stricter
(W3C WebVTT 1, section 4): a blank line ends a cue, and what is no cue is a comment, a style or a region.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from .cues import MAX_CUES, Cue, at_most, in_cues, plain_lines, seconds, voice_pieces

TIME_LINE = re.compile(
    r"[ \t]*(?P<negative>-?)(?:(?P<h>\d{1,4}):)?(?P<m>\d{1,3}):(?P<s>\d{1,3})(?:[,.:](?P<f>\d{1,9}))?"
    r"[ \t]*--+>[ \t]*"
    r"(?P<until_negative>-?)(?:(?P<uh>\d{1,4}):)?(?P<um>\d{1,3}):(?P<us>\d{1,3})(?:[,.:](?P<uf>\d{1,9}))?"
)
_FIRST = re.compile(r"[ \t]*0{0,9}[01][ \t]*")
_NUMBER = re.compile(r"[ \t]*\d{1,9}[ \t]*")


def read_subrip(text: str, name: str) -> list[Cue]:
    """The cues of a SubRip file; a cue goes on over blank lines until the next number or time line.

    Where numbers and times both begin again, another file was joined to this one: the next part.
    """
    lines, times = _time_lines(text, name)
    cues: list[Cue] = []
    part, latest = 0, 0.0
    for found, line, following in _with_following(times, len(lines)):
        stop = following
        if following < len(lines):
            stop -= bool(_NUMBER.fullmatch(lines[following - 1])) and following - 1 > line
        for cue in _cues(found, "\n".join(lines[line + 1 : stop])):
            if cue.start < latest and line and _FIRST.fullmatch(lines[line - 1]):
                part, latest = part + 1, 0.0
            cue.part, latest = part, max(latest, cue.start)
            cues.append(cue)
    return at_most(cues, name)


def read_webvtt(text: str, name: str) -> list[Cue]:
    """The cues of a WebVTT file; each ends at its first empty line."""
    lines, times = _time_lines(text, name)
    cues: list[Cue] = []
    for found, line, following in _with_following(times, len(lines)):
        stop = next((at for at in range(line + 1, following) if not lines[at]), following)
        if not _is_commented(lines, line):
            cues += _cues(found, "\n".join(lines[line + 1 : stop]))
    return at_most(cues, name)


def _is_commented(lines: Sequence[str], line: int) -> bool:
    """Whether a time line stands in a comment, right below or a line below its beginning."""
    above = next((at for at in range(line - 1, max(-1, line - 20), -1) if not lines[at]), None)
    return above is not None and lines[above + 1].split(" ", 1)[0].strip() == "NOTE"


def _time_lines(text: str, name: str) -> tuple[list[str], list[tuple[re.Match[str], int]]]:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    times = []
    for number, line in enumerate(lines):
        if "->" in line and (found := TIME_LINE.match(line)):
            times.append((found, number))
    return lines, at_most(times, name)


def _with_following(
    times: Sequence[tuple[re.Match[str], int]], end: int
) -> Iterator[tuple[re.Match[str], int, int]]:
    """Each time line with the line where the next one stands, or the end of the file."""
    for index, (found, line) in enumerate(times):
        yield found, line, times[index + 1][1] if index + 1 < len(times) else end


def _cues(found: re.Match[str], payload: str) -> Iterator[Cue]:
    start = seconds(found["h"], found["m"], found["s"], found["f"]) * (-1 if found["negative"] else 1)
    end = seconds(found["uh"], found["um"], found["us"], found["uf"]) * (-1 if found["until_negative"] else 1)
    for speaker, piece in islice(voice_pieces(payload), MAX_CUES + 2):
        yield from in_cues(start, end, plain_lines(piece), speaker)
