"""Quotation styles and quoted segments (offline-drafter.md 3.2)."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from .incises import split_incises
from .languages import LanguagePack
from .model import Paragraph, Segment

DASHES = "—–―"
LINE_DASH = re.compile(rf"(?m)^[ \t]*(?:[{DASHES}]|--?(?=[ \t]?[^\W\d_]))[ \t]?(?=\S)")
CLOSED_BY_STOP = tuple(".,!?…;:—–-。，！？；：、")
INTRODUCED_BY = (",", ":", "—", "-", "：", "，", "道", "说")
FEWEST_DASHES = 3
LEAD_REACH = 20
WEAK_SHARE, DOUBLE_SHARE = 0.3, 0.6
OPENS_AFTER = frozenset(" \t\r\n([_*/—–-­")
SCARE_WORDS = 4


@dataclass(frozen=True, slots=True)
class QuotationStyle:
    """Which marks open and close a quotation; `marks` finds both, `seen` counts openers."""

    name: str
    seen: re.Pattern[str]
    openers: str
    closers: str

    @property
    def marks(self) -> re.Pattern[str]:
        """A pattern that finds every mark of the style."""
        return re.compile("[" + re.escape("".join(dict.fromkeys(self.openers + self.closers))) + "]")


DOUBLE = QuotationStyle("double", re.compile(r'"(?=\S)|“'), '"“', '"”')
SINGLE = QuotationStyle("single", re.compile(r"(?:(?<=\s)|^)‘(?=\S)"), "‘", "’")
STRAIGHT_SINGLE = QuotationStyle(
    "straight single", re.compile(r"(?:(?<=[\s(—-])|^)'(?=[^\W\d_a-zß-ÿ])"), "'", "'"
)
GUILLEMETS = QuotationStyle("guillemets", re.compile(r"(?:(?<=[\s(—–-])|^)«"), "«", "»")
REVERSED_GUILLEMETS = QuotationStyle(
    "reversed guillemets", re.compile(r"(?:(?<=[\s(—–-])|^)»(?=\S)"), "»", "«"
)
LOW = QuotationStyle("low", re.compile("„"), "„", '“”"')
CORNERS = QuotationStyle("corners", re.compile("「"), "「", "」")
DASH = QuotationStyle("dash", LINE_DASH, "", "")
_TAG = re.compile(r"\s*[,，—–-]?\s*([^\W\d_]+)(?:[\s’'-]+([^\W\d_]+))?")
TAG_REACH = 60
PAIRED = (DOUBLE, SINGLE, STRAIGHT_SINGLE, GUILLEMETS, REVERSED_GUILLEMETS, LOW, CORNERS)


def quotation_styles(text: str, pack: LanguagePack, *, has_lists: bool = False) -> tuple[QuotationStyle, ...]:
    """The styles a source uses: its commonest marks, weak ones held back (3.2), and dialogue by dashes.

    Where there are lists a dash begins an item.
    """
    counts = {style.name: sum(1 for _ in style.seen.finditer(text)) for style in (*PAIRED, DASH)}
    counts["dash"] *= not has_lists
    if counts["low"]:
        counts["double"] -= text.count("“")
    best = max(PAIRED, key=lambda style: counts[style.name])
    strong = max(PAIRED, key=lambda style: counts[style.name] * (style is not STRAIGHT_SINGLE))
    if best is STRAIGHT_SINGLE and counts[strong.name] >= WEAK_SHARE * counts[best.name]:
        best = strong
    if best is SINGLE and counts["double"] >= DOUBLE_SHARE * counts["single"]:
        best = DOUBLE
    if counts["dash"] > counts[best.name] / WEAK_SHARE:
        return (DASH,)
    return (best, DASH) if pack.dash_dialogue and counts["dash"] >= FEWEST_DASHES else (best,)


def find_segments(
    text: str,
    paragraphs: Iterable[Paragraph],
    styles: dict[int, tuple[QuotationStyle, ...]],
    pack: LanguagePack,
) -> list[Segment]:
    """Every quoted stretch outside headings, in order; scare quotes are dropped."""
    segments: list[Segment] = []
    for paragraph in paragraphs:
        if paragraph.heading or paragraph.source not in styles:
            continue
        found = _segments_of(text, paragraph, styles[paragraph.source])
        for segment in split_incises(text, found, pack) if pack.inline_tags else found:
            if not _is_scare(text, paragraph, segment, pack):
                segment.id = len(segments)
                segments.append(segment)
    return segments


def _segments_of(text: str, paragraph: Paragraph, styles: tuple[QuotationStyle, ...]) -> Iterator[Segment]:
    if DASH in styles and LINE_DASH.match(text, paragraph.start, paragraph.end):
        yield from _dash_segments(text, paragraph)
    elif styles[0] is not DASH:
        yield from _paired_segments(text, paragraph, styles[0])


def _paired_segments(text: str, paragraph: Paragraph, style: QuotationStyle) -> Iterator[Segment]:
    opened: int | None = None
    for found in style.marks.finditer(text, paragraph.start, paragraph.end):
        at = found.start()
        kind = _mark_kind(text, at, paragraph, style, opened)
        if kind == "open":
            if opened is not None:
                yield from _segment(text, paragraph, opened, at, at)
            opened = at
        elif kind == "close" and opened is not None:
            yield from _segment(text, paragraph, opened, at, at + 1)
            opened = None
    if opened is not None:
        for segment in _segment(text, paragraph, opened, paragraph.end, paragraph.end):
            segment.continued = True
            yield segment


def _segment(text: str, paragraph: Paragraph, opened: int, end: int, outer_end: int) -> Iterator[Segment]:
    words = text[opened + 1 : end]
    inner = words.strip()
    if inner:
        start = opened + 1 + len(words) - len(words.lstrip())
        yield Segment(-1, start, start + len(inner), opened, outer_end, paragraph.id)


def _mark_kind(text: str, at: int, paragraph: Paragraph, style: QuotationStyle, opened: int | None) -> str:
    mark = text[at]
    before = text[at - 1] if at > paragraph.start else " "
    after = text[at + 1] if at + 1 < paragraph.end else " "
    if style is STRAIGHT_SINGLE or mark == '"':
        return _straight_kind(mark, before, after)
    if mark in style.openers:
        if style is SINGLE and before.isalnum():
            return ""
        return "open"
    if style is SINGLE:
        return _single_close(text, at, before, after, paragraph)
    return "close"


def _straight_kind(mark: str, before: str, after: str) -> str:
    opens = before in OPENS_AFTER and not after.isspace()
    if mark == "'":
        if opens and after.isupper() and before not in "-–":
            return "open"
        return "close" if before in CLOSED_BY_STOP and not after.isalnum() else ""
    if opens:
        return "open"
    if not before.isspace() and not after.isalnum():
        return "close"
    return "close" if not before.isspace() else ""


def _single_close(text: str, at: int, before: str, after: str, paragraph: Paragraph) -> str:
    """A single mark closes unless it is an apostrophe: within a word, or with a better mark later on."""
    if after.isalnum() or before.isspace():
        return ""
    if before in CLOSED_BY_STOP or not before.isalnum():
        return "close"
    later_open = text.find("‘", at, paragraph.end)
    stop = later_open if later_open >= 0 else paragraph.end
    better = re.compile(r"[.,!?…;:—–-]’(?!\w)").search(text, at + 1, stop)
    return "" if better else "close"


def _dash_segments(text: str, paragraph: Paragraph) -> Iterator[Segment]:
    """A line that begins with a dash is speech; further dashes take turns between narration and speech."""
    lead = LINE_DASH.match(text, paragraph.start, paragraph.end)
    if not lead:
        return
    pieces = re.compile(rf"\s?[{DASHES}]\s?|\s--\s").finditer(text, lead.end(), paragraph.end)
    start, outer, speaking = lead.end(), paragraph.start, True
    for found in pieces:
        if speaking:
            yield from _dash_segment(text, paragraph, start, found.start(), outer)
        start, outer, speaking = found.end(), found.start(), not speaking
    if speaking:
        yield from _dash_segment(text, paragraph, start, paragraph.end, outer)


def _dash_segment(text: str, paragraph: Paragraph, start: int, end: int, outer: int) -> Iterator[Segment]:
    words = text[start:end]
    inner = words.strip().lstrip(".,;: ")
    if inner:
        begin = start + words.index(inner)
        yield Segment(-1, begin, begin + len(inner), outer, end, paragraph.id)


def _is_scare(text: str, paragraph: Paragraph, segment: Segment, pack: LanguagePack) -> bool:
    """A word or two in marks inside narration: a title, a term, irony, not speech."""
    words = text[segment.start : segment.end]
    if segment.outer_start == paragraph.start or words.endswith(CLOSED_BY_STOP) or segment.continued:
        return False
    if len(words.split()) > SCARE_WORDS or _is_tagged(text, segment, pack):
        return False
    before = text[max(paragraph.start, segment.outer_start - LEAD_REACH) : segment.outer_start].rstrip()
    return not before.endswith(INTRODUCED_BY)


def _is_tagged(text: str, segment: Segment, pack: LanguagePack) -> bool:
    """Whether a word of speaking follows, behind a comma outside the marks: *„Ja“, sagte Otto*."""
    after = _TAG.match(text, segment.outer_end, segment.outer_end + TAG_REACH)
    return after is not None and any(word and word.casefold() in pack.speech_verbs for word in after.groups())
