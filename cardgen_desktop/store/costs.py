"""Sums of the ledger, in decimals: by day, month, profile, model, job and card; and what a cap counts.

SQLite groups rows of the same cost and Python adds them up: exact whatever a provider's prices are, and a
year of requests is summed in one pass. Days and months are those of the computer's own calendar.
"""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, case, func, not_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from ..domain.costs import CostBy, CostQuery, CostReport, CostRow
from ..domain.value import Value
from .ledger import CARD_ID, WITH_CARD, as_decimal, chosen
from .provider_tables import ledger
from .tables import card, job

_NEWEST_FIRST = ("day", "month")


def _calendar(pattern: str) -> ColumnElement[str]:
    return func.strftime(pattern, ledger.c.started_at, "unixepoch", "localtime")


_KEYS: dict[CostBy, ColumnElement[Any]] = {
    "day": _calendar("%Y-%m-%d"),
    "month": _calendar("%Y-%m"),
    "profile": ledger.c.profile,
    "model": ledger.c.model,
    "job": ledger.c.job_id,
    "card": CARD_ID,
}
_OPEN_BILL = and_(ledger.c.possibly_billed == 1, ledger.c.resolved == 0)
_TOLD_NOTHING = and_(ledger.c.cost.is_(None), ledger.c.tokens_in + ledger.c.tokens_out == 0)
_ENDED_UNKNOWN = and_(ledger.c.ended_at.is_not(None), ledger.c.cost.is_(None), not_(_OPEN_BILL))


def _count(which: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((which, 1), else_=0))


async def report(connection: AsyncConnection, query: CostQuery) -> CostReport:
    """Sums by what the query asks for, the newest or dearest first, and the sum of everything it means."""
    key = _KEYS[query.by]
    statement = (
        select(
            key.label("key"),
            ledger.c.cost,
            func.count().label("requests"),
            func.sum(ledger.c.tokens_in).label("tokens_in"),
            func.sum(ledger.c.tokens_out).label("tokens_out"),
            _count(_ENDED_UNKNOWN).label("unknown"),
            _count(_OPEN_BILL).label("possibly_billed"),
            func.max(ledger.c.character).label("character"),
        )
        .select_from(WITH_CARD)
        .group_by(key, ledger.c.cost)
    )
    rows = _added(await connection.execute(chosen(statement, query)))
    total = _sum("total", "Total", rows.values())
    labels = await _labels(connection, query.by, rows)
    named = [row.model_copy(update={"label": labels.get(name, row.label)}) for name, row in rows.items()]
    ordered = _ordered(named, query.by)[: query.limit]
    return CostReport(rows=tuple(ordered), total=total, since=query.since, until=query.until)


def _added(rows: Iterable[Row[Any]]) -> dict[str, CostRow]:
    found: dict[str, CostRow] = {}
    for row in rows:
        name = "" if row.key is None else str(row.key)
        cost = Decimal(0) if row.cost is None else as_decimal(row.cost) * row.requests
        part = CostRow(
            key=name, label=row.character, requests=row.requests, tokens_in=row.tokens_in, cost=cost,
            tokens_out=row.tokens_out, unknown=row.unknown, possibly_billed=row.possibly_billed,
        )  # fmt: skip
        before = found.get(name)
        found[name] = part if before is None else _sum(name, before.label or part.label, (before, part))
    return found


def _sum(key: str, label: str, rows: Iterable[CostRow]) -> CostRow:
    parts = tuple(rows)
    numbers = ("requests", "tokens_in", "tokens_out", "unknown", "possibly_billed")
    counts = {name: sum(getattr(row, name) for row in parts) for name in numbers}
    return CostRow(key=key, label=label, cost=sum((row.cost for row in parts), Decimal(0)), **counts)


def _ordered(rows: list[CostRow], by: CostBy) -> list[CostRow]:
    if by in _NEWEST_FIRST:
        return sorted(rows, key=lambda row: row.key, reverse=True)
    return sorted(rows, key=lambda row: (-row.cost, -row.requests, row.key))


async def _labels(connection: AsyncConnection, by: CostBy, rows: dict[str, CostRow]) -> dict[str, str]:
    """What the person calls each key; jobs and cards that are gone keep the character's name."""
    if by not in ("job", "card"):
        return {name: name for name in rows}
    ids = [int(name) for name in rows if name]
    table = job if by == "job" else card
    words = job.c.character if by == "job" else card.c.name
    named: dict[str, str] = {}
    for first in range(0, len(ids), 500):
        some = select(table.c.id, words).where(table.c.id.in_(ids[first : first + 500]))
        named |= {str(number): name for number, name in await connection.execute(some)}
    fallback = {name: row.label or _number(by, name) for name, row in rows.items()}
    return fallback | {name: label for name, label in named.items() if label}


def _number(by: CostBy, name: str) -> str:
    return f"{by.capitalize()} {name}" if name else f"Without a {by}"


class Spending(Value):
    """What a cap counts: costs that are known, and what stands for those that are not.

    `known` and `reserved` are US dollars: `reserved` is what requests were estimated at that have no end, or
    of whose end neither cost nor tokens were told. The tokens are those of requests whose cost nobody told.
    """

    known: Decimal = Decimal(0)
    reserved: Decimal = Decimal(0)
    unknown_in: int = 0
    unknown_out: int = 0


async def spending(
    connection: AsyncConnection, *, profile: str | None = None, since: float = 0.0, job_id: int | None = None
) -> Spending:
    """What a profile has cost since a moment, or what a job has cost."""
    statement = select(
        ledger.c.cost,
        case((ledger.c.cost.is_(None), ledger.c.estimated_cost)).label("estimate"),
        (ledger.c.ended_at.is_(None) | _OPEN_BILL | _TOLD_NOTHING).label("is_open"),
        func.count().label("requests"),
        func.sum(ledger.c.tokens_in).label("tokens_in"),
        func.sum(ledger.c.tokens_out).label("tokens_out"),
    ).where(ledger.c.started_at >= since)
    if profile is not None:
        statement = statement.where(ledger.c.profile == profile)
    if job_id is not None:
        statement = statement.where(ledger.c.job_id == job_id)
    groups = (await connection.execute(statement.group_by("cost", "estimate", "is_open"))).all()
    known = (as_decimal(row.cost) * row.requests for row in groups if row.cost is not None)
    open_ones = (row for row in groups if row.cost is None and row.is_open and row.estimate is not None)
    ended = [row for row in groups if row.cost is None and not row.is_open]
    return Spending(
        known=sum(known, Decimal(0)),
        reserved=sum((as_decimal(row.estimate) * row.requests for row in open_ones), Decimal(0)),
        unknown_in=sum(row.tokens_in for row in ended),
        unknown_out=sum(row.tokens_out for row in ended),
    )


async def spent_by_profile(connection: AsyncConnection, since: float) -> dict[str, Decimal]:
    """What each profile is known to have cost since a moment; those of which nothing is known are missing."""
    statement = (
        select(ledger.c.profile, ledger.c.cost, func.count().label("requests"))
        .where(ledger.c.started_at >= since, ledger.c.cost.is_not(None))
        .group_by(ledger.c.profile, ledger.c.cost)
    )
    found: dict[str, Decimal] = {}
    for row in await connection.execute(statement):
        found[row.profile] = found.get(row.profile, Decimal(0)) + as_decimal(row.cost) * row.requests
    return found
