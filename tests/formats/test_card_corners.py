"""Cards at the edges of their formats: behind the end of a picture, in RisuAI's modules, with two copies."""

import base64
import io
import json
import zipfile
from typing import Any

import pytest

from cardgen_desktop.domain.errors import CardError
from cardgen_desktop.formats.archives.byaf import read_byaf
from cardgen_desktop.formats.archives.risu_module import write_module
from cardgen_desktop.formats.pictures.picture import check_avatar
from cardgen_desktop.formats.read_card import ReadBook
from cardgen_desktop.formats.registry import looks_like_card, read_card, read_content
from cardgen_desktop.formats.writing.export import card_bytes
from tests.support import card_files, picture_cards
from tests.support.card_files import KEEPER_V2, KEEPER_V3, chunk, packed, png, text_chunk

ITEM = {"key": "sea", "value": "Wet.", "id": "lore1", "order": "a0", "updatedAt": "2024-03-21T12:00:00.000Z"}


def byaf(images: str) -> bytes:
    """An archive with one lore item and one image, which lies in the folder `images`."""
    character = {
        "schemaVersion": 1,
        "id": "a",
        "name": "Alice",
        "displayName": "Alice",
        "persona": "Kind.",
        "loreItems": [ITEM],
        "images": [{"path": "images/a.png", "label": "one"}, {"path": "images/b.png", "label": "two"}],
    }
    manifest = {"schemaVersion": 1, "characters": ["characters/a/character.json"], "scenarios": ["s/1.json"]}
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        made.writestr("manifest.json", json.dumps(manifest))
        made.writestr("characters/a/character.json", json.dumps(character))
        made.writestr("s/1.json", json.dumps({"narrative": "At sea."}))
        made.writestr(f"{images}a.png", card_files.photo("PNG"))
        made.writestr(f"{images}b.png", png())
    return file.getvalue()


def character_in(data: bytes) -> Any:
    with zipfile.ZipFile(io.BytesIO(data)) as found:
        return json.loads(found.read("characters/a/character.json"))


def written(data: bytes, target: str) -> bytes:
    found = read_card(data, "a")
    return card_bytes(
        found.card,
        target,  # type: ignore[arg-type]
        picture=found.picture,
        original=found.original,
        files=found.files,
    )


def test_a_card_behind_the_end_of_a_picture_is_read_and_told_and_not_left_there() -> None:
    card = text_chunk("chara", packed(KEEPER_V2))
    data = png() + card + b"rest"
    found = read_card(data, "a.png")
    assert found.card.data.name == KEEPER_V2["data"]["name"]
    assert "behind the end of the picture" in " ".join(problem.message for problem in found.problems)
    again = written(data, "png")
    assert again.endswith(b"rest") and again.count(b"chara\0") == 1
    assert again.index(b"chara\0") < again.index(b"IDAT")


def test_what_is_no_text_behind_a_picture_stays_as_it_is() -> None:
    data = png(before=text_chunk("chara", packed(KEEPER_V2))) + chunk(b"zzZz", b"own") + b"rest"
    assert written(data, "png").endswith(chunk(b"zzZz", b"own") + b"rest")


def test_backyards_copy_stays_in_a_picture_while_nothing_is_changed() -> None:
    alone = picture_cards.backyard_png(picture_cards.backyard(4))
    exif = dict(card_files.chunks(alone))[b"eXIf"]
    both = png(before=chunk(b"eXIf", exif) + text_chunk("chara", packed(KEEPER_V2)))
    for data in (alone, both):
        assert dict(card_files.chunks(written(data, "png")))[b"eXIf"] == exif
        card = read_card(data, "a").card
        other = card.model_copy(update={"data": card.data.model_copy(update={"scenario": "Changed."})})
        kinds = [kind for kind, _ in card_files.chunks(card_bytes(other, "png", picture=data))]
        assert b"eXIf" not in kinds


