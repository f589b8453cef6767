"""A task that is cancelled in the middle of a statement: nobody else loses work, and it hears of it after."""

import asyncio
import gc
from pathlib import Path

import pytest

from cardgen_desktop.store import driver
from cardgen_desktop.store.engine import Database

SLOW = (
    "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 1500000) SELECT max(x) FROM n"
)
"""Takes some tenths of a second in the thread of the driver."""


async def put(database: Database, key: str) -> None:
    async with database.write() as connection:
        await connection.exec_driver_sql("INSERT INTO setting VALUES (?, '')", (key,))


async def slow(database: Database, begun: asyncio.Event, *, then_wait: bool = False) -> None:
    async with database.write() as connection:
        await connection.exec_driver_sql("INSERT INTO setting VALUES ('slow', '')")
        begun.set()
        await connection.exec_driver_sql(SLOW)
        if then_wait:
            await asyncio.sleep(60)


async def keys(database: Database) -> list[str]:
    async with database.read() as connection:
        rows = await connection.exec_driver_sql("SELECT key FROM setting ORDER BY key")
        return [row[0] for row in rows]


@pytest.mark.parametrize("times", [1, 3])
async def test_cancelled_transaction_is_finished_and_others_keep_their_work(
    database: Database, times: int
) -> None:
    begun = asyncio.Event()
    first = asyncio.create_task(put(database, "first"))
    task = asyncio.create_task(slow(database, begun))
    last = asyncio.create_task(put(database, "last"))
    await begun.wait()
    for _ in range(times):
        await asyncio.sleep(0)
        task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert task.cancelled()
    await asyncio.gather(first, last)
    assert await keys(database) == ["first", "last", "slow"]


async def test_wait_outside_of_the_database_is_where_the_cancelling_arrives(database: Database) -> None:
    begun = asyncio.Event()
    first = asyncio.create_task(put(database, "first"))
    task = asyncio.create_task(slow(database, begun, then_wait=True))
    last = asyncio.create_task(put(database, "last"))
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(task, 60)
    await asyncio.gather(first, last)
    assert await keys(database) == ["first", "last"]


async def test_timeout_in_the_middle_of_a_statement_is_a_timeout(database: Database) -> None:
    begun = asyncio.Event()
    first = asyncio.create_task(put(database, "first"))
    await asyncio.sleep(0)
    last = asyncio.create_task(put(database, "last"))
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.02):
            await slow(database, begun, then_wait=True)
    task = asyncio.current_task()
    assert task is not None and task.cancelling() == 0
    await asyncio.gather(first, last)
    assert await keys(database) == ["first", "last"]


def test_task_that_is_cancelled_while_it_connects_closes_what_was_opened(tmp_path: Path) -> None:
    """Its thread would otherwise answer to a loop that is gone, which pytest notices."""

    async def hold() -> None:
        connection = await driver.connect(str(tmp_path / "a.db"))
        try:
            await asyncio.sleep(60)
        finally:
            await connection.close()

    async def cancel_after(steps: int) -> None:
        task = asyncio.create_task(hold())
        for _ in range(steps):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait({task})

    for steps in range(1, 8):
        asyncio.run(cancel_after(steps))
    gc.collect()


async def test_reader_that_is_cancelled_leaves_a_connection_that_works(database: Database) -> None:
    async def read() -> None:
        async with database.read() as connection:
            await connection.exec_driver_sql(SLOW)

    for _ in range(4):
        task = asyncio.create_task(read())
        await asyncio.sleep(0.02)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    await put(database, "a")
    assert await keys(database) == ["a"]
