"""`cardgen jobs`: look at the jobs of the data folder and decide what becomes of them."""

import argparse
import math
import re
import time
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]

    from contextlib import AbstractAsyncContextManager

    from ..domain.errors import CardgenError
    from ..domain.job import JobPage, JobQuery, JobSnapshot
    from ..jobs.workspace import Workspace
    from .console import Console

STATUSES = ("pending", "processing", "completed", "failed", "cancelled")
STATES = ("queued", "running", "held", "waiting", "paused", "succeeded")
MOST_LISTED = 10_000
DEFAULT_LISTED = 100
MOST_DIGITS = 18
"""What SQLite's integers hold."""

SECONDS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800}

_AGO = re.compile(r"(\d+(?:\.\d+)?)([smhdw])")


def add_commands(commands: "Commands", shared: argparse.ArgumentParser) -> None:
    """Add the commands to the parser."""
    group = commands.add_parser("jobs", parents=[shared], help="list, show, cancel, retry or run jobs")
    actions = group.add_subparsers(metavar="ACTION", required=True)
    _add_list(actions.add_parser("list", parents=[shared], help="jobs, newest first"))
    for name, run, what in (
        ("show", show, "everything about one job"),
        ("cancel", cancel, "stop a job; what it has finished is kept"),
        ("retry", retry, "queue a finished job again"),
    ):
        parser = actions.add_parser(name, parents=[shared], help=what)
        parser.add_argument("job", type=_job_id, metavar="ID", help="the number of the job")
        _finish(parser, run)
    parser = actions.add_parser("run", parents=[shared], help="work on queued jobs until they have ended")
    parser.add_argument("jobs", type=_job_id, nargs="*", metavar="ID", help="only these (default: all)")
    _finish(parser, run_jobs)


