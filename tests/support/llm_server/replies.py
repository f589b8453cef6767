"""What the fake server sends: a status, headers, and a body in pieces, with pauses and accidents."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import Enum


class Accident(Enum):
    """Something that happens in place of more bytes."""

    CLOSE = "close"  # the connection ends in the middle of the body
    RESET = "reset"  # the connection is torn down
    HANG = "hang"  # nothing comes any more, and the connection stays


CLOSE, RESET, HANG = Accident.CLOSE, Accident.RESET, Accident.HANG


@dataclass(frozen=True, slots=True)
class Pause:
    """Seconds of silence."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Token:
    """Bytes that hold one token of the answer: sent, it is billed."""

    data: bytes


Piece = bytes | Token | Pause | Accident


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer. `cost` is what the whole of it costs in US dollars; a part of it costs its part.

    `raw` is sent as it is, in place of an HTTP answer. `pace` is seconds of silence after every token.
    """

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    pieces: Sequence[Piece] = ()
    cost: Decimal = Decimal(0)
    prompt_tokens: int = 0
    raw: bytes = b""
    pace: float = 0.0

    @property
    def body(self) -> bytes:
        """All bytes of the body."""
        return b"".join(bytes_of(piece) for piece in self.pieces)

    @property
    def tokens(self) -> int:
        """How many tokens the whole answer has."""
        return sum(isinstance(piece, Token) for piece in self.pieces)

    def cut_at(self, offset: int, accident: Accident = CLOSE) -> "Reply":
        """The same, with only so many bytes of its body."""
        kept: list[Piece] = []
        for piece in self.pieces:
            data = bytes_of(piece)
            if len(data) > offset:
                kept.append(data[:offset])
                break
            kept.append(piece)
            offset -= len(data)
        return replace(self, pieces=(*kept, accident))

    def ending(self, *pieces: Piece) -> "Reply":
        """The same, with other pieces after the last one that holds a token."""
        last = max((i for i, piece in enumerate(self.pieces) if isinstance(piece, Token)), default=-1)
        return replace(self, pieces=(*self.pieces[: last + 1], *pieces))

    def after(self, *pieces: Piece) -> "Reply":
        """The same, with more before it."""
        return replace(self, pieces=(*pieces, *self.pieces))

    def paced(self, seconds: float) -> "Reply":
        """The same, with a pause after every token."""
        return replace(self, pace=seconds)


def bytes_of(piece: Piece) -> bytes:
    """What of a piece goes over the wire."""
    if isinstance(piece, Token):
        return piece.data
    return piece if isinstance(piece, bytes) else b""
