"""One guest at the owner: its handshake, its calls, and the events it is told."""

import asyncio
import logging
import os
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Protocol

from ...domain.card_library import AddedFile
from ...domain.errors import CardgenError, InternalError, StorageError, UsageError
from ...domain.events import Event, JobChanged, JobRemoved
from ...domain.profile import ConnectionCheck
from ..frames import FRAME_LIMIT, BrokenFrameError, unicode
from ..interface import Commands, Events
from . import methods, wire
from .outbox import Outbox, OverflowingGuestError
from .wire import Frame, Kind

_log = logging.getLogger(__name__)

MOST_CALLS = 64
"""Calls of one guest at once."""

_MISTAKE = (
    "CardGen made a mistake while it answered another program. Nothing was lost; the log has the details."
)
_UNFIT = "Another program asked for something that does not fit. Use the same version of CardGen for both."
_GONE = (EOFError, OSError, TimeoutError, BrokenFrameError, OverflowingGuestError)


@dataclass(frozen=True, slots=True)
class Services:
    """What the owner's calls and events come from."""

    commands: Commands
    desk: methods.Desk
    events: Events


class Host(Protocol):
    """What a session asks of the server."""

    program: str
    token: str
    is_window: bool
    closing: wire.Closing | None

    async def services(self) -> Services:
        """The open workspace, as soon as it is open."""
        ...


