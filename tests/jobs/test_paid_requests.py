"""Money: requests noted before they are sent, sums that are the bill, caps, and what crashes leave."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest

from cardgen_desktop.domain.costs import CostQuery, LedgerEntry, Usage
from cardgen_desktop.domain.errors import CardgenError, HeldError
from cardgen_desktop.domain.events import CostsChanged
from cardgen_desktop.domain.job import JobState, Lane
from cardgen_desktop.domain.profile import Profile
from cardgen_desktop.domain.prompt_style import PromptMessage
from cardgen_desktop.domain.value import Value
from cardgen_desktop.jobs.billing import Bills
from cardgen_desktop.jobs.budget import month_start
from cardgen_desktop.jobs.provider_commands import ProviderCommands
from cardgen_desktop.jobs.providers import Connection
from cardgen_desktop.jobs.running import RunningJob
from tests.support.far_server import PRICED, far_profile, far_server
from tests.support.llm_server import HANG, FakeModelServer, Pause, error, stream
from tests.support.queue_in_use import HandClock, QueueInUse, queue_in_use

WORDS = "one two three four five six seven eight"  # eight tokens: any part of a price stays a short decimal
KEY = "sk-or-a-key-of-a-test-0001"


class Desk:
    """A data folder with one profile, and the requests that a test sends."""

    def __init__(self, queue: QueueInUse, server: FakeModelServer) -> None:
        self.queue, self.server = queue, server
        self.providers = queue.service.providers
        self.commands = ProviderCommands(self.providers)
        self.sent = 0

    async def save(self, profile: Profile, **options: str) -> None:
        await self.commands.save_profile(profile, key=KEY, **options)

    async def ask(
        self, *, job: RunningJob | None = None, cancel: bool = False, tokens: int = 100, most: int = 8
    ) -> str:
        """Send one request to its end, or leave after its first word; the text that came."""
        from cardgen_desktop.llm.client import ChatRequest, Ended, Started, TextDelta

        connection = await self.connect()
        request = ChatRequest("model-1", (PromptMessage(role="user", text="Write."),), most)
        text = ""
        async with (
            self.providers.paid.sent(connection, "prose", tokens_in=tokens, max_output=most, job=job) as paid,
            aclosing(connection.client.chat(request)) as events,
        ):
            async for event in events:
                if isinstance(event, Started):
                    await paid.told(event.provider_id, event.model)
                elif isinstance(event, TextDelta):
                    text += event.text
                    if cancel:
                        raise asyncio.CancelledError
                elif isinstance(event, Ended):
                    paid.ended(event.usage, event.finish_reason)
        return text

    async def connect(self) -> Connection:
        return replace(await self.providers.connect("maker", "prose"), model_info=PRICED)

    async def entries(self) -> tuple[LedgerEntry, ...]:
        return await self.commands.ledger(CostQuery())


@asynccontextmanager
async def desk_at(
    home: Path, monkeypatch: pytest.MonkeyPatch, *, clock: HandClock | None = None, **profile: object
) -> AsyncIterator[Desk]:
    async with far_server(monkeypatch) as server, queue_in_use(home, clock=clock) as queue:
        desk = Desk(queue, server)
        await desk.save(far_profile(**profile))  # type: ignore[arg-type]
        yield desk


async def test_sum_of_mixed_requests_is_the_bill_to_the_last_digit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw = random.Random(7)
    async with desk_at(tmp_path / "home", monkeypatch) as desk:

        async def work(job: RunningJob) -> Value | None:
            for number in range(120):
                await self_check(desk, draw, number, job)
            return Usage()

        desk.queue.work.default = work
        (job,) = await desk.queue.put("job", lane=Lane.NETWORK, engine="maker")
        (job,) = await desk.queue.until(job, JobState.SUCCEEDED, JobState.FAILED, seconds=240)
        assert job.state is JobState.SUCCEEDED, job.error_details
        open_bills = (await desk.commands.costs(CostQuery())).total.possibly_billed
        assert open_bills > 0
        assert await Bills(desk.providers).resolve() == open_bills
        report = await desk.commands.costs(CostQuery(by="job"))
        (row,) = report.rows
        assert row.cost == report.total.cost == desk.server.billed > 0
        assert (row.requests, row.possibly_billed, row.unknown) == (120, 0, 0)
        job = await desk.queue.job(job)
        assert job.cost_nanos == round(desk.server.billed * 10**9)
        assert any(isinstance(event, CostsChanged) for event in desk.queue.events)


async def self_check(desk: Desk, draw: random.Random, number: int, job: RunningJob) -> None:
    """One request that ends in one of the ways that requests end in."""
    cost = Decimal(draw.randrange(1, 99_999)).scaleb(-7)
    whole = stream("openrouter", WORDS, cost=cost, name=f"gen-{number}")
    ending = draw.choice(["whole", "cut", "late cut", "cancelled", "busy", "refused", "length"])
    if ending == "late cut":  # every word has come, and the bill has not
        desk.server.play(whole.cut_at(len(whole.body) - 100))
    elif ending == "cut":
        desk.server.play(whole.cut_at(draw.randrange(600, len(whole.body) - 200)))
    elif ending == "cancelled":
        desk.server.play(whole.cut_at(draw.randrange(600, len(whole.body) - 200), HANG))
    elif ending == "busy":
        desk.server.play(error("openrouter", 429))
    elif ending == "refused":
        desk.server.play(error("openrouter", 403, metadata={"reasons": ["no"], "flagged_input": "x"}))
    elif ending == "length":
        desk.server.play(stream("openrouter", WORDS, cost=cost, name=f"gen-{number}", finish="length"))
    else:
        desk.server.play(whole)
    try:
        await desk.ask(job=job, cancel=ending == "cancelled")
    except CardgenError:
        assert ending in ("cut", "late cut", "busy", "refused")
    except asyncio.CancelledError:
        assert ending == "cancelled"


async def test_request_is_in_the_ledger_while_it_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with desk_at(tmp_path / "home", monkeypatch) as desk:
        desk.server.play(stream("openrouter", WORDS, cost="0.5", name="gen-0").after(Pause(1.0)))
        asking = asyncio.create_task(desk.ask())
        async with asyncio.timeout(60):
            while not desk.server.chats:
                await asyncio.sleep(0.01)
        (entry,) = await desk.entries()
        # 100 tokens at $1 and 8 at $2 a million
        assert (entry.ended_at, entry.estimated_cost) == (None, Decimal("0.000116"))
        await asking
        (entry,) = await desk.entries()
        assert (entry.outcome, entry.usage.cost, entry.usage.cost_source) == (
            "stop",
            Decimal("0.5"),
            "provider",
        )
        assert entry.provider_id == "gen-0"


async def test_monthly_cap_holds_before_anything_is_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with desk_at(tmp_path / "home", monkeypatch, monthly_cap="0.6") as desk:
        desk.server.say(WORDS, cost="0.5", name="gen-0")
        await desk.ask()
        with pytest.raises(HeldError) as caught:
            await desk.ask(tokens=100_000)
        held = caught.value
        assert (held.reason, held.scope, held.kind) == ("budget", "maker", "pay.budget")
        assert held.message.startswith("Monthly cap of $0.60 reached")
        assert len(desk.server.chats) == len(await desk.entries()) == 1
        desk.server.say(WORDS, cost="0.01", name="gen-1")
        await desk.ask()


async def test_cap_counts_requests_that_run_at_the_same_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with desk_at(tmp_path / "home", monkeypatch, monthly_cap="0.25") as desk:
        desk.server.default = stream("openrouter", WORDS, cost="0.1").after(Pause(0.3))
        asked = await asyncio.gather(*(desk.ask(tokens=100_000) for _ in range(6)), return_exceptions=True)
        assert sum(isinstance(item, HeldError) for item in asked) == 4
        assert len(desk.server.chats) == 2


async def test_budget_gate_opens_at_the_turn_of_the_month_and_not_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Local time, the real ledger, the real gate: a job that is held goes on by itself in the new month."""
    clock = HandClock(wall=datetime(2026, 11, 30, 23, 59, 30).timestamp())
    async with desk_at(tmp_path / "home", monkeypatch, clock=clock, monthly_cap="0.6") as desk:
        desk.server.default = stream("openrouter", WORDS, cost="0.5")

        async def work(job: RunningJob) -> Value | None:
            await desk.ask(job=job, tokens=200_000)
            return Usage()

        desk.queue.work.default = work
        gates = desk.queue.service.core.gates
        (first,) = await desk.queue.put("first", lane=Lane.NETWORK, engine="maker")
        await desk.queue.until(first, JobState.SUCCEEDED)
        (held,) = await desk.queue.put("second", lane=Lane.NETWORK, engine="maker")
        (held,) = await desk.queue.until(held, JobState.HELD)
        assert held.hold_reason == "budget"
        desk.queue.later(29.0)
        await gates.probe()
        assert (await desk.queue.job(held)).state is JobState.HELD, "it is November for one second more"
        desk.queue.later(2.0)
        await gates.probe()
        await desk.queue.until(held, JobState.SUCCEEDED)
        assert gates.closed == () and len(desk.server.chats) == 2
        months = (await desk.commands.costs(CostQuery(by="month"))).rows
        assert {row.key: row.cost for row in months} == {"2026-11": Decimal("0.5"), "2026-12": Decimal("0.5")}
        (third,) = await desk.queue.put("third", lane=Lane.NETWORK, engine="maker")
        await desk.queue.until(third, JobState.HELD)
        assert len(desk.server.chats) == 2, "December has spent as much as November had"


