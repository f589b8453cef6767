"""What every part of the commands in memory stands on: events, and a record of what was asked."""

import asyncio
from collections.abc import Callable
from typing import Any

from cardgen_desktop.domain.errors import CardgenError
from cardgen_desktop.domain.events import Event


class FakeEvents:
    """Announces what a test tells it to."""

    def __init__(self) -> None:
        self._callbacks: list[Callable[[Event], None]] = []

    @property
    def listeners(self) -> int:
        """How many callbacks are subscribed now."""
        return len(self._callbacks)

    def subscribe(self, callback: Callable[[Event], None]) -> Callable[[], None]:
        """Hear every event from now on; call the result to stop."""
        self._callbacks.append(callback)

        def stop() -> None:
            if callback in self._callbacks:
                self._callbacks.remove(callback)

        return stop

    def announce(self, event: Event) -> None:
        """Tell every subscriber, in order."""
        for callback in tuple(self._callbacks):
            callback(event)


class FakeDesk:
    """The base of `FakeCommands`: what it was asked, where it stops, what it refuses.

    `calls` lists (command, arguments). `refusals[command]` is raised by the next call of that command.
    A command with an entry in `gates` waits for that event before it answers.
    """

    def __init__(self, events: FakeEvents) -> None:
        self.events = events
        self.calls: list[tuple[str, tuple[Any, ...]]] = []
        self.refusals: dict[str, CardgenError] = {}
        self.gates: dict[str, asyncio.Event] = {}

    async def _asked(self, command: str, *arguments: Any) -> None:
        self.calls.append((command, arguments))
        await asyncio.sleep(0)
        if gate := self.gates.get(command):
            await gate.wait()
        if refusal := self.refusals.pop(command, None):
            raise refusal

    def asked(self, command: str) -> list[tuple[Any, ...]]:
        """The arguments of every call of one command."""
        return [arguments for name, arguments in self.calls if name == command]
