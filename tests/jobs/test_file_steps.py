"""Files of a batch that are worked on side by side: what a pause and a failure do to the others."""

import asyncio

import pytest

from cardgen_desktop.jobs.file_steps import side_by_side
from cardgen_desktop.jobs.running import StoppedError


async def test_a_pause_lets_the_others_come_to_the_end_of_their_file() -> None:
    begun, ended = list[int](), list[int]()
    paused = asyncio.Event()

    async def work(item: int) -> None:
        begun.append(item)
        if item == 2:
            paused.set()
            raise StoppedError
        await paused.wait()
        for _ in range(5):
            await asyncio.sleep(0)
        ended.append(item)

    with pytest.raises(StoppedError):
        await side_by_side(range(1, 100), work, at_once=3)
    assert begun == [1, 2, 3] and sorted(ended) == [1, 3]


async def test_a_failure_stops_the_others_at_once() -> None:
    cut_off = list[int]()

    async def work(item: int) -> None:
        if item == 2:
            raise ValueError("broken")
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cut_off.append(item)
            raise

    with pytest.raises(ValueError, match="broken"):
        await side_by_side(range(1, 100), work, at_once=3)
    assert sorted(cut_off) == [1, 3]
