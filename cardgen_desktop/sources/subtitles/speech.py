"""What is said in a cue: turns by dashes and labels; sounds, songs and signs told from speech."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from .cues import Cue
from .labels import Label, LabelReader, written_name

MIN_ROLLING, ROLLING_SHARE, ROLLING_GAP = 3, 0.2, 0.3

_DASH = re.compile(r"(?:[-‐‑–][ ]?(?=[^\W\d_]|[\"“«¿¡'‘\[(♪]|\.\.\.|…)|—[ ]|>>+[ ]?)")
_SOUND = re.compile(r"\[[^\[\]]{1,400}\]|\([^()]{1,400}\)|（[^（）]{1,400}）|【[^【】]{1,400}】")
_TURN = re.compile(r"\s+(?=>>)")
_SECOND_DASH = re.compile(r"(?<=[.!?…\"”»'’)\]♪])\s+(?=[-‐‑–—] ?(?:[^\W\d_]|[\"“«¿¡'‘\[(♪…]|\.\.))")
_FRAME, _BRIEF = 0.05, 0.5
_CREDIT = re.compile(
    r"https?://|\bwww\.|\bopensubtitles\b|(?:subtitle[sd]?|sync(?:ed|hronized)?|captions?|captioned|ripped)"
    r"(?: (?:and|&) \w{1,20})?(?: by\b|:)",
    re.I,
)
_NOTES = "♪♫♬🎵🎶"
_LETTER = re.compile(r"\w")


@dataclass(slots=True)
class Utterance:
    """A stretch of one kind: `turn` says that the file marks a new speaker here, named or not."""

    kind: str
    speaker: str
    text: str
    start: float
    end: float
    turn: bool = False


def without_repetition(cues: Sequence[Cue]) -> list[Cue]:
    """The cues without lines that were on the screen already: rolling captions, and cues given twice.

    Lines said twice stay, unless the file as a whole repeats what it showed last.
    """
    cues = _once(cues)
    rolls = [_rolled(before, cue) for before, cue in pairwise(cues)]
    count = sum(bool(shared) for shared in rolls)
    rolling = count >= MIN_ROLLING and count > ROLLING_SHARE * len(cues)
    kept = list(cues[:1])
    for (before, cue), shared in zip(pairwise(cues), rolls, strict=True):
        lines = cue.lines
        if shared and (rolling or cue.start < before.end or _is_frame(before, cue, shared)):
            lines = cue.lines[shared:]
        elif rolling and _is_near(before, cue) and _grows(before, cue):
            grown = cue.lines[0][len(before.lines[-1]) :].strip()
            lines = [grown, *cue.lines[1:]]
        if lines:
            kept.append(replace(cue, lines=lines, goes_on=False))
        elif kept:
            kept[-1].end = max(kept[-1].end, cue.end)
    return kept


def _once(cues: Sequence[Cue]) -> list[Cue]:
    """The cues without copies: the same words at the same time, as layers of outline and fill have."""
    seen: set[tuple[object, ...]] = set()
    kept = []
    for cue in cues:
        key = (cue.part, cue.start, cue.end, cue.speaker, *cue.lines)
        if cue.goes_on or key not in seen:
            kept.append(cue)
        seen.add(key)
    return kept


def _is_frame(before: Cue, cue: Cue, shared: int) -> bool:
    """Whether a cue only goes on showing what moves or fades: nobody says the same again within a moment."""
    brief = min(before.end - before.start, cue.end - cue.start) < _BRIEF
    return brief and shared == len(cue.lines) == len(before.lines) and cue.start - before.end < _FRAME


def _is_near(before: Cue, cue: Cue) -> bool:
    if cue.goes_on or cue.speaker != before.speaker or cue.part != before.part:
        return False
    return before.start <= cue.start <= before.end + ROLLING_GAP


def _rolled(before: Cue, cue: Cue) -> int:
    """How many of the first lines of a cue are the last ones of the cue before."""
    if not _is_near(before, cue):
        return 0
    most = min(len(before.lines), len(cue.lines), 4)
    return next((size for size in range(most, 0, -1) if before.lines[-size:] == cue.lines[:size]), 0)


def _grows(before: Cue, cue: Cue) -> bool:
    return cue.lines[0].startswith(before.lines[-1] + " ")


def utterances(cues: Sequence[Cue]) -> Iterator[Utterance]:
    """Everything that is said, sung, heard or shown, in order."""
    reader = LabelReader()
    reader.count(_without_dash(line) or line for cue in cues if cue.kind == "speech" for line in cue.lines)
    waiting = ""
    for cue in cues:
        if cue.kind != "speech":
            yield Utterance(cue.kind, "", " ".join(cue.lines), cue.start, cue.end)
            continue
        said = _CueReader(cue, reader, waiting)
        yield from said.read()
        waiting = said.waiting


def _without_dash(line: str) -> str:
    found = _DASH.match(line)
    return line[found.end() :].lstrip() if found else line


class _CueReader:
    """Reads one cue; `waiting` is a label whose words are still to come."""

    def __init__(self, cue: Cue, labels: LabelReader, waiting: str) -> None:
        self.cue, self.labels, self.waiting = cue, labels, waiting
        self.found: list[Utterance] = []
        self.singing = False

    def read(self) -> list[Utterance]:
        """The utterances of the cue."""
        for line in _whole_lines(_with_dashes(self.cue.lines)):
            if self.singing or line[0] in _NOTES or (line.startswith("# ") and len(line) > 2):
                self._sing(line)
            else:
                self._say(line)
        return self.found

    def _sing(self, line: str) -> None:
        self._put("lyrics", "", line, turn=False)
        self.singing = line.rstrip()[-1] not in _NOTES + "#" or not line.strip(_NOTES + "# ")

    def _say(self, line: str) -> None:
        words = _without_dash(line)
        turn = words != line or (not self.found and bool(self.cue.speaker))
        lead = _SOUND.match(words)
        label = self.labels.read(words)
        if label is None and lead and (rest := words[lead.end() :].lstrip(" -")):
            label = self.labels.read(rest)
            label = label and Label(label.name, label.manner, f"{lead[0]} {label.rest}")
        speaker = written_name(self.cue.speaker) if self.cue.speaker else ""
        if label:
            words, turn = label.rest, True
            speaker = label.name
            if label.manner and words:
                words = f"({label.manner}) {words}"
        if words:
            self._put_words(speaker, words, turn)
        else:
            self.waiting = speaker

    def _put_words(self, speaker: str, words: str, turn: bool) -> None:
        bare = _SOUND.sub("", words)
        if not speaker and _CREDIT.match(bare):
            self._put("credit", "", words, turn=False)
            return
        if not _LETTER.search(bare):
            self._put("sound", "", words, turn=False)
        elif bare.strip(" -")[:1] in tuple(_NOTES):
            self._put("lyrics", speaker, words, turn=False)
        else:
            self._put("speech", speaker, _SOUND.sub(_as_action, words), turn)

    def _put(self, kind: str, speaker: str, text: str, turn: bool) -> None:
        if kind == "speech" and self.waiting:
            speaker, turn, self.waiting = speaker or self.waiting, True, ""
        last = self.found[-1] if self.found else None
        if last and last.kind == kind and not turn and speaker in ("", last.speaker):
            last.text = joined(last.text, text)
        else:
            self.found.append(Utterance(kind, speaker, text, self.cue.start, self.cue.end, turn))


def _as_action(found: re.Match[str]) -> str:
    """A sound between words as chats write what is done: *sighs*."""
    inner = found[0][1:-1].replace("*", "").strip()
    return f"*{inner.lower() if inner.isupper() else inner}*" if inner else ""


def _with_dashes(lines: Sequence[str]) -> Iterator[str]:
    """The lines of a cue with long dashes of speakers made short, cut where a mark changes the speaker."""
    several = sum(line[0] == "—" for line in lines) > 1
    before = ""
    for line in lines:
        if line[0] == "—" and (several or before.endswith((".", "!", "?", "…"))):
            line = "- " + line[1:].lstrip()
        before = line
        pieces = (
            _TURN.split(line) if ">>" in line else _SECOND_DASH.split(line) if _DASH.match(line) else (line,)
        )
        yield from filter(None, pieces)


def _whole_lines(lines: Iterable[str]) -> Iterator[str]:
    """The lines of a cue; one that ends inside brackets goes on in the next."""
    kept = ""
    for line in lines:
        kept = f"{kept} {line}" if kept else line
        if not _is_open(kept):
            yield kept
            kept = ""
    if kept:
        yield kept


def _is_open(line: str) -> bool:
    return len(line) < 200 and (line.rfind("[") > line.rfind("]") or line.rfind("(") > line.rfind(")"))


def joined(first: str, second: str) -> str:
    """Two pieces of one line; scripts that set no spaces get none."""
    east = first[-1:] >= "\u2e80" and second[:1] >= "\u2e80" and second[:1] < "\uac00"
    return first + second if east else f"{first} {second}"
