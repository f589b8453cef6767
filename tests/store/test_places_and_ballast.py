"""Where a data folder is, and the room that is kept for a full disk."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from cardgen_desktop.store import schema
from cardgen_desktop.store.ballast import BALLAST_BYTES, Ballast, free_bytes
from cardgen_desktop.store.filesystems import FolderPlace, place_of

MOUNTS = """\
/dev/sda1 / ext4 rw 0 0
tmpfs /tmp tmpfs rw 0 0
server:/export /mnt/share nfs4 rw 0 0
//nas/me /mnt/with\\040space cifs rw 0 0
ada@host: /home/ada/remote fuse.sshfs rw 0 0
/dev/sdb1 /mnt/share/local ext4 rw 0 0
portal /run/user/1000/doc fuse.portal rw 0 0
broken line
"""


@pytest.mark.parametrize(
    ("folder", "kind"),
    [
        ("/home/ada/data", "local"),
        ("/mnt/share/data", "network"),
        ("/mnt/share", "network"),
        ("/mnt/shared/data", "local"),
        ("/mnt/with space/data", "network"),
        ("/home/ada/remote/x", "network"),
        ("/mnt/share/local/x", "local"),
        ("/run/user/1000/doc/x", "local"),
        ("/home/ada/Dropbox/cardgen", "sync"),
        ("/home/ada/Dropbox (Personal)/cardgen", "sync"),
        ("/home/ada/OneDrive - Lights Ltd/cardgen", "sync"),
        ("/Users/ada/Library/Mobile Documents/com~apple~CloudDocs/x", "sync"),
        ("/Users/ada/Library/CloudStorage/GoogleDrive-ada@example.org/My Drive/x", "sync"),
        ("/home/ada/Nextcloud/x", "sync"),
        ("/home/ada/dropboxes/x", "local"),
        ("/home/ada/sync/x", "local"),
    ],
)
def test_network_shares_and_synced_folders_are_told_apart(tmp_path: Path, folder: str, kind: str) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(MOUNTS)
    place = place_of(Path(folder), mounts)
    assert place.kind == kind
    assert bool(place.warning) == (kind != "local")


def test_a_system_without_a_list_of_mounts_is_local(tmp_path: Path) -> None:
    assert place_of(tmp_path, tmp_path / "nothing") == FolderPlace()


def test_a_database_on_a_network_share_has_no_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The list of mounts is the system's; here it is one that says that the folder is a share."""
    mounts = tmp_path / "mounts"
    mounts.write_text(f"server:/export {tmp_path} nfs4 rw 0 0\n")
    monkeypatch.setattr(place_of, "__defaults__", (mounts,))
    path = tmp_path / "home" / "cardgen.db"
    schema.prepare(path)
    assert journal_mode(path) == "delete"
    monkeypatch.undo()
    schema.prepare(path)
    assert journal_mode(path) == "wal", "back on a local disk it has one"


def journal_mode(path: Path) -> str:
    with closing(sqlite3.connect(path)) as connection:
        return str(connection.execute("PRAGMA journal_mode").fetchone()[0])


def test_ballast_takes_room_and_gives_it_back(tmp_path: Path) -> None:
    ballast = Ballast(tmp_path)
    assert not ballast.is_whole and not ballast.release()
    assert ballast.restore() and ballast.is_whole
    taken = (tmp_path / "ballast").stat()
    assert taken.st_size == BALLAST_BYTES
    assert taken.st_blocks * 512 >= BALLAST_BYTES, "the blocks are really taken"
    assert taken.st_mode & 0o777 == 0o600
    assert ballast.restore(), "harmless when it is there"
    assert ballast.release() and not ballast.is_whole
    assert [item.name for item in tmp_path.iterdir()] == []


def test_ballast_waits_until_there_is_plenty(tmp_path: Path) -> None:
    assert free_bytes(tmp_path) > 0
    assert not Ballast(tmp_path, plenty=free_bytes(tmp_path) + 10**12).restore()
    assert list(tmp_path.iterdir()) == []
    assert free_bytes(tmp_path / "missing") == 0
    assert not Ballast(tmp_path / "missing").restore()


