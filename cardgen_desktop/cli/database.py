"""`cardgen database`: check it, back it up, restore a backup, or rebuild it from what can be read."""

import argparse
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]

    from ..domain.data_folder import DatabaseCheck
    from ..domain.queue import Backup
    from .console import Console


def add_commands(commands: "Commands", shared: argparse.ArgumentParser) -> None:
    """Add the commands to the parser."""
    group = commands.add_parser(
        "database", parents=[shared], help="check, back up, restore or rebuild the database"
    )
    actions = group.add_subparsers(metavar="ACTION", required=True)
    for name, run, what in (
        ("check", check, "read the whole database and say what is wrong with it"),
        ("backups", backups, "the backups, newest first"),
        ("backup", back_up, "back the database up now"),
        ("restore", restore, "put a backup in the place of the database, which is kept aside"),
        ("rebuild", rebuild, "make a database from what can be read; the present one is kept aside"),
    ):
        parser = actions.add_parser(name, parents=[shared], help=what)
        if name == "restore":
            parser.add_argument(
                "file", nargs="?", type=Path, metavar="FILE", help="default: the newest that is whole"
            )
        parser.add_argument("--json", action="store_true", help="print JSON")
        parser.set_defaults(run=run)


async def check(options: argparse.Namespace, console: "Console") -> int:
    """Read the whole database; the exit code is 5 when something is wrong with it."""
    from ..domain.errors import StorageError
    from ..jobs import recovery
    from .outputs import as_json

    found = await recovery.check(_home(options))
    if options.json:
        console.print_json(as_json(found))
    else:
        _print_check(found, console)
    if not found.is_sound:
        console.complain(f'"{found.path}" is damaged and was left as it is. {_next_step(found)}')
    return 0 if found.is_sound else StorageError.exit_code


def _print_check(found: "DatabaseCheck", console: "Console") -> None:
    if found.is_sound:
        console.line(f"{found.path} is sound: {_held(found.cards, found.jobs)}, {found.bytes:,} bytes.")
    for problem in found.problems:
        console.line(f"  {problem}")
    console.line(f"Cards kept as files: {found.card_files:,}")
    newest = found.newest_backup
    console.line(f"Newest whole backup: {_line(newest) if newest else 'none'}")
    if found.warning:
        console.line(found.warning)


def _next_step(found: "DatabaseCheck") -> str:
    if found.newest_backup is not None:
        return "`cardgen database restore` puts the newest backup in its place, `rebuild` what can be read."
    return "`cardgen database rebuild` makes one from what can be read."


async def backups(options: argparse.Namespace, console: "Console") -> int:
    """List the backups."""
    from ..jobs import recovery
    from .outputs import as_json

    found = await recovery.listed(_home(options))
    if options.json:
        console.print_json([as_json(backup) for backup in found])
    elif not found:
        console.line("There are no backups yet. `cardgen database backup` makes one.")
    else:
        head = ("MADE", "CARDS", "JOBS", "BYTES", "FILE")
        rows = [
            (_moment(item.at), f"{item.cards:,}", f"{item.jobs:,}", f"{item.bytes:,}", item.path)
            for item in found
        ]
        console.table([head, *rows], right=(1, 2, 3))
    return 0


async def back_up(options: argparse.Namespace, console: "Console") -> int:
    """Back the database up, and read the copy back."""
    from ..jobs import recovery
    from .outputs import as_json

    made = await recovery.back_up(_home(options))
    if options.json:
        console.print_json(as_json(made))
    else:
        console.line(f"Backed up and read back: {_line(made)}")
        console.line(made.path)
    return 0


async def restore(options: argparse.Namespace, console: "Console") -> int:
    """Put a backup in the database's place."""
    from ..jobs import recovery
    from .outputs import as_json

    done = await recovery.restore(_home(options), options.file and options.file.absolute())
    if options.json:
        console.print_json(as_json(done))
    else:
        console.line(f"Restored: {_line(done.backup)}")
        _print_aside(done.aside, console)
    return 0


async def rebuild(options: argparse.Namespace, console: "Console") -> int:
    """Make a database from what can be read."""
    from ..jobs import recovery
    from .outputs import as_json

    done = await recovery.rebuild(_home(options))
    if options.json:
        console.print_json(as_json(done))
        return 0
    console.line(f"Rebuilt with {_held(done.cards, done.jobs)}.")
    if done.cards_from_files:
        console.line(f"  {done.cards_from_files:,} of the cards came from the files that are kept of each.")
    if lost := sum(done.refused.values()):
        console.line(f"  {lost:,} damaged rows were left out.")
    if done.holes:
        console.line(f"  {done.holes:,} places could not be read.")
    _print_aside(done.aside, console)
    return 0


def _print_aside(aside: str | None, console: "Console") -> None:
    if aside:
        console.line(f"The former database is kept as {aside}")


def _home(options: argparse.Namespace) -> Path:
    from .. import paths

    return paths.home(options.home)


def _line(backup: "Backup") -> str:
    return f"{_moment(backup.at)}, {_held(backup.cards, backup.jobs)}, {backup.bytes:,} bytes"


def _held(cards: int, jobs: int) -> str:
    return f"{cards:,} {'card' if cards == 1 else 'cards'} and {jobs:,} {'job' if jobs == 1 else 'jobs'}"


def _moment(at: float) -> str:
    return datetime.fromtimestamp(at).astimezone().strftime("%Y-%m-%d %H:%M:%S")
