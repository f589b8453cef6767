"""What kind of text a source is: prose, a chat or script, a sheet or a wiki page (offline-drafter.md 5)."""

import re
from collections import Counter

from ..domain.source import SourceKind
from .model import SourceShape

LABEL = re.compile(
    r"^[ \t>]*(?:[\[(]?\d[\d:.,/ TZ\-]*(?:[aApP]\.?[mM]\.?)?[\])]?[ \t]*[-–—]?[ \t]*)?"
    r"\**(?P<name>[^\W\d_][^\n:*\"“”«»<>=|;]{0,39}?|\?{1,5})\**[ \t]?(?:\([^)\n]{0,40}\)[ \t]?)?"
    r"[:：]\**(?=[ \t　「\"“]|[^\x00-\x7f])"
    r"[ \t　]*(?P<text>\S)",
    re.MULTILINE,
)
STAGE_LABEL = re.compile(
    r"^(?P<name>[^\W\d_a-z][^\n\d_a-z:.]{1,30})[.:][ \t]*(?:\n|(?=\S))[ \t]*(?P<text>\S)", re.MULTILINE
)
PAIR = re.compile(r"^[ \t]*(?:[-*•+][ \t]+\S|\**[^\W\d_][^\n:.!?]{0,29}\**:\**[ \t]*(?:\S|$))")
WIKI_HEADINGS = frozenset(
    {
        "biography", "early life", "background", "appearance", "physical appearance", "personality",
        "relationships", "abilities", "powers and abilities", "history", "trivia", "references", "etymology",
        "external links", "see also", "notes", "gallery", "quotes", "in popular culture",
        "description", "ideals, bonds, flaws", "ideals, bonds and flaws", "sample lines", "sample dialogue",
        "backstory", "likes and dislikes", "roleplaying", "roleplay notes", "voice lines", "family", "story",
        "personality traits", "overview", "profile", "physical description", "equipment", "skills",
        "personality and traits", "character history", "plot", "development", "reception",
    }
)  # fmt: skip
NOTE_MARK = re.compile(r"\[\d{1,3}\]")
LABEL_WORDS = 4
CHAT_NAMES, CHAT_TIMES, CHAT_SHARE = 2, 3, 0.5
SHEET_SHARE, SHEET_LINES = 0.45, 400
WIKI_SECTIONS, WIKI_NOTES, WIKI_WORDS = 2, 6, 20_000


def shape_of(text: str, kind: SourceKind = "text") -> SourceShape:
    """The shape of a source; prose when nothing else is clear. Subtitles and chat logs are speech."""
    if kind == "card":
        return "card"
    if kind in ("subtitles", "chat") and text.strip():
        return "chat"
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not lines:
        return "prose"
    if label_pattern(text) is not None:
        return "chat"
    if _is_wiki(text, lines):
        return "wiki"
    pairs = sum(bool(PAIR.match(line)) for line in lines)
    if len(lines) < SHEET_LINES and len(lines) > 2 and pairs > SHEET_SHARE * len(lines):
        return "sheet"
    return "prose"


def label_pattern(text: str) -> re.Pattern[str] | None:
    """The pattern of speaker labels in a chat or script, or None when the text is no such thing.

    Over half of the lines or of the paragraphs begin with a label, and two names occur three times.
    """
    lines = sum(bool(line.strip()) for line in text.splitlines())
    paragraphs = len(re.findall(r"\S[^\n]*(?:\n[ \t]*\S[^\n]*)*", text))
    for pattern in (LABEL, STAGE_LABEL):
        names = Counter(found["name"].strip() for found in pattern.finditer(text) if _is_label(found["name"]))
        spoken = sum(names.values())
        frequent = sum(count >= CHAT_TIMES for count in names.values())
        if frequent >= CHAT_NAMES and spoken > CHAT_SHARE * min(lines, paragraphs):
            return pattern
    return None


def _is_label(name: str) -> bool:
    words = name.split()
    return 0 < len(words) <= LABEL_WORDS and not name.lower().startswith(("http", "note", "chapter"))


def _is_wiki(text: str, lines: list[str]) -> bool:
    headings = {line.strip("=#* ").lower() for line in lines if len(line) < 40}
    if len(headings & WIKI_HEADINGS) >= WIKI_SECTIONS:
        return True
    few_words = len(text) < WIKI_WORDS * 6
    return few_words and len(NOTE_MARK.findall(text)) >= WIKI_NOTES and len(headings & WIKI_HEADINGS) >= 1
