"""Backups by themselves, and a file of each card from which the library can be made again."""

import asyncio
import json
import logging
import os
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from pathlib import Path

import pytest

from cardgen_desktop import paths
from cardgen_desktop.domain.avatar import Crop
from cardgen_desktop.domain.card import Card, CardData, CardFile
from cardgen_desktop.domain.errors import DamagedDatabaseError, StorageError
from cardgen_desktop.domain.events import CardChanged, CardRemoved
from cardgen_desktop.jobs import recovery, sidecars
from cardgen_desktop.jobs.asset_sweep import sweep
from cardgen_desktop.jobs.backups import BackupCommands, BackupKeeper
from cardgen_desktop.jobs.events import EventBus
from cardgen_desktop.jobs.sidecars import CardFiles, rebuild_from_sidecars
from cardgen_desktop.store import backups as stored_backups
from cardgen_desktop.store import card_files as stored_files
from cardgen_desktop.store import cards as stored_cards
from cardgen_desktop.store import schema
from cardgen_desktop.store.asset_files import AssetFiles
from cardgen_desktop.store.engine import Database, open_database
from tests.support.databases import place_empty_database
from tests.support.filled_databases import fill, put_card


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "home" / "cardgen.db"


@pytest.fixture
async def database(path: Path) -> AsyncIterator[Database]:
    place_empty_database(path)
    database = await open_database(path)
    yield database
    await database.aclose()


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(60):
        while not condition():
            await asyncio.sleep(0.01)


async def test_backups_are_made_by_themselves_while_something_changes(path: Path, database: Database) -> None:
    folder = path.parent / "backups"
    keeper = BackupKeeper(path, every=0.1)
    keeper.start()
    await until(lambda: len(stored_backups.named(folder)) == 1)
    await asyncio.sleep(0.4)
    assert len(stored_backups.named(folder)) == 1, "nothing has changed"
    with closing(sqlite3.connect(path)) as connection, connection:
        put_card(connection, 1)
    await until(lambda: len(stored_backups.named(folder)) == 2)
    await keeper.aclose()
    assert [backup.cards for backup in await keeper.listed()] == [1, 0]


async def test_a_short_run_leaves_a_backup_of_what_it_changed(path: Path, database: Database) -> None:
    keeper = BackupKeeper(path)
    keeper.start()
    await keeper.aclose()
    assert len(stored_backups.named(path.parent / "backups")) == 1
    again = BackupKeeper(path)
    again.start()
    with closing(sqlite3.connect(path)) as connection, connection:
        put_card(connection, 1)
    await again.aclose()
    assert len(stored_backups.named(path.parent / "backups")) == 1, (
        "the last one is younger than half an hour"
    )


async def test_closing_gives_a_running_backup_up(path: Path, database: Database) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("INSERT INTO picture VALUES ('big', zeroblob(90000000))")
    keeper = BackupKeeper(path, every=0.001)
    keeper.start()
    await until(lambda: list((path.parent / "backups").glob(".*")))
    begin = asyncio.get_running_loop().time()
    await keeper.aclose()
    assert asyncio.get_running_loop().time() - begin < 1.5
    assert not list((path.parent / "backups").glob(".*"))


async def test_the_commands_make_and_list_backups(path: Path, database: Database) -> None:
    commands = BackupCommands(BackupKeeper(path))
    made = await asyncio.gather(*(commands.back_up() for _ in range(3)))
    assert set(await commands.backups()) == set(made) and len(made) == 3


