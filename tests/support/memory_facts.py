"""What was learnt about servers, in memory."""


class MemoryFacts:
    """Facts for as long as the object lives."""

    def __init__(self) -> None:
        self._facts: dict[tuple[str, str, str], str] = {}

    async def get(self, server: str, model: str, fact: str) -> str | None:
        """A fact, or None when nothing is known."""
        return self._facts.get((server, model, fact))

    async def put(self, server: str, model: str, fact: str, value: str) -> None:
        """Remember a fact in place of what was known before."""
        self._facts[server, model, fact] = value
