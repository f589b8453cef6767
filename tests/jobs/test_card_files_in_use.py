"""Pictures, assets and foreign parts of cards in a data folder: in, looked at, changed, and out again."""

import base64
import hashlib
import io
import json
import sys
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from cardgen_desktop import paths
from cardgen_desktop.domain.avatar import Crop
from cardgen_desktop.domain.card import Asset, ExportTarget
from cardgen_desktop.domain.card_export import ExportOptions
from cardgen_desktop.domain.card_library import CardRecord
from cardgen_desktop.domain.errors import CardError, InputError, StorageError, UsageError
from cardgen_desktop.domain.job import JobState
from cardgen_desktop.domain.job_kinds import ExportRequest, ImportRequest, ImportResult
from cardgen_desktop.jobs import card_tasks
from cardgen_desktop.jobs.handover.joined import join_workspace
from cardgen_desktop.jobs.workspace import Workspace, open_workspace
from cardgen_desktop.store.asset_files import AssetFiles
from tests.support import card_files
from tests.support.archive_files import CARD, card_entry, entry, zip_of
from tests.support.card_files import KEEPER_V2, KEEPER_V3, packed, photo, png, text_chunk
from tests.support.databases import place_empty_database

SMILE_PATH = "assets/emotion/images/smile.png"
SMILE = photo("PNG", (30, 45))
BOOK = {"name": "Gull Rock", "entries": {"0": {"uid": 0, "key": ["rock"], "content": "A skerry."}}}


@pytest.fixture
async def workspace(tmp_path: Path) -> AsyncIterator[Workspace]:
    place_empty_database(tmp_path / "home" / "cardgen.db")
    async with open_workspace(tmp_path / "home", workers=2) as workspace:
        yield workspace


def charx(**data: Any) -> bytes:
    """A CHARX with its picture, an emotion, and a foreign part."""
    assets = [
        {"type": "icon", "uri": "embeded://assets/icon/images/main.png", "name": "main", "ext": "png"},
        {
            "type": "emotion",
            "uri": "embeded://assets/emotion/images/smile.png",
            "name": "smile",
            "ext": "png",
        },
    ]
    card = {**CARD, "data": {**CARD["data"], "assets": assets, **data}}
    return zip_of(
        [
            card_entry(card),
            entry("assets/icon/images/main.png", png()),
            entry(SMILE_PATH, SMILE),
            entry("x_meta/1.json", b'{"kept": true}'),
        ]
    )


def risu_png() -> bytes:
    asset = text_chunk("chara-ext-asset_:1", base64.b64encode(SMILE))
    return png(before=text_chunk("Software", b"GIMP"), after=asset + text_chunk("ccv3", packed(KEEPER_V3)))


async def added(workspace: Workspace, folder: Path, name: str, data: bytes) -> CardRecord:
    (folder / name).write_bytes(data)
    (outcome,) = await workspace.commands.add_files([folder / name])
    assert outcome.card is not None, outcome
    return await workspace.commands.card(outcome.card.id)


def size(picture: bytes) -> tuple[int, int]:
    return Image.open(io.BytesIO(picture)).size


def stored(workspace: Workspace) -> AssetFiles:
    return AssetFiles(paths.assets(workspace.home))


async def exported(
    workspace: Workspace, record: CardRecord, place: Path, target: ExportTarget, **more: Any
) -> tuple[str, ...]:
    report = await workspace.commands.export_card(record.summary.id, place, target, **more)
    assert report.bytes == place.stat().st_size
    return report.losses


async def test_an_archive_comes_in_and_goes_out_with_every_file(workspace: Workspace, tmp_path: Path) -> None:
    record = await added(workspace, tmp_path, "mira.charx", charx())
    assert record.avatar == png()
    files = {file.path: file for file in record.files}
    assert stored(workspace).read(files[SMILE_PATH].sha256) == SMILE
    assert stored(workspace).read(files["x_meta/1.json"].sha256) == b'{"kept": true}'
    await exported(workspace, record, tmp_path / "out.charx", "charx")
    with zipfile.ZipFile(tmp_path / "out.charx") as archive:
        assert archive.read(SMILE_PATH) == SMILE
        assert archive.read("x_meta/1.json") == b'{"kept": true}'


