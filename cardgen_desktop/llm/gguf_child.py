"""The child process that runs a model file: one llama.cpp server on a random port of this computer alone.

It speaks in lines of JSON. Standard input brings one order (`Order`), then an empty line whenever the server
was asked for again, or `BUSY_QUESTION`; its end means that the parent is gone, however it went, and ends this
process. Standard output tells `Report`s. The key comes through the pipe: no list of processes shows it.

    python -P -m cardgen_desktop.llm.gguf_child
"""

import contextlib
import json
import os
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any, TypedDict

BLOCK = 16_000_000
BATCH = 256
"""A cancelled request is noticed between batches."""

KEEP_ALIVE_SECONDS = 15
NICENESS = 5
MEMORY_SCORE = "500"
"""When memory runs out, Linux ends this process before the window."""

WATCH_SECONDS = 5.0
BUSY_QUESTION = "busy?"
GLANCE_SECONDS = 0.25
BUSY_SHARE = 0.02
"""A server that used more than this share of a processor was answering somebody."""

BYTES_A_REPORT = 0.01
MODEL_NAME = "local"
EXIT_IDLE = 0
EXIT_FAILED = 3


class Order(TypedDict):
    """What to run. `context` is tokens of each of `slots`; `idle_seconds` without work end the process."""

    path: str
    key: str
    context: int
    slots: int
    threads: int
    idle_seconds: float


class Report(TypedDict, total=False):
    """What happens. `state` is reading (with `read` and `size`), starting, ready (`url`) or failed; to the
    question whether it is busy, busy or idle.

    `problem` of a failure is "engine" (it does not import), "file", or "load"; `details` are its own words.
    """

    state: str
    read: int
    size: int
    url: str
    problem: str
    details: str


Tell = Callable[[Report], None]


def main() -> int:
    """Serve one model until the parent goes or nobody asks any more; returns the exit code."""
    reports = _own_output()

    def tell(report: Report) -> None:
        reports.write(json.dumps(report) + "\n")
        reports.flush()

    order: Order = json.loads(sys.stdin.readline())
    _step_back()
    idle = IdleClock(order["idle_seconds"])
    threading.Thread(target=_watch_parent, args=(idle, tell), daemon=True).start()
    server = _start(order, tell)
    if server is None:
        return EXIT_FAILED
    _serve(idle)
    return EXIT_IDLE


def _own_output() -> IO[str]:
    """Keep standard output for reports: what the engine prints goes to standard error."""
    reports = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    return reports


def _step_back() -> None:
    """The window and its program go first, also when memory runs out."""
    if hasattr(os, "nice"):
        with contextlib.suppress(OSError):
            os.nice(NICENESS)
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text(MEMORY_SCORE, "ascii")


def _watch_parent(idle: "IdleClock", tell: Tell) -> None:
    for line in sys.stdin:
        if line.strip() == BUSY_QUESTION:
            tell({"state": "busy" if _is_busy() else "idle"})
        else:
            idle.touch()
    os._exit(0)  # the parent is gone: nothing is left to be put in order


def _start(order: Order, tell: Tell) -> Any:
    """Read the file, then load it; the server, or None when a failure was told."""
    try:
        _read_ahead(Path(order["path"]), tell)
    except OSError as error:
        return tell({"state": "failed", "problem": "file", "details": str(error)})
    tell({"state": "starting"})
    try:
        import xllamacpp
    except ImportError as error:
        return tell({"state": "failed", "problem": "engine", "details": str(error)})
    try:
        server = xllamacpp.Server(_parameters(xllamacpp.CommonParams(), order))
    except (RuntimeError, ValueError) as error:
        return tell({"state": "failed", "problem": "load", "details": str(error)})
    tell({"state": "ready", "url": server.listening_address})
    return server


def _read_ahead(path: Path, tell: Tell) -> None:
    """Bring the file into memory; the engine, which maps it, then finds it there.

    This is nearly all of the time that loading takes, and the part of it whose progress is known.
    """
    size, done, told = path.stat().st_size, 0, 0
    block = bytearray(BLOCK)
    with path.open("rb", buffering=0) as stream:
        while count := stream.readinto(block):
            done += count
            if done - told >= BYTES_A_REPORT * size:
                told = done
                tell({"state": "reading", "read": done, "size": max(size, done)})


def _parameters(settings: Any, order: Order) -> Any:
    """Fill in llama.cpp's settings: local, quiet, patient with a busy computer."""
    settings.model.path = order["path"]
    settings.model_alias = {MODEL_NAME}
    settings.port = 0
    settings.api_keys = [order["key"]]
    settings.n_parallel = order["slots"]
    settings.n_ctx = order["context"] * order["slots"]
    settings.n_batch = settings.n_ubatch = BATCH
    settings.cpuparams.n_threads = settings.cpuparams_batch.n_threads = order["threads"]
    settings.sse_ping_interval = KEEP_ALIVE_SECONDS
    settings.cache_ram_mib = 0  # old prompts are kept in memory otherwise, up to 8 GB
    settings.fit_params = sys.platform == "darwin"  # without a graphics processor there is nothing to fit
    settings.verbosity = 1
    settings.ui = settings.endpoint_slots = settings.endpoint_metrics = False
    return settings


def _is_busy() -> bool:
    """Whether the engine's threads work: they do while an answer is written, and hardly otherwise."""
    before = time.process_time()
    time.sleep(GLANCE_SECONDS)
    return time.process_time() - before > BUSY_SHARE * GLANCE_SECONDS


class IdleClock:
    """Knows how long a server has had nothing to do, from the processor time this process used."""

    def __init__(
        self,
        limit: float,
        *,
        clock: Callable[[], float] = time.monotonic,
        used: Callable[[], float] = time.process_time,
    ) -> None:
        self._limit, self._clock, self._used = limit, clock, used
        self._last = self._looked = clock()
        self._used_before = used()

    def touch(self) -> None:
        """Somebody asked for the server."""
        self._last = self._clock()

    def is_over(self) -> bool:
        """Whether nothing was asked of the server for the whole limit."""
        now, used = self._clock(), self._used()
        if used - self._used_before > BUSY_SHARE * (now - self._looked):
            self._last = now
        self._looked, self._used_before = now, used
        return now - self._last >= self._limit


def _serve(idle: IdleClock) -> None:
    """The engine answers in threads of its own; this one waits until nobody needs it."""
    while not idle.is_over():
        time.sleep(WATCH_SECONDS)


if __name__ == "__main__":
    sys.stdout.flush()
    os._exit(main())
