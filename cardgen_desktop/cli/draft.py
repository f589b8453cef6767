"""`cardgen draft`: from documents to a finished card, as a job of the same service that the window uses."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from .arguments import data_folder, finish, starting
from .draft_arguments import model_arguments

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]

    from ..domain.errors import CardgenError
    from ..domain.job import JobSnapshot
    from ..domain.job_kinds import DraftRequest, DraftResult
    from ..jobs.handover.joined import SharedWorkspace
    from .console import Console
    from .draft_options import Wishes
    from .outputs import DraftReport

EXIT_CODES = (
    "Exit codes: 0 drafted; 2 an option or a name makes no sense; 4 the draft did not end well, or is held, "
    "or was stopped. By the offline drafter, files that cannot be read are 3, and a folder that cannot be "
    "written 5; by a language model these are 4 too, as is a text that was cut or came in the wrong shape. "
    "With --json such a draft prints {error: {class, message, action}, job, state}. 3 also when a card was "
    "drafted without the files that could not be read."
)


def add_commands(commands: "Commands", shared: argparse.ArgumentParser) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "draft",
        parents=[shared],
        help="draft the card of a character",
        description="Draft a card from documents, which are taken as one set. The same command again goes on "
        "with what an interrupted one has finished.",
        epilog=EXIT_CODES,
    )
    parser.add_argument("files", nargs="+", metavar="FILE", help="a book, document, chat, subtitles or card")
    parser.add_argument("--character", metavar="NAME", default="", help="a name or alias; else the main one")
    parser.add_argument(
        "--engine", metavar="PROFILE", default="offline",
        help="who drafts: offline, or a profile of `cardgen profile list` (default: offline)",
    )  # fmt: skip
    parser.add_argument("--avatar", metavar="IMAGE", help="the picture of the card; else a portrait is drawn")
    parser.add_argument(
        "--out", metavar="PATH", action="append", default=[],
        help=".png, .json (V3) or .v2.json (V2); may be given more than once",
    )  # fmt: skip
    parser.add_argument("--evidence", metavar="PATH", help="write where every sentence comes from")
    model_arguments(parser)
    starting(parser)
    finish(parser, run)


async def run(options: argparse.Namespace, console: "Console") -> int:
    """Draft a card and write it; files that cannot be read are left out, and the exit code says so."""
    from ..domain.errors import CardgenError, InputError, UsageError
    from .draft_options import wishes_of
    from .targets import target_of

    for path in options.out:
        target_of(Path(path))
    _refuse_nothing_to_do(options)
    _refuse_overwriting(options)
    wishes = wishes_of(options)
    try:
        async with data_folder(options) as workspace:
            await _refuse_unknown_engine(workspace, options.engine)
            source_ids, failed = await _add_sources(workspace, _absolute(options.files), console)
            request = _request(options, source_ids, wishes)
            if options.dry_run:
                await _dry_run(workspace, request, options, console)
            elif code := await _drafted(workspace, request, options, console):
                return code
    except UsageError:
        raise
    except CardgenError as failure:
        return _tell_nothing_began(failure, options, console)
    return InputError.exit_code if failed else 0


async def _drafted(
    workspace: "SharedWorkspace", request: "DraftRequest", options: argparse.Namespace, console: "Console"
) -> int:
    """Run the draft; 0, or the exit code of what it ended with."""
    from ..domain.errors import ProviderError
    from ..domain.job import JobState
    from ..domain.job_kinds import DraftResult
    from .draft_outputs import unfit_draft
    from .following import follow_to_stop

    ids = [options.request_id] if options.request_id else None
    (job,) = await workspace.commands.start_drafts([request], request_ids=ids)
    job = await follow_to_stop(workspace, job, console, max_wait=options.max_wait)
    if job.state is not JobState.SUCCEEDED:
        return _tell_stop(job, options, console)
    result = DraftResult.model_validate(job.result)
    if result.failure and options.json:
        console.print_json(unfit_draft(job, result).model_dump(mode="json", by_alias=True))
    elif options.json:
        console.print_json((await _report(workspace, job, result)).model_dump(mode="json"))
    else:
        _print_report(await _report(workspace, job, result), console)
        _print_checks(job, result, console)
    if result.failure:
        console.complain(f"{result.failed} What was written is in the library and in the files.")
    return ProviderError.exit_code if result.failure else 0


def _tell_stop(job: "JobSnapshot", options: argparse.Namespace, console: "Console") -> int:
    """Say why a draft did not end well, and what to do; scripts get the class of the failure."""
    from .draft_outputs import exit_code_of, stopped_draft
    from .following import failure_of

    failure = failure_of(job)
    assert failure is not None
    if options.json:
        stopped = stopped_draft(job, failure)
        console.print_json(stopped.model_dump(mode="json", by_alias=True))
    console.complain_of(failure)
    return exit_code_of(options.engine, failure)


def _tell_nothing_began(failure: "CardgenError", options: argparse.Namespace, console: "Console") -> int:
    """Say why there is no job: no file could be read, or the data folder cannot be used."""
    from .draft_outputs import exit_code_of, no_draft

    if options.json:
        console.print_json(no_draft(failure).model_dump(mode="json", by_alias=True))
    console.complain_of(failure)
    return exit_code_of(options.engine, failure)


async def _dry_run(
    workspace: "SharedWorkspace", request: "DraftRequest", options: argparse.Namespace, console: "Console"
) -> None:
    from .draft_outputs import DryRun, print_dry_run

    prompts = await workspace.commands.dry_run(request)
    shown = DryRun(estimate=await workspace.commands.estimate(request), prompts=prompts)
    if options.json:
        console.print_json(shown.model_dump(mode="json"))
    else:
        print_dry_run(shown, console)


async def _refuse_unknown_engine(workspace: "SharedWorkspace", engine: str) -> None:
    """Before any file is read: a slip in a name should not cost the reading of a library."""
    from ..domain.draft import OFFLINE_ENGINE
    from ..domain.errors import UsageError

    names = [view.profile.name for view in await workspace.commands.profiles()]
    if engine not in (OFFLINE_ENGINE, *names):
        known = ", ".join([OFFLINE_ENGINE, *names])
        raise UsageError(
            f'There is no engine called "{engine}". Nothing was read. There are {known}; '
            "`cardgen profile add` adds one."
        )


def _refuse_nothing_to_do(options: argparse.Namespace) -> None:
    from ..domain.errors import UsageError

    if not options.out and not options.dry_run:
        raise UsageError("Say where the card goes: --out card.png, or --dry-run to see what would be sent.")


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


def _request(options: argparse.Namespace, source_ids: tuple[int, ...], wishes: "Wishes") -> "DraftRequest":
    from ..domain.job_kinds import DraftRequest

    return DraftRequest(
        source_ids=source_ids,
        character=options.character,
        engine=options.engine,
        options=wishes.options,
        fields=wishes.fields,
        outputs=tuple(options.out),
        avatar=options.avatar,
        evidence_path=options.evidence,
    )


async def _add_sources(
    workspace: "SharedWorkspace", files: list[Path], console: "Console"
) -> tuple[tuple[int, ...], int]:
    """Store the files as sources; their ids in order, and how many could not be used.

    Raises the failure of the last when none could.
    """
    from ..domain.errors import error_from

    added = await workspace.commands.add_files(files, on_progress=console.progress.show, sources_only=True)
    ids = [outcome.source.id for outcome in added if outcome.source]
    refused = [outcome for outcome in added if not outcome.source]
    sentences = [outcome.error or f'"{outcome.path}" could not be read.' for outcome in refused]
    for sentence in sentences if ids else sentences[:-1]:
        console.complain(sentence)
    if not ids:
        raise error_from(refused[-1].error_code or "source", sentences[-1])
    return tuple(dict.fromkeys(ids)), len(refused)


async def _report(workspace: "SharedWorkspace", job: "JobSnapshot", result: "DraftResult") -> "DraftReport":
    from ..domain.evidence import EvidenceSource
    from .outputs import DraftReport

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
        supported=result.supported,
        inferred=result.inferred,
        unsupported=result.unsupported,
        findings=result.findings,
        needs_review=job.needs_review,
    )


def _print_report(report: "DraftReport", console: "Console") -> None:
    titles = ", ".join(Path(source.path).name for source in report.sources)
    console.line(f"{report.character}, drafted from {titles} in {report.seconds:.1f} s")
    console.line(f"  {report.fields} fields, {report.lorebook_entries} lorebook entries")
    for path in report.outputs:
        console.line(f"  {path}  exported and read back")
    if report.evidence:
        console.line(f"  {report.evidence}  evidence")


def _print_checks(job: "JobSnapshot", result: "DraftResult", console: "Console") -> None:
    """What the checks say of a card that a model has written; the offline drafter quotes, and has none."""
    counts = (result.supported, result.inferred, result.unsupported)
    if any(counts):
        console.line("  sentences: {} supported, {} inferred, {} unsupported".format(*counts))
    if job.needs_review:
        found = f"{result.findings} finding{'s' if result.findings != 1 else ''}"
        console.line(f"  look it over before use: {found}, see `cardgen jobs show {job.id}`")