async def test_an_unedited_png_goes_out_with_every_foreign_byte_in_its_place(
    workspace: Workspace, tmp_path: Path
) -> None:
    record = await added(workspace, tmp_path, "mira.png", risu_png())
    (file,) = record.files
    assert (file.path, stored(workspace).read(file.sha256)) == ("__asset:1", SMILE)
    assert record.avatar is not None and base64.b64encode(SMILE) not in record.avatar
    await exported(workspace, record, tmp_path / "out.png", "png")
    texts = dict(card_files.texts((tmp_path / "out.png").read_bytes()))
    assert texts["chara-ext-asset_:1"] == base64.b64encode(SMILE)
    assert texts["Software"] == b"GIMP"


@pytest.mark.parametrize(("kind", "name"), [("JPEG", "a.jpg"), ("WEBP", "a.webp")])
async def test_pictures_that_are_no_png_are_kept_as_they_are(
    workspace: Workspace, tmp_path: Path, kind: str, name: str
) -> None:
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x9286] = b"ASCII\0\0\0" + base64.b64encode(json.dumps(KEEPER_V2).encode())
    data = photo(kind, exif=exif)
    record = await added(workspace, tmp_path, name, data)
    assert record.avatar == data and record.card.data.name == "Mira Holt"
    await exported(workspace, record, tmp_path / "out.png", "png")


async def test_a_lone_lorebook_becomes_a_card_of_its_name(workspace: Workspace, tmp_path: Path) -> None:
    record = await added(workspace, tmp_path, "rock.json", json.dumps(BOOK).encode())
    book = record.card.data.character_book
    assert record.card.data.name == "Gull Rock" and book is not None and book.entries[0].keys == ("rock",)
    assert any(problem.level == "info" and "lorebook" in problem.message for problem in record.problems)


async def test_sources_stay_sources_and_cards_become_cards(workspace: Workspace, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "notes.docx", "w") as archive:
        archive.writestr("word/document.xml", "<w:document/>")
    (tmp_path / "story.txt").write_text("name: a story\n\nIt was a dark night. Anna lit the lamp.\n" * 9)
    (tmp_path / "photo.png").write_bytes(photo("PNG"))
    (tmp_path / "mira.charx").write_bytes(charx())
    names = ("notes.docx", "story.txt", "photo.png", "mira.charx")
    document, story, picture, card = await workspace.commands.add_files([tmp_path / name for name in names])
    assert document.card is None and picture.card is None and picture.error
    assert story.source is not None
    assert card.card is not None and card.card.has_avatar


async def test_a_missing_file_is_told_and_the_rest_goes_out(workspace: Workspace, tmp_path: Path) -> None:
    record = await added(workspace, tmp_path, "mira.charx", charx())
    files = {file.path: file for file in record.files}
    stored(workspace).place(files[SMILE_PATH].sha256).unlink()
    stored(workspace).place(files["x_meta/1.json"].sha256).write_bytes(b"other content!")
    again = await workspace.commands.card(record.summary.id)
    assert [item.where for item in again.problems[len(record.problems) :]] == [SMILE_PATH]
    losses = await exported(workspace, record, tmp_path / "out.charx", "charx")
    assert sum("missing or damaged" in sentence for sentence in losses) == 2
    with zipfile.ZipFile(tmp_path / "out.charx") as archive:
        assert "x_meta/1.json" not in archive.namelist() and "card.json" in archive.namelist()