async def test_cap_of_a_job_holds_that_job_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with desk_at(tmp_path / "home", monkeypatch, job_cap="0.3") as desk:
        desk.server.default = stream("openrouter", WORDS, cost="0.2")

        async def twice(job: RunningJob) -> Value | None:
            await desk.ask(job=job, tokens=100_000)
            await desk.ask(job=job, tokens=100_000)
            return Usage()

        async def once(job: RunningJob) -> Value | None:
            await desk.ask(job=job)
            return Usage()

        desk.queue.work.by_title |= {"dear": twice, "cheap": once}
        (dear,) = await desk.queue.put("dear", lane=Lane.NETWORK, engine="maker")
        (dear,) = await desk.queue.until(dear, JobState.HELD)
        assert (dear.hold_reason, dear.cost_nanos) == ("budget", 200_000_000)
        assert "for one job" in dear.phase
        (cheap,) = await desk.queue.put("cheap", lane=Lane.NETWORK, engine="maker")
        await desk.queue.until(cheap, JobState.SUCCEEDED)
        desk.queue.work.by_title["dear"] = once
        await desk.commands.save_profile(far_profile(job_cap="0.9"), replaces="maker")
        await desk.queue.until(dear, JobState.SUCCEEDED)


async def test_unknown_prices_count_as_dear_ones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with desk_at(tmp_path / "home", monkeypatch, monthly_cap="1") as desk:
        connection = replace(await desk.connect(), model_info=None)
        with pytest.raises(HeldError):
            async with desk.providers.paid.sent(connection, "prose", tokens_in=0, max_output=40_001):
                raise AssertionError("nothing may be sent")
        async with desk.providers.paid.sent(connection, "prose", tokens_in=0, max_output=30_000) as paid:
            paid.ended(Usage(tokens_in=0, tokens_out=20_000), "stop")
        with pytest.raises(HeldError):
            async with desk.providers.paid.sent(connection, "prose", tokens_in=0, max_output=20_001):
                raise AssertionError("nothing may be sent")


