"""A time limit that counts only while the program runs."""

import asyncio
import time

import pytest

from cardgen_desktop.jobs.patience import Patience


async def test_time_that_passes_ends_the_wait() -> None:
    begin = time.monotonic()
    with pytest.raises(TimeoutError):
        async with Patience(0.1).limit():
            await asyncio.sleep(30)
    assert 0.1 <= time.monotonic() - begin < 5.0


async def test_several_waits_share_it_until_it_is_renewed() -> None:
    patience = Patience(0.4)
    for _ in range(3):
        async with patience.limit():
            await asyncio.sleep(0.2)
        patience.renew()
    async with patience.limit():
        await asyncio.sleep(0.3)
    with pytest.raises(TimeoutError):
        async with patience.limit():
            await asyncio.sleep(30)


async def test_time_in_which_nothing_ran_is_not_counted() -> None:
    async with Patience(0.4).limit():
        await asyncio.sleep(0.01)
        time.sleep(1.0)  # as if the program had been stopped
        await asyncio.sleep(0.1)


async def test_a_cancelled_wait_is_cancelled_not_late() -> None:
    async def wait() -> None:
        async with Patience(30).limit():
            await asyncio.sleep(30)

    task = asyncio.create_task(wait())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
