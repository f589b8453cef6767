"""A few refused drafts; `python -m tests.proof.asked_waits` makes two hundred."""

from pathlib import Path

from tests.proof.asked_waits import prove


async def test_no_request_comes_before_a_server_wants_one(tmp_path: Path) -> None:
    found = await prove(tmp_path / "home", trials=5, seed=5, side_by_side=5)
    assert found.refused.total() >= 5 and found.pressed
    assert not found.beaten
