"""Profiles: what follows for keys, jobs and gates when one is saved, renamed, removed or imported."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from cardgen_desktop.domain.costs import CostQuery, Usage
from cardgen_desktop.domain.errors import CardgenError, HeldError, InputError, UsageError
from cardgen_desktop.domain.events import JobListChanged, ProfilesChanged
from cardgen_desktop.domain.job import HoldReason, JobState, Lane
from cardgen_desktop.domain.profile import Profile
from cardgen_desktop.jobs.provider_commands import ProviderCommands
from cardgen_desktop.store import ledger
from cardgen_desktop.store.ledger import NewRequest
from tests.support.far_server import far_profile
from tests.support.keyrings import MemoryKeyring, using
from tests.support.llm_server import FakeModelServer
from tests.support.queue_in_use import QueueInUse, failing, queue_in_use

KEY = "an-odd-key-nobody-would-guess"
HELD, DONE = JobState.HELD, JobState.SUCCEEDED


@pytest.fixture
def keyring() -> Iterator[MemoryKeyring]:
    backend = MemoryKeyring()
    with using(backend):
        yield backend


@pytest.fixture
async def queue(tmp_path: Path, keyring: MemoryKeyring) -> AsyncIterator[QueueInUse]:
    async with queue_in_use(tmp_path / "home") as queue:
        yield queue


@pytest.fixture
def commands(queue: QueueInUse) -> ProviderCommands:
    return ProviderCommands(queue.service.providers)


def gates(queue: QueueInUse) -> list[tuple[str, str]]:
    return sorted((gate.reason, gate.scope) for gate in queue.service.core.gates.closed)


async def test_saved_profile_is_there_with_its_key_and_its_costs(
    queue: QueueInUse, commands: ProviderCommands, keyring: MemoryKeyring
) -> None:
    view = await commands.save_profile(far_profile(), key=KEY)
    assert (view.key_place, view.key_hint, view.spent_month) == ("keyring", "…ss", None)
    async with queue.database.write() as connection:
        new = NewRequest(step="prose", profile="maker", model="m")
        number = await ledger.begin(connection, new, queue.clock.wall())
        usage = Usage(cost=Decimal("0.125"), cost_source="provider")
        await ledger.end(connection, number, usage, outcome="stop", now=queue.clock.wall())
    await commands.save_profile(far_profile(name="Another"))
    another, maker = await commands.profiles()
    assert (another.profile.name, another.key_place) == ("Another", "none")
    assert maker.spent_month == Decimal("0.125")
    assert any(isinstance(event, ProfilesChanged) for event in queue.events)
    async with queue.database.read() as connection:
        rows = (await connection.exec_driver_sql("SELECT * FROM profile")).all()
    assert KEY not in str(rows)


async def test_name_is_taken_whatever_its_case(commands: ProviderCommands) -> None:
    await commands.save_profile(far_profile())
    for name in ("maker", "MAKER"):
        with pytest.raises(UsageError, match="already"):
            await commands.save_profile(far_profile(name=name))
    with pytest.raises(UsageError, match="to change"):
        await commands.save_profile(far_profile(name="x"), replaces="nobody")
    await commands.save_profile(far_profile(name="Maker"), replaces="maker")
    assert [view.profile.name for view in await commands.profiles()] == ["Maker"]


async def test_key_stays_unless_the_server_is_another(commands: ProviderCommands) -> None:
    await commands.save_profile(far_profile(), key=KEY)
    view = await commands.save_profile(far_profile(model="other"), replaces="maker")
    assert view.key_place == "keyring"
    view = await commands.save_profile(far_profile(base_url="https://elsewhere.example/v1"), replaces="maker")
    assert view.key_place == "none"
    view = await commands.save_profile(far_profile(), replaces="maker")
    assert view.key_place == "none"


@pytest.mark.parametrize(
    "fields",
    [
        {"model": "sk-or-v1-0123456789abcdef0123456789"},
        {"name": "sk-or-v1-0123456789abcdef0123456789"},
        {"sampling": {"extra": {"api_key": "something"}}},
        {"sampling": {"extra": {"note": "Bearer 0123456789abcdef"}}},
    ],
)
async def test_key_in_a_wrong_field_is_not_stored(
    commands: ProviderCommands, fields: dict[str, object]
) -> None:
    with pytest.raises(UsageError, match="looks like a key"):
        await commands.save_profile(far_profile(**fields))  # type: ignore[arg-type]
    assert await commands.profiles() == ()


async def test_renamed_profile_keeps_jobs_gates_key_and_costs(
    queue: QueueInUse, commands: ProviderCommands
) -> None:
    await commands.save_profile(far_profile(), key=KEY)
    queue.work.by_title["first"] = failing(HeldError(HoldReason.ENDPOINT, "Nobody is there.", scope="maker"))
    request = {"engine": "maker"}
    jobs = await queue.put("first", lane=Lane.NETWORK, engine="maker", request=request)
    await queue.until(jobs, HELD)
    jobs += await queue.put("second", lane=Lane.NETWORK, engine="maker", request=request)
    await queue.until(jobs, HELD)
    view = await commands.save_profile(far_profile(name="better"), replaces="maker")
    assert view.key_place == "keyring"
    renamed = [await queue.job(job) for job in jobs]
    assert {(job.engine, job.hold_scope, job.request["engine"]) for job in renamed} == {
        ("better", "better", "better")
    }
    assert gates(queue) == [("endpoint", "better")]
    assert any(isinstance(event, JobListChanged) for event in queue.events)
    assert (await queue.service.providers.profile("maker")).name == "better"
    queue.service.core.gates.open(HoldReason.ENDPOINT, scope="better")
    await queue.until(jobs, DONE)


@pytest.mark.parametrize(
    ("reason", "change", "key"),
    [
        ("key", {}, "another-key-1"),
        ("access", {"model": "other"}, None),
        ("credits", {"model": "free"}, None),
        ("budget", {"monthly_cap": "50"}, None),
        ("model", {"model": "other"}, None),
        ("endpoint", {"base_url": "https://elsewhere.example/v1"}, None),
    ],
)
async def test_change_opens_the_gate_that_it_may_open(
    queue: QueueInUse, commands: ProviderCommands, reason: str, change: dict[str, str], key: str | None
) -> None:
    await commands.save_profile(far_profile(), key=KEY)
    queue.work.by_title["first"] = failing(HeldError(reason, "Shut.", scope="maker"))
    (job,) = await queue.put("first", lane=Lane.NETWORK, engine="maker")
    await queue.until(job, HELD)
    await commands.save_profile(far_profile(at_once=5), replaces="maker")
    assert gates(queue) == [(reason, "maker")]
    await commands.save_profile(far_profile(at_once=5, **change), key=key, replaces="maker")
    await queue.until(job, DONE)
    assert gates(queue) == []


async def test_jobs_of_a_removed_profile_are_held_until_there_is_one_again(
    queue: QueueInUse, commands: ProviderCommands, keyring: MemoryKeyring
) -> None:
    await commands.save_profile(far_profile(), key=KEY)
    queue.work.by_title["first"] = failing(HeldError(HoldReason.KEY, "Wrong.", scope="maker"))
    jobs = await queue.put("first", lane=Lane.NETWORK, engine="maker")
    await queue.until(jobs, HELD)
    jobs += await queue.put("second", lane=Lane.NETWORK, engine="maker")
    await queue.until(jobs, HELD)
    await commands.remove_profile("maker")
    async with asyncio.timeout(60):
        while {job.hold_reason for job in await queue.until(jobs, HELD)} != {"access"}:
            await asyncio.sleep(0.01)
    assert all("no profile" in job.phase for job in await queue.until(jobs, HELD))
    assert not keyring.kept
    with pytest.raises(HeldError) as caught:
        await queue.service.providers.connect("maker", "prose")
    assert (caught.value.reason, caught.value.scope) == ("access", "maker")
    with pytest.raises(UsageError):
        await commands.remove_profile("maker")
    await commands.save_profile(far_profile())
    await queue.until(jobs, DONE)


async def test_file_of_profiles_holds_no_key_and_comes_back_under_free_names(
    commands: ProviderCommands, tmp_path: Path
) -> None:
    await commands.save_profile(far_profile(monthly_cap="0.10", models={"prose": "x"}), key=KEY)
    path = await commands.export_profiles(tmp_path / "profiles.json")
    assert KEY not in path.read_text()
    (again,) = await commands.import_profiles(path)
    assert (again.profile.name, again.key_place) == ("maker 2", "none")
    assert again.profile.model_copy(update={"name": "maker"}) == far_profile(
        monthly_cap="0.10", models={"prose": "x"}
    )
    (third,) = await commands.import_profiles(path)
    assert third.profile.name == "maker 3"


async def test_file_of_somebody_else_cannot_name_a_variable_whose_value_is_sent_away(
    commands: ProviderCommands, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OF_ANOTHER_PROGRAM", "a-secret-of-another-program")
    entry = far_profile(key_env="OF_ANOTHER_PROGRAM").model_dump(mode="json")
    path = tmp_path / "profiles.json"
    path.write_text(json.dumps({"format": "cardgen-profiles", "version": 1, "profiles": [entry]}))
    (view,) = await commands.import_profiles(path)
    assert (view.key_place, view.profile.key_env) == ("none", "")


@pytest.mark.parametrize(
    "content",
    [
        b"", b"[]", b"{", b'{"format": "other", "version": 1, "profiles": []}', b"\xff" * 10,
        b'{"format": "cardgen-profiles", "version": 9, "profiles": []}',
        b'{"format": "cardgen-profiles", "version": 1, "profiles": [{"name": "x", "kind": "openai"}]}',
        b'{"format": "cardgen-profiles", "version": 1, "profiles": [{"name": "x", "kind": "openai", '
        b'"base_url": "file:///etc/passwd"}]}',
        b'{"format": "cardgen-profiles", "version": 1, "profiles": [{"name": "x", "kind": "openai", '
        b'"base_url": "http://[bad/v1"}]}',
        b'{"format": "cardgen-profiles", "version": 1, "profiles": [' + b"[" * 100_000,
        b'{"format": "cardgen-profiles", "version": 1, "profiles": [' + b"{}," * 300 + b"{}]}",
        b" " * (1024 * 1024 + 10),
    ],
)  # fmt: skip
async def test_file_that_is_none_adds_nothing(
    commands: ProviderCommands, tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "profiles.json"
    path.write_bytes(content)
    with pytest.raises(InputError) as caught:
        await commands.import_profiles(path)
    assert "profiles.json" in caught.value.message
    assert await commands.profiles() == ()


async def test_row_that_is_no_profile_is_left_alone(queue: QueueInUse, commands: ProviderCommands) -> None:
    async with queue.database.write() as connection:
        await connection.exec_driver_sql("INSERT INTO profile VALUES ('odd', '{\"kind\": \"newer\"}', 0, 0)")
    await commands.save_profile(far_profile())
    assert [view.profile.name for view in await commands.profiles()] == ["maker"]
    with pytest.raises(UsageError):
        await commands.save_profile(far_profile(name="odd"))


async def test_list_of_models_is_kept_for_when_there_is_no_network(commands: ProviderCommands) -> None:
    async with FakeModelServer("openai", models=("a", "b"), key=KEY) as server:
        profile = Profile(name="near", kind="openai", base_url=server.base_url)
        never = await commands.models(profile)
        assert (never.models, never.at) == ((), 0.0) and never.sentence
        with pytest.raises(HeldError):
            await commands.models(profile, refresh=True)
        fresh = await commands.models(profile, key=KEY, refresh=True)
        assert ([model.id for model in fresh.models], fresh.is_stale) == (["a", "b"], False)
    kept = await commands.models(profile)
    assert ([model.id for model in kept.models], kept.is_stale, kept.at) == (["a", "b"], True, fresh.at)
    with pytest.raises(CardgenError):
        await commands.models(profile, refresh=True)
    assert (await commands.models(profile)).models == kept.models


async def test_test_of_a_profile_is_heard_line_by_line(commands: ProviderCommands) -> None:
    async with FakeModelServer("llamacpp", key=KEY) as server:
        profile = Profile(name="near", kind="llamacpp", base_url=server.base_url)
        heard: list[tuple[str, str]] = []
        checks = await commands.test_profile(
            profile, key=KEY, on_check=lambda check: heard.append((check.step, check.status))
        )
        assert checks[-1].step == "call" and checks[-1].status == "ok"
        assert heard[0] == ("address", "running")
        assert len(heard) > len(checks)
        wrong = await commands.test_profile(profile, key="another-key-1")
        assert "auth.401" in {check.failure for check in wrong}
        noted = [(entry.step, entry.usage.cost) for entry in await commands.ledger(CostQuery())]
        assert noted == [("test call", Decimal(0)), ("test structured", Decimal(0))]
        assert len(server.chats) == 2
    assert await commands.profiles() == ()


async def test_connection_without_key_model_or_open_gate_is_held(
    queue: QueueInUse, commands: ProviderCommands
) -> None:
    providers = queue.service.providers
    await commands.save_profile(
        Profile(name="or", kind="openrouter", base_url="https://openrouter.ai/api/v1")
    )
    with pytest.raises(HeldError) as no_key:
        await providers.connect("or", "prose")
    assert (no_key.value.reason, no_key.value.kind) == ("key", "auth.401")
    await commands.save_profile(far_profile("openai", model=""))
    with pytest.raises(HeldError) as no_model:
        await providers.connect("maker", "prose", only_look=True)
    assert no_model.value.kind == "model.404"
    await queue.service.core.gates.close(HoldReason.CREDITS, scope="maker", sentence="Out of credits.")
    with pytest.raises(HeldError) as no_way:
        await providers.connect("maker", "prose")
    assert (no_way.value.reason, no_way.value.message) == ("credits", "Out of credits.")


async def test_each_task_has_its_model(commands: ProviderCommands, queue: QueueInUse) -> None:
    async with FakeModelServer("vllm", models=("small", "large")) as server:
        profile = Profile(
            name="near", kind="vllm", base_url=server.base_url, model="small", models={"prose": "large"}
        )
        await commands.save_profile(profile)
        found = {
            task: (await queue.service.providers.connect("near", task)) for task in ("analysis", "prose")
        }
    assert {task: connection.model for task, connection in found.items()} == {
        "analysis": "small", "prose": "large"
    }  # fmt: skip
    info = found["prose"].model_info
    assert info is not None and info.context == 8192
