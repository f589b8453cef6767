"""The two ways to take part in a data folder: as its owner, or as the guest of its owner."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from . import methods
from .link import LinkLostError, OwnerLink

if TYPE_CHECKING:
    from ...domain.job import JobSnapshot
    from ..workspace import Workspace


class Seat(Protocol):
    """What a shared workspace works through, until it has ended."""

    is_owner: bool
    recovered: "tuple[JobSnapshot, ...]"
    read_only: str
    left: asyncio.Event
    """No call reaches this seat any more."""

    async def call(self, name: str, given: Sequence[Any], named: Mapping[str, Any]) -> Any:
        """Call a command or a word of the desk; raises `LinkLostError` when the seat ends first."""
        ...

    def listen(self) -> None:
        """Events are wanted from now on."""
        ...

    async def ended(self) -> float:
        """Wait until this seat has to be left; how many seconds the folder is to be left alone then.

        Raises `CardgenError` when there can be no other.
        """
        ...

    async def settled(self) -> None:
        """Wait until nothing is under way at this seat."""
        ...


class GuestSeat:
    """Asks the owner."""

    is_owner = False
    recovered: "tuple[JobSnapshot, ...]" = ()
    read_only = ""

    def __init__(self, link: OwnerLink) -> None:
        self._link = link
        self.left = asyncio.Event()

    async def call(self, name: str, given: Sequence[Any], named: Mapping[str, Any]) -> Any:
        """Send the call to the owner and wait for its answer."""
        return await self._link.call(name, *given, **named)

    def listen(self) -> None:
        """Ask the owner for its events."""
        self._link.listen()

    async def ended(self) -> float:
        """Wait until the owner has gone; raises `NotAnsweringError` when it is there and says nothing."""
        lost = await asyncio.shield(self._link.lost)
        if not isinstance(lost, LinkLostError):
            raise lost
        return lost.closing.pause if lost.closing else 0.0

    async def settled(self) -> None:
        """Nothing is done here."""


class OwnerSeat:
    """Works itself, until a window asks for the folder."""

    is_owner = True

    def __init__(self, workspace: "Workspace", asked: asyncio.Event) -> None:
        self._workspace = workspace
        self._asked = asked
        self.left = asyncio.Event()
        self._busy = 0
        self._idle = asyncio.Event()
        self._idle.set()
        self.recovered = workspace.recovered
        self.read_only = workspace.read_only

    async def call(self, name: str, given: Sequence[Any], named: Mapping[str, Any]) -> Any:
        """Call it here; waiting for a job ends early when the folder is given away."""
        if name == "wait":
            return await self._wait(*given, **named)
        source = self._workspace.desk if name in methods.DESK else self._workspace.commands
        self._busy += 1
        self._idle.clear()
        try:
            return await getattr(source, name)(*given, **named)
        finally:
            self._busy -= 1
            if not self._busy:
                self._idle.set()

    async def _wait(self, job_id: int) -> "JobSnapshot":
        waiting = asyncio.ensure_future(self._workspace.desk.wait(job_id))
        asked = asyncio.ensure_future(self._asked.wait())
        try:
            await asyncio.wait({waiting, asked}, return_when=asyncio.FIRST_COMPLETED)
            if not waiting.done():
                raise LinkLostError("the folder is given away")
            return waiting.result()
        finally:
            for task in (waiting, asked):
                task.cancel()
            await asyncio.gather(waiting, asked, return_exceptions=True)

    def listen(self) -> None:
        """Events are told anyway."""

    async def ended(self) -> float:
        """Wait until a window wants the folder."""
        await self._asked.wait()
        return GIVEN_AWAY_SECONDS

    async def settled(self) -> None:
        """Wait until what is being done here is done."""
        await self._idle.wait()


GIVEN_AWAY_SECONDS = 2.0
"""How long everybody but the window leaves the folder alone that was given to it."""
