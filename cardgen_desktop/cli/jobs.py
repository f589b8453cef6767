"""`cardgen jobs list`, `show`, `log`, `batches` and `run`: look at jobs and work on them."""

import argparse
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from .arguments import LANES, data_folder, finish, job_id, limit, offset, parse_time

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]

    from ..domain.errors import CardgenError
    from ..domain.job import JobPage, JobQuery, JobSnapshot
    from ..domain.job_views import BatchView, JobDetails
    from ..jobs.handover.joined import SharedWorkspace
    from .console import Console

STATUSES = ("pending", "processing", "completed", "failed", "cancelled")
STATES = ("queued", "running", "held", "waiting", "paused", "succeeded", "failed", "cancelled")
SORTS = (
    "created", "character", "title", "kind", "state", "priority", "progress", "engine", "started", "finished",
    "time", "attempts", "tokens", "cost", "queue",
)  # fmt: skip
STANDING = ("held", "waiting", "paused")
"""States that a list tells instead of the status: they say why nothing happens."""

DEFAULT_LISTED = 100


def add_commands(commands: "Commands", shared: argparse.ArgumentParser) -> None:
    """Add the commands to the parser."""
    from . import job_actions

    group = commands.add_parser("jobs", parents=[shared], help="list jobs and decide what becomes of them")
    actions = group.add_subparsers(metavar="ACTION", required=True)
    _add_list(actions.add_parser("list", parents=[shared], help="jobs, newest first"))
    for name, run, what in (
        ("show", show, "everything about one job"),
        ("log", log, "what happened to a job"),
    ):
        parser = actions.add_parser(name, parents=[shared], help=what)
        parser.add_argument("job", type=job_id, metavar="ID", help="the number of the job")
        finish(parser, run)
    finish(actions.add_parser("batches", parents=[shared], help="jobs that were queued together"), batches)
    job_actions.add_actions(actions, shared)
    parser = actions.add_parser("run", parents=[shared], help="work on queued jobs until they have ended")
    parser.add_argument("jobs", type=job_id, nargs="*", metavar="ID", help="only these (default: all)")
    finish(parser, run_jobs)


def _add_list(parser: argparse.ArgumentParser) -> None:
    states = tuple(dict.fromkeys((*STATUSES, *STATES)))
    parser.add_argument("--status", metavar="S", choices=states, help=", ".join(STATUSES))
    parser.add_argument(
        "--state", metavar="S", choices=STATES, action="append", default=[], help=", ".join(STATES)
    )
    parser.add_argument("--needs-you", action="store_true", help="only those that go on when you act")
    parser.add_argument("--kind", "--type", metavar="K", help="draft, import, export or read")
    parser.add_argument("--lane", choices=LANES, metavar="L", help=", ".join(LANES))
    parser.add_argument("--batch", type=job_id, metavar="N", help="jobs that were queued together")
    parser.add_argument("--text", metavar="Q", default="", help="in the character, title or error")
    parser.add_argument(
        "--since", metavar="TIME", type=parse_time, help="2026-11-23, 2026-11-23T14:00, 2h, 7d"
    )
    parser.add_argument("--until", metavar="TIME", type=parse_time, help="the same; not included")
    parser.add_argument("--sort", metavar="KEY", choices=SORTS, default="created", help=", ".join(SORTS))
    parser.add_argument("--reverse", action="store_true", help="the smallest or oldest first")
    parser.add_argument("--limit", metavar="N", type=limit, default=DEFAULT_LISTED, help="default: 100")
    parser.add_argument("--offset", metavar="N", type=offset, default=0)
    finish(parser, list_jobs)


async def list_jobs(options: argparse.Namespace, console: "Console") -> int:
    """Print a page of jobs."""
    from . import outputs

    async with data_folder(options) as workspace:
        page = await workspace.commands.jobs(_query(options))
    if options.json:
        jobs = tuple(map(outputs.job, page.jobs))
        listed = outputs.JobList(jobs=jobs, total=page.total, limit=page.limit, offset=page.offset)
        console.print_json(listed.model_dump(mode="json"))
    else:
        _print_page(page, console)
    return 0


def _query(options: argparse.Namespace) -> "JobQuery":
    from ..domain.job import JobQuery, JobSort, JobState, Lane

    is_state = options.status is not None and options.status not in STATUSES
    named = [*options.state, options.status] if is_state else options.state
    return JobQuery(
        states=tuple(JobState(name) for name in dict.fromkeys(named)),
        status=None if is_state else options.status,
        kind=options.kind,
        lane=options.lane and Lane(options.lane),
        batch_id=options.batch,
        needs_you=options.needs_you,
        text=options.text,
        since=options.since,
        until=options.until,
        sort=JobSort(options.sort),
        descending=not options.reverse,
        limit=options.limit,
        offset=options.offset,
    )


def _print_page(page: "JobPage", console: "Console") -> None:
    if not page.jobs:
        console.line("No jobs match." if page.total == 0 else f"No jobs this far; there are {page.total}.")
        return
    rows = [("ID", "STATUS", "DONE", "KIND", "BATCH", "CHARACTER", "FROM", "CREATED", "")]
    for job in page.jobs:
        created = datetime.fromtimestamp(job.created_at).strftime("%Y-%m-%d %H:%M")
        status = job.state.value if job.state in STANDING else job.status
        batch = "" if job.batch_id is None else f"{job.batch_id}"
        note = job.error or job.phase
        rows.append(
            (
                f"{job.id}",
                status,
                f"{job.progress:.0f}%",
                job.kind,
                batch,
                job.character,
                job.title,
                created,
                note,
            )
        )
    console.table(rows, right=(0, 2, 4))
    if page.total > len(page.jobs):
        console.line(f"{len(page.jobs)} of {page.total} jobs.")


