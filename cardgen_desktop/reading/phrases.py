"""Narration as words, and who a phrase in it points at (offline-drafter.md 3.9, MENTION)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from .capitals import WORD
from .languages import LanguagePack
from .model import Mention, TagKind

ADJECTIVES = 4
PIECE = re.compile(r"[^\W\d_]+")
ADDRESSES = frozenset({"old", "poor", "young", "little", "dear", "good"})


def word_pattern(pack: LanguagePack) -> re.Pattern[str]:
    """How words are cut: at hyphens and apostrophes too where pronouns lean on verbs (*s'écria-t-il*)."""
    return PIECE if pack.clitics else WORD


@dataclass(slots=True)
class Word:
    """One word of narration; a whole name is one word. `gap` is what stands before it, without spaces."""

    lower: str
    start: int
    end: int
    gap: str
    mention: Mention | None = None


@dataclass(slots=True)
class Reference:
    """Who a phrase points at. `value` is the pronoun or the noun phrase; `gender` is what the words tell."""

    kind: TagKind
    value: str = ""
    gender: str = ""
    mention: Mention | None = None
    owner: Mention | None = None


def read_words(
    text: str,
    start: int,
    end: int,
    mentions: dict[int, Mention],
    limit: int = 10_000,
    pattern: re.Pattern[str] = WORD,
) -> list[Word]:
    """The words of `text[start:end]`, at most `limit`, with names put together."""
    words: list[Word] = []
    at = start
    while len(words) < limit:
        found = pattern.search(text, at, end)
        if not found:
            break
        mention = mentions.get(found.start())
        stop = mention.end if mention else found.end()
        gap = text[at : found.start()].strip()
        words.append(Word(text[found.start() : stop].lower(), found.start(), stop, gap, mention))
        if mention and mention.possessive:
            stop += 2 if text[stop + 1 : stop + 2] in ("s", "S") else 1
        at = stop
    return words


class PhraseReader:
    """Recognises references in a list of words."""

    def __init__(self, pack: LanguagePack) -> None:
        self.pack = pack
        self.people = pack.pronouns_male | pack.pronouns_female | pack.pronouns_other

    def at(self, words: Sequence[Word], place: int) -> tuple[Reference, int] | None:
        """The reference that begins at `place` and the place behind it, if one does."""
        if place >= len(words):
            return None
        word = words[place]
        if word.mention:
            return self._name(words, place)
        if word.lower in self.pack.first_person:
            return Reference("first", word.lower), place + 1
        if word.lower in self.people:
            return Reference("pronoun", word.lower, self._pronoun_gender(word.lower)), place + 1
        if word.lower in self.pack.determiners or word.lower in ADDRESSES:
            return self._described(words, place)
        return None

    def ending_at(self, words: Sequence[Word], place: int) -> Reference | None:
        """The longest reference whose last word is at `place`."""
        for start in range(max(0, place - ADJECTIVES - 1), place + 1):
            found = self.at(words, start)
            if found and found[1] == place + 1:
                return found[0]
        return None

    def first_in(self, words: Sequence[Word], limit: int = 10_000) -> Reference | None:
        """The first reference among the first `limit` words."""
        for place in range(min(limit, len(words))):
            found = self.at(words, place)
            if found:
                return found[0]
        return None

    def _pronoun_gender(self, word: str) -> str:
        return "m" if word in self.pack.pronouns_male else "f" if word in self.pack.pronouns_female else ""

    def _noun_gender(self, word: str) -> str:
        pack = self.pack
        if word in pack.nouns_female or _ends(word, pack.person_endings_female):
            return "f"
        return "m" if word in pack.nouns_male or _ends(word, pack.person_endings_male) else ""

    def _is_person_noun(self, word: str) -> bool:
        pack = self.pack
        return word in pack.person_nouns or _ends(word, pack.person_endings_male | pack.person_endings_female)

    def _name(self, words: Sequence[Word], place: int) -> tuple[Reference, int]:
        mention = words[place].mention
        if mention and mention.possessive and place + 1 < len(words):
            noun = words[place + 1].lower
            if self._is_person_noun(noun):
                value = f"{words[place].lower}'s {noun}"
                return Reference("nominal", value, self._noun_gender(noun), owner=mention), place + 2
        return Reference("name", words[place].lower, mention=mention), place + 1

    def _described(self, words: Sequence[Word], place: int) -> tuple[Reference, int] | None:
        """A determiner, some adjectives, then a person noun or a name: *the old sailor*, *poor Alice*."""
        for step in range(1, ADJECTIVES + 1):
            if place + step >= len(words) or words[place + step].gap.strip("-’'_"):
                return None
            word = words[place + step]
            if word.mention and not word.mention.possessive:
                return Reference("name", word.lower, mention=word.mention), place + step + 1
            head = word.lower.rsplit("-", 1)[-1]
            if head == "voice" and (owner := self._owner_of(words, place + step)):
                return owner
            if self._is_person_noun(head) and not self._goes_on(words, place + step):
                value = " ".join(each.lower for each in words[place : place + step + 1])
                return Reference("nominal", value, self._noun_gender(head)), place + step + 1
        return None

    def _goes_on(self, words: Sequence[Word], place: int) -> bool:
        """Whether another person noun or a name follows at once, as in *the old gentleman*."""
        following = words[place + 1] if place + 1 < len(words) else None
        if following is None or following.gap.strip("-"):
            return False
        return bool(following.mention) or self._is_person_noun(following.lower)

    def _owner_of(self, words: Sequence[Word], place: int) -> tuple[Reference, int] | None:
        """*the voice of Hands* is Hands."""
        if place + 2 >= len(words) or words[place + 1].lower not in self.pack.of_words:
            return None
        return self.at(words, place + 2)


def _ends(word: str, endings: frozenset[str]) -> bool:
    return any(len(word) > len(ending) + 1 and word.endswith(ending) for ending in endings)
