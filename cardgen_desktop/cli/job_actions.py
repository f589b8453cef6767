"""`cardgen jobs cancel`, `pause`, `retry` and the other actions on jobs; `undo` takes them back."""

import argparse
import json
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .arguments import data_folder, finish, job_id

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]

    from ..domain.queue import JobsMoved
    from ..jobs.handover.joined import SharedWorkspace
    from ..jobs.interface import Commands as JobCommands
    from .console import Console

LEVELS = {"lowest": -2, "low": -1, "normal": 0, "high": 1, "highest": 2}
FORMATS = ("json", "yaml", "csv")
NOTHING = {
    "cancel": "",
    "pause": "None of these jobs can be paused: they have ended or are paused already.",
    "resume": "None of these jobs stands still; there is nothing to resume.",
    "retry": "{jobs} not finished; there is nothing to run again.",
    "run-now": "None of these jobs waits; there is nothing to put first.",
    "remove": "{jobs} not finished. Cancel first, then remove.",
    "priority": "None of these jobs is unfinished and of another priority.",
    "move": "None of these jobs is unfinished; there is nothing to move.",
}
"""Why an action changed no job; "" where that is no failure."""
DONE = {
    "cancel": "cancelled",
    "pause": "paused",
    "resume": "resumed",
    "retry": "queued again",
    "run-now": "put ahead of the queue",
    "remove": "removed",
    "priority": "given the new priority",
    "move": "moved",
}
"""What became of the jobs an action changed."""
ASKED = {"cancel": "asked to stop", "pause": "asked to pause"}
"""The same where some of them are still at work."""

Act = Callable[["JobCommands", Sequence[int]], "Awaitable[JobsMoved]"]


def add_actions(actions: "Commands", shared: argparse.ArgumentParser) -> None:
    """Add the actions to the parser of `cardgen jobs`."""
    for name, act, what in (
        ("cancel", _cancel, "stop jobs; what they have finished is kept"),
        ("pause", _pause, "stop jobs at a safe point, until they are resumed"),
        ("resume", _resume, "queue paused, held and waiting jobs again"),
        ("run-now", _run_now, "put jobs ahead of all others"),
        ("remove", _remove, "take finished jobs off the list"),
    ):
        _add(actions, shared, name, what).set_defaults(name=name, act=act)
    retry = _add(actions, shared, "retry", "queue finished jobs again, or a copy with changes")
    retry.add_argument(
        "--set",
        metavar="KEY=VALUE",
        action="append",
        default=[],
        help="copy the job with this setting changed",
    )
    retry.set_defaults(run=run_retry)
    _add_ordering(actions, shared)
    _add_report(actions, shared)
    for name, run, what in (("undo", undo, "take the last action back"), ("redo", redo, "do it once more")):
        finish(actions.add_parser(name, parents=[shared], help=what), run)


def _add(
    actions: "Commands", shared: argparse.ArgumentParser, name: str, what: str
) -> argparse.ArgumentParser:
    parser = actions.add_parser(name, parents=[shared], help=what)
    parser.add_argument("jobs", type=job_id, nargs="+", metavar="ID", help="the numbers of the jobs")
    finish(parser, run_action)
    return parser


def _add_ordering(actions: "Commands", shared: argparse.ArgumentParser) -> None:
    priority = _add(actions, shared, "priority", "make jobs more or less urgent")
    priority.add_argument("level", choices=LEVELS, metavar="LEVEL", help=", ".join(LEVELS))
    priority.set_defaults(run=run_priority)
    move = _add(actions, shared, "move", "put jobs first or last of their priority")
    move.add_argument("place", choices=("top", "bottom"), help="top or bottom")
    move.set_defaults(run=run_move)


def _add_report(actions: "Commands", shared: argparse.ArgumentParser) -> None:
    parser = actions.add_parser("export", parents=[shared], help="everything about a job, for a report")
    parser.add_argument("job", type=job_id, metavar="ID", help="the number of the job")
    parser.add_argument("--format", choices=FORMATS, help="default: by the name of the file, or json")
    parser.add_argument("--out", type=Path, metavar="FILE", help="a file; else it is printed")
    finish(parser, export)


async def _cancel(commands: "JobCommands", jobs: Sequence[int]) -> "JobsMoved":
    return await commands.cancel_jobs(jobs)


async def _pause(commands: "JobCommands", jobs: Sequence[int]) -> "JobsMoved":
    return await commands.pause_jobs(jobs)


async def _resume(commands: "JobCommands", jobs: Sequence[int]) -> "JobsMoved":
    return await commands.resume_jobs(jobs)


async def _run_now(commands: "JobCommands", jobs: Sequence[int]) -> "JobsMoved":
    return await commands.run_jobs_now(jobs)


async def _remove(commands: "JobCommands", jobs: Sequence[int]) -> "JobsMoved":
    return await commands.remove_jobs(jobs)


async def run_action(options: argparse.Namespace, console: "Console") -> int:
    """Carry out an action on the jobs that were named; nothing is done when one of them does not exist."""
    return await _carry_out(options.act, options.name, options, console)


async def run_priority(options: argparse.Namespace, console: "Console") -> int:
    """Make the jobs more or less urgent."""
    from ..domain.job import Priority

    level = Priority(LEVELS[options.level])
    return await _carry_out(
        lambda commands, jobs: commands.set_priority(jobs, level), "priority", options, console
    )


