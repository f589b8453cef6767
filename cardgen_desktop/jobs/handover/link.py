"""The guest's side: one connection to the owner, its calls, and the events it sends."""

import asyncio
import logging
import os
import socket
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ...domain.card_library import AddedFile
from ...domain.errors import StorageError, UsageError, error_from
from ...domain.events import Event
from ...domain.profile import ConnectionCheck
from ..frames import BrokenFrameError
from ..lock import Holder
from . import methods, place, wire
from .wire import Frame, Kind

_log = logging.getLogger(__name__)


class LinkLostError(Exception):
    """The owner has gone, or nobody listens where the lock file says. `closing` is its last word, if any."""

    def __init__(self, reason: str, closing: wire.Closing | None = None) -> None:
        super().__init__(reason)
        self.closing = closing


class NotAnsweringError(StorageError):
    """The owner has the folder and does not answer: it may be stopped, or of a version that cannot."""

    def __init__(self, folder: Path, holder: Holder | None) -> None:
        self.holder = holder
        who = holder.named if holder else "Another program"
        super().__init__(
            f'{who} is using the data folder "{folder}" and does not answer. Nothing was changed. '
            "Close it or end its process, then try again."
        )


@dataclass(slots=True)
class _Call:
    answer: "asyncio.Future[Frame]"
    callbacks: dict[str, Callable[..., object]] = field(default_factory=dict)


class OwnerLink:
    """A connection after its handshake. `on_event` hears the events once `listen` was called."""

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        on_event: Callable[[Event], None],
        silence: NotAnsweringError,
    ) -> None:
        self._silence = silence
        self._reader = reader
        self._writer = writer
        self._on_event = on_event
        self._calls: dict[int, _Call] = {}
        self._last = 0
        self._unanswered = 0
        self.welcome: wire.Welcome
        self.lost: asyncio.Future[Exception] = asyncio.get_running_loop().create_future()

    async def greet(self, holder: Holder, program: str) -> None:
        """Shake hands. Raises `LinkLostError`, or `StorageError` with the owner's reason."""
        challenge = await self._expect(wire.Challenge, Kind.CHALLENGE)
        nonce = wire.new_nonce()
        answer = wire.proof(holder.token, "guest", challenge.nonce)
        hello = wire.Hello(
            protocol=wire.PROTOCOL, pid=os.getpid(), program=program[:100], nonce=nonce, proof=answer
        )
        await self._send(Frame(Kind.HELLO, 0, hello.model_dump_json().encode()))
        self.welcome = await self._expect(wire.Welcome, Kind.WELCOME)
        if not wire.is_proof(self.welcome.proof, holder.token, "owner", nonce):
            raise LinkLostError("somebody else listens there")

    async def _expect(self, kind: Any, expected: Kind) -> Any:
        frame = await wire.read_frame(self._reader, wire.REFUSAL_LIMIT)
        if frame.kind is Kind.CLOSING:
            raise LinkLostError("the owner leaves", _read(wire.Closing, frame))
        if frame.kind is Kind.FAILURE:
            raise _error(frame)
        if frame.kind is not expected:
            raise BrokenFrameError(f"{expected.name} was expected, not {frame.kind.name}")
        return _read(kind, frame)

    async def _send(self, frame: Frame) -> None:
        try:
            self._writer.write(frame.packed)
            await self._writer.drain()
        except OSError as error:
            raise LinkLostError(str(error)) from error

    def listen(self) -> None:
        """Ask for every event from now on."""
        if not self.lost.done():
            self._writer.write(Frame(Kind.LISTEN).packed)

    async def call(self, name: str, *given: Any, **named: Any) -> Any:
        """Call a method of the owner; raises `CardgenError` as the owner did, or `LinkLostError`."""
        method = methods.method(name)
        arguments = method.bind(*given, **named)
        callbacks = {key: arguments.pop(key) for key in methods.CALLBACKS if arguments.get(key)}
        body = _packed(method, arguments)
        self._last = number = self._last % (2**31) + 1
        call = self._calls[number] = _Call(asyncio.get_running_loop().create_future(), callbacks)
        try:
            self._check()
            await self._send(Frame(Kind.CALL, number, wire.named(name, body)))
            frame = await call.answer
        except asyncio.CancelledError:
            if not self.lost.done():
                self._writer.write(Frame(Kind.CANCEL, number).packed)
            raise
        finally:
            del self._calls[number]
        return methods.from_wire(name, wire.decoded(method.result, frame.body))

    def _check(self) -> None:
        if self.lost.done():
            raise self.lost.result()

    async def keep(self) -> None:
        """Read what the owner sends until it is gone; `lost` says why."""
        pinging = asyncio.create_task(self._ping(), name="ping")
        try:
            while True:
                self._hear(await wire.read_frame(self._reader))
        except LinkLostError as error:
            self._lose(error)
        except (EOFError, OSError, BrokenFrameError) as error:
            self._lose(LinkLostError(repr(error)))
        except Exception:  # noqa: BLE001  (a mistake of ours must not leave callers waiting)
            _log.exception("what the owner sent could not be heard")
        finally:
            pinging.cancel()
            await asyncio.gather(pinging, return_exceptions=True)
            self._lose(LinkLostError("the connection was closed"))

    async def _ping(self) -> None:
        """Count what goes unanswered, not the time: after a sleep of the computer nothing is late."""
        while self._unanswered < wire.MOST_PINGS:
            self._unanswered += 1
            self._writer.write(Frame(Kind.PING).packed)
            await asyncio.sleep(wire.PING_SECONDS)
        self._lose(self._silence)
        self.abort()

    def abort(self) -> None:
        """Drop the connection at once."""
        self._writer.transport.abort()

    def _lose(self, error: Exception) -> None:
        if self.lost.done():
            return
        self.lost.set_result(error)
        for call in self._calls.values():
            if not call.answer.done():
                call.answer.set_exception(error)

    def _hear(self, frame: Frame) -> None:
        self._unanswered = 0
        call = self._calls.get(frame.number)
        if frame.kind is Kind.EVENT:
            name, body = wire.split_name(frame.body)
            if name in methods.EVENTS:  # a newer owner may tell more
                self._on_event(wire.decoded(methods.event_adapter(name), body))
        elif frame.kind is Kind.CLOSING:
            raise LinkLostError("the owner leaves", _read(wire.Closing, frame))
        elif call is not None and not call.answer.done():
            self._hear_of(call, frame)

    def _hear_of(self, call: _Call, frame: Frame) -> None:
        if frame.kind is Kind.RESULT:
            call.answer.set_result(frame)
        elif frame.kind is Kind.FAILURE:
            call.answer.set_exception(_error(frame))
        elif frame.kind is Kind.PROGRESS and (tell := call.callbacks.get("on_progress")):
            step = _read(wire.Step, frame)
            _told(tell, step.fraction, step.phase)
        elif frame.kind is Kind.ADDED and (tell := call.callbacks.get("on_added")):
            _told(tell, _read(AddedFile, frame))
        elif frame.kind is Kind.CHECKED and (tell := call.callbacks.get("on_check")):
            _told(tell, _read(ConnectionCheck, frame))


