"""The owner's side: listens beside the data folder for as long as it has the lock."""

import asyncio
import logging
import secrets
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from ..child import in_thread
from ..lock import FolderLock, Holder
from . import place, wire
from .guest_session import GuestSession, Services

_log = logging.getLogger(__name__)

MOST_GUESTS = 64
ROUNDS_TO_TAKE_IN = 4
"""Rounds of the loop from a connection that the system has accepted to the call of `accept`."""

SETTLE_SECONDS = 1.0
"""How long answers that are under way may take when the owner leaves."""


class GuestServer:
    """Accepts guests from the first moment on; what they call waits until the workspace is open."""

    def __init__(self, program: str, *, is_window: bool) -> None:
        self.program = program
        self.is_window = is_window
        self.token = secrets.token_hex(32)
        self.closing: wire.Closing | None = None
        self._services: asyncio.Future[Services] = asyncio.get_running_loop().create_future()
        self._sessions: dict[asyncio.Task[None], GuestSession] = {}
        self.pause = 0.0
        self._is_closed = False

    async def services(self) -> Services:
        """The open workspace, as soon as it is open."""
        return await asyncio.shield(self._services)

    def ready(self, services: Services) -> None:
        """The workspace is open: answer."""
        self._services.set_result(services)

    @property
    def guests(self) -> int:
        """How many are connected."""
        return len(self._sessions)

    def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve a connection, when it is of the same user and there is room."""
        if self._is_closed or len(self._sessions) >= MOST_GUESTS or not _is_ours(writer):
            writer.transport.abort()
            return
        session = GuestSession(self, reader, writer)
        task = asyncio.create_task(session.serve(), name="guest")
        self._sessions[task] = session
        task.add_done_callback(self._forget)

    def _forget(self, task: "asyncio.Task[None]") -> None:
        self._sessions.pop(task).abort()

    async def say_goodbye(self) -> None:
        """Tell every guest that this owner leaves, after what it is just answering."""
        self.closing = wire.Closing(pause=self.pause)
        sessions = list(self._sessions.values())
        for session in sessions:
            session.close(self.closing)
        with suppress(TimeoutError):
            async with asyncio.timeout(SETTLE_SECONDS):
                await asyncio.gather(*(session.settle() for session in sessions))
        await self._drop_all()

    async def aclose(self) -> None:
        """End every connection."""
        self._is_closed = True
        await self._drop_all()
        self._services.cancel()

    async def _drop_all(self) -> None:
        tasks = list(self._sessions)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _is_ours(writer: asyncio.StreamWriter) -> bool:
    peer: socket.socket | None = writer.get_extra_info("socket")
    try:
        return peer is not None and (peer.family == socket.AF_INET or place.is_same_user(peer))
    except OSError:
        return False


@asynccontextmanager
async def listening(
    lock: FolderLock,
    program: str,
    *,
    is_window: bool,
    before: Holder | None = None,
    over_port: bool = place.OVER_PORT,
) -> AsyncIterator[GuestServer]:
    """Let guests in while the lock is held. Where nothing can listen, the owner works without guests.

    `before` is the last owner: what it left behind is swept.
    """
    server = GuestServer(program, is_window=is_window)
    try:
        listener, address = await in_thread(_listen_anew, before, over_port=over_port)
        accepting = await _start(server, listener)
    except OSError as error:
        _log.warning("no other program can be let in: %s", error)
        yield server
        return
    lock.sign(address, server.token)
    try:
        yield server
    finally:
        await _stop_accepting(accepting)
        await server.aclose()
        lock.sign()
        await in_thread(place.remove, address)


async def _start(server: GuestServer, listener: socket.socket) -> asyncio.Server:
    if sys.platform == "win32" or listener.family == socket.AF_INET:
        return await asyncio.start_server(server.accept, sock=listener)
    return await asyncio.start_unix_server(server.accept, sock=listener)


async def _stop_accepting(accepting: asyncio.Server) -> None:
    """Close the listener once the loop has taken in what it had accepted.

    asyncio forgets to close a connection that becomes a transport after its server was closed.
    """
    loop = asyncio.get_running_loop()
    with suppress(NotImplementedError):  # a proactor has no readers
        for listener in accepting.sockets:
            loop.remove_reader(listener.fileno())
    for _ in range(ROUNDS_TO_TAKE_IN):
        await asyncio.sleep(0)
    accepting.close()


def _listen_anew(before: Holder | None, *, over_port: bool) -> tuple[socket.socket, str]:
    if before is not None and before.address.endswith(place.SUFFIX):
        place.remove(before.address)  # its owner is dead: the lock is ours
    listener, address = place.listening_socket(over_port=over_port)
    if address.endswith(place.SUFFIX):
        place.sweep(Path(address).parent)
    return listener, address
