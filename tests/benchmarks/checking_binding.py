"""Learn whom pronouns mean: `python -m tests.benchmarks.checking_binding LITBANK.jsonl [--write]`.

For development only. Every line of the file is `{text, annotated_end, mentions: [{s, e, cat, entity}]}` with
the coreference of a novel's opening. A conditional logit over the options of `checking.binding`, with
weights that all places share and some of their own, taught on right walks first and then on the walks that it
makes itself. Prints two-fold figures by text; `--write` stores weights of all texts.
"""

import argparse
import json
import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cardgen_desktop.drafting.checking.binding import FEATURES, Asked, Option, Spoken, Walk, place_of
from cardgen_desktop.drafting.checking.corpus import Corpus
from cardgen_desktop.drafting.checking.references import References
from cardgen_desktop.reading.index import Index, read_index
from tests.drafting.stories import source_of

PLACES, STEPS, RATE, DECAY, ROUNDS = 6, 120, 0.25, 0.002, 2
TARGET = Path(__file__).resolve().parents[2] / "resources" / "checking" / "binding.json"


@dataclass
class Case:
    """A pronoun: its place, its options, and the right ones among them."""

    place: int
    options: list[Option]
    right: set[int]
    named: bool


@dataclass
class Opening:
    """An opening as read, with what its coreference says of every offset."""

    index: Index
    entity_at: dict[int, str]
    entity_of: dict[int, str] = field(default_factory=dict)


def read_opening(line: str) -> Opening:
    """An opening with its coreference."""
    data: dict[str, Any] = json.loads(line)
    text = data["text"][: data["annotated_end"]]
    index = read_index([source_of(text)])
    people = [each for each in data["mentions"] if each["cat"] == "PER"]
    at: dict[int, str] = {}
    for each in sorted(people, key=lambda each: each["s"] - each["e"]):
        for offset in range(each["s"], each["e"]):
            at[offset] = each["entity"]
    votes: dict[int, Counter[str]] = defaultdict(Counter)
    for mention in index.mentions:
        if mention.character is not None and mention.start in at:
            votes[mention.character][at[mention.start]] += 1
    named = {number: counts.most_common(1)[0][0] for number, counts in votes.items()}
    return Opening(index, at, named)


class GoldWalk(Walk):
    """A walk that binds as the coreference says, and keeps the cases."""

    def __init__(
        self, opening: Opening, cases: list[Case], walk: Walk, table: Sequence[Sequence[float]] | None
    ) -> None:
        super().__init__(walk.narrator, walk.frequent)
        self.opening, self.cases, self.table = opening, cases, table
        self.entities: dict[int, str] = {}
        self.at = 0

    def note(self, each: Spoken) -> None:
        """Remember which entity a stranger is."""
        if each.who < 0 and each.who not in self.entities and self.at in self.opening.entity_at:
            self.entities[each.who] = self.opening.entity_at[self.at]
        super().note(each)

    def bind(self, asked: Asked) -> tuple[int | None, float]:
        """Whom the coreference says, if it was spoken of before."""
        entity = self.opening.entity_at.get(self.at)
        if entity is None:
            return None, 1.0
        options = self.options(asked)
        right = {
            number
            for number, option in enumerate(options)
            if option.who is not None
            and (self.entities.get(option.who) or self.opening.entity_of.get(option.who)) == entity
        }
        named = entity in self.opening.entity_of.values()
        nobody = {len(options) - 1}
        case = Case(place_of(asked.role, asked.level), options, right or nobody, named)
        self.cases.append(case)
        chosen = min(case.right) if self.table is None else best_of(self.table, case)
        return options[chosen].who, 1.0