async def test_a_missing_picture_is_told_and_the_portrait_takes_its_place(
    workspace: Workspace, tmp_path: Path
) -> None:
    record = await added(workspace, tmp_path, "mira.png", risu_png())
    for path in paths.assets(workspace.home).rglob("*"):
        if path.is_file():
            path.unlink()
    again = await workspace.commands.card(record.summary.id)
    assert again.avatar is None and "picture" in [problem.where for problem in again.problems]
    losses = await exported(workspace, record, tmp_path / "out.png", "png")
    assert any("generated portrait" in sentence for sentence in losses)


async def test_a_part_of_the_picture_is_shown_and_the_whole_is_kept(
    workspace: Workspace, tmp_path: Path
) -> None:
    record = await added(workspace, tmp_path, "mira.charx", charx())
    card_id, commands = record.summary.id, workspace.commands
    whole = photo("JPEG", (40, 60))
    await commands.set_avatar(card_id, whole)
    crop = Crop(left=0, top=0.25, width=0.5, height=0.5)
    summary = await commands.crop_avatar(card_id, crop)
    shown = await commands.card(card_id)
    assert shown.avatar is not None and size(shown.avatar) == (20, 30)
    assert (shown.crop, await commands.avatar_source(card_id)) == (crop, whole)
    assert summary.version == record.summary.version + 2
    await commands.crop_avatar(card_id, Crop(left=0.5, top=0, width=0.5, height=1))
    assert await commands.avatar_source(card_id) == whole, "a part is cut from the whole, not from a part"
    await commands.crop_avatar(card_id, None)
    shown = await commands.card(card_id)
    assert (shown.avatar, shown.crop) == (whole, None)
    await commands.set_avatar(card_id, None)
    assert await commands.avatar_source(card_id) is None
    with pytest.raises(UsageError, match="no picture of its own"):
        await commands.crop_avatar(card_id, crop)


async def test_a_picture_of_an_older_library_can_be_cut_and_exported(
    workspace: Workspace, tmp_path: Path
) -> None:
    record = await added(workspace, tmp_path, "mira.json", json.dumps(KEEPER_V2).encode())
    database = workspace.service.core.database
    async with database.write() as connection:
        sha256 = hashlib.sha256(photo("PNG")).hexdigest()
        await connection.exec_driver_sql("INSERT INTO picture VALUES (?, ?)", (sha256, photo("PNG")))
        await connection.exec_driver_sql("UPDATE card SET picture_sha256 = ?", (sha256,))
    await exported(workspace, record, tmp_path / "out.png", "png")
    assert size((tmp_path / "out.png").read_bytes()) == (8, 12)
    await workspace.commands.crop_avatar(record.summary.id, Crop(left=0, top=0, width=0.5, height=1))
    shown = await workspace.commands.card(record.summary.id)
    assert shown.avatar is not None and size(shown.avatar) == (4, 12)
    assert await workspace.commands.avatar_source(record.summary.id) == photo("PNG")


async def test_a_file_is_added_shown_saved_and_exported_once_an_asset_names_it(
    workspace: Workspace, tmp_path: Path
) -> None:
    record = await added(workspace, tmp_path, "mira.json", json.dumps(KEEPER_V3).encode())
    card_id, commands = record.summary.id, workspace.commands
    (tmp_path / "Joy.jpg").write_bytes(SMILE)
    first = await commands.add_card_file(card_id, tmp_path / "Joy.jpg", "emotion")
    second = await commands.add_card_file(card_id, tmp_path / "Joy.jpg", "emotion")
    assert first.path == "assets/emotion/images/Joy.png", "what it is, its content says"
    assert second.path == "assets/emotion/images/Joy-2.png" and second.sha256 == first.sha256
    assert (await commands.card(card_id)).files == (), "nothing names them yet"
    view = await commands.card_file_preview(card_id, first.path, 10)
    assert view is not None and max(size(view)) == 10
    assert await commands.save_card_file(card_id, first.path, tmp_path / "out.png") == tmp_path / "out.png"
    assert (tmp_path / "out.png").read_bytes() == SMILE

    joy = Asset(type="emotion", uri=f"embeded://{first.path}", name="joy", ext="png")
    data = record.card.data
    named = data.model_copy(update={"assets": (*(data.assets or ()), joy)})
    summary = await commands.save_card(card_id, named, version=record.summary.version)
    assert (await commands.card(card_id)).files == (first,)
    await exported(workspace, record, tmp_path / "out.charx", "charx")
    with zipfile.ZipFile(tmp_path / "out.charx") as archive:
        assert [name for name in archive.namelist() if "Joy" in name] == [first.path]
    summary = await commands.save_card(card_id, data, version=summary.version)
    assert (await commands.card(card_id)).files == ()
    await commands.save_card(card_id, named, version=summary.version)
    assert (await commands.card(card_id)).files == (first,), "undo needs no new file"


