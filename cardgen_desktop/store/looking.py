"""Reading a database file without leaving a trace: nothing is written to it, its log, or beside it."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

from . import failures

ID_KEY = "database_id"
"""The setting that tells this database's write-ahead log from another's."""


def address(path: Path, parameters: str) -> str:
    """A path as SQLite's URI, such as `file:/home/ada/cardgen.db?mode=ro`."""
    return f"file:{quote(str(path.absolute()))}?{parameters}"


def open_immutable(path: Path) -> sqlite3.Connection:
    """Read a file that nobody writes: nothing is locked, and no file is made beside it."""
    return connected(path, "mode=ro&immutable=1")


def connected(path: Path, parameters: str) -> sqlite3.Connection:
    """A connection to a file that may be damaged: text that is no UTF-8 does not fail the look at it."""
    connection = sqlite3.connect(address(path, parameters), uri=True, isolation_level=None, timeout=5)
    connection.text_factory = lambda data: data.decode("utf-8", "replace")
    return connection


@contextmanager
def looking(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection that writes nothing, not even what a crash left in the log; raises `StorageError`.

    SQLite would fold the log into the database when it closes a connection that may write. Where no log is
    in use nothing is made beside the file either.
    """
    log, shared = (path.with_name(f"{path.name}{suffix}") for suffix in ("-wal", "-shm"))
    with failures.told_plainly(path):
        had_shared = shared.exists()
        in_use = had_shared or (log.exists() and log.stat().st_size > 0)
        if in_use:
            _refuse_foreign_log(path)
        try:
            with closing(connected(path, "mode=ro" if in_use else "mode=ro&immutable=1")) as connection:
                yield connection
        finally:
            if in_use and not had_shared:
                with suppress(OSError):
                    shared.unlink()


def _refuse_foreign_log(path: Path) -> None:
    """A log of another database would be folded into this one: each database is signed with an id."""
    ids = set()
    for parameters in ("mode=ro&immutable=1", "mode=ro"):
        with suppress(sqlite3.Error, UnicodeDecodeError), closing(connected(path, parameters)) as connection:
            row = connection.execute("SELECT value FROM setting WHERE key = ?", (ID_KEY,)).fetchone()
            ids.add(row[0] if row else None)
    if len(ids - {None}) > 1:
        raise failures.storage_error("damaged", path, "the write-ahead log is of another database")