class GoldReferences(References):
    """References whose walks are gold ones, over the whole text at once."""

    def cases(self, opening: Opening, table: Sequence[Sequence[float]] | None) -> list[Case]:
        """The cases of an opening, walked as the coreference says, or as weights do."""
        cases: list[Case] = []
        walk = GoldWalk(opening, cases, Walk(self.index.narrator, self._frequent), table)
        for sentence in self.index.sentences:
            self._of[sentence.id] = tuple(self._found(sentence.id, walk))
        return cases

    def _pronoun(self, tokens, place, sentence, walk):  # type: ignore[no-untyped-def]
        walk.at = tokens[place].start
        return super()._pronoun(tokens, place, sentence, walk)

    def _noun(self, tokens, place):  # type: ignore[no-untyped-def]
        self._walk_now.at = tokens[place].start
        return super()._noun(tokens, place)

    def _found(self, sentence, walk):  # type: ignore[no-untyped-def]
        self._walk_now = walk
        return super()._found(sentence, walk)


def columns(option: Option, place: int) -> list[int]:
    """The weights that an option uses: shared ones, and those of its place."""
    return [*option.features, *(FEATURES * (place + 1) + number for number in option.features)]


def learn(cases: Sequence[Case]) -> list[float]:
    """Weights that make the right options likely."""
    weights = [0.0] * (FEATURES * (PLACES + 1))
    squares = [1e-6] * len(weights)
    used = [([columns(option, case.place) for option in case.options], case.right) for case in cases]
    for _ in range(STEPS):
        slopes = [DECAY * weight for weight in weights]
        for options, right in used:
            sums = [sum(weights[column] for column in option) for option in options]
            top = max(sums)
            powers = [math.exp(each - top) for each in sums]
            total, good = sum(powers), sum(powers[number] for number in right)
            for number, option in enumerate(options):
                share = powers[number] / total - (powers[number] / good if number in right else 0.0)
                for column in option:
                    slopes[column] += share / len(used)
        for column, slope in enumerate(slopes):
            squares[column] += slope * slope
            weights[column] -= RATE * slope / math.sqrt(squares[column])
    return weights


def tables(weights: Sequence[float]) -> list[list[float]]:
    """The weights of every place."""
    return [
        [round(weights[number] + weights[FEATURES * (place + 1) + number], 3) for number in range(FEATURES)]
        for place in range(PLACES)
    ]


def best_of(table: Sequence[Sequence[float]], case: Case) -> int:
    """The option that weights choose."""
    sums = [sum(table[case.place][number] for number in option.features) for option in case.options]
    return sums.index(max(sums))


def share_right(table: Sequence[Sequence[float]], cases: Sequence[Case]) -> dict[str, tuple[float, int]]:
    """How many cases are bound rightly: of named people and of others."""
    right: Counter[str] = Counter()
    total: Counter[str] = Counter()
    for case in cases:
        kind = ("quoted " if case.place >= 3 else "") + ("named" if case.named else "unnamed")
        total[kind] += 1
        right[kind] += best_of(table, case) in case.right
    return {kind: (round(right[kind] / total[kind], 3), total[kind]) for kind in total}


def main() -> None:
    """Print the figures, and store the weights if asked to."""
    parser = argparse.ArgumentParser()
    parser.add_argument("openings", type=Path)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    lines = options.openings.read_text(encoding="utf-8").splitlines()
    openings = [read_opening(line) for line in lines]
    for half in (0, 1):
        weights = taught(openings[half::2])
        print(share_right(weights, walked(openings[1 - half :: 2], weights)))
    if options.write:
        TARGET.write_text(json.dumps(taught(openings)) + "\n", encoding="utf-8")


def walked(openings: Sequence[Opening], table: Sequence[Sequence[float]] | None) -> list[Case]:
    """The cases of openings."""
    return [
        case for opening in openings for case in GoldReferences(Corpus(opening.index)).cases(opening, table)
    ]


def taught(openings: Sequence[Opening]) -> list[list[float]]:
    """Weights learnt on right walks first, then on the walks that they make themselves."""
    cases = walked(openings, None)
    for _ in range(ROUNDS):
        cases = cases + walked(openings, tables(learn(cases)))
    return tables(learn(cases))


if __name__ == "__main__":
    main()
