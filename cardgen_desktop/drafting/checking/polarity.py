"""Whether a claim and a passage agree on what is and what is not."""

from collections.abc import Iterable, Sequence

from .corpus import Corpus
from .lexicon import Token
from .matching import Hit, Term, Window

LOOSE, CLOSE, NEXT = (6, 2), (4, 0), (2, 0)
DENYING, AFFIRMING = 0.34, 0.5
GOOD = 0.8
_BREAKS = (";", ":", "—", "--", ".", "!", "?")


def agrees(window: Window, terms: Sequence[Term], corpus: Corpus) -> bool:
    """Whether a window denies what a claim denies, and nothing else of it.

    The first telling word of a claim is mostly its verb: on it a negation counts alone.
    """
    plain = {number: hit for number, hit in window.hits.items() if not terms[number].ids}
    if not plain:
        return True
    first = min(plain, key=lambda number: terms[number].start)
    denied = {number: hit for number, hit in plain.items() if terms[number].is_denied}
    said = {number: hit for number, hit in plain.items() if not terms[number].is_denied}
    if not denied and any(term.is_denied for term in terms):
        return False
    if denied:
        verb = min(denied, key=lambda number: terms[number].start)
        loose = _share(denied, terms, corpus, LOOSE) >= DENYING
        if not (loose and _is_negated(denied[verb], corpus, LOOSE)):
            return False
    if said:
        if first in said and _is_negated(said[first], corpus, NEXT):
            return False
        return _share(said, terms, corpus, CLOSE) < AFFIRMING
    return True


def _share(hits: dict[int, Hit], terms: Sequence[Term], corpus: Corpus, reach: tuple[int, int]) -> float:
    """The share of matched words that a negation stands before."""
    votes = total = 0.0
    for number, hit in hits.items():
        weight = terms[number].weight * hit.quality
        total += weight
        votes += weight * _is_negated(hit, corpus, reach)
    return votes / total if total else 0.0


def _is_negated(hit: Hit, corpus: Corpus, reach: tuple[int, int]) -> bool:
    """Whether a negation stands so many words before a place, or behind it, in the same clause."""
    tokens = corpus.tokens(hit.sentence)
    place = next((i for i, token in enumerate(tokens) if token.start >= hit.at), len(tokens) - 1)
    before, after = reach
    return any(
        -before <= negation - place <= after and not _apart(tokens, negation, place, corpus.index.text)
        for negation in corpus.negations(hit.sentence)
    )


def _apart(tokens: Sequence[Token], left: int, right: int, text: str) -> bool:
    """Whether the end of a clause stands between two words."""
    low, high = sorted((left, right))
    between = text[tokens[low].end : tokens[high].start]
    return any(mark in between for mark in _BREAKS)


def opposite(terms: Sequence[Term], window: Window, corpus: Corpus) -> str:
    """A word of the claim whose contrary stands in the passage instead of it; "" without one."""
    sentences = {hit.sentence for hit in window.hits.values()}
    for number, term in enumerate(terms):
        met = number in window.hits and window.hits[number].quality >= GOOD
        if met or term.stem in corpus.words.light:
            continue
        contrary = corpus.words.opposites.get(term.stem, frozenset())
        if contrary and not contrary.isdisjoint(_stems(sentences, corpus)):
            return term.stem
    return ""


def _stems(sentences: Iterable[int], corpus: Corpus) -> set[str]:
    return {token.stem for sentence in sentences for token in corpus.tokens(sentence)}