def _add_list(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--status", metavar="S", choices=(*STATUSES, *STATES), help=", ".join(STATUSES))
    parser.add_argument("--type", metavar="T", help="the kind of job, such as draft")
    parser.add_argument("--text", metavar="Q", default="", help="in the character, title or error")
    parser.add_argument(
        "--since", metavar="TIME", type=parse_time, help="2026-11-23, 2026-11-23T14:00, 2h, 7d"
    )
    parser.add_argument("--limit", metavar="N", type=_limit, default=DEFAULT_LISTED, help="default: 100")
    parser.add_argument("--offset", metavar="N", type=_offset, default=0)
    _finish(parser, list_jobs)


def _finish(parser: argparse.ArgumentParser, run: object) -> None:
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(run=run)


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


def _job_id(text: str) -> int:
    number = text.removeprefix("-")
    if not (number.isascii() and number.isdecimal() and len(number) <= MOST_DIGITS):
        raise argparse.ArgumentTypeError(f'"{text}" is no number of a job; `cardgen jobs list` shows those')
    return int(text)


def _offset(text: str) -> int:
    if not text.isdecimal() or int(text) > 2**31:
        raise argparse.ArgumentTypeError("a number of 0 or more is needed")
    return int(text)


def _limit(text: str) -> int:
    number = _offset(text)
    if number > MOST_LISTED:
        raise argparse.ArgumentTypeError(f"at most {MOST_LISTED} jobs are listed at once")
    return number


def _opened(options: argparse.Namespace) -> "AbstractAsyncContextManager[Workspace]":
    from .. import paths
    from ..jobs.workspace import open_workspace

    return open_workspace(paths.home(options.home), program="cardgen", start_workers=False)


async def list_jobs(options: argparse.Namespace, console: "Console") -> int:
    """Print a page of jobs."""
    from . import outputs

    async with _opened(options) as workspace:
        page = await workspace.commands.jobs(_query(options))
    if options.json:
        jobs = tuple(map(outputs.job, page.jobs))
        listed = outputs.JobList(jobs=jobs, total=page.total, limit=page.limit, offset=page.offset)
        console.print_json(listed.model_dump(mode="json"))
    else:
        _print_page(page, console)
    return 0


def _query(options: argparse.Namespace) -> "JobQuery":
    from ..domain.job import JobQuery, JobState

    is_state = options.status in STATES
    return JobQuery(
        states=(JobState(options.status),) if is_state else (),
        status=None if is_state else options.status,
        kind=options.type,
        text=options.text,
        since=options.since,
        limit=options.limit,
        offset=options.offset,
    )


def _print_page(page: "JobPage", console: "Console") -> None:
    if not page.jobs:
        console.line("No jobs match." if page.total == 0 else f"No jobs this far; there are {page.total}.")
        return
    rows = [("ID", "STATUS", "DONE", "CHARACTER", "FROM", "CREATED", "")]
    for job in page.jobs:
        created = datetime.fromtimestamp(job.created_at).strftime("%Y-%m-%d %H:%M")
        note = job.error or job.phase
        row = (f"{job.id}", job.status, f"{job.progress:.0f}%", job.character, job.title, created, note)
        rows.append(row)
    console.table(rows, right=(0, 2))
    if page.total > len(page.jobs):
        console.line(f"{len(page.jobs)} of {page.total} jobs.")


async def show(options: argparse.Namespace, console: "Console") -> int:
    """Print everything about one job."""
    async with _opened(options) as workspace:
        await _print_job(workspace, await workspace.commands.job(options.job), options, console)
    return 0


async def cancel(options: argparse.Namespace, console: "Console") -> int:
    """Cancel a job that has not ended."""
    async with _opened(options) as workspace:
        await _print_job(workspace, await workspace.commands.cancel_job(options.job), options, console)
    return 0


async def retry(options: argparse.Namespace, console: "Console") -> int:
    """Queue a finished job again; `jobs run` or the window works on it."""
    async with _opened(options) as workspace:
        await _print_job(workspace, await workspace.commands.retry_job(options.job), options, console)
    return 0


async def _print_job(
    workspace: "Workspace", job: "JobSnapshot", options: argparse.Namespace, console: "Console"
) -> None:
    from . import outputs

    steps = await workspace.commands.job_steps(job.id)
    if options.json:
        console.print_json(outputs.job_details(job, steps).model_dump(mode="json"))
        return
    console.line(f"Job {job.id}: {job.status}, {job.progress:.0f}%  {job.phase}".rstrip())
    console.line(f"  {job.character or 'the main character'} from {job.title}, engine {job.engine}")
    if job.error:
        console.line(f"  {job.error}")
    for step in steps:
        taken = f"  {step.seconds:.1f} s" if step.seconds is not None else ""
        console.line(f"  {'✓' if step.done else '·'} {step.phase}{taken}")


async def run_jobs(options: argparse.Namespace, console: "Console") -> int:
    """Work on the queued jobs, or on some of them, until they have ended."""
    from . import outputs
    from .sets import exit_code

    async with _opened(options) as workspace:
        for job_id in options.jobs:
            await workspace.commands.job(job_id)
        workspace.service.start()
        done, errors = await _run_all(workspace, options.jobs, console)
        steps = {job.id: await workspace.commands.job_steps(job.id) for job in done}
    if options.json:
        details = [outputs.job_details(job, steps[job.id]) for job in done]
        console.print_json([item.model_dump(mode="json") for item in details])
    elif not done:
        console.line("No job is queued.")
    for job in () if options.json else done:
        console.line(f"Job {job.id}: {job.status}  {job.character} from {job.title}")
    return exit_code(errors)


async def _run_all(
    workspace: "Workspace", wanted: Sequence[int], console: "Console"
) -> "tuple[list[JobSnapshot], list[CardgenError]]":
    """Wait for the jobs, and for those that are queued meanwhile unless some were named."""
    from ..domain.errors import CardgenError
    from .draft import follow

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


async def _unfinished(workspace: "Workspace", wanted: Sequence[int]) -> "list[JobSnapshot]":
    """Jobs that will run by themselves, the oldest first; one that is held or paused is not waited for."""
    from ..domain.job import JobQuery, JobState

    states = (JobState.QUEUED, JobState.RUNNING, JobState.WAITING)
    page = await workspace.commands.jobs(JobQuery(states=states, limit=MOST_LISTED))
    return [job for job in reversed(page.jobs) if not wanted or job.id in wanted]
