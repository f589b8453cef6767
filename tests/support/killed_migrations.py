"""`python -m tests.support.killed_migrations DATABASE SEED ROUNDS`: kill a migration at random moments.

Each round migrates a copy of DATABASE in a forked process that is killed (SIGKILL) after a random part of the
time an undisturbed migration takes, then opens what is left. Prints one line: how many rounds were cut short,
how many of those while the tables were being changed, and how many were whole afterwards.
"""

import os
import random
import shutil
import signal
import sqlite3
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

from cardgen_desktop.store import migrations, schema
from tests.support.filled_databases import counts


def main(database: Path, seed: int, rounds: int) -> int:
    """Run the rounds; the exit code is 0 when every one was whole."""
    chance, before = random.Random(seed), counts(database)
    with tempfile.TemporaryDirectory() as folder:
        lasting = max(migrated(database, Path(folder) / f"timed{number}", None)[0] for number in range(2))
        cut = backed_up = whole = 0
        for number in range(rounds):
            home = Path(folder) / str(number)
            _, finished = migrated(database, home, chance.uniform(0, lasting))
            cut += not finished
            backed_up += not finished and any((home / "backups").glob("cardgen-*.db"))
            whole += is_whole(home / "cardgen.db", before)
            shutil.rmtree(home)
    print(cut, backed_up, whole)
    return 0 if whole == rounds else 1


def migrated(database: Path, home: Path, kill_after: float | None) -> tuple[float, bool]:
    """Migrate a copy in a process of its own; its seconds, and whether it came to its end."""
    home.mkdir()
    for suffix in ("", "-wal"):
        if (side := database.with_name(database.name + suffix)).exists():
            shutil.copyfile(side, home / f"cardgen.db{suffix}")
    begin = time.monotonic()
    child = os.fork()
    if not child:
        try:
            schema.prepare(home / "cardgen.db")
        finally:
            os._exit(0)
    if kill_after is not None:
        time.sleep(kill_after)
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    return time.monotonic() - begin, os.WIFEXITED(status)


def is_whole(path: Path, before: dict[str, int]) -> bool:
    """Whether the next start finds every row and the newest schema."""
    schema.prepare(path)
    with closing(sqlite3.connect(path)) as connection:
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        sound = connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        tallied = connection.execute("SELECT sum(jobs) FROM tally").fetchone()[0]
    left = [item.name for item in path.parent.iterdir() if item.name.endswith(".cardgen-part")]
    right = version == migrations.USER_VERSION and tallied == before["job"]
    return sound and right and counts(path) == before and not left


if __name__ == "__main__":
    # Imported before the first round, so that the timed part is the migration alone.
    import alembic.command  # noqa: F401
    import sqlalchemy  # noqa: F401

    sys.exit(main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])))
