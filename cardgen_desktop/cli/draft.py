"""`cardgen draft`: from documents to a finished card, as a job of the same service that the window uses."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from .arguments import data_folder, finish, starting

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]

    from ..domain.job import JobSnapshot
    from ..domain.job_kinds import DraftRequest
    from ..jobs.handover.joined import SharedWorkspace
    from .console import Console
    from .outputs import DraftReport

ENGINES = ("offline",)


def add_commands(commands: "Commands", shared: argparse.ArgumentParser) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "draft",
        parents=[shared],
        help="draft the card of a character",
        description="Draft a card from documents, which are taken as one set. The same command again goes on "
        "with what an interrupted one has finished.",
    )
    parser.add_argument("files", nargs="+", metavar="FILE", help=".txt .md .html .epub .docx .pdf")
    parser.add_argument("--character", metavar="NAME", default="", help="a name or alias; else the main one")
    parser.add_argument("--engine", choices=ENGINES, default=ENGINES[0], help="who drafts (default: offline)")
    parser.add_argument("--avatar", metavar="IMAGE", help="the picture of the card; else a portrait is drawn")
    parser.add_argument(
        "--out",
        metavar="PATH",
        action="append",
        required=True,
        help=".png, .json (V3) or .v2.json (V2); may be given more than once",
    )
    parser.add_argument("--evidence", metavar="PATH", help="write where every sentence comes from")
    starting(parser)
    finish(parser, run)


async def run(options: argparse.Namespace, console: "Console") -> int:
    """Draft a card and write it; files that cannot be read are left out, and the exit code says so."""
    from ..domain.errors import InputError
    from .following import follow
    from .targets import target_of

    for path in options.out:
        target_of(Path(path))
    _refuse_overwriting(options)
    files = _absolute(options.files)
    async with data_folder(options) as workspace:
        source_ids, failed = await _add_sources(workspace, files, console)
        if not source_ids:
            return InputError.exit_code
        ids = [options.request_id] if options.request_id else None
        (job,) = await workspace.commands.start_drafts([_request(options, source_ids)], request_ids=ids)
        report = await _report(workspace, await follow(workspace, job, console))
    if options.json:
        console.print_json(report.model_dump(mode="json"))
    else:
        _print_report(report, console)
    return InputError.exit_code if failed else 0


def _refuse_overwriting(options: argparse.Namespace) -> None:
    """No output may take the place of an input or of another output; raises `UsageError`."""
    from ..domain.errors import UsageError
    from .targets import is_same_file

    given = [path for path in (*options.files, options.avatar) if path]
    evidence = [options.evidence] if options.evidence else []
    for output in (*options.out, *evidence):
        if any(is_same_file(output, path) for path in given):
            raise UsageError(
                f'"{Path(output).name}" would overwrite what the card is made of. Name another file.'
            )
    if any(is_same_file(path, out) for path in evidence for out in options.out):
        raise UsageError(
            f'"{Path(options.evidence).name}" cannot be both the card and its evidence. Name two.'
        )


def _absolute(files: list[str]) -> list[Path]:
    """Whole paths: the library and the evidence file outlive the folder that the command ran in."""
    return [Path(file).absolute() for file in files]


def _request(options: argparse.Namespace, source_ids: tuple[int, ...]) -> "DraftRequest":
    from ..domain.job_kinds import DraftRequest

    return DraftRequest(
        source_ids=source_ids,
        character=options.character,
        engine=options.engine,
        outputs=tuple(options.out),
        avatar=options.avatar,
        evidence_path=options.evidence,
    )


async def _add_sources(
    workspace: "SharedWorkspace", files: list[Path], console: "Console"
) -> tuple[tuple[int, ...], int]:
    """Store the files as sources; their ids in order, and how many could not be used."""
    added = await workspace.commands.add_files(files, on_progress=console.progress.show, sources_only=True)
    ids: list[int] = []
    for outcome in added:
        if outcome.source:
            ids.append(outcome.source.id)
        else:
            console.complain(outcome.error or f'"{outcome.path}" could not be read.')
    return tuple(dict.fromkeys(ids)), sum(outcome.source is None for outcome in added)


async def _report(workspace: "SharedWorkspace", job: "JobSnapshot") -> "DraftReport":
    from ..domain.evidence import EvidenceSource
    from ..domain.job_kinds import DraftResult
    from .outputs import DraftReport

    result = DraftResult.model_validate(job.result)
    record = await workspace.commands.card(result.card_id)
    return DraftReport(
        job=job.id,
        character=result.character,
        card=result.card_id,
        fields=result.fields,
        lorebook_entries=result.lorebook_entries,
        outputs=result.outputs,
        evidence=job.request.get("evidence_path"),
        seconds=round(job.active_seconds, 3),
        sources=tuple(EvidenceSource(path=item.path, sha256=item.sha256) for item in record.sources),
    )


def _print_report(report: "DraftReport", console: "Console") -> None:
    titles = ", ".join(Path(source.path).name for source in report.sources)
    console.line(f"{report.character}, drafted from {titles} in {report.seconds:.1f} s")
    console.line(f"  {report.fields} fields, {report.lorebook_entries} lorebook entries")
    for path in report.outputs:
        console.line(f"  {path}  exported and read back")
    if report.evidence:
        console.line(f"  {report.evidence}  evidence")
