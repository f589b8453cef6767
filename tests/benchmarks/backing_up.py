"""A backup of a large database while it is written, beside the idle online backup of Python's sqlite3."""

import os
import shutil
import sqlite3
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from cardgen_desktop.store import backups, schema
from tests.support.filled_databases import fill, put_jobs

from .row import Row

MEGABYTES, WRITES_EACH_SECOND, ROUNDS = 100, 20, 15


@dataclass
class Seconds:
    """What each round took: the idle reference, our copy, our copy read back, commits beside it and alone."""

    idle: list[float] = field(default_factory=list)
    copied: list[float] = field(default_factory=list)
    whole: list[float] = field(default_factory=list)
    beside: list[float] = field(default_factory=list)
    alone: list[float] = field(default_factory=list)


def rows() -> Iterator[Row]:
    """Time of the copy, what its reading back adds, and what a writer notices of it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "home" / "cardgen.db"
        make_large(path)
        found = Seconds()
        for _ in range(ROUNDS):
            measure(path, Path(folder), found)
    idle, copied, whole = (statistics.median(times) for times in (found.idle, found.copied, found.whole))
    yield Row("copy of 100 MB at 20 writes/s / idle copy by sqlite3", "s", copied, idle, 1.5)
    yield Row("copy of 100 MB read back whole / two idle copies", "s", whole, 2 * idle, 1.5)
    beside, alone = p95(found.beside), p95(found.alone)
    yield Row("p95 of a commit beside a backup / without one", "s", beside, alone, 2.0)


def make_large(path: Path) -> None:
    """A database of 100 MB, most of it documents, as a library of novels has them."""
    schema.prepare(path)
    fill(path, jobs=2000, cards=200)
    with closing(sqlite3.connect(path)) as connection, connection:
        for number in range(MEGABYTES):
            connection.execute(
                "INSERT INTO document (content_key, sha256, kind, title, language, encoding, size, chars, "
                "words, headings, asides, warnings, text) "
                "VALUES (?, '', 'text', '', '', '', 1, 1, 1, '', '', '', ?)",
                (f"d{number}", os.urandom(1_000_000)),
            )
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def measure(path: Path, folder: Path, found: Seconds) -> None:
    """One round, everything in turns, so that a busy neighbour disturbs all alike."""
    found.idle.append(reference(path, folder / "reference.db"))
    with writing(path) as spent:
        begin = time.perf_counter()
        with backups.snapshot(path) as source:
            backups.copy_pages(source, folder / "part.db", lambda: False)
        found.copied.append(time.perf_counter() - begin)
        begin = time.perf_counter()
        backups.back_up(path, folder / "backups", time.time(), force=True)
        found.whole.append(time.perf_counter() - begin)
    found.beside += spent
    with writing(path) as spent:
        time.sleep(found.copied[-1] + found.whole[-1])
    found.alone += spent
    (folder / "part.db").unlink()
    shutil.rmtree(folder / "backups")


def reference(path: Path, target: Path) -> float:
    """Seconds of the plain online backup of a database that nobody writes."""
    target.unlink(missing_ok=True)
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(target)) as copy:
        begin = time.perf_counter()
        source.backup(copy)
        return time.perf_counter() - begin


@contextmanager
def writing(path: Path) -> Iterator[list[float]]:
    """A durable commit of one job twenty times a second, in a thread; how long each took."""
    ended, spent = threading.Event(), list[float]()

    def write() -> None:
        with closing(sqlite3.connect(path, timeout=5, isolation_level=None)) as connection:
            connection.execute("PRAGMA synchronous = FULL")
            while not ended.wait(1 / WRITES_EACH_SECOND):
                begin = time.perf_counter()
                connection.execute("BEGIN IMMEDIATE")
                put_jobs(connection, 1)
                connection.execute("COMMIT")
                spent.append(time.perf_counter() - begin)

    thread = threading.Thread(target=write)
    thread.start()
    try:
        yield spent
    finally:
        ended.set()
        thread.join()


def p95(seconds: list[float]) -> float:
    """The 95th percentile."""
    return statistics.quantiles(seconds, n=20)[-1]