async def test_files_that_cannot_be_added_are_told(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = await added(workspace, tmp_path, "mira.json", json.dumps(KEEPER_V2).encode())
    card_id, commands = record.summary.id, workspace.commands
    for place in (tmp_path / "gone.png", tmp_path):
        with pytest.raises(InputError, match=place.name):
            await commands.add_card_file(card_id, place, "icon")
    with (tmp_path / "large.bin").open("wb") as stream:
        stream.truncate(card_tasks.CARD_FILE_BYTES + 1)
    with pytest.raises(InputError, match="larger than 100 MB"):
        await commands.add_card_file(card_id, tmp_path / "large.bin", "icon")
    with pytest.raises(UsageError, match="not in the library"):
        await commands.add_card_file(99, tmp_path / "mira.json", "icon")
    with pytest.raises(UsageError, match="has no file"):
        await commands.card_file_preview(card_id, "../../etc/passwd", 10)
    assert not list(paths.assets(workspace.home).rglob("*.cardgen-part"))


async def test_a_file_that_is_no_picture_has_no_view(workspace: Workspace, tmp_path: Path) -> None:
    record = await added(workspace, tmp_path, "mira.charx", charx())
    assert await workspace.commands.card_file_preview(record.summary.id, "x_meta/1.json", 50) is None
    stored(workspace).place(record.files[-1].sha256).unlink()
    with pytest.raises(StorageError, match="missing"):
        await workspace.commands.save_card_file(record.summary.id, record.files[-1].path, tmp_path / "x")


async def test_the_lorebook_of_a_file_is_read_wherever_it_is(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "rock.json").write_text(json.dumps(BOOK))
    (tmp_path / "mira.png").write_bytes(png(after=text_chunk("chara", packed(KEEPER_V2))))
    (tmp_path / "plain.json").write_text(json.dumps(card_files.KEEPER_TEXTS))
    read = workspace.commands.read_lorebook
    assert [entry.keys for entry in (await read(tmp_path / "rock.json")).entries] == [("rock",)]
    assert len((await read(tmp_path / "mira.png")).entries) == 2
    with pytest.raises(CardError, match="has no lorebook"):
        await read(tmp_path / "plain.json")
    with pytest.raises(CardError):
        await read(tmp_path / "gone.json")


async def test_what_an_export_would_lose_is_known_before_it(workspace: Workspace, tmp_path: Path) -> None:
    record = await added(workspace, tmp_path, "mira.charx", charx(creator="Ann"))
    options = ExportOptions(template="{name} by {creator}")
    plan = await workspace.commands.export_plan(record.summary.id, "json-v2", options)
    assert plan.file_name == "Mira Holt by Ann.v2.json" and plan.losses
    whole = await workspace.commands.export_plan(record.summary.id, "charx", options)
    assert (whole.file_name, whole.losses) == ("Mira Holt by Ann.charx", ())
    with pytest.raises(UsageError):
        await workspace.commands.export_plan(record.summary.id, "png", ExportOptions(template="{nobody}"))
    assert not list(tmp_path.glob("*by Ann*")), "a plan writes nothing"


@pytest.mark.parametrize("target", ["png", "charx", "json-v3", "json-v2", "st-worldinfo"])
async def test_a_round_trip_has_no_surprise(
    workspace: Workspace, tmp_path: Path, target: ExportTarget
) -> None:
    record = await added(
        workspace, tmp_path, "mira.charx", charx(character_book=KEEPER_V3["data"]["character_book"])
    )
    found = await workspace.commands.round_trip(record.summary.id, target, ExportOptions())
    assert found.bytes > 0 and found.unexpected == ()


async def test_a_card_is_looked_at_with_its_files(workspace: Workspace, tmp_path: Path) -> None:
    record = await added(workspace, tmp_path, "mira.charx", charx())
    named = await workspace.commands.lint_card(record.card, record.files)
    alone = await workspace.commands.lint_card(record.card, ())
    assert len(alone) > len(named), "assets without their files are dead"


async def test_a_folder_of_every_kind_is_imported_and_told(workspace: Workspace, tmp_path: Path) -> None:
    folder = tmp_path / "cards"
    folder.mkdir()
    (folder / "1.charx").write_bytes(charx())
    (folder / "2.PNG").write_bytes(risu_png())
    (folder / "3.json").write_text(json.dumps(BOOK))
    (folder / "4.json").write_text(
        json.dumps({**KEEPER_V2, "data": {**KEEPER_V2["data"], "tags": "sea, rock"}})
    )
    (folder / "5.png").write_bytes(photo("PNG"))
    (folder / "6.jpg").write_bytes(photo("JPEG"))
    (folder / "7.charx").write_bytes(b"PK\3\4 no archive")
    (folder / "8.yaml").write_text("name: Ann\ngreeting: Hello.\ncontext: Ann is tall.\n")
    (folder / "9.txt").write_text("a story")
    job = await workspace.commands.start_import(ImportRequest(paths=(str(folder),)))
    end = await workspace.wait(job.id)
    assert end.state is JobState.SUCCEEDED, end.error
    result = ImportResult.model_validate(end.result)
    assert (len(result.card_ids), result.skipped) == (5, 2)
    assert [Path(item.subject).name for item in result.refused] == ["7.charx"]
    assert "4.json" in [Path(repair.subject).name for repair in result.repairs]
    assert all(repair.problems for repair in result.repairs)


async def test_many_cards_go_out_by_the_template_as_any_kind(workspace: Workspace, tmp_path: Path) -> None:
    ids = [
        (await added(workspace, tmp_path, f"{name}.charx", charx(name=name, creator="Ann"))).summary.id
        for name in ("Ada", "Bob")
    ]
    request = ExportRequest(
        card_ids=tuple(ids), folder=str(tmp_path / "out"), target="charx",
        options=ExportOptions(template="{creator} - {name}"),
    )  # fmt: skip
    end = await workspace.wait((await workspace.commands.start_export(request)).id)
    assert end.state is JobState.SUCCEEDED, end.error
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "Ann - Ada.charx",
        "Ann - Bob.charx",
    ]
    bad = request.model_copy(update={"options": ExportOptions(template="{who}")})
    with pytest.raises(UsageError, match="who"):
        await workspace.commands.start_export(bad)


