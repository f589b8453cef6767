"""What can still be read of a damaged database, row by row, into a fresh one.

Every table is read forwards, then around what cannot be read by halving the ranges of its row ids. Where the
first page is broken, its header is mended, or the whole page borrowed from a fresh database, in a copy. Cards
are the most precious, so they come first (ux-and-reliability.md 3.5). Blocking: call it in a thread.
"""

import contextlib
import json
import shutil
import sqlite3
from collections import deque
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from . import failures
from .looking import ID_KEY, connected

_FIRST = ("picture", "card", "document", "source", "batch", "job")
_DERIVED = ("alembic_version", "tally", "sqlite_sequence", "sqlite_stat1")
"""Made anew by triggers and migrations."""

_PROBES = 50_000
"""How often a table is asked around its holes before the rest of it is given up."""

_FRUITLESS = 5_000
"""How many of these may give nothing in a row: a table whose root is lost is given up at once."""

_UNREADABLE = (sqlite3.Error, UnicodeDecodeError)
"""Python cannot even decode what SQLite says of a schema that is no text any more."""

_PASSING = ("SQLITE_FULL", "SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_NOMEM", "SQLITE_CANTOPEN")
"""Failures of the moment, not of the file: what they hide may not be taken for lost."""

_HEADER = 100
_LARGEST_ID = 2**63 - 1


@contextlib.contextmanager
def _damage_skipped() -> Iterator[None]:
    """Go on after what cannot be read."""
    try:
        yield
    except _UNREADABLE as error:
        _refuse_passing(error)


def _refuse_passing(error: Exception) -> None:
    if getattr(error, "sqlite_errorname", "").startswith(_PASSING):
        raise error


@dataclass
class SalvageReport:
    """How many rows of each table were copied and how many were seen but could not be."""

    copied: dict[str, int] = field(default_factory=dict)
    refused: dict[str, int] = field(default_factory=dict)
    holes: int = 0
    repaired: int = 0

    @property
    def cards(self) -> int:
        """Cards that were copied."""
        return self.copied.get("card", 0)

    @property
    def jobs(self) -> int:
        """Jobs that were copied."""
        return self.copied.get("job", 0)


def salvage(damaged: Path, fresh: Path) -> SalvageReport:
    """Copy every readable row of `damaged` into `fresh`, an empty database of the newest schema.

    `damaged` and its log are only read. Raises `StorageError` when `fresh` cannot be written; a `damaged`
    that holds nothing readable gives an empty report.
    """
    report = SalvageReport()
    with failures.told_plainly(fresh), closing(sqlite3.connect(fresh, isolation_level=None)) as target:
        with closing(_readable_forms(damaged, fresh)) as forms:
            for source in forms:
                with closing(source):
                    found = _copy_all(source, target)
                if not report.copied or (found.cards, found.jobs) > (report.cards, report.jobs):
                    report = found
                if report.cards and report.jobs:
                    break
        report.repaired = _repair(target)
        report.copied = {name: _count(target, name) for name in report.copied}
        target.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        target.execute("PRAGMA journal_mode = DELETE")
    return report


def _readable_forms(damaged: Path, fresh: Path) -> Generator[sqlite3.Connection, None, None]:
    """The database with its log, without it, with a mended header, with a borrowed first page."""
    if not damaged.exists() or damaged.stat().st_size < _HEADER:
        return
    with TemporaryDirectory(dir=fresh.parent, ignore_cleanup_errors=True) as folder:
        copy = Path(folder) / "copy.db"
        shutil.copyfile(damaged, copy)
        log = damaged.with_name(f"{damaged.name}-wal")
        if log.exists():
            shutil.copyfile(log, copy.with_name("copy.db-wal"))
            yield _opened(copy, "mode=rw")
            _forget_log(copy)
            shutil.copyfile(damaged, copy)
        yield _opened(copy, "mode=ro&immutable=1")
        start = fresh.read_bytes()[: _page_size(fresh)]
        for length in (_HEADER, len(start)):
            _borrow(copy, start, length)
            yield _opened(copy, "mode=ro&immutable=1")