async def show(options: argparse.Namespace, console: "Console") -> int:
    """Print everything about one job."""
    async with data_folder(options) as workspace:
        await print_job(workspace, await workspace.commands.job(options.job), options, console)
    return 0


async def print_job(
    workspace: "SharedWorkspace", job: "JobSnapshot", options: argparse.Namespace, console: "Console"
) -> None:
    """Print a job with its details."""
    from . import outputs

    details = await workspace.commands.job_details(job.id)
    if options.json:
        console.print_json(outputs.job_details(job, details).model_dump(mode="json"))
        return
    console.line(f"Job {job.id}: {job.status}, {job.progress:.0f}%  {job.phase}".rstrip())
    console.line(f"  {_what(job)}")
    if job.error:
        console.line(f"  {job.error}")
    _print_details(details, console)


def _what(job: "JobSnapshot") -> str:
    """What a job is about, in words."""
    if job.kind != "draft":
        return f"{job.kind} {job.title}"
    return f"{job.character or 'the main character'} from {job.title}, engine {job.engine}"


def _print_details(details: "JobDetails", console: "Console") -> None:
    for step in details.steps:
        taken = f"  {step.seconds:.1f} s" if step.seconds is not None else ""
        summary = f"  {step.summary}" if step.summary else ""
        console.line(f"  {'✓' if step.done else '·'} {step.phase}{taken}{summary}")
    if details.partial:
        console.line(f"  {len(details.partial.split()):,} words of an unfinished step are kept")


async def log(options: argparse.Namespace, console: "Console") -> int:
    """Print what happened to a job."""
    from . import outputs

    async with data_folder(options) as workspace:
        await workspace.commands.job(options.job)
        details = await workspace.commands.job_details(options.job)
    lines = outputs.log_lines(details.log)
    if options.json:
        console.print_json([line.model_dump(mode="json") for line in lines])
        return 0
    for line in lines:
        console.line(f"{line.at.astimezone().strftime('%Y-%m-%d %H:%M:%S')}  {line.text}")
    return 0


async def batches(options: argparse.Namespace, console: "Console") -> int:
    """Print the batches that go on or have just ended."""
    async with data_folder(options) as workspace:
        found = await workspace.commands.batches()
    if options.json:
        console.print_json([batch.model_dump(mode="json") for batch in found])
    elif not found:
        console.line("No batch is under way.")
    else:
        rows = [("BATCH", "DONE", "FAILED", "TITLE"), *map(_batch_row, found)]
        console.table(rows, right=(0, 1, 2))
    return 0


def _batch_row(batch: "BatchView") -> tuple[str, ...]:
    return f"{batch.id}", f"{batch.finished:,} of {batch.total:,}", f"{batch.failed:,}", batch.title


async def run_jobs(options: argparse.Namespace, console: "Console") -> int:
    """Work on the queued jobs, or on some of them, until they have ended."""
    from . import outputs
    from .sets import exit_code

    async with data_folder(options) as workspace:
        for wanted in options.jobs:
            await workspace.commands.job(wanted)
        await workspace.run_jobs(options.jobs or None)
        done, errors = await _run_all(workspace, options.jobs, console)
        details = {job.id: await workspace.commands.job_details(job.id) for job in done}
    if options.json:
        shown = [outputs.job_details(job, details[job.id]) for job in done]
        console.print_json([item.model_dump(mode="json") for item in shown])
    elif not done:
        console.line("No job is queued.")
    for job in () if options.json else done:
        console.line(f"Job {job.id}: {job.status}  {job.character or job.kind} from {job.title}")
    return exit_code(errors)


async def _run_all(
    workspace: "SharedWorkspace", wanted: Sequence[int], console: "Console"
) -> "tuple[list[JobSnapshot], list[CardgenError]]":
    """Wait for the jobs, and for those that are queued meanwhile unless some were named."""
    from ..domain.errors import CardgenError
    from .following import follow

    done: dict[int, JobSnapshot] = {}
    errors: list[CardgenError] = []
    while pending := [job for job in await _unfinished(workspace, wanted) if job.id not in done]:
        for job in pending:
            try:
                await follow(workspace, job, console)
            except CardgenError as error:
                errors.append(error)
                named = f"ob {job.id}" in error.message
                console.complain(error.message if named else f"Job {job.id}: {error.message}", error.details)
            done[job.id] = await workspace.commands.job(job.id)
    return list(done.values()), errors


async def _unfinished(workspace: "SharedWorkspace", wanted: Sequence[int]) -> "list[JobSnapshot]":
    """Jobs that will run by themselves, the oldest first; one that is held or paused is not waited for."""
    from ..domain.job import JobQuery, JobState

    states = (JobState.QUEUED, JobState.RUNNING, JobState.WAITING)
    page = await workspace.commands.jobs(JobQuery(states=states, limit=10_000))
    return [job for job in reversed(page.jobs) if not wanted or job.id in wanted]
