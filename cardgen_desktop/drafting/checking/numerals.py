"""Numbers in texts: digits, words, ordinals, and words that count (*a pair*, *twice*)."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from .lexicon import Lexicon, Token

DOZEN, TENS, HUNDRED = 12, 20, 100
UNITS = (1_000_000, 1000, HUNDRED)


class Numeral(NamedTuple):
    """A number that a text states, and where."""

    value: float
    start: int
    end: int


def numerals(tokens: Sequence[Token], words: Lexicon, *, counting: bool = False) -> list[Numeral]:
    """The numbers of a stretch; `counting` adds *pair*, *once*, *a* and their like, as sources do."""
    found = list(_stated(tokens, words))
    if counting:
        found += [
            Numeral(words.counts[token.word], token.start, token.end)
            for token in tokens
            if token.word in words.counts
        ]
        found += _dozens(tokens, words)
    return found


def stems_of(value: float, words: Lexicon) -> dict[str, float]:
    """The stems by which a passage that states a number can be found."""
    forms = {str(int(value))} if value == int(value) else set()
    for table in (words.numbers, words.ordinals, words.counts):
        forms |= {word for word, number in table.items() if number == value and len(word) > 2}
    if TENS < value < HUNDRED and value % 10:
        forms |= {word for word, number in words.numbers.items() if number == value - value % 10}
    unit = next((each for each in UNITS if value > each), None)
    forms |= {word for word, number in words.numbers.items() if unit is not None and number == unit}
    return {words.stem(form): 1.0 for form in forms}


def _stated(tokens: Sequence[Token], words: Lexicon) -> Iterator[Numeral]:
    place = 0
    while place < len(tokens):
        used, value = _compound(tokens, place, words)
        if not used:
            place += 1
            continue
        yield Numeral(value, tokens[place].start, tokens[place + used - 1].end)
        place += used


def _compound(tokens: Sequence[Token], place: int, words: Lexicon) -> tuple[int, int]:
    """How many words from `place` on make one number, and its value: five and twenty, two hundred."""
    value = words.value_of(tokens[place].word)
    if value is None:
        return 0, 0
    used = 1
    while place + used < len(tokens):
        skip = used + (tokens[place + used].word in words.joiners)
        if place + skip >= len(tokens):
            break
        following = words.value_of(tokens[place + skip].word)
        joined = None if following is None else _joined(value, following, skip > used)
        if joined is None or tokens[place].word.isdecimal():
            break
        value, used = joined, skip + 1
    return used, value


def _joined(value: int, following: int, with_and: bool) -> int | None:
    """The number that two neighbours make, or None when they are two numbers."""
    if following in (HUNDRED, 1000) and not with_and and 0 < value < following:
        return value * following
    if value >= HUNDRED and value % HUNDRED == 0 and 0 < following < HUNDRED:
        return value + following
    if TENS <= value < HUNDRED and value % 10 == 0 and 0 < following < 10 and not with_and:
        return value + following
    if 0 < value < 10 and TENS <= following < HUNDRED and following % 10 == 0 and with_and:
        return value + following
    return None


def _dozens(tokens: Sequence[Token], words: Lexicon) -> Iterator[Numeral]:
    """*Half a dozen* is six, *three score* sixty."""
    for place, token in enumerate(tokens):
        size = words.counts.get(token.word, 0)
        if size not in (DOZEN, TENS) or place == 0:
            continue
        before = words.value_of(tokens[place - 1].word)
        half = any(words.counts.get(each.word) == 0.5 for each in tokens[max(0, place - 2) : place])
        if before or half:
            yield Numeral(size / 2 if half else size * (before or 1), token.start, token.end)
