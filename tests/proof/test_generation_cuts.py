"""Some cut streams; `python -m tests.proof.generation_cuts` cuts five hundred."""

from pathlib import Path

from tests.proof.generation_cuts import prove


async def test_cut_streams_lose_nothing_and_repeat_nothing(tmp_path: Path) -> None:
    await prove(tmp_path / "home", rounds=25, seed=7)
