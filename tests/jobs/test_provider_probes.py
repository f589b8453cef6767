"""Probes before providers: what opens a gate by itself, and that none sends a word to a model."""

from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path

import pytest

from cardgen_desktop.domain.costs import Usage
from cardgen_desktop.domain.errors import HeldError
from cardgen_desktop.domain.job import HoldReason, Lane
from cardgen_desktop.domain.profile import Profile
from cardgen_desktop.jobs.budget import job_scope
from cardgen_desktop.jobs.provider_commands import ProviderCommands
from cardgen_desktop.jobs.provider_probes import ProviderProbes
from cardgen_desktop.store import ledger
from cardgen_desktop.store.ledger import NewRequest
from tests.support.far_server import far_profile, far_server, far_url, key_reply
from tests.support.gguf_files import write_gguf
from tests.support.keyrings import MemoryKeyring, using
from tests.support.llm_server import FakeModelServer, error, html
from tests.support.queue_in_use import HandClock, QueueInUse, queue_in_use

KEY = "an-odd-key-nobody-would-guess"
MONTH = 32 * 86_400.0


@pytest.fixture
async def queue(tmp_path: Path) -> AsyncIterator[QueueInUse]:
    with using(MemoryKeyring()):
        async with queue_in_use(tmp_path / "home", start=False) as queue:
            yield queue


@pytest.fixture
def commands(queue: QueueInUse) -> ProviderCommands:
    return ProviderCommands(queue.service.providers)


@pytest.fixture
def probes(queue: QueueInUse) -> ProviderProbes:
    return ProviderProbes(queue.service.providers)


async def test_address_that_answers_opens_its_gate_whatever_it_says(
    commands: ProviderCommands, probes: ProviderProbes
) -> None:
    async with FakeModelServer("openai") as server:
        await commands.save_profile(Profile(name="near", kind="openai", base_url=server.base_url))
        assert await probes.endpoint("near")
        server.routes["GET /v1/models"] = error("openai", 401)
        assert await probes.endpoint("near")
        server.routes["GET /v1/models"] = html()
        assert not await probes.endpoint("near")
        server.routes["GET /v1/models"] = error("openai", 502)
        assert not await probes.endpoint("near")
        assert not server.chats
    assert not await probes.endpoint("near")
    assert not await probes.endpoint("nobody")


async def test_gate_of_an_address_opens_when_the_server_is_started(
    queue: QueueInUse, commands: ProviderCommands
) -> None:
    gates = queue.service.core.gates
    async with FakeModelServer("openai") as server:
        await commands.save_profile(Profile(name="near", kind="openai", base_url=server.base_url))
        await gates.close(HoldReason.ENDPOINT, scope="near", sentence="Nobody is there.")
        await gates.probe()
        assert gates.closed == ()


async def test_key_gate_opens_for_another_key_and_not_for_the_refused_one(
    queue: QueueInUse, commands: ProviderCommands, probes: ProviderProbes
) -> None:
    async with FakeModelServer("vllm", models=("m",)) as server:
        profile = Profile(name="near", kind="vllm", base_url=server.base_url, model="m")
        await commands.save_profile(profile)
        assert not await probes.key("near")
        await commands.save_profile(profile, key=KEY, replaces="near")
        await queue.service.providers.connect("near", "prose")
        assert not await probes.key("near")
        await queue.service.providers.keys.keep(profile, "another-key-that-is-new")
        assert await probes.key("near")
        assert not server.chats


