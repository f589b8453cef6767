"""The wire between the program and its child processes: length-prefixed JSON frames over pipes.

A frame is four bytes of length (big endian, of the body), one byte of kind, and a JSON body. Both sides read
with a limit, and the parent validates every body: a child may have been taken over by the file it parses.
"""

import base64
import json
import re
from typing import IO, Any, Literal

import pydantic_core
from pydantic import BaseModel, Field

from ..domain.draft import StepOutput
from ..domain.value import Value

FRAME_LIMIT = 256 * 1024 * 1024
"""Bytes in one body: a text at its limit (20 M characters), escaped, with room for its headings."""

REQUEST, PROCEED = b"Q", b"A"
PROGRESS, FOUND, STEP, RESULT, FAILURE = b"P", b"C", b"S", b"R", b"E"
FROM_CHILD = frozenset({PROGRESS, FOUND, STEP, RESULT, FAILURE})
FROM_PARENT = frozenset({REQUEST, PROCEED})
_HEADER_BYTES = 5
_SURROGATE = re.compile("[\ud800-\udfff]")


class BrokenFrameError(Exception):
    """The other side sent something that is no frame."""


class Progress(Value):
    """How far a request has come: `fraction` runs from 0 to 1, `phase` is for the person."""

    fraction: float = Field(ge=0, le=1, allow_inf_nan=False)
    phase: str = Field(default="", max_length=200)


class CharacterFound(Value):
    """The name under which the sources know the character that was asked for."""

    name: str = Field(max_length=1000)


class StepDone(Value):
    """A finished step of a draft; the child goes on when the parent has stored it. `seconds` is wall time."""

    key: str = Field(max_length=200)
    seconds: float = Field(ge=0, allow_inf_nan=False)
    output: StepOutput


class Failure(Value):
    """An expected failure as data; `code` is a key of `ERRORS_BY_CODE`, or "fault" for a mistake of ours."""

    code: str = Field(max_length=50)
    message: str = Field(max_length=10_000)
    details: str = Field(default="", max_length=200_000)
    spent: bool = False  # the child is not fit for another request and ends itself


class Request(Value):
    """A task for a child and its arguments as plain JSON values."""

    task: str
    arguments: dict[str, Any]


Direction = Literal["child", "parent"]


def write_frame(stream: IO[bytes], kind: bytes, body: bytes = b"") -> None:
    """Write one frame and flush it; raises OSError when the other side is gone, ValueError when too long."""
    if len(body) > FRAME_LIMIT:
        raise ValueError(f"a frame of {len(body)} bytes is over the limit")
    stream.write(len(body).to_bytes(4, "big") + kind)
    stream.write(body)
    stream.flush()


def read_frame(stream: IO[bytes], *, sender: Direction) -> tuple[bytes, bytes]:
    """Read one frame as (kind, body); raises EOFError at a clean end, else `BrokenFrameError`."""
    header = stream.read(_HEADER_BYTES)
    if not header:
        raise EOFError
    length, kind = int.from_bytes(header[:4], "big"), header[4:]
    if kind not in (FROM_CHILD if sender == "child" else FROM_PARENT):
        raise BrokenFrameError(f"unknown frame {header!r}")
    if length > FRAME_LIMIT:
        raise BrokenFrameError(f"a frame of {length} bytes is over the limit")
    body = stream.read(length)
    if len(body) != length:
        raise BrokenFrameError(f"a frame ended after {len(body)} of {length} bytes")
    return kind, body


def to_body(value: Any) -> bytes:
    """A body from values and plain data; bytes travel as base64, and half surrogates become U+FFFD.

    JSON in UTF-8 cannot hold half a surrogate pair; one character for one keeps every offset.
    """
    try:
        return pydantic_core.to_json(value, bytes_mode="base64")
    except pydantic_core.PydanticSerializationError:
        text = json.dumps(value, default=_plain, ensure_ascii=False)
        return unicode(text).encode()


def unicode(text: str) -> str:
    """The text with U+FFFD for each half of a surrogate pair."""
    return _SURROGATE.sub("\ufffd", text)


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump()
    if isinstance(value, bytes):
        return base64.urlsafe_b64encode(value).decode()
    raise TypeError(f"{type(value).__name__} cannot travel in a frame")
