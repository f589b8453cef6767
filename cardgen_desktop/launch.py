"""The program `cardgen-desktop`: gives its files to the window that is open, else opens one.

Light: a second start is over before Qt would have been imported, and a first one pays next to nothing.
"""

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from . import __version__, paths

_LOCK_BYTES = 4096


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line asked of the window."""

    home: Path
    files: tuple[Path, ...] = ()
    page: str = ""


def parse(arguments: Sequence[str]) -> Options:
    """Read the window's command line; exits for `--help` and `--version`."""
    if not arguments:
        return Options(paths.home())
    import argparse

    parser = argparse.ArgumentParser(
        prog="cardgen-desktop", description="Draft character cards from books, notes and chat logs."
    )
    parser.add_argument("files", nargs="*", type=Path, help="books, notes or cards to open")
    parser.add_argument("--home", type=Path, help="the data folder")
    parser.add_argument("--gallery", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--version", action="version", version=f"CardGen Desktop {__version__}")
    found = parser.parse_args(arguments)
    files = tuple(path.absolute() for path in found.files)
    return Options(paths.home(found.home), files, "gallery" if found.gallery else "")


def was_handed_over(options: Options) -> bool:
    """Give the files to the window that has the data folder open and have it shown; False without one."""
    if options.page or not _is_somebody_there(options.home):
        return False
    import asyncio

    from .domain.errors import CardgenError
    from .jobs.handover.arrival import hand_files_over

    try:
        return asyncio.run(hand_files_over(options.home, options.files))
    except CardgenError:
        return False  # the window says what is the matter


def _is_somebody_there(home: Path) -> bool:
    """Whether the lock file names where its owner listens, also one that was killed since."""
    try:
        with paths.lock(home).open("rb") as stream:
            holder = json.loads(stream.read(_LOCK_BYTES))
    except (OSError, ValueError):
        return False
    return isinstance(holder, dict) and bool(holder.get("address"))


def main(arguments: Sequence[str] | None = None) -> int:
    """Start CardGen Desktop; returns the exit code."""
    options = parse(sys.argv[1:] if arguments is None else arguments)
    if was_handed_over(options):
        return 0
    from .app import main as open_window

    return open_window(options)