def _opened(path: Path, parameters: str) -> sqlite3.Connection:
    connection = connected(path, parameters)
    with _damage_skipped():
        connection.execute("PRAGMA query_only = ON")
        connection.execute("PRAGMA writable_schema = ON")  # a broken line of the schema hides no table
    return connection


def _forget_log(copy: Path) -> None:
    for suffix in ("-wal", "-shm"):
        copy.with_name(copy.name + suffix).unlink(missing_ok=True)


def _page_size(path: Path) -> int:
    with path.open("rb") as stream:
        size = int.from_bytes(stream.read(18)[16:18], "big")
    return 65536 if size == 1 else size


def _borrow(copy: Path, start: bytes, length: int) -> None:
    """Give the copy the first bytes of a sound database, but its own number of pages."""
    pages = copy.stat().st_size // len(start)
    header = bytearray(start[:length])
    header[28:32] = pages.to_bytes(4, "big")
    header[32:40] = bytes(8)  # no free pages: what was free is not looked at
    header[92:96] = header[24:28]
    with copy.open("r+b") as stream:
        stream.write(header)


def _copy_all(source: sqlite3.Connection, target: sqlite3.Connection) -> SalvageReport:
    report = SalvageReport()
    target.execute("PRAGMA foreign_keys = OFF")
    target.execute("BEGIN IMMEDIATE")
    for table in _tables(target):
        _copy_table(source, target, table, report)
    target.execute("COMMIT")
    return report


def _tables(target: sqlite3.Connection) -> list[str]:
    """The ordinary tables, the precious ones first; not those that a text index is made of."""
    rows = target.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'").fetchall()
    virtual = tuple(name for name, sql in rows if str(sql).upper().startswith("CREATE VIRTUAL"))
    names = [
        name
        for name, _ in rows
        if name not in _DERIVED
        and name not in virtual
        and not name.startswith(tuple(f"{v}_" for v in virtual))
    ]
    return sorted(names, key=lambda name: (_FIRST.index(name) if name in _FIRST else len(_FIRST), name))


def _copy_table(
    source: sqlite3.Connection, target: sqlite3.Connection, table: str, report: SalvageReport
) -> None:
    # Asked twice: a disk that fails once may answer, and without the columns the whole table is lost.
    columns = _shared_columns(source, target, table) or _shared_columns(source, target, table)
    if not columns:
        return
    listed = ", ".join(f'"{name}"' for name in columns)
    places = ", ".join("?" * len(columns))
    insert = f'INSERT OR IGNORE INTO "{table}" ({listed}) VALUES ({places})'  # noqa: S608  (names of our schema)
    reader = _Reader(source, table, listed)
    report.copied.setdefault(table, 0)
    for row in reader.rows():
        if table == "setting" and row[0] == ID_KEY:  # the fresh database has one of its own
            continue
        sound = table != "card" or _holds_card(dict(zip(columns, row, strict=True)))
        which = report.copied if sound and _inserted(target, insert, row) else report.refused
        which[table] = which.get(table, 0) + 1
    report.holes += reader.holes


def _inserted(target: sqlite3.Connection, insert: str, row: tuple[Any, ...]) -> bool:
    """False for a row that breaks a rule of its table, or that is there already from a better reading."""
    try:
        return target.execute(insert, row).rowcount == 1
    except (sqlite3.IntegrityError, sqlite3.InterfaceError, OverflowError):
        return False


def _shared_columns(source: sqlite3.Connection, target: sqlite3.Connection, table: str) -> list[str]:
    """Columns by name, so that a database of an older schema is read as well."""

    def named(connection: sqlite3.Connection) -> list[str]:
        return [str(row[1]) for row in connection.execute(f'PRAGMA table_info("{table}")')]

    try:
        theirs = set(named(source))
    except _UNREADABLE as error:
        _refuse_passing(error)
        return []
    return [name for name in named(target) if name in theirs]


def _holds_card(row: dict[str, Any]) -> bool:
    try:
        return isinstance(json.loads(row["card"]), dict)
    except (ValueError, TypeError, KeyError, RecursionError):
        return False