async def test_model_on_this_computer_is_free_and_no_cap_stands_before_it(tmp_path: Path) -> None:
    async with FakeModelServer("llamacpp") as server, queue_in_use(tmp_path / "home") as queue:
        desk = Desk(queue, server)
        local = Profile(name="maker", kind="llamacpp", base_url=server.base_url, monthly_cap=Decimal(0))
        await desk.commands.save_profile(local)
        connection = await desk.providers.connect("maker", "prose")
        async with desk.providers.paid.sent(connection, "prose", tokens_in=10**6, max_output=100) as paid:
            paid.ended(Usage(tokens_in=10**6, tokens_out=100), "stop")
        (entry,) = await desk.entries()
        assert (entry.usage.cost, entry.usage.cost_source) == (Decimal(0), "free")
        assert entry.model == "model-1"


async def test_program_that_dies_during_a_request_leaves_it_possibly_billed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    async with far_server(monkeypatch) as server:
        async with queue_in_use(home) as queue:
            desk = Desk(queue, server)
            await desk.save(far_profile())
            server.play(stream("openrouter", WORDS, cost="0.25", name="gen-0"))
            await desk.ask()
            # As a process that was killed leaves it: the row has no end.
            async with queue.database.write() as connection:
                await connection.exec_driver_sql(
                    "UPDATE ledger SET ended_at = NULL, cost = NULL, cost_source = 'unknown', outcome = ''"
                )
        async with queue_in_use(home) as queue:
            desk = Desk(queue, server)
            await desk.save(far_profile(), replaces="maker")
            (entry,) = await desk.entries()
            assert (entry.possibly_billed, entry.outcome) == (True, "interrupted")
            assert (await desk.commands.costs(CostQuery())).total.possibly_billed == 1
            await Bills(desk.providers).resolve()
            (entry,) = await desk.entries()
            assert (entry.usage.cost, entry.resolved) == (Decimal("0.25"), True)


def test_month_begins_at_midnight_of_its_first_day() -> None:
    noon = datetime(2026, 3, 15, 12, 30).timestamp()
    assert datetime.fromtimestamp(month_start(noon)) == datetime(2026, 3, 1)
