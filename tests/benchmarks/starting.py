"""How long a person waits for the program to be there."""

import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from .row import Row, interleaved, process_seconds

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
REPEATS = 9


def rows() -> Iterator[Row]:
    """Window, command line and set-up."""
    yield first_paint()
    yield command_line()
    yield nothing_to_install()


def first_paint() -> Row:
    """From process start to the first painted, usable window, beside an empty PySide6 window."""
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    with tempfile.TemporaryDirectory() as home:
        ours = [sys.executable, str(HERE / "first_paint.py"), "cardgen", home]
        floor = [sys.executable, str(HERE / "first_paint.py"), "empty", home]
        process_seconds(ours, environment)
        a, b = interleaved(lambda: painted(ours, environment), lambda: painted(floor, environment), REPEATS)
    return Row("window painted / empty PySide6 window", "s", a, b, 3.0)


def painted(command: list[str], environment: dict[str, str]) -> float:
    """Seconds until the script saw its window paint; the process then ends by itself."""
    return process_seconds(command, environment)


def command_line() -> Row:
    """`cardgen --version` beside a Python that does nothing."""
    ours = [sys.executable, "-m", "cardgen_desktop.cli", "--version"]
    a, b = interleaved(
        lambda: process_seconds(ours), lambda: process_seconds([sys.executable, "-c", "pass"]), REPEATS
    )
    return Row("cardgen --version / python -c pass", "s", a, b, 8.0)


def nothing_to_install() -> Row:
    """The set-up command when nothing is missing, beside its promise of two seconds."""
    command = [sys.executable, "-m", "cardgen_desktop.bootstrap", "cli", "--version"]
    process_seconds(command)
    a, _ = interleaved(lambda: process_seconds(command), lambda: 2.0, 5)
    return Row("set-up with nothing missing / its promise", "s", a, 2.0, 1.0)
