"""Files of cards beside the database: once for each content, whole or not there, swept when unused."""

import hashlib
import io
import os
import stat
import sys
import time
from pathlib import Path

import pytest

from cardgen_desktop.domain.card import Card, CardFile
from cardgen_desktop.domain.errors import StorageError
from cardgen_desktop.store import card_files, cards
from cardgen_desktop.store.asset_files import ORPHAN_SECONDS, AssetBatch, AssetFiles
from cardgen_desktop.store.engine import Database
from tests.support.stored_jobs import execute

SHA = hashlib.sha256(b"smile").hexdigest()


@pytest.fixture
def assets(tmp_path: Path) -> AssetFiles:
    return AssetFiles(tmp_path / "assets")


def everything(assets: AssetFiles) -> list[str]:
    return sorted(str(path.relative_to(assets.folder)) for path in assets.folder.rglob("*") if path.is_file())


def age(assets: AssetFiles, sha256: str) -> None:
    """As if it had been stored two days ago."""
    then = time.time() - 2 * ORPHAN_SECONDS
    os.utime(assets.place(sha256), (then, then))


def test_content_is_stored_once_under_its_digest(assets: AssetFiles) -> None:
    assert assets.keep(b"smile") == assets.keep(memoryview(b"smile")) == (SHA, 5)
    assert everything(assets) == [f"{SHA[:2]}/{SHA}"]
    assert assets.read(SHA) == b"smile"
    assert assets.holds(SHA, 5) and assets.is_whole(SHA, 5) and not assets.holds(SHA, 6)


def test_a_stream_is_stored_up_to_a_bound(assets: AssetFiles) -> None:
    assert assets.keep_stream(io.BytesIO(b"smile"), 5) == (SHA, 5)
    assert assets.keep_stream(io.BytesIO(b"smiles"), 5) is None
    assert everything(assets) == [f"{SHA[:2]}/{SHA}"], "nothing of what was too large is left"


def test_several_files_are_there_once_they_are_settled(assets: AssetFiles) -> None:
    batch = AssetBatch(assets.folder)
    kept = [batch.keep(text) for text in (b"one", b"two", b"one")]
    assert not any(assets.holds(item.sha256) for item in kept)
    batch.settle()
    assert [assets.read(item.sha256) for item in kept] == [b"one", b"two", b"one"]
    batch.keep(b"three")
    batch.abandon()
    assert len(everything(assets)) == 2


def test_a_file_that_was_changed_on_the_disk_is_not_taken_for_the_content(assets: AssetFiles) -> None:
    assets.keep(b"smile")
    assets.place(SHA).write_bytes(b"frown")
    assert assets.read(SHA) is None
    assert assets.holds(SHA, 5) and not assets.is_whole(SHA, 5)
    assets.keep(b"smile")
    assert assets.read(SHA) == b"smile", "adding it again mends it"


@pytest.mark.parametrize("name", ["", "../../x", "A" * 64, "0" * 63, "0" * 65, "/etc/passwd"])
def test_what_is_no_digest_names_no_file(assets: AssetFiles, name: str) -> None:
    with pytest.raises(ValueError, match="not a SHA-256"):
        assets.place(name)
    assert assets.read(name) is None and not assets.holds(name) and not assets.is_whole(name, 1)


@pytest.mark.skipif(sys.platform == "win32", reason="modes are POSIX")
def test_files_are_private(assets: AssetFiles) -> None:
    assets.keep(b"smile")
    assert stat.S_IMODE(assets.place(SHA).stat().st_mode) == 0o600
    assert stat.S_IMODE(assets.folder.stat().st_mode) == 0o700


def test_a_folder_that_cannot_be_made_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "assets").write_text("in the way")
    with pytest.raises(StorageError, match="assets"):
        AssetFiles(tmp_path / "assets").keep(b"smile")


