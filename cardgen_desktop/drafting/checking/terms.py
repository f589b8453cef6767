"""Turns a claim into terms to look for: words, names, numbers; and says whom it speaks of."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from .claims import Claim
from .corpus import Corpus
from .lexicon import Token
from .matching import Term
from .naming import Named, Names
from .negation import negated_stretches
from .numerals import numerals, stems_of

NAME_WEIGHT, KNOWN_WORD, NUMBER_WEIGHT, KEY_WEIGHT = 2.2, 1.3, 1.6, 0.5
MOST_NUMBERS = 30
"""Numbers of one claim that are looked for: each is sought in every passage."""

ONLY_SPELLED = 0.9
LONGEST_TITLE = 4
HEAD, HEAD_NOUNS = 8, 6
OF_OTHERS = frozenset({"by", "with", "of", "to", "from", "for", "than", "my", "their"})
"""Words that may stand at the head of a claim, and before a noun for somebody else than its subject."""

_LEAD = re.compile(
    r"[\s\"“‘'*_(\[]*(?:(?:the|a|an|young|old|little|poor|dear|mr|mrs|miss|dr)\.?\s+)*", re.IGNORECASE
)
_MACRO = re.compile(r"\{\{[^{}]*\}\}|<(?:BOT|USER|START)>", re.IGNORECASE)


@dataclass(slots=True)
class Reading:
    """A claim as it is looked for. `subject` are the people it speaks of, empty when nobody can be told.

    `unknown` are names that the sources do not have.
    """

    terms: list[Term] = field(default_factory=list)
    subject: frozenset[int] = frozenset()
    unknown: list[Named] = field(default_factory=list)
    named: list[Named] = field(default_factory=list)
    names_itself: bool = False
    gender: float = 0.0


class ClaimReader:
    """Reads the claims of one card."""

    def __init__(self, corpus: Corpus, names: Names) -> None:
        self.corpus = corpus
        self.words = corpus.words
        self.pack = corpus.index.pack
        self.names = names
        self.card = names.card
        self.gender = next((corpus.index.characters[each].gender for each in self.card), "")

    def read(
        self, claim: Claim, earlier: Sequence[Named] = (), quoted: Sequence[tuple[int, int]] = ()
    ) -> Reading:
        """The terms of a claim; `earlier` are the people named before it in the field.

        `quoted` are stretches of it that were found word by word and need not be looked for.
        """
        named = [each for each in self.names.found_in(claim.text) if not _inside(each.start, quoted)]
        reading = Reading(named=named)
        subject_name = self._leading_name(claim, named)
        reading.subject = self._subject(claim, subject_name, earlier)
        reading.unknown = [each for each in named if not each.ids and not each.is_known]
        reading.names_itself = any(self._is_itself(each, subject_name, reading.subject) for each in named)
        tokens = [token for token in self.words.tokens(claim.text) if not _inside(token.start, quoted)]
        reading.gender = self._fits_gender(reading.subject, tokens, named)
        taken = self._add_numbers(reading, tokens)
        taken |= self._add_names(reading, tokens, named, subject_name)
        self._add_words(reading, tokens, taken, claim)
        denied = negated_stretches(claim.text, self.words)
        for term in reading.terms:
            term.is_denied = _inside(term.start, denied)
        return reading

    def _is_itself(self, named: Named, leading: Named | None, subject: frozenset[int]) -> bool:
        """Whether a name within a claim is its subject's own: *Pip calls Pip a boy*."""
        within = named is not leading and (leading is not None or named.start > 0)
        return within and bool(named.ids) and named.ids <= subject and not named.surface.startswith("{")

    def _fits_gender(self, subject: frozenset[int], tokens: Sequence[Token], named: Sequence[Named]) -> float:
        """1 when words for a person at the head of a claim fit its subject's gender, -1 when they do not."""
        genders = {self.corpus.index.characters[each].gender for each in subject} - {""}
        if len(genders) != 1:
            return 0.0
        mine = next(iter(genders))
        end = min(
            (each.start for each in named if not each.ids & subject), default=len(tokens) and tokens[-1].end
        )
        votes = 0
        for place, token in enumerate(tokens[:HEAD]):
            gender = self._word_gender(tokens, place) if token.start <= end else ""
            votes += (gender == mine) - (gender not in ("", mine))
        return max(-1.0, min(1.0, float(votes)))

    def _word_gender(self, tokens: Sequence[Token], place: int) -> str:
        word, before = tokens[place].word, tokens[place - 1].word if place else ""
        nouns = place < HEAD_NOUNS and before not in (
            self.pack.possessives_male | self.pack.possessives_female | OF_OTHERS
        )
        if nouns and word in self.pack.nouns_male:
            return "m"
        return "f" if nouns and word in self.pack.nouns_female else self._pronoun_gender(word)

    def _leading_name(self, claim: Claim, named: Sequence[Named]) -> Named | None:
        """The name that a claim begins with, if it is its subject."""
        first = named[0] if named else None
        if first is None or not first.is_person or first.start > _LEAD.match(claim.text).end():  # type: ignore[union-attr]
            return None
        return None if first.possessive else first

    def _subject(self, claim: Claim, leading: Named | None, earlier: Sequence[Named]) -> frozenset[int]:
        if leading is not None:
            return leading.ids | self.card if leading.ids & self.card else leading.ids
        gender = self._pronoun_gender(next((token.word for token in self.words.tokens(claim.text)), ""))
        if not gender or not self.gender or gender == self.gender:
            return self.card
        for each in reversed(earlier):
            fitting = frozenset(
                number for number in each.ids if self.corpus.index.characters[number].gender == gender
            )
            if fitting:
                return fitting
        return frozenset()

    def _pronoun_gender(self, word: str) -> str:
        if word in self.pack.pronouns_male | self.pack.possessives_male:
            return "m"
        return "f" if word in self.pack.pronouns_female | self.pack.possessives_female else ""

    def _add_numbers(self, reading: Reading, tokens: Sequence[Token]) -> set[int]:
        taken: set[int] = set()
        for each in numerals(tokens, self.words)[:MOST_NUMBERS]:
            inside = [token for token in tokens if each.start <= token.start < each.end]
            if each.value == 1 and not inside[0].word.isdecimal():
                continue
            taken |= {token.start for token in inside}
            stems = stems_of(each.value, self.words)
            first, start, end = inside[0].stem, each.start, each.end
            term = Term(first, NUMBER_WEIGHT, start, end, stems, required=True, value=each.value)
            reading.terms.append(term)
        return taken

    def _add_names(
        self, reading: Reading, tokens: Sequence[Token], named: Sequence[Named], leading: Named | None
    ) -> set[int]:
        taken: set[int] = set()
        for each in named:
            inside = [token for token in tokens if each.start <= token.start < each.end]
            taken |= {token.start for token in inside}
            of_subject = each.ids <= reading.subject if each.ids else False
            if each is leading or of_subject or each.ids & self.card or not inside:
                continue
            if each.ids:
                stems = {token.stem: ONLY_SPELLED for token in inside if token.word not in self.words.stop}
                start, end = each.start, each.end
                term = Term(
                    inside[-1].stem, NAME_WEIGHT, start, end, stems, each.ids, required=each.is_person
                )
                reading.terms.append(term)
            elif each.is_known:
                reading.terms += [self._word(token, KNOWN_WORD, required=each.is_person) for token in inside]
        return taken

    def _word(self, token: Token, factor: float = 1.0, *, required: bool = False) -> Term:
        weight = factor * self.corpus.weight(token.stem)
        stems = self.corpus.alternatives(token.stem)
        return Term(token.stem, weight, token.start, token.end, stems, required=required)

    def _add_words(self, reading: Reading, tokens: Sequence[Token], taken: set[int], claim: Claim) -> None:
        macros = [(each.start(), each.end()) for each in _MACRO.finditer(claim.text)]
        key_end = claim.text.find(":") if claim.key and claim.text.startswith(claim.key) else -1
        seen: set[str] = set()
        for token in tokens:
            known = token.start in taken or token.stem in seen
            if known or _inside(token.start, macros) or self._is_empty(token):
                continue
            seen.add(token.stem)
            in_key = token.start < key_end
            if not (in_key and self._is_label(token)):
                reading.terms.append(self._word(token, KEY_WEIGHT if in_key else 1.0))
        if claim.key and key_end < 0:
            outside = (token._replace(start=-1, end=-1) for token in self.words.tokens(claim.key))
            reading.terms += [
                self._word(token, KEY_WEIGHT)
                for token in outside
                if token.stem not in seen and not self._is_empty(token) and not self._is_label(token)
            ]

    def _is_empty(self, token: Token) -> bool:
        """Whether a word says nothing: a stop word, or *Mr.* without its name."""
        title = token.word in self.pack.honorifics and len(token.word) <= LONGEST_TITLE
        return title or self.words.is_stop(token)

    def _is_label(self, token: Token) -> bool:
        """Whether a key only says what kind of thing follows: *Age*, but not *Hair*."""
        return token.word in self.words.keys and token.word not in self.words.features


def _inside(offset: int, stretches: Sequence[tuple[int, int]]) -> bool:
    return any(start <= offset < end for start, end in stretches)
