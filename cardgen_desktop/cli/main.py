"""The program `cardgen`: parses the command, runs it, and turns every outcome into an exit code.

Exit codes: 0 done, 1 a mistake of ours, 2 usage, 3 input unreadable, 4 provider, 5 storage, 130 interrupted.
Nothing heavy is imported at module level, so that `cardgen --version` answers at once.
"""

import argparse
import os
import signal
import sys
import traceback
from collections.abc import Callable, Coroutine, Sequence
from typing import NoReturn

from .. import __version__
from . import batches, cards, costs, database, draft, jobs, profile, queue, read, schema, stats, trash, verify
from .console import DETAILS, Console, open_missing_streams

DONE, MISTAKE, USAGE, INTERRUPTED = 0, 1, 2, 130

Run = Callable[[argparse.Namespace, Console], Coroutine[None, None, int]]


class _Parser(argparse.ArgumentParser):
    """Complains in one line; the usage is in the help."""

    def error(self, message: str) -> NoReturn:
        self.exit(USAGE, f"cardgen: {message}. `{self.prog} --help` shows how it is used.\n")


def build_parser() -> argparse.ArgumentParser:
    """The whole command line; `options.run` is the command that was chosen."""
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument(
        "--home",
        metavar="DIR",
        default=argparse.SUPPRESS,
        help="keep all data in DIR (also: CARDGEN_HOME)",
    )
    parser = _Parser(
        prog="cardgen",
        parents=[shared],
        description="Draft character cards from books, with the evidence for every sentence.",
    )
    parser.add_argument("--version", action="version", version=f"cardgen {__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True, parser_class=_Parser)
    groups = (
        read,
        draft,
        verify,
        cards,
        batches,
        trash,
        jobs,
        queue,
        stats,
        profile,
        costs,
        database,
        schema,
    )
    for group in groups:
        group.add_commands(commands, shared)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; the exit code."""
    open_missing_streams()
    console = Console()
    try:
        options = build_parser().parse_args(argv, argparse.Namespace(home=None))
        return _run(options.run, options, console)
    except SystemExit as error:  # argparse has said all there is to say
        return int(error.code or 0)
    except KeyboardInterrupt:
        console.complain("Interrupted. What was finished is kept; the same command goes on from there.")
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has gone, as in `cardgen … | head`; Python must not complain at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE


def _run(run: Run, options: argparse.Namespace, console: Console) -> int:
    import asyncio

    from ..domain.errors import CardgenError

    try:
        code = asyncio.run(_until_told_to_stop(run(options, console)))
        console.finish()
    except asyncio.CancelledError:
        raise KeyboardInterrupt from None
    except CardgenError as error:
        console.complain_of(error)
        return error.exit_code
    except BrokenPipeError:
        raise
    except Exception as error:  # noqa: BLE001  (the last net: one line instead of a traceback)
        sentence = f"CardGen made a mistake ({error!r}). {DETAILS}=1 shows what to report."
        console.complain(sentence, traceback.format_exc())
        return MISTAKE
    return code


async def _until_told_to_stop(command: Coroutine[None, None, int]) -> int:
    """Ctrl-C and a request to terminate cancel the command, which puts its jobs back; a second one kills.

    Ctrl-C is heard even where a shell told us to ignore it: stopping is safe, what is done is kept.
    """
    import asyncio

    task, loop = asyncio.current_task(), asyncio.get_running_loop()

    def stop() -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)
        if task is not None:
            task.cancel()

    if sys.platform != "win32":
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, stop)
    return await command


if __name__ == "__main__":
    sys.exit(main())
