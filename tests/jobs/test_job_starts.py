"""Queueing: many drafts at once, each once, as a batch; other kinds; and copies with changes."""

import asyncio
from pathlib import Path

import pytest

from cardgen_desktop.domain.errors import UsageError
from cardgen_desktop.domain.job import JobState, Lane
from cardgen_desktop.domain.job_kinds import DraftRequest, ExportRequest, ImportRequest, ReadRequest
from cardgen_desktop.domain.source import SourceText
from cardgen_desktop.jobs.job_starts import MOST_AT_ONCE
from cardgen_desktop.store import sources
from tests.support.queue_in_use import QueueInUse, queue_in_use
from tests.support.stored_jobs import execute


async def source(queue: QueueInUse, name: str = "a.txt") -> int:
    text = SourceText(
        path=f"/tmp/{name}", name=name, kind="text", title=name, language="en", encoding="utf-8",
        sha256=name, size=1, words=1, text=name,
    )  # fmt: skip
    async with queue.database.write() as connection:
        return (await sources.add(connection, text, 1.0)).id


def requests(source_id: int, *characters: str) -> list[DraftRequest]:
    return [DraftRequest(source_ids=(source_id,), character=name) for name in characters]


async def test_drafts_are_stored_together_as_a_batch(tmp_path: Path) -> None:
    async with queue_in_use(tmp_path / "home", start=False) as queue:
        wanted = requests(await source(queue), "Ann", "Bob", "Cy")
        jobs = await queue.service.starts.drafts(wanted, [None] * 3, ["r1", "r2", "r3"], "Three people")
        assert [(job.character, job.request_id, job.lane) for job in jobs] == [
            ("Ann", "r1", Lane.CPU), ("Bob", "r2", Lane.CPU), ("Cy", "r3", Lane.CPU),
        ]  # fmt: skip
        (batch,) = await queue.service.batches()
        assert (batch.title, batch.total, {job.batch_id for job in jobs}) == ("Three people", 3, {batch.id})
        (alone,) = await queue.service.starts.drafts(requests(1, "Dee"), [None])
        assert alone.batch_id is None
        again = await queue.service.starts.drafts(wanted, [None] * 3, ["r1", "r2", "r3"])
        assert [job.id for job in again] == [job.id for job in jobs]


async def test_hundred_callers_who_want_the_same_get_one_job(tmp_path: Path) -> None:
    async with queue_in_use(tmp_path / "home", start=False) as queue:
        source_id = await source(queue)
        starts = queue.service.starts
        made = await asyncio.gather(*(starts.drafts(requests(source_id, "Ann"), [None]) for _ in range(100)))
        spelt = await starts.drafts(requests(source_id, "  ANN "), [None])
        assert len({job.id for (job,) in [*made, spelt]}) == 1
        same = await starts.drafts(requests(source_id, *["Ann"] * 50), [None] * 50)
        assert {job.id for job in same} == {made[0][0].id}
        assert await execute(queue.database, "SELECT count(*) FROM job") == [(1,)]


async def test_files_of_all_who_want_the_same_are_written(tmp_path: Path) -> None:
    async with queue_in_use(tmp_path / "home", start=False) as queue:
        source_id = await source(queue)
        for name in ("/a.png", "/b.json"):
            request = DraftRequest(source_ids=(source_id,), outputs=(name,))
            await queue.service.starts.drafts([request], [None])
        assert await execute(queue.database, "SELECT path FROM output ORDER BY path") == [
            ("/a.png",), ("/b.json",),
        ]  # fmt: skip


async def test_one_impossible_draft_queues_none(tmp_path: Path) -> None:
    async with queue_in_use(tmp_path / "home", start=False) as queue:
        good, bad = requests(await source(queue), "Ann"), requests(99, "Bob")
        with pytest.raises(UsageError, match="not in the database"):
            await queue.service.starts.drafts([*good, *bad], [None, None])
        with pytest.raises(UsageError, match="one request id"):
            await queue.service.starts.drafts(good, [None], ["a", "b"])
        with pytest.raises(UsageError, match="10,000"):
            await queue.service.starts.drafts(good * (MOST_AT_ONCE + 1), [None] * (MOST_AT_ONCE + 1))
        assert await execute(queue.database, "SELECT (SELECT count(*) FROM job) + count(*) FROM batch") == [
            (0,)
        ]


async def test_other_kinds_have_their_lanes_and_titles(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with queue_in_use(tmp_path / "home", start=False) as queue:
        starts = queue.service.starts
        imported = await starts.imports(ImportRequest(paths=("a.png", "b.png", "a.png")), "r")
        read = await starts.reads(ReadRequest(paths=("book.txt",)))
        exported = await starts.exports(ExportRequest(card_ids=(1, 2), folder="out", target="png"))
        assert [(job.kind, job.lane, job.title) for job in (imported, read, exported)] == [
            ("import", Lane.CPU, "a.png and 1 more"),
            ("read", Lane.CPU, "book.txt"),
            ("export", Lane.EXPORT, "2 cards to out"),
        ]
        assert imported.request["paths"] == [str(tmp_path / "a.png"), str(tmp_path / "b.png")]
        assert (await starts.imports(ImportRequest(paths=("x.png",)), "r")).id == imported.id
        assert (await starts.reads(ReadRequest(paths=("book.txt",)))).id == read.id


async def test_copy_differs_in_what_was_changed(tmp_path: Path) -> None:
    async with queue_in_use(tmp_path / "home", start=False) as queue:
        starts = queue.service.starts
        (job,) = await starts.drafts(requests(await source(queue), "Ann"), [None])
        copy = await starts.copy(job.id, {"character": "Bob"})
        assert (copy.id > job.id, copy.character, copy.state) == (True, "Bob", JobState.QUEUED)
        assert copy.request["source_ids"] == job.request["source_ids"]
        assert (await starts.copy(job.id, {})).id == job.id  # it is already at it
        for changes, words in (
            ({"colour": 1}, "no setting called colour"),
            ({"source_ids": []}, "source_ids"),
        ):
            with pytest.raises(UsageError, match=words):
                await starts.copy(job.id, changes)
        with pytest.raises(UsageError, match="Job 99 cannot be copied"):
            await starts.copy(99, {})
