"""Measure packs against gold facts: `python -m tests.benchmarks.packing_quality GOLD_JSON... [--tokens N,N]`.

For development. A file of gold is a list of `{file, characters: [{name, aliases, facts: [{quote}]}]}`, the
files beside it, or `{novels: {NAME: {characters, facts: [{character, anchor}]}}}` with NAME.txt beside
it. A fact is held when half of one place of its quote, letters and digits compared, lies in a passage of the
character's pack. A token counts as four letters.
"""

import argparse
import json
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cardgen_desktop.domain.errors import SourceError
from cardgen_desktop.domain.people import Person
from cardgen_desktop.drafting.generative.packing import pack_evidence
from cardgen_desktop.reading.index import Index, read_index
from cardgen_desktop.sources.registry import read_source

TOKEN_LETTERS = 4
Facts = dict[tuple[str, ...], list[str]]
"""The quotes of each character, by its names."""


def books_of(gold: Path) -> Iterator[tuple[Path, Facts]]:
    """Every document of a file of gold with its facts."""
    found: Any = json.loads(gold.read_text("utf-8"))
    if isinstance(found, list):
        for document in found:
            facts = {
                (each["name"], *each["aliases"]): [fact["quote"] for fact in each["facts"]]
                for each in document["characters"]
            }
            yield gold.parent / document["file"], facts
        return
    for name, novel in found["novels"].items():
        names = [(each["name"], *each["aliases"]) for each in novel["characters"]]
        yield gold.parent / f"{name}.txt", _by_names(names, novel["facts"])


def _by_names(names: list[tuple[str, ...]], facts: list[dict[str, str]]) -> Facts:
    found: Facts = {}
    for fact in facts:
        wanted = fact["character"].casefold()
        fitting = (each for each in names if wanted in {name.casefold() for name in each})
        found.setdefault(next(fitting, (fact["character"],)), []).append(fact["anchor"])
    return found


def squeezed(text: str) -> tuple[str, list[int]]:
    """Letters and digits in lower case, and where each stands."""
    places = [(letter, place) for place, each in enumerate(text) if each.isalnum() for letter in each.lower()]
    return "".join(letter for letter, _ in places), [place for _, place in places]


def person_of(index: Index, names: tuple[str, ...]) -> Person | None:
    """The character of the index that has one of the names."""
    for name in names:
        for person in index.find_people(name):
            if name.casefold() in {alias.name.casefold() for alias in person.aliases}:
                return person
    return next((person for name in names for person in index.find_people(name)[:1]), None)


def held(index: Index, person: Person, quotes: list[str], letters: int) -> tuple[int, float]:
    """How many quotes a pack holds, and the seconds it took."""
    text, places = squeezed(index.text)
    started = time.process_time()
    pack = pack_evidence(index, person.id, letters=letters)
    seconds = time.process_time() - started
    count = 0
    for quote in quotes:
        key = squeezed(quote)[0]
        found = (match.start() for match in re.finditer(re.escape(key), text))
        spans = [(places[at], places[at + len(key) - 1] + 1) for at in found]
        count += any(
            min(end, passage.end) - max(start, passage.start) >= 0.5 * (end - start)
            for start, end in spans
            for passage in pack.passages
        )
    return count, seconds


def measure(path: Path, facts: Facts, budgets: list[int], total: Counter[int]) -> None:
    """Print the row of one document; facts of people who were not found count as not held."""
    try:
        index = read_index([read_source(path)])
    except SourceError as error:
        print(f"{path.name:<44} {error.message}")
        return
    row, slowest, known = Counter[int](), 0.0, sum(len(quotes) for quotes in facts.values())
    for names, quotes in facts.items():
        person = person_of(index, names)
        for tokens in budgets if person else ():
            count, seconds = held(index, person, quotes, tokens * TOKEN_LETTERS) if person else (0, 0.0)
            row[tokens] += count
            slowest = max(slowest, seconds)
    shares = " ".join(f"{tokens}:{row[tokens] / max(1, known):.3f}" for tokens in budgets)
    print(f"{path.name:<44} {known:>3} facts  {shares}  slowest {slowest:.2f} s", flush=True)
    total.update(row)
    total[0] += known


def main() -> int:
    """Measure every document of every file of gold."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.packing_quality")
    parser.add_argument("gold", type=Path, nargs="+")
    parser.add_argument("--tokens", default="3000,6000,12000")
    options = parser.parse_args()
    budgets, total = [int(each) for each in options.tokens.split(",")], Counter[int]()
    for gold in options.gold:
        for path, facts in books_of(gold):
            measure(path, facts, budgets, total)
    print("all", total[0], "facts ", *(f"{each}:{total[each] / max(1, total[0]):.3f}" for each in budgets))
    return 0


if __name__ == "__main__":
    sys.exit(main())
