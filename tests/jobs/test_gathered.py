"""Calls of one moment are carried out together."""

import asyncio
from collections.abc import Sequence

import pytest

from cardgen_desktop.jobs.gathered import MOST_AT_ONCE, Gathered


class Doubling:
    """Doubles numbers and keeps how many came at once; 13 brings bad luck to all of that time."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []

    async def __call__(self, items: Sequence[int]) -> list[int]:
        self.batches.append(list(items))
        await asyncio.sleep(0.01)
        if 13 in items:
            raise LookupError("bad luck")
        return [2 * item for item in items]


async def test_calls_of_one_moment_are_one_piece_of_work() -> None:
    work = Doubling()
    double = Gathered(work)
    assert await asyncio.gather(*map(double, range(10))) == [2 * number for number in range(10)]
    assert work.batches == [list(range(10))]


async def test_calls_that_come_meanwhile_are_the_next_piece_of_work() -> None:
    work = Doubling()
    double = Gathered(work)
    first = asyncio.create_task(double(1))
    await asyncio.sleep(0.002)
    later = [asyncio.create_task(double(number)) for number in (2, 3)]
    assert await asyncio.gather(first, *later) == [2, 4, 6]
    assert work.batches == [[1], [2, 3]]
    assert await double(4) == 8


async def test_so_many_at_once_and_no_more() -> None:
    work = Doubling()
    double = Gathered(work)
    count = 2 * MOST_AT_ONCE + 1
    assert await asyncio.gather(*map(double, range(20, 20 + count))) == [2 * n for n in range(20, 20 + count)]
    assert [len(batch) for batch in work.batches] == [MOST_AT_ONCE, MOST_AT_ONCE, 1]


async def test_failure_is_heard_by_everybody_of_that_time_and_nobody_else() -> None:
    double = Gathered(Doubling())
    outcomes = await asyncio.gather(*map(double, (1, 13, 2)), return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [LookupError] * 3
    assert await double(3) == 6


async def test_caller_that_is_cancelled_does_not_stop_the_work() -> None:
    work = Doubling()
    double = Gathered(work)
    tasks = [asyncio.create_task(double(number)) for number in (1, 2)]
    await asyncio.sleep(0.002)
    tasks[0].cancel()
    with pytest.raises(asyncio.CancelledError):
        await tasks[0]
    assert await tasks[1] == 4
    assert work.batches == [[1, 2]]


async def test_cancelled_caller_of_work_that_fails_leaves_no_warning() -> None:
    double = Gathered(Doubling())
    task = asyncio.create_task(double(13))
    await asyncio.sleep(0.002)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await asyncio.sleep(0.05)  # it fails meanwhile, unheard
