"""The fake server itself: it plays its script on 127.0.0.1, and keeps what it was asked and billed."""

import asyncio
import json
import ssl
import struct
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from socket import SO_LINGER, SOL_SOCKET
from typing import Any, Self

from cardgen_desktop.domain.profile import ServerKind

from .fillings import SENTENCE, filled
from .native import native_reply
from .replies import HANG, RESET, Accident, Pause, Piece, Reply, Token, bytes_of
from .shapes import error, stream

CERTIFICATE = Path(__file__).with_name("certificate.pem")
"""A self-signed certificate for localhost with its key, for tests alone."""

_REASONS = {
    200: "OK",
    307: "Temporary Redirect",
    401: "Unauthorized",
    404: "Not Found",
    429: "Too Many Requests",
}
_CHAT = "/chat/completions"


@dataclass(frozen=True, slots=True)
class Received:
    """A request. Names of headers are in lower case; `at` is of the monotonic clock."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: Any
    at: float = field(default_factory=time.monotonic)

    @property
    def is_chat(self) -> bool:
        """Whether a model was asked."""
        return self.path.endswith(_CHAT)


@dataclass(slots=True)
class Bill:
    """What one chat was billed: tokens sent, and their share of the cost of the whole reply.

    `closed_at` is when the other side was seen to be gone, None when it stayed to the end.
    """

    model: str
    tokens: int = 0
    cost: Decimal = Decimal(0)
    is_whole: bool = False
    closed_at: float | None = None


Script = Reply | Callable[[Received], Reply]


class FakeModelServer:
    """A server of one kind. `script` is played request by request; then `default` answers.

    `routes` holds replies to other paths, by method and path from the root ("GET /v1/models").
    """

    def __init__(
        self,
        kind: ServerKind = "openai",
        *,
        models: tuple[str, ...] = ("model-1",),
        key: str = "",
        context: int = 8192,
        tls: bool = False,
    ) -> None:
        self.kind: ServerKind = kind
        self.models = models
        self.key = key
        self.context = context
        self.script: deque[Script] = deque()
        self.default: Script = self.fitting
        self.routes: dict[str, Script] = {}
        self.requests: list[Received] = []
        self.bills: list[Bill] = []
        self.pace = 0.0
        self.cost = Decimal(0)
        self._tls = tls
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[Any]] = set()

    async def __aenter__(self) -> Self:
        context = None
        if self._tls:
            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            context.load_cert_chain(CERTIFICATE)
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0, ssl=context, limit=2**24)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._server.wait_closed()

    @property
    def port(self) -> int:
        """Where it listens."""
        assert self._server is not None
        return int(self._server.sockets[0].getsockname()[1])

    @property
    def root_url(self) -> str:
        """The address of the server."""
        host = "localhost" if self._tls else "127.0.0.1"
        return f"{'https' if self._tls else 'http'}://{host}:{self.port}"

    @property
    def base_url(self) -> str:
        """The address that a profile holds."""
        return f"{self.root_url}{'/api' if self.kind == 'openrouter' else ''}/v1"

    @property
    def chats(self) -> list[Received]:
        """The requests in which a model was asked."""
        return [request for request in self.requests if request.is_chat]

    @property
    def billed(self) -> Decimal:
        """What all chats cost together."""
        return sum((bill.cost for bill in self.bills), Decimal(0))

    def play(self, *replies: Script) -> None:
        """Answer the next chats with these."""
        self.script.extend(replies)

    def say(self, *texts: str, **options: Any) -> None:
        """Answer the next chats with these texts, streamed."""
        self.play(*(stream(self.kind, text, **options) for text in texts))

    def fitting(self, request: Received) -> Reply:
        """A streamed answer that fits what was asked: JSON when a schema came along, else a sentence."""
        asked = (request.body or {}).get("response_format") or {}
        schema = asked.get("json_schema", {}).get("schema")
        text = json.dumps(filled(schema)) if schema else SENTENCE
        model = (request.body or {}).get("model") or self.models[0]
        name = f"gen-{len(self.bills)}"
        return stream(self.kind, text, model=model, cost=self.cost, name=name).paced(self.pace)

    def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(self._serve(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One request for each connection, so that whatever comes after it means that the other side left."""
        try:
            request = await _received(reader)
            self.requests.append(request)
            await self._answer(request, reader, writer)
        except (OSError, asyncio.IncompleteReadError, ValueError):
            pass
        finally:
            writer.close()

    def _reply_to(self, request: Received) -> Reply:
        if self.key and request.headers.get("authorization") != f"Bearer {self.key}":
            return error(self.kind, 401, "Invalid API Key")
        if request.is_chat:
            script = self.script.popleft() if self.script else self.default
        else:
            known = f"{request.method} {request.path.partition('?')[0]}"
            script = self.routes.get(known) or native_reply(self, known, request.body)
        return script(request) if callable(script) else script

    async def _answer(
        self, request: Received, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        reply = self._reply_to(request)
        bill = Bill(str(request.body.get("model", "")) if isinstance(request.body, dict) else "")
        if request.is_chat:
            self.bills.append(bill)
        sending = asyncio.ensure_future(_send(reply, writer, bill))
        gone = asyncio.ensure_future(reader.read(1))
        try:
            await asyncio.wait({sending, gone}, return_when=asyncio.FIRST_COMPLETED)
            if not sending.done() or sending.exception() is not None:
                bill.closed_at = time.monotonic()
        finally:
            for task in (sending, gone):
                task.cancel()
            await asyncio.gather(sending, gone, return_exceptions=True)


async def _received(reader: asyncio.StreamReader) -> Received:
    head = await reader.readuntil(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").rstrip("\r\n").split("\r\n")
    method, path, _ = first.split(" ", 2)
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    data = await reader.readexactly(int(headers.get("content-length", "0")))
    try:
        body = json.loads(data) if data else None
    except ValueError:
        body = data
    return Received(method, path, headers, body)


async def _send(reply: Reply, writer: asyncio.StreamWriter, bill: Bill) -> None:
    """Send a reply piece by piece, to its end or to the accident it ends in."""
    if reply.raw:
        writer.write(reply.raw)
        await writer.drain()
        return
    writer.write(_head(reply))
    for piece in reply.pieces:
        if isinstance(piece, Accident):
            await writer.drain()
            await _happen(piece, writer)
            return
        await _send_piece(piece, writer)
        if isinstance(piece, Token):
            _add(bill, reply)
            await asyncio.sleep(reply.pace)
    bill.is_whole = True
    bill.cost = reply.cost
    writer.write(b"0\r\n\r\n")
    await writer.drain()


def _add(bill: Bill, reply: Reply) -> None:
    bill.tokens += 1
    bill.cost = reply.cost * bill.tokens / reply.tokens


async def _send_piece(piece: Piece, writer: asyncio.StreamWriter) -> None:
    if isinstance(piece, Pause):
        await writer.drain()
        await asyncio.sleep(piece.seconds)
    elif data := bytes_of(piece):
        writer.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        await writer.drain()


def _head(reply: Reply) -> bytes:
    reason = _REASONS.get(reply.status, "Status")
    lines = [f"HTTP/1.1 {reply.status} {reason}", "Transfer-Encoding: chunked", "Connection: close"]
    lines += [f"{name}: {value}" for name, value in reply.headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


async def _happen(accident: Accident, writer: asyncio.StreamWriter) -> None:
    if accident is HANG:
        await asyncio.Event().wait()
    if accident is RESET:
        # Closing without any time to linger tears the connection down instead of ending it.
        writer.get_extra_info("socket").setsockopt(SOL_SOCKET, SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()
