"""The wire between an owner and its guests: frames over a local stream, bounded and versioned.

A frame is four bytes of length (big endian, of the body), one byte of kind, four bytes that number the call
it belongs to (0: none), and the body: JSON, for calls and events behind a line with their name. Both sides
prove that they have read the lock file, by an HMAC of what the other made up.
"""

import asyncio
import hashlib
import hmac
import secrets
import struct
from enum import IntEnum
from typing import Any, NamedTuple

from pydantic import Field, TypeAdapter, ValidationError
from pydantic_core import PydanticSerializationError

from ...domain.value import Value
from ..frames import FRAME_LIMIT, BrokenFrameError, to_body

PROTOCOL = 1
GREETING_LIMIT = 4096
"""Bytes of a frame before both sides know each other."""

REFUSAL_LIMIT = 1024 * 1024
"""Bytes of an owner's first frames: a refusal carries its details."""

GREETING_SECONDS = 2.0
"""How long an owner may take to answer a guest before it counts as frozen."""

PING_SECONDS, MOST_PINGS = 1.0, 10
"""Seconds between a guest's signs of life, and how many may go unanswered."""

SILENCE_SECONDS = 60.0
"""A guest that says nothing for so long is dropped; it comes back by itself when it lives."""

_HEADER = struct.Struct(">IBI")
_NAME_LIMIT = 100


class Kind(IntEnum):
    """What a frame is."""

    CHALLENGE = 1  # owner: who are you?
    HELLO = 2
    WELCOME = 3
    CALL = 4
    CANCEL = 5
    LISTEN = 6  # guest: tell me every event
    PING = 7
    PONG = 8
    RESULT = 9
    FAILURE = 10
    PROGRESS = 11
    ADDED = 12
    EVENT = 13
    CLOSING = 14  # owner: I am leaving
    CHECKED = 15


class Frame(NamedTuple):
    """One message; `number` is the call that it belongs to."""

    kind: Kind
    number: int = 0
    body: bytes = b""

    @property
    def packed(self) -> bytes:
        """The bytes that travel; ValueError when there are too many."""
        if len(self.body) > FRAME_LIMIT:
            raise ValueError(f"a frame of {len(self.body)} bytes is over the limit")
        return _HEADER.pack(len(self.body), self.kind, self.number) + self.body


class Challenge(Value):
    """The owner's first word."""

    protocol: int
    nonce: str = Field(max_length=64)


class Hello(Value):
    """Who the guest is."""

    protocol: int
    pid: int
    program: str = Field(max_length=100)
    nonce: str = Field(max_length=64)
    proof: str = Field(max_length=64)


class Welcome(Value):
    """Who the owner is. A window does not give way, a command does."""

    pid: int
    program: str = Field(max_length=100)
    is_window: bool
    proof: str = Field(max_length=64)


class Failure(Value):
    """An expected failure as data; `code` is a key of `ERRORS_BY_CODE`."""

    code: str = Field(max_length=50)
    message: str = Field(max_length=10_000)
    details: str = Field(default="", max_length=200_000)
    kind: str = Field(default="", max_length=50)


class Step(Value):
    """How far a call has come; `fraction` runs from 0 to 1."""

    fraction: float = Field(allow_inf_nan=False)
    phase: str = Field(max_length=10_000)


class Closing(Value):
    """The owner leaves; guests leave the folder alone for `pause` seconds, for whom it makes way."""

    pause: float = Field(ge=0, le=60)


def new_nonce() -> str:
    """Something that nobody can have seen before."""
    return secrets.token_hex(16)


def proof(token: str, speaker: str, nonce: str) -> str:
    """What only a reader of the lock file can answer; `speaker` is "guest" or "owner"."""
    return hmac.new(token.encode(), f"{speaker} {nonce}".encode(), hashlib.sha256).hexdigest()


def is_proof(given: str, token: str, speaker: str, nonce: str) -> bool:
    """Whether an answer is right; without a token nobody is known."""
    return bool(token) and hmac.compare_digest(given.encode(), proof(token, speaker, nonce).encode())


async def read_frame(reader: asyncio.StreamReader, limit: int = FRAME_LIMIT) -> Frame:
    """Read one frame; raises EOFError when the other side is gone, else `BrokenFrameError` or OSError."""
    length, kind, number = _HEADER.unpack(await reader.readexactly(_HEADER.size))
    if kind not in Kind.__members__.values():
        raise BrokenFrameError(f"unknown frame {kind}")
    if length > limit:
        raise BrokenFrameError(f"a frame of {length} bytes is over the limit")
    return Frame(Kind(kind), number, await reader.readexactly(length))


def named(name: str, body: bytes) -> bytes:
    """The body of a call or an event."""
    return name.encode() + b"\n" + body


def split_name(body: bytes) -> tuple[str, bytes]:
    """The name and the JSON of a call or an event; raises `BrokenFrameError`."""
    name, newline, rest = body.partition(b"\n")
    if not newline or len(name) > _NAME_LIMIT or not name.isascii():
        raise BrokenFrameError("a call without a name")
    return name.decode(), rest


def encoded(adapter: TypeAdapter[Any], value: Any) -> bytes:
    """A value as JSON; half surrogates, as in names of files that are no Unicode, become U+FFFD."""
    try:
        return adapter.dump_json(value)
    except PydanticSerializationError:
        return to_body(adapter.dump_python(value))


def decoded(adapter: TypeAdapter[Any], body: bytes) -> Any:
    """A value from JSON; raises `BrokenFrameError` when it does not fit."""
    try:
        return adapter.validate_json(body)
    except ValidationError as error:
        raise BrokenFrameError(f"a message does not fit: {error}") from error
