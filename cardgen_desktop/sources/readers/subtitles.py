"""Subtitles: SubRip, WebVTT and SubStation Alpha as lines, with their speakers where the file knows.

Numbers and times are left out, sentences that run over several cues are whole, and `Name: ` stands before the
lines of a named speaker, as in a chat. Sounds, songs and signs are set aside.
"""

import re

from ..encoding import decode
from ..reader import Extract, Reader, Sample
from ..subtitles.capitals import in_small_letters, is_in_capitals
from ..subtitles.cues import Cue, in_order
from ..subtitles.script import turns, write
from ..subtitles.speech import utterances, without_repetition
from ..subtitles.substation import read_substation, title_of
from ..subtitles.timed import read_subrip, read_webvtt

SURE, LIKELY, POSSIBLE = 0.95, 0.85, 0.6
LEAST_TIMES, TIME_SHARE = 3, 0.15

_WEBVTT = re.compile(r"\s{0,99}WEBVTT(?:[ \t\r\n]|$)")
_SECTION = re.compile(r"^[ \t]*\[(?:Script Info|Events|V4\+? Styles)\][ \t]*\r?$", re.M | re.I)
_DIALOGUE = re.compile(r"^Dialogue:[^\n,]{0,20},[ \t]*-?\d{1,4}:\d\d:\d\d[.,:]\d+,", re.M)
_TIME = re.compile(
    r"^[ \t]*-?(?:\d{1,4}:)?\d{1,3}:\d{1,3}(?:[,.:]\d{1,9})?[ \t]*--+>[ \t]*-?(?:\d{1,4}:)?\d{1,3}:\d", re.M
)
_FIRST_CUE = re.compile(r"\s{0,99}(?:\d{1,9}[ \t]*\r?\n\s{0,9})?(?=-?\d)")


def read_subtitles(data: bytes, name: str) -> Extract:
    """Read the cues and write what is said; a file without a single time is read as the text it is."""
    decoded = decode(data, name)
    text = decoded.text.replace("\r\n", "\n")
    cues = _cues(text, name)
    if not cues:
        extract = Extract(decoded.text, encoding=decoded.encoding, warnings=list(decoded.warnings))
        extract.warn("no_times", f'"{name}" holds no subtitles with times. It was read as plain text.')
        return extract
    cues, late = in_order(cues)
    said = turns(utterances(without_repetition(cues)))
    small = is_in_capitals(said) and in_small_letters(said)
    written, asides = write(said)
    extract = Extract(written, encoding=decoded.encoding, asides=asides, warnings=list(decoded.warnings))
    if small:
        extract.warn(
            "capitals",
            f'"{name}" is written in capitals throughout. It is shown in small letters; '
            "names keep a capital where the text shows that they are names.",
        )
    if late:
        extract.warn(
            "cues_out_of_order",
            f'{late:,} subtitle{"s" if late > 1 else ""} of "{name}" stood after later ones. '
            "All were put into the order of their times.",
        )
    extract.title = title_of(text) if _SECTION.search(text[:20_000]) else ""
    return extract


def _cues(text: str, name: str) -> list[Cue]:
    if _WEBVTT.match(text):
        return read_webvtt(text, name)
    if _SECTION.search(text[:20_000]) or _DIALOGUE.search(text[:20_000]):
        return read_substation(text, name)
    return read_subrip(text, name)


def _sniff(sample: Sample) -> float:
    head = sample.head.replace(b"\0", b"").decode("latin-1").lstrip("\xef\xbb\xbf\xff\xfe")
    if _WEBVTT.match(head) or _SECTION.search(head) or _DIALOGUE.search(head):
        return SURE
    first = _FIRST_CUE.match(head)
    if first and _TIME.match(head, first.end()):
        return LIKELY
    times = len(_TIME.findall(head))
    lines = sum(bool(line.strip()) for line in head.splitlines())
    return POSSIBLE if times >= LEAST_TIMES and times >= TIME_SHARE * lines else 0.0


READER = Reader(
    kind="subtitles",
    what="a subtitle file",
    suffixes=(".srt", ".vtt", ".ass", ".ssa"),
    sniff=_sniff,
    read=read_subtitles,
    textual=True,
)
