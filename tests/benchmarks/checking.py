"""Measure checks: `python -m tests.benchmarks.checking GOLD.json... [--half tuning|other] [-v]`.

For development only. A gold file is a list of `{file, characters: [{name, facts: [{fact, quote}]}]}` with
files beside it, or `{novels: {NAME: {facts: [{character, fact, anchor}]}}}` with NAME.txt beside it. True
claims are its facts in three forms; false ones are planted in them: a changed name, a changed number, a
negation, a fact of another book, a fact of another person of the book. Half of the facts, by a hash of their
words, is for tuning, the others only for the report. The CPU time of a long card against the longest source
too.
"""

import argparse
import hashlib
import json
import random
import re
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from cardgen_desktop.drafting.checking.checker import Checker
from cardgen_desktop.drafting.checking.whom import find_character
from cardgen_desktop.reading.index import Index, read_index
from cardgen_desktop.sources.registry import read_source

STRANGERS = ("Bartholomew", "Rosalind", "Leopold", "Winifred", "Augustus", "Marguerite")
NUMBERS = {
    "one": "five", "two": "nine", "three": "eight", "ten": "forty", "twelve": "thirty", "fifteen": "sixty",
    "fifty": "thirty", "siebzehn": "vierzig", "second": "ninth", "first": "seventh",
}  # fmt: skip
_NAME = re.compile(r"\b[A-Z][a-z]+\b")


@dataclass(frozen=True)
class Fact:
    """A fact of a character of one book."""

    book: str
    character: str
    text: str

    @property
    def half(self) -> str:
        """Whether it may be tuned on."""
        return "tuning" if hashlib.sha256(self.text.encode()).digest()[0] % 2 else "other"


@dataclass
class Book:
    """A source with its facts."""

    path: Path
    facts: list[Fact] = field(default_factory=list)

    @cache  # noqa: B019  (a few books, for one run)
    def index(self) -> Index:
        """The reading of the source."""
        return read_index([read_source(self.path)])

    @cache  # noqa: B019
    def checker(self, character: str) -> Checker:
        """A checker for a card of a character."""
        return Checker(self.index(), find_character(self.index(), character))

    __hash__ = object.__hash__


def read_gold(paths: Sequence[Path]) -> dict[str, Book]:
    """The books of gold files, beside any of them; a fact that stands in two files is taken once."""
    books: dict[str, Book] = {}
    seen: set[tuple[str, str]] = set()
    origin = Path()

    def add(path: Path, character: str, text: str) -> None:
        if (character, text) not in seen:
            seen.add((character, text))
            beside = (each.parent / path.relative_to(origin) for each in paths)
            found = next((each for each in (path, *beside) if each.exists()), path)
            book = books.setdefault(path.name, Book(found))
            book.facts.append(Fact(path.name, character, text))

    for path in paths:
        origin = path.parent
        gold = json.loads(path.read_text(encoding="utf-8"))
        if isinstance(gold, list):
            for each in gold:
                for person in each["characters"]:
                    for fact in person["facts"]:
                        add(path.parent / each["file"], person["name"], fact["fact"])
        else:
            for name, novel in gold["novels"].items():
                for fact in novel["facts"]:
                    add(path.parent / f"{name}.txt", fact["character"], fact["fact"])
    return books


def sentence_of(text: str, name: str) -> str:
    """A fact as a sentence about somebody."""
    first = text.split()[0]
    small = text if first.isupper() or not first.istitle() else text[0].lower() + text[1:]
    if first.endswith("s") and len(first) > 2 and not first.endswith("ss"):
        return f"{name} {small}."
    if first.lower() in ("will", "would", "never", "was", "had", "born"):
        return f"{name} {'was ' if first == 'Born' else ''}{small}."
    return f"{name}: {small}."


def forms(fact: Fact) -> Iterator[str]:
    """A fact as it stands, and as a sentence about `{{char}}` and about the name."""
    yield f"{fact.text}."
    yield sentence_of(fact.text, "{{char}}")
    yield sentence_of(fact.text, fact.character)


def negated(text: str, language: str) -> str:
    """The contrary of a fact."""
    if language == "de":
        return f"nicht {text[0].lower() + text[1:]}"
    for word in (" not ", " never ", "Never ", "Not ", " no "):
        if word in text:
            return text.replace(word, " " if word[0] == " " else "", 1)
    first, _, rest = text.partition(" ")
    if first in ("Is", "Was", "Will", "Would"):
        return f"{first} not {rest}"
    if first.endswith("s") and not first.endswith("ss"):
        return f"Never {first.lower()} {rest}"
    return f"Not {first[0].lower() + first[1:]} {rest}"


def cast_changed(fact: Fact, book: Book, seed: int) -> Iterator[str]:
    """A fact with its first name changed for those of others of the same book."""
    names = [each for each in _NAME.findall(fact.text[1:]) if each not in fact.character.split()]
    if names:
        cast = sorted({each.character for each in book.facts} - {fact.character, names[0]})
        fitting = [each.split()[-1] for each in cast if each.split()[-1] not in fact.text]
        for place in range(len(fitting)):
            yield fact.text.replace(names[0], fitting[(seed + place) % len(fitting)])


