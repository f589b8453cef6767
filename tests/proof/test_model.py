"""The queue against the reference model: some hundred random sequences, and those that once diverged."""

from pathlib import Path

import pytest

from cardgen_desktop.store.engine import open_database
from tests.proof.driving import Driver, Operation, looking
from tests.proof.model import compare
from tests.support.databases import place_empty_database

CALL, LOCAL = 1, 2  # kinds: one needs the network
OFFLINE = 0  # a gate

FOUND: dict[str, list[Operation]] = {
    "a job whose wait is over does not slip by a closed gate": [
        ("enqueue", CALL, None, 0), ("dispatch",), ("end", 0, "transient", 2), ("gate", OFFLINE, False),
        ("advance", 600), ("dispatch",),
    ],
    "undoing a pause charges no attempt": [
        ("enqueue", LOCAL, None, 0), ("dispatch",), ("pause", [0]), ("settle", 0), ("undo", None),
    ],
    "a worker that was left behind does not end the job of the next": [
        ("enqueue", LOCAL, None, 0), ("dispatch",), ("abandon", 0), ("dispatch",), ("ghost", 0, "stop"),
        ("ghost", 0, "fail"), ("ghost", 0, "wait"), ("ghost", 0, "succeed"),
    ],
    "undo brings no job before a gate that has opened since, and closes none": [
        ("enqueue", CALL, None, 0), ("gate", OFFLINE, False), ("cancel", [0]), ("gate", OFFLINE, True),
        ("enqueue", CALL, None, 0), ("undo", None), ("dispatch",),
    ],
    "what was taken back last is done again first, whatever the clock says": [
        ("enqueue", LOCAL, None, 0), ("enqueue", LOCAL, None, 0), ("pause", [0]), ("pause", [1]),
        ("undo", None), ("jump", -86_400), ("undo", None), ("redo",),
    ],
}  # fmt: skip


@pytest.mark.parametrize("what", FOUND)
async def test_sequences_that_diverged_once(tmp_path: Path, what: str) -> None:
    path = tmp_path / "cardgen.db"
    place_empty_database(path)
    database = await open_database(path)
    try:
        with looking(path) as look:
            await Driver(database, look, tmp_path, 1).run(FOUND[what])
    finally:
        await database.aclose()


@pytest.mark.soak
async def test_random_operations_do_what_the_model_does(tmp_path: Path) -> None:
    assert await compare(tmp_path, 130, 1) == []
