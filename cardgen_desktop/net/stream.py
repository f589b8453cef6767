"""An answer while it arrives: its lines or its body, within deadlines and limits."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Self

import httpx

from .events import EventParser, ServerEvent
from .failures import NetError, NetFailure, failure_of

MOST_BYTES = 4 * 1024 * 1024
"""How large an answer may be (ux-and-reliability.md 4.2)."""

MOST_STREAM_BYTES = 16 * MOST_BYTES
"""How much a stream may bring in all: around each word of text stands a dozen times as much JSON."""

REST_SECONDS = 0.04
"""How long the words of a stream come together before its socket is read again: a read costs many times what
the words in it cost. A word waits for two rests at the most, and the screen changes no faster than that."""

END_SECONDS = 10.0
"""How long the end of a stream is waited for when all has been said: only usage comes after the last word."""


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds of patience: to connect, until the first word, between lines, and in all (None: for ever)."""

    connect: float
    first: float
    idle: float
    total: float | None


REMOTE = Timeouts(connect=10, first=120, idle=60, total=15 * 60)
LOCAL = Timeouts(connect=5, first=300, idle=300, total=None)
"""A local model may think for minutes before it says a word (decisions.md, "Timeouts")."""
QUICK = Timeouts(connect=5, first=30, idle=30, total=60)
"""For short questions, such as which models there are."""


class EventStream:
    """An answer that is still arriving: either its events, by iterating, or its whole body.

    `has_begun` is set by the reader at the first word of text: from then on silence is judged as silence,
    before it as waiting for the first word. `is_ending` is set when all has been said, and only the end of
    the stream is waited for. Between two reads of the socket it rests (`REST_SECONDS`) once it has begun.
    """

    def __init__(self, response: httpx.Response, timeouts: Timeouts, deadline: float | None) -> None:
        self.status = response.status_code
        self.headers: Mapping[str, str] = {name.lower(): value for name, value in response.headers.items()}
        self.has_begun = False
        self.is_ending = False
        self._pieces = response.aiter_raw()
        self._timeouts = timeouts
        self._deadline = deadline
        self._parser = EventParser()
        self._events: list[ServerEvent] = []
        self._opening = b""
        self._bytes = 0
        self._life = asyncio.get_running_loop().time()
        self._ended = False
        self._has_waited = True
        _refuse_encoded(self.headers)

    async def opening(self) -> bytes:
        """The first bytes that are not white space, b"" when there are none; they are read again later.

        White space before them is dropped as it comes: endless white space takes no memory.
        """
        while not self._opening and (piece := await self._piece(MOST_BYTES)):
            self._opening = piece.lstrip()
        return self._opening

    async def body(self, limit: int = MOST_BYTES) -> bytes:
        """Everything that comes. Raises `NetError` "too_large" above `limit` bytes."""
        pieces = [self._opening]
        self._opening = b""
        while piece := await self._piece(limit):
            pieces.append(piece)
            self._lives()
        return b"".join(pieces)

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> ServerEvent:
        while not self._events:
            if self._ended:
                raise StopAsyncIteration
            await self._read_events()
        return self._events.pop(0)

    async def _read_events(self) -> None:
        await self._rest()
        piece, self._opening = self._opening or await self._piece(MOST_STREAM_BYTES), b""
        lines = self._parser.lines
        self._events = self._parser.feed(piece) if piece else self._parser.end()
        self._ended = not piece
        # Only whole lines are life: a server that drips single bytes is as good as silent.
        if self._parser.lines > lines:
            self._lives()

    async def _rest(self) -> None:
        """Let words come together when the last piece was waited for; what came with it is there already."""
        if not self._has_waited:
            return
        if self.has_begun and not self.is_ending:
            await asyncio.sleep(REST_SECONDS)
        self._watch()

    def _watch(self) -> None:
        """Know whether the next pieces are waited for: the loop calls nobody as long as they are there."""
        self._has_waited = False
        asyncio.get_running_loop().call_soon(self._waits)

    def _waits(self) -> None:
        self._has_waited = True

    def _lives(self) -> None:
        self._life = asyncio.get_running_loop().time()

    async def _piece(self, limit: int) -> bytes:
        """The next bytes, b"" at the end."""
        patience = self._timeouts.idle if self.has_begun else self._timeouts.first
        patience = min(patience, END_SECONDS) if self.is_ending else patience
        kind: NetFailure = "idle" if self.has_begun else "ttft"
        async with deadline(self._life + patience, self._deadline, kind, patience, self._timeouts.total):
            piece = await self._next()
        self._bytes += len(piece)
        if self._bytes > limit:
            raise NetError("too_large", f"more than {limit} bytes")
        return piece

    async def _next(self) -> bytes:
        try:
            return await anext(self._pieces, b"")
        except (httpx.HTTPError, httpx.StreamError) as error:
            raise failure_of(error, is_online=True) from None


@asynccontextmanager
async def deadline(
    soon: float, last: float | None, kind: NetFailure, patience: float, total: float | None
) -> AsyncIterator[None]:
    """Bound the block by two moments of the loop's clock; the earlier one names the failure."""
    is_last = last is not None and last <= soon
    try:
        async with asyncio.timeout_at(last if is_last else soon):
            yield
    except TimeoutError:
        waited = total if is_last and total is not None else patience
        raise NetError("total" if is_last else kind, f"{waited:g} s", silence=waited) from None


def _refuse_encoded(headers: Mapping[str, str]) -> None:
    if headers.get("content-encoding", "identity").strip().lower() not in ("", "identity"):
        raise NetError("encoding", "compressed, although it was asked for as it is")
