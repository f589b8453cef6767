"""Exporting many cards: names that every system takes, no file twice, none of others replaced."""

import json
import os
import time
from collections import namedtuple
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from cardgen_desktop.domain.card import Card, CardData, ExportTarget
from cardgen_desktop.domain.errors import HeldError, InputError, StorageError
from cardgen_desktop.domain.job import HoldReason
from cardgen_desktop.domain.job_kinds import EXPORT, ExportRequest
from cardgen_desktop.jobs import export_job
from cardgen_desktop.jobs.export_job import ExportRunner, FileNames
from cardgen_desktop.jobs.process import ProcessPool
from cardgen_desktop.jobs.running import StoppedError
from cardgen_desktop.store import cards
from cardgen_desktop.store.engine import Database, open_database
from tests.jobs.batches import WatchedJob, again, forget_last_step, in_work
from tests.support.databases import place_empty_database


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    place_empty_database(tmp_path / "home" / "cardgen.db")
    database = await open_database(tmp_path / "home" / "cardgen.db")
    yield database
    await database.aclose()


@pytest.fixture
async def run(database: Database) -> AsyncIterator[ExportRunner]:
    async with ProcessPool(2) as pool:
        yield ExportRunner(database, pool)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "out" / "cards"


async def put(database: Database, *names: str) -> tuple[int, ...]:
    ids = []
    for name in names:
        card = Card(data=CardData(name=name, description=f"About {name}."))
        async with database.write() as connection:
            ids.append((await cards.add(connection, card, 1.0, origin="import")).id)
    return tuple(ids)


async def exporting(
    database: Database,
    ids: tuple[int, ...],
    folder: Path,
    *,
    target: ExportTarget = "json-v3",
    **options: Any,
) -> WatchedJob:
    overwrite = bool(options.pop("overwrite", False))
    request = ExportRequest(card_ids=ids, folder=str(folder), target=target, overwrite=overwrite)
    return await in_work(database, EXPORT, request, **options)


def listed(folder: Path) -> list[str]:
    return sorted(os.listdir(folder))


def called(name: str) -> Card:
    return Card(data=CardData(name=name))


def test_names_are_legal_and_none_differs_by_case_alone() -> None:
    names = FileNames(["ADA.json"])
    assert names.choose(called("Ada"), ".json") == "Ada-2.json"
    assert names.choose(called("a/b:c?"), ".json") == "a-b-c.json"
    assert names.choose(called("con"), ".json") == "_con.json"
    assert names.choose(called(""), ".json") == "card.json"
    long = names.choose(called("x" * 500), ".v2.json"), names.choose(called("x" * 500), ".v2.json")
    assert long[0] != long[1] and all(
        len(name.encode()) <= 255 and name.endswith(".v2.json") for name in long
    )


def test_very_many_of_one_name_are_not_counted_from_one_each_time() -> None:
    names, started = FileNames([]), time.monotonic()
    made = [names.choose(called("Ada"), ".png", "{date}") for _ in range(10_000)]
    assert len(set(made)) == 10_000 and made[-1].endswith("-10000.png")
    assert time.monotonic() - started < 30  # minutes otherwise


async def test_every_card_gets_a_file_of_its_own(database: Database, run: ExportRunner, folder: Path) -> None:
    ids = await put(database, "Ada", "ada", "Bo/b", "Ada")
    job = await exporting(database, (*ids, ids[0]), folder)
    result = await run(job)
    assert [Path(path).name for path in result.files] == ["Ada.json", "ada-2.json", "Bo-b.json", "Ada-3.json"]
    assert listed(folder) == sorted(Path(path).name for path in result.files)
    assert json.loads((folder / "Bo-b.json").read_text("utf-8"))["data"]["name"] == "Bo/b"
    assert "Exporting 4 of 4" in job.phases


async def test_what_a_killed_export_left_is_removed_once_it_is_old(
    database: Database, run: ExportRunner, folder: Path
) -> None:
    folder.mkdir(parents=True)
    names = (".0123456789ab.cardgen-part", ".ba9876543210.cardgen-part", "mine.cardgen-part")
    for name in names:
        (folder / name).write_text("half")
    for name in (names[0], names[2]):
        os.utime(folder / name, (0, 0))
    await run(await exporting(database, await put(database, "Ada"), folder))
    assert listed(folder) == sorted([*names[1:], "Ada.json"])


async def test_pictures_are_written_and_read_back(
    database: Database, run: ExportRunner, folder: Path
) -> None:
    result = await run(await exporting(database, await put(database, "Ada"), folder, target="png"))
    assert Path(result.files[0]).read_bytes().startswith(b"\x89PNG")


