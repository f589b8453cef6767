"""Profiles that change under their jobs: caps, names, removal, models, keys; and several profiles at once."""

import asyncio
import json
from contextlib import AsyncExitStack
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from cardgen_desktop.domain.costs import CostQuery
from cardgen_desktop.domain.job import JobSnapshot, JobState
from cardgen_desktop.domain.job_kinds import DraftRequest
from cardgen_desktop.jobs.workspace import Workspace
from tests.proof.model_folder import KEY, add_book, far_profile, model_folder, settled, start
from tests.support.llm_server import FakeModelServer, Received, Reply, error, stream
from tests.support.llm_server.fillings import filled

STOPPED = (JobState.HELD, JobState.FAILED, JobState.SUCCEEDED, JobState.CANCELLED)


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CARDGEN_API_KEY", KEY)


def costing(server: FakeModelServer, cost: str) -> None:
    """Let every answer cost so much, as the server says itself."""
    server.cost = Decimal(cost)


async def spent(workspace: Workspace, **query: Any) -> Decimal:
    return (await workspace.commands.costs(CostQuery(**query))).total.cost


async def test_job_holds_at_its_cap_and_goes_on_when_it_is_raised(tmp_path: Path) -> None:
    async with FakeModelServer("openrouter") as server, model_folder(tmp_path / "home") as workspace:
        costing(server, "0.02")
        profile = far_profile(server, job_cap="0.1")
        await workspace.commands.save_profile(profile)
        source_id = await add_book(workspace)
        job = await start(workspace, source_id)
        held = await settled(workspace, job.id, *STOPPED)
        assert (held.state, held.error_code) == (JobState.HELD, "pay.budget")
        cost = await spent(workspace, job_id=job.id)
        assert Decimal(0) < cost <= Decimal("0.1")
        sent = len(server.chats)
        assert cost == server.billed == sent * Decimal("0.02")
        paid = {entry.step for entry in await workspace.commands.ledger(CostQuery())}
        other = await start(workspace, source_id, fields=("scenario",))
        other = await settled(workspace, other.id, *STOPPED)
        assert other.state is JobState.SUCCEEDED, "a cap of one job holds no other"
        await workspace.commands.save_profile(far_profile(server, job_cap="5"), replaces=profile.name)
        done = await settled(workspace, job.id, JobState.SUCCEEDED, JobState.FAILED)
        assert done.state is JobState.SUCCEEDED, done.error
        entries = await workspace.commands.ledger(CostQuery(job_id=job.id))
        again = [entry.step for entry in entries[:-sent] if entry.step in paid]
        assert len(again) <= 1, "only the step that was held may be asked for again"


async def test_month_cap_holds_every_job_of_the_profile_and_no_other(tmp_path: Path) -> None:
    async with FakeModelServer("openrouter") as server, model_folder(tmp_path / "home") as workspace:
        costing(server, "0.05")
        await workspace.commands.save_profile(far_profile(server, "poor", monthly_cap="0.15"))
        await workspace.commands.save_profile(far_profile(server, "rich"))
        source_id = await add_book(workspace)
        wishes = ("scenario", "personality", "description", "first_mes")
        jobs = [await start(workspace, source_id, "poor", fields=(wish,)) for wish in wishes]
        rich = await start(workspace, source_id, "rich", fields=("scenario",))
        assert (await settled(workspace, rich.id, *STOPPED)).state is JobState.SUCCEEDED
        ended = [await settled(workspace, job.id, *STOPPED) for job in jobs]
        assert [job.error_code for job in ended if job.state is JobState.HELD]
        assert await spent(workspace, profile="poor") <= Decimal("0.15")
        late = await start(workspace, source_id, "poor", fields=("creator_notes",))
        held = await settled(workspace, late.id, *STOPPED)
        assert (held.state, held.hold_scope) == (JobState.HELD, "poor")


