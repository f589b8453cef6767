"""`cardgen costs`: what requests to language models came to, by day, month, profile, model, job or card."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from .arguments import card_id, data_folder, finish, job_id, parse_time

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]

    from ..domain.costs import CostQuery, CostReport, CostRow, LedgerEntry
    from .console import Console

BY = ("day", "month", "profile", "model", "job", "card")
MOST_ROWS = 100_000


def add_commands(commands: "Commands", shared: argparse.ArgumentParser) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "costs",
        parents=[shared],
        help="what language models have cost",
        description="Sums are exact, in US dollars. What a provider did not tell is counted, not guessed.",
    )
    parser.add_argument("--by", choices=BY, default="day", metavar="WHAT", help=", ".join(BY))
    parser.add_argument("--since", metavar="TIME", type=parse_time, help="a date, or an age such as 7d")
    parser.add_argument("--until", metavar="TIME", type=parse_time, help="before this moment")
    parser.add_argument("--profile", metavar="NAME", help="one profile alone")
    parser.add_argument("--job", metavar="ID", type=job_id, help="one job alone")
    parser.add_argument("--card", metavar="ID", type=card_id, help="one card alone")
    parser.add_argument("--requests", action="store_true", help="list single requests, newest first")
    parser.add_argument("--csv", metavar="FILE", type=Path, help="write the single requests as a table")
    finish(parser, costs)


async def costs(options: argparse.Namespace, console: "Console") -> int:
    """Print the sums, or the requests."""
    query = _query(options)
    async with data_folder(options) as workspace:
        written = None
        if options.csv:
            written = await workspace.commands.export_costs(options.csv.absolute(), query)
        if options.requests:
            return _print_requests(await workspace.commands.ledger(query), options, console)
        report = await workspace.commands.costs(query)
    _print_report(report, written, options, console)
    return 0


def _query(options: argparse.Namespace) -> "CostQuery":
    from ..domain.costs import CostQuery

    return CostQuery(
        by=options.by, since=options.since, until=options.until, profile=options.profile,
        job_id=options.job, card_id=options.card, limit=MOST_ROWS,
    )  # fmt: skip


def _print_report(
    report: "CostReport", written: Path | None, options: argparse.Namespace, console: "Console"
) -> None:
    from . import provider_outputs as outputs

    if options.json:
        path = None if written is None else str(written)
        console.print_json(outputs.costs(report, options.by, path).model_dump(mode="json"))
        return
    if report.rows:
        head = (options.by.upper(), "REQUESTS", "TOKENS IN", "TOKENS OUT", "US $", "")
        rows = [*(_row(row, options.by) for row in report.rows), _row(report.total)]
        console.table([head, *rows], right=(1, 2, 3, 4))
    else:
        console.line("Nothing was asked of a language model in this time.")
    if written:
        console.line(f"{written}  written")


def _row(row: "CostRow", by: str = "") -> tuple[str, ...]:
    notes = ((row.unknown, "not known"), (row.possibly_billed, "possibly billed"))
    counts = (f"{number:,}" for number in (row.requests, row.tokens_in, row.tokens_out))
    told = ", ".join(f"{number:,} {what}" for number, what in notes if number)
    # Many jobs and cards are called alike: their number is what --job and --card take.
    numbered = by in ("job", "card") and row.key.isdecimal()
    name = f"{row.key} {row.label}".rstrip() if numbered else row.label or row.key
    return (name, *counts, f"{row.cost:,.6f}", told)


def _print_requests(entries: "Sequence[LedgerEntry]", options: argparse.Namespace, console: "Console") -> int:
    from . import provider_outputs as outputs

    if options.json:
        console.print_json([outputs.paid_request(entry).model_dump(mode="json") for entry in entries])
        return 0
    head = ("STARTED", "PROFILE", "MODEL", "STEP", "IN", "OUT", "US $", "OUTCOME")
    console.table([head, *map(_request_row, entries)], right=(4, 5, 6))
    return 0


def _request_row(entry: "LedgerEntry") -> tuple[str, ...]:
    from datetime import datetime

    usage = entry.usage
    cost = "" if usage.cost is None else f"{usage.cost:,.6f}"
    outcome = "possibly billed" if entry.possibly_billed and not entry.resolved else entry.outcome
    return (
        f"{datetime.fromtimestamp(entry.started_at):%Y-%m-%d %H:%M:%S}", entry.profile, entry.model,
        entry.step, f"{usage.tokens_in:,}", f"{usage.tokens_out:,}", cost, outcome,
    )  # fmt: skip
