"""Decoding, reading and drafting, without the window."""

import time
from collections.abc import Iterator
from pathlib import Path

from cardgen_desktop.domain.source import SourceText
from cardgen_desktop.paths import resource

from .row import Row, interleaved, seconds

BOOK = resource("samples", "secret_garden.txt")
WORDS_PER_SECOND = 30_000


def rows() -> Iterator[Row]:
    """One book through each stage."""
    from cardgen_desktop.sources.registry import read_source

    source = read_source(BOOK)
    yield decoding()
    yield from understanding(source)


def decoding() -> Row:
    """A plain text file to canonical text with headings, beside decoding and hashing its bytes."""
    from cardgen_desktop.sources.registry import read_source

    a, b = interleaved(lambda: seconds(lambda: read_source(BOOK)), lambda: seconds(floor), 9)
    return Row("read a 430 kB text / decode, hash, count words", "s", a, b, 6.0)


def floor() -> None:
    """What any reader of a text has to do."""
    import hashlib
    import re

    data = Path(BOOK).read_bytes()
    hashlib.sha256(data).hexdigest()
    sum(1 for _ in re.finditer(r"\w+", data.decode("utf-8")))


def understanding(source: SourceText) -> Iterator[Row]:
    """Index and draft one book, beside 30,000 words a second of processor time and two seconds."""
    from cardgen_desktop.drafting.extractive.drafter import OfflineDrafter
    from cardgen_desktop.drafting.plan import plan
    from cardgen_desktop.reading.index import read_index

    started = time.process_time()
    index = read_index([source])
    indexed = time.process_time()
    yield Row("read an 81,000-word novel / 30,000 words a second", "s", indexed - started,
              source.words / WORDS_PER_SECOND, 1.0)  # fmt: skip
    drafter, done = OfflineDrafter(index, index.people()[0].id), {}
    for step in plan("offline"):
        done[step.key] = drafter.run_step(step.key, done)
    yield Row("draft a card from the index / its budget", "s", time.process_time() - indexed, 2.0, 1.0)
