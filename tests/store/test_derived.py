"""The tally and the text index: always what the jobs are, whatever moves them."""

import random
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from cardgen_desktop.domain.job import TERMINAL_STATES, JobState
from cardgen_desktop.store.derived import DERIVED, EMPTY_TALLY, FILL
from cardgen_desktop.store.engine import Database
from tests.support.databases import place_empty_database

WORDS = ("Émile", "Ångström", "猫と犬", "Ёлка", 'a "b" c', "100%_", "", "🦊🦊🦊", "x\ty")
COUNTED = "SELECT kind, state, needs_review, count(*) FROM job WHERE removed_at IS NULL GROUP BY 1, 2, 3"
TALLIED = "SELECT kind, state, needs_review, jobs FROM tally WHERE jobs <> 0 ORDER BY 1, 2, 3"
SAME_TEXT = "INSERT INTO job_text(job_text, rank) VALUES('integrity-check', 1)"


@pytest.fixture
def connection(tmp_path: Path) -> sqlite3.Connection:
    place_empty_database(tmp_path / "cardgen.db")
    return sqlite3.connect(tmp_path / "cardgen.db")


def put(connection: sqlite3.Connection, chance: random.Random) -> None:
    connection.execute(
        "INSERT INTO job (kind, lane, state, request, search_text, created_at, queued_at, updated_at) "
        "VALUES (?, 'cpu', 'queued', '{}', ?, 1, 1, 1)",
        (chance.choice(["draft", "import"]), chance.choice(WORDS)),
    )


def move(connection: sqlite3.Connection, chance: random.Random) -> None:
    """Put a random job into a random state that the CHECKs allow, with other texts."""
    state = chance.choice(list(JobState))
    ended = state in TERMINAL_STATES
    values = {
        "state": state.value,
        "epoch": 1,
        "hold_reason": "disk" if state is JobState.HELD else None,
        "run_at": 1.0 if state is JobState.WAITING else None,
        "delay": 1.0 if state is JobState.WAITING else None,
        "finished_at": 1.0 if ended else None,
        "removed_at": 1.0 if ended and chance.random() < 0.3 else None,
        "needs_review": int(state is JobState.SUCCEEDED and chance.random() < 0.5),
        "error": chance.choice([None, "The disk is full.", "ß"]),
        "search_text": chance.choice(WORDS),
        "kind": chance.choice(["draft", "import", "export"]),
    }
    which = "(SELECT id FROM job ORDER BY random() LIMIT 1)"
    changes = ", ".join(f"{name} = ?" for name in values)
    connection.execute(f"UPDATE job SET {changes} WHERE id = {which}", tuple(values.values()))


def drop(connection: sqlite3.Connection, _: random.Random) -> None:
    connection.execute("DELETE FROM job WHERE id = (SELECT id FROM job ORDER BY random() LIMIT 1)")


def test_tally_and_texts_are_right_after_two_thousand_moves(connection: sqlite3.Connection) -> None:
    chance = random.Random(3)
    with closing(connection), connection:
        for _ in range(60):
            put(connection, chance)
        for turn in range(2_000):
            chance.choices([move, put, drop], [20, 1, 1])[0](connection, chance)
            if turn % 400 == 0:
                assert connection.execute(TALLIED).fetchall() == connection.execute(COUNTED).fetchall()
                connection.execute(SAME_TEXT)
        assert connection.execute(TALLIED).fetchall() == connection.execute(COUNTED).fetchall()
        connection.execute(SAME_TEXT)


def test_the_check_of_the_texts_finds_a_difference(connection: sqlite3.Connection) -> None:
    """Or the test above would prove nothing."""
    with closing(connection):
        put(connection, random.Random(1))
        connection.execute("DROP TRIGGER job_text_changed")
        connection.execute("UPDATE job SET search_text = 'another text'")
        with pytest.raises(sqlite3.DatabaseError):
            connection.execute(SAME_TEXT)


def test_both_can_be_filled_from_the_jobs(connection: sqlite3.Connection) -> None:
    chance = random.Random(5)
    with closing(connection), connection:
        for _ in range(100):
            put(connection, chance)
            move(connection, chance)
        connection.execute("UPDATE tally SET jobs = 99")
        connection.execute("INSERT INTO job_text (job_text) VALUES ('delete-all')")
        for statement in (EMPTY_TALLY, *FILL):
            connection.execute(statement)
        assert connection.execute(TALLIED).fetchall() == connection.execute(COUNTED).fetchall()
        connection.execute(SAME_TEXT)


async def test_database_has_every_one_of_them(database: Database) -> None:
    async with database.read() as connection:
        rows = await connection.exec_driver_sql("SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL")
        made = {row.name: row.sql for row in rows}
    assert {name: made.get(name) for name in DERIVED} == DERIVED