def planted(fact: Fact, book: Book, others: Sequence[Fact], seed: int) -> Iterator[tuple[str, str]]:
    """False claims made of a fact: their kind and text."""
    stranger = STRANGERS[seed % len(STRANGERS)]
    names = [each for each in _NAME.findall(fact.text[1:]) if each not in fact.character.split()]
    if names:
        yield "changed name", sentence_of(fact.text.replace(names[0], stranger), "{{char}}")
        for changed in list(cast_changed(fact, book, seed))[:1]:
            yield "changed name (cast)", sentence_of(changed, "{{char}}")
    yield "changed name", sentence_of(fact.text, stranger)
    for word, other in NUMBERS.items():
        if re.search(rf"\b{word}\b", fact.text, re.IGNORECASE):
            changed = re.sub(rf"\b{word}\b", other, fact.text, flags=re.IGNORECASE)
            yield "changed number", sentence_of(changed, "{{char}}")
    yield "added number", sentence_of(f"{fact.text}, aged {41 + seed % 50}", "{{char}}")
    yield "negation", sentence_of(negated(fact.text, book.index().language), "{{char}}")
    chance = random.Random(fact.text)
    foreign = [each for each in others if each.book.split(".")[0] != fact.book.split(".")[0]]
    for each in chance.sample(foreign, min(2, len(foreign))):
        yield "other book", sentence_of(each.text, "{{char}}")
    for name in sorted({each.character for each in book.facts if each.character != fact.character}):
        yield "other person", sentence_of(fact.text, name)


def verdict(book: Book, character: str, claim: str) -> tuple[str, str]:
    """The verdict of a claim on a card, and why."""
    report = book.checker(character).check({"description": claim})
    found = report.fields["description"]
    supported = bool(found) and all(each.verdict == "supported" for each in found)
    return ("supported" if supported else "not"), "; ".join(f"{each.score} {each.why}" for each in found)


def measure(books: dict[str, Book], half: str, verbose: bool) -> dict[str, tuple[int, int]]:
    """How many claims of each kind got the verdict they should, and how many there are."""
    everything = [fact for book in books.values() for fact in book.facts]
    right: Counter[str] = Counter()
    total: Counter[str] = Counter()
    shown: dict[str, list[str]] = defaultdict(list)

    def note(kind: str, book: Book, character: str, claim: str, wanted: str) -> None:
        got, why = verdict(book, character, claim)
        total[kind] += 1
        right[kind] += got == wanted
        if got != wanted:
            shown[kind].append(f"{book.path.stem[:14]:15}{character[:16]:17}{claim}  [{why}]")

    for book in books.values():
        for seed, fact in enumerate(book.facts):
            if fact.half != half:
                continue
            for number, form in enumerate(forms(fact)):
                note(f"true, form {number + 1}", book, fact.character, form, "supported")
            for kind, claim in planted(fact, book, everything, seed):
                note(kind, book, fact.character, claim, "not")
    if verbose:
        for kind, lines in shown.items():
            print(f"-- {kind}", *lines, sep="\n   ")
    return {kind: (right[kind], total[kind]) for kind in total}


def time_of_long_card(books: dict[str, Book]) -> str:
    """How long a card of 200 sentences takes against the longest source."""
    book = max(books.values(), key=lambda each: len(each.index().text))
    texts = [fact.text for each in books.values() for fact in each.facts]
    claims = " ".join(f"{{{{char}}}}: {texts[i % len(texts)]}.\n" for i in range(200))
    started = time.process_time()
    checker = Checker(book.index(), find_character(book.index(), book.facts[0].character))
    built = time.process_time() - started
    checker.check({"description": claims})
    words = len(book.index().text.split())
    return f"{words:,} words: built in {built:.2f} s, all {time.process_time() - started:.2f} s"


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("gold", nargs="+", type=Path)
    parser.add_argument("--half", choices=("tuning", "other"))
    parser.add_argument("-v", "--verbose", action="store_true")
    options = parser.parse_args()
    books = {name: book for name, book in read_gold(options.gold).items() if book.path.suffix != ".odt"}
    for half in [options.half] if options.half else ["tuning", "other"]:
        counts = measure(books, half, options.verbose)
        print(f"== {half}")
        for kind, (right, total) in counts.items():
            print(f"{kind:22}{right:4} of {total:4}  {right / total:.3f}")
        false = [count for kind, count in counts.items() if not kind.startswith("true")]
        print(f"{'all false':22}{sum(a for a, _ in false):4} of {sum(b for _, b in false):4}  "
              f"{sum(a for a, _ in false) / sum(b for _, b in false):.3f}")  # fmt: skip
    print(time_of_long_card(books))


if __name__ == "__main__":
    main()
