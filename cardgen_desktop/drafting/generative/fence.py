"""The fence around text that is material: nothing inside can close it, and nothing inside speaks to a model.

The marker is derived from the text it encloses, so a source cannot know it. Inside, everything that a chat
template, a passage number or a marker line could be mistaken for is broken up, and letters that nobody sees
are dropped (a server may read template tokens in plain text as such).
"""

import hashlib
import re

from ...domain.evidence_pack import EvidencePack, PackedPassage

NAME_LETTERS = 60
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff"
    "\U000e0000-\U000e007f]"
)
_TOKEN = re.compile(
    r"<(?=[|/\uff5c]|<|(?:s|bos|eos|pad|unk|think|start_of_turn|end_of_turn|im_start|im_end)\b)",
    re.IGNORECASE,
)
_BRACKET = re.compile(r"\[(?=\s*/?(?:INST|SYS|TOOL|AVAILABLE)|\s*S\s*\d)", re.IGNORECASE)
_PARAGRAPH = re.compile(
    r"\n\s*\n|\n(?=[ \t]*(?:\[[^\]\n]{1,30}\][ \t]*)?(?![a-zß-ÿ])[^\s:][^:\n]{0,40}:\s)"
    r"|(?<=[:：])\n|\n(?=[ \t]*[-+•*][ \t])"
)
_HEADING = re.compile(r"[^:\"“„«]{0,60}[^\s.!?…:\"”“»]\Z")
_TIME = re.compile(r"\A\s*(?:\[[^\]\n]{1,30}\]|\(?\d{1,2}:\d\d(?::\d\d)?\)?)\s*")
_RULE = re.compile(r"([=#<>~-])\1{3,}")
_NOT_IN_NAMES = re.compile(r"[<>{}\[\]|`=#\"]+")


def marker_of(pack: EvidencePack) -> str:
    """The marker of a pack: the same for every step, and not part of its text."""
    text = pack.model_dump_json()
    marker = hashlib.sha256(text.encode()).hexdigest()[:10]
    while marker in text:
        marker = hashlib.sha256(marker.encode()).hexdigest()[:10]
    return marker


def fenced(kind: str, marker: str, text: str) -> str:
    """Text between two marker lines; `kind` is a word such as SOURCE."""
    return f"===== BEGIN {kind} {marker} =====\n{text}\n===== END {kind} {marker} ====="


def inside(text: str) -> str:
    """Text made fit to stand inside a fence; its words stay, and so do its lines."""
    text = _INVISIBLE.sub("", text.replace("\r\n", "\n"))
    text = _RULE.sub(r"\1\1\1", text)
    return _BRACKET.sub("[ ", _TOKEN.sub("< ", text))


def passage_line(passage: PackedPassage) -> str:
    """A passage after the id it can be cited by, each of its paragraphs, labels and items on one line.

    Who speaks is told unless a label of the text tells it.
    """
    lines = [" ".join(paragraph.split()) for paragraph in _PARAGRAPH.split(inside(passage.text).strip())]
    begin = next((line for line in lines if not _HEADING.match(line)), "")
    is_told = not passage.speaker or _is_label(begin, passage.speaker)
    said = "" if is_told else f"({name_inside(passage.speaker)} speaks) "
    return f"[{passage.id}] {said}" + "\n".join(lines)


def _is_label(line: str, speaker: str) -> bool:
    """Whether a line begins with a label of the speaker: the whole name or a part of it, after a time."""
    label, colon, _ = _TIME.sub("", line).partition(":")
    words = set(label.casefold().split())
    return bool(colon and words) and words <= set(speaker.casefold().split())


def name_inside(name: str) -> str:
    """A name from a source as it may stand in a sentence of ours: one short line without any signs."""
    return " ".join(_NOT_IN_NAMES.sub(" ", _INVISIBLE.sub("", name)).split())[:NAME_LETTERS].strip()
