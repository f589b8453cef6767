"""The database as the program uses it: one connection that writes, two that read, transactions as contexts.

`journal_mode=WAL`; a durable transaction is synced to disk before it is acknowledged (`synchronous=FULL`), a
progress report is not (`NORMAL`). Writers take turns by one asyncio lock and begin with BEGIN IMMEDIATE;
those that wait for their turn share the commit of the one before them (`group.py`): many small moves at once
cost one sync. Readers are `query_only` and see one snapshot (ux-and-reliability.md 3.4).
"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import URL, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool, StaticPool

from ..domain.errors import DamagedDatabaseError
from . import driver, failures, schema
from .card_files import HOME
from .group import CommitGroup

Connection = AsyncConnection
"""What the functions of this layer work in; other layers pass it on and do not look inside."""

READERS = 2
_PRAGMAS = ("foreign_keys = ON", "busy_timeout = 5000")
# The triggers that keep the text index use a virtual table, which an untrusted schema may not.
_WRITER = "synchronous = FULL"
_READER = ("trusted_schema = OFF", "query_only = ON")


class Database:
    """An open database. Every failure inside a transaction leaves as `StorageError`, rolled back."""

    read_only = False

    def __init__(self, path: Path, *, address: str = "") -> None:
        """`address` is a URI of SQLite to open in place of the path."""
        self.path = path
        self._writers = _engine(path, address, "BEGIN IMMEDIATE", (_WRITER,), poolclass=StaticPool)
        self._readers = _engine(
            path,
            address,
            "BEGIN",
            _READER,
            poolclass=AsyncAdaptedQueuePool,
            pool_size=READERS,
            max_overflow=0,
        )
        self._turn = asyncio.Lock()
        self._writer: AsyncConnection | None = None
        self._durable: bool | None = True
        self._group: CommitGroup | None = None
        self._committing: set[asyncio.Task[None]] = set()

    async def open(self) -> None:
        """Connect the writer; raises `StorageError`."""
        with self._translated():
            self._writer = await self._writers.connect()

    async def aclose(self) -> None:
        """Close every connection; the write-ahead log goes with the last one."""
        async with self._turn:
            await self._commit()
            if self._writer is not None:
                await self._writer.close()
                self._writer = None
        await self._readers.dispose()
        await self._writers.dispose()

    @asynccontextmanager
    async def write(self, *, durable: bool = True) -> AsyncIterator[AsyncConnection]:
        """A write transaction: committed at the end of the block, rolled back when the block raises.

        `durable=False` is for what may be lost in a power cut, such as progress. A transaction cannot be
        nested in another of the same task.
        """
        with self._translated():
            async with self._turn:
                group = await self._joined(durable)
                async with group.member():
                    yield group.connection
            await group.committed()

    async def _joined(self, durable: bool) -> CommitGroup:
        """The open group, or a new one; what must be durable does not join one that is not."""
        writer = self._refuse_closed()
        if self._group is not None and durable and not self._group.durable:
            await self._commit()
        if self._group is None or not self._group.open:
            await self._set_durable(writer, durable)
            self._group = await CommitGroup.begin(writer, durable=durable)
            # The lock is fair: this task gets its turn after all who wait for theirs now.
            task = asyncio.create_task(self._commit_in_turn(self._group), name="commit")
            self._committing.add(task)
            task.add_done_callback(self._committing.discard)
        return self._group

    async def _commit_in_turn(self, group: CommitGroup) -> None:
        try:
            async with self._turn:
                await self._commit()
        except asyncio.CancelledError:
            group.give_up()
            raise

    async def _commit(self) -> None:
        group, self._group = self._group, None
        if group is not None:
            await group.commit()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A snapshot to read from, beside any writer."""
        self._refuse_closed()
        with self._translated():
            async with self._readers.connect() as connection:
                yield connection

    def _refuse_closed(self) -> AsyncConnection:
        if self._writer is None:
            raise failures.storage_error("unreachable", self.path, "the database is closed")
        return self._writer

    async def _set_durable(self, connection: AsyncConnection, durable: bool) -> None:
        """Outside of any transaction, where the pragma works and SQLAlchemy would begin one."""
        if durable != self._durable:
            self._durable = None
            raw: Any = await connection.get_raw_connection()
            level = "FULL" if durable else "NORMAL"
            await raw.driver_connection.execute_fetchall(f"PRAGMA synchronous = {level}")
            self._durable = durable

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except (DBAPIError, sqlite3.Error, UnicodeDecodeError) as error:
            failure = failures.from_sqlite(getattr(error, "orig", None) or error, self.path)
            if isinstance(failure, DamagedDatabaseError):
                # A large database is not read whole at each start; the next one is, and offers the way back.
                from . import recovery

                recovery.suspect(self.path)
            raise failure from error
        except (
            PoolTimeoutError
        ) as error:  # both readers were busy for half a minute, or the program was frozen
            raise failures.storage_error("disk", self.path, error) from error


def _engine(path: Path, uri: str, begin: str, pragmas: tuple[str, ...], **pool: Any) -> AsyncEngine:
    address = URL.create("sqlite+aiosqlite", database=str(path))
    creator = partial(driver.connect, uri or str(path), isolation_level=None, uri=bool(uri))
    options = {HOME: path.parent}
    engine = create_async_engine(address, async_creator=creator, execution_options=options, **pool)

    def on_connect(connection: Any, _record: object) -> None:
        cursor = connection.cursor()
        for statement in (*_PRAGMAS, *pragmas):
            cursor.execute(f"PRAGMA {statement}")
        cursor.close()

    event.listen(engine.sync_engine, "connect", on_connect)

    def on_begin(connection: Any) -> None:
        # One trip to the driver's thread; a statement through a cursor takes three.
        connection.connection.dbapi_connection.run_async(lambda raw: raw.execute(begin))

    event.listen(engine.sync_engine, "begin", on_begin)
    return engine


async def open_database(path: Path, *, read_only: bool = False) -> Database:
    """Make or migrate the database at `path` and open it; raises `StorageError` with one sentence.

    With `read_only` nothing is made or written, and every `write` raises `ReadOnlyDataError`.
    """
    if read_only:
        from .read_only import open_read_only

        return await open_read_only(path)
    await asyncio.to_thread(schema.prepare, path)
    database = Database(path)
    try:
        await database.open()
    except BaseException:
        await database.aclose()
        raise
    return database
