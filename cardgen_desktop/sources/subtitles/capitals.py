"""Subtitles written in capitals throughout, put into small letters; known names keep a capital."""

import re
from collections.abc import Iterator, Sequence

from ..language import detect_language
from .names import listed, names_in, proper_words
from .speech import Utterance

CAPITALS_SHARE = 0.9
LEAST_LETTERS = 20
MOST_SAMPLED = 80
LEFT_AS_THEY_ARE = frozenset({"de", "tr", "az"})
"""Languages whose small letters nobody can tell from capitals: every noun has one, or I is no capital i."""

_WORD = re.compile(r"(?:[^\W\d_]\.)+[^\W\d_]\b|[^\W\d_]+(?:['’][^\W\d_]+)*")
_ACTION = re.compile(r"\*[^*\n]*\*")
_SENTENCE_END = re.compile(r"(?:(?<!\.)\.(?!\.)|[!?][!?.]*)[\"”»’')\]*]*\s|[。！？]")
_VOWEL = re.compile(r"[aeiouyà-öø-ÿ]")


def is_in_capitals(said: Sequence[Utterance]) -> bool:
    """Whether hardly a letter of what is said is small, in a language and amount that tell."""
    upper = lower = 0
    for each in said:
        if each.kind == "speech":
            letters = _ACTION.sub("", each.text)[:MOST_SAMPLED]
            upper += sum(map(str.isupper, letters))
            lower += sum(map(str.islower, letters))
    return upper >= LEAST_LETTERS and upper >= CAPITALS_SHARE * (upper + lower)


def in_small_letters(said: Sequence[Utterance]) -> bool:
    """Put the lines in capitals into small letters, in place; False when the language forbids it."""
    shouted = [each for each in said if each.kind == "speech" and _is_shouted(each.text)]
    language = detect_language(" ".join(each.text for each in shouted)) or "en"
    if language in LEFT_AS_THEY_ARE:
        return False
    labels = {word for each in said for word in each.speaker.split() if word.isalpha()}
    names = names_in((each.text.lower() for each in shouted), labels, language)
    capitals = names | proper_words(language)
    for each in shouted:
        each.text = "".join(_sentences(each.text, capitals, language))
    return True


def _is_shouted(text: str) -> bool:
    letters = _ACTION.sub("", text)
    return any(map(str.isupper, letters)) and not any(map(str.islower, letters))


def _sentences(text: str, capitals: frozenset[str], language: str) -> Iterator[str]:
    """The text in pieces; what stands between asterisks is done, not said, and stays as it is."""
    words = list(_WORD.finditer(_ACTION.sub(lambda done: " " * len(done[0]), text)))
    at, begins = 0, True
    for found, following in zip(words, [*words[1:], None], strict=True):
        between = text[at : found.start()]
        begins = begins or bool(_SENTENCE_END.search(between) and not _is_short(between, text[:at]))
        yield between
        yield _cased(found[0], begins, following[0].lower() if following else "", capitals, language)
        at, begins = found.end(), False
    yield text[at:]


def _is_short(between: str, before: str) -> bool:
    """Whether a full stop belongs to the word before it: `MR.`, `U.S.`"""
    word = re.split(r"[\s\"“(*'-]", before[-12:])[-1]
    return between.startswith(".") and (word.lower() in listed("shortened") or "." in word)


def _cased(word: str, begins: bool, after: str, capitals: frozenset[str], language: str) -> str:
    small = word.lower()
    plain = re.split("['’]", small)[0]
    if "." in word or (language == "en" and _is_initials(plain)):
        return word[: len(plain)] + small[len(plain) :]
    named = (
        plain in capitals or plain in listed("shortened") or (small in listed("titles") and after in capitals)
    )
    if named or begins or (language == "en" and plain == "i"):
        return small[0].upper() + small[1:]
    return small


def _is_initials(word: str) -> bool:
    spelt = 1 < len(word) < 5 and not _VOWEL.search(word)
    return word in listed("initials") or (
        spelt and word not in listed("murmurs") and word not in listed("shortened")
    )
