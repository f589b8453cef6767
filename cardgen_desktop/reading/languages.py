"""Language packs: word lists as data (offline-drafter.md section 8), first names and nicknames."""

import json
import re
from collections import Counter
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from ..paths import resource

Words = frozenset[str]
FALLBACK = "en"
FLAGS = ("nouns_capitalised", "inline_tags", "dash_dialogue", "unspaced")
WORD_TABLES = ("phrasal", "title_nouns", "kin")
PACKS = ("en", "fr", "de", "es", "it", "pt", "ru", "zh", "ja", "ko")
SCRIPTS = (
    ("ja", re.compile("[\u3040-\u30ff]")),
    ("ko", re.compile("[\uac00-\ud7af]")),
    ("zh", re.compile("[\u4e00-\u9fff]")),
)
SCRIPT_SHARE = 0.05


@dataclass(frozen=True, slots=True)
class Aspect:
    """Words that describe one side of a character; `core` are the telling ones."""

    words: Words
    core: Words


@dataclass(frozen=True, slots=True)
class LanguagePack:
    """Word lists of one language in lower case; `honorifics`, `noun_titles`, `speech_verbs` join others."""

    code: str
    honorifics_male: Words
    honorifics_female: Words
    honorifics_any: Words
    ranks_with_of: Words
    soft_prefixes: Words
    vocative_leads: Words
    connectors: Words
    abbreviations: Words
    speech_strong: Words
    speech_weak: Words
    human_verbs: Words
    human_verbs_weak: Words
    relatives: Words
    person_nouns: Words
    generic_persons: Words
    nouns_male: Words
    nouns_female: Words
    person_endings_male: Words
    person_endings_female: Words
    not_names: Words
    calendar: Words
    role_names: Words
    place_suffixes: Words
    surname_suffixes: Words
    looking_verbs: Words
    places: Words
    content_stop: Words
    honorifics: Words
    speech_verbs: Words
    noun_titles: Words
    pronouns_male: Words
    pronouns_female: Words
    pronouns_other: Words
    possessives_male: Words
    possessives_female: Words
    objects_male: Words
    objects_female: Words
    first_person: Words
    first_person_forms: Words
    second_person: Words
    determiners: Words
    of_words: Words
    adverb_endings: tuple[str, ...]
    elisions: Words
    clitics: Words
    inflections: Words
    name_suffixes: Words
    name_particles: Words
    name_breaks: Words
    tag_leads: Words
    tag_particles: Words
    tag_adverbs: Words
    auxiliaries: Words
    silent_objects: Words
    object_leads: Words
    titles_formal: Words
    titles_mister: Words
    titles_married: Words
    titles_unmarried: Words
    titles_noble: Words
    titles_rank: Words
    titles_given: Words
    titles_bare: Words
    loose_titles: Words
    skipped_before_name: Words
    articles: Words
    indefinite: Words
    appearing: Words
    place_prepositions_strong: Words
    place_prepositions_weak: Words
    function_words: Words
    nouns_capitalised: bool
    inline_tags: bool
    dash_dialogue: bool
    unspaced: bool
    self_naming: str = ""
    phrasal: dict[str, Words] = field(default_factory=dict)
    title_nouns: dict[str, Words] = field(default_factory=dict)
    kin: dict[str, Words] = field(default_factory=dict)
    aspects: dict[str, Aspect] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FirstNames:
    """Known first names by the gender they tell, and nicknames by formal name."""

    male: Words
    female: Words
    either: Words
    nicknames: dict[str, Words]

    def gender(self, name: str) -> str:
        """The gender a first name tells: "m", "f" or ""."""
        return "m" if name in self.male else "f" if name in self.female else ""

    def known(self, name: str) -> bool:
        """Whether this is a first name at all."""
        return name in self.male or name in self.female or name in self.either

    def is_nickname(self, formal: str, short: str) -> bool:
        """Whether `short` is a nickname of `formal`."""
        return short in self.nicknames.get(formal, ())


def _read(*parts: str) -> Any:
    return json.loads(resource("reading", *parts).read_text(encoding="utf-8"))


@cache
def language_pack(code: str) -> LanguagePack:
    """The pack of a language; English for one that has no pack."""
    data = _read("languages", f"{code if code in PACKS else FALLBACK}.json")
    values: dict[str, Any] = {name: bool(data.get(name, False)) for name in FLAGS}
    values["code"] = code
    values["self_naming"] = data.get("self_naming", "")
    values["adverb_endings"] = tuple(data.get("adverb_endings", "").split())
    values["aspects"] = {
        name: Aspect(frozenset(lists["words"].split()), frozenset(lists["core"].split()))
        for name, lists in data.get("aspects", {}).items()
    }
    for name in WORD_TABLES:
        values[name] = {key: frozenset(entry.split()) for key, entry in data.get(name, {}).items()}
    for name in set(LanguagePack.__dataclass_fields__) - set(values):
        values[name] = frozenset(data.get(name, "").split())
    values["honorifics"] = values["honorifics_male"] | values["honorifics_female"] | values["honorifics_any"]
    values["noun_titles"] = values["honorifics"] - values["loose_titles"]
    values["speech_verbs"] = values["speech_strong"] | values["speech_weak"]
    return LanguagePack(**values)


@cache
def first_names() -> FirstNames:
    """First names of the US Census lists and period names; nickname pairs (resources/reading/NOTICE.txt)."""
    names = _read("first_names.json")
    pairs = {formal: frozenset(short.split()) for formal, short in _read("nicknames.json").items()}
    male, female, either = (frozenset(names[key].split()) for key in ("male", "female", "either"))
    return FirstNames(male, female, either, pairs)


def detect_language(text: str) -> str:
    """The pack whose script or commonest words cover most of a sample; English when none does."""
    sample = text[:20_000]
    for code, letters in SCRIPTS:
        if len(letters.findall(sample)) > SCRIPT_SHARE * len(sample):
            return code
    counts = Counter(sample.lower().split())
    total = max(1, sum(counts.values()))
    shares = {
        code: sum(counts[word] for word in language_pack(code).function_words) / total for code in PACKS
    }
    best = max(shares, key=lambda code: shares[code])
    return best if shares[best] >= 0.1 else FALLBACK
