"""Names in a claim: which people or places of the sources they mean, if any."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from ...reading.languages import first_names
from .corpus import Corpus

_WORD = re.compile(r"[^\W\d_]+(?:[’'-][^\W\d_]+)*")
_MACRO = re.compile(r"\{\{char\}\}|<BOT>", re.IGNORECASE)
_POSSESSIVE = re.compile(r"[’']s?$")
_STARTS = re.compile(r"[.!?:;—–…\"“”‘*(\[/]\s*$|[-•]\s+$")
PEOPLE = frozenset({"named", "narrator", "nominal"})


class Named(NamedTuple):
    """A name in a text. `ids` are the clusters it may mean; without any, `is_known` says that the sources
    have the word, so that it may be a place or a title."""

    start: int
    end: int
    surface: str
    ids: frozenset[int]
    is_known: bool
    possessive: bool = False
    is_person: bool = False


class _Word(NamedTuple):
    start: int
    end: int
    text: str
    bare: str
    capital: bool
    opens: bool
    possessive: bool
    follows: str


SHORTENED = 4
"""Letters of a short form that stands for one name alone."""


class Names:
    """The names of a set, by alias and by single word."""

    def __init__(self, corpus: Corpus, card: frozenset[int] = frozenset()) -> None:
        self.corpus = corpus
        self.card = card
        self.pack = corpus.index.pack
        self._aliases: dict[str, dict[tuple[str, ...], set[int]]] = defaultdict(lambda: defaultdict(set))
        self._parts: dict[str, set[int]] = defaultdict(set)
        for character in corpus.index.characters:
            for alias in (character.name, *character.aliases):
                words = tuple(_folded(word) for word in _WORD.findall(alias))
                if words:
                    self._aliases[words[0]][words].add(character.id)
                for word in words:
                    if word not in self.pack.honorifics:
                        self._parts[word].add(character.id)

    def found_in(self, text: str, start: int = 0, end: int | None = None) -> list[Named]:
        """The names of a stretch in order; `{{char}}` is one."""
        limit = len(text) if end is None else end
        words = list(self._words(text, start, limit))
        found = [
            Named(each.start(), each.end(), each[0], self.card, True, is_person=True)
            for each in _MACRO.finditer(text, start, limit)
        ]
        place = 0
        while place < len(words):
            size, named = self._at(words, place)
            if named:
                found.append(named)
            place += max(1, size)
        return self._joined(text, sorted(found))

    def _joined(self, text: str, found: list[Named]) -> list[Named]:
        """Names side by side are one; when nobody and nothing is called so, it is nobody's."""
        joined: list[Named] = []
        for each in found:
            last = joined[-1] if joined else None
            apart = (
                last is None or text[last.end : each.start] != " " or "{{" in (last.surface + each.surface)
            )
            if last is None or apart or last.possessive:
                joined.append(each)
                continue
            if last.surface.lower() in self.pack.honorifics:
                joined[-1] = each._replace(is_person=True)
                continue
            surface = text[last.start : each.end]
            if self._is_called(text[: last.start]):
                joined.append(each)
                continue
            ids = last.ids & each.ids
            known = bool(ids) or self.corpus.holds_exactly(surface)
            both = ids or (last.ids | each.ids if known else frozenset())
            person = last.is_person or each.is_person
            joined[-1] = Named(last.start, each.end, surface, both, known, each.possessive, person)
        return joined

    def _is_called(self, before: str) -> bool:
        """Whether a verb of naming stands before: in *calls Pip Handel* there are two names."""
        words = _WORD.findall(before)
        return bool(words) and self.corpus.words.stem(words[-1].lower()) in self.corpus.words.naming

    def _words(self, text: str, start: int, end: int) -> Iterator[_Word]:
        for found in _WORD.finditer(text, start, end):
            word = found[0]
            if text[max(0, found.start() - 2) : found.start()] == "{{":
                continue
            possessive = bool(_POSSESSIVE.search(word)) or text[found.end() : found.end() + 1] in ("'", "’")
            bare = _POSSESSIVE.sub("", word)
            opens = not text[start : found.start()].strip() or bool(
                _STARTS.search(text[max(start, found.start() - 4) : found.start()])
            )
            yield _Word(
                found.start(),
                found.start() + len(bare),
                bare,
                _folded(bare),
                word[0].isupper(),
                opens,
                possessive,
                text[found.end() : found.end() + 1].strip(),
            )

    def _at(self, words: Sequence[_Word], place: int) -> tuple[int, Named | None]:
        """The name that begins at a word and of how many words it is."""
        first = words[place]
        for size in range(min(6, len(words) - place), 0, -1):
            run = words[place : place + size]
            key = tuple(word.bare for word in run)
            ids = self._aliases.get(first.bare, {}).get(key)
            if ids and self._looks_named(run):
                return size, self._named(run, frozenset(ids), known=True)
        if not first.capital or first.bare in self.pack.titles_bare or not self._may_be_name(words, place):
            return 1, None
        bearers = frozenset(self._parts.get(first.bare, ())) or self._shortened(first.bare)
        if bearers:
            return 1, self._named([first], bearers, known=True)
        return self._unlisted(words, place)

    def _shortened(self, word: str) -> frozenset[int]:
        """Whose name a word cuts short, when it is only one: *Huck* for Huckleberry."""
        if len(word) < SHORTENED or self.corpus.spelled[word.capitalize()]:
            return frozenset()
        longer = [ids for part, ids in self._parts.items() if part.startswith(word)]
        return frozenset(longer[0]) if len(longer) == 1 else frozenset()

    def _looks_named(self, run: Sequence[_Word]) -> bool:
        """Whether words that are an alias are meant as one: *will* and *rose* begin a sentence too."""
        if len(run) > 1:
            return any(word.capital for word in run)
        word = run[0]
        if not word.capital:
            return False
        return not word.opens or not self._is_plain(word)

    def _is_plain(self, word: _Word) -> bool:
        """Whether the sources, or the language, know a word without its capital."""
        if word.bare in self.pack.content_stop or word.bare in self.corpus.words.stop:
            return True
        return self._lower_share(word.bare) > 0.5

    def _lower_share(self, word: str) -> float:
        lower, upper = self.corpus.spelled[word], self.corpus.spelled[word.capitalize()]
        return lower / max(1, lower + upper)

    def _may_be_name(self, words: Sequence[_Word], place: int) -> bool:
        word = words[place]
        if len(word.bare) < 2 or word.bare in self.corpus.words.stop or word.bare in self.pack.calendar:
            return False
        if all(self.corpus.words.value_of(part) is not None for part in word.bare.split("-")):
            return False
        names = first_names()
        listed = word.bare in self._parts
        if self.pack.nouns_capitalised:
            return listed or names.known(word.bare)
        if not word.opens:
            return True
        if listed or names.known(word.bare):
            return not (self._is_plain(word) or (not listed and self._is_language(word)))
        return self._stands_as_name(words, place)

    def _stands_as_name(self, words: Sequence[_Word], place: int) -> bool:
        """Whether a word that nobody knows begins a sentence as its subject: *Zoltan was*, *Zoltan:*."""
        word = words[place]
        if self._is_language(word) or self.corpus.alternatives(self.corpus.words.stem(word.bare)):
            return False
        if word.follows.startswith(":"):
            return word.bare not in self.corpus.words.keys
        following = words[place + 1] if place + 1 < len(words) else None
        if following is None or word.follows:
            return False
        verb = following.bare.endswith("s") and len(following.bare) > 2
        return verb or following.capital or following.bare in self.pack.auxiliaries

    def _is_language(self, word: _Word) -> bool:
        """Whether a first name is a plain word as well: *Will*, *Rose*, *Mark*."""
        stem = self.corpus.words.stem(word.bare)
        words = self.corpus.words
        plain = stem in words.related or stem in words.light or stem in words.opposites
        return plain or word.bare in words.stop or word.bare in words.keys or self._is_plain(word)

    def _unlisted(self, words: Sequence[_Word], place: int) -> tuple[int, Named | None]:
        """A capitalised word that is no alias: known when the sources write it so, else nobody's name.

        One that they write small only is no name, unless it is used as one here.
        """
        word = words[place]
        titled = place > 0 and words[place - 1].bare in self.pack.honorifics
        person = titled or first_names().known(word.bare)
        known = self.corpus.holds_exactly(word.text)
        if not known and not person and self.corpus.having(self.corpus.words.stem(word.bare)):
            return 1, None
        return 1, Named(word.start, word.end, word.text, frozenset(), known, word.possessive, person)

    def _named(self, run: Sequence[_Word], ids: frozenset[int], *, known: bool) -> Named:
        surface = " ".join(word.text for word in run)
        kinds = {self.corpus.index.characters[number].kind for number in ids}
        return Named(run[0].start, run[-1].end, surface, ids, known, run[-1].possessive, bool(kinds & PEOPLE))


def _folded(word: str) -> str:
    return _POSSESSIVE.sub("", word).lower()


def same_person(corpus: Corpus, character: int) -> frozenset[int]:
    """The cluster of a character with those that its names surely cover.

    *Lion* is the *Cowardly Lion* and *Mrs. Joe* is *Mrs. Joe Gargery* when nobody else may be.
    """
    people = [each for each in corpus.index.characters if each.kind in PEOPLE]
    person = corpus.index.characters[character]
    found = {character}
    for other in people:
        if other.id != character and _may_join(person.gender, other.gender):
            for short, long in ((other, person), (person, other)):
                bearers = [
                    each for each in people if each is not short and _covers(each.aliases, short.aliases)
                ]
                if bearers == [long]:
                    found.add(other.id)
    return frozenset(found)


def _covers(long: Mapping[str, int], short: Mapping[str, int]) -> bool:
    """Whether every short name is the beginning or the end of a longer one."""
    longer = [name.lower().split() for name in long]
    return all(
        any(len(words) < len(each) and words in (each[: len(words)], each[-len(words) :]) for each in longer)
        for words in (name.lower().split() for name in short)
    )


def _may_join(left: str, right: str) -> bool:
    return not (left and right and left != right)
