"""The ledger: what a request came to, job by job, to the last digit; and what nobody saw the end of."""

import random
from decimal import Decimal
from pathlib import Path

import pytest

from cardgen_desktop.domain.costs import CostQuery, Usage
from cardgen_desktop.domain.job import JobSnapshot, Lane
from cardgen_desktop.store import claims, costs, intake, ledger, retention
from cardgen_desktop.store import jobs as stored_jobs
from cardgen_desktop.store.engine import Database
from cardgen_desktop.store.intake import NewJob
from cardgen_desktop.store.ledger import NewRequest

NOON = 1_790_000_000.0


async def running_job(database: Database, title: str = "job", now: float = NOON) -> tuple[JobSnapshot, int]:
    """A job that a worker has, and the epoch."""
    async with database.write() as connection:
        epoch, _ = await stored_jobs.recover(connection, now)
        new = NewJob(
            kind="draft", request={"engine": "maker"}, lane=Lane.NETWORK, title=title, engine="maker",
            is_remote=True, character="Jim",
        )  # fmt: skip
        await intake.create_all(connection, [new], now)
        (claimed,) = await claims.claim_all(connection, epoch, {Lane.NETWORK: 1}, now)
    return claimed, epoch


@pytest.fixture
async def job(database: Database) -> tuple[JobSnapshot, int]:
    return await running_job(database)


def request_of(job: tuple[JobSnapshot, int] | None = None, **fields: object) -> NewRequest:
    """A request of a job, or of none."""
    whose = {} if job is None else {"job_id": job[0].id, "epoch": job[1]}
    values = {"step": "prose", "profile": "maker", "model": "m", "server": "http://x"} | whose | fields
    return NewRequest.model_validate(values)


async def spend(
    database: Database,
    new: NewRequest,
    cost: str | None,
    *,
    tokens: tuple[int, int] = (10, 5),
    at: float = NOON,
) -> int:
    """One request from its beginning to its end."""
    async with database.write() as connection:
        number = await ledger.begin(connection, new, at)
    usage = Usage(
        tokens_in=tokens[0], tokens_out=tokens[1], cost=None if cost is None else Decimal(cost),
        cost_source="unknown" if cost is None else "provider",
    )  # fmt: skip
    async with database.write() as connection:
        await ledger.end(connection, number, usage, outcome="stop", now=at + 1)
    return number


async def test_thousand_costs_add_up_to_the_last_digit(
    database: Database, job: tuple[JobSnapshot, int]
) -> None:
    draw = random.Random(4)
    amounts = [Decimal(draw.randrange(1, 10**9)).scaleb(-draw.randrange(6, 15)) for _ in range(1000)]
    async with database.write() as connection:
        for amount in amounts:
            number = await ledger.begin(connection, request_of(job), NOON)
            usage = Usage(tokens_in=3, tokens_out=2, cost=amount, cost_source="provider")
            now = await ledger.end(connection, number, usage, outcome="stop", now=NOON)
    async with database.read() as connection:
        report = await costs.report(connection, CostQuery(by="job"))
        (entry, *_) = await ledger.entries(connection, CostQuery(limit=1))
    (row,) = report.rows
    assert row.cost == report.total.cost == sum(amounts, Decimal(0))
    assert (row.key, row.label, row.requests, row.tokens_in, row.tokens_out) == (
        str(job[0].id), "Jim", 1000, 3000, 2000
    )  # fmt: skip
    assert now is not None
    assert (now.tokens_in, now.tokens_out) == (3000, 2000)
    assert now.cost_nanos == round(sum(amounts, Decimal(0)) * 10**9)
    assert entry.usage.cost == amounts[-1]


async def test_request_is_noted_before_it_ends_and_ends_once(
    database: Database, job: tuple[JobSnapshot, int]
) -> None:
    async with database.write() as connection:
        number = await ledger.begin(connection, request_of(job, estimated_cost=Decimal("0.5")), NOON)
    async with database.read() as connection:
        (entry,) = await ledger.entries(connection, CostQuery())
    assert (entry.ended_at, entry.estimated_cost, entry.possibly_billed) == (None, Decimal("0.5"), False)
    for cost in ("0.25", "7"):
        async with database.write() as connection:
            await ledger.told(connection, number, "gen-1", "m-2")
            usage = Usage(cost=Decimal(cost), cost_source="provider")
            await ledger.end(connection, number, usage, outcome="stop", now=NOON)
    async with database.read() as connection:
        (entry,) = await ledger.entries(connection, CostQuery())
        stored = await stored_jobs.get(connection, job[0].id)
    assert (entry.usage.cost, entry.provider_id, entry.model) == (Decimal("0.25"), "gen-1", "m-2")
    assert stored is not None
    assert stored.cost_nanos == 250_000_000


async def test_end_that_nobody_saw_is_possibly_billed_until_the_provider_is_asked(
    database: Database, job: tuple[JobSnapshot, int]
) -> None:
    await spend(database, request_of(job), "0.1")
    async with database.write() as connection:
        number = await ledger.begin(connection, request_of(job), NOON)
        await ledger.told(connection, number, "gen-2")
    async with database.write() as connection:  # the next process
        await stored_jobs.recover(connection, NOON)
        assert await ledger.leave_open(connection) == 1
        assert await ledger.leave_open(connection) == 0
    async with database.read() as connection:
        report = await costs.report(connection, CostQuery(by="job"))
        stored = await stored_jobs.get(connection, job[0].id)
        (left,) = await ledger.unresolved(connection, 0.0)
    assert (report.total.possibly_billed, report.total.unknown, report.total.requests) == (1, 0, 2)
    assert stored is not None
    assert stored.possibly_billed
    assert (left.id, left.provider_id) == (number, "gen-2")
    async with database.write() as connection:
        usage = Usage(tokens_in=1, tokens_out=1, cost=Decimal("0.02"), cost_source="provider")
        now = await ledger.resolve(connection, number, usage, NOON + 9)
    assert now is not None
    assert (now.cost_nanos, now.possibly_billed) == (120_000_000, False)
    async with database.read() as connection:
        assert await ledger.unresolved(connection, 0.0) == ()
        assert (await costs.report(connection, CostQuery())).total.possibly_billed == 0


