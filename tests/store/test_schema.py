"""Opening: what is ours is migrated, what is not is left as it was."""

import hashlib
import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy.dialects import sqlite
from sqlalchemy.schema import CreateIndex, CreateTable

from cardgen_desktop.domain.errors import StorageError
from cardgen_desktop.store import migrations, schema
from cardgen_desktop.store.derived import DERIVED
from cardgen_desktop.store.engine import open_database
from cardgen_desktop.store.provider_tables import metadata

MIGRATIONS = Path(migrations.__file__).parent
FOREIGN = ("alembic", "sqlite_seq", "'job_text_")
"""Tables that Alembic, SQLite and its text index make for themselves."""


def execute(path: Path, *statements: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for statement in statements[:-1]:
            connection.execute(statement)
        return connection.execute(statements[-1]).fetchall()


def folded(sql: str) -> str:
    return re.sub(r"\s+", " ", sql).replace("( ", "(").replace(" )", ")").strip()


def test_migrations_lead_to_the_tables_of_the_program(path: Path) -> None:
    schema.prepare(path)
    stored = execute(path, "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL")
    found = {folded(str(sql)) for (sql,) in stored if not any(word in str(sql) for word in FOREIGN)}
    dialect = sqlite.dialect()
    wanted = {folded(str(CreateTable(table).compile(dialect=dialect))) for table in metadata.sorted_tables}
    wanted |= {
        folded(str(CreateIndex(index).compile(dialect=dialect)))
        for table in metadata.sorted_tables
        for index in table.indexes
    }
    assert found == wanted | {folded(statement) for statement in DERIVED.values()}


def test_head_is_the_last_step() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_current_head() == migrations.HEAD


def test_new_database_carries_version_and_program(path: Path) -> None:
    schema.prepare(path)
    assert execute(path, "PRAGMA user_version") == [(migrations.USER_VERSION,)]
    assert execute(path, "PRAGMA application_id") == [(migrations.APPLICATION_ID,)]


def test_alembic_is_imported_only_to_migrate(path: Path) -> None:
    schema.prepare(path)
    code = (
        "import sys, pathlib; from cardgen_desktop.store import schema;"
        "schema.prepare(pathlib.Path(sys.argv[1]));"
        "print('alembic' in sys.modules, 'sqlalchemy' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", code, path], capture_output=True, text=True, check=True)
    assert run.stdout.split() == ["False", "False"]


def test_newer_major_is_refused_untouched(path: Path) -> None:
    schema.prepare(path)
    execute(path, f"PRAGMA user_version = {1000 * (migrations.MAJOR + 1)}")
    before = hashlib.sha256(path.read_bytes()).hexdigest()
    with pytest.raises(StorageError, match="newer CardGen") as caught:
        schema.prepare(path)
    assert str(path) in caught.value.message
    assert caught.value.exit_code == 5
    assert hashlib.sha256(path.read_bytes()).hexdigest() == before
    assert [item.name for item in path.parent.iterdir()] == ["cardgen.db"]


async def test_newer_minor_opens_and_keeps_its_columns(path: Path) -> None:
    schema.prepare(path)
    execute(
        path,
        "ALTER TABLE setting ADD COLUMN colour TEXT",
        "INSERT INTO setting VALUES ('a', 'b', 'red')",
        "UPDATE alembic_version SET version_num = '0007'",
        f"PRAGMA user_version = {migrations.USER_VERSION + 1}",
    )
    database = await open_database(path)
    async with database.write() as connection:
        await connection.exec_driver_sql("UPDATE setting SET value = 'c' WHERE key = 'a'")
    await database.aclose()
    assert execute(path, "SELECT value, colour FROM setting WHERE key = 'a'") == [("c", "red")]
    assert execute(path, "SELECT version_num FROM alembic_version") == [("0007",)]
    assert execute(path, "PRAGMA user_version") == [(migrations.USER_VERSION + 1,)]


def rubbish(path: Path) -> None:
    path.write_bytes(b"Dear diary, " * 1000)


def short(path: Path) -> None:
    schema.prepare(path)
    path.write_bytes(path.read_bytes()[:50])


def cut(path: Path) -> None:
    schema.prepare(path)
    path.write_bytes(path.read_bytes()[:9000])


def flipped(path: Path) -> None:
    schema.prepare(path)
    data = bytearray(path.read_bytes())
    data[4096:12288] = bytes(8192)
    path.write_bytes(data)


def somebody_elses(path: Path) -> None:
    execute(path, "CREATE TABLE songs (title)")


def signed_by_another(path: Path) -> None:
    execute(path, "PRAGMA application_id = 77", "PRAGMA user_version = 1")


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (rubbish, "is damaged"),
        (short, "is damaged"),
        (cut, "is damaged"),
        (flipped, "is damaged"),
        (somebody_elses, "not a CardGen database"),
        (signed_by_another, "not a CardGen database"),
    ],
)
def test_what_cannot_be_opened_is_left_as_it_is(
    path: Path, spoil: Callable[[Path], None], sentence: str
) -> None:
    path.parent.mkdir()
    spoil(path)
    before = path.read_bytes()
    with pytest.raises(StorageError, match=sentence) as caught:
        schema.prepare(path)
    assert f'"{path}"' in caught.value.message
    assert path.read_bytes() == before


def test_interrupted_migration_starts_again(path: Path) -> None:
    """The steps are one transaction: an error in the middle leaves an empty database, not half a one."""
    path.parent.mkdir()
    execute(path, "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)", "CREATE TABLE card (id)")
    with pytest.raises(StorageError):
        schema.prepare(path)
    assert execute(path, "SELECT name FROM sqlite_master ORDER BY name") == [("alembic_version",), ("card",)]
    execute(path, "DROP TABLE card")
    schema.prepare(path)
    assert execute(path, "SELECT version_num FROM alembic_version") == [(migrations.HEAD,)]


def test_folder_that_is_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file")
    with pytest.raises(StorageError, match="home"):
        schema.prepare(tmp_path / "home" / "cardgen.db")


@contextmanager
def without_rights() -> Iterator[None]:
    """Root may write anywhere: become nobody for a moment, also where tests run as root."""
    if os.name == "nt" or os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.mark.skipif(sys.platform == "win32", reason="read-only folders are POSIX")
def test_read_only_folder_is_a_sentence(tmp_path_factory: pytest.TempPathFactory) -> None:
    import tempfile

    with tempfile.TemporaryDirectory(dir="/tmp") as name:
        folder = Path(name)
        folder.chmod(0o555)
        with without_rights(), pytest.raises(StorageError, match="cannot be written") as caught:
            schema.prepare(folder / "cardgen.db")
        folder.chmod(0o755)
    assert str(folder) in caught.value.message
    assert caught.value.exit_code == 5
