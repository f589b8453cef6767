"""CHARX as it is written: what every reader of it takes, and nothing of an unedited archive changed."""

import io
import json
import zipfile
from collections.abc import Sequence
from typing import Any

import pytest

from cardgen_desktop.domain.card import Asset, Card
from cardgen_desktop.formats.archives.charx_writing import charx_losses
from cardgen_desktop.formats.archives.jpeg_charx import write_jpeg_charx
from cardgen_desktop.formats.archives.risu_module import MODULE_PATH, read_module, write_module
from cardgen_desktop.formats.findings import UnreadableError
from cardgen_desktop.formats.model.differences import card_differences
from cardgen_desktop.formats.pictures.picture import check_avatar
from cardgen_desktop.formats.read_card import ContainedFile, ReadCard
from cardgen_desktop.formats.registry import read_card
from cardgen_desktop.formats.writing.export_order import ExportOrder
from cardgen_desktop.formats.writing.targets import TARGETS
from tests.formats.test_charx import JPEG, LORE, MAIN, OTHER, PICTURE, asset, charx, own_book, uris
from tests.support import card_files
from tests.support.archive_files import entry


def written(order: ExportOrder, target: str = "charx") -> bytes:
    out = io.BytesIO()
    TARGETS[target].write(order, out)  # type: ignore[index]
    return out.getvalue()


def order_of(found: ReadCard, **changes: Any) -> ExportOrder:
    fields = {"picture": found.picture, "original": found.original, "files": found.files}
    return ExportOrder(found.card, **{**fields, **changes})


def file(path: str, content: bytes = b"x") -> ContainedFile:
    return ContainedFile(path, len(content), lambda: content)


