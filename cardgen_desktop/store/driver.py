"""The driver's connection, made safe against cancelling: a call that has begun is waited for.

A cancelled task would otherwise leave a statement running in the driver's thread, and SQLAlchemy would drop
the connection with the work of everybody who shares its transaction.
"""

import asyncio
import sqlite3
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

import aiosqlite

T = TypeVar("T")


class SteadyConnection(aiosqlite.Connection):
    """An aiosqlite connection whose calls end before a cancelled task hears of it.

    The cancelling is delivered at the task's next wait outside of the database; a transaction is therefore
    either left before its first statement or finished.
    """

    async def _execute(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        if not self._running or not self._connection:
            raise ValueError("Connection closed")
        call: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._tx.put_nowait((call, partial(fn, *args, **kwargs)))
        return await to_the_end(call)


async def to_the_end(call: "asyncio.Future[T]") -> T:
    """Wait for something that must not be left half known, and put off being cancelled until it has ended."""
    cancelled = 0
    while not call.done():
        try:
            await asyncio.shield(call)
        except asyncio.CancelledError:
            cancelled += 1
        except Exception:  # noqa: BLE001, S112  (raised below, after the cancelling was put off)
            continue
    if cancelled:
        _cancel_later(cancelled)
    return call.result()


def _cancel_later(times: int) -> None:
    """Cancel this task again, as often as it was; the count that timeouts rely on stays the same."""
    task = asyncio.current_task()
    if task is not None:
        for _ in range(times):
            task.uncancel()
        for _ in range(times):
            task.cancel()


async def connect(database: str, **options: Any) -> aiosqlite.Connection:
    """Open a connection; its thread does not hold up the end of the program.

    It is opened to the end even when cancelled, or nobody would close it.
    """
    connection = SteadyConnection(partial(sqlite3.connect, database, **options), iter_chunk_size=64)
    connection._thread.daemon = True

    async def opened() -> aiosqlite.Connection:
        return await connection

    opening: aiosqlite.Connection = await to_the_end(asyncio.ensure_future(opened()))
    return opening
