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
from pathlib import Path

from cardgen_desktop.store import backups, schema
from tests.support.filled_databases import fill, put_jobs

from .row import Row

MEGABYTES, WRITES_EACH_SECOND, ROUNDS = 100, 20, 15


def rows() -> Iterator[Row]:
    """Time of the copy, what its reading back adds, and what a writer notices of it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "home" / "cardgen.db"
        make_large(path)
        alone = commits_alone(path)
        idle, busy, commits = measured(path, Path(folder))
        whole = statistics.median(busy)
        bare = statistics.median(idle)
        yield Row(
            "copy of 100 MB at 20 writes/s / idle copy by sqlite3", "s", copied(path, folder), bare, 1.5
        )
        yield Row("copy of 100 MB read back whole / two idle copies", "s", whole, 2 * bare, 1.5)
        yield Row("p95 of a commit beside a backup / without one", "s", p95(commits), p95(alone), 2.0)


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


def measured(path: Path, folder: Path) -> tuple[list[float], list[float], list[float]]:
    """Seconds of the idle reference and of ours under writes, in turns, and of each commit meanwhile."""
    idle, busy, commits = [], [], list[float]()
    for number in range(ROUNDS):
        idle.append(reference(path, folder / "reference.db"))
        with writing(path) as spent:
            begin = time.perf_counter()
            backups.back_up(path, folder / "backups", time.time() + number, force=True)
            busy.append(time.perf_counter() - begin)
        commits += spent
        shutil.rmtree(folder / "backups")
    return idle, busy, commits


def copied(path: Path, folder: str) -> float:
    """Median seconds of our copy alone, under writes: without the reading back, as the reference."""
    found = []
    for number in range(ROUNDS):
        target = Path(folder) / f"part{number}.db"
        with writing(path), backups.snapshot(path) as source:
            begin = time.perf_counter()
            backups.copy_pages(source, target, lambda: False)
            found.append(time.perf_counter() - begin)
        target.unlink()
    return statistics.median(found)


def reference(path: Path, target: Path) -> float:
    """Seconds of the plain online backup of a database that nobody writes."""
    target.unlink(missing_ok=True)
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(target)) as copy:
        begin = time.perf_counter()
        source.backup(copy)
        return time.perf_counter() - begin


def commits_alone(path: Path) -> list[float]:
    """Seconds of each commit without a backup."""
    with writing(path) as spent:
        time.sleep(6)
    return spent


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
