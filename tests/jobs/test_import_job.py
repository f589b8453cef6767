"""Importing folders of cards: each file once whatever happens, refusals, holds for what has gone."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from cardgen_desktop.domain.card_library import CardSummary
from cardgen_desktop.domain.errors import HeldError, InputError
from cardgen_desktop.domain.events import CardChanged, CardsChanged
from cardgen_desktop.domain.job import HoldReason
from cardgen_desktop.domain.job_kinds import IMPORT, ImportRequest
from cardgen_desktop.jobs import import_job
from cardgen_desktop.jobs.import_job import ImportRunner, Told
from cardgen_desktop.jobs.process import ProcessPool
from cardgen_desktop.jobs.running import StoppedError
from cardgen_desktop.store import cards
from cardgen_desktop.store.engine import Database, open_database
from cardgen_desktop.store.tables import card
from tests.jobs.batches import Heard, WatchedJob, again, asked_again, forget_last_step, in_work
from tests.jobs.conftest import FAKE
from tests.support.databases import place_empty_database


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    place_empty_database(tmp_path / "home" / "cardgen.db")
    database = await open_database(tmp_path / "home" / "cardgen.db")
    yield database
    await database.aclose()


@pytest.fixture
async def pool() -> AsyncIterator[ProcessPool]:
    async with ProcessPool(2, tasks=FAKE) as pool:
        yield pool


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def run(database: Database, pool: ProcessPool, heard: Heard) -> ImportRunner:
    return ImportRunner(database, pool, heard.bus)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "cards"
    folder.mkdir()
    for number in (1, 2, 10):
        (folder / f"card {number}.json").write_text(f"card {number}")
    return folder


async def importing(database: Database, *paths: Path, pause_after: int = 10**9) -> WatchedJob:
    request = ImportRequest(paths=tuple(map(str, paths)))
    return await in_work(database, IMPORT, request, pause_after=pause_after)


async def names(database: Database, ids: tuple[int, ...]) -> list[str]:
    async with database.read() as connection:
        found = await cards.names(connection, ids)
    return [found[card_id] for card_id in ids]


async def count(database: Database) -> int:
    async with database.read() as connection:
        return int((await connection.execute(select(func.count()).select_from(card))).scalar_one())


async def test_a_folder_is_imported_in_natural_order(
    database: Database, run: ImportRunner, folder: Path, heard: Heard
) -> None:
    job = await importing(database, folder)
    result = await run(job)
    assert await names(database, result.card_ids) == ["card 1", "card 2", "card 10"]
    assert (result.repaired, result.refused) == (0, ())
    assert sum(isinstance(event, CardChanged) for event in heard.events) == 3
    assert "Importing 3 of 3" in job.phases
    assert ("found", "Found 3 files.") in job.noted


async def test_bad_files_are_told_and_cost_the_others_nothing(
    database: Database, run: ImportRunner, folder: Path
) -> None:
    (folder / "broken.json").write_text("raise ValueError")
    (folder / "photo.png").write_text("a photo")
    (folder / "dies.json").write_text("kill")
    (folder / "notes.txt").write_text("left out")
    job = await importing(database, folder, folder / "gone.json")
    result = await run(job)
    assert len(result.card_ids) == 3
    assert [Path(item.subject).name for item in result.refused] == [
        "gone.json", "broken.json", "dies.json",
    ]  # fmt: skip
    assert all(item.reason.endswith(".") for item in result.refused)
    assert sum(kind == "refused" for kind, _ in job.noted) == 3
    assert result.skipped == 1, "a picture in a folder that is no card is nobody's fault"
    assert ("skipped", "1 picture holds no card; left out.") in job.noted


async def test_a_picture_that_was_named_is_refused_with_the_reason(
    database: Database, run: ImportRunner, folder: Path
) -> None:
    (folder / "photo.png").write_text("a photo")
    result = await run(await importing(database, folder / "photo.png", folder))
    assert [item.reason for item in result.refused] == ['"photo.png" holds no card.']
    assert (len(result.card_ids), result.skipped) == (3, 0)


async def test_pictures_alone_are_told(database: Database, run: ImportRunner, tmp_path: Path) -> None:
    photos = tmp_path / "photos"
    photos.mkdir()
    for number in range(3):
        (photos / f"{number}.png").write_text("a photo")
    with pytest.raises(InputError, match="None of the 3 pictures holds a card"):
        await run(await importing(database, photos))


async def test_what_was_mended_is_told_file_by_file_and_again_after_a_crash(
    database: Database, run: ImportRunner, folder: Path
) -> None:
    for number in range(import_job.MOST_REPAIRS + 3):
        (folder / f"mended {number}.json").write_text(f"odd {number}")
    job = await importing(database, folder)
    result = await run(job)
    assert (result.repaired, len(result.repairs)) == (import_job.MOST_REPAIRS + 3, import_job.MOST_REPAIRS)
    first = result.repairs[0]
    assert (Path(first.subject).name, first.problems[0].message) == ("mended 0.json", "Mended.")
    assert await names(database, (first.card_id or 0,)) == ["mended 0"]
    assert (await run(again(job.snapshot))).repairs == result.repairs


async def test_the_same_bytes_are_one_card(database: Database, run: ImportRunner, folder: Path) -> None:
    shutil.copy(folder / "card 1.json", folder / "copy of card 1.json")
    result = await run(await importing(database, folder, folder / "card 1.json"))
    assert len(result.card_ids) == await count(database) == 3


async def test_a_crash_repeats_no_file_that_was_stored(
    database: Database, run: ImportRunner, folder: Path
) -> None:
    first = await importing(database, folder)
    before = await run(first)
    for file in folder.iterdir():
        file.touch()  # even when its time has changed, the content has not
    assert (await run(again(first.snapshot))).card_ids == before.card_ids
    assert await count(database) == 3


async def test_a_step_that_was_not_stored_never_leaves_a_card_behind(
    database: Database, run: ImportRunner, folder: Path
) -> None:
    """Card and step are one transaction: without the step there is no card."""
    for number in range(20, 50):
        (folder / f"card {number}.json").write_text(f"card {number}")
    job = await importing(database, folder, pause_after=8)
    with pytest.raises(StoppedError):
        await run(job)
    assert 1 <= await count(database) < 33
    result = await run(again(job.snapshot))
    assert len(result.card_ids) == await count(database) == 33


async def test_a_cancel_in_the_middle_keeps_what_was_imported(
    database: Database, run: ImportRunner, folder: Path
) -> None:
    (folder / "z.json").write_text("hang")
    job = await importing(database, folder)
    task = asyncio.create_task(run(job))
    while await count(database) < 3:
        await asyncio.sleep(0.02)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    (folder / "z.json").write_text("z")
    result = await run(again(job.snapshot))
    assert len(result.card_ids) == await count(database) == 4


async def test_files_that_went_after_they_were_imported_still_count(
    database: Database, run: ImportRunner, folder: Path
) -> None:
    job = await importing(database, *sorted(folder.iterdir()))
    before = await run(job)
    shutil.rmtree(folder)
    assert set((await run(again(job.snapshot))).card_ids) == set(before.card_ids)


async def test_when_every_path_has_gone_the_job_is_held(
    database: Database, run: ImportRunner, tmp_path: Path
) -> None:
    with pytest.raises(HeldError, match="moved or removed") as caught:
        await run(await importing(database, tmp_path / "stick", tmp_path / "other.json"))
    assert (caught.value.reason, caught.value.scope) == (HoldReason.SOURCE, str(tmp_path / "stick"))


async def test_nothing_usable_fails_with_the_reason(
    database: Database, run: ImportRunner, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match="no card file in this folder"):
        await run(await importing(database, tmp_path / "home"))
    (tmp_path / "a.txt").write_text("a")
    with pytest.raises(InputError, match=r'^"a.txt" holds no card\.$'):
        await run(await importing(database, tmp_path / "a.txt"))
    (tmp_path / "b.txt").write_text("b")
    with pytest.raises(InputError, match="None of the 2 files could be imported") as caught:
        await run(await importing(database, tmp_path / "a.txt", tmp_path / "b.txt"))
    assert "b.txt" in caught.value.details


async def test_asked_for_again_it_tries_refused_files_again_and_brings_cards_back(
    database: Database, run: ImportRunner, folder: Path
) -> None:
    (folder / "x.json").write_text("raise ValueError")
    job = await importing(database, folder)
    before = await run(job)
    async with database.write() as connection:
        await cards.trash(connection, before.card_ids[0], 5.0)
    assert (await run(again(job.snapshot))).refused  # the same run: what was refused stays refused
    result = await run(await asked_again(database, job.snapshot))
    assert result.card_ids == before.card_ids
    assert len(await names(database, result.card_ids)) == 3
    assert (before.already, result.already) == (0, 2), "the card that came back out of the trash is news"


async def test_a_crash_does_not_make_what_came_in_before_it_old(
    database: Database, run: ImportRunner, folder: Path
) -> None:
    job = await importing(database, folder)
    await run(job)
    assert (await run(again(job.snapshot))).already == 0


async def test_a_lost_card_is_imported_again(database: Database, run: ImportRunner, folder: Path) -> None:
    job = await importing(database, folder)
    before = await run(job)
    async with database.write() as connection:
        await connection.execute(card.delete().where(card.c.id == before.card_ids[1]))
    after = await run(again(job.snapshot))
    assert len(after.card_ids) == await count(database) == 3
    assert after.card_ids[0] == before.card_ids[0]


async def test_a_forgotten_step_finds_its_card_by_content(
    database: Database, run: ImportRunner, folder: Path
) -> None:
    """Files that are copies of one another: the copy's step is lost, the card is not made twice."""
    shutil.copy(folder / "card 1.json", folder / "z copy.json")
    job = await importing(database, folder)
    await run(job)
    await forget_last_step(database, job.id)
    assert len((await run(again(job.snapshot))).card_ids) == 3