@pytest.mark.skipif(sys.platform == "win32", reason="a second opening in one process is POSIX")
@pytest.mark.usefixtures("run_parent")
async def test_a_second_program_does_all_of_this_through_the_first(
    workspace: Workspace, tmp_path: Path
) -> None:
    record = await added(workspace, tmp_path, "mira.charx", charx())
    card_id, path = record.summary.id, record.files[1].path
    (tmp_path / "rock.json").write_text(json.dumps(BOOK))
    async with join_workspace(workspace.home, workers=1) as guest:
        assert not guest.is_owner
        commands = guest.commands
        assert await commands.card(card_id) == record
        assert await commands.avatar_source(card_id) == png()
        await commands.crop_avatar(card_id, Crop(left=0, top=0, width=0.5, height=1))
        assert (await commands.card(card_id)).crop == Crop(left=0, top=0, width=0.5, height=1)
        await commands.crop_avatar(card_id, None)
        await commands.set_avatar(card_id, None)
        assert await commands.avatar_source(card_id) is None
        (tmp_path / "joy.png").write_bytes(SMILE)
        file = await commands.add_card_file(card_id, tmp_path / "joy.png", "emotion")
        view = await commands.card_file_preview(card_id, file.path, 20)
        assert view is not None and max(size(view)) == 20
        assert await commands.card_file_preview(card_id, "x_meta/1.json", 20) is None
        assert await commands.save_card_file(card_id, path, tmp_path / "o") == tmp_path / "o"
        assert await commands.lint_card(record.card) == await workspace.commands.lint_card(record.card)
        assert (await commands.read_lorebook(tmp_path / "rock.json")).name == "Gull Rock"
        plan = await commands.export_plan(card_id, "charx", ExportOptions())
        assert plan.file_name == "Mira Holt.charx"
        assert (await commands.round_trip(card_id, "charx", ExportOptions())).unexpected == ()
        report = await commands.export_card(card_id, tmp_path / "out.charx", "charx", options=ExportOptions())
        assert Path(report.path).is_file()


