"""The ledger: one row for each request to a model, written before the request is sent.

`begin` is a transaction of its own: a request that was never noted cannot have been sent. `end` stores what
it came to together with the sums of its job, so that both always agree. A row without an end belongs to a
request that runs, or to a program that died: then it was possibly billed (ux-and-reliability.md 3.4).
Money is a decimal in US dollars as text. Rows outlive their jobs and cards.
"""

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from sqlalchemy import Row, Select, and_, func, select, update
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from ..domain.costs import CostQuery, CostSource, LedgerEntry, Usage
from ..domain.job import JobSnapshot
from ..domain.value import Value
from . import jobs as stored_jobs
from .provider_tables import ledger
from .rows import JOB_COLUMNS, job_snapshot_or_none, storable
from .tables import attempt, card, job

NANOS = 1_000_000_000
_LARGEST = Decimal(9_000_000_000)
"""What a job's column holds in billionths."""

INTERRUPTED = "interrupted"
"""The outcome of a request whose end nobody saw."""


class NewRequest(Value):
    """A request that is about to be sent. `epoch` is that of its job, `server` its address.

    `estimated_cost` is what it may come to, US dollars; what a spending cap counts until the end is known.
    """

    job_id: int | None = None
    epoch: int = 0
    card_id: int | None = None
    character: str = ""
    step: str
    profile: str
    server: str = ""
    model: str
    estimated_cost: Decimal | None = None
    request_hash: str = ""


class OpenRequest(Value):
    """A request that was possibly billed, and can be asked about: the provider gave it a name."""

    id: int
    job_id: int | None
    profile: str
    server: str
    model: str
    provider_id: str
    started_at: float


async def begin(connection: AsyncConnection, new: NewRequest, now: float) -> int:
    """Note that a request is about to be sent; the id of its row. Commit before sending."""
    attempt_id = None
    if new.job_id is not None:
        attempt_id = await _open_attempt(connection, new)
    values = {
        "attempt_id": attempt_id,
        "started_at": now,
        "estimated_cost": as_text(new.estimated_cost),
        **{name: getattr(new, name) for name in ("job_id", "card_id")},
        **{name: storable(getattr(new, name)) for name in _TEXTS},
    }
    statement = insert(ledger).values(values).returning(ledger.c.id)
    return int((await connection.execute(statement)).scalar_one())


_TEXTS = ("character", "step", "profile", "server", "model", "request_hash")


async def _open_attempt(connection: AsyncConnection, new: NewRequest) -> int | None:
    """The attempt that sends it; a request under way is noted there too, which marks the job if it dies."""
    assert new.job_id is not None
    cost = None if new.estimated_cost is None else float(new.estimated_cost)
    await stored_jobs.before_request(
        connection, new.job_id, new.epoch, request_hash=new.request_hash, estimated_cost=cost
    )
    mine = select(attempt.c.id).where(
        attempt.c.job_id == new.job_id, attempt.c.epoch == new.epoch, attempt.c.ended_at.is_(None)
    )
    return (await connection.execute(mine.limit(1))).scalar_one_or_none()


async def told(connection: AsyncConnection, ledger_id: int, provider_id: str, model: str = "") -> None:
    """The provider has said what it calls the request, and which model answers."""
    values = {"provider_id": storable(provider_id)} | ({"model": storable(model)} if model else {})
    await connection.execute(update(ledger).where(ledger.c.id == ledger_id).values(values))


async def end(
    connection: AsyncConnection,
    ledger_id: int,
    usage: Usage,
    *,
    outcome: str,
    now: float,
    possibly_billed: bool = False,
) -> JobSnapshot | None:
    """Note how a request ended, and add it to its job; the job as it is now, None when it has none.

    `possibly_billed` says that nobody told what it came to although the model may have worked. A row that has
    an end already stays as it is.
    """
    values = {
        **_of_usage(usage),
        "ended_at": now,
        "outcome": storable(outcome),
        "possibly_billed": int(possibly_billed),
    }
    open_row = and_(ledger.c.id == ledger_id, ledger.c.ended_at.is_(None))
    statement = update(ledger).where(open_row).values(values)
    row = (await connection.execute(statement.returning(ledger.c.job_id, ledger.c.attempt_id))).one_or_none()
    if row is None or row.job_id is None:
        return None
    await _note_attempt(connection, row.attempt_id)
    return await _sum_into_job(connection, row.job_id)