async def test_cap_that_is_lowered_counts_for_jobs_that_run(tmp_path: Path) -> None:
    async with FakeModelServer("openrouter") as server, model_folder(tmp_path / "home") as workspace:
        costing(server, "0.05")
        server.pace = 0.05
        await workspace.commands.save_profile(far_profile(server))
        job = await start(workspace, await add_book(workspace))
        await chats(server, 1)
        await workspace.commands.save_profile(far_profile(server, monthly_cap="0.05"), replaces="model")
        server.pace = 0.0
        held = await settled(workspace, job.id, *STOPPED)
        assert (held.state, held.error_code) == (JobState.HELD, "pay.budget")
        assert len(server.chats) <= 2


async def test_answers_without_a_bill_count_as_estimated(tmp_path: Path) -> None:
    """A far server that never tells what was used must not be a hole in a cap."""
    async with FakeModelServer("openai") as server, model_folder(tmp_path / "home") as workspace:
        server.default = lambda request: unbilled(server, request)
        await workspace.commands.save_profile(far_profile(server, monthly_cap="0.2"))
        job = await start(workspace, await add_book(workspace))
        held = await settled(workspace, job.id, *STOPPED)
        assert (held.state, held.error_code) == (JobState.HELD, "pay.budget")
        entries = await workspace.commands.ledger(CostQuery())
        assert sum(entry.estimated_cost or 0 for entry in entries) <= Decimal("0.2")


def unbilled(server: FakeModelServer, request: Received) -> Reply:
    schema = request.body["response_format"]["json_schema"]["schema"]
    return stream(server.kind, json.dumps(filled(schema)), with_usage=False)


async def chats(server: FakeModelServer, count: int) -> None:
    async with asyncio.timeout(60):
        while len(server.chats) < count:
            await asyncio.sleep(0.01)


async def test_profile_is_renamed_under_running_queued_and_held_jobs(tmp_path: Path) -> None:
    async with FakeModelServer("openrouter") as server, model_folder(tmp_path / "home") as workspace:
        costing(server, "0.01")
        server.pace = 0.05
        await workspace.commands.save_profile(far_profile(server))
        await workspace.commands.save_profile(far_profile(server, "keyless", kind="openai"))
        source_id = await add_book(workspace)
        running = await start(workspace, source_id)
        await chats(server, 1)
        await workspace.commands.pause_queue()
        queued = await start(workspace, source_id, fields=("scenario",))
        await workspace.commands.save_profile(far_profile(server, "renamed"), replaces="model")
        await workspace.commands.resume_queue()
        server.pace = 0.0
        for job in (running, queued):
            ended = await settled(workspace, job.id, *STOPPED)
            assert (ended.state, ended.engine) == (JobState.SUCCEEDED, "renamed"), ended.error or ended.phase
        assert await spent(workspace, profile="model") == 0
        assert await spent(workspace, profile="renamed") == server.billed > 0


async def failing_at(server: FakeModelServer, key: str, reply: Reply) -> None:
    def answer(request: Received) -> Reply:
        asked = list(request.body["response_format"]["json_schema"]["schema"]["properties"])
        return reply if asked == [key] else server.fitting(request)

    server.default = answer


async def test_held_job_goes_on_under_a_new_name_and_after_a_restart(tmp_path: Path) -> None:
    home = tmp_path / "home"
    async with FakeModelServer("openrouter") as server:
        async with model_folder(home) as workspace:
            await workspace.commands.save_profile(far_profile(server))
            source_id = await add_book(workspace)
            await failing_at(server, "scenario", error("openrouter", 401, "No credentials"))
            held = await start(workspace, source_id, fields=("scenario",))
            assert (await settled(workspace, held.id, *STOPPED)).hold_scope == "model"
            await failing_at(server, "scenario", error("openrouter", 400, "Field 'top_k' must be number"))
            await workspace.commands.save_profile(far_profile(server, "other"))
            failed = await start(workspace, source_id, "other", fields=("scenario",))
            assert (await settled(workspace, failed.id, *STOPPED)).state is JobState.FAILED
            await workspace.commands.save_profile(far_profile(server, "renamed"), replaces="model")
            await workspace.commands.save_profile(far_profile(server, "another"), replaces="other")
            assert (await workspace.commands.job(held.id)).hold_scope == "renamed"
        async with model_folder(home) as workspace:
            server.default = server.fitting
            sent = len(server.chats)
            await workspace.commands.save_profile(far_profile(server, "renamed"), key=KEY, replaces="renamed")
            assert (await settled(workspace, held.id, *STOPPED[1:])).state is JobState.SUCCEEDED
            await workspace.commands.retry_jobs([failed.id])
            ended = await settled(workspace, failed.id, JobState.HELD, JobState.SUCCEEDED, JobState.FAILED)
            assert ended.state is JobState.SUCCEEDED, ended.phase
            assert len(server.chats) - sent == 2, "what was finished is not asked for again"


