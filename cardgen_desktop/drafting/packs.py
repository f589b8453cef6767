"""What the drafter knows of a language: connecting phrases and the words that describe people, as data."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from string import Template
from typing import Any

from ..paths import resource

FALLBACK = "en"
PACKS = ("en", "fr", "de", "es", "it", "pt", "ru")
ASPECTS = ("appearance", "personality", "background", "relationships", "goals")
WEAK_WEIGHT = 0.4
CORE_WEIGHT = 2.6
WORD_LISTS = (
    "dangling", "copulas", "copula_objects", "negations", "origins", "kin", "kinds", "features", "wears",
    "habits", "he", "she", "his", "her", "first_person", "second_person", "articles", "persons",
    "naming", "self_names", "self_verbs", "formulas", "of_words", "strange_possessives", "prepositions",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Words that describe one aspect, with weights: a plain hit is 1, a core hit 1 + 1.6, a weak one 0.4.

    Entries that end in `*` match every word that begins so; they are for languages with many endings.
    """

    whole: dict[str, float]
    stems: dict[str, float]
    stem_lengths: tuple[int, ...]

    def weight(self, word: str) -> float:
        """The weight of a word in lower case; 0 when it tells nothing."""
        if word in self.whole:
            return self.whole[word]
        if self.stems:
            for length in self.stem_lengths:
                if length <= len(word) and word[:length] in self.stems:
                    return self.stems[word[:length]]
        return 0.0


@dataclass(frozen=True, slots=True)
class DraftingPack:
    """Phrases and word lists of one language.

    `glue` phrases claim nothing and hold `$name` places. `labels` say which field a line of a
    character sheet or a section of a wiki page belongs to. `traits` maps each form of a trait word to the
    one it counts under.
    `past` and `contraction` are regular expressions over lower-case words.
    """

    code: str
    glue: dict[str, str]
    aspects: dict[str, Lexicon]
    dangling: frozenset[str]
    copulas: frozenset[str]
    copula_objects: frozenset[str]
    negations: frozenset[str]
    origins: frozenset[str]
    kin: frozenset[str]
    kinds: frozenset[str]
    features: frozenset[str]
    wears: frozenset[str]
    habits: frozenset[str]
    he: frozenset[str]
    she: frozenset[str]
    his: frozenset[str]
    her: frozenset[str]
    first_person: frozenset[str]
    second_person: frozenset[str]
    articles: frozenset[str]
    persons: frozenset[str]
    naming: frozenset[str]
    self_names: frozenset[str]
    self_verbs: frozenset[str]
    formulas: frozenset[str]
    of_words: frozenset[str]
    strange_possessives: frozenset[str]
    prepositions: frozenset[str]
    traits: dict[str, str]
    labels: dict[str, str]
    contraction: str
    past: str
    openers: tuple[str, ...]

    def tells(self, words: Iterable[str], aspect: str) -> float:
        """How much words in lower case tell of an aspect: their summed weight, each word once."""
        lexicon, different = self.aspects[aspect], set(words)
        if lexicon.stems:
            return sum(lexicon.weight(word) for word in different)
        return sum(lexicon.whole[word] for word in different & lexicon.whole.keys())

    def say(self, key: str, **values: object) -> str:
        """A connecting phrase with its places filled."""
        return Template(self.glue[key]).substitute({name: str(value) for name, value in values.items()})


def _lexicon(lists: dict[str, str]) -> Lexicon:
    weights = dict.fromkeys(lists["words"].split(), 1.0)
    weights |= dict.fromkeys(lists["weak"].split(), WEAK_WEIGHT)
    weights |= dict.fromkeys(lists["core"].split(), CORE_WEIGHT)
    stems = {word[:-1]: weight for word, weight in weights.items() if word.endswith("*")}
    whole = {word: weight for word, weight in weights.items() if not word.endswith("*")}
    return Lexicon(whole, stems, tuple(sorted({len(stem) for stem in stems}, reverse=True)))


def _traits(data: dict[str, Any]) -> dict[str, str]:
    """Each form of a trait word, with the form it is counted under."""
    forms: dict[str, str] = {}
    for word in data["traits"].split():
        forms.setdefault(word, word)
        for ending in data["trait_endings"].split():
            forms.setdefault(word + ending, word)
    return forms


@cache
def drafting_pack(code: str) -> DraftingPack:
    """The pack of a language; English for one that has none."""
    name = f"{code if code in PACKS else FALLBACK}.json"
    data = json.loads(resource("drafting", name).read_text(encoding="utf-8"))
    words: dict[str, Any] = {key: frozenset(data[key].split()) for key in WORD_LISTS}
    return DraftingPack(
        code=data["code"],
        glue=data["glue"],
        aspects={aspect: _lexicon(data["aspects"][aspect]) for aspect in ASPECTS},
        traits=_traits(data),
        labels={label: field for field, names in data["labels"].items() for label in names.split("|")},
        contraction=data["contraction"],
        past=data["past"],
        openers=tuple(data["openers"].split("|")),
        **words,
    )