async def _note_attempt(connection: AsyncConnection, attempt_id: int | None) -> None:
    """Nothing of the attempt is under way any more, unless it has sent another request meanwhile."""
    others = select(ledger.c.id).where(ledger.c.attempt_id == attempt_id, ledger.c.ended_at.is_(None))
    if attempt_id is not None and (await connection.execute(others.limit(1))).first() is None:
        await connection.execute(update(attempt).where(attempt.c.id == attempt_id).values(request_hash=None))


def _of_usage(usage: Usage) -> dict[str, Any]:
    counts = usage.model_dump(include={"tokens_in", "tokens_out", "tokens_cached", "tokens_reasoning"})
    return {**counts, "cost": as_text(usage.cost), "cost_source": usage.cost_source}


async def _sum_into_job(connection: AsyncConnection, job_id: int) -> JobSnapshot | None:
    """The sums of a job, made anew: so no rounding adds up, and no request counts twice."""
    rows = await connection.execute(
        select(
            ledger.c.cost,
            func.count().label("requests"),
            func.sum(ledger.c.tokens_in).label("tokens_in"),
            func.sum(ledger.c.tokens_out).label("tokens_out"),
            func.max(and_(ledger.c.possibly_billed == 1, ledger.c.resolved == 0)).label("open"),
        )
        .where(ledger.c.job_id == job_id)
        .group_by(ledger.c.cost)
    )
    groups = rows.all()
    values = {
        "tokens_in": sum(row.tokens_in for row in groups),
        "tokens_out": sum(row.tokens_out for row in groups),
        "cost_nanos": _nanos(groups),
        "possibly_billed": int(any(row.open for row in groups)),
    }
    statement = update(job).where(job.c.id == job_id).values(values).returning(*JOB_COLUMNS)
    return job_snapshot_or_none((await connection.execute(statement)).one_or_none())


def _nanos(groups: Sequence[Row[Any]]) -> int | None:
    """Billionths of a dollar; None while no cost is known."""
    known = [row for row in groups if row.cost is not None]
    total = min(sum((as_decimal(row.cost) * row.requests for row in known), Decimal(0)), _LARGEST)
    return round(total * NANOS) if known else None


async def leave_open(connection: AsyncConnection) -> int:
    """At the start of a process: requests without an end were possibly billed. Returns how many those are."""
    left = and_(ledger.c.ended_at.is_(None), ledger.c.possibly_billed == 0)
    statement = update(ledger).where(left).values(possibly_billed=1, outcome=INTERRUPTED)
    jobs = list((await connection.execute(statement.returning(ledger.c.job_id))).scalars())
    marked = update(job).where(job.c.id.in_({item for item in jobs if item is not None}))
    await connection.execute(marked.values(possibly_billed=1))
    return len(jobs)


async def unresolved(connection: AsyncConnection, since: float, limit: int = 100) -> tuple[OpenRequest, ...]:
    """Requests after a moment that were possibly billed and that the provider has a name for."""
    columns = [ledger.c[name] for name in OpenRequest.model_fields]
    statement = (
        select(*columns)
        .where(
            ledger.c.started_at >= since,
            ledger.c.possibly_billed == 1,
            ledger.c.resolved == 0,
            ledger.c.provider_id != "",
        )
        .order_by(ledger.c.started_at)
        .limit(limit)
    )
    return tuple(OpenRequest(**row._mapping) for row in await connection.execute(statement))


