"""What checking knows of a language: stems, related words, opposites, negations and numbers, as data."""

import json
import re
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cache
from typing import Any, NamedTuple

from ...paths import resource
from ...reading.languages import language_pack

FALLBACK = "en"
LANGUAGES = ("en", "de", "fr", "es", "it", "pt", "ru")
UNSPACED = ("zh", "ja", "ko")
SHORTEST_STEM = 3
_UNSPACED = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_WORD = re.compile(rf"[{_UNSPACED}]+|(?:(?![{_UNSPACED}])[^\W\d_])+|\d+")
_SIGNS = re.compile(f"[{_UNSPACED}]")
_VOWEL = re.compile("[aeiouy]")
_STRIPPED = ("fulness", "ousness", "ation", "ition", "ness", "ment", "ful", "ly")


class Token(NamedTuple):
    """A word of a text: where it is, in lower case, and its stem."""

    start: int
    end: int
    word: str
    stem: str


@dataclass(slots=True)
class Lexicon:
    """The word lists of one language; every set and table is over stems unless said otherwise.

    `stop` words carry no claim, `light` ones little. `related` are words that may say the same, `opposites`
    those that say the contrary. `negations` and `speech` hold whole words. `numbers`, `ordinals` and `counts`
    give the value of a word; `counts` (*pair*, *twice*) only tell what a source says.
    """

    code: str
    stop: frozenset[str]
    light: frozenset[str]
    irregular: dict[str, str]
    related: dict[str, frozenset[str]]
    opposites: dict[str, frozenset[str]]
    negations: frozenset[str]
    negation_exceptions: re.Pattern[str]
    numbers: dict[str, int]
    ordinals: dict[str, int]
    counts: dict[str, float]
    joiners: frozenset[str]
    keys: frozenset[str]
    genders: dict[str, str]
    speech: frozenset[str]
    copulas: frozenset[str]
    naming: frozenset[str]
    further: frozenset[str]
    turns: frozenset[str]
    features: frozenset[str]
    suffixes: tuple[str, ...]
    _stems: dict[str, str] = field(default_factory=dict)

    def stem(self, word: str) -> str:
        """The stem of a word in lower case."""
        known = self._stems.get(word)
        if known is None:
            base = self.irregular.get(word, word)
            known = _english_stem(base) if self.code == "en" else _cut(base, self.suffixes)
            self._stems[word] = known
        return known

    def tokens(self, text: str, start: int = 0, end: int | None = None) -> list[Token]:
        """The words of a stretch, stop words too; scripts without spaces give every two neighbours."""
        found: list[Token] = []
        for match in _WORD.finditer(text, start, len(text) if end is None else end):
            word, at = match[0].lower(), match.start()
            if _SIGNS.match(word):
                size = min(2, len(word))
                found += [
                    Token(at + i, at + i + size, word[i : i + size], word[i : i + size])
                    for i in range(len(word) - size + 1)
                ]
            else:
                found.append(Token(at, match.end(), word, self.stem(word)))
        return found

    def stems(self, text: str, start: int, end: int) -> set[str]:
        """The different stems of a stretch."""
        words = _WORD.findall(text, start, end)
        if self.code in UNSPACED:
            return {token.stem for token in self.tokens(text, start, end)}
        return {self.stem(word.lower()) for word in words}

    def is_stop(self, token: Token) -> bool:
        """Whether a word says nothing by itself."""
        return token.word in self.stop

    def value_of(self, word: str) -> int | None:
        """The number that a word or digits mean."""
        if word.isdecimal():
            return int(word) if len(word) <= 12 else None
        return self.numbers.get(word, self.ordinals.get(word))


def _english_stem(word: str) -> str:
    """A light stemmer: plural, tense, and a few endings; a final e goes, a final y is an i."""
    if len(word) < SHORTEST_STEM:
        return word
    word = _without_inflection(word)
    for ending in _STRIPPED:
        if word.endswith(ending) and len(word) - len(ending) > SHORTEST_STEM:
            word = word[: -len(ending)]
            break
    if word.endswith("e") and len(word) > SHORTEST_STEM:
        word = word[:-1]
    return word[:-1] + "i" if word.endswith("y") and len(word) > 2 else word


def _without_inflection(word: str) -> str:
    if word.endswith(("ies", "ied")):
        return word[:-3] + "y"
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-2] if word.endswith(("sses", "shes", "ches", "xes")) else word[:-1]
    for ending in ("ing", "ed"):
        rest = word[: -len(ending)]
        if word.endswith(ending) and len(rest) >= SHORTEST_STEM - (ending == "ed") and _VOWEL.search(rest):
            return rest[:-1] if len(rest) > 3 and rest[-1] == rest[-2] and rest[-1] not in "lsz" else rest
    return word


def _cut(word: str, suffixes: tuple[str, ...]) -> str:
    for ending in suffixes:
        if word.endswith(ending) and len(word) - len(ending) > SHORTEST_STEM:
            return word[: -len(ending)]
    return word


@cache
def lexicon(code: str) -> Lexicon:
    """The lexicon of a language; one without its own has the stop words of its reading pack alone."""
    known = code in LANGUAGES
    data: dict[str, Any] = {}
    if known:
        data = json.loads(resource("checking", f"{code}.json").read_text(encoding="utf-8"))
    pack = language_pack(code)
    built = _empty(code, data)
    built.stop = frozenset(data.get("stop", "").split()) | pack.function_words | pack.determiners
    built.stop -= built.numbers.keys() | built.ordinals.keys()
    built.light = frozenset(built.stem(word) for word in data.get("light", "").split())
    built.naming = frozenset(built.stem(word) for word in data.get("naming", "").split())
    built.related = _pairs(built, (group.split() for group in data.get("groups", ())))
    built.opposites = _pairs(built, (pair.split() for pair in data.get("antonyms", "").split("|")))
    return built


def _empty(code: str, data: dict[str, Any]) -> Lexicon:
    words: dict[str, Any] = {
        name: frozenset(data.get(name, "").split())
        for name in ("negations", "joiners", "keys", "speech", "copulas", "further", "turns", "features")
    }
    exceptions = "|".join(filter(None, data.get("negation_exceptions", "").split("|"))) or "(?!)"
    return Lexicon(
        code=code,
        stop=frozenset(),
        light=frozenset(),
        irregular=_irregular(data.get("irregular", "")),
        related={},
        opposites={},
        negation_exceptions=re.compile(rf"\b(?:{exceptions})\b", re.IGNORECASE),
        numbers={word: int(value) for word, value in _table(data.get("numbers", "")).items()},
        ordinals={word: int(value) for word, value in _table(data.get("ordinals", "")).items()},
        counts={word: float(value) for word, value in _table(data.get("counts", "")).items()},
        genders=_table(data.get("genders", "")),
        naming=frozenset(),
        suffixes=tuple(sorted(data.get("suffixes", "").split(), key=len, reverse=True)),
        **words,
    )


def _table(text: str) -> dict[str, str]:
    return dict(part.split(":") for part in text.split(";") if part)


def _irregular(text: str) -> dict[str, str]:
    return {form: base for base, forms in _table(text).items() for form in forms.split(",")}


def _pairs(lexicon: Lexicon, groups: Any) -> dict[str, frozenset[str]]:
    """Each first word of a group with every other word of it, both ways."""
    related: dict[str, set[str]] = defaultdict(set)
    for head, *members in (group for group in groups if group):
        first = lexicon.stem(head)
        for member in members:
            other = lexicon.stem(member)
            if other != first:
                related[first].add(other)
                related[other].add(first)
    return {word: frozenset(others) for word, others in related.items()}
