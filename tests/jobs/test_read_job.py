"""Reading folders of documents onto the desk, in their order, once."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from cardgen_desktop.domain.errors import HeldError, InputError
from cardgen_desktop.domain.events import SourcesChanged
from cardgen_desktop.domain.job_kinds import READ, ReadRequest
from cardgen_desktop.jobs.process import ProcessPool
from cardgen_desktop.jobs.read_job import DOCUMENT_SUFFIXES, ReadRunner
from cardgen_desktop.jobs.running import StoppedError
from cardgen_desktop.sources.registry import all_readers
from cardgen_desktop.store import sources
from cardgen_desktop.store.engine import Database, open_database
from cardgen_desktop.store.steps import StoredStep, steps
from tests.jobs.batches import Heard, WatchedJob, again, asked_again, in_work
from tests.jobs.conftest import FAKE
from tests.support.databases import place_empty_database


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    place_empty_database(tmp_path / "home" / "cardgen.db")
    database = await open_database(tmp_path / "home" / "cardgen.db")
    yield database
    await database.aclose()


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
async def run(database: Database, heard: Heard) -> AsyncIterator[ReadRunner]:
    async with ProcessPool(2, tasks=FAKE) as pool:
        yield ReadRunner(database, pool, heard.bus)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "books"
    folder.mkdir()
    for number in (10, 9, 1):
        (folder / f"{number}.txt").write_text(f"chapter {number}")
    return folder


async def reading(database: Database, *paths: Path, **options: int) -> WatchedJob:
    return await in_work(database, READ, ReadRequest(paths=tuple(map(str, paths))), **options)


async def desk(database: Database) -> list[str]:
    async with database.read() as connection:
        return [source.name for source in await sources.on_desk(connection)]


def test_every_suffix_that_a_reader_knows_is_tried() -> None:
    assert {suffix for reader in all_readers() for suffix in reader.suffixes} <= DOCUMENT_SUFFIXES


async def test_documents_stand_on_the_desk_in_natural_order(
    database: Database, run: ReadRunner, folder: Path, heard: Heard
) -> None:
    (folder / "picture.png").write_text("left out")
    job = await reading(database, folder)
    result = await run(job)
    assert await desk(database) == ["1.txt", "9.txt", "10.txt"]
    assert len(result.source_ids) == 3 and not result.refused
    assert "Reading 3 of 3" in job.phases
    assert any(isinstance(event, SourcesChanged) for event in heard.events)


async def test_broken_files_are_refused(database: Database, run: ReadRunner, folder: Path) -> None:
    (folder / "bad.txt").write_text("raise ValueError")
    result = await run(await reading(database, folder, folder / "gone.txt"))
    assert [Path(item.subject).name for item in result.refused] == ["gone.txt", "bad.txt"]
    assert len(result.source_ids) == 3


async def test_a_second_run_reads_no_finished_document_again(
    database: Database, run: ReadRunner, folder: Path
) -> None:
    job = await reading(database, folder, pause_after=2)
    with pytest.raises(StoppedError):
        await run(job)
    done = {step.key: step.finished_at for step in await stored(database, job.id)}
    assert 1 <= len(done) < 3
    await run(again(job.snapshot))
    after = {step.key: step.finished_at for step in await stored(database, job.id)}
    assert len(after) == 3
    assert {key: after[key] for key in done} == done


async def stored(database: Database, job_id: int) -> tuple[StoredStep, ...]:
    async with database.read() as connection:
        return await steps(connection, job_id)


async def test_the_same_run_again_gives_the_same_sources(
    database: Database, run: ReadRunner, folder: Path
) -> None:
    job = await reading(database, folder)
    first = await run(job)
    async with database.write() as connection:
        await sources.take_off_desk(connection, first.source_ids[0])
    assert await run(again(job.snapshot)) == first
    assert len(await desk(database)) == 2
    assert await run(await asked_again(database, job.snapshot)) == first
    assert len(await desk(database)) == 3


async def test_nothing_there_holds_and_nothing_to_read_fails(
    database: Database, run: ReadRunner, tmp_path: Path
) -> None:
    with pytest.raises(HeldError):
        await run(await reading(database, tmp_path / "gone"))
    with pytest.raises(InputError, match="no document in this folder"):
        await run(await reading(database, tmp_path / "home"))
    (tmp_path / "x.txt").write_text("raise ValueError")
    with pytest.raises(InputError):
        await run(await reading(database, tmp_path / "x.txt"))


async def test_of_json_in_a_folder_only_the_chats_are_documents(
    database: Database, run: ReadRunner, folder: Path
) -> None:
    (folder / "2.json").write_text('{"type": "risuChat", "ver": 2, "data": {"message": []}}')
    (folder / "3.json").write_text('{"spec": "chara_card_v2", "data": {"name": "Mara"}}')
    (folder / "4.json").write_text("[1, 2]")
    await run(await reading(database, folder))
    assert await desk(database) == ["1.txt", "2.json", "9.txt", "10.txt"]
