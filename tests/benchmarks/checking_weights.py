"""Learn the weights of checking: `python -m tests.benchmarks.checking_weights GOLD.json... [--write]`.

For development only; needs numpy. Logistic regression over the figures of true claims, and of claims planted
as `tests.benchmarks.checking` does. Of the passages weighed for a claim the likeliest is learnt from,
chosen anew in every round. Prints, with the weights learnt on all other books, the share of true claims that
get through and of planted ones that do not; `--write` stores the weights of all books.
"""

import argparse
import json
import random
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from cardgen_desktop.drafting.checking.claims import split_claims
from tests.benchmarks.checking import Book, Fact, cast_changed, negated, read_gold, sentence_of

SHARES = {
    "true": 0.5,
    "other person": 0.15,
    "changed name (cast)": 0.07,
    "other book": 0.15,
    "negation": 0.13,
}
ROUNDS, STEPS, RATE, DECAY = 5, 400, 0.3, 0.01
OTHER_BOOKS, OTHER_PEOPLE, OTHER_NAMES = 3, 6, 3
TARGET = Path(__file__).resolve().parents[2] / "resources" / "checking" / "weights.json"


class Row(NamedTuple):
    """A claim: its kind, its book, and the figures of its passages; none when a rule decides on it."""

    kind: str
    book: str
    passages: list[dict[str, float]]


def row(kind: str, book: Book, character: str, text: str) -> Row:
    """The figures of a claim on a card."""
    title = book.path.stem.split("_in_")[0].removeprefix("11_").replace("adventures", "")
    checker = book.checker(character)
    claim = next(iter(split_claims(sentence_of(text, "{{char}}"), checker.index.pack)), None)
    if claim is None:
        return Row(kind, title, [])
    reading = checker.reader.read(claim)
    if not reading.terms or reading.unknown or not reading.subject:
        return Row(kind, title, [])
    weighed = checker.judge.weigh(claim, reading, frozenset())
    return Row(kind, title, [each.figures for each in weighed if each.figures])


def rows(books: dict[str, Book]) -> Iterator[Row]:
    """The claims of all books."""
    facts = [fact for book in books.values() for fact in book.facts]
    for book in books.values():
        people = sorted({each.character for each in book.facts})
        for seed, fact in enumerate(book.facts):
            chance = random.Random(fact.text)
            yield row("true", book, fact.character, fact.text)
            yield row("negation", book, fact.character, negated(fact.text, book.index().language))
            for each in chance.sample(foreign(fact, facts), OTHER_BOOKS):
                yield row("other book", book, fact.character, each.text)
            others = [name for name in people if name != fact.character]
            for name in chance.sample(others, min(OTHER_PEOPLE, len(others))):
                yield row("other person", book, name, fact.text)
            for text in list(cast_changed(fact, book, seed))[:OTHER_NAMES]:
                yield row("changed name (cast)", book, fact.character, text)


def foreign(fact: Fact, facts: Sequence[Fact]) -> list[Fact]:
    """The facts of other books."""
    return [each for each in facts if _title(each) != _title(fact)]


def _title(fact: Fact) -> str:
    return "alice" if "alice" in fact.book else fact.book.split(".")[0]


