"""Server-sent events as language-model servers write them, out of bytes that arrive in any pieces.

Follows the event-stream format of the HTML standard, with what servers add to it: "data:" with or without a
space, comments as signs of life, any of the three line endings.
"""

from typing import NamedTuple

from .failures import NetError

MOST_LINE_BYTES = 64 * 1024
"""How long one line of a stream may be (ux-and-reliability.md 4.2)."""

_BOM = b"\xef\xbb\xbf"


class ServerEvent(NamedTuple):
    """One event. `event` is its name, "message" when it has none; several data lines are joined by "\\n"."""

    event: str
    data: str


class EventParser:
    """Bytes in, events out. `lines` counts the whole lines so far, comments too: each is a sign of life."""

    def __init__(self, most_line_bytes: int = MOST_LINE_BYTES) -> None:
        self.lines = 0
        self._most = most_line_bytes
        self._rest = b""
        self._after_return = False
        self._name = ""
        self._data: list[str] = []

    def feed(self, piece: bytes) -> list[ServerEvent]:
        """The events that this piece completes.

        Raises `NetError`: "too_large" for an endless line, "encoding" for one that is not UTF-8.
        """
        if not piece:
            return []
        if self._after_return and piece[:1] == b"\n":
            piece = piece[1:]
        self._after_return = piece[-1:] == b"\r"
        lines = (self._rest + piece).splitlines(keepends=True)
        self._rest = b"" if not lines or lines[-1][-1:] in (b"\n", b"\r") else lines.pop()
        self._bound(self._rest)
        return [event for line in lines if (event := self._line(line)) is not None]

    def end(self) -> list[ServerEvent]:
        """What is left when the stream ends: some servers do not end their last line."""
        rest, self._rest = self._rest, b""
        events = [self._line(rest), self._dispatch()] if rest else [self._dispatch()]
        return [event for event in events if event is not None]

    def _bound(self, line: bytes) -> None:
        if len(line) > self._most:
            raise NetError("too_large", f"a line of more than {self._most} bytes")

    def _line(self, raw: bytes) -> ServerEvent | None:
        self._bound(raw)
        if not self.lines:
            raw = raw.removeprefix(_BOM)
        self.lines += 1
        line = raw.rstrip(b"\r\n")
        if not line:
            return self._dispatch()
        if line[:1] != b":":
            self._field(line)
        return None

    def _field(self, line: bytes) -> None:
        name, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        try:
            if name == b"data":
                self._data.append(value.decode())
            elif name == b"event":
                self._name = value.decode()
        except UnicodeDecodeError as error:
            raise NetError("encoding", f"byte {error.start} of a line") from None

    def _dispatch(self) -> ServerEvent | None:
        data, name = self._data, self._name
        self._data, self._name = [], ""
        return ServerEvent(name or "message", "\n".join(data)) if data else None