class GuestSession:
    """Serves one connection until either side ends it. A hostile guest costs its own connection only."""

    def __init__(self, host: Host, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._host = host
        self._reader = reader
        self._writer = writer
        self._outbox = Outbox(writer)
        self._calls: dict[int, asyncio.Task[None]] = {}
        self._lasting: set[int] = set()
        self._stop_events: Callable[[], None] | None = None
        self._is_closing = False

    async def serve(self) -> None:
        """Shake hands, then answer; returns when the guest is gone."""
        delivery = asyncio.create_task(self._outbox.deliver(), name="to a guest")
        talk = asyncio.create_task(self._talk(), name="from a guest")
        try:
            done, _ = await asyncio.wait({delivery, talk}, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                self._explain(task)
        finally:
            await self._end(delivery, talk)

    def _explain(self, task: "asyncio.Task[None]") -> None:
        error = None if task.cancelled() else task.exception()
        if isinstance(error, BrokenFrameError | OverflowingGuestError | TimeoutError):
            _log.info("a guest is dropped: %r", error)
        elif error is not None and not isinstance(error, _GONE):
            _log.error("a guest could not be served", exc_info=error)

    async def _end(self, *tasks: "asyncio.Task[None]") -> None:
        self._outbox.close()
        if self._stop_events:
            self._stop_events()
        everything = [*tasks, *self._calls.values()]
        for task in everything:
            task.cancel()
        await asyncio.gather(*everything, return_exceptions=True)

    def abort(self) -> None:
        """Drop the connection at once."""
        self._writer.transport.abort()

    async def _talk(self) -> None:
        async with asyncio.timeout(wire.GREETING_SECONDS * 2):
            if not await self._greet():
                await self._outbox.emptied()
                return
        while True:
            async with asyncio.timeout(wire.SILENCE_SECONDS):
                frame = await wire.read_frame(self._reader)
            self._hear(frame)

    async def _greet(self) -> bool:
        """Whether the guest has read the lock file and speaks this protocol."""
        if self._host.closing is not None:
            self.close(self._host.closing)
            return False
        nonce = wire.new_nonce()
        self._say(Kind.CHALLENGE, wire.Challenge(protocol=wire.PROTOCOL, nonce=nonce))
        frame = await wire.read_frame(self._reader, wire.GREETING_LIMIT)
        hello = _model(wire.Hello, frame, Kind.HELLO)
        if not wire.is_proof(hello.proof, self._host.token, "guest", nonce):
            raise BrokenFrameError("a guest that does not know the token")
        if hello.protocol != wire.PROTOCOL:
            self._fail(0, _another_version(self._host.program))
            return False
        answer = wire.proof(self._host.token, "owner", hello.nonce)
        self._say(
            Kind.WELCOME,
            wire.Welcome(
                pid=os.getpid(),
                program=self._host.program,
                is_window=self._host.is_window,
                proof=answer,
            ),
        )
        return True

    def _hear(self, frame: Frame) -> None:
        if frame.kind is Kind.PING:
            self._outbox.send(Frame(Kind.PONG))
        elif frame.kind is Kind.CALL:
            self._begin(frame)
        elif frame.kind is Kind.CANCEL:
            if call := self._calls.get(frame.number):
                call.cancel()
        elif frame.kind is Kind.LISTEN:
            self._start(0, self._listen())
        else:
            raise BrokenFrameError(f"a guest may not send {frame.kind.name}")

    def _begin(self, frame: Frame) -> None:
        if frame.number == 0 or frame.number in self._calls or len(self._calls) > MOST_CALLS:
            raise BrokenFrameError(f"call {frame.number} does not fit")
        name, body = wire.split_name(frame.body)
        if name not in methods.ALLOWED:
            raise BrokenFrameError(f"{name!r} cannot be called")
        if self._is_closing:
            return  # the next owner answers
        if name == "wait":
            self._lasting.add(frame.number)
        self._start(frame.number, self._answer(frame.number, name, body))

    def _start(self, number: int, work: Coroutine[Any, Any, None]) -> None:
        task = self._calls[number] = asyncio.create_task(work, name=f"guest's call {number}")
        task.add_done_callback(lambda _: self._forget(number))

    def _forget(self, number: int) -> None:
        self._calls.pop(number, None)
        self._lasting.discard(number)

    async def _listen(self) -> None:
        services = await self._host.services()
        if self._stop_events is None:
            self._stop_events = services.events.subscribe(self._tell)

    async def _answer(self, number: int, name: str, body: bytes) -> None:
        try:
            self._outbox.send(await self._result(number, name, body))
        except CardgenError as error:
            self._fail(number, error)
        except BrokenFrameError as error:
            self._fail(number, UsageError(_UNFIT, details=str(error)))
        except Exception as error:  # noqa: BLE001  (whatever it is, the guest must not wait for ever)
            _log.exception("the call %s of a guest failed", name)
            self._fail(number, InternalError(_MISTAKE, details=repr(error)))

    async def _result(self, number: int, name: str, body: bytes) -> Frame:
        method = methods.method(name)
        arguments = method.values(wire.decoded(method.arguments, body))
        arguments |= {key: getattr(self, f"_{key}")(number) for key in method.callbacks}
        services = await self._host.services()
        function = getattr(services.desk if name in methods.DESK else services.commands, name)
        value = methods.to_wire(await function(**arguments))
        answer = wire.encoded(method.result, value)
        if len(answer) > FRAME_LIMIT:
            raise UsageError("There is too much of it for another program. Ask for less at once.")
        return Frame(Kind.RESULT, number, answer)

    def _on_progress(self, number: int) -> Callable[[float, str], None]:
        def tell(fraction: float, phase: str) -> None:
            step = wire.Step(fraction=fraction, phase=unicode(phase[:1000]))
            self._outbox.put(lambda: _frame(Kind.PROGRESS, step, number), ("progress", number))

        return tell

    def _on_added(self, number: int) -> Callable[[AddedFile], None]:
        adapter = methods.adapter_of(AddedFile)
        return lambda added: self._outbox.put(lambda: Frame(Kind.ADDED, number, wire.encoded(adapter, added)))

    def _on_check(self, number: int) -> Callable[[ConnectionCheck], None]:
        adapter = methods.adapter_of(ConnectionCheck)
        return lambda line: self._outbox.put(lambda: Frame(Kind.CHECKED, number, wire.encoded(adapter, line)))

    def _tell(self, event: Event) -> None:
        name = type(event).__name__
        self._outbox.put(
            lambda: Frame(Kind.EVENT, 0, wire.named(name, wire.encoded(methods.event_adapter(name), event))),
            _subject(event),
        )

    def _fail(self, number: int, error: CardgenError) -> None:
        failure = wire.Failure(
            code=error.code,
            message=unicode(error.message[:10_000]),
            details=unicode(error.details[:200_000]),
            kind=error.kind[:50],
        )
        self._say(Kind.FAILURE, failure, number)

    def _say(self, kind: Kind, value: Any, number: int = 0) -> None:
        self._outbox.send(_frame(kind, value, number))

    def close(self, closing: wire.Closing) -> None:
        """Tell the guest that this owner leaves; what it asks from now on is the next owner's."""
        self._is_closing = True
        self._say(Kind.CLOSING, closing)

    async def settle(self) -> None:
        """Let calls that are under way end and their answers leave; those that only wait are let go."""
        working = [task for number, task in self._calls.items() if number not in self._lasting]
        if working:
            await asyncio.wait(working)
        await self._outbox.emptied()


def _another_version(program: str) -> StorageError:
    return StorageError(
        f"{program[:1].upper()}{program[1:]} has the data folder open and is of another version. "
        "Close it, then try again."
    )


def _subject(event: Event) -> object:
    """Events under one subject replace each other while they wait: the last word on a job counts."""
    if isinstance(event, JobChanged):
        return ("job", event.job.id)
    if isinstance(event, JobRemoved):
        return ("job", event.job_id)
    return None


def _frame(kind: Kind, value: Any, number: int) -> Frame:
    return Frame(kind, number, wire.encoded(methods.adapter_of(value.__class__), value))


def _model(kind: type[wire.Hello], frame: Frame, expected: Kind) -> wire.Hello:
    if frame.kind is not expected:
        raise BrokenFrameError(f"{expected.name} was expected, not {frame.kind.name}")
    hello: wire.Hello = wire.decoded(methods.adapter_of(kind), frame.body)
    return hello
