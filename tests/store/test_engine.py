"""The open database: who may write, what survives, and what a failure looks like."""

import asyncio
import sqlite3
import stat
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from cardgen_desktop.domain.errors import DamagedDatabaseError, StorageError, StorageUnavailableError
from cardgen_desktop.store import recovery
from cardgen_desktop.store.engine import Database, open_database


async def put(database: Database, key: str, value: str = "x", *, durable: bool = True) -> None:
    async with database.write(durable=durable) as connection:
        await connection.exec_driver_sql("INSERT INTO setting VALUES (?, ?)", (key, value))


async def asked(database: Database, sql: str) -> Any:
    async with database.read() as connection:
        return (await connection.exec_driver_sql(sql)).scalar()


@pytest.mark.skipif(sys.platform == "win32", reason="modes are POSIX")
async def test_folder_and_files_are_for_the_owner_alone(database: Database) -> None:
    await put(database, "a")
    assert stat.S_IMODE(database.path.parent.stat().st_mode) == 0o700
    modes = {item.name: stat.S_IMODE(item.stat().st_mode) for item in database.path.parent.iterdir()}
    assert modes == {"cardgen.db": 0o600, "cardgen.db-wal": 0o600, "cardgen.db-shm": 0o600}


@pytest.mark.skipif(sys.platform == "win32", reason="modes are POSIX")
@pytest.mark.parametrize(("content", "mode"), [("", 0o700), ("cardgen.lock", 0o700), ("thesis.odt", 0o755)])
async def test_only_an_own_folder_is_made_private(path: Path, content: str, mode: int) -> None:
    path.parent.mkdir(mode=0o755)
    if content:
        (path.parent / content).touch()
    database = await open_database(path)
    await database.aclose()
    assert stat.S_IMODE(path.parent.stat().st_mode) == mode
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


async def test_transitions_are_synced_and_progress_is_not(database: Database) -> None:
    levels = []
    for durable in (True, False, True):
        async with database.write(durable=durable) as connection:
            levels.append((await connection.exec_driver_sql("PRAGMA synchronous")).scalar())
            assert (await connection.exec_driver_sql("PRAGMA journal_mode")).scalar() == "wal"
            assert (await connection.exec_driver_sql("PRAGMA foreign_keys")).scalar() == 1
    assert levels == [2, 1, 2]


async def test_what_raises_is_rolled_back(database: Database) -> None:
    async def fail() -> None:
        async with database.write() as connection:
            await connection.exec_driver_sql("INSERT INTO setting VALUES ('a', 'b')")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail()
    assert await asked(database, "SELECT count(*) FROM setting") == 0


async def test_cancelled_transaction_is_rolled_back_and_the_writer_goes_on(database: Database) -> None:
    entered = asyncio.Event()

    async def hang() -> None:
        async with database.write() as connection:
            await connection.exec_driver_sql("INSERT INTO setting VALUES ('a', 'b')")
            entered.set()
            await asyncio.sleep(60)

    task = asyncio.create_task(hang())
    await entered.wait()
    task.cancel()
    await asyncio.wait({task})
    await put(database, "c")
    assert await asked(database, "SELECT group_concat(key) FROM setting") == "c"


async def test_writers_take_turns(database: Database) -> None:
    async def add_one() -> None:
        async with database.write() as connection:
            before = (await connection.exec_driver_sql("SELECT count(*) FROM setting")).scalar()
            await asyncio.sleep(0)
            await connection.exec_driver_sql("INSERT INTO setting VALUES (?, '')", (str(before),))

    await asyncio.gather(*(add_one() for _ in range(20)))
    assert await asked(database, "SELECT count(*) FROM setting") == 20


async def test_reader_sees_one_snapshot_beside_a_writer(database: Database) -> None:
    async with database.read() as connection:
        count = "SELECT count(*) FROM setting"
        before = (await connection.exec_driver_sql(count)).scalar()
        await put(database, "a")
        assert (await connection.exec_driver_sql(count)).scalar() == before
    assert await asked(database, count) == 1


async def test_reader_cannot_write(database: Database) -> None:
    with pytest.raises(StorageError, match="cannot be written"):
        await asked(database, "INSERT INTO setting VALUES ('a', 'b') RETURNING 1")


async def test_full_disk_is_a_sentence_and_loses_nothing(database: Database) -> None:
    await put(database, "kept")
    async with database.write() as connection:
        pages = (await connection.exec_driver_sql("PRAGMA page_count")).scalar()
        await connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(StorageError, match=r"cardgen\.db\" is full.*Free some space") as caught:
        await put(database, "big", "x" * 100_000)
    assert caught.value.exit_code == 5
    async with database.write() as connection:
        await connection.exec_driver_sql("PRAGMA max_page_count = 1073741823")
    await put(database, "more")
    assert await asked(database, "SELECT group_concat(key) FROM setting") == "kept,more"


async def test_database_locked_by_another_program_is_a_sentence(database: Database) -> None:
    async with database.write() as connection:
        await connection.exec_driver_sql("PRAGMA busy_timeout = 50")
    with closing(sqlite3.connect(database.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StorageError, match="locked by another program"):
            await put(database, "a")
    await put(database, "a")


async def test_closed_database_says_so(database: Database) -> None:
    await database.aclose()
    with pytest.raises(StorageError):
        await put(database, "a")
    with pytest.raises(StorageError):
        await asked(database, "SELECT 1")


async def test_odd_folder_names_are_no_addresses(tmp_path: Path) -> None:
    path = tmp_path / "100 % ?mode=ro#é" / "cardgen.db"
    database = await open_database(path)
    await put(database, "a")
    await database.aclose()
    assert [item.name for item in path.parent.iterdir()] == ["cardgen.db"]


async def test_readers_that_are_busy_for_too_long_are_a_failure_of_the_disk(database: Database) -> None:
    database._readers.sync_engine.pool._timeout = 0.05  # type: ignore[attr-defined]
    async with database.read(), database.read():
        with pytest.raises(StorageUnavailableError):
            async with database.read():
                pass


async def test_damage_that_is_met_at_work_is_looked_for_at_the_next_start(database: Database) -> None:
    error = sqlite3.DatabaseError("database disk image is malformed")
    error.sqlite_errorname = "SQLITE_CORRUPT"
    with pytest.raises(DamagedDatabaseError):
        async with database.read():
            raise error
    assert recovery.is_suspected(database.path)
