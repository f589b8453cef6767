"""Drafts by a model that cannot go on: keys, caps, the network, busy servers, a program that is killed."""

import asyncio
import sys
from contextlib import suppress
from decimal import Decimal
from pathlib import Path

import pytest

from cardgen_desktop.domain.costs import CostQuery
from cardgen_desktop.domain.job import JobSnapshot, JobState, Lane
from cardgen_desktop.jobs.workspace import Workspace, open_workspace
from tests.support.llm_server import FakeModelServer, Reply, error
from tests.support.waiting import until as happened

from .generation import (
    SHORT,
    asked_keys,
    chats_for,
    model_workspace,
    playing,
    profile_of,
    started_draft,
    telling,
)
from .test_generation import ended

ROOT = Path(__file__).resolve().parents[2]
HELD, WAITING = JobState.HELD, JobState.WAITING


async def in_state(workspace: Workspace, job_id: int, state: JobState) -> JobSnapshot:
    """The job once it is in a state."""
    async with asyncio.timeout(60):
        while (job := await workspace.commands.job(job_id)).state is not state:
            await asyncio.sleep(0.02)
    return job


async def test_refused_key_holds_all_jobs_of_the_profile_until_it_is_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    async with (
        FakeModelServer(key="right-key-0123456789") as server,
        model_workspace(tmp_path / "home", server, far=True) as workspace,
    ):
        telling(server)
        profile = profile_of(server, far=True)
        await workspace.commands.save_profile(profile, key="wrong-key-0123456789", replaces="model")
        first = await started_draft(workspace, fields=("scenario",))
        held = await in_state(workspace, first.id, HELD)
        assert (held.hold_reason, held.hold_scope, held.error_code) == ("key", "model", "auth.401")
        assert "wrong-key" not in held.model_dump_json()
        sent = len(server.chats)
        second = await started_draft(workspace, fields=("personality",))
        assert (await in_state(workspace, second.id, HELD)).error_code == "auth.401"
        assert len(server.chats) == sent, "one is enough to know"
        await workspace.commands.save_profile(profile, key="right-key-0123456789", replaces="model")
        for job in (first, second):
            await ended(workspace, job.id)
        assert (await workspace.commands.job(first.id)).error_code is None
        assert (await workspace.commands.queue_status()).gates == ()


async def test_cap_holds_before_anything_is_sent(tmp_path: Path) -> None:
    cap = Decimal("0.000001")
    async with (
        FakeModelServer() as server,
        model_workspace(tmp_path / "home", server, far=True, monthly_cap=cap) as workspace,
    ):
        telling(server)
        job = await started_draft(workspace, fields=("scenario",))
        assert (job.lane, job.is_remote) == (Lane.NETWORK, True)
        held = await in_state(workspace, job.id, HELD)
        assert (held.hold_reason, held.error_code) == ("budget", "pay.budget")
        assert server.chats == []
        raised = profile_of(server, far=True, monthly_cap=Decimal(5))
        await workspace.commands.save_profile(raised, replaces="model")
        await ended(workspace, job.id)


async def test_offline_holds_what_needs_the_network_alone(tmp_path: Path) -> None:
    async with (
        FakeModelServer() as server,
        model_workspace(tmp_path / "home", server, far=True) as workspace,
    ):
        await workspace.commands.save_profile(profile_of(server, name="near"))
        telling(server)
        await workspace.commands.set_online(online=False)
        far = await started_draft(workspace, fields=("scenario",))
        near = await started_draft(workspace, fields=("scenario",), engine="near")
        assert (await in_state(workspace, far.id, HELD)).error_code == "net.offline"
        await ended(workspace, near.id)
        await workspace.commands.set_online(online=True)
        await ended(workspace, far.id)


async def test_busy_server_is_not_asked_before_it_said(tmp_path: Path) -> None:
    async with (
        FakeModelServer() as server,
        model_workspace(tmp_path / "home", server, far=True) as workspace,
    ):
        telling(server)
        busy = error(server.kind, 429, "Slow down.")
        playing(server, "scenario", Reply(429, {**busy.headers, "Retry-After": "2"}, busy.pieces))
        first = await started_draft(workspace, fields=("scenario",))
        waiting = await in_state(workspace, first.id, WAITING)
        assert waiting.error_code == "rate.429"
        refused_at = server.chats[-1].at
        other = await started_draft(workspace, fields=("personality",))
        await ended(workspace, other.id)
        await ended(workspace, first.id)
        later = [request.at for request in server.chats if request.at > refused_at]
        assert min(later) - refused_at >= 2.0
        lanes = {lane.lane: lane for lane in (await workspace.commands.queue_status()).lanes}
        assert lanes[Lane.NETWORK].lowered


async def test_server_that_never_recovers_fails_the_job_in_its_class(tmp_path: Path) -> None:
    async with FakeModelServer() as server, model_workspace(tmp_path / "home", server) as workspace:
        telling(server)
        broken = error(server.kind, 500, "Out of order.")
        playing(server, "scenario", *[broken] * 9)
        job = await started_draft(workspace, fields=("scenario",))
        async with asyncio.timeout(60):
            failed = await workspace.service.wait(job.id)
    assert (failed.state, failed.error_code) == (JobState.FAILED, "srv.5xx")
    assert len(chats_for(server, "scenario")) == 2, "a 500 is tried again once"


async def test_killed_program_goes_on_and_says_what_was_possibly_billed(tmp_path: Path) -> None:
    home = tmp_path / "home"
    async with FakeModelServer() as server:
        async with model_workspace(home, server, far=True):
            pass
        telling(server)
        server.pace = 0.02
        command = (sys.executable, "-m", "tests.jobs.generation_script", str(home))
        program = await asyncio.create_subprocess_exec(*command, cwd=ROOT)
        await happened(lambda: len(server.chats) >= 3, 60)
        with suppress(ProcessLookupError):
            program.kill()
        await program.wait()
        server.pace = 0.0
        finished = [tuple(asked_keys(request)) for request in server.chats[:-1]]
        server.requests.clear()
        async with open_workspace(home, workers=2) as workspace:
            (job,) = workspace.recovered
            assert job.possibly_billed
            await ended(workspace, job.id)
            ledger = await workspace.commands.ledger(CostQuery())
        assert [entry.possibly_billed for entry in ledger].count(True) == 1
        again = {tuple(asked_keys(request)) for request in server.chats}
    assert not again & set(finished), "what was finished is not paid twice"


async def test_every_cost_that_the_server_bills_is_in_the_ledger(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEST_MODEL_KEY", "right-key-0123456789")
    async with (
        FakeModelServer("openrouter", key="right-key-0123456789") as server,
        model_workspace(tmp_path / "home", server, far=True, key_env="TEST_MODEL_KEY") as workspace,
    ):
        server.cost = Decimal("0.00123456789")
        telling(server)
        options = SHORT.model_copy(update={"repair": True})
        job = await started_draft(workspace, options=options)
        await ended(workspace, job.id)
        report = await workspace.commands.costs(CostQuery(by="job"))
        snapshot = await workspace.commands.job(job.id)
        (row,) = report.rows
    assert row.cost == server.billed > 0
    assert snapshot.cost_nanos == round(server.billed * 10**9)
    assert snapshot.tokens_in == 100 * len(server.chats)
