"""Draft jobs from the command to the library: progress, files, failures, cancel, quit, run again."""

import asyncio
import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from cardgen_desktop.domain.card import CardData
from cardgen_desktop.domain.errors import InputError, StorageError, UsageError
from cardgen_desktop.domain.events import CardChanged, JobChanged
from cardgen_desktop.domain.evidence import EvidenceFile
from cardgen_desktop.domain.job import JobQuery, JobState
from cardgen_desktop.domain.job_kinds import DraftRequest, DraftResult
from cardgen_desktop.jobs.workspace import Workspace

from .conftest import Opening, added, drafted, moved, started, until, write_book

SLOW = "Jim seconds=0.15 ran"
PNG = b"\x89PNG picture"


def execute(home: Path, sql: str, *values: Any) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(home / "cardgen.db", isolation_level=None)) as connection:
        return connection.execute(sql, values).fetchall()


async def test_draft_becomes_a_card_with_its_evidence_and_files(workspace: Workspace, tmp_path: Path) -> None:
    outputs = (str(tmp_path / "jim.png"), str(tmp_path / "jim.json"))
    evidence = tmp_path / "evidence.json"
    job = await started(workspace, tmp_path, outputs=outputs, evidence_path=str(evidence))
    job = await workspace.service.wait(job.id)
    assert (job.state, job.error, job.progress, job.character) == (JobState.SUCCEEDED, None, 100.0, "Jim")
    assert job.status == "completed"
    result = DraftResult.model_validate(job.result)
    assert (result.character, result.fields, result.outputs) == ("Jim", 3, outputs)
    record = await workspace.commands.card(result.card_id)
    assert record.card.data.description == "description of Jim"
    assert record.summary.source_title == "book"
    assert [source.name for source in record.sources] == ["book.txt"]
    assert Path(outputs[0]).read_text() == "Jim"
    written = EvidenceFile.model_validate_json(evidence.read_bytes())
    assert [source.path for source in written.sources] == [str(tmp_path / "book.txt")]
    assert written.fields == record.evidence
    assert await workspace.commands.cards() == (record.summary,)


async def test_progress_is_announced_in_order_and_never_goes_back(
    workspace: Workspace, tmp_path: Path
) -> None:
    seen = []
    workspace.events.subscribe(lambda event: seen.append(event))
    job = await started(workspace, tmp_path, SLOW, outputs=(str(tmp_path / "jim.png"),))
    await workspace.service.wait(job.id)
    jobs = [event.job for event in seen if isinstance(event, JobChanged)]
    progress = [item.progress for item in jobs]
    assert progress == sorted(progress)
    assert progress[-1] == 100.0
    phases = list(dict.fromkeys(item.phase for item in jobs if item.phase))
    assert phases == ["Writing name", "Writing description", "Writing scenario", "Writing jim.png"]
    assert [item.version for item in jobs] == sorted(item.version for item in jobs)
    assert isinstance(seen[-2], CardChanged), "the card is announced before the job that made it ends"


async def test_stored_progress_follows_within_a_second(workspace: Workspace, tmp_path: Path) -> None:
    job = await started(workspace, tmp_path, "Jim seconds=0.8 ran")
    await until(workspace, lambda job: job.phase == "Writing description")
    live = await workspace.commands.job(job.id)
    assert live.progress > 30
    for _ in range(30):
        await asyncio.sleep(0.05)
        ((stored, phase),) = execute(workspace.home, "SELECT progress, phase FROM job")
        if stored > 30:
            break
    assert stored > 30
    assert phase.startswith("Writing")
    await moved(workspace.commands.cancel_jobs([job.id]))
    await workspace.service.wait(job.id)


