"""Batches through the whole service: run, shown, reported; and a draft that pauses between its steps."""

import asyncio
from pathlib import Path

from cardgen_desktop.domain.job import JobState
from cardgen_desktop.domain.job_kinds import DraftRequest, ExportRequest, ImportRequest, ReadRequest
from cardgen_desktop.jobs.workspace import Workspace
from tests.jobs.conftest import added, until, write_book


def write_cards(folder: Path, *names: str) -> Path:
    folder.mkdir()
    for name in names:
        (folder / f"{name}.json").write_text(name)
    return folder


async def test_import_export_and_read_are_jobs_with_details(workspace: Workspace, tmp_path: Path) -> None:
    commands = workspace.commands
    cards = write_cards(tmp_path / "cards", "Ada", "Bob")
    imported = await commands.start_import(ImportRequest(paths=(str(cards),)))
    ended = await workspace.wait(imported.id)
    assert ended.state is JobState.SUCCEEDED and ended.result is not None
    ids = tuple(ended.result["card_ids"])
    assert {card.name for card in await commands.cards()} == {"Ada", "Bob"}
    out = ExportRequest(card_ids=ids, folder=str(tmp_path / "out"), target="json-v3")
    exported = await workspace.wait((await commands.start_export(out)).id)
    assert exported.result is not None and len(exported.result["files"]) == 2
    books = tmp_path / "books"
    books.mkdir()
    write_book(books, name="2.txt"), write_book(books, "Pew met Jim.", name="10.txt")
    read = await workspace.wait((await commands.start_read(ReadRequest(paths=(str(books),)))).id)
    assert [source.name for source in await commands.sources()] == ["2.txt", "10.txt"]
    for job, summary in ((ended, "2 files"), (exported, "2 cards"), (read, "2 documents")):
        details = await commands.job_details(job.id)
        assert [step.done for step in details.steps] == [True, True]
        assert details.steps[1].summary == summary
        assert details.log[0].kind == "created" and details.log[-1].kind == "succeeded"
        report = await commands.export_job(job.id)
        assert report.job["kind"] == job.kind and len(report.attempts) == 1


async def test_an_import_whose_files_come_back_goes_on(workspace: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "stick" / "Ada.json"
    job = await workspace.commands.start_import(ImportRequest(paths=(str(path),)))
    held = await until(workspace, lambda job: job.state is JobState.HELD)
    assert (held.id, held.hold_reason, held.hold_scope) == (job.id, "source", str(path))
    path.parent.mkdir()
    path.write_text("Ada")
    await workspace.commands.try_gates()
    assert (await workspace.wait(job.id)).state is JobState.SUCCEEDED


async def test_a_draft_pauses_between_its_steps_and_goes_on_there(
    workspace: Workspace, tmp_path: Path, step_log: Path
) -> None:
    source = await added(workspace, write_book(tmp_path, "Jim met Pew. Jim ran. seconds=0.4"))
    (job,) = await workspace.commands.start_drafts([DraftRequest(source_ids=(source,))])
    running = asyncio.create_task(workspace.wait(job.id))
    await until(workspace, lambda job: job.phase == "Writing description")
    await workspace.commands.pause_jobs([job.id])
    paused = await until(workspace, lambda job: job.state is JobState.PAUSED)
    done = step_log.read_text().split()
    assert 1 <= len(done) < 3
    await workspace.commands.resume_jobs([paused.id])
    assert (await running).state is JobState.SUCCEEDED
    assert step_log.read_text().split() == ["name", "description", "scenario"]
    kinds = [line.kind for line in (await workspace.commands.job_details(job.id)).log]
    assert kinds.count("step") == 3 and {"pause_wanted", "paused", "resumed"} <= set(kinds)