class _Reader:
    """The rows of one table, around what cannot be read; `holes` counts the places that were skipped."""

    def __init__(self, source: sqlite3.Connection, table: str, columns: str) -> None:
        self._source, self._table, self._columns = source, table, columns
        self._probes = 0
        self.holes = 0

    def rows(self) -> Iterator[tuple[Any, ...]]:
        """Every row that can be read, each once."""
        if self._has_row_ids():
            yield from self._between(*self._bounds())
            return
        with _damage_skipped():
            yield from self._source.execute(f'SELECT {self._columns} FROM "{self._table}"')  # noqa: S608

    def _has_row_ids(self) -> bool:
        try:
            self._source.execute(f'SELECT rowid FROM "{self._table}" LIMIT 0')  # noqa: S608
        except _UNREADABLE as error:
            _refuse_passing(error)
            return False
        return True

    def _bounds(self) -> tuple[int, int]:
        """The smallest and largest row id as far as they can be found; by the sequence, else a wide guess."""
        return self._edge("min", 1), self._edge("max", self._largest())

    def _edge(self, which: str, default: int) -> int:
        with _damage_skipped():
            found = self._source.execute(f'SELECT {which}(rowid) FROM "{self._table}"').fetchone()[0]  # noqa: S608
            return default if found is None else int(found)
        return default

    def _largest(self) -> int:
        with _damage_skipped():
            row = self._source.execute("SELECT seq FROM sqlite_sequence WHERE name = ?", (self._table,))
            if found := row.fetchone():
                return int(found[0])
        return 1_000_000

    def _between(self, low: int, high: int) -> Iterator[tuple[Any, ...]]:
        """Ranges yet to be read, widest first; one that fails is read up to there and halved after it."""
        ranges, fruitless = deque([(low, min(high, _LARGEST_ID))]), 0
        while ranges and self._probes < _PROBES and fruitless < _FRUITLESS:
            start, end = ranges.popleft()
            self._probes += 1
            fruitless += 1
            last = start - 1
            try:
                for row_id, *row in self._rows_of(start, end):
                    last, fruitless = row_id, 0
                    yield tuple(row)
            except _UNREADABLE as error:
                _refuse_passing(error)
                self._halve(ranges, last + 1, end)

    def _rows_of(self, start: int, end: int) -> sqlite3.Cursor:
        return self._source.execute(
            f'SELECT rowid, {self._columns} FROM "{self._table}" WHERE rowid BETWEEN ? AND ? ORDER BY rowid',  # noqa: S608
            (start, end),
        )

    def _halve(self, ranges: deque[tuple[int, int]], start: int, end: int) -> None:
        if start >= end:
            self.holes += 1
            return
        middle = (start + end) // 2
        ranges.extend(((start, middle), (middle + 1, end)))


def _repair(target: sqlite3.Connection) -> int:
    """Clear references to rows that are gone: the reference where it may be empty, else the row. How many."""
    repaired = 0
    target.execute("PRAGMA foreign_keys = OFF")
    while broken := target.execute("PRAGMA foreign_key_check").fetchall():
        target.execute("BEGIN IMMEDIATE")
        changed = sum(_repair_row(target, table, row_id, number) for table, row_id, _, number in broken)
        target.execute("COMMIT")
        repaired += changed
        if not changed:
            break
    return repaired


def _repair_row(target: sqlite3.Connection, table: str, row_id: int | None, number: int) -> int:
    keys = target.execute(f'PRAGMA foreign_key_list("{table}")').fetchall()
    column, parent, key = next((row[3], row[2], row[4]) for row in keys if row[0] == number)
    if row_id is None:  # a table without row ids
        statement = f'DELETE FROM "{table}" WHERE "{column}" NOT IN (SELECT "{key}" FROM "{parent}")'  # noqa: S608
        return target.execute(statement).rowcount
    info = {row[1]: row for row in target.execute(f'PRAGMA table_info("{table}")')}
    may_be_empty = not info[column][3] and not info[column][5]
    statement = (
        f'UPDATE "{table}" SET "{column}" = NULL WHERE rowid = ?'  # noqa: S608
        if may_be_empty
        else f'DELETE FROM "{table}" WHERE rowid = ?'  # noqa: S608
    )
    return target.execute(statement, (row_id,)).rowcount


def _count(target: sqlite3.Connection, table: str) -> int:
    return int(target.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0])  # noqa: S608
