"""A key that is easy to find goes through everything at DEBUG, and is found nowhere afterwards."""

import json
import logging
import os
import sys
import zipfile
from collections.abc import Iterator
from contextlib import aclosing
from pathlib import Path

import pytest

from cardgen_desktop import crash, log, paths
from cardgen_desktop.domain.costs import CostQuery
from cardgen_desktop.domain.errors import CardgenError
from cardgen_desktop.domain.job import JobState, Lane
from cardgen_desktop.domain.job_kinds import DRAFT
from cardgen_desktop.domain.prompt_style import PromptMessage
from cardgen_desktop.domain.value import Value
from cardgen_desktop.jobs.commands import WorkspaceCommands
from cardgen_desktop.jobs.events import EventBus
from cardgen_desktop.jobs.process import ProcessPool
from cardgen_desktop.jobs.running import RunningJob
from cardgen_desktop.jobs.secrets_scan import forms
from cardgen_desktop.jobs.service import JobService
from cardgen_desktop.store.engine import open_database
from cardgen_desktop.store.intake import NewJob
from tests.support.databases import place_empty_database
from tests.support.far_server import far_profile, far_server
from tests.support.keyrings import LockedKeyring, MemoryKeyring, using
from tests.support.llm_server import FakeModelServer, error, stream

CANARY = "c4n4ry-0123456789-of-nobody"
"""It looks like no key that a pattern knows."""


@pytest.fixture(autouse=True)
def everything_is_logged() -> Iterator[None]:
    """DEBUG for every logger, also those of libraries."""
    root = logging.getLogger()
    before = root.level
    root.setLevel(logging.DEBUG)
    yield
    root.setLevel(before)


async def ask(service: JobService, job: RunningJob | None = None) -> None:
    from cardgen_desktop.llm.client import ChatRequest, Ended

    connection = await service.providers.connect("maker", "prose")
    request = ChatRequest("model-1", (PromptMessage(role="user", text="Write."),), 8)
    async with (
        service.providers.paid.sent(connection, "prose", tokens_in=9, max_output=8, job=job) as paid,
        aclosing(connection.client.chat(request)) as events,
    ):
        async for event in events:
            if isinstance(event, Ended):
                paid.ended(event.usage, event.finish_reason)


def echoing(server: FakeModelServer) -> None:
    """The server says the key in each way in which it could find its way into a text."""
    words = f"Incorrect API key provided: {CANARY}. Authorization: Bearer {CANARY}"
    server.play(error("openrouter", 401, words))
    server.play(error("openrouter", 400, words, metadata={"raw": json.dumps({"key": CANARY})}))
    server.play(stream("openrouter", "one two three").cut_at(700))


async def run_everything(
    home: Path, out: Path, server: FakeModelServer, monkeypatch: pytest.MonkeyPatch
) -> list[str]:
    """Whatever a key passes in a day's work; the texts that were shown or would be."""
    texts: list[str] = []
    place_empty_database(home / "cardgen.db")
    with log.written_to(paths.logs(home), logging.DEBUG):
        database, bus = await open_database(home / "cardgen.db"), EventBus()
        bus.subscribe(lambda event: texts.append(repr(event)))
        async with ProcessPool(1) as pool:
            service = JobService(database, pool, bus, home=home, workers=1)
            commands = WorkspaceCommands(database, pool, bus, service, None)

            async def work(job: RunningJob) -> Value | None:
                job.note("tells", f"the key is {CANARY}")
                job.keep_partial("prose", "some text")
                await ask(service, job)
                return Value()

            service.core.set_runners({DRAFT: work}, lambda error: texts.append(str(error)))
            await service.recover()
            service.start()
            view = await commands.save_profile(far_profile(), key=CANARY)
            texts += [repr(view), repr(await commands.keyring_status()), repr(await commands.profiles())]
            echoing(server)
            texts += [repr(check) for check in await commands.test_profile(far_profile(), key=CANARY)]
            for _ in range(3):
                server.script.clear()
                echoing(server)
                new = NewJob(kind=DRAFT, request={}, lane=Lane.NETWORK, engine="maker", is_remote=True)
                job = await service.core.queue.enqueue(new)
                await settled(service, job.id)
                for gate in service.core.gates.closed:
                    service.core.gates.open(gate.reason, scope=gate.scope)
                for suffix in (".json", ".csv", ".yaml"):
                    await commands.save_job_report(job.id, out / f"job{suffix}")
                texts.append(repr(await commands.job_details(job.id)))
            try:
                raise RuntimeError(f"failed with {CANARY}")
            except RuntimeError as trouble:
                logging.getLogger("cardgen_desktop.jobs").exception("a mistake with %s", CANARY)
                crash.CrashReporter(lambda told: texts.append(told.details)).hear("a test", trouble)
            await commands.export_profiles(out / "profiles.json")
            await commands.export_costs(out / "costs.csv", CostQuery())
            texts += [repr(bundle) for bundle in await commands.diagnostics()]
            await commands.write_diagnostics(out / "diagnostics.zip")
            await database_is_copied(database, out)
            await service.aclose()
        await database.aclose()
    return texts


async def settled(service: JobService, job_id: int) -> None:
    import asyncio

    async with asyncio.timeout(60):
        while (await service.job(job_id)).state in (JobState.QUEUED, JobState.RUNNING):
            await asyncio.sleep(0.02)


async def database_is_copied(database: object, out: Path) -> None:
    """While it is open: the log of the database holds what was not folded in yet."""
    import shutil

    path = database.path  # type: ignore[attr-defined]
    for file in path.parent.glob("cardgen.db*"):
        shutil.copyfile(file, out / file.name)


def files_with_canary(*folders: Path) -> list[str]:
    found = []
    for folder in folders:
        for path in folder.rglob("*"):
            if path.is_file() and any(form.encode() in path.read_bytes() for form in forms(CANARY)):
                found.append(str(path))
            if path.suffix == ".zip":
                with zipfile.ZipFile(path) as archive:
                    found += [name for name in archive.namelist() if CANARY.encode() in archive.read(name)]
    return found


@pytest.mark.parametrize("backend", [MemoryKeyring, LockedKeyring])
async def test_key_is_found_nowhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, backend: type[MemoryKeyring],
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    home, out = tmp_path / "home", tmp_path / "out"
    out.mkdir()
    async with far_server(monkeypatch) as server:
        with using(backend()):
            texts = await run_everything(home, out, server, monkeypatch)
        sent = [request.headers.get("authorization", "") for request in server.requests]
    assert any(CANARY in header for header in sent), "the key was not even used"
    assert files_with_canary(home, out) == []
    assert [text for text in texts if CANARY in text] == []
    assert (out / "cardgen.db").stat().st_size > 0 and any(paths.logs(home).iterdir())
    assert CANARY not in " ".join(sys.argv) and CANARY not in str(dict(os.environ))


async def test_sentences_of_failures_never_hold_the_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also those that are shown, not only those that are stored."""
    home = tmp_path / "home"
    place_empty_database(home / "cardgen.db")
    async with far_server(monkeypatch) as server, ProcessPool(1) as pool:
        database = await open_database(home / "cardgen.db")
        service = JobService(database, pool, EventBus(), home=home)
        commands = WorkspaceCommands(database, pool, EventBus(), service, None)
        await commands.save_profile(far_profile(), key=CANARY)
        echoing(server)
        for _ in range(3):
            try:
                await ask(service)
            except CardgenError as failure:
                told = f"{failure.message} {failure.details} {failure!r} {failure.__cause__!r}"
                assert CANARY not in told
        await service.aclose()
        await database.aclose()
