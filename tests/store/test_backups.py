"""Backups: verified before they count, beside a writer, private, and thinned by the schedule."""

import os
import random
import shutil
import sqlite3
import stat
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cardgen_desktop.domain.errors import DiskFullError, StorageError
from cardgen_desktop.store import backups, schema
from cardgen_desktop.store.thinning import kept
from tests.support.filled_databases import counts, fill, put_jobs

NOW = 1_795_000_000.0


@pytest.fixture
def folder(path: Path) -> Path:
    """Where the backups of the fixture's database go; the database has 40 jobs and 12 cards."""
    schema.prepare(path)
    fill(path)
    return path.parent / "backups"


def test_a_backup_holds_what_the_database_holds(path: Path, folder: Path) -> None:
    backup = backups.back_up(path, folder, NOW)
    assert backup is not None and (backup.jobs, backup.cards, backup.at) == (40, 12, NOW)
    assert counts(Path(backup.path)) == counts(path)
    assert backup.bytes == Path(backup.path).stat().st_size
    assert backups.listed(folder) == (backup,) == (backups.newest_good(folder),)
    assert [item.name for item in folder.iterdir()] == [Path(backup.path).name], "nothing is left beside it"


def test_a_restored_backup_is_a_database_again(path: Path, folder: Path) -> None:
    backup = backups.back_up(path, folder, NOW)
    assert backup is not None
    before = counts(path)
    shutil.copyfile(backup.path, path)
    schema.prepare(path)
    assert counts(path) == before


@pytest.mark.skipif(sys.platform == "win32", reason="modes are POSIX")
def test_backups_are_for_their_owner_alone(path: Path, folder: Path) -> None:
    backup = backups.back_up(path, folder, NOW)
    assert backup is not None
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(os.stat(backup.path).st_mode) == 0o600


def test_nothing_is_copied_when_nothing_changed(path: Path, folder: Path) -> None:
    assert backups.back_up(path, folder, NOW) is not None
    assert backups.back_up(path, folder, NOW + 1800) is None
    assert backups.back_up(path, folder, NOW + 1800, force=True) is not None
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE card SET name = 'Another', updated_at = 9 WHERE id = 1")
    changed = backups.back_up(path, folder, NOW + 3600)
    assert changed is not None and len(backups.named(folder)) == 3


def test_a_setting_counts_as_a_change_but_not_the_turn_of_the_process(path: Path, folder: Path) -> None:
    backups.back_up(path, folder, NOW)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("INSERT INTO setting VALUES ('epoch', '7')")
    assert backups.back_up(path, folder, NOW + 1) is None
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("INSERT INTO setting VALUES ('queue', 'paused')")
    assert backups.back_up(path, folder, NOW + 2) is not None


def test_a_damaged_database_gives_no_backup_and_costs_no_old_one(path: Path, folder: Path) -> None:
    good = backups.back_up(path, folder, NOW)
    assert good is not None
    kept_bytes = Path(good.path).read_bytes()
    data = bytearray(path.read_bytes())
    for place in range(8192, len(data), 4096):  # every page that is not the schema gets another type
        data[place] ^= 0xFF
    path.write_bytes(data)
    for number in range(1, 20):
        with pytest.raises(StorageError):
            backups.back_up(path, folder, NOW + 86400 * number, force=True)
    assert [item.name for item in folder.iterdir()] == [Path(good.path).name]
    assert Path(good.path).read_bytes() == kept_bytes


def test_a_backup_that_has_rotted_is_not_offered(path: Path, folder: Path) -> None:
    first = backups.back_up(path, folder, NOW)
    second = backups.back_up(path, folder, NOW + 60, force=True)
    assert first is not None and second is not None
    data = bytearray(Path(second.path).read_bytes())
    data[4096 * 3 : 4096 * 6] = bytes(4096 * 3)
    Path(second.path).write_bytes(data)
    assert backups.newest_good(folder) == first
    with pytest.raises(StorageError, match="damaged"):
        backups.check_backup(Path(second.path))


def test_somebody_elses_database_is_no_backup(tmp_path: Path) -> None:
    other = tmp_path / "songs.db"
    with closing(sqlite3.connect(other)) as connection:
        connection.execute("CREATE TABLE songs (title)")
    with pytest.raises(StorageError, match="not a CardGen database"):
        backups.check_backup(other)


def test_a_copy_that_is_given_up_leaves_nothing(path: Path, folder: Path) -> None:
    assert backups.back_up(path, folder, NOW, stopped=lambda: True) is None
    assert list(folder.iterdir()) == []


def test_what_a_killed_backup_left_is_swept(path: Path, folder: Path) -> None:
    folder.mkdir()
    (folder / ".0123456789ab.cardgen-part").write_bytes(b"half a database")
    (folder / "mine.txt").write_text("kept")
    backup = backups.back_up(path, folder, NOW)
    assert backup is not None
    assert {item.name for item in folder.iterdir()} == {Path(backup.path).name, "mine.txt"}


def test_two_backups_of_one_moment_are_two(path: Path, folder: Path) -> None:
    names = {backups.back_up(path, folder, NOW, force=True) for _ in range(3)}
    assert len({backup.path for backup in names if backup}) == 3


