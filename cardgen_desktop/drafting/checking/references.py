"""Who the sources speak of, word by word: names, nouns for people, bound pronouns, and who says *I*.

The index knows how much a sentence is about somebody; a sentence often describes one and names another.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ...reading.index import Index
from ...reading.manuscript import Stretches
from ...reading.model import Mention
from .binding import NAME, NOUN, OBJECT, POSSESSIVE, PRONOUN, STRANGER, SUBJECT, Asked, Spoken, Walk
from .corpus import Corpus
from .lexicon import Token
from .nominals import PEOPLE
from .roles import Roles
from .whereabouts import Whereabouts

NARRATION = -1
UNKNOWN, UNKNOWN_MAN, UNKNOWN_WOMAN = -1, -2, -3
"""Whom a word is said of when nobody could be named: by a pronoun, a noun, or nothing at all."""

STRANGERS = {"m": UNKNOWN_MAN, "f": UNKNOWN_WOMAN, "": UNKNOWN}
ABOUT_PEOPLE = frozenset({"named", "narrator", "nominal"})
NOUN_REACH = 4
NOUN_NAMES = 0.9
NARRATOR = 0.9
CALLED, NEXT_SPEAKER = 0.8, 0.5
BLOCK, WARMING_UP = 96, 24
FREQUENT_SHARE = 0.08
WITH_ARTICLE = 0.3
OWNER_REACH = 40
NO_PERSON = frozenset({"voice", "former", "latter", "human", "one", "other", "others"})
_OWNED = re.compile(r"[’']s?\s+(?:[a-z-]+\s+)?")


class Reference(NamedTuple):
    """Somebody spoken of at an offset. `character` is an id or one of the unknown ones.

    `quote` is a segment or `NARRATION`. `person` is 1 for *I*, 2 for *you*, 3 for all else. `leads` says that
    it may be the subject of what follows, `owns` that it is a name with *'s*.
    """

    at: int
    character: int
    strength: float
    quote: int
    gender: str = ""
    leads: bool = False
    person: int = 3
    owns: bool = False


class References:
    """The references of sentences, found when asked for."""

    def __init__(self, corpus: Corpus) -> None:
        self.corpus = corpus
        self.index: Index = corpus.index
        self.pack = self.index.pack
        self._of: dict[int, tuple[Reference, ...]] = {}
        self._focus: dict[int, list[tuple[float, int]]] = defaultdict(list)
        self._wide: dict[int, list[tuple[float, int]]] = defaultdict(list)
        for table, by_sentence in (
            (self.index.focus.strict, self._focus),
            (self.index.focus.wide, self._wide),
        ):
            for number, entries in table.items():
                for focus in entries:
                    by_sentence[focus.sentence].append((focus.weight, number))
        self._quotes = Stretches([(each.outer_start, each.outer_end) for each in self.index.segments])
        self._about = frozenset(self.index.about.values())
        self._genders = self._pronouns()
        self._nouns = self._person_nouns()
        self._titles = self._noun_names()
        self.whereabouts = Whereabouts(corpus)
        self._roles = Roles(self.whereabouts, self._nouns)
        self._objects = (
            self.pack.object_leads | self.pack.place_prepositions_strong | self.pack.place_prepositions_weak
        )
        mentions = max(1, sum(len(each.mentions) for each in self.index.characters))
        self._frequent = frozenset(
            each.id for each in self.index.characters if len(each.mentions) >= FREQUENT_SHARE * mentions
        )
        self._speakers = {
            self.index.segments[unit.segments[0]].paragraph: unit.speaker
            for unit in self.index.units
            if unit.speaker is not None and unit.segments
        }
        self._possessives = self.pack.possessives_male | self.pack.possessives_female
        self._object_forms = self.pack.objects_male | self.pack.objects_female
        self._leading = self.pack.pronouns_male | self.pack.pronouns_female | self.pack.first_person

    def _pronouns(self) -> dict[str, str]:
        pack = self.pack
        return {
            **dict.fromkeys(pack.pronouns_male | pack.possessives_male | pack.objects_male, "m"),
            **dict.fromkeys(pack.pronouns_female | pack.possessives_female | pack.objects_female, "f"),
            **dict.fromkeys(pack.first_person | pack.first_person_forms, "i"),
            **dict.fromkeys(pack.second_person, "you"),
        }

    def _person_nouns(self) -> dict[str, str]:
        pack = self.pack
        nouns = dict.fromkeys(pack.person_nouns, "")
        nouns |= dict.fromkeys(pack.nouns_male, "m") | dict.fromkeys(pack.nouns_female, "f")
        return nouns

    def _noun_names(self) -> dict[str, int]:
        """Plain nouns that one character alone is called by: *the cat*, *the captain*."""
        bearers: dict[str, set[int]] = defaultdict(set)
        for character in self.index.characters:
            if character.kind in ABOUT_PEOPLE:
                for alias in character.aliases:
                    bearers[_last_word(alias)].add(character.id)
        return {
            noun: next(iter(ids))
            for noun, ids in bearers.items()
            if len(ids) == 1 and self.corpus.spelled[noun] >= 1 and self._is_noun(noun, next(iter(ids)))
        }

    def _is_noun(self, noun: str, bearer: int) -> bool:
        """Whether somebody's name has an article, *the Cat*; *his hands* do not mean *Mr. Hands*."""
        character = self.index.characters[bearer]
        if character.kind not in PEOPLE:
            return True
        mentions = [self.index.mentions[number] for number in character.mentions]
        named = [each for each in mentions if _last_word(each.surface) == noun]
        articles = sum(each.before.lower() in self.pack.determiners for each in named)
        return articles >= WITH_ARTICLE * max(1, len(named))

    def quote_at(self, offset: int) -> int:
        """The quoted segment that holds an offset, or `NARRATION`."""
        found = self._quotes.index_at(offset)
        return NARRATION if found is None else found

    def focus(self, sentence: int) -> list[tuple[float, int]]:
        """How much a sentence is surely about whom."""
        return self._focus.get(sentence, [])

    def wide(self, sentence: int) -> list[tuple[float, int]]:
        """Whom a descriptive sentence may be about though it does not say so."""
        return self._wide.get(sentence, [])

    def may_be(self, character: int, gender: str) -> bool:
        """Whether a character may be meant by a word of a gender; whom a page is about may in any case."""
        return (
            not gender or character in self._about or self.index.characters[character].gender in ("", gender)
        )

    def of(self, sentence: int) -> tuple[Reference, ...]:
        """The references of a sentence in order."""
        known = self._of.get(sentence)
        if known is None:
            self._walk(sentence // BLOCK * BLOCK)
            known = self._of[sentence]
        return known

    def _walk(self, first: int) -> None:
        """Find the references of a block of sentences; those before it only tell whom pronouns may mean."""
        walk = Walk(self.index.narrator, self._frequent)
        last = min(len(self.index.sentences), first + BLOCK)
        for sentence in range(max(0, first - WARMING_UP), last):
            found = tuple(self._found(sentence, walk))
            if sentence >= first:
                self._of[sentence] = found

    def _found(self, sentence: int, walk: Walk) -> list[Reference]:
        there = self.index.sentences[sentence]
        found: list[Reference] = []
        mentions = {mention.start: mention for mention in self.corpus.mentions(there.start, there.end)}
        inside = Stretches([(mention.start, mention.end) for mention in mentions.values()])
        tokens = self.corpus.tokens(sentence)
        for place, token in enumerate(tokens):
            if token.start in mentions:
                found += self._noted(self._name(mentions[token.start]), sentence, walk, NAME, token.word)
            elif mentions and inside.index_at(token.start) is not None:
                continue
            elif token.word in self._genders:
                found.append(self._pronoun(tokens, place, sentence, walk))
            elif token.word in self._nouns or token.word in self._titles:
                found += self._noted(self._noun(tokens, place), sentence, walk, NOUN, token.word)
        return found

    def _noted(
        self, references: Iterator[Reference], sentence: int, walk: Walk, kind: int, word: str
    ) -> Iterator[Reference]:
        """References that the walk is told of; *the man* is the same as lately, else somebody new."""
        for each in references:
            who = each.character if each.character >= 0 else walk.stranger(word, sentence)
            role = SUBJECT if each.leads else POSSESSIVE if each.owns else OBJECT
            gender = "" if who in self._about else each.gender
            paragraph = self.index.sentences[sentence].paragraph
            walk.note(Spoken(who, sentence, paragraph, role, kind, gender, each.quote))
            yield each

    def _name(self, mention: Mention) -> Iterator[Reference]:
        character = self.index.characters[mention.character or 0]
        if character.kind in ABOUT_PEOPLE and not mention.vocative:
            owns = mention.possessive
            leads = not owns and mention.before not in self._objects
            quote = self.quote_at(mention.start)
            yield Reference(mention.start, character.id, 1.0, quote, character.gender, leads, owns=owns)

    def _noun(self, tokens: Sequence[Token], place: int) -> Iterator[Reference]:
        """*The man*, *a large cat*: somebody, unless the noun is said of who was just spoken of."""
        token = tokens[place]
        if token.word not in NO_PERSON and self._is_owned(token.start):
            yield from self._relative(token)
            return
        before = [each.word for each in tokens[max(0, place - NOUN_REACH) : place]]
        lead = next((i for i in range(len(before) - 1, -1, -1) if before[i] in self.pack.determiners), None)
        if lead is None:
            return
        if (
            before[lead] in self.pack.indefinite
            and lead > 0
            and before[lead - 1] in self.corpus.words.copulas
        ):
            return
        quote, name = self.quote_at(token.start), self._titles.get(token.word)
        if before[lead] not in self.pack.indefinite and not self._is_named(name):
            bearer = self._roles.bearer(token.word, self.corpus.sentence_at(token.start))
            name = name if bearer is None else bearer
        leads = lead == 0 or before[lead - 1] not in self._objects
        if name is not None and before[lead] in self.pack.determiners:
            yield Reference(token.start, name, NOUN_NAMES, quote, self.index.characters[name].gender, leads)
        elif token.word in self._nouns:
            gender = self._nouns[token.word]
            yield Reference(token.start, STRANGERS[gender], 1.0, quote, gender, leads)

    def _is_owned(self, at: int) -> bool:
        """Whether a name with *'s* stands before a noun, as in *Scrooge's nephew*."""
        nearby = [each for each in self.corpus.mentions(at - OWNER_REACH, at) if each.possessive]
        return bool(nearby) and _OWNED.fullmatch(self.index.text, nearby[-1].end, at) is not None

    def _relative(self, token: Token) -> Iterator[Reference]:
        """*Scrooge's nephew*: one who bears the noun, else somebody without a name, but never Scrooge."""
        quote = self.quote_at(token.start)
        bearer = self._roles.bearer(token.word, self.corpus.sentence_at(token.start))
        if bearer is not None:
            gender = self.index.characters[bearer].gender
            yield Reference(token.start, bearer, NOUN_NAMES, quote, gender, leads=True)
        elif token.word in self._nouns:
            gender = self._nouns[token.word]
            yield Reference(token.start, STRANGERS[gender], 1.0, quote, gender, leads=True)

    def _is_named(self, name: int | None) -> bool:
        """Whether a noun is somebody's name, *the Scarecrow*; one called only so may have another name."""
        return name is not None and self.index.characters[name].kind in PEOPLE

    def _pronoun(self, tokens: Sequence[Token], place: int, sentence: int, walk: Walk) -> Reference:
        token = tokens[place]
        gender, quote = self._genders[token.word], self.quote_at(token.start)
        leads = token.word in self._leading
        if gender in ("i", "you"):
            mine = gender == "i"
            character, strength = self._self(quote, token.start) if mine else self._addressed(quote)
            return Reference(token.start, character, strength, quote, "", leads, 1 if gender == "i" else 2)
        asked = self._asked(tokens, place, sentence, gender, quote)
        who, sure = walk.bind(asked)
        if who is None:
            who = walk.stranger(token.word, sentence, new=True)
        paragraph = self.index.sentences[sentence].paragraph
        walk.note(Spoken(who, sentence, paragraph, asked.role, PRONOUN, gender, quote))
        character, strength = (STRANGERS[gender], 1.0) if who <= STRANGER else (who, sure)
        return Reference(token.start, character, strength, quote, gender, leads)

    def _asked(self, tokens: Sequence[Token], place: int, sentence: int, gender: str, quote: int) -> Asked:
        paragraph = self.index.sentences[sentence].paragraph
        speaker = None if quote == NARRATION else self.index.units[self.index.segments[quote].unit].speaker
        beside = self._speakers.get(paragraph) if quote == NARRATION else None
        role = self._role(tokens, place)
        return Asked(sentence, paragraph, role, gender, quote, speaker, beside)

    def _role(self, tokens: Sequence[Token], place: int) -> int:
        """Whether a pronoun is a subject, an owner or an object; *her* is both of the latter."""
        word = tokens[place].word
        if word in self._leading:
            return SUBJECT
        if word not in self._possessives:
            return OBJECT
        if word not in self._object_forms:
            return POSSESSIVE
        after = tokens[place + 1] if place + 1 < len(tokens) else None
        text = self.index.text[tokens[place].end : after.start] if after else "."
        apart = after is None or text.strip() or after.word in self.corpus.words.stop
        return OBJECT if apart else POSSESSIVE

    def _self(self, quote: int, offset: int) -> tuple[int, float]:
        """Who says *I*."""
        if quote == NARRATION:
            writer = self._roles.writer(offset)
            narrator = self.index.narrator if writer is None else writer
            return (UNKNOWN, 1.0) if narrator is None else (narrator, NARRATOR)
        unit = self.index.units[self.index.segments[quote].unit]
        return (UNKNOWN, 1.0) if unit.speaker is None else (unit.speaker, 0.4 + 0.6 * unit.confidence)

    def _addressed(self, quote: int) -> tuple[int, float]:
        """Whom *you* means: who is called by name, else who speaks next or spoke before."""
        if quote == NARRATION:
            return UNKNOWN, 1.0
        segment = self.index.segments[quote]
        for number in self.index.units[segment.unit].segments:
            spoken = self.index.segments[number]
            for mention in self.corpus.mentions(spoken.start, spoken.end):
                if mention.vocative and mention.character is not None:
                    return mention.character, CALLED
        speaker = self.index.units[segment.unit].speaker
        for number in (segment.unit + 1, segment.unit - 1):
            if 0 <= number < len(self.index.units):
                other = self.index.units[number]
                if other.speaker not in (None, speaker) and abs(other.paragraph - segment.paragraph) <= 2:
                    return other.speaker or 0, NEXT_SPEAKER
        return UNKNOWN, 1.0


def _last_word(name: str) -> str:
    words = name.lower().split()
    return words[-1] if words else ""