def _told(callback: Callable[..., object], *news: object) -> None:
    try:
        callback(*news)
    except Exception:  # noqa: BLE001  (a view's mistake must not cost the connection)
        _log.exception("what was called back failed")


def _read(kind: Any, frame: Frame) -> Any:
    return wire.decoded(methods.adapter_of(kind), frame.body)


def _error(frame: Frame) -> Exception:
    failure = _read(wire.Failure, frame)
    return error_from(failure.code, failure.message, failure.details, failure.kind)


def _packed(method: methods.Method, arguments: dict[str, Any]) -> bytes:
    """The body of a call; raises `UsageError` for text that cannot travel."""
    try:
        model = method.arguments.validate_python(arguments)
        return method.arguments.dump_json(model, exclude_unset=True)
    except ValueError as error:
        raise UsageError("A name in this request is not text. Choose another.", details=str(error)) from error


@asynccontextmanager
async def linked(
    folder: Path, holder: Holder, program: str, on_event: Callable[[Event], None]
) -> AsyncIterator[OwnerLink]:
    """A connection to the owner that the lock file names.

    Raises `LinkLostError` when nobody listens there, `NotAnsweringError` when somebody does and says nothing
    for two seconds, `StorageError` when the two cannot work together.
    """
    if not holder.address:
        raise LinkLostError("nobody listens yet")
    silence = NotAnsweringError(folder, holder)
    try:
        async with asyncio.timeout(wire.GREETING_SECONDS):
            reader, writer = await _open(holder.address)
            link = OwnerLink(reader, writer, on_event, silence)
            await _greeted(link, holder, program)
    except TimeoutError as error:
        raise silence from error
    except OSError as error:
        raise LinkLostError(repr(error)) from error
    keeping = asyncio.create_task(link.keep(), name="owner")
    try:
        yield link
    finally:
        keeping.cancel()
        await asyncio.gather(keeping, return_exceptions=True)
        link.abort()


async def _greeted(link: OwnerLink, holder: Holder, program: str) -> None:
    try:
        await link.greet(holder, program)
    except BaseException as error:
        link.abort()
        if isinstance(error, EOFError | BrokenFrameError):
            raise LinkLostError(repr(error)) from error
        raise


async def _open(address: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    if not address.endswith(place.SUFFIX):
        host, _, port = address.rpartition(":")
        if host != place.HOST or not port.isdecimal():
            raise LinkLostError("an address that is none")
        return await asyncio.open_connection(host, int(port))
    if sys.platform == "win32":
        raise LinkLostError("an address of another system")
    reader, writer = await asyncio.open_unix_connection(address)
    peer: socket.socket = writer.get_extra_info("socket")
    if not place.is_same_user(peer):
        writer.transport.abort()
        raise LinkLostError("somebody else listens there")
    return reader, writer
