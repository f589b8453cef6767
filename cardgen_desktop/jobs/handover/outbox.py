"""What is on its way to one guest: bounded, and only the newest word on each job."""

import asyncio
from collections.abc import Callable, Hashable

from .wire import Frame

MOST_WAITING = 10_000
DRAIN_SECONDS = 30.0
"""A guest that takes nothing for so long is dropped."""

Pack = Callable[[], Frame]


class OverflowingGuestError(Exception):
    """A guest does not take what is sent to it."""


class Outbox:
    """Frames in order. A later frame under a key takes the place of an earlier one that has not left."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self._writer = writer
        self._waiting: dict[Hashable, Pack] = {}
        self._filled = asyncio.Event()
        self._emptied = asyncio.Event()
        self._emptied.set()
        self._is_closed = False

    def put(self, pack: Pack, key: Hashable = None) -> None:
        """Send what `pack` makes when its turn comes; without a key nothing replaces it."""
        if self._is_closed:
            return
        self._waiting[key if key is not None else object()] = pack
        self._filled.set()
        self._emptied.clear()

    def send(self, frame: Frame) -> None:
        """Send a frame."""
        self.put(lambda: frame)

    async def deliver(self) -> None:
        """Write until cancelled; raises `OverflowingGuestError`, TimeoutError or OSError."""
        while True:
            await self._filled.wait()
            while self._waiting:
                if len(self._waiting) > MOST_WAITING:
                    raise OverflowingGuestError(f"{len(self._waiting)} messages wait")
                pack = self._waiting.pop(next(iter(self._waiting)))
                self._writer.write(pack().packed)
                async with asyncio.timeout(DRAIN_SECONDS):
                    await self._writer.drain()
            self._filled.clear()
            self._emptied.set()

    def close(self) -> None:
        """Nothing is delivered any more: forget what waits, and whoever waits for it goes on."""
        self._is_closed = True
        self._waiting.clear()
        self._emptied.set()

    async def emptied(self) -> None:
        """Wait until everything is written."""
        await self._emptied.wait()