async def test_nothing_is_kept_where_only_looking_is_possible(workspace: Workspace, tmp_path: Path) -> None:
    record = await added(workspace, tmp_path, "mira.charx", charx())
    count = len(list(paths.assets(workspace.home).rglob("*")))
    async with open_workspace(workspace.home, read_only=True) as looking:
        shown = await looking.commands.card(record.summary.id)
        assert (shown.avatar, shown.files) == (record.avatar, record.files)
        for change in (
            looking.commands.set_avatar(record.summary.id, photo("PNG")),
            looking.commands.crop_avatar(record.summary.id, Crop(left=0, top=0, width=1, height=1)),
            looking.commands.add_card_file(record.summary.id, tmp_path / "mira.charx", "icon"),
        ):
            with pytest.raises(StorageError, match="read-only"):
                await change
        await looking.commands.export_card(record.summary.id, tmp_path / "out.charx", "charx")
    assert len(list(paths.assets(workspace.home).rglob("*"))) == count


async def test_pasted_text_becomes_a_card_and_a_pasted_lorebook_one_with_its_name(
    workspace: Workspace,
) -> None:
    card = await workspace.commands.import_text(json.dumps(KEEPER_V3), "Pasted text")
    record = await workspace.commands.card(card.id)
    assert record.card.data.name == KEEPER_V3["data"]["name"]
    assert record.summary.origin == "import"
    nameless = json.dumps({"entries": BOOK["entries"]})
    book = await workspace.commands.import_text(nameless, "Pasted text")
    assert (book.name, book.lorebook_entries) == ("Pasted text", 1)


async def test_pasted_text_that_is_no_card_is_refused_and_adds_nothing(workspace: Workspace) -> None:
    with pytest.raises(CardError, match="Pasted text"):
        await workspace.commands.import_text('{"spec": "chara_card_v3", "data"', "Pasted text")
    with pytest.raises(CardError, match="longer than"):
        await workspace.commands.import_text("{" + " " * 20_000_000, "Pasted text")
    assert await workspace.commands.cards() == ()


async def test_an_asset_that_is_written_out_in_the_card_has_a_small_view(
    workspace: Workspace, tmp_path: Path
) -> None:
    record = await added(workspace, tmp_path, "mira.charx", charx())

    async def view(address: str) -> bytes | None:
        return await workspace.commands.card_file_preview(record.summary.id, address, 20)

    address = "data:image/png;base64," + base64.b64encode(SMILE).decode()
    seen = await view(address)
    assert seen is not None
    assert max(size(seen)) == 20
    assert await view(address.rstrip("=")) is not None
    for other in ("data:image/png;base64,AAAA", "data:text/plain,hello", "data:,", "data:;base64,%%%"):
        assert await view(other) is None
    assert await view(address + "A" * (16 * 1024 * 1024)) is None
