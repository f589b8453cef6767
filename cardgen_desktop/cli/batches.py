"""`cardgen import` and `export`: many cards into the library and out of it, as jobs of the queue."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from .arguments import card_id, data_folder, finish, starting
from .cards import TARGETS, add_kind, kind_of

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]

    from ..domain.job import JobSnapshot
    from ..domain.job_kinds import Refusal
    from ..jobs.handover.joined import SharedWorkspace
    from .console import Console


def add_commands(commands: "Commands", shared: argparse.ArgumentParser) -> None:
    """Add the commands to the parser."""
    parser = commands.add_parser(
        "import",
        parents=[shared],
        help="import card files, and folders of them, into the library",
        description="Import card files, and the cards in folders and their folders, each file once. The same "
        "command again goes on with what an interrupted one has finished.",
    )
    parser.add_argument("paths", nargs="+", metavar="PATH", help=".png, .json or a folder")
    starting(parser)
    finish(parser, run_import)
    parser = commands.add_parser(
        "export",
        parents=[shared],
        help="write cards of the library into a folder",
        description="Write cards of the library into a folder, one file each, and read them back.",
    )
    parser.add_argument("cards", nargs="*", type=card_id, metavar="ID", help="the numbers of the cards")
    parser.add_argument("--all", action="store_true", help="every card of the library")
    add_kind(parser, "the format (default: png)")
    parser.add_argument("--folder", metavar="DIR", required=True, help="where to; it is made when needed")
    parser.add_argument("--overwrite", action="store_true", help="replace files that have a card's name")
    starting(parser)
    finish(parser, run_export)


async def run_import(options: argparse.Namespace, console: "Console") -> int:
    """Import what can be imported; the exit code is 3 when something could not."""
    from ..domain.errors import InputError
    from ..domain.job_kinds import ImportRequest, ImportResult
    from . import outputs

    paths = _there(options.paths, console)
    if not paths:
        return InputError.exit_code
    async with data_folder(options) as workspace:
        job = await workspace.commands.start_import(ImportRequest(paths=paths), request_id=options.request_id)
        ended = await _finished(workspace, job, console)
    result = ImportResult.model_validate(ended.result)
    _complain(result.refused, console)
    if options.json:
        console.print_json(outputs.as_json(outputs.imported(ended.id, result)))
    else:
        mended = f", {result.repaired:,} of them mended" if result.repaired else ""
        console.line(f"{len(result.card_ids):,} {_cards(len(result.card_ids))} in the library{mended}.")
    return InputError.exit_code if result.refused or len(paths) < len(options.paths) else 0


def _there(paths: "Sequence[str]", console: "Console") -> tuple[str, ...]:
    """Whole paths of what is there; the rest is complained about."""
    there = [path for path in paths if Path(path).exists()]
    for path in paths:
        if path not in there:
            console.complain(f'There is no file or folder "{path}". Check the name and the folder.')
    return tuple(map(_whole, there))


def _whole(path: str) -> str:
    """A path for a job, which may be worked on by a program that stands in another folder."""
    return str(Path(path).absolute())


async def run_export(options: argparse.Namespace, console: "Console") -> int:
    """Export what can be exported; the exit code is 3 when something could not."""
    from ..domain.errors import InputError
    from ..domain.job_kinds import ExportRequest, ExportResult
    from . import outputs

    async with data_folder(options) as workspace:
        ids = await _chosen(workspace, options)
        folder = _whole(options.folder)
        target, how = kind_of(options)
        request = ExportRequest(
            card_ids=ids, folder=folder, target=target or TARGETS[0], overwrite=options.overwrite, options=how
        )
        job = await workspace.commands.start_export(request, request_id=options.request_id)
        ended = await _finished(workspace, job, console)
    result = ExportResult.model_validate(ended.result)
    _complain(result.refused, console)
    if options.json:
        console.print_json(outputs.as_json(outputs.exported(ended.id, result)))
    else:
        for path in result.files:
            console.line(f"{path}  exported and read back")
    return InputError.exit_code if result.refused else 0


async def _chosen(workspace: "SharedWorkspace", options: argparse.Namespace) -> tuple[int, ...]:
    """The cards that were named, or all of them; raises `UsageError` for none, or for both."""
    from ..domain.errors import UsageError

    if bool(options.cards) == options.all:
        raise UsageError("Name the cards to export by their numbers, or all of them with --all.")
    if options.cards:
        return tuple(dict.fromkeys(options.cards))
    ids = tuple(card.id for card in reversed(await workspace.commands.cards()))
    if not ids:
        raise UsageError("The library is empty; there is nothing to export.")
    return ids


async def _finished(workspace: "SharedWorkspace", job: "JobSnapshot", console: "Console") -> "JobSnapshot":
    from .following import follow

    return await follow(workspace, job, console)


def _complain(refused: "Sequence[Refusal]", console: "Console") -> None:
    for refusal in refused:
        name = Path(refusal.subject).name
        console.complain(refusal.reason if name in refusal.reason else f"{refusal.subject}: {refusal.reason}")


def _cards(number: int) -> str:
    return "card" if number == 1 else "cards"
