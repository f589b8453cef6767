"""Text in which a model goes round in circles: the same words, lines or sentences again and again."""

import re
from collections import Counter

LEAST_RUN = 4
"""So many times the same few words in a row make a loop."""

LEAST_TIMES = 3
GRAM = 6
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_LETTERS = re.compile(r"(.{2,24}?)\1{5,}", re.DOTALL)


def loop_at(text: str) -> int | None:
    """Where a text begins to repeat itself, as an offset; None when it does not."""
    words = [(found[0].casefold(), found.start()) for found in _WORD.finditer(text)]
    places = [_run(words), _grams(words), _lines(text), _letters(text)]
    found = [place for place in places if place is not None]
    return min(found) if found else None


def _run(words: list[tuple[str, int]]) -> int | None:
    """One to eight words that follow themselves: "calm, calm, calm, calm"."""
    for size in range(1, 9):
        times = 0
        for at in range(size, len(words)):
            times = times + 1 if words[at][0] == words[at - size][0] else 0
            if times >= size * (LEAST_RUN - 1):
                return words[at - times + 1][1]
    return None


def _grams(words: list[tuple[str, int]]) -> int | None:
    """Six words in the same order for the third time, when such repeats are a good part of the text."""
    grams = [tuple(word for word, _ in words[at : at + GRAM]) for at in range(len(words) - GRAM + 1)]
    counts = Counter(grams)
    repeated = sum(count for count in counts.values() if count >= LEAST_TIMES)
    if repeated < max(LEAST_TIMES * 2, 0.15 * len(grams)):
        return None
    seen: Counter[tuple[str, ...]] = Counter()
    for at, gram in enumerate(grams):
        seen[gram] += 1
        if seen[gram] == 2 and counts[gram] >= LEAST_TIMES:
            return words[at][1]
    return None


def _lines(text: str) -> int | None:
    """A line or sentence of some length that stands there a second time, or a short one a fourth time."""
    seen: Counter[str] = Counter()
    for found in re.finditer(r"[^.!?。！？\n]+", text):
        sentence = " ".join(found[0].casefold().split()).strip("\"'“”*_ ")
        if len(sentence) < 8:
            continue
        seen[sentence] += 1
        if seen[sentence] >= (2 if len(sentence) >= 60 else LEAST_RUN):
            return found.start()
    return None


def _letters(text: str) -> int | None:
    """Letters that repeat without words, as in scripts without spaces; rules of signs are none."""
    for found in _LETTERS.finditer(text):
        if any(letter.isalpha() for letter in found[1]):
            return found.start() + len(found[1])
    return None
