"""`cardgen database`: what it prints, what it leaves on disk, and its exit codes."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from cardgen_desktop.jobs.lock import folder_lock
from cardgen_desktop.store import schema
from tests.cli.conftest import Cardgen
from tests.support.filled_databases import counts, fill, put_card


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A database with 40 jobs and 12 cards in the folder that `cardgen` works on."""
    path = tmp_path / "home" / "cardgen.db"
    schema.prepare(path)
    fill(path)
    return path


def spoil(path: Path) -> bytes:
    data = path.read_bytes()[: path.stat().st_size // 2 + 100]
    path.write_bytes(data)
    return data


def test_a_sound_database_is_checked_without_a_trace(cardgen: Cardgen, path: Path) -> None:
    before = path.read_bytes()
    found = cardgen("database", "check", "--json")
    value = found.json("database-check")
    assert found.code == 0 and value["is_sound"] and (value["jobs"], value["cards"]) == (40, 12)
    assert path.read_bytes() == before and [item.name for item in path.parent.iterdir()] == ["cardgen.db"]
    assert "is sound: 12 cards and 40 jobs" in cardgen("database", "check").out


def test_backups_are_made_listed_and_restored(cardgen: Cardgen, path: Path) -> None:
    assert "no backups yet" in cardgen("database", "backups").out
    made = cardgen("database", "backup", "--json").json("database-backup")
    assert cardgen("database", "backups", "--json").json("database-backups") == [made]
    assert "12" in cardgen("database", "backups").out.splitlines()[1]
    with closing(sqlite3.connect(path)) as connection, connection:
        put_card(connection, 50)
    done = cardgen("database", "restore", made["path"], "--json").json("database-restore")
    assert counts(path)["card"] == 12 and counts(Path(done["aside"]))["card"] == 13
    assert len(cardgen("database", "backups", "--json").json("database-backups")) == 2


def test_a_damaged_database_is_reported_and_restored(cardgen: Cardgen, path: Path) -> None:
    cardgen("database", "backup")
    damaged = spoil(path)
    found = cardgen("database", "check", "--json")
    assert found.code == 5 and not found.json("database-check")["is_sound"]
    assert "cardgen database restore" in found.complaints[-1]
    refused = cardgen("jobs", "list")
    assert refused.code == 5 and "Restore the backup of" in refused.complaints[-1]
    assert path.read_bytes() == damaged
    done = cardgen("database", "restore")
    assert done.code == 0 and "12 cards and 40 jobs" in done.out and "is kept as" in done.out
    assert cardgen("database", "check").code == 0
    [aside] = path.parent.glob("cardgen.damaged-*.db")
    assert aside.read_bytes() == damaged


def test_a_damaged_database_is_rebuilt_with_the_cards_kept_as_files(cardgen: Cardgen, path: Path) -> None:
    data = bytearray(path.read_bytes())
    with closing(sqlite3.connect(path)) as connection:
        row = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'card'").fetchone()
    data[(row[0] - 1) * 4096 : row[0] * 4096] = bytes(4096)
    path.write_bytes(data)
    (path.parent / "cards").mkdir()
    card = '{"spec":"chara_card_v3","spec_version":"3.0","data":{"name":"Ada 7","description":"Lights."}}'
    (path.parent / "cards" / "7-Ada 7.json").write_text(card)
    (path.parent / "cards" / "8-broken.json").write_text("{")
    done = cardgen("database", "rebuild", "--json")
    value = done.json("database-rebuild")
    assert done.code == 0 and (value["cards"], value["jobs"], value["cards_from_files"]) == (1, 40, 1)
    assert Path(value["aside"]).read_bytes() == data
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT id, name FROM card").fetchall() == [(7, "Ada 7")]
    assert cardgen("database", "check").code == 0
    again = cardgen("database", "rebuild", "--json").json("database-rebuild")
    assert (again["cards"], again["cards_from_files"]) == (1, 0), "a card that is there is not added twice"


def test_rebuilding_says_what_it_did(cardgen: Cardgen, path: Path) -> None:
    done = cardgen("database", "rebuild")
    assert done.out.splitlines()[0] == "Rebuilt with 12 cards and 40 jobs."


def test_without_a_backup_restoring_is_refused(cardgen: Cardgen, path: Path) -> None:
    before = path.read_bytes()
    refused = cardgen("database", "restore")
    assert refused.code == 5 and "no backup" in refused.complaints[0]
    refused = cardgen("database", "restore", path.parent / "nothing.db")
    assert refused.code == 5 and "nothing.db" in refused.complaints[0]
    assert path.read_bytes() == before


def test_a_folder_without_a_database_is_told(cardgen: Cardgen) -> None:
    for action in ("check", "backup", "restore", "rebuild"):
        refused = cardgen("database", action)
        assert refused.code == 5 and refused.complaints, action


def test_a_folder_in_use_is_not_restored_into(cardgen: Cardgen, path: Path) -> None:
    cardgen("database", "backup")
    with folder_lock(path.parent / "cardgen.lock", "the window"):
        for action in ("restore", "rebuild"):
            refused = cardgen("database", action)
            assert refused.code == 5 and "is using the data folder" in refused.complaints[0]
        assert cardgen("database", "backup").code == 0, "a backup is taken beside whoever uses it"
