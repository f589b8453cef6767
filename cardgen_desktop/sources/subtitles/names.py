"""Which words of lines without small letters are names: by how they are used, and by lists of words."""

import json
import re
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from ... import paths

ENGLISH = "en"
CALLED_TWICE = 2
LEAST_CHARACTERS = 3
DOUBTFUL = frozenset({"bath", "march", "may"})
"""A town and months that are more often words."""

_LETTERS = r"[^\W\d_]{1,40}"
_WORD = re.compile(r"[^\W\d_]+")
_CALLED_LAST = re.compile(rf", ({_LETTERS})(?=[.!?…]|$)")
_CALLED_FIRST = re.compile(rf"(?:^|[.!?…] )({_LETTERS})(?=, )")
_TITLED = re.compile(rf"\b(?:mr|mrs|ms|dr|mme|mlle)\b\.? ({_LETTERS})")
_MISS = re.compile(rf"\b(?:miss|monsieur|señora?|signora?) ({_LETTERS})")
_OWNING = re.compile(rf"\b({_LETTERS})['’]s\b")
_PLAIN = re.compile(
    r"\b(?:an?|the|my|your|his|her|our|their|this|that|no|some|any|to|i|you|we|they|he|she|it|not|can|will|must"
    rf"|should|would|could|may|might|very|so|too|more|most|let['’]s|don['’]t|can['’]t|won['’]t) ({_LETTERS})"
)


@cache
def listed(key: str) -> frozenset[str]:
    """A list of English words of `resources/sources/capitals.json`."""
    lists: dict[str, str] = json.loads(paths.resource("sources", "capitals.json").read_text("utf-8"))
    return frozenset(lists[key].split())


@cache
def first_names() -> frozenset[str]:
    """Known first names in small letters, as the reading has them."""
    lists: dict[str, str] = json.loads(paths.resource("reading", "first_names.json").read_text("utf-8"))
    return frozenset(name for names in lists.values() for name in names.split())


@cache
def proper_words(language: str) -> frozenset[str]:
    """Words other than names that have a capital: days, months, peoples and well-known places."""
    if language != ENGLISH:
        return frozenset()
    pack = _pack(ENGLISH)
    return frozenset(f"{pack['places']} {pack['calendar']}".split()) - DOUBTFUL | listed("peoples")


@cache
def _pack(language: str) -> dict[str, Any]:
    path = paths.resource("reading", "languages") / f"{language}.json"
    path = path if path.is_file() else path.with_name(f"{ENGLISH}.json")
    pack: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return pack


@cache
def _words(language: str) -> frozenset[str]:
    """Every word that the reading's lists of a language hold, except places and days: none is a name."""
    lists = _pack(language).items()
    kept = (text for key, text in lists if isinstance(text, str) and key not in ("places", "calendar"))
    return frozenset(word for text in kept for word in text.split()) | listed("called_but_no_names")


def names_in(texts: Iterable[str], known: Collection[str], language: str) -> frozenset[str]:
    """The names among the words of lines, all in small letters; `known` are those that labels tell.

    Somebody is called by a name, or a title stands before it. A first name needs that once, or not at all if
    it is no word; any other name twice, or once when something is said to be theirs.
    """
    uses = _Uses()
    for text in texts:
        uses.count(text)
    words, common = _words(language), listed("names_that_are_words")
    names = uses.titled | (uses.miss - words) | {word.lower() for word in known}
    for word in uses.seen & first_names():
        is_word = word in words or word in common
        if (uses.called[word] and (word in common or not is_word)) or (language == ENGLISH and not is_word):
            names.add(word)
    often = {word for word, count in uses.called.items() if count >= CALLED_TWICE or word in uses.owning}
    names |= {word for word in often - words - uses.plain if not uses.is_common(word)}
    return frozenset(names)


@dataclass(slots=True)
class _Uses:
    """How words are used: who is called, has a title, owns something; and what no name can stand behind."""

    called: Counter[str] = field(default_factory=Counter)
    titled: set[str] = field(default_factory=set)
    miss: set[str] = field(default_factory=set)
    owning: set[str] = field(default_factory=set)
    plain: set[str] = field(default_factory=set)
    seen: set[str] = field(default_factory=set)

    def count(self, text: str) -> None:
        """Look at a line in small letters."""
        self.called.update(_CALLED_LAST.findall(text))
        self.called.update(_CALLED_FIRST.findall(text))
        self.titled.update(_TITLED.findall(text))
        self.miss.update(_MISS.findall(text))
        self.owning.update(_OWNING.findall(text))
        self.plain.update(_PLAIN.findall(text))
        self.seen.update(_WORD.findall(text))

    def is_common(self, word: str) -> bool:
        """Whether the word is an adverb or a short cry, or has other forms, as verbs and nouns have."""
        if len(word) < LEAST_CHARACTERS or word.endswith("ly"):
            return True
        forms = (f"{word}s", f"{word}ed", f"{word}d", f"{word}ing", f"{word[:-1]}ing", f"{word}ly")
        return any(form in self.seen for form in forms)