async def run_move(options: argparse.Namespace, console: "Console") -> int:
    """Put the jobs first or last."""
    return await _carry_out(
        lambda commands, jobs: commands.move_jobs(jobs, options.place), "move", options, console
    )


async def run_retry(options: argparse.Namespace, console: "Console") -> int:
    """Queue finished jobs again, or one as a copy with changes; `jobs run` or the window works on it."""
    if not options.set:
        return await _carry_out(lambda commands, jobs: commands.retry_jobs(jobs), "retry", options, console)
    from ..domain.errors import UsageError
    from .jobs import print_job

    if len(options.jobs) > 1:
        raise UsageError("Only one job at a time is copied with changes. Name one.")
    async with data_folder(options) as workspace:
        await workspace.commands.job(options.jobs[0])
        copy = await workspace.commands.retry_copy(options.jobs[0], _changes(options.set))
        await print_job(workspace, copy, options, console)
    return 0


def _changes(settings: Sequence[str]) -> dict[str, Any]:
    """`KEY=VALUE` as settings; a value that is JSON is taken as such, else it is text."""
    from ..domain.errors import UsageError

    changes: dict[str, Any] = {}
    for setting in settings:
        key, equals, value = setting.partition("=")
        if not (key and equals):
            raise UsageError(f'"{setting}" is no setting. Write KEY=VALUE, such as character=Ada.')
        try:
            changes[key.strip()] = json.loads(value) if value[:1] in "[{" and value else value
        except ValueError:
            changes[key.strip()] = value
    return changes


async def _carry_out(act: Act, name: str, options: argparse.Namespace, console: "Console") -> int:
    async with data_folder(options) as workspace:
        for wanted in options.jobs:
            await workspace.commands.job(wanted)
        moved = await act(workspace.commands, options.jobs)
        await _refuse_nothing(workspace, moved, name, options.jobs)
        await _print_moved(workspace, moved, name, options, console)
    return 0


async def _refuse_nothing(
    workspace: "SharedWorkspace", moved: "JobsMoved", name: str, jobs: Sequence[int]
) -> None:
    """Raise `UsageError` when an action that should have changed something changed nothing."""
    from ..domain.errors import UsageError
    from ..domain.job import TERMINAL_STATES

    if moved.count or not NOTHING[name]:
        return
    found = [await workspace.commands.job(wanted) for wanted in jobs]
    if name == "retry" and all(job.state in TERMINAL_STATES for job in found):
        raise UsageError("Another job is already doing the same. `cardgen jobs list` shows it.")
    listed = f"Job {jobs[0]} has" if len(jobs) == 1 else "These jobs have"
    raise UsageError(NOTHING[name].format(jobs=listed))


async def _print_moved(
    workspace: "SharedWorkspace",
    moved: "JobsMoved",
    name: str,
    options: argparse.Namespace,
    console: "Console",
) -> None:
    from . import outputs
    from .jobs import print_job

    if name in ("cancel", "retry") and len(options.jobs) == 1:
        if name == "cancel" and not moved.count and not options.json:
            console.line("There was nothing to cancel.")
        await print_job(workspace, await workspace.commands.job(options.jobs[0]), options, console)
    elif options.json:
        console.print_json(outputs.moved(moved).model_dump(mode="json"))
    else:
        _print_count(moved, name, console)


def _print_count(moved: "JobsMoved", name: str, console: "Console") -> None:
    jobs = f"{moved.count:,} {'job' if moved.count == 1 else 'jobs'}" if moved.count else "No job"
    left = f" {moved.skipped:,} stayed as they were." if moved.skipped else ""
    is_asked = name in ASKED and any(job.status == "processing" for job in moved.jobs)
    console.line(f"{jobs} {ASKED[name] if is_asked else DONE[name]}.{left}")


async def undo(options: argparse.Namespace, console: "Console") -> int:
    """Take the last action back."""
    async with data_folder(options) as workspace:
        _print_step(await workspace.commands.undo(), "Taken back: ", options, console)
    return 0


async def redo(options: argparse.Namespace, console: "Console") -> int:
    """Do the action that was taken back last once more."""
    async with data_folder(options) as workspace:
        _print_step(await workspace.commands.redo(), "Done again: ", options, console)
    return 0


def _print_step(moved: "JobsMoved", what: str, options: argparse.Namespace, console: "Console") -> None:
    from . import outputs

    if options.json:
        console.print_json(outputs.moved(moved).model_dump(mode="json"))
    else:
        console.line(f"{what}{moved.name or f'{moved.count:,} jobs'}.")


async def export(options: argparse.Namespace, console: "Console") -> int:
    """Write or print everything about a job that a report needs."""
    from ..jobs.child import in_thread
    from ..jobs.job_export import format_of, job_report, save_report

    report_format = options.format or (format_of(options.out) if options.out else "json")
    async with data_folder(options) as workspace:
        await workspace.commands.job(options.job)
        report = job_report(await workspace.commands.export_job(options.job), report_format)
    if options.out is None:
        console.text(report)
        return 0
    await in_thread(save_report, options.out, report)
    if options.json:
        console.print_json({"job": options.job, "path": str(options.out), "format": report_format})
    else:
        console.line(f"{options.out}  written and read back")
    return 0