async def test_attempt_that_dies_during_a_request_is_marked_and_one_between_two_is_not(
    database: Database, job: tuple[JobSnapshot, int]
) -> None:
    await spend(database, request_of(job), "0.1")
    async with database.write() as connection:
        await stored_jobs.stop_all(connection, NOON)
    async with database.read() as connection:
        stored = await stored_jobs.get(connection, job[0].id)
    assert stored is not None
    assert not stored.possibly_billed
    async with database.write() as connection:
        (again,) = await claims.claim_all(connection, job[1], {Lane.NETWORK: 1}, NOON)
        first = await ledger.begin(connection, request_of((again, job[1])), NOON)
        await ledger.begin(connection, request_of((again, job[1])), NOON)
        await ledger.end(connection, first, Usage(), outcome="stop", now=NOON)
        (stopped,) = await stored_jobs.stop_all(connection, NOON)
        stored = await stored_jobs.get(connection, stopped.id)
    assert stored is not None
    assert stored.possibly_billed


async def test_rows_outlive_their_job(database: Database, job: tuple[JobSnapshot, int]) -> None:
    await spend(database, request_of(job, character="Jim"), "0.1")
    async with database.write() as connection:
        await retention.drop(connection, retention.Old(jobs=(job[0].id,)))
    async with database.read() as connection:
        (row,) = (await costs.report(connection, CostQuery(by="job"))).rows
    assert (row.label, row.cost) == ("Jim", Decimal("0.1"))


async def test_sums_by_day_month_profile_and_model(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    from datetime import datetime

    def at(*parts: int) -> float:
        return datetime(*parts).timestamp()  # type: ignore[arg-type]

    moments = [at(2026, 1, 31, 23, 59, 59), at(2026, 2, 1, 0, 0, 0), at(2026, 2, 1, 12)]
    for moment, profile, model, cost in zip(
        moments, ("a", "b", "a"), ("m", "m", "n"), ("0.1", "0.2", None), strict=True
    ):
        await spend(database, request_of(profile=profile, model=model), cost, at=moment)
    async with database.read() as connection:
        found = {
            by: (await costs.report(connection, CostQuery(by=by))).rows
            for by in ("day", "month", "profile", "model")
        }
        february = await costs.report(connection, CostQuery(by="profile", since=moments[1]))
        assert await costs.spent_by_profile(connection, moments[1]) == {"b": Decimal("0.2")}
    assert [(row.key, row.cost, row.unknown) for row in found["day"]] == [
        ("2026-02-01", Decimal("0.2"), 1), ("2026-01-31", Decimal("0.1"), 0)
    ]  # fmt: skip
    assert [(row.key, row.requests) for row in found["month"]] == [("2026-02", 2), ("2026-01", 1)]
    assert [(row.key, row.label) for row in found["profile"]] == [("b", "b"), ("a", "a")]
    assert {row.key: row.cost for row in found["model"]} == {"m": Decimal("0.3"), "n": Decimal(0)}
    assert february.total.cost == Decimal("0.2")


async def test_cap_counts_open_requests_at_their_estimate(
    database: Database, job: tuple[JobSnapshot, int]
) -> None:
    await spend(database, request_of(job), "0.1")
    await spend(database, request_of(job), None, tokens=(100, 50))
    await spend(database, request_of(profile="other"), "9")
    async with database.write() as connection:
        await ledger.begin(connection, request_of(job, estimated_cost=Decimal("0.3")), NOON)
        spent = await costs.spending(connection, profile="maker", since=NOON - 1)
        of_job = await costs.spending(connection, job_id=job[0].id)
    assert spent == of_job
    assert (spent.known, spent.reserved) == (Decimal("0.1"), Decimal("0.3"))
    assert (spent.unknown_in, spent.unknown_out) == (100, 50)


async def test_number_that_somebody_else_wrote_breaks_nothing(database: Database, path: Path) -> None:
    import sqlite3

    await spend(database, request_of(), "0.1")
    with sqlite3.connect(path) as other:
        other.execute("INSERT INTO ledger (step, profile, model, started_at, ended_at, cost, cost_source) "
                      "VALUES ('s', 'p', 'm', ?, ?, 'NaN', 'odd')", (NOON, NOON))  # fmt: skip
    other.close()
    async with database.read() as connection:
        assert (await costs.report(connection, CostQuery())).total.cost == Decimal("0.1")
        assert {entry.usage.cost_source for entry in await ledger.entries(connection, CostQuery())} == {
            "provider", "unknown"
        }  # fmt: skip


async def test_ledger_is_among_what_a_rebuilt_database_holds(database: Database, path: Path) -> None:
    from cardgen_desktop.store.salvage import salvage
    from tests.support.databases import place_empty_database

    await spend(database, request_of(), "0.1")
    async with database.write() as connection:
        await connection.exec_driver_sql("INSERT INTO profile VALUES ('maker', '{}', 0, 0)")
        await connection.exec_driver_sql("INSERT INTO server_fact VALUES ('s', '', 'models', '[]', 0)")
    fresh = path.parent / "fresh" / "cardgen.db"
    place_empty_database(fresh)
    report = salvage(path, fresh)
    assert {name: report.copied[name] for name in ("ledger", "profile", "server_fact")} == {
        "ledger": 1, "profile": 1, "server_fact": 1
    }  # fmt: skip
