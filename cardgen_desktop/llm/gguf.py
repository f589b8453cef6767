"""Model files that this program runs itself: one child process at a time, started when it is needed.

The child is a llama.cpp server on a random port of this computer, behind a random key; it is asked like any
other server. It ends when nobody asked for ten minutes, and with this program, however that ends.
"""

import asyncio
import os
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple, Self

from pydantic import SecretStr

from ..domain.errors import CardgenError, HeldError
from ..domain.profile import FitnessWord, ModelFitness
from . import gguf_failures, machine
from .chat import Phase
from .gguf_child import MODEL_NAME as MODEL_NAME
from .gguf_child import Order
from .gguf_file import GgufFile as GgufFile
from .gguf_file import read_gguf as read_gguf
from .gguf_process import Heard, ModelProcess
from .server import Server

DEFAULT_CONTEXT = 8192
IDLE_SECONDS = 600.0
SILENCE_SECONDS = 600.0
"""How long loading may go on without a sign of life."""

REST_SECONDS = 0.5
WORKING_BYTES = 256_000_000
"""What the engine takes besides weights and context."""

REPACKED = 1.6
"""Weights may stand in memory as they are on disk and, for the most part, rearranged for the processor."""

OnPhase = Callable[[Phase], None]
"""Hears what happens, such as `Phase("Loading model", 0.65)`; without a number where none is known."""


def fitness(
    file: GgufFile, context: int = DEFAULT_CONTEXT, have: machine.Memory | None = None
) -> ModelFitness:
    """Judge by what is free now. Reads small files of the system: call it in a thread."""
    have = have or machine.memory()
    rest = WORKING_BYTES + context * (file.kv_bytes or 0)
    needs, least = int(file.size * REPACKED) + rest, file.size + rest
    free = have.free if have.free is not None else have.total
    word = _word(needs, least, have)
    amounts = f"It needs about {_gigabytes(needs)} of memory"
    about = "is free" if have.free is not None else "is there in all"
    sentence = f"{amounts}; {_gigabytes(free)} {about}." if free is not None else f"{amounts}."
    return ModelFitness(word=word, sentence=sentence, needs=needs, free=have.free)


def _word(needs: int, least: int, have: machine.Memory) -> FitnessWord:
    if have.free is not None:
        return "Fits" if needs <= have.free else "May be slow" if least <= have.free else "Won't fit"
    if have.total is None:
        return "Not known"
    # Half of the memory is mostly free on a computer that does not tell how much is.
    return "Fits" if needs <= have.total // 2 else "May be slow" if least <= have.total else "Won't fit"


def _gigabytes(count: int) -> str:
    return f"{count / 1e9:.1f} GB"


def check_engine() -> None:
    """Raise `HeldError` when this computer cannot run model files at all. Call it in a thread."""
    if find_spec("xllamacpp") is None:
        raise gguf_failures.engine_missing()
    if machine.lacks_instructions():
        raise gguf_failures.instructions_missing()


class _Wanted(NamedTuple):
    """What a running server was started for; another answer means another server."""

    path: Path
    size: int
    changed: int
    context: int
    slots: int


class _Running(NamedTuple):
    wanted: _Wanted
    process: ModelProcess
    server: Server