class Learner:
    """Weights by gradient descent over standardised figures."""

    def __init__(self, learnt: Sequence[Row]) -> None:
        import numpy

        self.numpy = numpy
        self.names = list(next(each for each in learnt if each.passages).passages[0])
        judged = [each for each in learnt if each.passages]
        counts = Counter(each.kind for each in judged)
        self.shares = numpy.array([SHARES[each.kind] / counts[each.kind] for each in judged])
        self.true = numpy.array([float(each.kind == "true") for each in judged])
        self.tables = [self.table(each) for each in judged]
        everything = numpy.concatenate(self.tables)
        self.mean, self.spread = everything.mean(0), everything.std(0) + 1e-6
        self.tables = [(table - self.mean) / self.spread for table in self.tables]

    def table(self, row: Row) -> Any:
        """The figures of the passages of a claim."""
        return self.numpy.array([[passage[name] for name in self.names] for passage in row.passages])

    def learn(self) -> dict[str, float]:
        """The weights, with "bias", of figures as they are."""
        numpy = self.numpy
        chosen = [0] * len(self.tables)
        for _ in range(ROUNDS):
            points = numpy.array([table[at] for table, at in zip(self.tables, chosen, strict=True)])
            weights, bias = self._descend(points)
            chosen = [int((table @ weights).argmax()) for table in self.tables]
        scaled = weights / self.spread
        found = {name: round(float(each), 4) for name, each in zip(self.names, scaled, strict=True)}
        return {**found, "bias": round(float(bias - scaled @ self.mean), 4)}

    def _descend(self, points: Any) -> tuple[Any, float]:
        numpy = self.numpy
        weights, bias = numpy.zeros(points.shape[1]), 0.0
        squares, of_bias = numpy.full(points.shape[1], 1e-8), 1e-8
        for _ in range(STEPS):
            error = (1 / (1 + numpy.exp(-(points @ weights + bias))) - self.true) * self.shares
            slopes, slope = points.T @ error + DECAY * weights, float(error.sum())
            squares, of_bias = squares + slopes**2, of_bias + slope**2
            weights -= RATE * slopes / numpy.sqrt(squares)
            bias -= RATE * slope / of_bias**0.5
        return weights, bias


def likeliest(weights: dict[str, float], claim: Row) -> float:
    """The sum of the likeliest passage of a claim."""
    sums = [
        sum(weights[name] * value for name, value in passage.items()) + weights["bias"]
        for passage in claim.passages
    ]
    return max(sums, default=-30.0)


def left_out(claims: Sequence[Row]) -> list[tuple[Row, float]]:
    """Every claim with its sum by weights learnt on all other books."""
    found: list[tuple[Row, float]] = []
    for book in sorted({claim.book for claim in claims}):
        weights = Learner([each for each in claims if each.book != book]).learn()
        found += [(each, likeliest(weights, each)) for each in claims if each.book == book]
    return found


def report(judged: Sequence[tuple[Row, float]], shift: float) -> str:
    """The share of true claims that get through, and of false ones that do not."""
    right: Counter[str] = Counter()
    total: Counter[str] = Counter()
    for claim, value in judged:
        total[claim.kind] += 1
        right[claim.kind] += (value + shift >= 0) == (claim.kind == "true")
    shares = (f"{kind} {right[kind] / total[kind]:.3f}" for kind in total)
    return f"shift {shift:+.2f}: " + ", ".join(shares)


def by_book(judged: Sequence[tuple[Row, float]], shift: float) -> Iterator[str]:
    """The report of every book."""
    books: dict[str, list[tuple[Row, float]]] = defaultdict(list)
    for claim, value in judged:
        books[claim.book].append((claim, value))
    for book, some in books.items():
        yield f"{book[:24]:25}{report(some, shift)}"


def main() -> None:
    """Print what the weights do, and store them if asked to."""
    parser = argparse.ArgumentParser()
    parser.add_argument("gold", nargs="+", type=Path)
    parser.add_argument("--shift", type=float, default=0.0, help="added to the bias: lets more through")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    books = read_gold(options.gold)
    books = {name: book for name, book in books.items() if book.path.suffix not in (".odt", ".epub")}
    claims = list(rows(books))
    judged = left_out(claims)
    for shift in (-0.5, -0.25, 0.0, 0.25, 0.5, 0.75, 1.0, 1.25):
        print(report(judged, shift))
    print(*by_book(judged, options.shift), sep="\n")
    weights = Learner(claims).learn()
    weights["bias"] = round(weights["bias"] + options.shift, 4)
    if options.write:
        TARGET.write_text(json.dumps(weights, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
