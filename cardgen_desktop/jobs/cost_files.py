"""The ledger as a table for a spreadsheet: one row for each request, no text that is taken for a formula."""

import csv
import io
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from ..domain.costs import CostQuery, LedgerEntry
from ..store import ledger
from ..store.engine import Database

ROWS_AT_ONCE = 2_000
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
COLUMNS = (
    "id", "started", "ended", "profile", "model", "step", "job", "card", "outcome", "tokens_in", "tokens_out",
    "tokens_cached", "tokens_reasoning", "cost_usd", "cost_source", "estimated_usd", "possibly_billed",
    "resolved", "provider_id",
)  # fmt: skip


async def table_of(database: Database, query: CostQuery) -> str:
    """All requests of a stretch as CSV, newest first; the limit of the query does not count."""
    text = io.StringIO(newline="")
    rows = csv.writer(text)
    rows.writerow(COLUMNS)
    offset = 0
    async with database.read() as connection:
        while True:
            entries = await ledger.entries(connection, query, most=ROWS_AT_ONCE, offset=offset)
            rows.writerows(map(_row, entries))
            offset += len(entries)
            if len(entries) < ROWS_AT_ONCE:
                return text.getvalue()


def _row(entry: LedgerEntry) -> Iterable[object]:
    usage = entry.usage
    return (
        entry.id, _time(entry.started_at), _time(entry.ended_at), _plain(entry.profile), _plain(entry.model),
        _plain(entry.step), _number(entry.job_id), _number(entry.card_id), _plain(entry.outcome),
        usage.tokens_in, usage.tokens_out, usage.tokens_cached, usage.tokens_reasoning, _money(usage.cost),
        usage.cost_source, _money(entry.estimated_cost), int(entry.possibly_billed), int(entry.resolved),
        _plain(entry.provider_id),
    )  # fmt: skip


def _plain(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def _time(seconds: float | None) -> str:
    """Local time with its distance from UTC."""
    return "" if seconds is None else datetime.fromtimestamp(seconds).astimezone().isoformat("T", "seconds")


def _number(number: int | None) -> str:
    return "" if number is None else str(number)


def _money(amount: Decimal | None) -> str:
    return "" if amount is None else format(amount, "f")
