"""asyncio on Qt's event loop: qasync with three defects mended, and Python's garbage kept to one thread.

qasync 0.28.0 installs no async-generator hooks, steps tasks while the loop is stopped, and loses wake-ups
when a Qt event loop is nested inside a coroutine. Its private timer is replaced, so its version is pinned.
"""

import asyncio
import gc
import math
import sys
from typing import Any

from PySide6.QtCore import QCoreApplication, QObject, Qt, QTimerEvent
from qasync import QEventLoop

_NESTED_RETRY = 5
FIRST_LOOK, COLLECT_EVERY = 2000, 250
"""Milliseconds until the first look at how much garbage there may be, and between two looks.

What is imported and built at the start stays: looking through it meanwhile would only cost time.
"""


class _Timer(QObject):
    """Steps callbacks only inside the running loop, and never inside another task's step."""

    def __init__(self, loop: "AppLoop") -> None:
        super().__init__()
        self._loop = loop
        self._handles: dict[int, Any] = {}
        self._parked: list[Any] = []
        self._stopped = False

    def add_callback(self, handle: Any, delay: float = 0) -> Any:
        """Run a handle after `delay` seconds, never earlier."""
        milliseconds = math.ceil(max(0, delay) * 1000)
        self._handles[self.startTimer(milliseconds, Qt.TimerType.PreciseTimer)] = handle
        return handle

    def timerEvent(self, event: QTimerEvent) -> None:
        timer = event.timerId()
        handle = self._handles.pop(timer, None)
        self.killTimer(timer)
        if handle is None or self._stopped or handle._cancelled:
            return
        if asyncio._get_running_loop() is not self._loop:
            # Somebody processes Qt's events while the loop is stopped.
            self._parked.append(handle)
        elif asyncio.current_task(self._loop) is not None:
            # A Qt event loop is nested inside a coroutine.
            self._handles[self.startTimer(_NESTED_RETRY)] = handle
        else:
            handle._run()

    def unpark(self) -> None:
        """Schedule what came due while the loop was stopped."""
        parked, self._parked = self._parked, []
        for handle in parked:
            self.add_callback(handle)

    def stop(self) -> None:
        """Run nothing any more; the loop is closing."""
        self._stopped = True

    def set_debug(self, enabled: bool) -> None:
        """qasync calls it; there is nothing to switch."""


class _Garbage(QObject):
    """Collects Python's cycles on the loop's thread only.

    Left to itself Python collects on whatever thread happens to allocate. Widgets are held by cycles: one
    that is collected on a worker's thread is destroyed there by Qt, which ends the program sooner or later.
    """

    def __init__(self) -> None:
        super().__init__()
        self._timer, self._was_enabled = 0, False

    def start(self) -> None:
        """Take over from Python."""
        self._was_enabled = gc.isenabled()
        gc.disable()
        self._timer = self.startTimer(FIRST_LOOK)

    def stop(self) -> None:
        """Hand back."""
        self.killTimer(self._timer)
        if self._was_enabled:
            gc.enable()

    def timerEvent(self, event: QTimerEvent) -> None:
        self.killTimer(self._timer)
        self._timer = self.startTimer(COLLECT_EVERY)
        counts, limits = gc.get_count(), gc.get_threshold()
        oldest = next((number for number in (2, 1, 0) if counts[number] > limits[number]), None)
        if oldest is not None:
            gc.collect(oldest)


class AppLoop(QEventLoop):  # type: ignore[misc]
    """The event loop of the window and of its tests."""

    def __init__(self, app: QCoreApplication | None = None) -> None:
        super().__init__(app)
        self._timer = _Timer(self)
        self._garbage = _Garbage()

    def run_forever(self) -> Any:
        """Run until stopped, with async generators closed and garbage collected on this loop."""
        old = sys.get_asyncgen_hooks()
        sys.set_asyncgen_hooks(
            firstiter=self._asyncgen_firstiter_hook, finalizer=self._asyncgen_finalizer_hook
        )
        self._timer.unpark()
        self._garbage.start()
        try:
            return super().run_forever()
        finally:
            self._garbage.stop()
            sys.set_asyncgen_hooks(*old)
