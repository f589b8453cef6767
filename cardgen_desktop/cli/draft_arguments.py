"""The arguments of `cardgen draft` that say how a language model is to write."""

import argparse
import math

MAX_WAIT_SECONDS = 60.0
MOST_GREETINGS = 20


def model_arguments(parser: argparse.ArgumentParser) -> None:
    """Add them to the parser of the command."""
    group = parser.add_argument_group("language model", "for --engine PROFILE")
    group.add_argument("--dry-run", action="store_true", help="show the prompts and send nothing")
    group.add_argument("--fields", metavar="NAME,…", default="", help="draft these fields only")
    group.add_argument("--greetings", metavar="N", type=greetings, help="alternate greetings (default: 3)")
    group.add_argument("--style", metavar="NAME", help="a prompt style such as prose, list or minimal")
    group.add_argument("--lang", metavar="CODE", help="language of the card (default: the source's)")
    group.add_argument("--instruction", metavar="TEXT", help="a wish in your own words")
    group.add_argument(
        "--calls", choices=("auto", "steps", "one"), help="one request for each step, or one for the card"
    )
    group.add_argument(
        "--set", metavar="NAME=VALUE", action="append", default=[], dest="settings",
        help="any other option of a draft, such as temperature=0.7 or length=short; may be repeated",
    )  # fmt: skip
    group.add_argument(
        "--max-wait", metavar="SECONDS", type=seconds, default=MAX_WAIT_SECONDS,
        help=f"how long a job may wait for its provider in all (default: {MAX_WAIT_SECONDS:.0f})",
    )  # fmt: skip


def greetings(text: str) -> int:
    """How many alternate greetings."""
    if not (text.isascii() and text.isdecimal() and int(text[:4]) <= MOST_GREETINGS):
        raise argparse.ArgumentTypeError(f"a number from 0 to {MOST_GREETINGS} is needed")
    return int(text)


def seconds(text: str) -> float:
    """A length of time."""
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not (value >= 0 and math.isfinite(value)):
        raise argparse.ArgumentTypeError("a number of seconds is needed")
    return value
