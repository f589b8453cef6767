"""Learn the weights of checking: `python -m tests.benchmarks.checking_weights GOLD.json... [--write]`.

For development only. Logistic regression over the figures of true claims, of facts of other books and of
facts of other people, made of gold as `tests.benchmarks.checking` does. Prints what weights learnt on one
half do on the other; `--write` stores those learnt on the halves that `--on` names.
"""

import argparse
import json
import math
import random
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from cardgen_desktop.drafting.checking.claims import split_claims
from tests.benchmarks.checking import Book, Fact, read_gold, sentence_of

SHARES = {"true": 0.5, "other book": 0.2, "other person": 0.3}
STEPS, RATE, DECAY = 1500, 0.3, 0.001
OTHER_BOOKS = 4
TARGET = Path(__file__).resolve().parents[2] / "resources" / "checking" / "weights.json"


class Row(NamedTuple):
    """A claim: its kind, the half of its fact, and its figures, None when a rule decides on it."""

    kind: str
    half: str
    values: dict[str, float] | None


def row(kind: str, half: str, book: Book, character: str, text: str) -> Row:
    """The figures of a claim on a card."""
    checker = book.checker(character)
    claim = next(iter(split_claims(sentence_of(text, "{{char}}"), checker.index.pack)), None)
    if claim is None:
        return Row(kind, half, None)
    reading = checker.reader.read(claim)
    if not reading.terms or reading.unknown or not reading.subject:
        return Row(kind, half, None)
    best, candidates = checker.judge.best(reading, frozenset())
    if best is None or best.missing:
        return Row(kind, half, None)
    return Row(kind, half, checker.judge.figures(best, candidates, reading))


def rows(books: dict[str, Book]) -> list[Row]:
    """The claims of all books."""
    found: list[Row] = []
    facts = [fact for book in books.values() for fact in book.facts]
    for book in books.values():
        for fact in book.facts:
            found.append(row("true", fact.half, book, fact.character, fact.text))
            found += [
                row("other book", fact.half, book, fact.character, each.text)
                for each in foreign(fact, facts, OTHER_BOOKS)
            ]
            for name in sorted({each.character for each in book.facts if each.character != fact.character}):
                found.append(row("other person", fact.half, book, name, fact.text))
    return found


def foreign(fact: Fact, facts: Sequence[Fact], count: int) -> list[Fact]:
    """Some facts of other books, always the same."""
    others = [each for each in facts if each.book.split(".")[0] != fact.book.split(".")[0]]
    return random.Random(fact.text).sample(others, min(count, len(others)))


def learn(learnt: Sequence[Row]) -> dict[str, float]:
    """The weights that part true claims from planted ones best; kinds count by `SHARES`."""
    judged = [each for each in learnt if each.values is not None]
    counts = Counter(each.kind for each in judged)
    names = [*(judged[0].values or {}), "bias"]
    points = [
        ([*(each.values or {}).values(), 1.0], each.kind == "true", SHARES[each.kind] / counts[each.kind])
        for each in judged
    ]
    weights, squares = [0.0] * len(names), [1e-8] * len(names)
    for _ in range(STEPS):
        slopes = [DECAY * weight for weight in weights[:-1]] + [0.0]
        for point, is_true, share in points:
            total = sum(weight * value for weight, value in zip(weights, point, strict=True))
            error = (1 / (1 + math.exp(-max(-30.0, min(30.0, total)))) - is_true) * share
            for place, value in enumerate(point):
                slopes[place] += error * value
        for place, slope in enumerate(slopes):
            squares[place] += slope * slope
            weights[place] -= RATE * slope / math.sqrt(squares[place])
    return {name: round(weight, 3) for name, weight in zip(names, weights, strict=True)}


def accepted(weights: dict[str, float], claims: Sequence[Row], shift: float) -> dict[str, float]:
    """The share of each kind of claim that gets through."""
    right: Counter[str] = Counter()
    for claim in claims:
        if claim.values is not None:
            total = sum(weights[name] * value for name, value in claim.values.items()) + weights["bias"]
            right[claim.kind] += total + shift >= 0
    totals = Counter(claim.kind for claim in claims)
    return {kind: round(right[kind] / totals[kind], 3) for kind in totals}


def main() -> None:
    """Print what the weights do, and store them if asked to."""
    parser = argparse.ArgumentParser()
    parser.add_argument("gold", nargs="+", type=Path)
    parser.add_argument("--on", nargs="+", default=["tuning", "other"], choices=("tuning", "other"))
    parser.add_argument("--shift", type=float, default=0.5, help="added to the bias: lets more through")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    books = {name: book for name, book in read_gold(options.gold).items() if book.path.suffix != ".odt"}
    claims = rows(books)
    for half, rest in (("tuning", "other"), ("other", "tuning")):
        weights = learn([each for each in claims if each.half == half])
        for shift in (0.0, 0.25, 0.5, 0.75, 1.0):
            own = accepted(weights, [each for each in claims if each.half == half], shift)
            far = accepted(weights, [each for each in claims if each.half == rest], shift)
            print(f"learnt on {half:7} shift {shift:4}: {own}; {rest}: {far}")
    weights = learn([each for each in claims if each.half in options.on])
    weights["bias"] = round(weights["bias"] + options.shift, 3)
    print(json.dumps(weights, indent=1))
    if options.write:
        TARGET.write_text(json.dumps(weights, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