class GgufServers:
    """The one model file that runs. Use as an async context manager; leaving it ends the child.

    `threads` is how many the engine uses, all but one of the processor's cores by default.
    """

    def __init__(
        self,
        *,
        idle_seconds: float = IDLE_SECONDS,
        silence_seconds: float = SILENCE_SECONDS,
        threads: int | None = None,
    ) -> None:
        self._idle_seconds = idle_seconds
        self._silence_seconds = silence_seconds
        self._threads = threads or max(1, (os.cpu_count() or 2) - 1)
        self._turn = asyncio.Lock()
        self._loading: ModelProcess | None = None
        self._running: _Running | None = None
        self._crashes = 0
        self._lent = 0
        self._is_closed = False

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self._is_closed = True
        await self.stop()

    @property
    def pid(self) -> int | None:
        """The process id of the child, None while none runs."""
        running = self._running
        return running.process.pid if running and running.process.exit_code is None else None

    async def stop(self) -> None:
        """End the child and give its memory back, also one that is just loading."""
        if self._loading is not None:
            self._loading.kill()
        running, self._running = self._running, None
        if running is not None:
            await running.process.close()

    async def ready(
        self,
        path: Path,
        context: int | None = None,
        on_phase: OnPhase | None = None,
        *,
        slots: int = 1,
        name: str = "",
    ) -> Server:
        """The server of a model file; started, or in place of another model, when it does not run.

        `context` is tokens of each of `slots` requests at once, bounded by what the model was trained for.
        `name` is the profile's, for the gates of errors. Raises `HeldError` for a file or computer that
        will not do, `TransientError` for a process that ended by itself.
        """
        async with self._turn:
            return await self._named(path, context, on_phase, slots, name)

    @asynccontextmanager
    async def lent(
        self,
        path: Path,
        context: int | None = None,
        on_phase: OnPhase | None = None,
        *,
        slots: int = 1,
        name: str = "",
    ) -> AsyncIterator[Server]:
        """The same for the block: until it is left, no other model takes this one's place."""
        async with self._turn:
            server = await self._named(path, context, on_phase, slots, name)
            self._lent += 1
        try:
            yield server
        finally:
            self._lent -= 1

    async def _named(
        self, path: Path, context: int | None, on_phase: OnPhase | None, slots: int, name: str
    ) -> Server:
        try:
            server = await self._ready(path, context or DEFAULT_CONTEXT, on_phase or _unheard, slots, name)
        except HeldError as error:
            error.scope = name
            raise
        return server.model_copy(update={"name": name, "file": str(path)})

    async def _ready(self, path: Path, context: int, on_phase: OnPhase, slots: int, name: str) -> Server:
        file = await asyncio.to_thread(read_gguf, path)
        wanted = await asyncio.to_thread(_wanted, file, context, slots)
        running = self._running
        if running is not None and running.wanted == wanted and await running.process.wake():
            return running.server
        if running is not None:
            await self._rest(running, on_phase)
        await self._forget_crashed(path, name)
        await asyncio.to_thread(_check, file, wanted)
        return await self._start(wanted, on_phase, name)

    async def _rest(self, running: _Running, on_phase: OnPhase) -> None:
        """Wait until a model that must make room has written what it is writing."""
        while running.process.exit_code is None and (self._lent or await running.process.is_busy()):
            on_phase(Phase(f'Waiting until "{running.wanted.path.name}" is done'))
            await asyncio.sleep(REST_SECONDS)

    async def _forget_crashed(self, path: Path, name: str) -> None:
        """Let go of what ran before; a model that ended by itself again and again is told about."""
        running = self._running
        if running is None:
            return
        code, complaints = running.process.exit_code, await asyncio.to_thread(running.process.complaints)
        await self.stop()
        self._crashes = self._crashes + 1 if code and running.wanted.path == path else 0
        if code and self._crashes >= gguf_failures.CRASH_ATTEMPTS:
            self._crashes = 0
            raise gguf_failures.ended(path, code, complaints, scope=name)

    async def _start(self, wanted: _Wanted, on_phase: OnPhase, name: str) -> Server:
        process = self._loading = ModelProcess()
        if self._is_closed:
            process.kill()
        order = self._order(wanted)
        try:
            server = await self._load(process, order, on_phase, name)
        except BaseException:
            await process.close()
            raise
        finally:
            self._loading = None
        self._running = _Running(wanted, process, server)
        return server

    def _order(self, wanted: _Wanted) -> Order:
        return {
            "path": str(wanted.path),
            "key": secrets.token_urlsafe(32),
            "context": wanted.context,
            "slots": wanted.slots,
            "threads": self._threads,
            "idle_seconds": self._idle_seconds,
        }

    async def _load(self, process: ModelProcess, order: Order, on_phase: OnPhase, name: str) -> Server:
        """Start the child and hear it out until it is ready; raises the error of its failure."""
        path = Path(order["path"])
        on_phase(Phase("Loading model"))
        try:
            await process.start(order)
            while True:
                async with asyncio.timeout(self._silence_seconds):
                    report = await process.next_report()
                if report is not None and report.state == "ready":
                    return _server(report, order, name)
                if report is None or report.state == "failed":
                    raise await _failure(process, path, report, name)
                on_phase(_phase(report))
        except TimeoutError:
            raise gguf_failures.silent(path, self._silence_seconds, scope=name) from None
        except OSError as error:
            raise gguf_failures.unstartable(path, error, scope=name) from error


def _unheard(_: Phase) -> None:
    """Nobody wants to know."""


def _wanted(file: GgufFile, context: int, slots: int) -> _Wanted:
    path = file.path.absolute()
    state = path.stat()
    return _Wanted(path, state.st_size, state.st_mtime_ns, min(context, file.context or context), slots)


def _check(file: GgufFile, wanted: _Wanted) -> None:
    """Refuse before starting what cannot end well."""
    check_engine()
    found = fitness(file, wanted.context * wanted.slots)
    if found.word == "Won't fit":
        raise gguf_failures.too_large(file.path, found.sentence)


def _server(report: Heard, order: Order, name: str) -> Server:
    return Server(
        kind="gguf",
        base_url=f"{report.url}/v1",
        key=SecretStr(order["key"]),
        is_local=True,
        name=name,
    )


def _phase(report: Heard) -> Phase:
    """The words for a report. The percentage is that of the file that has been read, nothing else."""
    if report.state == "reading":
        return Phase("Loading model", min(1.0, report.read / max(1, report.size)))
    return Phase("Preparing model")


async def _failure(process: ModelProcess, path: Path, report: Heard | None, name: str) -> CardgenError:
    complaints = await asyncio.to_thread(process.complaints)
    if report is not None:
        return gguf_failures.told(path, report, complaints)
    return gguf_failures.ended(path, process.exit_code, complaints, scope=name)
