"""A few cancelled drafts; `python -m tests.proof.cancelled_streams` cancels two hundred."""

from pathlib import Path

from tests.proof.cancelled_streams import prove


async def test_cancelled_drafts_close_their_connections_and_read_nothing_after(tmp_path: Path) -> None:
    found = await prove(tmp_path / "home", cancels=10, seed=1)
    assert not found.wrong
    assert found.closed and found.states["cancelled"]
