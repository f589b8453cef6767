"""Until when a server asked to be left alone: true for every job and profile that would ask it, and after a
restart too (ux-and-reliability.md 4.3, test 19)."""

from ..llm.facts import ServerFacts
from .clock import Clock

FACT = "not_before"
MOST_SECONDS = 31 * 24 * 3600.0


class ServerPauses:
    """The pauses of all servers, by their addresses. Clocks that are set neither lengthen nor shorten one."""

    def __init__(self, facts: ServerFacts, clock: Clock) -> None:
        self._facts = facts
        self._clock = clock
        self._until: dict[str, float] = {}

    async def left(self, server: str) -> float:
        """Seconds until the server may be asked; 0 or less when it may be asked now."""
        if server not in self._until:
            self._until[server] = self._clock.steady() + await self._stored(server)
        return self._until[server] - self._clock.steady()

    async def asked(self, server: str, seconds: float) -> None:
        """The server has asked for so many seconds from now."""
        if seconds <= await self.left(server):
            return
        self._until[server] = self._clock.steady() + seconds
        await self._facts.put(server, "", FACT, f"{self._clock.wall() + seconds:.3f} {seconds:.3f}")

    async def _stored(self, server: str) -> float:
        """What an earlier process has noted; never more than was asked for."""
        try:
            until, seconds = map(float, (await self._facts.get(server, "", FACT) or "0 0").split())
        except ValueError:
            return 0.0
        return min(max(0.0, until - self._clock.wall()), max(0.0, seconds), MOST_SECONDS)
