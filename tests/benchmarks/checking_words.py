"""Make the table of words that may say the same: `python -m tests.benchmarks.checking_words WORDNET VECTORS`.

For development only; needs numpy. WORDNET is a folder with the database files of WordNet 3.1 (`data.noun`,
`index.noun`, ...), VECTORS a JSON file `{words: [...], vectors: {word: [numbers]}}` of GloVe, the commonest
words first. Of every stem it writes the stems that are synonyms or of the same root, those that are like it,
wider or narrower, and those whose vectors alone are close; never its contraries.
"""

import argparse
import json
import math
import re
import zlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from cardgen_desktop.drafting.checking.lexicon import lexicon

TARGET = Path(__file__).resolve().parents[2] / "resources" / "checking" / "en_related.txt.z"
COMMONEST, SENSES, USED = 60_000, 4, 100
SAME, LIKE, NEAR = 0, 1, 2
LEVELS = {"+": SAME, "\\": SAME, "&": LIKE, "@": LIKE, "~": LIKE, "*": LIKE, ">": LIKE, "^": LIKE}
LEAST = {SAME: 0.12, LIKE: 0.3, NEAR: 0.58}
MOST = {SAME: 12, LIKE: 10, NEAR: 6}
_WORD = re.compile(r"[a-z]+$")


class Synset(NamedTuple):
    """Words of one meaning, and pointers: sign, place of the other synset."""

    words: tuple[str, ...]
    pointers: tuple[tuple[str, tuple[str, str], int, int], ...]


def synsets(folder: Path) -> dict[tuple[str, str], Synset]:
    """The synsets by part of speech and offset."""
    found = {}
    for name, letter in (("noun", "n"), ("verb", "v"), ("adj", "a"), ("adv", "r")):
        for line in (folder / f"data.{name}").read_text(encoding="utf-8").splitlines():
            if line.startswith(" "):
                continue
            parts = line.split(" | ")[0].split()
            count = int(parts[3], 16)
            words = tuple(re.sub(r"\(.*", "", parts[4 + 2 * i]).lower() for i in range(count))
            at = 4 + 2 * count
            pointers = []
            for i in range(int(parts[at])):
                sign, offset, part, ends = parts[at + 1 + 4 * i : at + 5 + 4 * i]
                place = (part.replace("s", "a"), offset)
                pointers.append((sign, place, int(ends[:2], 16), int(ends[2:], 16)))
            found[letter, parts[0]] = Synset(words, tuple(pointers))
    return found


def senses(folder: Path) -> dict[str, list[tuple[str, str]]]:
    """The first synsets of every word."""
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for name, letter in (("noun", "n"), ("verb", "v"), ("adj", "a"), ("adv", "r")):
        for line in (folder / f"index.{name}").read_text(encoding="utf-8").splitlines():
            parts = line.split()
            if line.startswith(" ") or not _WORD.match(parts[0]):
                continue
            offsets = parts[-int(parts[2]) :]
            found[parts[0]] += [(letter, offset) for offset in offsets[:SENSES]]
    return found


def relations(folder: Path) -> tuple[dict[tuple[str, str], int], set[tuple[str, str]]]:
    """Pairs of words with how they are related, and pairs that are contraries."""
    table, of_word = synsets(folder), senses(folder)
    related: dict[tuple[str, str], int] = {}
    contrary: set[tuple[str, str]] = set()
    for word, places in of_word.items():
        for place in places:
            synset = table[place]
            for other in synset.words:
                related[word, other] = SAME
            for sign, there, mine, its in synset.pointers:
                lexical = mine and synset.words[mine - 1] != word
                others = table[there].words
                for other in others[its - 1 : its] if its else others:
                    if sign == "!" and not lexical:
                        contrary.add((word, other))
                    elif sign[:1] in LEVELS and not lexical:
                        known = related.get((word, other), NEAR)
                        related[word, other] = min(known, LEVELS[sign[:1]])
    return related, contrary


class Vectors:
    """Directions of common words, without what all have in common."""

    def __init__(self, path: Path) -> None:
        read = json.loads(path.read_text(encoding="utf-8"))
        self.rank = {word: rank for rank, word in enumerate(w for w in read["words"] if _WORD.match(w))}
        kept = [word for word, rank in self.rank.items() if rank < 2 * COMMONEST]
        import numpy

        matrix = numpy.array([read["vectors"][word][:USED] for word in kept], dtype="float32")
        matrix -= matrix.mean(0)
        _, _, directions = numpy.linalg.svd(matrix[:COMMONEST], full_matrices=False)
        matrix -= (matrix @ directions[:2].T) @ directions[:2]
        self.matrix = matrix / numpy.linalg.norm(matrix, axis=1, keepdims=True)
        self.place = {word: place for place, word in enumerate(kept)}
        self.words = kept

    def cosine(self, left: str, right: str) -> float:
        """How close two words are; 0 when one is not known."""
        if left not in self.place or right not in self.place:
            return 0.0
        return float(self.matrix[self.place[left]] @ self.matrix[self.place[right]])

    def near(self, word: str, limit: int) -> list[tuple[str, float]]:
        """The closest words among the commonest."""
        sums = self.matrix[:COMMONEST] @ self.matrix[self.place[word]]
        best = sums.argpartition(-limit)[-limit:]
        return [(self.words[i], float(sums[i])) for i in best]


def table(folder: Path, vectors: Vectors) -> dict[str, dict[str, tuple[int, float]]]:
    """For each stem its related stems, with the level and the closeness."""
    stem = lexicon("en").stem
    related, contrary = relations(folder)
    apart = {(stem(left), stem(right)) for left, right in contrary}
    apart |= {(right, left) for left, right in apart}
    found: dict[str, dict[str, tuple[int, float]]] = defaultdict(dict)

    def add(left: str, right: str, level: int, close: float) -> None:
        pair = stem(left), stem(right)
        if pair[0] == pair[1] or pair in apart or close < LEAST[level]:
            return
        known = found[pair[0]].get(pair[1], (9, 0.0))
        found[pair[0]][pair[1]] = min(known[0], level), max(known[1], close)

    for (left, right), level in related.items():
        if _WORD.match(right) and min(vectors.rank.get(left, 10**9), 10**9) < 2 * COMMONEST:
            add(left, right, level, vectors.cosine(left, right))
    for word in vectors.words[:COMMONEST]:
        if (word, word) in related:
            for other, close in vectors.near(word, 12):
                if other != word and (other, other) in related:
                    add(word, other, NEAR, close)
    return found


def lines(found: dict[str, dict[str, tuple[int, float]]]) -> Iterable[str]:
    """A line for each stem: itself, and its stems of each level, the closest first."""
    for head in sorted(found):
        groups: list[Sequence[str]] = []
        for level in (SAME, LIKE, NEAR):
            of_level = [(-close, other) for other, (at, close) in found[head].items() if at == level]
            groups.append([other for _, other in sorted(of_level)[: MOST[level]]])
        if any(groups):
            yield "\t".join([head, *(" ".join(group) for group in groups)])


def main() -> None:
    """Write the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("wordnet", type=Path)
    parser.add_argument("vectors", type=Path)
    options = parser.parse_args()
    text = "\n".join(lines(table(options.wordnet, Vectors(options.vectors)))) + "\n"
    TARGET.write_bytes(zlib.compress(text.encode("utf-8"), 9))
    print(
        f"{text.count(chr(10)):,} stems, {len(text):,} letters, {math.ceil(TARGET.stat().st_size / 1024)} KiB"
    )


if __name__ == "__main__":
    main()
