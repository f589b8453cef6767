"""Looking at a database in a folder, a file, or on a volume that cannot be written."""

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from cardgen_desktop.domain.errors import ReadOnlyDataError, StorageError
from cardgen_desktop.store import cards as stored_cards
from cardgen_desktop.store import schema
from cardgen_desktop.store.engine import open_database
from tests.support.filled_databases import fill, make_version

LOOK = """
import asyncio, sys, time
from pathlib import Path
from tests.support.rights import give_up_rights_of_root
give_up_rights_of_root()
from cardgen_desktop.domain.errors import ReadOnlyDataError
from cardgen_desktop.store import cards
from cardgen_desktop.store.engine import open_database

async def look(path):
    begin = time.monotonic()
    try:
        await (await open_database(path)).aclose()
    except ReadOnlyDataError:
        print("refused")
    database = await open_database(path, read_only=True)
    try:
        async with database.read() as connection:
            print(len(await cards.listed(connection)), (await cards.record(connection, 1)).card.data.name)
        try:
            async with database.write() as connection:
                print("written")
        except ReadOnlyDataError as error:
            print("is open read-only" in error.message)
    finally:
        await database.aclose()
    print(time.monotonic() - begin < 2)

asyncio.run(look(Path(sys.argv[1])))
"""


@pytest.fixture
def home() -> Iterator[Path]:
    """A folder that another user can reach, unlike pytest's own."""
    with tempfile.TemporaryDirectory(dir="/tmp") as name:
        os.chmod(name, 0o755)
        yield Path(name) / "home"
        for folder, _, files in os.walk(name):
            os.chmod(folder, 0o755)
            for file in files:
                os.chmod(Path(folder) / file, 0o644)


def filled(home: Path) -> Path:
    path = home / "cardgen.db"
    schema.prepare(path)
    fill(path)
    return path


def leave_a_log(path: Path) -> None:
    """A fifteenth card, committed by a process that died before it was folded in."""
    code = textwrap.dedent("""
        import os, sqlite3, sys
        from tests.support.filled_databases import put_card
        connection = sqlite3.connect(sys.argv[1])
        put_card(connection, 99)
        connection.commit()
        os._exit(0)
    """)
    subprocess.run([sys.executable, "-c", code, path], check=True)
    assert path.with_name("cardgen.db-wal").stat().st_size > 0
    path.with_name("cardgen.db-shm").unlink()


def lock_up(home: Path, folder_mode: int, file_mode: int) -> None:
    """Take away the rights to write, from everybody but root."""
    for item in home.iterdir():
        item.chmod(file_mode)
    home.chmod(folder_mode)


def looked(path: Path) -> list[str]:
    """What a process without rights sees."""
    run = subprocess.run([sys.executable, "-c", LOOK, path], capture_output=True, text=True, check=False)
    assert run.returncode == 0 and not run.stderr, run.stderr
    return run.stdout.splitlines()


pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="rights of POSIX")


@pytest.mark.parametrize(("folder_mode", "file_mode"), [(0o555, 0o644), (0o555, 0o444), (0o777, 0o444)])
def test_a_folder_or_file_without_the_right_to_write_can_be_looked_at(
    home: Path, folder_mode: int, file_mode: int
) -> None:
    path = filled(home)
    before = path.read_bytes()
    lock_up(home, folder_mode, file_mode)
    assert looked(path) == ["refused", "12 Ada 1", "True", "True"]
    assert path.read_bytes() == before
    if folder_mode == 0o555:
        assert [item.name for item in home.iterdir()] == ["cardgen.db"]


def test_what_a_crash_left_in_the_log_is_seen_too(home: Path) -> None:
    path = filled(home)
    leave_a_log(path)
    before = {item.name: item.read_bytes() for item in home.iterdir()}
    lock_up(home, 0o555, 0o444)
    assert looked(path) == ["refused", "13 Ada 1", "True", "True"]
    assert {item.name: item.read_bytes() for item in home.iterdir()} == before


def test_an_older_schema_is_brought_up_to_date_in_a_copy(home: Path) -> None:
    path = home / "cardgen.db"
    make_version(path, "0001", 1000)
    fill(path)
    before = path.read_bytes()
    lock_up(home, 0o555, 0o444)
    assert looked(path) == ["refused", "12 Ada 1", "True", "True"]
    assert path.read_bytes() == before


async def test_what_another_process_writes_meanwhile_is_seen(home: Path) -> None:
    path = filled(home)
    owner = await open_database(path)
    guest = await open_database(path, read_only=True)
    try:
        async with owner.write() as connection:
            await stored_cards.trash(connection, 1, 1.0)
        async with guest.read() as connection:
            assert len(await stored_cards.listed(connection)) == 11
    finally:
        await guest.aclose()
        await owner.aclose()


async def test_a_damaged_database_can_be_looked_at_as_far_as_it_reads(home: Path) -> None:
    path = filled(home)
    with sqlite3.connect(path) as connection:
        root = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'step'").fetchone()[0]
    connection.close()
    data = bytearray(path.read_bytes())
    data[(root - 1) * 4096 : root * 4096] = bytes(4096)
    path.write_bytes(data)
    database = await open_database(path, read_only=True)
    try:
        async with database.read() as connection:
            assert len(await stored_cards.listed(connection)) == 12
        with pytest.raises(StorageError, match="damaged"):
            async with database.read() as connection:
                await connection.exec_driver_sql("SELECT * FROM step")
    finally:
        await database.aclose()
    assert path.read_bytes() == data


async def test_the_copy_goes_with_the_database(home: Path) -> None:
    path = home / "cardgen.db"
    make_version(path, "0001", 1000)
    database = await open_database(path, read_only=True)
    folder = Path(database._copy.name)  # type: ignore[attr-defined]
    assert folder.exists()
    await database.aclose()
    assert not folder.exists()


async def test_nothing_there_and_nothing_of_ours_are_sentences(home: Path) -> None:
    home.mkdir()
    with pytest.raises(StorageError, match="cannot be opened"):
        await open_database(home / "cardgen.db", read_only=True)
    (home / "cardgen.db").write_bytes(b"Dear diary, " * 1000)
    with pytest.raises(StorageError, match="damaged"):
        await open_database(home / "cardgen.db", read_only=True)
    assert [item.name for item in home.iterdir()] == ["cardgen.db"]


async def test_a_closed_one_is_closed(home: Path) -> None:
    database = await open_database(filled(home), read_only=True)
    await database.aclose()
    with pytest.raises(StorageError):
        async with database.read():
            pass
    begin = time.monotonic()
    shutil.rmtree(home)
    assert time.monotonic() - begin < 5
    assert issubclass(ReadOnlyDataError, StorageError)