async def test_steps_show_what_is_done(workspace: Workspace, tmp_path: Path) -> None:
    job = await started(workspace, tmp_path, outputs=(str(tmp_path / "x.png"),))
    await workspace.service.wait(job.id)
    views = (await workspace.commands.job_details(job.id)).steps
    assert (views[0].phase, views[0].done) == ("Reading the sources", True)
    assert (views[-1].phase, views[-1].done) == ("Writing x.png", True)
    description = next(view for view in views if view.key == "description")
    assert description.done
    assert description.seconds == 0.01


@pytest.mark.parametrize(
    ("text", "character", "code", "sentence"),
    [
        ("Jim met Pew", "Flint", "usage", "'Flint' is not one of"),
        ("nobody here", "", "source", "Nobody is in this text"),
        ("kill\nJim", "", "crashed_app", "worker process died twice"),
        ("raise odd\nJim", "", "internal", "made a mistake"),
    ],
)
async def test_failure_is_a_sentence_of_its_class(
    workspace: Workspace, tmp_path: Path, text: str, character: str, code: str, sentence: str
) -> None:
    if text.startswith(("kill", "raise")):
        source_id = (await workspace.commands.add_text(text, "pasted")).id
        job = await drafted(workspace, DraftRequest(source_ids=(source_id,), character=character))
    else:
        job = await started(workspace, tmp_path, text, character=character)
    job = await workspace.service.wait(job.id)
    assert (job.state, job.error_code) == (JobState.FAILED, code)
    assert sentence in (job.error or "")
    assert (await workspace.commands.job(job.id)).error == job.error


async def test_same_command_attaches_and_files_accumulate(workspace: Workspace, tmp_path: Path) -> None:
    first = await started(workspace, tmp_path, SLOW, character="jim", outputs=(str(tmp_path / "a.png"),))
    await until(workspace, lambda job: job.phase == "Writing description")
    request = DraftRequest(
        source_ids=tuple(first.request["source_ids"]), character=" JIM ", outputs=(str(tmp_path / "b.json"),),
        evidence_path=str(tmp_path / "e.json"),
    )  # fmt: skip
    second = await drafted(workspace, request)
    assert second.id == first.id
    assert second.progress > 30
    job = await workspace.service.wait(first.id)
    assert DraftResult.model_validate(job.result).outputs == (
        str(tmp_path / "a.png"),
        str(tmp_path / "b.json"),
    )
    assert (tmp_path / "e.json").exists()
    third = await drafted(workspace, request)
    assert third.id != first.id
    await workspace.service.wait(third.id)


async def test_other_character_other_picture_or_other_order_is_another_job(
    opening: Opening, tmp_path: Path
) -> None:
    async with opening(start_workers=False) as workspace:
        one = await added(workspace, write_book(tmp_path, "Jim", "1.txt"))
        two = await added(workspace, write_book(tmp_path, "Pew", "2.txt"))
        picture = tmp_path / "face.png"
        picture.write_bytes(PNG)
        requests = [
            DraftRequest(source_ids=(one, two)),
            DraftRequest(source_ids=(two, one)),
            DraftRequest(source_ids=(one, two), character="Jim"),
            DraftRequest(source_ids=(one, two), avatar=str(picture)),
        ]
        jobs = [await drafted(workspace, request) for request in requests * 2]
        assert len({job.id for job in jobs}) == 4


async def test_hundred_drops_of_the_same_make_one_job(opening: Opening, tmp_path: Path) -> None:
    async with opening(start_workers=False) as workspace:
        source_id = await added(workspace, write_book(tmp_path))
        request = DraftRequest(source_ids=(source_id,))
        jobs = await asyncio.gather(*(drafted(workspace, request) for _ in range(100)))
        assert len({job.id for job in jobs}) == 1
        assert (await workspace.commands.jobs(JobQuery())).total == 1


async def test_request_id_gives_the_same_job_for_ever(workspace: Workspace, tmp_path: Path) -> None:
    source_id = await added(workspace, write_book(tmp_path))
    request = DraftRequest(source_ids=(source_id,))
    job = await drafted(workspace, request, request_id="r1")
    await workspace.service.wait(job.id)
    again = await drafted(workspace, request, request_id="r1")
    assert (again.id, again.state, again.request_id) == (job.id, JobState.SUCCEEDED, "r1")