async def test_openrouter_is_asked_about_key_and_credits(
    commands: ProviderCommands, probes: ProviderProbes, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with far_server(monkeypatch) as server:
        await commands.save_profile(far_profile(), key=KEY)
        assert await probes.key("maker") and await probes.credits("maker")
        server.routes[f"GET {far_url()}/key"] = key_reply("0")
        assert await probes.key("maker") and not await probes.credits("maker")
        server.routes[f"GET {far_url()}/key"] = key_reply(None)
        assert not await probes.credits("maker"), "without a limit the key tells nothing of the account"
        server.routes[f"GET {far_url()}/key"] = error("openrouter", 401)
        assert not await probes.key("maker") and not await probes.credits("maker")
        assert not server.chats


async def test_persons_wish_opens_what_no_probe_can_be_sure_of(
    queue: QueueInUse, commands: ProviderCommands
) -> None:
    gates = queue.service.core.gates
    await commands.save_profile(far_profile("openai"))
    for reason in (HoldReason.KEY, HoldReason.CREDITS, HoldReason.MODEL, HoldReason.ACCESS):
        await gates.close(reason, scope="maker", sentence="Shut.")
    await gates.probe()
    assert len(gates.closed) == 4
    await gates.try_all()
    assert gates.closed == ()


async def test_model_gate_opens_when_a_missing_model_is_there(
    queue: QueueInUse, commands: ProviderCommands, probes: ProviderProbes
) -> None:
    async with FakeModelServer("openai", models=("old",)) as server:
        profile = Profile(name="near", kind="openai", base_url=server.base_url, model="new")
        await commands.save_profile(profile)
        assert not await probes.model("near")
        server.models = ("old", "new")
        assert await probes.model("near")
        assert not await probes.model("near"), "it was in the list when it was refused"
        assert not server.chats


async def spent(queue: QueueInUse, cost: str, job_id: int | None = None) -> None:
    async with queue.database.write() as connection:
        now = queue.clock.wall()
        new = NewRequest(step="prose", profile="maker", model="m", job_id=job_id)
        number = await ledger.begin(connection, new, now)
        usage = Usage(cost=Decimal(cost), cost_source="provider")
        await ledger.end(connection, number, usage, outcome="stop", now=now)


async def test_budget_gate_opens_next_month_or_under_a_higher_cap(
    queue: QueueInUse, commands: ProviderCommands, probes: ProviderProbes
) -> None:
    await commands.save_profile(far_profile(monthly_cap="5"))
    await spent(queue, "4.90")
    queue.service.providers.paid.refused["maker"] = Decimal("0.20")
    assert not await probes.budget("maker")
    await commands.save_profile(far_profile(monthly_cap="5.10"), replaces="maker")
    assert await probes.budget("maker")
    await commands.save_profile(far_profile(monthly_cap="5"), replaces="maker")
    assert not await probes.budget("maker")
    assert isinstance(queue.clock, HandClock)
    queue.clock.pass_time(MONTH)
    assert await probes.budget("maker")


async def test_budget_gate_of_one_job_opens_when_the_job_is_gone(
    queue: QueueInUse, commands: ProviderCommands, probes: ProviderProbes
) -> None:
    await commands.save_profile(far_profile(job_cap="1"))
    (job,) = await queue.put("dear", lane=Lane.NETWORK, engine="maker")
    await spent(queue, "1", job.id)
    assert not await probes.budget(job_scope("maker", job.id))
    await queue.service.actions.cancel_jobs([job.id])
    assert await probes.budget(job_scope("maker", job.id))


async def test_models_that_are_gone_are_told_with_the_nearest(commands: ProviderCommands) -> None:
    async with FakeModelServer("openai", models=("acme/owl-2", "zebra/huge-70b")) as server:
        profile = Profile(
            name="near", kind="openai", base_url=server.base_url, model="acme/owl-1",
            models={"prose": "zebra/huge-70b", "dialogue": "zebra/huge-65b"},
        )  # fmt: skip
        found = await commands.nearest_models(profile)
        assert {old: new.id for old, new in found.items()} == {
            "acme/owl-1": "acme/owl-2", "zebra/huge-65b": "zebra/huge-70b"
        }  # fmt: skip
        refused = profile.model_copy(update={"model": "acme/owl-2", "models": {}})
        found = await commands.nearest_models(refused)
        assert list(found) == ["acme/owl-2"], "it is in the list, and was refused all the same"
        assert not server.chats
    kept = await commands.nearest_models(profile)
    assert kept["acme/owl-1"].id == "acme/owl-2", "from the list of before"


async def test_gates_of_one_reason_are_tried_alone(queue: QueueInUse) -> None:
    gates = queue.service.core.gates
    for reason in (HoldReason.KEY, HoldReason.CREDITS):
        await gates.close(reason, scope="maker", sentence="No.")
    await queue.service.control.try_gates(HoldReason.CREDITS)
    assert [gate.reason for gate in gates.closed] == [HoldReason.KEY]
    await queue.service.control.try_gates()
    assert not gates.closed


async def test_model_file_is_judged_by_what_runs_it(commands: ProviderCommands, tmp_path: Path) -> None:
    found = await commands.weigh_model(write_gguf(tmp_path / "small.gguf"))
    assert found.word == "Fits" and "of memory" in found.sentence
    with pytest.raises(HeldError) as caught:
        await commands.weigh_model(tmp_path / "gone.gguf")
    assert "gone.gguf" in caught.value.message
