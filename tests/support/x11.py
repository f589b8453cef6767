"""A private X server and a mouse, for the tests that need a real window."""

import contextlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

needs_x11 = pytest.mark.skipif(
    sys.platform != "linux", reason="a private X server and xdotool exist on Linux only"
)


@contextlib.contextmanager
def x_server(size: str = "1600x1000x24") -> Iterator[dict[str, str]]:
    """Start an X server on a free display; yields the environment for its programs."""
    read_end, write_end = os.pipe()
    command = ["Xvfb", "-displayfd", str(write_end), "-screen", "0", size, "-nolisten", "tcp", "-noreset"]
    server = subprocess.Popen(command, pass_fds=[write_end], stderr=subprocess.DEVNULL)
    os.close(write_end)
    try:
        with os.fdopen(read_end) as stream:
            display = stream.readline().strip()
        yield {**os.environ, "DISPLAY": f":{display}", "QT_QPA_PLATFORM": "xcb"}
    finally:
        server.terminate()
        server.wait(10)


class Mouse:
    """Moves and presses on one display by xdotool, slowly enough to be a person's drag."""

    def __init__(self, environment: dict[str, str]) -> None:
        self._environment = environment
        self._program = shutil.which("xdotool") or "xdotool"

    def drag(
        self, start: tuple[int, int], end: tuple[int, int], *, before_release: Callable[[], None]
    ) -> None:
        """Press at `start`, move in small steps to `end`, call `before_release`, let go."""
        self._do("mousemove", *map(str, start))
        self._do("mousedown", "1")
        for step in range(1, 11):
            x = start[0] + (end[0] - start[0]) * step // 10
            y = start[1] + (end[1] - start[1]) * step // 10
            self._do("mousemove", str(x), str(y))
            time.sleep(0.1)
        before_release()
        self._do("mouseup", "1")

    def window(self, name: str, timeout: float = 30) -> str:
        """The id of the first visible window with this name; fails when none shows up in time."""
        found: list[str] = []

        def search() -> bool:
            command = [self._program, "search", "--onlyvisible", "--name", name]
            run = subprocess.run(command, env=self._environment, capture_output=True, text=True, check=False)
            found[:] = run.stdout.split()
            return bool(found)

        until(search, timeout, f"a window named {name!r}")
        return found[0]

    def _do(self, *words: str) -> None:
        subprocess.run([self._program, *words], env=self._environment, check=True)


def until(condition: Callable[[], bool], timeout: float, what: str) -> None:
    """Wait for an outside program; fails the test, naming what did not come."""
    deadline = time.monotonic() + timeout
    while not condition():
        if time.monotonic() > deadline:
            pytest.fail(f"waited {timeout} s for {what}")
        time.sleep(0.1)


def python(*words: str, environment: dict[str, str], log: Path) -> subprocess.Popen[bytes]:
    """Start one of our programs with its output in a file, so that a failure can be read."""
    with log.open("wb") as stream:
        return subprocess.Popen([sys.executable, *words], env=environment, stdout=stream, stderr=stream)
