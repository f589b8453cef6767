"""Words that deny, and what of a text they deny."""

from collections.abc import Iterator, Sequence

from .lexicon import Lexicon, Token


def negated_places(text: str, tokens: Sequence[Token], words: Lexicon) -> list[int]:
    """The indices of the tokens that negate; the offsets of tokens are into `text`."""
    spared = [(found.start(), found.end()) for found in words.negation_exceptions.finditer(text)]
    places = []
    for place, token in enumerate(tokens):
        contracted = token.word == "t" and place > 0 and tokens[place - 1].word.endswith("n")
        if token.word not in words.negations and not contracted:
            continue
        if not any(start <= token.start < end for start, end in spared):
            places.append(place)
    return places


def negated_stretches(text: str, words: Lexicon) -> list[tuple[int, int]]:
    """The stretches of a claim that it denies: from a negation to the end of its clause, or a turn in it.

    Two negations in a clause cancel out; one that goes on, as *nor*, counts with the first.
    """
    tokens = words.tokens(text)
    places = negated_places(text, tokens, words)
    found = []
    for start, end in _clauses(text):
        inside = [
            tokens[place].start
            for place in places
            if start <= tokens[place].start < end and tokens[place].word not in words.further
        ]
        if len(inside) % 2:
            turn = next(
                (
                    token.start
                    for token in tokens
                    if inside[0] < token.start < end and token.word in words.turns
                ),
                end,
            )
            found.append((inside[0], turn))
    return found


def _clauses(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for place, letter in enumerate(text):
        if letter in ";:—/" or (letter in ".!?" and text[place + 1 : place + 2].isspace()):
            yield start, place
            start = place + 1
    yield start, len(text)