def test_only_old_files_are_offered_to_be_swept(assets: AssetFiles) -> None:
    assets.keep(b"smile")
    now = time.time()
    assert assets.prefixes() == [SHA[:2]]
    assert assets.old(SHA[:2], now) == []
    age(assets, SHA)
    assert assets.old(SHA[:2], now) == [SHA]
    assets.keep(b"smile")
    assert assets.old(SHA[:2], now) == [], "what is stored again is as new"
    assets.remove(SHA, now)
    assert assets.holds(SHA), "and is not removed by a sweep that saw it before"


def test_parts_that_a_killed_process_left_go(assets: AssetFiles) -> None:
    assets.keep(b"smile")
    part = assets.folder / ".0123.cardgen-part"
    part.write_bytes(b"half")
    assets.sweep_parts(time.time())
    assert part.exists(), "a part of now may be in use"
    os.utime(part, (1, 1))
    assets.sweep_parts(time.time())
    assert everything(assets) == [f"{SHA[:2]}/{SHA}"]


def file(path: str, content: bytes = b"x") -> CardFile:
    return CardFile(path=path, bytes=len(content), sha256=hashlib.sha256(content).hexdigest())


async def with_files(database: Database, *paths: str) -> int:
    async with database.write() as connection:
        files = [file(path) for path in paths]
        return (await cards.add(connection, Card(), 1.0, origin="import", files=files)).id


async def test_files_of_a_card_come_back_in_their_order(database: Database) -> None:
    card_id = await with_files(database, "b.png", "a.png")
    async with database.write() as connection:
        await card_files.put(connection, card_id, [file("c.png"), file("b.png", b"new")])
        record = await cards.record(connection, card_id)
    assert record is not None
    assert record.files == (file("b.png", b"new"), file("a.png"), file("c.png"))


async def test_files_follow_what_assets_name_and_none_is_lost(database: Database) -> None:
    card_id = await with_files(database, "smile.png", "frown.png", "module.risum")
    async with database.write() as connection:
        await card_files.use_only(connection, card_id, {"smile.png"}, {"smile.png", "frown.png"})
        used = await card_files.of_card(connection, card_id)
        assert [item.path for item in used] == ["smile.png", "module.risum"]
        assert await card_files.one(connection, card_id, "frown.png") == file("frown.png")
        await card_files.use_only(connection, card_id, {"smile.png", "frown.png"}, {"smile.png"})
        assert len(await card_files.of_card(connection, card_id)) == 3, "undo brings it back"


async def test_what_rows_name_is_known_also_for_cards_in_the_trash(database: Database) -> None:
    card_id = await with_files(database, "smile.png")
    async with database.write() as connection:
        await card_files.name_picture(connection, SHA)
        await cards.trash(connection, card_id, 2.0)
        found = await card_files.named(connection, [SHA, file("x").sha256, "0" * 64])
    assert found == {SHA, file("x").sha256}


async def test_a_card_that_goes_for_good_takes_its_rows_along(database: Database) -> None:
    card_id = await with_files(database, "smile.png")
    await execute(database, f"DELETE FROM card WHERE id = {card_id}")
    assert await execute(database, "SELECT count(*) FROM card_file") == [(0,)]


async def test_a_picture_that_an_older_program_stored_is_still_read(database: Database) -> None:
    await execute(database, f"INSERT INTO picture VALUES ('{SHA}', x'0102')")
    async with database.write() as connection:
        await card_files.name_picture(connection, SHA)
        assert await card_files.picture_data(connection, SHA) == b"\1\2"
        assert await card_files.picture_data(connection, "f" * 64) is None


@pytest.mark.parametrize("text", ["{", "[]", '{"left": 2, "top": 0, "width": 1, "height": 1}'])
async def test_a_damaged_crop_costs_no_card(database: Database, text: str) -> None:
    card_id = await with_files(database)
    await execute(database, f"UPDATE card SET crop = '{text}'")
    async with database.read() as connection:
        record = await cards.record(connection, card_id)
    assert record is not None and record.crop is None