def entries(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as read:
        return {name: read.read(name) for name in read.namelist()}


def with_assets(card: Card, assets: Sequence[Asset]) -> Card:
    return card.model_copy(update={"data": card.data.model_copy(update={"assets": tuple(assets)})})


def renamed(order: ExportOrder, *paths: str) -> list[str]:
    """How files are called in an archive."""
    made = written(ExportOrder(order.card, files=[file(path) for path in paths]))
    return list(entries(made))[1:]


@pytest.fixture
def found() -> ReadCard:
    files = [
        entry(MAIN, PICTURE),
        entry("assets/emotion/images/Joy 1.png", OTHER),
        entry("x_meta/main.json", b'{"type": "PNG"}'),
        entry("app.json", b"{}"),
    ]
    assets = [
        asset(f"embeded://{MAIN}"),
        asset("embeded://assets/emotion/images/Joy 1.png", kind="emotion", name="joy"),
        asset("https://example.org/a.png", kind="background"),
        asset("data:text/plain;base64,eA==", kind="x_note", name="note", ext="txt"),
    ]
    return read_card(charx(*files, assets=assets, vendor={"kept": [1]}), "a.charx")


def test_an_unedited_archive_keeps_names_bytes_and_order(found: ReadCard) -> None:
    made = entries(written(order_of(found)))
    assert list(made) == ["card.json", *(item.path for item in found.files)]
    assert all(made[item.path] == item.read() for item in found.files)
    assert json.loads(made["card.json"]) == found.original
    again = read_card(written(order_of(found)), "a.charx")
    assert (again.card, again.problems, again.picture) == (found.card, (), found.picture)


def test_equal_cards_give_equal_bytes(found: ReadCard) -> None:
    assert written(order_of(found)) == written(order_of(found))


def test_only_what_every_reader_takes(found: ReadCard) -> None:
    with zipfile.ZipFile(io.BytesIO(written(order_of(found)))) as read:
        for item in read.infolist():
            assert item.compress_type in (0, 8) and item.flag_bits == 0 and item.filename.isascii()
        assert [name for name in read.namelist() if name.endswith("card.json")] == ["card.json"]
        assert read.namelist()[0] == "card.json"


def test_names_follow_the_rules(found: ReadCard) -> None:
    order = order_of(found)
    odd = ("x/id_card.json", "미소.png", "a/Ä:b?.png", "con.png", "a/../b", "UP.png", "up.png")
    assert renamed(order, *odd) == [
        "x/id_card_.json", "file.png", "a/A_b_.png", "_con.png", "a/b", "UP.png", "up_2.png",
    ]  # fmt: skip
    assert renamed(order, "card.json", "/", "e. /f. ", "1/2/3/4/5/6/7/8/9/10", "x" * 300) == [
        "card_.json", "file", "e/f", "1/2/3/4/5/6/7/8_9_10", "x" * 100,
    ]  # fmt: skip


def test_a_renamed_file_is_still_named_by_its_asset(found: ReadCard) -> None:
    card = with_assets(found.card, [Asset(uri="embeded://assets/미소.png", type="emotion", name="미소")])
    again = read_card(written(ExportOrder(card, files=[file("assets/미소.png", OTHER)])), "a.charx")
    assert again.card.data.assets is not None
    assert (uris(again.card), again.card.data.assets[0].name) == (["embeded://assets/file.png"], "미소")


def test_assets_of_a_png_become_files_in_the_folders_of_the_specification(found: ReadCard) -> None:
    assets = [
        Asset(uri="__asset:0", type="icon", name="main", ext="png"),
        Asset(uri="__asset:1", type="emotion", name="Joy", ext="webp"),
        Asset(uri="__asset:2", type="x-risu-asset", name="theme", ext="mp3"),
        Asset(uri="__asset:3", type="background", name="sea", ext="unknown"),
    ]
    files = [
        file(f"__asset:{number}", content) for number, content in enumerate([PICTURE, b"w", b"m", JPEG, b"u"])
    ]
    made = written(ExportOrder(with_assets(found.card, assets), picture=PICTURE, files=files))
    names = [
        "assets/icon/images/main.png",
        "assets/emotion/images/Joy.webp",
        "assets/other/audio/theme.mp3",
        "assets/background/images/sea.jpg",
    ]
    assert list(entries(made)) == ["card.json", *names, "4"]
    assert uris(read_card(made, "a.charx").card) == [f"embeded://{name}" for name in names]


def test_an_asset_without_its_file_is_kept_aside_and_comes_back(found: ReadCard) -> None:
    assert found.card.data.assets is not None
    gone = Asset(uri="embeded://gone.png", type="emotion", name="gone")
    assets = [found.card.data.assets[0], gone, *found.card.data.assets[1:]]
    order = order_of(found)
    card = with_assets(order.card, assets)
    made = written(ExportOrder(card, order.picture, order.original, order.files))
    inside = json.loads(entries(made)["card.json"])
    assert "gone.png" not in json.dumps(inside["data"]["assets"])
    assert read_card(made, "a.charx").card == card


def test_a_new_avatar_takes_the_place_of_the_old_one(found: ReadCard) -> None:
    made = written(order_of(found, picture=JPEG))
    again = read_card(made, "a.charx")
    assert again.picture == JPEG
    assert uris(again.card)[0] == "embeded://assets/icon/images/main.jpg"
    assert again.card.data.assets is not None and again.card.data.assets[0].ext == "jpg"
    assert MAIN not in entries(made)


def test_a_converted_avatar_is_the_old_one() -> None:
    webp = card_files.photo("WEBP")
    found = read_card(charx(entry("a.webp", webp), assets=[asset("embeded://a.webp", ext="webp")]), "a.charx")
    made = entries(written(order_of(found, picture=check_avatar(webp))))
    assert list(made) == ["card.json", "a.webp"] and made["a.webp"] == webp


@pytest.mark.parametrize("assets", [None, [asset("ccdefault:")], [asset("embeded://gone.png")]])
def test_an_avatar_without_a_file_gets_one(assets: list[dict[str, str]] | None) -> None:
    found = read_card(charx(**({"assets": assets} if assets else {})), "a.charx")
    made = written(ExportOrder(found.card, picture=PICTURE))
    assert entries(made)[MAIN] == PICTURE
    assert uris(read_card(made, "a.charx").card) == [f"embeded://{MAIN}"]


def test_the_avatar_of_a_png_card_goes_in_without_the_card() -> None:
    png = card_files.png(before=card_files.text_chunk("chara", card_files.packed(card_files.KEEPER_V2)))
    found = read_card(png, "a.png")
    made = entries(written(order_of(found)))
    assert b"chara" not in made[MAIN] and made[MAIN] == PICTURE


def test_without_an_avatar_none_is_invented() -> None:
    found = read_card(charx(), "a.charx")
    assert list(entries(written(order_of(found)))) == ["card.json"]


def modules(lorebook: list[dict[str, Any]]) -> ReadCard:
    content = write_module({"name": "m", "trigger": [1], "lorebook": lorebook})
    return read_card(charx(entry(MODULE_PATH, content), character_book=own_book()), "a.charx")


def edited(card: Card) -> Card:
    book = card.data.character_book
    assert book is not None
    changed = book.entries[0].model_copy(update={"content": "Edited."})
    new = book.model_copy(update={"entries": (changed,)})
    return card.model_copy(update={"data": card.data.model_copy(update={"character_book": new})})


@pytest.mark.parametrize("lorebook", [LORE, [{**LORE[0], "content": "Theirs."}], []])
def test_a_module_stays_as_it_is_while_the_lorebook_does(lorebook: list[dict[str, Any]]) -> None:
    found = modules(lorebook)
    assert entries(written(order_of(found)))[MODULE_PATH] == found.files[0].read()
    assert charx_losses(order_of(found)) == ()


def test_an_edited_lorebook_takes_the_old_one_out_of_the_module() -> None:
    found = modules(LORE)
    order = ExportOrder(edited(found.card), None, found.original, found.files)
    inside = read_module(entries(written(order))[MODULE_PATH])
    assert inside.module == {"name": "m", "trigger": [1]}
    assert "triggers and regular expressions stay" in charx_losses(order)[0]
    again = read_card(written(order), "a.charx")
    assert again.problems == () and card_differences(again.card, order.card) == ()


def test_a_deleted_lorebook_does_not_come_back_from_the_module() -> None:
    content = write_module({"name": "m", "lorebook": LORE})
    found = read_card(charx(entry(MODULE_PATH, content)), "a.charx")
    bare = found.card.model_copy(update={"data": found.card.data.model_copy(update={"character_book": None})})
    order = ExportOrder(bare, None, found.original, found.files)
    assert read_card(written(order), "a.charx").card.data.character_book is None


def test_a_module_of_another_kind_goes_when_the_lorebook_was_edited() -> None:
    found = read_card(charx(entry(MODULE_PATH, b"o\x07later"), character_book=own_book()), "a.charx")
    assert entries(written(order_of(found)))[MODULE_PATH] == b"o\x07later"
    order = ExportOrder(edited(found.card), None, found.original, found.files)
    assert MODULE_PATH not in entries(written(order))
    assert "is left out with its triggers" in charx_losses(order)[0]


def test_behind_a_jpeg(found: ReadCard) -> None:
    made = written(order_of(found), "jpeg-charx")
    again = read_card(made, "a.jpeg")
    assert again.container == "jpeg-charx" and again.card == found.card
    assert made.startswith(b"\xff\xd8\xff") and again.picture == found.picture
    assert again.files[-1].read() == made[: made.index(b"PK\3\4")]
    cut = made[made.index(b"PK\3\4") :]  # as SillyTavern reads it
    assert entries(cut) == entries(written(order_of(found)))


def test_an_unedited_jpeg_keeps_every_byte(found: ReadCard) -> None:
    made = JPEG + written(order_of(found))
    again = read_card(made, "a.jpeg")
    assert again.picture == PICTURE  # the icon, of which a JPEG is a copy with losses
    assert written(order_of(again), "jpeg-charx") == made
    assert written(order_of(again, picture=JPEG), "jpeg-charx") == made
    assert written(order_of(again)) == written(order_of(found))  # the JPEG does not replace the better icon
    assert written(order_of(again, picture=check_avatar(JPEG)), "jpeg-charx") == made


def test_a_jpeg_around_a_card_without_icon_is_its_avatar() -> None:
    made = JPEG + charx()
    found = read_card(made, "a.jpeg")
    assert found.picture == JPEG
    again = read_card(written(order_of(found), "jpeg-charx"), "a.jpeg")
    assert [item.path for item in again.files] == ["__jpeg"] and again.picture == JPEG
    assert entries(written(order_of(found)))["assets/icon/images/main.jpg"] == JPEG


def test_an_icon_that_is_no_picture_is_not_shown_around() -> None:
    found = read_card(
        charx(entry("a.gif", b"GIF89a"), assets=[asset("embeded://a.gif", ext="gif")]), "a.charx"
    )
    made = read_card(written(order_of(found), "jpeg-charx"), "a.jpeg")
    assert made.picture is not None and made.picture.startswith(b"\xff\xd8\xff")


def test_a_new_avatar_is_around_the_archive_and_in_it(found: ReadCard) -> None:
    again = read_card(JPEG + written(order_of(found)), "a.jpeg")
    other = card_files.photo("JPEG", (20, 30))
    made = read_card(written(order_of(again, picture=other), "jpeg-charx"), "a.jpeg")
    inside = {item.path: item.read() for item in made.files}
    assert made.picture == other and inside["assets/icon/images/main.jpg"] == other


def test_a_jpeg_that_has_an_archive_behind_it_is_made_anew(found: ReadCard) -> None:
    out = io.BytesIO()
    write_jpeg_charx(order_of(found, picture=JPEG + written(order_of(found))), out)
    assert read_card(out.getvalue(), "a.jpeg").card.data.name == found.card.data.name


def test_without_a_picture_the_generated_portrait_is_around(found: ReadCard) -> None:
    made = written(ExportOrder(found.card, files=()), "jpeg-charx")
    assert made.startswith(b"\xff\xd8\xff") and read_card(made, "a.jpeg").container == "jpeg-charx"


def test_too_many_files_are_refused_with_the_limit(found: ReadCard) -> None:
    many = [file(str(number)) for number in range(2_000)]
    with pytest.raises(UnreadableError, match="more than 2,000 files"):
        written(ExportOrder(found.card, files=many))


def test_a_card_that_would_look_like_a_bomb_is_read_again(found: ReadCard) -> None:
    data = found.card.data.model_copy(update={"description": "a" * 20_000_000})
    made = written(ExportOrder(found.card.model_copy(update={"data": data})))
    assert read_card(made, "a.charx").card.data.description == data.description
