"""A migrated, empty database to copy: migrating anew for each test would cost most of its time."""

import shutil
import sqlite3
from contextlib import closing
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from cardgen_desktop.store import schema


@cache
def _template() -> bytes:
    folder = Path(mkdtemp())
    try:
        schema.prepare(folder / "cardgen.db")
        with closing(sqlite3.connect(folder / "cardgen.db")) as connection, connection:
            connection.execute("DELETE FROM setting")  # each test counts its own
        return (folder / "cardgen.db").read_bytes()
    finally:
        shutil.rmtree(folder)


def place_empty_database(path: Path) -> None:
    """Put an empty database of the newest schema at `path`, with the modes of a new one."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_bytes(_template())
