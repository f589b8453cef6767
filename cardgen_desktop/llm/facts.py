"""What was learnt about a server and a model, so that it is not learnt again by failing requests."""

from typing import Protocol


class ServerFacts(Protocol):
    """Remembered facts. `server` is an address or a file, `model` "" for what is true of all its models."""

    async def get(self, server: str, model: str, fact: str) -> str | None:
        """A fact, or None when nothing is known."""

    async def put(self, server: str, model: str, fact: str, value: str) -> None:
        """Remember a fact in place of what was known before."""