async def test_removed_profile_holds_its_jobs_until_there_is_one_again(tmp_path: Path) -> None:
    async with FakeModelServer("openrouter") as server, model_folder(tmp_path / "home") as workspace:
        server.pace = 0.05
        await workspace.commands.save_profile(far_profile(server))
        source_id = await add_book(workspace)
        running = await start(workspace, source_id)
        await chats(server, 2)
        await workspace.commands.pause_queue()
        queued = await start(workspace, source_id, fields=("scenario",))
        await workspace.commands.remove_profile("model")
        await workspace.commands.resume_queue()
        server.pace = 0.0
        for job in (running, queued):
            held = await settled(workspace, job.id, *STOPPED)
            assert (held.state, held.hold_reason) == (JobState.HELD, "access"), held.phase
            assert 'no profile "model"' in held.phase
        await workspace.commands.save_profile(far_profile(server))
        for job in (running, queued):
            assert (await settled(workspace, job.id, *STOPPED[1:])).state is JobState.SUCCEEDED


async def test_other_model_goes_on_with_what_is_finished(tmp_path: Path) -> None:
    async with FakeModelServer("openrouter", models=("model-1", "model-2")) as server:
        gone = error("openrouter", 404, "The model `model-1` does not exist")
        async with model_folder(tmp_path / "home") as workspace:
            await workspace.commands.save_profile(far_profile(server))
            await failing_at(server, "first_mes", gone)
            job = await start(workspace, await add_book(workspace), fields=("scenario", "first_mes"))
            held = await settled(workspace, job.id, *STOPPED)
            assert (held.state, held.error_code) == (JobState.HELD, "model.404")
            before = len(server.chats)
            server.default = server.fitting
            await workspace.commands.save_profile(far_profile(server, model="model-2"), replaces="model")
            assert (await settled(workspace, job.id, *STOPPED[1:])).state is JobState.SUCCEEDED
            after = server.chats[before:]
            assert [request.body["model"] for request in after] == ["model-2"]


async def test_tasks_have_their_own_models_and_profiles_their_own_servers(tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        servers = [await stack.enter_async_context(FakeModelServer(kind)) for kind in ("openrouter", "vllm")]
        workspace = await stack.enter_async_context(model_folder(tmp_path / "home"))
        models = {"analysis": "small", "dialogue": "chatty", "lorebook": "long"}
        for server in servers:
            await workspace.commands.save_profile(far_profile(server, server.kind, models=models))
        source_id = await add_book(workspace)
        jobs: list[JobSnapshot] = await workspace.commands.start_drafts(
            [DraftRequest(source_ids=(source_id,), engine=server.kind) for server in servers]
        )  # type: ignore[assignment]
        for job in jobs:
            assert (await settled(workspace, job.id, *STOPPED)).state is JobState.SUCCEEDED
        ledger = await workspace.commands.ledger(CostQuery())
    for server in servers:
        used = {request.body["model"] for request in server.chats}
        assert used == {"model-1", "small", "chatty", "long"}
        assert len([entry for entry in ledger if entry.profile == server.kind]) == len(server.chats)
