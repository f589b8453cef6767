"""Looking at a database that cannot, or must not, be written (ux-and-reliability.md 3.5).

Where the folder may not hold the log's shared memory, the file is read as it is; with a log that a crash left
there, or an older schema, a copy in the system's temporary folder is brought up to date and read instead.
"""

import asyncio
import shutil
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy.ext.asyncio import AsyncConnection

from . import failures, migrations, schema
from .engine import Database
from .looking import address


class ReadOnlyDatabase(Database):
    """An open database whose every `write` raises `ReadOnlyDataError`; `copy` is removed at the end."""

    read_only = True

    def __init__(self, path: Path, address: str, copy: "TemporaryDirectory[str] | None" = None) -> None:
        super().__init__(path, address=address)
        self._copy = copy
        self._is_open = False

    async def open(self) -> None:
        """Connect once, so that what cannot be read is told now; raises `StorageError`."""
        self._is_open = True
        async with self.read() as connection:
            await connection.exec_driver_sql("SELECT count(*) FROM sqlite_master")

    async def aclose(self) -> None:
        """Close every connection and remove the copy."""
        self._is_open = False
        await super().aclose()
        if self._copy is not None:
            await asyncio.to_thread(self._copy.cleanup)

    @asynccontextmanager
    async def write(self, *, durable: bool = True) -> AsyncIterator[AsyncConnection]:
        """Raises `ReadOnlyDataError`."""
        raise failures.storage_error("looking", self.path)
        yield  # makes this a generator

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A snapshot to read from."""
        if not self._is_open:
            raise failures.storage_error("unreachable", self.path, "the database is closed")
        with self._translated():
            async with self._readers.connect() as connection:
                yield connection


async def open_read_only(path: Path) -> ReadOnlyDatabase:
    """Open the database at `path` without a write to it or its folder; raises `StorageError`."""
    uri, copy = await asyncio.to_thread(_address, path)
    database = ReadOnlyDatabase(path, uri, copy)
    try:
        await database.open()
    except BaseException:
        await database.aclose()
        raise
    return database


def _address(path: Path) -> "tuple[str, TemporaryDirectory[str] | None]":
    """What to open, and the copy it is in when the original does not serve."""
    with failures.told_plainly(path):
        schema.refuse_foreign(path)
        log = path.with_name(f"{path.name}-wal")
        has_log = log.exists() and log.stat().st_size > 0
        parameters = "mode=ro" if _may_hold_side_files(path.parent) else "mode=ro&immutable=1"
        stuck = has_log and "immutable" in parameters
        if stuck or _is_older(address(path, parameters)):
            return _copied(path)
    return address(path, parameters), None


def _may_hold_side_files(folder: Path) -> bool:
    try:
        schema.refuse_read_only(folder)
    except OSError:
        return False
    return True


def _is_older(uri: str) -> bool:
    """Whether this program's statements would miss columns; what cannot be told is read as it is."""
    try:
        with closing(sqlite3.connect(uri, uri=True, timeout=5)) as connection:
            row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
            version = connection.execute("PRAGMA user_version").fetchone()[0]
    except (sqlite3.Error, UnicodeDecodeError):
        return False
    return bool(row) and str(row[0]) < migrations.HEAD and version <= migrations.USER_VERSION


def _copied(path: Path) -> "tuple[str, TemporaryDirectory[str]]":
    folder: TemporaryDirectory[str] = TemporaryDirectory(prefix="cardgen-")
    try:
        copy = Path(folder.name) / path.name
        for suffix in ("", "-wal"):
            side = path.with_name(path.name + suffix)
            if side.exists():
                shutil.copyfile(side, copy.with_name(copy.name + suffix))
        schema.prepare(copy)
    except BaseException:
        folder.cleanup()
        raise
    return address(copy, "mode=ro"), folder
