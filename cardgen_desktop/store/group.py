"""Several write transactions in one commit: each succeeds or is rolled back alone, one sync serves all."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncTransaction

from .driver import to_the_end


class CommitGroup:
    """One transaction of the writer. The first member needs no savepoint; those that join it get one each.

    `open` is False once nobody can join any more: it was committed, or it failed as a whole.
    """

    def __init__(self, connection: AsyncConnection, transaction: AsyncTransaction, *, durable: bool) -> None:
        self.connection = connection
        self.durable = durable
        self.open = True
        self._transaction = transaction
        self._members = 0
        self._done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    @classmethod
    async def begin(cls, connection: AsyncConnection, *, durable: bool) -> "CommitGroup":
        """Begin the transaction."""
        return cls(connection, await connection.begin(), durable=durable)

    @asynccontextmanager
    async def member(self) -> AsyncIterator[None]:
        """The statements of one caller; whatever it raises undoes these alone."""
        alone = self._members == 0
        savepoint = None if alone else await self.connection.begin_nested()
        try:
            yield
            if savepoint is not None:
                await savepoint.commit()
        except BaseException as error:
            await self._undo(savepoint, error)
            raise
        self._members += 1

    async def _undo(self, savepoint: AsyncTransaction | None, error: BaseException) -> None:
        """Roll one member back. On a full or failing disk SQLite has rolled the whole transaction back."""
        with suppress(DBAPIError):
            if savepoint is not None:
                await savepoint.rollback()
        if savepoint is None or not await self._is_alive():
            await self._fail(error)

    async def _is_alive(self) -> bool:
        raw: Any = await self.connection.get_raw_connection()
        return bool(raw.driver_connection.in_transaction)

    async def _fail(self, error: BaseException) -> None:
        self.open = False
        with suppress(DBAPIError):
            await self._transaction.rollback()
        await self._leave_transaction()
        if self._members:
            self._settle(
                error if isinstance(error, Exception) else sqlite3.OperationalError("the writer was stopped")
            )
        else:
            self._settle(None)

    async def _leave_transaction(self) -> None:
        """A commit that SQLite refuses leaves its transaction open, which SQLAlchemy takes for closed."""
        raw: Any = await self.connection.get_raw_connection()
        if raw.driver_connection.in_transaction:
            with suppress(sqlite3.Error):
                await raw.driver_connection.rollback()

    async def commit(self) -> None:
        """Make every member durable; a failure is raised by `committed` of each of them."""
        if not self.open:
            return
        self.open = False
        try:
            await self._transaction.commit()
        except BaseException as error:
            await self._fail(error)
            if not isinstance(error, Exception):
                raise
        else:
            self._settle(None)

    async def committed(self) -> None:
        """Wait until what the members wrote is stored; raises when it could not be.

        Being cancelled is put off until that is known: what is stored is told, by what follows the block.
        """
        await to_the_end(self._done)

    def give_up(self) -> None:
        """The program ends before the commit: nobody may wait for it."""
        self.open = False
        self._settle(sqlite3.OperationalError("the commit was given up"))

    def _settle(self, error: Exception | None) -> None:
        if self._done.done():
            return
        if error is None:
            self._done.set_result(None)
        else:
            self._done.set_exception(error)
            self._done.exception()  # members that were cancelled meanwhile do not ask for it