async def test_a_file_of_somebody_else_is_never_replaced_unless_that_is_asked_for(
    database: Database, run: ExportRunner, folder: Path
) -> None:
    folder.mkdir(parents=True)
    (folder / "ADA.json").write_text("mine")
    (folder / "Ada.json").write_text("mine too")
    ids = await put(database, "Ada")
    result = await run(await exporting(database, ids, folder))
    assert [Path(path).name for path in result.files] == ["Ada-2.json"]
    assert (folder / "Ada.json").read_text() == "mine too"
    result = await run(await exporting(database, ids, folder, overwrite=True))
    assert [Path(path).name for path in result.files] == ["Ada.json"]
    assert "About Ada." in (folder / "Ada.json").read_text("utf-8")


async def test_a_crash_before_the_step_was_stored_writes_nothing_twice(
    database: Database, run: ExportRunner, folder: Path
) -> None:
    ids = await put(database, "Ada", "Bob")
    job = await exporting(database, ids, folder)
    before = await run(job)
    written = {name: (folder / name).stat().st_mtime_ns for name in listed(folder)}
    await forget_last_step(database, job.id)
    assert await run(again(job.snapshot)) == before
    assert {name: (folder / name).stat().st_mtime_ns for name in listed(folder)} == written


async def test_a_stop_in_the_middle_goes_on_with_the_same_names(
    database: Database, run: ExportRunner, folder: Path
) -> None:
    ids = await put(database, *["Ada"] * 5)
    job = await exporting(database, ids, folder, pause_after=1)
    with pytest.raises(StoppedError):
        await run(job)
    result = await run(again(job.snapshot))
    expected = ["Ada.json", *(f"Ada-{number}.json" for number in range(2, 6))]
    assert [Path(path).name for path in result.files] == expected
    assert listed(folder) == sorted(expected)


async def test_run_again_renews_our_own_files_and_spares_changed_ones(
    database: Database, run: ExportRunner, folder: Path
) -> None:
    ids = await put(database, "Ada", "Bob")
    job = await exporting(database, ids, folder)
    await run(job)
    for card_id in ids:
        async with database.write() as connection:
            data = Card(data=CardData(name="X", description="Changed."))
            await cards.save(connection, card_id, data, 1, 9.0)
    (folder / "Bob.json").write_text("edited by hand")
    result = await run(again(job.snapshot))
    assert "Changed." in (folder / "Ada.json").read_text("utf-8")
    assert (folder / "Bob.json").read_text() == "edited by hand"
    assert [Path(path).name for path in result.files] == ["Ada.json", "X.json"]


async def test_a_name_that_was_taken_meanwhile_gets_the_next_one(
    database: Database, run: ExportRunner, folder: Path
) -> None:
    ids = await put(database, "Ada", "Bob")
    job = await exporting(database, ids, folder, pause_after=0)
    with pytest.raises(StoppedError):
        await run(job)  # the names are chosen, nothing is written
    (folder / "Ada.json").write_text("somebody was quick")
    result = await run(again(job.snapshot))
    assert [Path(path).name for path in result.files] == ["Ada-2.json", "Bob.json"]
    assert (folder / "Ada.json").read_text() == "somebody was quick"


async def test_cards_that_went_are_told(database: Database, run: ExportRunner, folder: Path) -> None:
    ids = await put(database, "Ada", "Bob")
    async with database.write() as connection:
        await cards.trash(connection, ids[1], 5.0)
    result = await run(await exporting(database, (*ids, 99), folder))
    assert len(result.files) == 1
    assert [item.subject for item in result.refused] == [f"Card {ids[1]}", "Card 99"]
    with pytest.raises(InputError, match="no longer in the library"):
        await run(await exporting(database, (99,), folder))


async def test_a_folder_that_cannot_be_made_fails_with_its_name(
    database: Database, run: ExportRunner, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    job = await exporting(database, await put(database, "Ada"), tmp_path / "file" / "out")
    with pytest.raises(StorageError, match="cannot be made"):
        await run(job)


async def test_a_full_disk_holds_the_job(
    database: Database, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = namedtuple("usage", "free")
    monkeypatch.setattr(export_job.shutil, "disk_usage", lambda _: usage(1024))
    with pytest.raises(HeldError) as caught:
        export_job._hold_if_full(folder, StorageError("The disk is full."))
    assert (caught.value.reason, caught.value.scope) == (HoldReason.DISK, str(folder))
    monkeypatch.setattr(export_job.shutil, "disk_usage", lambda _: usage(2**40))
    export_job._hold_if_full(folder, StorageError("Something else."))