def test_a_folder_that_cannot_be_made_is_a_sentence(path: Path, folder: Path) -> None:
    folder.write_text("a file")
    with pytest.raises(StorageError, match="backups"):
        backups.back_up(path, folder, NOW)


def test_a_full_disk_is_refused_before_anything_is_written(
    path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(path.parent)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage._replace(free=1000))
    with pytest.raises(DiskFullError, match="is full"):
        backups.back_up(path, folder, NOW)
    assert list(folder.iterdir()) == []


@contextmanager
def writing(path: Path, pause: float) -> Iterator[list[float]]:
    """Another connection commits a job at a time; yields how long each commit took."""
    ended, spent = threading.Event(), list[float]()

    def write() -> None:
        with closing(sqlite3.connect(path, timeout=5, isolation_level=None)) as connection:
            connection.execute("PRAGMA synchronous = FULL")
            while not ended.wait(pause):
                begin = time.perf_counter()
                connection.execute("BEGIN IMMEDIATE")
                put_jobs(connection, 1)
                connection.execute("COMMIT")
                spent.append(time.perf_counter() - begin)

    thread = threading.Thread(target=write)
    thread.start()
    try:
        yield spent
    finally:
        ended.set()
        thread.join()


def test_backups_beside_a_writer_are_whole_snapshots(path: Path, folder: Path) -> None:
    """Acceptance test 33: each copy passes and holds one moment's rows."""
    made = []
    with writing(path, 0.02) as spent:
        for number in range(100):
            made.append(backups.back_up(path, folder, NOW + number, force=True))
            time.sleep(0.005)
    assert all(made) and len(spent) > 5 and max(spent) < 3
    jobs = [backup.jobs for backup in made if backup]
    assert jobs == sorted(jobs) and jobs[-1] > jobs[0]
    for backup in backups.listed(folder):
        found = counts(Path(backup.path))
        assert found["job"] == found["attempt"] == found["step"] == backup.jobs
        assert backups.check_backup(Path(backup.path)) == backup


def reference_kept(times: list[float], now: float) -> set[float]:
    """The schedule in calendar words, written independently: newest of each hour, day, week and month."""
    moments = {at: datetime.fromtimestamp(at, UTC) for at in times}
    current = datetime.fromtimestamp(now, UTC)
    keep = set(sorted(times)[-6:])
    rules = (
        (timedelta(days=1), lambda moment: moment.strftime("%Y-%m-%d %H")),
        (timedelta(days=7), lambda moment: moment.strftime("%Y-%m-%d")),
        # Weeks that begin on Thursday, as the first of January 1970 was one.
        (timedelta(days=31), lambda moment: (moment - timedelta(days=(moment.weekday() - 3) % 7)).date()),
        (timedelta(days=366), lambda moment: moment.strftime("%Y-%m")),
    )
    for age, stretch in rules:
        groups: defaultdict[object, list[float]] = defaultdict(list)
        for at, moment in moments.items():
            if current - moment <= age:
                groups[stretch(moment)].append(at)
        keep |= {max(group) for group in groups.values()}
    return keep


@pytest.mark.parametrize("seed", range(8))
def test_thinning_follows_the_reference_schedule(seed: int) -> None:
    chance = random.Random(seed)
    times: set[float] = set()
    now = NOW
    for _ in range(600):
        now += chance.choice((1800, 1800, 1800, 3600, 86400 * chance.random(), 86400 * 9 * chance.random()))
        times.add(now)
        assert kept(times, now) == reference_kept(sorted(times), now)
        times = kept(times, now)
        assert len(times) <= 6 + 25 + 8 + 6 + 14


def test_thinning_keeps_a_year_reachable() -> None:
    """Half-hourly for 400 days, thinned each time: every month of the year before has one left."""
    times: set[float] = set()
    for step in range(400 * 48):
        now = NOW + step * 1800
        times = kept(times | {now}, now)
    months = {datetime.fromtimestamp(at, UTC).strftime("%Y-%m") for at in times}
    assert len(months) >= 12
    assert len([at for at in times if now - at <= 86400]) >= 24
    assert len(times) < 60


def test_thinning_keeps_what_lies_ahead_and_forgets_what_is_old() -> None:
    ahead, old = NOW + 10 * 86400, NOW - 500 * 86400
    recent = [NOW - number for number in range(6)]
    assert ahead in kept([*recent, ahead, old], NOW)
    assert old not in kept([*recent, ahead, old], NOW)
    assert kept([old], NOW) == {old}, "the newest six are kept whatever their age"


def test_backups_are_thinned_on_disk_but_never_another_file(path: Path, folder: Path) -> None:
    for number in range(9):
        backups.back_up(path, folder, NOW + number * 60, force=True)
    stranger = folder / "cardgen-of-my-own.db"
    stranger.write_bytes(b"not ours")
    backups.back_up(path, folder, NOW + 600, force=True)
    times = [at for at, _ in backups.named(folder)]
    assert times == sorted(
        kept([NOW + number * 60 for number in range(11) if number != 9], NOW + 600), reverse=True
    )
    assert stranger.exists()
