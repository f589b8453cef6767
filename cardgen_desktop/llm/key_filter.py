"""Keeps a key out of what a server says: one that repeats it must not get it into a card, a file or a log."""

from .error_text import HIDDEN

SHORTEST = 8
"""A shorter key is a word that texts may hold."""


class KeyFilter:
    """Text in pieces, the key in it replaced also where it comes in several pieces."""

    def __init__(self, key: str) -> None:
        self._key = key if len(key) >= SHORTEST else ""
        self._waiting = ""

    def feed(self, text: str) -> str:
        """What can be said of the text so far: an end that may be the beginning of the key waits."""
        if not self._key:
            return text
        text = (self._waiting + text).replace(self._key, HIDDEN)
        most = min(len(text), len(self._key) - 1)
        held = next((size for size in range(most, 0, -1) if text.endswith(self._key[:size])), 0)
        self._waiting = text[len(text) - held :]
        return text[: len(text) - held]

    def end(self) -> str:
        """What still waited when nothing more comes; most of a key stays hidden."""
        waiting, self._waiting = self._waiting, ""
        return waiting if len(waiting) < SHORTEST else HIDDEN

    def without(self, text: str) -> str:
        """A whole text without the key."""
        return text.replace(self._key, HIDDEN) if self._key else text
