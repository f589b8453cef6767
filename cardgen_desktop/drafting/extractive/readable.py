"""How well a sentence stands alone on a card: whole, of fair length, surely about the character."""

import re

from .passages import Passage
from .sheets import is_fact, is_known_fact
from .stretches import WORD, segments_between
from .subject import Subject

LONG_WORDS = 60
SHORT_WORDS = 7
VERSE_LINES = 3
MOST_QUOTED = 0.35
MOST_CAPITAL = 0.5
NEAR_BEGINNING = 4
HANGING, HANGING_OWN = 0.5, 0.75
BY_VOICE = {"narration": 1.0, "own": 0.9, "other": 0.5, "mixed": 0.4, "unknown": 0.15}
_ENDS = (".", "!", "?", "…", "。", "！", "？", ";", ":")
_CLOSING = "\"'”’»«“)]_* "
_BONUS = re.compile(r"(?<!\w)[+-]\d+\b")
"""A figure of a game: *Medicine +5*."""


def readable(passage: Passage, subject: Subject) -> float:
    """A factor from 0 (not to be used) to about 1.2."""
    text = subject.index.text[passage.start : passage.end]
    if _unusable(passage, subject, text):
        return 0.0
    value = BY_VOICE[passage.voice] * (0.2 if _only_tags(passage, subject) else 1.0)
    value *= _beginning(passage, subject) * _ending(text, passage)
    value *= 0.7 if not SHORT_WORDS <= len(passage.words) <= LONG_WORDS else 1.0
    value *= 0.2 if _is_addressed(passage, subject) else 1.0
    return value * _person(passage, subject) * passage.sure


def _unusable(passage: Passage, subject: Subject, text: str) -> bool:
    """Verse, asides in brackets, sentences that are mainly speech, labelled lines of sheets and chats."""
    if not passage.words or is_verse(text) or text.startswith(("[", "(", "*")) or is_title(text):
        return True
    shape = subject.shape_at(passage.start)
    if shape == "sheet":
        line = subject.index.paragraphs[passage.paragraph]
        return is_fact(subject.index.text[line.start : line.end])
    if shape == "wiki" and (_BONUS.search(text) or is_known_fact(text, subject)):
        return True
    return passage.voice == "mixed" and (shape == "chat" or _mostly_quoted(passage, subject))


def _only_tags(passage: Passage, subject: Subject) -> bool:
    """Whether a sentence of narration only closes the speech before it: `said Maren at last.`"""
    before = subject.index.text[max(0, passage.start - 3) : passage.start].rstrip()
    closing = before.endswith(tuple("\"'”’»«"))
    return closing and not subject.index.pack.speech_verbs.isdisjoint(passage.words[:5])


def _is_addressed(passage: Passage, subject: Subject) -> bool:
    """Whether a letter or an aside calls the character: `So now, Livesey, come post`."""
    text, first = subject.index.text, next(subject.named_between(passage.start, passage.end), None)
    if passage.voice != "narration" or first is None:
        return False
    before, after = text[passage.start : first.start].rstrip(), text[first.end : first.end + 1]
    return before.endswith(",") and after in (",", ".", "!", "?")


def _ending(text: str, passage: Passage) -> float:
    end = text.rstrip(_CLOSING)
    if passage.voice == "own" and end.endswith((",", ";")):
        return 0.95
    if not end.endswith(_ENDS):
        return 0.5
    if end.endswith(":"):
        return 0.3
    return 0.55 if end.endswith(("?", ";")) else 0.8 if end.endswith("!") else 1.0


def _beginning(passage: Passage, subject: Subject) -> float:
    """Better when the sentence names the character or begins with it, worse when it begins with another."""
    first = passage.words[:NEAR_BEGINNING]
    person = subject.speaker if passage.voice == "own" else subject.person
    begins = not person.owners.isdisjoint(first)
    if not begins and not subject.strangers.isdisjoint(first):
        return 0.5
    hanging = passage.words[0] in subject.pack.dangling
    if hanging:
        return HANGING_OWN if begins else HANGING
    return 1.15 if passage.words[0] in person.owners or passage.named else 0.85


def _mostly_quoted(passage: Passage, subject: Subject) -> bool:
    """Whether a sentence that mixes speech and narration is mainly speech."""
    quoted = sum(
        min(passage.end, segment.outer_end) - max(passage.start, segment.outer_start)
        for segment in segments_between(subject.index, passage.start, passage.end)
    )
    return quoted > MOST_QUOTED * (passage.end - passage.start)


def _person(passage: Passage, subject: Subject) -> float:
    """Somebody else's "I" and a "you" make a sentence hard to use on a card."""
    pack, value = subject.pack, 1.0
    strange = passage.voice == "narration" and not subject.narrates
    if strange and not pack.first_person.isdisjoint(passage.words):
        meant = passage.named or (subject.narrator_named and passage.words[0] not in pack.first_person)
        value *= 0.7 if meant else 0.2
    if not pack.second_person.isdisjoint(passage.words):
        value *= 0.6
    return value


def is_title(text: str) -> bool:
    """Whether a text is a line of a table of contents, or a time mark of subtitles, and no sentence."""
    words = WORD.findall(text)
    capital = sum(word[0].isupper() for word in words)
    listed = text.rstrip(". ")[-1:].isdigit() and len(words) > 2
    return "-->" in text or (listed and capital > MOST_CAPITAL * len(words))


def is_verse(text: str) -> bool:
    """Whether a text is set in lines that each begin with a capital."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(lines) < VERSE_LINES:
        return False
    capital = sum(next((letter.isupper() for letter in line if letter.isalpha()), False) for line in lines)
    return capital >= 0.8 * len(lines) and max(map(len, lines)) < 65