@pytest.mark.parametrize("kind", [b"tEXt", b"IDAT"])
def test_a_wrong_checksum_of_sound_content_does_not_spoil_the_picture(kind: bytes) -> None:
    data = bytearray(png(before=text_chunk("chara", packed(KEEPER_V2))))
    start = data.index(kind)
    end = start + 4 + int.from_bytes(data[start - 4 : start], "big")
    data[end] ^= 0xFF
    assert check_avatar(bytes(data))
    assert read_card(written(bytes(data), "jpeg-charx"), "a").card.data.name == KEEPER_V2["data"]["name"]


def test_a_module_of_risuai_alone_gives_its_lorebook_and_says_what_is_left_out() -> None:
    entry = {"key": "sea, tide", "content": "Wet.", "insertorder": 5, "comment": "n", "own": 1}
    data = write_module({"name": "Harbour", "lorebook": [entry], "regex": [{"in": "a", "out": "b"}]})
    found = read_content(data, "a.risum")
    assert isinstance(found, ReadBook) and looks_like_card(data, "a.risum")
    assert (found.container, found.format, found.book.name) == ("risum", "risu-lorebook", "Harbour")
    assert [entry.keys for entry in found.book.entries] == [("sea", "tide")]
    assert "regular expressions" in found.problems[0].message
    empty = write_module({"name": "Harbour", "trigger": [{}]})
    with pytest.raises(Exception, match="without a lorebook"):
        read_content(empty, "a.risum")


def test_byaf_keeps_what_a_lore_item_has_besides() -> None:
    data = byaf("characters/a/images/")
    assert character_in(written(data, "byaf"))["loreItems"] == [ITEM]
    assert character_in(written(written(data, "png"), "byaf"))["loreItems"] == [ITEM]


def test_images_of_byaf_may_lie_at_the_root_of_the_archive() -> None:
    found = read_byaf(byaf("images/"))
    assert found.picture is not None and not any("not in the archive" in p.message for p in found.problems)
    images = character_in(written(byaf("images/"), "byaf"))["images"]
    assert [image["path"] for image in images] == ["images/a.png", "images/b.png"]


def test_name_and_description_beside_fields_of_cards_are_a_card() -> None:
    least = {"name": "Ann", "description": "Kind.", "tags": ["a"], "extensions": {"x": 1}}
    assert read_card(json.dumps(least).encode(), "a").card.data.tags == ("a",)
    manifest = {"name": "tool", "description": "Does it.", "version": "1", "dependencies": {}}
    assert not looks_like_card(json.dumps(manifest).encode(), "package.json")


def test_a_picture_that_is_a_further_icon_too_becomes_the_main_icon_of_an_archive() -> None:
    same = base64.b64encode(png()).decode()
    icons = [
        {"type": "icon", "uri": "ccdefault:", "name": "main", "ext": "png"},
        {"type": "icon", "uri": f"data:image/png;base64,{same}", "name": "two", "ext": "png"},
    ]
    card = {**KEEPER_V3, "data": {**KEEPER_V3["data"], "assets": icons}}
    archive = written(png(before=text_chunk("ccv3", packed(card))), "charx")
    with zipfile.ZipFile(io.BytesIO(archive)) as found:
        assets = json.loads(found.read("card.json"))["data"]["assets"]
        main = assets[0]["uri"].removeprefix("embeded://")
        assert (assets[0]["name"], found.read(main)) == ("main", png())


@pytest.mark.parametrize("name", ["a.charx", "a.txt"])
def test_what_risuai_encrypted_is_told_in_archives_and_bare_files(name: str) -> None:
    locked = b"rcc||rccv1||abc||def"
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        made.writestr("card.json", locked)
    with pytest.raises(CardError, match="encrypted by RisuAI"):
        read_card(file.getvalue() if name.endswith("charx") else locked, name)


@pytest.mark.parametrize("target", ["charx", "byaf"])
def test_archives_written_for_names_that_mean_devices_are_read_again(target: str) -> None:
    icon = {"type": "icon", "uri": "data:image/png;base64,", "name": "Aux", "ext": "png"}
    icon["uri"] += base64.b64encode(card_files.photo("PNG")).decode()
    data = {**KEEPER_V3["data"], "name": "Con", "assets": [icon, {**icon, "name": "a:b. "}]}
    archive = written(json.dumps({**KEEPER_V3, "data": data}).encode(), target)
    assert read_card(archive, "a").card.data.name == "Con"
