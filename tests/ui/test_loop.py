"""The event loop: the defects that AppLoop mends, each as somebody would meet it."""

import asyncio
import gc
import threading
import time
from collections.abc import AsyncIterator
from typing import ClassVar

from PySide6.QtCore import QCoreApplication, QEventLoop, QTimer

from cardgen_desktop.ui.loop import AppLoop
from tests.support.waiting import until


async def test_breaking_out_of_a_stream_runs_its_clean_up_on_the_loop() -> None:
    closed = asyncio.Event()

    async def inner() -> AsyncIterator[int]:
        try:
            for number in range(10):
                yield number
                await asyncio.sleep(0)
        finally:
            await asyncio.sleep(0)
            closed.set()

    async def outer() -> AsyncIterator[int]:
        async for number in inner():
            yield number

    async for _ in outer():
        break
    await asyncio.wait_for(closed.wait(), timeout=30)


async def test_a_nested_qt_loop_inside_a_coroutine_pauses_tasks_and_loses_none() -> None:
    ticks = 0

    async def tick() -> None:
        nonlocal ticks
        while ticks < 20:
            ticks += 1
            await asyncio.sleep(0.002)

    ticker = asyncio.create_task(tick())
    await asyncio.sleep(0.005)
    nested = QEventLoop()
    QTimer.singleShot(60, nested.quit)
    nested.exec()
    await asyncio.wait_for(ticker, timeout=30)
    assert ticks == 20


def test_events_processed_while_the_loop_is_stopped_do_not_step_tasks(qapp: QCoreApplication) -> None:
    loop = AppLoop(qapp)
    done: list[bool] = []

    async def work() -> None:
        await asyncio.sleep(0.01)
        done.append(asyncio.get_running_loop() is loop)

    async def begin() -> "asyncio.Task[None]":
        return asyncio.create_task(work())

    try:
        task = loop.run_until_complete(begin())
        deadline = time.monotonic() + 0.05
        while time.monotonic() < deadline:
            qapp.processEvents()
        assert not done
        loop.run_until_complete(task)
        assert done == [True]
    finally:
        loop.close()


async def test_sleep_never_returns_early() -> None:
    for wanted in (0.0004, 0.0167, 0.03):
        for _ in range(5):
            start = time.monotonic()
            await asyncio.sleep(wanted)
            assert time.monotonic() - start >= wanted


class _Cycle:
    """Something that only the collector of cycles can end."""

    ended_on: ClassVar[list[int]] = []

    def __init__(self) -> None:
        self.me = self

    def __del__(self) -> None:
        self.ended_on.append(threading.get_ident())


async def test_garbage_is_collected_on_the_loops_thread_only() -> None:
    def allocate() -> None:
        for _ in range(20):
            [[number] for number in range(1000)]
            if gc.isenabled():
                gc.collect()

    _Cycle.ended_on.clear()
    assert not gc.isenabled()
    for _ in range(2000):
        _Cycle()
    await asyncio.to_thread(allocate)
    await until(lambda: len(_Cycle.ended_on) == 2000)
    assert set(_Cycle.ended_on) == {threading.get_ident()}


def test_python_collects_by_itself_again_when_the_loop_has_ended(qapp: QCoreApplication) -> None:
    gc.enable()
    loop = AppLoop(qapp)
    loop.run_until_complete(asyncio.sleep(0))
    loop.close()
    assert gc.isenabled()
    gc.disable()


def test_no_other_thread_collects_the_widgets_of_tests(qapp: QCoreApplication) -> None:
    assert not gc.isenabled()
