"""Writers that wait for their turn share one commit, and each succeeds or is undone alone."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from cardgen_desktop.domain.errors import DiskFullError, StorageError
from cardgen_desktop.store.engine import Database
from tests.support.stored_jobs import execute

KEYS = "SELECT key FROM setting ORDER BY key"


@pytest.fixture
async def commits(database: Database) -> AsyncIterator[list[str]]:
    """Every BEGIN, COMMIT and ROLLBACK of the writer from now on."""
    seen: list[str] = []

    def note(statement: str) -> None:
        word = statement.split()[0]
        if word in ("BEGIN", "COMMIT", "ROLLBACK") and " TO " not in statement:
            seen.append(word)

    async with database.write() as connection:
        raw: Any = await connection.get_raw_connection()
        await raw.driver_connection.set_trace_callback(note)
    seen.clear()
    yield seen
    await raw.driver_connection.set_trace_callback(None)


async def put(database: Database, key: str, *, durable: bool = True, size: int = 1) -> None:
    async with database.write(durable=durable) as connection:
        await connection.exec_driver_sql("INSERT INTO setting VALUES (?, hex(zeroblob(?)))", (key, size))


async def fail(database: Database, key: str) -> None:
    async with database.write() as connection:
        await connection.exec_driver_sql("INSERT INTO setting VALUES (?, '')", (key,))
        raise LookupError(key)


async def keys(database: Database) -> list[str]:
    async with database.read() as connection:
        return [row[0] for row in await connection.exec_driver_sql(KEYS)]


async def test_thirty_two_writers_share_one_commit(database: Database, commits: list[str]) -> None:
    await asyncio.gather(*(put(database, f"{number:02}") for number in range(32)))
    assert commits == ["BEGIN", "COMMIT"]
    assert await keys(database) == [f"{number:02}" for number in range(32)]


async def test_one_writer_after_another_has_a_commit_of_its_own(
    database: Database, commits: list[str]
) -> None:
    for number in range(3):
        await put(database, str(number))
    assert commits == ["BEGIN", "COMMIT"] * 3


async def test_nobody_is_told_before_the_commit(database: Database, commits: list[str]) -> None:
    told: list[int] = []

    async def writer(number: int) -> None:
        await put(database, str(number))
        told.append(commits.count("COMMIT"))

    await asyncio.gather(*map(writer, range(8)))
    assert told == [1] * 8


async def test_writers_that_come_while_others_commit_are_the_next_group(
    database: Database, commits: list[str]
) -> None:
    async def writer(number: int) -> None:
        for turn in range(5):
            await put(database, f"{number} {turn}")

    await asyncio.gather(*map(writer, range(20)))
    assert len(await keys(database)) == 100
    assert commits.count("COMMIT") <= 20


async def test_member_that_fails_is_undone_alone(database: Database, commits: list[str]) -> None:
    outcomes = await asyncio.gather(
        put(database, "a"), fail(database, "b"), put(database, "c"), put(database, "a"), put(database, "d"),
        return_exceptions=True,
    )  # fmt: skip
    assert [type(outcome) for outcome in outcomes] == [
        type(None), LookupError, type(None), StorageError, type(None),
    ]  # fmt: skip
    assert await keys(database) == ["a", "c", "d"]
    assert commits == ["BEGIN", "COMMIT"]


async def test_first_member_that_fails_takes_nobody_along(database: Database) -> None:
    outcomes = await asyncio.gather(
        fail(database, "a"), put(database, "b"), put(database, "c"), return_exceptions=True
    )
    assert isinstance(outcomes[0], LookupError)
    assert outcomes[1:] == [None, None]
    assert await keys(database) == ["b", "c"]


async def test_full_disk_that_undoes_the_transaction_is_told_to_every_member(database: Database) -> None:
    """SQLite rolls the whole transaction back: no member may believe that it was stored."""
    pages = (await execute(database, "PRAGMA page_count"))[0][0]
    await execute(database, f"PRAGMA max_page_count = {pages + 2}")
    outcomes = await asyncio.gather(
        put(database, "a"), put(database, "b"), put(database, "big", size=200_000), return_exceptions=True
    )
    assert isinstance(outcomes[2], DiskFullError)
    stored = await keys(database)
    for key, outcome in zip(("a", "b"), outcomes, strict=False):
        assert (outcome is None) == (key in stored)
        assert outcome is None or isinstance(outcome, DiskFullError)
    await execute(database, "PRAGMA max_page_count = 100000")
    await put(database, "later")
    assert "later" in await keys(database)


async def test_rollback_by_the_database_fails_the_members_before_it(database: Database) -> None:
    """A trigger that rolls everything back stands for a disk that fails in the middle."""
    await execute(
        database,
        "CREATE TRIGGER trouble BEFORE INSERT ON setting WHEN NEW.key = 'bad' "
        "BEGIN SELECT RAISE(ROLLBACK, 'trouble'); END",
    )
    outcomes = await asyncio.gather(
        put(database, "a"),
        put(database, "b"),
        put(database, "bad"),
        put(database, "c"),
        return_exceptions=True,
    )
    stored = await keys(database)
    assert [outcome is None for outcome in outcomes] == [key in stored for key in ("a", "b", "bad", "c")]
    assert stored == ["c"]
    assert all(isinstance(outcome, StorageError) for outcome in outcomes[:3])


async def test_commit_that_fails_is_told_to_every_member(database: Database) -> None:
    """A violation that is looked for at the commit only."""

    async def orphan(number: int) -> None:
        async with database.write() as connection:
            await connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
            await connection.exec_driver_sql(
                f"INSERT INTO attempt (job_id, epoch, started_at) VALUES ({number}, 1, 1)"
            )

    outcomes = await asyncio.gather(
        put(database, "a"), orphan(99), put(database, "b"), return_exceptions=True
    )
    assert all(isinstance(outcome, StorageError) for outcome in outcomes)
    assert await keys(database) == []
    await put(database, "later")
    assert await keys(database) == ["later"]


async def test_what_must_be_durable_does_not_join_what_may_be_lost(
    database: Database, commits: list[str]
) -> None:
    levels: dict[str, int] = {}

    async def level(name: str, *, durable: bool) -> None:
        async with database.write(durable=durable) as connection:
            levels[name] = (await connection.exec_driver_sql("PRAGMA synchronous")).scalar_one()
            await connection.exec_driver_sql("INSERT INTO setting VALUES (?, '')", (name,))

    await asyncio.gather(level("progress", durable=False), level("move", durable=True))
    assert levels == {"progress": 1, "move": 2}
    assert commits == ["BEGIN", "COMMIT"] * 2
    commits.clear()
    await asyncio.gather(level("move 2", durable=True), level("progress 2", durable=False))
    assert levels["progress 2"] == 2
    assert commits == ["BEGIN", "COMMIT"]


async def test_writer_that_is_cancelled_while_it_waits_leaves_the_group_alone(
    database: Database, commits: list[str]
) -> None:
    tasks = [asyncio.create_task(put(database, str(number))) for number in range(6)]
    await asyncio.sleep(0)
    tasks[3].cancel()
    outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    assert isinstance(outcomes[3], asyncio.CancelledError)
    assert await keys(database) == ["0", "1", "2", "4", "5"]
    assert commits == ["BEGIN", "COMMIT"]


async def test_writer_that_is_cancelled_before_the_commit_tells_what_was_stored(database: Database) -> None:
    told: list[str] = []
    entered, leave = asyncio.Event(), asyncio.Event()

    async def put_and_tell() -> None:
        await put(database, "first")
        told.append("first")

    async def hold_up() -> None:
        async with database.write():
            entered.set()
            await leave.wait()

    first, second = asyncio.create_task(put_and_tell()), asyncio.create_task(hold_up())
    await entered.wait()
    first.cancel()
    await asyncio.sleep(0.01)
    leave.set()
    await second
    with pytest.raises(asyncio.CancelledError):
        await first
    assert told == await keys(database) == ["first"]


async def test_program_that_ends_before_the_commit_leaves_nobody_waiting(database: Database) -> None:
    entered = asyncio.Event()

    async def hold_up() -> None:
        async with database.write():
            entered.set()
            await asyncio.sleep(60)

    first, second = asyncio.create_task(put(database, "a")), asyncio.create_task(hold_up())
    await entered.wait()
    everything = asyncio.all_tasks() - {asyncio.current_task()}  # as a loop does that is closed
    for task in everything:
        task.cancel()
    await asyncio.wait(everything, timeout=60)
    assert first.cancelled() or isinstance(first.exception(), StorageError)
    assert second.cancelled()
