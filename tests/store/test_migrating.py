"""Older databases: backed up, brought to the newest schema whole, or left exactly as they were."""

import hashlib
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from cardgen_desktop.domain.errors import DiskFullError, StorageError
from cardgen_desktop.store import backups, migrations, schema
from tests.support.filled_databases import counts, fill, make_version

SHIPPED = {"1.0": ("0001", 1000), "1.1": ("0002", 1001), "1.2": ("0003", 1002), "1.3": ("0004", 1003)}
"""Every schema that a released program has written: its last step and its version."""

KILLS = 50


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "home" / "cardgen.db"


def old(path: Path, version: str = "1.0", **rows: int) -> dict[str, int]:
    make_version(path, *SHIPPED[version])
    fill(path, **rows)
    return counts(path)


def test_every_shipped_schema_is_listed() -> None:
    assert max(SHIPPED.values()) == (migrations.HEAD, migrations.USER_VERSION)


@pytest.mark.parametrize("version", SHIPPED)
def test_every_shipped_schema_becomes_the_newest_with_every_row(path: Path, version: str) -> None:
    before = old(path, version)
    schema.prepare(path)
    assert counts(path) == before
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (migrations.USER_VERSION,)
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    new = path.parent / "new" / "cardgen.db"
    schema.prepare(new)
    assert definitions(path) == definitions(new)


def definitions(path: Path) -> set[str]:
    """Tables (by their columns, for ALTER TABLE adds at the end), indexes and triggers."""
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute("SELECT type, name FROM sqlite_master").fetchall()
        found = {f"{kind} {name}" for kind, name in rows}
        for kind, name in rows:
            if kind == "table":
                columns = connection.execute(f"PRAGMA table_info({name})").fetchall()
                found |= {f"{name}.{column[1:5]}" for column in columns}
    return found


def test_a_verified_backup_of_the_old_schema_comes_first(path: Path) -> None:
    before = old(path)
    schema.prepare(path)
    [backup] = backups.listed(path.parent / "backups")
    assert (backup.jobs, backup.cards) == (40, 12) and counts(Path(backup.path)) == before
    with closing(sqlite3.connect(backup.path)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (1000,)
    shutil.copyfile(backup.path, path)
    schema.prepare(path)
    assert counts(path) == before, "the backup of an old schema can be restored, and migrates again"


def test_a_new_database_needs_no_backup(path: Path) -> None:
    schema.prepare(path)
    schema.prepare(path)
    assert not (path.parent / "backups").exists()


def test_without_a_backup_nothing_is_migrated(path: Path) -> None:
    old(path)
    (path.parent / "backups").write_text("in the way")
    before = hashlib.sha256(path.read_bytes()).hexdigest()
    with pytest.raises(StorageError, match="no backup of it could be made first"):
        schema.prepare(path)
    assert hashlib.sha256(path.read_bytes()).hexdigest() == before


def test_a_full_disk_is_told_before_the_migration(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old(path)
    usage = shutil.disk_usage(path.parent)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage._replace(free=10_000))
    before = hashlib.sha256(path.read_bytes()).hexdigest()
    with pytest.raises(DiskFullError, match="is full"):
        schema.prepare(path)
    assert hashlib.sha256(path.read_bytes()).hexdigest() == before
    monkeypatch.undo()
    schema.prepare(path)
    assert counts(path)["job"] == 40


@pytest.mark.skipif(sys.platform == "win32", reason="fork and SIGKILL are POSIX")
def test_a_migration_that_is_killed_begins_again_and_loses_nothing(path: Path) -> None:
    """Acceptance test 9, with the seed in the command so that a failure can be run again."""
    old(path, jobs=1500, cards=100)
    words = [sys.executable, "-m", "tests.support.killed_migrations", str(path), "7", str(KILLS)]
    run = subprocess.run(words, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr + run.stdout
    cut, backed_up, whole = map(int, run.stdout.split())
    assert whole == KILLS
    assert cut > KILLS // 5, "a busy machine starts slowly, but not that slowly"
    assert 0 < backed_up < cut, "some were cut before the backup and some after it"
