"""`cardgen queue`: the queue as a whole, its lanes and its gates."""

import argparse
from typing import TYPE_CHECKING

from .arguments import LANES, data_folder, finish, lane_limit

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]

    from ..domain.queue import LaneStatus, QueueStatus
    from ..jobs.interface import Commands as JobCommands
    from .console import Console

ACTIONS = ("status", "pause", "resume", "try")


def add_commands(commands: "Commands", shared: argparse.ArgumentParser) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "queue",
        parents=[shared],
        help="look at the queue, pause or resume it",
        description="status (the default), pause or resume all or one lane, or try closed gates now.",
    )
    parser.add_argument("action", nargs="?", choices=ACTIONS, default="status", help=", ".join(ACTIONS))
    parser.add_argument("--lane", choices=LANES, metavar="L", help=", ".join(LANES))
    parser.add_argument("--limit", type=lane_limit, metavar="N", help="how many jobs of the lane run at once")
    finish(parser, run)


async def run(options: argparse.Namespace, console: "Console") -> int:
    """Change what was asked for, then print the queue."""
    from ..domain.errors import UsageError
    from . import outputs

    if options.limit is not None and options.lane is None:
        raise UsageError("--limit is of one lane. Name it with --lane.")
    async with data_folder(options) as workspace:
        status = await _changed(workspace.commands, options)
    if options.json:
        console.print_json(outputs.as_json(status))
    else:
        _print(status, console)
    return 0


async def _changed(commands: "JobCommands", options: argparse.Namespace) -> "QueueStatus":
    from ..domain.job import Lane

    lane = Lane(options.lane) if options.lane else None
    if options.limit is not None and lane is not None:
        await commands.set_lane_limit(lane, options.limit)
    if options.action == "pause":
        return await commands.pause_queue(lane)
    if options.action == "resume":
        return await commands.resume_queue(lane)
    return await (commands.try_gates() if options.action == "try" else commands.queue_status())


def _print(status: "QueueStatus", console: "Console") -> None:
    if status.paused:
        console.line("The queue is paused. `cardgen queue resume` starts jobs again.")
    rows = [("LANE", "RUNNING", "QUEUED", "AT ONCE", ""), *map(_row, status.lanes)]
    console.table(rows, right=(1, 2, 3))
    for gate in status.gates:
        console.line(f"{gate.reason} {gate.scope}: {gate.held:,} held. {gate.sentence}".replace(" :", ":"))


def _row(lane: "LaneStatus") -> tuple[str, ...]:
    notes = [note for note, holds in (("paused", lane.paused), ("lowered", lane.lowered)) if holds]
    return lane.lane.value, f"{lane.running:,}", f"{lane.queued:,}", f"{lane.limit}", ", ".join(notes)
