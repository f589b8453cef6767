"""Packing evidence for a language model out of a book of two hundred thousand words, once it is read."""

import time
from collections.abc import Iterator

from cardgen_desktop.paths import resource

from .row import Row

BOOKS = ("secret_garden.txt", "treasure_island.txt", "wonderful_wizard_of_oz.txt", "treasure_island.txt")
WORDS = 200_000
LETTERS = 24_000
BUDGET_SECONDS = 3.0


def rows() -> Iterator[Row]:
    """The slowest of the leading characters, beside the promised time."""
    from cardgen_desktop.drafting.generative.packing import pack_evidence
    from cardgen_desktop.reading.index import read_index
    from cardgen_desktop.sources.registry import read_bytes

    texts = "\n\n".join(resource("samples", name).read_text("utf-8") for name in BOOKS)
    book = " ".join(texts.split(" ")[: int(len(texts.split(" ")) * WORDS / len(texts.split()))])
    index = read_index([read_bytes(book.encode(), "book.txt")])
    taken = []
    for person in index.people()[:5]:
        started = time.process_time()
        pack_evidence(index, person.id, letters=LETTERS)
        taken.append(time.process_time() - started)
    yield Row("pack 200,000 words for a model / its budget", "s", max(taken), BUDGET_SECONDS, 1.0)
