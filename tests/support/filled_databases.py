"""A database with jobs, cards, pictures and documents in it, made by plain SQL for any schema version."""

import sqlite3
from contextlib import closing
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine

from cardgen_desktop.store import migrations

CARD = (
    '{"spec":"chara_card_v3","spec_version":"3.0","data":{"name":"NAME","description":"A keeper of lights.",'
    '"first_mes":"The lamp is lit."}}'
)
"""What the library stores of a card; NAME stands for its name."""


def make_version(path: Path, revision: str, user_version: int) -> None:
    """A database as the program of that version left it."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
    engine.dispose()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA application_id = {migrations.APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {user_version}")
        connection.execute("PRAGMA journal_mode = WAL")


def fill(path: Path, *, jobs: int = 40, cards: int = 12, text_bytes: int = 3000) -> None:
    """Put jobs with their rows, and cards with pictures, into a database of any version."""
    with closing(sqlite3.connect(path)) as connection, connection:
        put_jobs(connection, jobs)
        for number in range(1, cards + 1):
            put_card(connection, number)
        connection.execute(
            "INSERT INTO document (content_key, sha256, kind, title, language, encoding, size, chars, words, "
            "headings, asides, warnings, text) VALUES ('k', 'k', 'text', 'A book', 'en', 'utf-8', 1, 1, 1, "
            "'[]', '[]', '[]', zeroblob(?))",
            (text_bytes,),
        )
        connection.execute("INSERT INTO source (document_id, path, name, added_at) VALUES (1, '/b', 'b', 1)")


def put_jobs(connection: sqlite3.Connection, jobs: int) -> None:
    """Finished jobs, each with an attempt, a step and an event."""
    for number in range(jobs):
        job_id = connection.execute(
            "INSERT INTO job (kind, lane, state, request, title, character, search_text, created_at, "
            "queued_at, updated_at, finished_at) VALUES ('draft', 'cpu', 'succeeded', '{}', 'A book', ?, "
            "'a book', ?, 1, 1, 2)",
            (f"Person {number}", number),
        ).lastrowid
        connection.execute(
            "INSERT INTO attempt (job_id, epoch, started_at, ended_at, outcome) "
            "VALUES (?, 1, 1, 2, 'succeeded')",
            (job_id,),
        )
        connection.execute(
            "INSERT INTO step (job_id, step_key, input_hash, output, seconds, finished_at) "
            "VALUES (?, 'read', 'h', ?, 1, 1)",
            (job_id, '"' + "text " * 60 + '"'),
        )
        connection.execute("INSERT INTO event (job_id, at, kind) VALUES (?, 1, 'created')", (job_id,))


def put_card(connection: sqlite3.Connection, number: int) -> None:
    """A card with a picture of its own, made by the job of that number if there is one."""
    name = f"Ada {number}"
    connection.execute("INSERT INTO picture VALUES (?, ?)", (f"{number:064x}", bytes([number % 256]) * 800))
    connection.execute(
        "INSERT INTO card (name, origin, search_text, picture_sha256, job_id, created_at, updated_at, card) "
        "VALUES (?, 'draft', ?, ?, (SELECT id FROM job WHERE id = ?), 1, 1, ?)",
        (name, name.casefold(), f"{number:064x}", number, CARD.replace("NAME", name)),
    )


def counts(path: Path) -> dict[str, int]:
    """How many rows each table of work and library has."""
    tables = ("job", "attempt", "step", "event", "card", "picture", "document", "source")
    with closing(sqlite3.connect(path)) as connection:
        return {table: connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables}