async def test_cancel_mid_step_kills_the_work_and_keeps_finished_steps(
    workspace: Workspace, tmp_path: Path, step_log: Path
) -> None:
    job = await started(workspace, tmp_path, "Jim seconds=0.4 ran")
    await until(workspace, lambda job: job.phase == "Writing description")
    await asyncio.sleep(0.1)
    began = asyncio.get_running_loop().time()
    wanted = await moved(workspace.commands.cancel_jobs([job.id]))
    assert (wanted.state, wanted.want, wanted.phase) == (JobState.RUNNING, "cancel", "Stopping")
    ended = await workspace.service.wait(job.id)
    assert asyncio.get_running_loop().time() - began < 0.35
    assert (ended.state, ended.status) == (JobState.CANCELLED, "cancelled")
    assert step_log.read_text().split() == ["name", "description"]
    assert await workspace.commands.cards() == ()
    await moved(workspace.commands.retry_jobs([job.id]))
    assert (await workspace.service.wait(job.id)).state is JobState.SUCCEEDED
    assert step_log.read_text().split() == ["name", "description", "description", "scenario"]


async def test_waiting_job_is_cancelled_without_a_worker(opening: Opening, tmp_path: Path) -> None:
    async with opening(start_workers=False) as workspace:
        job = await started(workspace, tmp_path)
        assert (await moved(workspace.commands.cancel_jobs([job.id]))).state is JobState.CANCELLED
        assert (await moved(workspace.commands.cancel_jobs([job.id]))).state is JobState.CANCELLED, (
            "twice is harmless"
        )


async def test_quit_puts_jobs_back_and_the_next_start_goes_on(
    opening: Opening, tmp_path: Path, step_log: Path
) -> None:
    async with opening() as workspace:
        job = await started(workspace, tmp_path, "Jim seconds=0.3 ran")
        await until(workspace, lambda job: job.phase == "Writing description")
        await asyncio.sleep(0.05)
        began = asyncio.get_running_loop().time()
    assert asyncio.get_running_loop().time() - began < 1
    async with opening() as workspace:
        assert workspace.recovered == (), "it was put back, not found running"
        ended = await workspace.service.wait(job.id)
    assert (ended.state, ended.attempts) == (JobState.SUCCEEDED, 1)
    assert step_log.read_text().split() == ["name", "description", "description", "scenario"]


async def test_wish_to_cancel_survives_quitting(opening: Opening, tmp_path: Path) -> None:
    async with opening() as workspace:
        job = await started(workspace, tmp_path, "Jim seconds=0.5 ran")
        await until(workspace, lambda job: job.phase == "Writing name")
        await moved(workspace.commands.cancel_jobs([job.id]))
    async with opening(start_workers=False) as workspace:
        assert (await workspace.commands.job(job.id)).state is JobState.CANCELLED


async def test_invalid_stored_job_fails_alone(opening: Opening, tmp_path: Path) -> None:
    async with opening(start_workers=False) as workspace:
        jobs = [await started(workspace, tmp_path, f"Jim number {number}") for number in range(4)]
        execute(workspace.home, 'UPDATE job SET request = \'{"source_ids": "all"}\' WHERE id = ?', jobs[0].id)
        execute(workspace.home, "UPDATE job SET request = 'rubbish' WHERE id = ?", jobs[1].id)
        execute(workspace.home, "UPDATE job SET kind = 'paint' WHERE id = ?", jobs[2].id)
        workspace.service.start()
        ended = [await workspace.service.wait(job.id) for job in jobs]
    assert [job.state for job in ended] == [JobState.FAILED] * 3 + [JobState.SUCCEEDED]
    assert "is damaged, so it cannot run" in (ended[0].error or "")
    assert "is damaged, so it cannot run" in (ended[1].error or "")
    assert 'kind "paint"' in (ended[2].error or "")