async def test_a_backup_that_fails_is_logged_when_nobody_asked_and_told_when_somebody_did(
    path: Path, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    (path.parent / "backups").write_text("in the way")
    keeper = BackupKeeper(path, every=0.05)
    with caplog.at_level(logging.WARNING):
        keeper.start()
        await until(lambda: "no backup was made" in caplog.text)
        await keeper.aclose()
    with pytest.raises(StorageError, match="backups"):
        await keeper.back_up()


async def test_damage_in_a_large_database_is_met_by_the_backup_and_told_at_the_next_start(
    path: Path, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("INSERT INTO picture VALUES ('big', zeroblob(40000000))")
        put_card(connection, 1)
    keeper = BackupKeeper(path)
    whole = await keeper.back_up()
    assert whole is not None
    await database.aclose()
    with closing(sqlite3.connect(path)) as connection, connection:
        root = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'step'").fetchone()[0]
        put_card(connection, 2)
    with path.open("r+b") as stream:
        stream.seek((root - 1) * 4096)
        stream.write(b"\xa5" * 4096)
    schema.prepare(path)
    await keeper._tried()
    assert "the database is damaged" in caplog.text
    with pytest.raises(DamagedDatabaseError) as caught:
        schema.prepare(path)
    assert caught.value.backup == whole
    await recovery.restore(path.parent)
    schema.prepare(path)


def card(name: str, **fields: str) -> Card:
    return Card(data=CardData(name=name, **fields))


async def added(database: Database, content: Card) -> CardChanged:
    async with database.write() as connection:
        return CardChanged(await stored_cards.add(connection, content, 5.0, origin="import"))


def names(path: Path) -> list[str]:
    return sorted(item.name for item in (path.parent / "cards").glob("*.json"))


async def test_each_change_of_a_card_reaches_its_file(path: Path, database: Database) -> None:
    bus = EventBus()
    files = CardFiles(database, bus, path.parent / "cards", delay=0.02)
    files.start()
    changed = await added(database, card("Ada: Thorne", description="A keeper of lights."))
    bus.announce(changed)
    await until(lambda: names(path) == ["1-Ada- Thorne.json"])
    content = json.loads((path.parent / "cards" / "1-Ada- Thorne.json").read_bytes())
    assert content["spec"] == "chara_card_v3" and content["data"]["description"] == "A keeper of lights."
    async with database.write() as connection:
        summary = await stored_cards.save(connection, 1, card("Ada Thorne"), 1, 6.0)
    assert summary is not None
    bus.announce(CardChanged(summary))
    await until(lambda: names(path) == ["1-Ada Thorne.json"])
    async with database.write() as connection:
        await stored_cards.trash(connection, 1, 7.0)
    bus.announce(CardRemoved(1))
    await until(lambda: names(path) == [])
    trash = {item.name for item in (path.parent / "cards" / "trash").iterdir()}
    assert trash == {"1-Ada- Thorne.json", "1-Ada Thorne.json"}, "nothing is ever deleted"
    await files.aclose()


async def test_closing_writes_what_is_due(path: Path, database: Database) -> None:
    bus = EventBus()
    files = CardFiles(database, bus, path.parent / "cards", delay=60)
    files.start()
    bus.announce(await added(database, card("Ada")))
    await files.aclose()
    assert names(path) == ["1-Ada.json"]


async def test_a_card_whose_file_a_crash_left_out_gets_it_at_the_next_start(
    path: Path, database: Database
) -> None:
    await added(database, card("Ada"))
    files = CardFiles(database, EventBus(), path.parent / "cards", delay=0.01)
    files.start()
    await until(lambda: names(path) == ["1-Ada.json"])
    await files.aclose()


async def test_the_library_is_made_again_from_the_files(
    path: Path, database: Database, tmp_path: Path
) -> None:
    bus = EventBus()
    files = CardFiles(database, bus, path.parent / "cards", delay=0.01)
    files.start()
    for number in range(5):
        bus.announce(await added(database, card(f"Ada {number}", first_mes=f"Lamp {number}.")))
    await files.aclose()
    other = tmp_path / "other" / "cardgen.db"
    place_empty_database(other)
    fill(other, jobs=0, cards=1)
    (path.parent / "cards" / "9-.json").write_text("no JSON")
    (path.parent / "cards" / "notes.txt").write_text("mine")
    made = await open_database(other)
    try:
        assert await rebuild_from_sidecars(made, path.parent / "cards") == 4
        assert await rebuild_from_sidecars(made, path.parent / "cards") == 0
        async with made.read() as connection:
            library = {item.id: item.name for item in await stored_cards.listed(connection)}
            third = await stored_cards.record(connection, 3)
        assert library == {1: "Ada 1", 2: "Ada 1", 3: "Ada 2", 4: "Ada 3", 5: "Ada 4"}
        assert third is not None and third.card.data.first_mes == "Lamp 2."
    finally:
        await made.aclose()


async def test_pictures_parts_and_files_are_named_again_by_a_rebuilt_library(
    path: Path, database: Database, tmp_path: Path
) -> None:
    kept = AssetFiles(path.parent / "assets")
    shown, whole, smile = (kept.keep(text) for text in (b"shown", b"whole", b"smile"))
    crop = Crop(left=0, top=0.25, width=0.5, height=0.5)
    listed = (CardFile(path="assets/emotion/images/smile.png", bytes=5, sha256=smile.sha256),)
    odd = card("Ada").model_copy(
        update={"data": CardData(name="Ada", extensions={"cardgen_desktop": {"byaf": {"kept": 1}}, "fav": 0})}
    )
    async with database.write() as connection:
        await stored_cards.add(
            connection, odd, 5.0, origin="import", files=listed, original={"data": {"name": "Ada"}}
        )
        await stored_cards.set_picture(connection, 1, shown.sha256, 6.0, whole=whole.sha256, crop=crop)
    files = CardFiles(database, EventBus(), path.parent / "cards", delay=0.01)
    files.start()
    await until(lambda: names(path) == ["1-Ada.json"])
    await files.aclose()
    other = tmp_path / "home2" / "cardgen.db"
    place_empty_database(other)
    made = await open_database(other)
    try:
        assert await rebuild_from_sidecars(made, path.parent / "cards") == 1
        async with made.read() as connection:
            record = await stored_cards.record(connection, 1, avatar=False)
            picture = await stored_files.picture_of(connection, 1)
            original = await stored_cards.original(connection, 1)
    finally:
        await made.aclose()
    assert record is not None
    assert (record.files, record.crop) == (listed, crop)
    assert (picture.sha256, picture.whole_sha256) == (shown.sha256, whole.sha256)
    assert record.card.data.extensions == odd.data.extensions, "the note is no part of the card"
    assert original is not None and original["data"]["extensions"] == odd.data.extensions


async def test_a_note_that_makes_no_sense_costs_no_card(path: Path, database: Database) -> None:
    folder = path.parent / "cards"
    folder.mkdir()
    bad = {"picture": {"sha256": "../../x"}, "files": [{"path": "a", "bytes": 1, "sha256": "no"}]}
    for number, note in enumerate((bad, {"files": 5}, "text"), 1):
        data = {"name": f"Ada {number}", "extensions": {"cardgen_desktop": {"library": note}}}
        content = {"spec": "chara_card_v3", "spec_version": "3.0", "data": data}
        (folder / f"{number}-Ada.json").write_text(json.dumps(content))
    assert await rebuild_from_sidecars(database, folder) == 3
    async with database.read() as connection:
        record = await stored_cards.record(connection, 1)
        assert await stored_files.picture_of(connection, 1) == stored_files.StoredPicture()
    assert record is not None and record.files == ()


async def test_very_many_cards_do_not_hold_up_the_end(
    path: Path, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sidecars, "CLOSING_SECONDS", 0.0)
    files = CardFiles(database, EventBus(), path.parent / "cards", delay=60)
    files.start()
    files._changed = {(await added(database, card(f"Ada {number}"))).card.id for number in range(40)}
    await files.aclose()
    assert len(names(path)) < 40
    files = CardFiles(database, EventBus(), path.parent / "cards", delay=0.01)
    files.start()
    await until(lambda: len(names(path)) == 40)
    await files.aclose()


async def test_files_without_a_row_are_swept_unless_a_card_can_come_back(
    path: Path, database: Database
) -> None:
    home = path.parent
    kept = AssetFiles(paths.assets(home))
    row, note, trash, orphan, fresh = (
        kept.keep(text).sha256 for text in (b"row", b"note", b"trash", b"orphan", b"fresh")
    )
    async with database.write() as connection:
        file = CardFile(path="a", bytes=3, sha256=row)
        summary = await stored_cards.add(connection, card("Ada"), 5.0, origin="import", files=[file])
        await stored_cards.trash(connection, summary.id, 6.0)
    (home / "cards" / "trash").mkdir(parents=True)
    (home / "cards" / "7-Bob.json").write_text(json.dumps({"picture": note}))
    (home / "cards" / "trash" / "8-Cid.json").write_text(json.dumps({"picture": trash}))
    for sha256 in (row, note, trash, orphan):
        os.utime(kept.place(sha256), (1, 1))
    assert await sweep(database, home) == 1
    assert not kept.holds(orphan)
    assert all(kept.holds(sha256) for sha256 in (row, note, trash, fresh))


async def test_a_folder_that_cannot_hold_files_costs_no_card(path: Path, database: Database) -> None:
    (path.parent / "cards").write_text("in the way")
    bus = EventBus()
    files = CardFiles(database, bus, path.parent / "cards", delay=0.01)
    files.start()
    bus.announce(await added(database, card("Ada")))
    await asyncio.sleep(0.1)
    await files.aclose()
    async with database.read() as connection:
        assert len(await stored_cards.listed(connection)) == 1
