"""Arguments that several commands share: numbers, times, jobs, and the data folder they work on."""

import argparse
import math
import re
import time
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager

    from ..jobs.handover.joined import SharedWorkspace

MOST_LISTED = 10_000
MOST_ID_CHARACTERS = 200
MOST_DIGITS = 18
"""What SQLite's integers hold."""

SECONDS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800}
LANES = ("interactive", "network", "local", "cpu", "export")
_AGO = re.compile(r"(\d+(?:\.\d+)?)([smhdw])")


def finish(parser: argparse.ArgumentParser, run: object) -> None:
    """Every command can print JSON; `run` is what it does."""
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(run=run)


def starting(parser: argparse.ArgumentParser) -> None:
    """What every command that starts a job can be given."""
    parser.add_argument(
        "--request-id", metavar="ID", type=request_id, help="the same id again gives the job it started"
    )


def request_id(text: str) -> str:
    """A name that a script gives its request, so that repeating it starts nothing twice."""
    if not 0 < len(text) <= MOST_ID_CHARACTERS or not text.isprintable():
        raise argparse.ArgumentTypeError(f"an id has 1 to {MOST_ID_CHARACTERS} printable characters")
    return text


def data_folder(options: argparse.Namespace) -> "AbstractAsyncContextManager[SharedWorkspace]":
    """The data folder of a command, also while another program has it open."""
    from .. import paths
    from ..jobs.handover.joined import join_workspace

    return join_workspace(paths.home(options.home), program="cardgen")


def parse_time(text: str) -> float:
    """Unix seconds for a date, a date and time (local unless it says so), seconds, or an age like `2h`."""
    if age := _AGO.fullmatch(text.strip()):
        return time.time() - float(age[1]) * SECONDS[age[2]]
    try:
        if math.isfinite(seconds := float(text)):
            return seconds
    except ValueError:
        pass
    try:
        return datetime.fromisoformat(text.strip()).timestamp()
    except (ValueError, OverflowError, OSError):
        raise argparse.ArgumentTypeError(
            f'"{text}" is no time such as 2026-11-23, 2026-11-23T14:00 or 2h'
        ) from None


def job_id(text: str) -> int:
    """The number of a job."""
    return _number(text, '"{text}" is no number of a job; `cardgen jobs list` shows those')


def card_id(text: str) -> int:
    """The number of a card in the library."""
    return _number(text, '"{text}" is no number of a card')


def _number(text: str, complaint: str) -> int:
    number = text.removeprefix("-")
    if not (number.isascii() and number.isdecimal() and len(number) <= MOST_DIGITS):
        raise argparse.ArgumentTypeError(complaint.format(text=text))
    return int(text)


def offset(text: str) -> int:
    """How many to pass over."""
    if not (text.isascii() and text.isdecimal()) or int(text[:12]) > 2**31:
        raise argparse.ArgumentTypeError("a number of 0 or more is needed")
    return int(text)


def limit(text: str) -> int:
    """How many to list."""
    number = offset(text)
    if number > MOST_LISTED:
        raise argparse.ArgumentTypeError(f"at most {MOST_LISTED} jobs are listed at once")
    return number


def lane_limit(text: str) -> int:
    """How many jobs of a lane run at once."""
    number = offset(text)
    if not 1 <= number <= 64:
        raise argparse.ArgumentTypeError("a number from 1 to 64 is needed")
    return number