async def test_unreadable_or_outdated_step_is_done_again(
    opening: Opening, tmp_path: Path, step_log: Path
) -> None:
    async with opening() as workspace:
        job = await started(workspace, tmp_path)
        await workspace.service.wait(job.id)
        execute(workspace.home, "UPDATE step SET output = '{\"values\": 5}' WHERE step_key = 'name'")
        execute(workspace.home, "UPDATE step SET input_hash = 'old' WHERE step_key = 'scenario'")
        step_log.write_text("")
        await moved(workspace.commands.retry_jobs([job.id]))
        assert (await workspace.service.wait(job.id)).state is JobState.SUCCEEDED
    assert step_log.read_text().split() == ["name", "scenario"]


async def test_run_again_writes_files_again_and_keeps_one_card(workspace: Workspace, tmp_path: Path) -> None:
    out = tmp_path / "a.png"
    job = await workspace.service.wait((await started(workspace, tmp_path, outputs=(str(out),))).id)
    (card,) = await workspace.commands.cards()
    edited = CardData(name="My Jim")
    await workspace.commands.save_card(card.id, edited, version=card.version)
    await workspace.commands.remove_card(card.id)
    out.unlink()
    await moved(workspace.commands.retry_jobs([job.id]))
    job = await workspace.service.wait(job.id)
    assert job.state is JobState.SUCCEEDED
    (again,) = await workspace.commands.cards()
    assert (again.id, again.name) == (card.id, "My Jim"), "what the person wrote is not overwritten"
    assert out.read_text() == "My Jim"


async def test_file_that_cannot_be_written_keeps_card_and_other_files(
    workspace: Workspace, tmp_path: Path
) -> None:
    outputs = (str(tmp_path / "no folder" / "a.png"), str(tmp_path / "b.png"))
    job = await workspace.service.wait((await started(workspace, tmp_path, outputs=outputs)).id)
    assert (job.state, job.error_code) == (JobState.FAILED, "storage")
    assert (job.error or "").endswith("The drafted card is in the library.")
    assert Path(outputs[1]).exists()
    assert len(await workspace.commands.cards()) == 1
    (tmp_path / "no folder").mkdir()
    await moved(workspace.commands.retry_jobs([job.id]))
    assert (await workspace.service.wait(job.id)).state is JobState.SUCCEEDED
    assert Path(outputs[0]).exists()
    assert len(await workspace.commands.cards()) == 1


async def test_picture_is_checked_and_kept_when_the_draft_is_queued(opening: Opening, tmp_path: Path) -> None:
    face = tmp_path / "face.png"
    async with opening(start_workers=False) as workspace:
        source_id = await added(workspace, write_book(tmp_path))
        request = DraftRequest(source_ids=(source_id,), avatar=str(face))
        with pytest.raises(InputError, match=r'"face\.png" cannot be opened'):
            await drafted(workspace, request)
        face.write_bytes(b"no picture")
        with pytest.raises(InputError, match="not a picture"):
            await drafted(workspace, request)
        face.write_bytes(PNG)
        job = await drafted(workspace, request)
        face.unlink()
        workspace.service.start()
        job = await workspace.service.wait(job.id)
        record = await workspace.commands.card(DraftResult.model_validate(job.result).card_id)
    assert record.avatar == PNG
    assert record.summary.has_avatar


@pytest.mark.parametrize(
    ("request_fields", "error"),
    [({"outputs": ("card.gif",)}, UsageError), ({"source_ids": (1, 99)}, UsageError)],
)
async def test_impossible_draft_is_refused_before_it_is_queued(
    workspace: Workspace, tmp_path: Path, request_fields: dict[str, Any], error: type[Exception]
) -> None:
    source_id = await added(workspace, write_book(tmp_path))
    with pytest.raises(error):
        await drafted(workspace, DraftRequest(**{"source_ids": (source_id,)} | request_fields))
    assert (await workspace.commands.jobs(JobQuery())).total == 0


