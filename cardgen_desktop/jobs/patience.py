"""A time limit that counts only while this program runs.

A program that was stopped, or a computer that slept, finds every deadline passed when it goes on, although
the answers it waited for lie in its pipes. So the time is counted in slices, none for more than it can be.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

SLICE_SECONDS = 1.0
_SLICES = 8
_SLACK = 2.0


class Patience:
    """Seconds to wait in all, over several waits; `renew` begins anew."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._left = seconds
        self._slice = min(SLICE_SECONDS, seconds / _SLICES)

    def renew(self) -> None:
        """Wait so long again."""
        self._left = self._seconds

    @asynccontextmanager
    async def limit(self) -> AsyncIterator[None]:
        """Raise TimeoutError in the block when the time is over."""
        loop = asyncio.get_running_loop()
        seen = loop.time()
        timer: asyncio.TimerHandle | None = None

        def count() -> bool:
            """Take off what has passed; whether there was a gap, after which answers get another slice."""
            nonlocal seen
            passed, seen = loop.time() - seen, loop.time()
            self._left -= min(passed, _SLACK * self._slice)
            return passed > _SLACK * self._slice

        def look() -> None:
            nonlocal timer
            if count() or self._left > 0:
                timer = loop.call_later(min(self._slice, max(self._left, self._slice / 2)), look)
            else:
                limit.reschedule(loop.time())

        async with asyncio.timeout(None) as limit:
            timer = loop.call_later(min(self._slice, max(self._left, 0.0)), look)
            try:
                yield
            finally:
                if timer is not None:
                    timer.cancel()
                count()
