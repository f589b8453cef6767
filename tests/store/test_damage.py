"""Damage of every kind: nothing crashes, not a byte is changed, and the last good backup is offered."""

import errno
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from cardgen_desktop.domain.errors import DamagedDatabaseError, DiskFullError
from cardgen_desktop.store import backups, recovery, schema
from cardgen_desktop.store.salvage import salvage
from tests.support.filled_databases import counts, fill, put_card

COPIES = 500
NOW = 1_795_000_000.0


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with a filled database, in rollback-free rest, and one good backup of it."""
    home = tmp_path_factory.mktemp("original") / "home"
    path = home / "cardgen.db"
    schema.prepare(path)
    fill(path)
    assert backups.back_up(path, home / "backups", NOW) is not None
    return home


@pytest.fixture
def path(original: Path, tmp_path: Path) -> Path:
    """The database of a copy of that folder."""
    shutil.copytree(original, tmp_path / "home")
    return tmp_path / "home" / "cardgen.db"


def contents(path: Path) -> dict[str, bytes]:
    """The database with what lies beside it, but for the memory that readers share."""
    return {
        item.name: item.read_bytes()
        for item in path.parent.glob("cardgen.db*")
        if not item.name.endswith("-shm")
    }


def refused(path: Path) -> DamagedDatabaseError:
    """How the damaged database is told, after checking that it was left alone."""
    before = contents(path)
    with pytest.raises(DamagedDatabaseError) as caught:
        schema.prepare(path)
    assert contents(path) == before
    error = caught.value
    assert error.backup is not None and (error.backup.jobs, error.backup.cards) == (40, 12)
    assert "Restore the backup of" in error.message and "12 cards and 40 jobs" in error.message
    assert error.path == str(path) and error.exit_code == 5
    return error


def empty(path: Path) -> None:
    path.write_bytes(b"")


def missing(path: Path) -> None:
    path.unlink()


def not_a_database(path: Path) -> None:
    path.write_bytes(b"Dear diary, " * 1000)


def cut_in_the_header(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:60])


def cut_in_the_middle(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2 + 77])


def header_of_another_program(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[68] ^= 0x10
    path.write_bytes(data)


def version_from_the_far_future(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[60] = 0x7F
    path.write_bytes(data)


def unknown_revision(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9x'")


def no_revision(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DELETE FROM alembic_version")


def log_that_is_none(path: Path) -> None:
    path.with_name("cardgen.db-wal").write_bytes(b"Dear diary, " * 1000)


def empty_beside_a_log(path: Path) -> None:
    leave_a_log(path)
    path.write_bytes(b"")


def log_of_another_database(path: Path) -> None:
    other = path.parent / "other" / "cardgen.db"
    schema.prepare(other)
    with closing(sqlite3.connect(other)) as connection:
        connection.execute("VACUUM")  # rewrites every page, into the log
        connection.execute("UPDATE setting SET value = value")
        connection.commit()
        shutil.copyfile(f"{other}-wal", f"{path}-wal")


def leave_a_log(path: Path) -> None:
    """Commit in a process that dies at once, so that the log is left to be recovered."""
    code = (
        "import os, sqlite3, sys; c = sqlite3.connect(sys.argv[1]);"
        "c.execute(\"INSERT INTO setting VALUES ('in', 'the log')\"); c.commit(); os._exit(9)"
    )
    subprocess.run([sys.executable, "-c", code, path], check=False)
    assert path.with_name("cardgen.db-wal").stat().st_size > 0


@pytest.mark.parametrize(
    "spoil",
    [
        empty, missing, not_a_database, cut_in_the_header, cut_in_the_middle, header_of_another_program,
        version_from_the_far_future, unknown_revision, no_revision, log_that_is_none, empty_beside_a_log,
        log_of_another_database,
    ],
)  # fmt: skip
def test_damage_is_left_alone_and_the_last_backup_offered(path: Path, spoil: Callable[[Path], None]) -> None:
    spoil(path)
    refused(path)


def test_a_log_after_a_crash_is_no_damage(path: Path) -> None:
    leave_a_log(path)
    schema.prepare(path)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT value FROM setting WHERE key = 'in'").fetchone() == ("the log",)


def test_a_log_that_a_power_cut_left_as_zeros_is_no_damage(path: Path) -> None:
    path.with_name("cardgen.db-wal").write_bytes(bytes(4096))
    schema.prepare(path)
    assert counts(path)["card"] == 12


def test_without_a_backup_the_cards_kept_as_files_are_named(path: Path) -> None:
    shutil.rmtree(path.parent / "backups")
    (path.parent / "cards").mkdir()
    (path.parent / "cards" / "1-Ada.json").write_text("{}")
    not_a_database(path)
    with pytest.raises(DamagedDatabaseError, match="1 card kept as files") as caught:
        schema.prepare(path)
    assert caught.value.backup is None and caught.value.card_files == 1


def told(path: Path) -> DamagedDatabaseError | None:
    """The damage that is found, None when the database opens; any other failure is a failed test."""
    try:
        schema.prepare(path)
    except DamagedDatabaseError as error:
        return error
    return None


def flip(data: bytearray, chance: random.Random) -> None:
    for _ in range(chance.randint(1, 64)):
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)


def read_everything(path: Path) -> None:
    """What a program would do that has not noticed; SQLite may refuse, and nothing else may happen."""
    with closing(sqlite3.connect(path)) as connection:
        for table in ("job", "card", "step", "event", "picture"):
            try:
                connection.execute(f"SELECT * FROM {table}").fetchall()
            except (sqlite3.Error, UnicodeDecodeError):
                continue


def test_flipped_bits_never_crash_and_never_cost_the_original(original: Path, tmp_path: Path) -> None:
    """Acceptance test 7. A flip inside a text is not seen by SQLite: such a copy opens, and its rows read."""
    sound = (original / "cardgen.db").read_bytes()
    found = 0
    for seed in range(COPIES):
        chance = random.Random(seed)
        path = tmp_path / f"home{seed}" / "cardgen.db"
        path.parent.mkdir()
        (path.parent / "backups").symlink_to(original / "backups")
        data = bytearray(sound)
        flip(data, chance)
        path.write_bytes(data)
        error = told(path)
        if error is None:
            read_everything(path)
        else:
            found += 1
            assert path.read_bytes() == data, seed
            assert error.backup is not None and error.backup.cards == 12, seed
            assert [item.name for item in path.parent.iterdir() if item.name != "backups"] == ["cardgen.db"]
        shutil.rmtree(path.parent)
    assert found > COPIES * 0.8


def test_setting_aside_keeps_every_file_byte_for_byte(path: Path) -> None:
    leave_a_log(path)
    before = contents(path)
    aside = recovery.set_aside(path)
    assert aside is not None and aside.name.startswith("cardgen.damaged-")
    assert {name.replace("cardgen.db", aside.name): data for name, data in before.items()} == {
        item.name: item.read_bytes()
        for item in path.parent.glob("cardgen.damaged-*")
        if "-shm" not in item.name
    }
    assert not path.exists()
    again = path.parent / "cardgen.db"
    again.write_bytes(b"x")
    other = recovery.set_aside(again)
    assert other is not None and other != aside and aside.exists()


def test_a_move_that_fails_half_way_is_taken_back(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    leave_a_log(path)
    before, rename = contents(path), os.rename

    def fail_at_the_log(source: Path, target: Path) -> None:
        if str(source).endswith("-wal"):
            raise OSError(errno.ENOSPC, "No space left on device")
        rename(source, target)

    monkeypatch.setattr(os, "rename", fail_at_the_log)
    with pytest.raises(DiskFullError):
        recovery.set_aside(path)
    assert contents(path) == before and not list(path.parent.glob("cardgen.damaged-*"))


def test_a_full_disk_while_salvaging_is_no_damage(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = fresh(tmp_path)
    with closing(sqlite3.connect(made)) as connection:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
    limited = sqlite3.connect

    def connect(*given: Any, **named: Any) -> sqlite3.Connection:
        connection = limited(*given, **named)
        if given[0] == made:
            connection.execute(f"PRAGMA max_page_count = {pages + 5}")
        return connection

    monkeypatch.setattr(sqlite3, "connect", connect)
    with pytest.raises(DiskFullError):
        salvage(path, made)


def test_a_restored_backup_takes_the_place_and_the_damaged_one_is_kept(path: Path) -> None:
    before = counts(path)
    cut_in_the_middle(path)
    damaged = path.read_bytes()
    backup = refused(path).backup
    assert backup is not None
    aside = recovery.restore_backup(path, Path(backup.path))
    assert aside is not None and aside.read_bytes() == damaged
    schema.prepare(path)
    assert counts(path) == before
    assert not list(path.parent.glob("*.cardgen-part"))


def test_a_sound_database_is_backed_up_before_another_takes_its_place(path: Path) -> None:
    [old] = backups.listed(path.parent / "backups")
    with closing(sqlite3.connect(path)) as connection, connection:
        put_card(connection, 99)
    aside = recovery.restore_backup(path, Path(old.path))
    assert aside is not None and aside.name.startswith("cardgen.replaced-")
    assert counts(path)["card"] == 12 and counts(aside)["card"] == 13
    assert [backup.cards for backup in backups.listed(path.parent / "backups")] == [13, 12]


def test_a_rotten_backup_is_refused_with_everything_as_it_was(path: Path) -> None:
    [backup] = (path.parent / "backups").iterdir()
    backup.write_bytes(backup.read_bytes()[:9000])
    before = contents(path)
    with pytest.raises(DamagedDatabaseError):
        recovery.restore_backup(path, backup)
    assert contents(path) == before and not list(path.parent.glob("cardgen.*-2*"))


def fresh(folder: Path) -> Path:
    made = folder / "fresh" / "cardgen.db"
    schema.prepare(made)
    return made


def root_of(path: Path, table: str) -> int:
    with closing(sqlite3.connect(path)) as connection:
        statement = "SELECT rootpage FROM sqlite_master WHERE name = ? AND type = 'table'"
        return int(connection.execute(statement, (table,)).fetchone()[0])


def zero_page(path: Path, number: int) -> None:
    with path.open("r+b") as stream:
        stream.seek((number - 1) * 4096)
        stream.write(bytes(4096))


def test_everything_of_a_sound_database_can_be_salvaged(path: Path, tmp_path: Path) -> None:
    made = fresh(tmp_path)
    before = path.read_bytes()
    report = salvage(path, made)
    assert (report.cards, report.jobs, report.holes, report.repaired) == (12, 40, 0, 0)
    assert counts(made) == counts(path) and path.read_bytes() == before
    with closing(sqlite3.connect(made)) as connection:
        assert connection.execute("SELECT sum(jobs) FROM tally").fetchone() == (40,)
        assert connection.execute("SELECT count(*) FROM job_text WHERE job_text MATCH 'book'").fetchone() == (
            40,
        )


def test_what_the_log_holds_is_salvaged_too(path: Path, tmp_path: Path) -> None:
    leave_a_log(path)
    made = fresh(tmp_path)
    before = contents(path)
    salvage(path, made)
    assert contents(path) == before
    with closing(sqlite3.connect(made)) as connection:
        assert connection.execute("SELECT value FROM setting WHERE key = 'in'").fetchone() == ("the log",)


@pytest.mark.parametrize("table", ["job", "picture", "step"])
def test_a_lost_table_costs_only_what_needs_it(path: Path, tmp_path: Path, table: str) -> None:
    zero_page(path, root_of(path, table))
    made = fresh(tmp_path)
    report = salvage(path, made)
    assert report.cards == 12
    assert report.copied.get(table, 0) == 0
    assert not recovery.check(made)
    schema.prepare(made)


def test_lost_pages_in_the_middle_cost_only_their_rows(tmp_path: Path) -> None:
    path = tmp_path / "home" / "cardgen.db"
    schema.prepare(path)
    fill(path, jobs=400, cards=300)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
    data = path.read_bytes()
    leaves = [
        number
        for number in range(2, len(data) // 4096 + 1)
        if data[(number - 1) * 4096] == 0x0D and b"chara_card_v3" in data[(number - 1) * 4096 : number * 4096]
    ]
    assert len(leaves) > 6
    for number in leaves[2:4]:
        zero_page(path, number)
    report = salvage(path, fresh(tmp_path))
    assert 240 <= report.cards < 300 and report.holes > 0
    assert report.jobs == 400


@pytest.mark.parametrize("length", [16, 100, 4096])
def test_a_broken_first_page_hides_nothing(path: Path, tmp_path: Path, length: int) -> None:
    """The header is mended; with the schema gone, that of a fresh database fits."""
    data = path.read_bytes()
    path.write_bytes(b"\xa5" * length + data[length:])
    report = salvage(path, fresh(tmp_path))
    assert (report.cards, report.jobs) == (12, 40)


def test_a_card_that_is_no_json_is_left_to_its_file(path: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE card SET card = '{\"spec\": ' WHERE id = 3")
    report = salvage(path, fresh(tmp_path))
    assert report.cards == 11 and report.refused == {"card": 1}


@pytest.mark.parametrize("seed", range(12))
def test_salvage_takes_what_it_can_of_random_damage(path: Path, tmp_path: Path, seed: int) -> None:
    data, chance = bytearray(path.read_bytes()), random.Random(seed)
    for _ in range(chance.randint(1, 6)):
        start = chance.randrange(len(data))
        data[start : start + chance.randint(1, 9000)] = chance.randbytes(50)
    path.write_bytes(data)
    made = fresh(tmp_path)
    begin = time.monotonic()
    salvage(path, made)
    assert time.monotonic() - begin < 20
    assert path.read_bytes() == data
    assert not recovery.check(made)


def test_nothing_readable_gives_an_empty_library(tmp_path: Path) -> None:
    path = tmp_path / "cardgen.db"
    path.write_bytes(b"Dear diary, " * 1000)
    made = fresh(tmp_path)
    assert salvage(path, made).cards == 0
    assert not recovery.check(made)