def test_very_many_cards_are_announced_together(heard: Heard) -> None:
    told = Told(heard.bus, every=0.0)
    cards = [CardSummary(id=number, name="Ada") for number in range(import_job.MOST_TOLD + 40)]
    told.add(cards[:50])
    told.add(cards[50:])
    told.end()
    single = [event.card.id for event in heard.events if isinstance(event, CardChanged)]
    (rest,) = [event.card_ids for event in heard.events if isinstance(event, CardsChanged)]
    assert [*single, *rest] == [card.id for card in cards]
    assert len(single) == import_job.MOST_TOLD


async def test_a_folder_of_many_cards_is_imported_some_at_a_time(
    database: Database, run: ImportRunner, tmp_path: Path, heard: Heard
) -> None:
    """In numbers that show it: one transaction for several cards, memory that does not follow the count."""
    many = tmp_path / "many"
    many.mkdir()
    for number in range(600):
        (many / f"{number}.json").write_text(f"card {number}")
    (many / "300 kills.json").write_text("kill")
    job = await importing(database, many)
    result = await run(job)
    assert len(result.card_ids) == 600 and len(result.refused) == 1
    reports = [phase for phase in job.phases if phase.startswith("Importing")]
    assert len(reports) < 300, "one report for each answer of a child, not for each file"
    announced = [event for event in heard.events if isinstance(event, CardChanged)]
    together = [
        card_id for event in heard.events if isinstance(event, CardsChanged) for card_id in event.card_ids
    ]
    assert len(announced) + len(together) == 600
    assert await names(database, result.card_ids[:3]) == ["0", "1", "2"]


async def test_chats_in_a_folder_are_left_to_the_desk(
    database: Database, run: ImportRunner, folder: Path
) -> None:
    (folder / "talk.json").write_text('{"type": "risuChat", "ver": 2, "data": {"message": []}}')
    result = await run(await importing(database, folder))
    assert len(result.card_ids) == 3 and not result.refused