async def resolve(
    connection: AsyncConnection, ledger_id: int, usage: Usage, now: float
) -> JobSnapshot | None:
    """The provider was asked afterwards what a request came to; the job with its new sums."""
    values = {**_of_usage(usage), "resolved": 1, "ended_at": func.coalesce(ledger.c.ended_at, now)}
    statement = update(ledger).where(ledger.c.id == ledger_id, ledger.c.resolved == 0).values(values)
    row = (await connection.execute(statement.returning(ledger.c.job_id))).one_or_none()
    return None if row is None or row.job_id is None else await _sum_into_job(connection, row.job_id)


async def rename_profile(connection: AsyncConnection, before: str, after: str) -> None:
    """A profile has another name: what it cost this month still counts."""
    await connection.execute(update(ledger).where(ledger.c.profile == before).values(profile=after))


async def entries(
    connection: AsyncConnection, query: CostQuery, *, most: int | None = None, offset: int = 0
) -> tuple[LedgerEntry, ...]:
    """The single requests of a stretch, newest first; `most` goes before the limit of the query."""
    columns = [ledger.c[name] for name in _ENTRY]
    statement = select(*columns, CARD_ID.label("made_card")).select_from(WITH_CARD)
    newest = chosen(statement, query).order_by(ledger.c.started_at.desc(), ledger.c.id.desc())
    rows = await connection.execute(newest.limit(most or query.limit).offset(offset))
    return tuple(_entry(row) for row in rows)


_ENTRY = (
    "id", "job_id", "step", "profile", "model", "started_at", "ended_at", "outcome", "tokens_in",
    "tokens_out", "tokens_cached", "tokens_reasoning", "cost", "cost_source", "estimated_cost", "provider_id",
    "possibly_billed", "resolved",
)  # fmt: skip

WITH_CARD = ledger.outerjoin(card, and_(card.c.job_id == ledger.c.job_id, ledger.c.job_id.is_not(None)))
"""Each request with the card that its job made."""

CARD_ID = func.coalesce(ledger.c.card_id, card.c.id)


def chosen(statement: Select[Any], query: CostQuery) -> Select[Any]:
    """The rows that a query means; the statement selects from `WITH_CARD`."""
    if query.since is not None:
        statement = statement.where(ledger.c.started_at >= query.since)
    if query.until is not None:
        statement = statement.where(ledger.c.started_at < query.until)
    same = {ledger.c.profile: query.profile, ledger.c.job_id: query.job_id, CARD_ID: query.card_id}
    return statement.where(*(column == wanted for column, wanted in same.items() if wanted is not None))


def _entry(row: Row[Any]) -> LedgerEntry:
    values = dict(row._mapping)
    usage = Usage(
        **{name: values.pop(name) for name in _USAGE},
        cost=decimal_or_none(values.pop("cost")),
        cost_source=cost_source(values.pop("cost_source")),
    )
    estimated = decimal_or_none(values.pop("estimated_cost"))
    return LedgerEntry(card_id=values.pop("made_card"), usage=usage, estimated_cost=estimated, **values)


_USAGE = ("tokens_in", "tokens_out", "tokens_cached", "tokens_reasoning")
_SOURCES: dict[str, CostSource] = {
    "provider": "provider", "prices": "prices", "unknown": "unknown", "free": "free"
}  # fmt: skip


def cost_source(text: str) -> CostSource:
    """Who said what it cost; nobody, when a newer program knows more of them."""
    return _SOURCES.get(text, "unknown")


def as_text(value: Decimal | None) -> str | None:
    """A decimal as it is stored: digits and a point, without an exponent."""
    return None if value is None or not value.is_finite() else format(value, "f")


def decimal_or_none(text: str | None) -> Decimal | None:
    """A stored decimal; None when it is none."""
    return None if text is None else as_decimal(text)


def as_decimal(text: str) -> Decimal:
    """A stored decimal; 0 when somebody else wrote no number there."""
    try:
        value = Decimal(text)
    except (InvalidOperation, ValueError):
        return Decimal(0)
    return value if value.is_finite() else Decimal(0)
