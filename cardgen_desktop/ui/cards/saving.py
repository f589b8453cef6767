"""Saving by itself: when a card is written, what is said about it, and how a failure keeps the text. No Qt.

An edit is written `DELAY` seconds after the last keystroke, and at the latest `MAX_DELAY` seconds after
the first one. One save runs at a time; edits made meanwhile follow it. A save names the version it was made
from, so that a change made elsewhere is noticed and never overwritten unasked.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from ...domain.card import CardData
from ...domain.card_library import CardRecord, CardSummary
from ...domain.errors import CardgenError, UsageError

DELAY = 0.6
MAX_DELAY = 4.0
RETRY_DELAY = 15.0


class SaveState(StrEnum):
    """What is true of the text on screen."""

    SAVED = "saved"
    SAVING = "saving"  # edited; being written, or about to be
    FAILED = "failed"  # not written; tried again by itself
    CONFLICT = "conflict"  # the stored card changed elsewhere; waits for the person
    GONE = "gone"  # the card was removed elsewhere; waits for the person


@dataclass(frozen=True, slots=True)
class SaveStatus:
    """A state with what the person should know: since when text is unsaved (Unix seconds), and why."""

    state: SaveState = SaveState.SAVED
    since: float | None = None
    reason: str = ""
    theirs: CardRecord | None = None

    @property
    def words(self) -> str:
        """The state as the header says it."""
        if self.state is SaveState.SAVED:
            return "Saved"
        if self.state is SaveState.SAVING:
            return "Saving…"
        clock = datetime.fromtimestamp(self.since or 0).astimezone().strftime("%H:%M")
        return f"Not saved since {clock}"

    @property
    def needs_person(self) -> bool:
        """Whether nothing more happens until somebody decides."""
        return self.state in (SaveState.CONFLICT, SaveState.GONE)


@dataclass(frozen=True, slots=True)
class CardStore:
    """The commands that saving one card needs, with the card's number already filled in."""

    save: Callable[[CardData, int], Awaitable[CardSummary]]
    load: Callable[[], Awaitable[CardRecord]]
    restore: Callable[[], Awaitable[CardSummary]]


class Autosave:
    """Writes the edits of one card.

    `read` gives the text of the moment, `spawn` runs a coroutine for the owner, `on_status` hears every
    change of the status. `version` is the stored version the text was made from.
    """

    def __init__(
        self,
        store: CardStore,
        *,
        version: int,
        read: Callable[[], CardData],
        spawn: Callable[[Coroutine[Any, Any, Any]], object],
        on_status: Callable[[SaveStatus], None],
    ) -> None:
        self.version = version
        self.status = SaveStatus()
        self._store, self._read, self._spawn, self._on_status = store, read, spawn, on_status
        self._edits = self._written = 0
        self._turn = asyncio.Lock()
        self._timer: asyncio.TimerHandle | None = None
        self._latest = 0.0

    @property
    def dirty(self) -> bool:
        """Whether something typed is not stored yet."""
        return self._edits != self._written

    @property
    def busy(self) -> bool:
        """Whether the store is being written for this card, so that its events are our own echo."""
        return self._turn.locked()

    def touch(self) -> None:
        """Note an edit; it will be written by itself."""
        now = time.monotonic()
        if not self.dirty:
            self._latest = now + MAX_DELAY
        self._edits += 1
        if self.status.needs_person:
            return
        if self.status.state is SaveState.SAVED:
            self._tell(SaveStatus(SaveState.SAVING, since=time.time()))
        self._schedule(max(0.0, min(DELAY, self._latest - now)))

    async def flush(self) -> bool:
        """Write what is unsaved now; true when everything is stored."""
        self._stop_timer()
        async with self._turn:
            while self.dirty and not self.status.needs_person:
                if not await self._write():
                    break
        return not self.dirty

    async def alone(self, change: Callable[[], Awaitable[CardSummary]]) -> CardSummary:
        """Change the stored card in another way, between two saves; edits are written before."""
        await self.flush()
        async with self._turn:
            summary = await change()
            self.version = summary.version
            return summary

    async def keep_mine(self) -> bool:
        """End a conflict by writing this text over the other version."""
        if self.status.theirs is not None:
            self.version = self.status.theirs.summary.version
        return await self._go_on()

    async def put_back(self) -> bool:
        """Bring a removed card back from the trash, with this text."""
        self.version = (await self._store.restore()).version
        return await self._go_on()

    def take(self, record: CardRecord) -> None:
        """Continue from a stored version that the caller now shows; nothing is unsaved any more."""
        self._stop_timer()
        self.version = record.summary.version
        self._written = self._edits
        self._tell(SaveStatus())

    def close(self) -> None:
        """Stop the clock; call after the last `flush`."""
        self._stop_timer()

    async def _go_on(self) -> bool:
        self._tell(replace(self.status, state=SaveState.SAVING, theirs=None, reason=""))
        return await self.flush()

    async def _write(self) -> bool:
        edits, data = self._edits, self._read()
        try:
            summary = await self._store.save(data, self.version)
        except CardgenError as error:
            self._tell(await self._why(error))
            if not self.status.needs_person:
                self._schedule(RETRY_DELAY)
            return False
        self.version, self._written = summary.version, edits
        self._latest = time.monotonic() + MAX_DELAY
        self._tell(SaveStatus(SaveState.SAVING, since=time.time()) if self.dirty else SaveStatus())
        return True

    async def _why(self, error: CardgenError) -> SaveStatus:
        """Tell a change made elsewhere, or a removal, from a store that cannot write."""
        failed = replace(self.status, state=SaveState.FAILED, reason=error.message, theirs=None)
        if not isinstance(error, UsageError):
            return failed
        try:
            stored = await self._store.load()
        except UsageError:
            return replace(failed, state=SaveState.GONE)
        except CardgenError:
            return failed
        if stored.summary.version == self.version:
            return failed
        return replace(failed, state=SaveState.CONFLICT, theirs=stored)

    def _tell(self, status: SaveStatus) -> None:
        if status != self.status:
            self.status = status
            self._on_status(status)

    def _schedule(self, delay: float) -> None:
        self._stop_timer()
        self._timer = asyncio.get_running_loop().call_later(delay, self._on_due)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _on_due(self) -> None:
        self._timer = None
        self._spawn(self.flush())
