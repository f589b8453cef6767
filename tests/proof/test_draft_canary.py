"""A key goes through whole drafts at DEBUG, and servers say it back: it is found nowhere afterwards."""

import logging
import zipfile
from pathlib import Path

import pytest

from cardgen_desktop.domain.costs import CostQuery
from cardgen_desktop.domain.job import JobState
from tests.proof.model_folder import BOOK, add_book, cardgen, far_profile, model_folder, settled, start
from tests.support.keyrings import MemoryKeyring, using
from tests.support.llm_server import FakeModelServer, Received, Reply, error, stream
from tests.support.llm_server.shapes import event

CANARY = "c4n4ry-9876543210-of-a-draft"
STOPPED = (JobState.HELD, JobState.FAILED, JobState.SUCCEEDED, JobState.WAITING)
ECHOES = ("400", "401", "403", "500", "in the stream", "in the text", "in the header")


def echo(request: Received, server: FakeModelServer) -> Reply:
    """A server that says the key back in the way that its model is called."""
    way, key = request.body["model"], request.headers["authorization"]
    if list(request.body["response_format"]["json_schema"]["schema"]["properties"]) != ["scenario"]:
        return server.fitting(request)
    if way.isdecimal():
        return error(server.kind, int(way), f"Refused: {key}", metadata={"raw": f"raw {key}"})
    if way == "in the stream":
        return stream(server.kind, "Ada keeps").ending(event({"error": {"code": 400, "message": key}}))
    if way == "in the header":
        return error(server.kind, 429, key, headers={"Retry-After": "1", "X-Key": key})
    return stream(server.kind, f'{{"scenario": "Ada. The key is {key}."}}', model=key, name=key)


def files_with_canary(folder: Path) -> list[str]:
    found = []
    for path in filter(Path.is_file, folder.rglob("*")):
        if CANARY.encode() in path.read_bytes():
            found.append(path.name)
        if path.suffix == ".zip":
            with zipfile.ZipFile(path) as archive:
                found += [name for name in archive.namelist() if CANARY.encode() in archive.read(name)]
    return found


@pytest.mark.parametrize("place", ["environment", "keyring"])
async def test_key_of_drafts_is_found_nowhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, place: str
) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("cardgen_desktop").setLevel(logging.DEBUG)
    monkeypatch.delenv("CARDGEN_API_KEY", raising=False)
    if place == "environment":
        monkeypatch.setenv("CARDGEN_API_KEY", CANARY)
    home, told = tmp_path / "home", ""
    async with FakeModelServer("openrouter") as server:
        server.default = lambda request: echo(request, server)
        with using(MemoryKeyring()):
            async with model_folder(home) as workspace:
                source_id = await add_book(workspace)
                for way in ECHOES:
                    profile = far_profile(server, f"server {way}", model=way)
                    key = CANARY if place == "keyring" else None
                    told += repr(await workspace.commands.save_profile(profile, key=key))
                    out = tmp_path / f"{way}.json"
                    job = await start(
                        workspace, source_id, profile.name, fields=("scenario",), outputs=(str(out),)
                    )
                    job = await settled(workspace, job.id, *STOPPED)
                    told += repr(job) + repr(await workspace.commands.job_details(job.id))
                    for suffix in (".json", ".yaml", ".csv"):
                        await workspace.commands.save_job_report(job.id, tmp_path / f"{way} job{suffix}")
                words = ("draft", BOOK, "--engine", "server 401", "--fields", "scenario", "--json")
                ran = await cardgen(home, *words, "--max-wait", 0, "--out", tmp_path / "cli.json")
                told += ran.out + ran.err
                assert ran.value["error"]["class"] == "auth.401"
                await workspace.commands.export_costs(tmp_path / "costs.csv", CostQuery())
                await workspace.commands.export_profiles(tmp_path / "profiles.json")
                await workspace.commands.write_diagnostics(tmp_path / "diagnostics.zip")
                assert files_with_canary(tmp_path) == []
        assert any(CANARY in request.headers.get("authorization", "") for request in server.requests)
    assert files_with_canary(tmp_path) == []
    assert CANARY not in told
    assert CANARY not in caplog.text
