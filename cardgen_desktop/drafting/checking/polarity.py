"""Whether a claim and a passage agree on what is and what is not."""

from collections.abc import Sequence

from .corpus import Corpus
from .lexicon import Lexicon, Token
from .matching import Term, Window

BEFORE, AFTER = 7, 3
CLOSE = 4
DENYING, AFFIRMING = 0.34, 0.5
_BREAKS = (";", ":", "—", "--", ".", "!", "?")


def negated_places(text: str, tokens: Sequence[Token], words: Lexicon) -> list[int]:
    """The indices of the tokens that negate."""
    spared = [(found.start(), found.end()) for found in words.negation_exceptions.finditer(text)]
    places = []
    for place, token in enumerate(tokens):
        contracted = token.word == "t" and place > 0 and tokens[place - 1].word.endswith("n")
        if (token.word in words.negations or contracted) and not any(
            start <= token.start < end for start, end in spared
        ):
            places.append(place)
    return places


def is_negative(text: str, words: Lexicon) -> bool:
    """Whether a claim says that something is not so; two negations cancel out."""
    return len(negated_places(text, words.tokens(text), words)) % 2 == 1


def denied(window: Window, terms: Sequence[Term], corpus: Corpus, *, loosely: bool) -> float:
    """The share of a window's matched words that a negation stands before; `loosely` looks farther."""
    votes = total = 0.0
    for number, (quality, sentence, at) in window.hits.items():
        if not terms[number].ids:
            weight = terms[number].weight * quality
            total += weight
            votes += weight * _is_negated(sentence, at, corpus, loosely)
    return votes / total if total else 0.0


def agrees(claim_negative: bool, window: Window, terms: Sequence[Term], corpus: Corpus) -> bool:
    """Whether a claim and a window both say that something is, or both that it is not."""
    if claim_negative:
        return denied(window, terms, corpus, loosely=True) >= DENYING
    return denied(window, terms, corpus, loosely=False) < AFFIRMING


def _is_negated(sentence: int, at: int, corpus: Corpus, lenient: bool) -> bool:
    tokens = corpus.tokens(sentence)
    there = corpus.index.sentences[sentence]
    text = corpus.index.text[there.start : there.end]
    local = [token._replace(start=token.start - there.start, end=token.end - there.start) for token in tokens]
    place = next((i for i, token in enumerate(tokens) if token.start >= at), len(tokens) - 1)
    before, after = (BEFORE, AFTER) if lenient else (CLOSE, 0)
    for negation in negated_places(text, local, corpus.words):
        if negation <= place <= negation + before or (place < negation <= place + after):
            low, high = sorted((negation, place))
            between = text[local[low].end : local[high].start]
            if not any(mark in between for mark in _BREAKS):
                return True
    return False


def opposite(terms: Sequence[Term], window: Window, corpus: Corpus) -> str:
    """A word of the claim whose contrary stands in the passage instead of it; "" without one."""
    for number, term in enumerate(terms):
        if number in window.hits and window.hits[number][0] >= 0.8:
            continue
        contrary = corpus.words.opposites.get(term.stem, frozenset())
        if not contrary:
            continue
        for sentence in {hit[1] for hit in window.hits.values()}:
            if any(token.stem in contrary for token in corpus.tokens(sentence)):
                return term.stem
    return ""