def test_half_a_ballast_is_made_whole(tmp_path: Path) -> None:
    (tmp_path / "ballast").write_bytes(b"cut short")
    assert Ballast(tmp_path).restore() and Ballast(tmp_path).is_whole


FULL_DISK = """
import resource, sqlite3, sys
from pathlib import Path
from cardgen_desktop.store import failures
from cardgen_desktop.store.ballast import Ballast
from cardgen_desktop.domain.errors import StorageError

# The largest file this process may write: the log runs into it as into the end of a disk.
home = Path(sys.argv[1])
import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, resource.RLIM_INFINITY))
connection = sqlite3.connect(home / "cardgen.db", isolation_level=None)
kept = 0
try:
    for number in range(1000):
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("INSERT INTO setting VALUES (?, ?)", (f"row {number}", "x" * 20_000))
        connection.execute("COMMIT")
        kept += 1
except sqlite3.Error as error:
    failure = failures.from_sqlite(error, home / "cardgen.db")
    if connection.in_transaction:
        connection.execute("ROLLBACK")
assert not Ballast(home, size=2_000_000).restore(), "no room for ballast either"
print(isinstance(failure, StorageError), kept)
print(connection.execute("SELECT count(*) FROM setting WHERE key LIKE 'row %'").fetchone()[0])
print(connection.execute("PRAGMA integrity_check").fetchone()[0])
"""


@pytest.mark.skipif(sys.platform == "win32", reason="limits of POSIX")
def test_running_out_of_room_is_told_and_costs_nothing_that_was_stored(tmp_path: Path) -> None:
    home = tmp_path / "home"
    schema.prepare(home / "cardgen.db")
    run = subprocess.run([sys.executable, "-c", FULL_DISK, home], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    what, counted, sound = run.stdout.splitlines()
    told, kept = what.split()
    assert told == "True" and int(kept) > 5
    assert counted == kept and sound == "ok"
    assert not list(home.glob(".*")), "no half ballast is left"


@contextmanager
def small_volume(folder: Path) -> Iterator[Path | None]:
    """A file system of 3 MiB; None where this user may not mount one."""
    folder.mkdir()
    words = ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(folder)]
    if (
        sys.platform != "linux"
        or os.geteuid() != 0
        or subprocess.run(words, stderr=subprocess.DEVNULL, check=False).returncode
    ):
        yield None
        return
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def test_on_a_full_volume_the_ballast_lets_the_database_write_again(tmp_path: Path) -> None:
    """Acceptance test 5 on a real small file system, where one can be mounted."""
    with small_volume(tmp_path / "volume") as volume:
        path = (volume or tmp_path) / "home" / "cardgen.db"
        schema.prepare(path)
        ballast = Ballast(path.parent, size=512 * 1024, plenty=1)
        assert ballast.restore()
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            if volume:
                (volume / "filler").write_bytes(bytes(free_bytes(volume) - 64 * 1024))
            else:
                pages = connection.execute("PRAGMA page_count").fetchone()[0]
                connection.execute(f"PRAGMA max_page_count = {pages + 20}")
            stored = fill_up(connection)
            assert ballast.release()
            if not volume:
                connection.execute(f"PRAGMA max_page_count = {pages + 140}")
            connection.execute("INSERT INTO setting VALUES ('held', 'disk')")
            counted = connection.execute("SELECT count(*) FROM setting WHERE key LIKE 'n%'").fetchone()
            assert counted == (stored,)
            assert connection.execute("PRAGMA quick_check").fetchone() == ("ok",)
        if volume:
            (volume / "filler").unlink()
        assert ballast.restore()


def fill_up(connection: sqlite3.Connection) -> int:
    """Store until there is no room; how many rows were acknowledged."""
    stored = 0
    while True:
        try:
            connection.execute("INSERT INTO setting VALUES (?, ?)", (f"n{stored}", "x" * 4000))
        except sqlite3.OperationalError as error:
            if error.sqlite_errorname != "SQLITE_FULL":
                raise
            return stored
        stored += 1
