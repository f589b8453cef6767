"""Chats and scripts: labelled lines with their exact speakers (offline-drafter.md 5)."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .card_parts import message_parts, paragraphs_in
from .manuscript import Manuscript
from .model import Mention, Paragraph, Segment
from .shapes import LABEL, label_pattern

ACTION = re.compile(r"\*[^*\n]+\*")
SPOKEN = re.compile(r"[\"“「]([^\"“”「」\n]+)[\"”」]")
ONE_LINE_END = re.compile(r"[^\S\n]*\n[^\S\n]*")
NOBODY = frozenset({"", "system", "narrator", "ooc", "note"})
QUOTED_SHARE = 0.35


@dataclass(slots=True)
class ChatLine:
    """A paragraph that somebody says: where its label stands (nowhere when it goes on) and the words."""

    paragraph: int
    label_start: int
    label_end: int
    start: int
    end: int
    goes_on: bool = False


def read_chat(manuscript: Manuscript, paragraphs: Sequence[Paragraph], source: int) -> list[ChatLine]:
    """The labelled lines of a chat source, in order; one right below without a label goes on.

    In subtitles everything is speech: a line without a label is said by nobody who is known.
    """
    text = manuscript.text
    kind = manuscript.sources[source].kind
    subtitles = kind == "subtitles"
    is_labelled = kind in ("subtitles", "chat", "card")
    pattern = LABEL if is_labelled else label_pattern(text[slice(*manuscript.bounds(source))])
    if pattern is None:
        return []
    own = [paragraph for paragraph in paragraphs if paragraph.source == source and not paragraph.heading]
    if kind == "card":
        own = paragraphs_in(message_parts(manuscript, source), own)
    labels = Counter(
        found["name"].strip() for each in own if (found := pattern.match(text, each.start, each.end))
    )
    lines: list[ChatLine] = []
    for paragraph in own:
        found = pattern.match(text, paragraph.start, paragraph.end)
        if found and labels[found["name"].strip()] >= 1:
            label = found["name"].rstrip()
            begin = found.start("name")
            lines.append(
                ChatLine(paragraph.id, begin, begin + len(label), found.start("text"), paragraph.end)
            )
        elif subtitles:
            start = paragraph.start
            lines.append(ChatLine(paragraph.id, start, start, start, paragraph.end))
        elif lines and _follows(text, lines[-1], paragraph):
            lines.append(ChatLine(paragraph.id, 0, 0, paragraph.start, paragraph.end, goes_on=True))
    return lines


def _follows(text: str, line: ChatLine, paragraph: Paragraph) -> bool:
    return line.paragraph == paragraph.id - 1 and bool(
        ONE_LINE_END.fullmatch(text, line.end, paragraph.start)
    )


def chat_segments(text: str, lines: Sequence[ChatLine]) -> Iterator[tuple[ChatLine, Segment]]:
    """What is said in each line: the quoted words, else all but the *actions*."""
    for line in lines:
        for start, end in _spoken(text, line):
            words = text[start:end]
            inner = words.strip()
            if inner and any(letter.isalpha() for letter in inner):
                begin = start + words.index(inner)
                yield line, Segment(-1, begin, begin + len(inner), begin, begin + len(inner), line.paragraph)


def _spoken(text: str, line: ChatLine) -> list[tuple[int, int]]:
    actions = list(ACTION.finditer(text, line.start, line.end))
    quoted = [found.span(1) for found in SPOKEN.finditer(text, line.start, line.end)]
    covered = sum(end - start for start, end in quoted)
    told = line.end - line.start - sum(action.end() - action.start() for action in actions)
    if covered > QUOTED_SHARE * told:
        return quoted
    pieces, at = [], line.start
    for action in actions:
        pieces.append((at, action.start()))
        at = action.end()
    return [*pieces, (at, line.end)]


def label_mentions(text: str, lines: Sequence[ChatLine]) -> Iterator[Mention]:
    """A mention for every label that names somebody."""
    for line in lines:
        label = text[line.label_start : line.label_end]
        if not line.goes_on and label.strip(" ?.").lower() not in NOBODY:
            yield Mention(-1, line.label_start, line.label_end, label, line.paragraph, label=True)


def labels_of(lines: Sequence[ChatLine], mentions: Sequence[Mention]) -> dict[int, Mention | None]:
    """Who says the words of a paragraph, by paragraph; None when the label names nobody."""
    at = {mention.start: mention for mention in mentions if mention.label}
    labels: dict[int, Mention | None] = {}
    speaker: Mention | None = None
    for line in lines:
        speaker = speaker if line.goes_on else at.get(line.label_start)
        labels[line.paragraph] = speaker
    return labels