async def test_files_are_stored_with_whole_paths(opening: Opening, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.chdir(tmp_path)
    async with opening(start_workers=False) as workspace:
        job = await started(
            workspace, tmp_path, outputs=("a.png", str(tmp_path / "a.png")), evidence_path="e.json"
        )
    assert job.request["outputs"] == [str(tmp_path / "a.png")]
    assert job.request["evidence_path"] == str(tmp_path / "e.json")


async def test_remove_and_restore_concern_finished_jobs_only(workspace: Workspace, tmp_path: Path) -> None:
    job = await started(workspace, tmp_path, SLOW)
    with pytest.raises(UsageError, match="Cancel it first"):
        await moved(workspace.commands.remove_jobs([job.id]))
    with pytest.raises(UsageError, match="nothing to run again"):
        await moved(workspace.commands.retry_jobs([job.id]))
    with pytest.raises(UsageError, match="no job 99"):
        await moved(workspace.commands.cancel_jobs([99]))
    await workspace.service.wait(job.id)
    await moved(workspace.commands.remove_jobs([job.id]))
    assert (await workspace.commands.jobs(JobQuery())).total == 0
    assert (await moved(workspace.commands.undo())).id == job.id
    assert (await workspace.commands.job_counts())[JobState.SUCCEEDED] == 1


async def test_run_again_beside_the_same_unfinished_job_is_refused(opening: Opening, tmp_path: Path) -> None:
    async with opening(start_workers=False) as workspace:
        first = await started(workspace, tmp_path)
        await moved(workspace.commands.cancel_jobs([first.id]))
        second = await started(workspace, tmp_path)
        with pytest.raises(UsageError, match=f"Job {second.id} is already doing"):
            await moved(workspace.commands.retry_jobs([first.id]))


async def test_database_that_takes_nothing_holds_the_job_in_sight_and_leaves_it_to_resume(
    opening: Opening, tmp_path: Path
) -> None:
    async with opening() as workspace:
        job = await started(workspace, tmp_path, SLOW)
        await until(workspace, lambda job: job.phase == "Writing name")
        async with workspace.service._database.write() as connection:
            await connection.exec_driver_sql("PRAGMA query_only = ON")
        heard = asyncio.create_task(until(workspace, lambda job: job.state is JobState.HELD))
        with pytest.raises(StorageError, match="cannot be written"):
            await workspace.service.wait(job.id)
        assert (await heard).hold_reason == "disk", "in sight, though it cannot be stored"
    async with opening() as workspace:
        assert [item.id for item in workspace.recovered] == [job.id]
        assert (await workspace.service.wait(job.id)).state is JobState.SUCCEEDED


async def test_storage_trouble_reaches_who_waits(workspace: Workspace, tmp_path: Path) -> None:
    job = await started(workspace, tmp_path, "Jim seconds=2 ran")
    waiting = asyncio.create_task(workspace.service.wait(job.id))
    await asyncio.sleep(0.1)
    workspace.service._hear_trouble(StorageError("The disk is full."))
    with pytest.raises(StorageError, match="disk is full"):
        await waiting
    await moved(workspace.commands.cancel_jobs([job.id]))
    await workspace.service.wait(job.id)


async def test_attempts_and_events_tell_the_story(workspace: Workspace, tmp_path: Path) -> None:
    job = await started(workspace, tmp_path)
    await workspace.service.wait(job.id)
    events = execute(workspace.home, "SELECT kind, data FROM event WHERE job_id = ? ORDER BY id", job.id)
    notes = {"read", "found", "step", "written"}
    assert [kind for kind, _ in events if kind not in notes] == ["created", "started", "succeeded"]
    assert notes - {"written"} <= {kind for kind, _ in events}
    assert json.loads(events[1][1]) == {"epoch": 1}
    assert execute(workspace.home, "SELECT outcome FROM attempt") == [("succeeded",)]
