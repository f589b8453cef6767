"""What we write is read by programs that share no line with us; their rules are what decides in the field."""

import base64
import binascii
import io
import json
import platform
import re
import sys
import warnings
import zipfile
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngImageFile

from cardgen_desktop.domain.card import Card, ExportTarget
from cardgen_desktop.formats.registry import read_card
from cardgen_desktop.formats.writing.export import card_bytes, write_card
from tests.support import card_files
from tests.support.card_files import KEEPER_TEXTS, KEEPER_V3, chunk, packed, text_chunk

AICHAR = sys.platform == "linux" and platform.machine() == "x86_64"
STALE = text_chunk("Software", b"GIMP") + text_chunk("chara", packed({"name": "stale", "first_mes": "x"}))


@pytest.fixture
def card() -> Card:
    return read_card(json.dumps(KEEPER_V3).encode(), "a.json").card


@pytest.fixture
def written(card: Card) -> bytes:
    """Written into a picture that has other text and a stale card."""
    return card_bytes(card, "png", picture=card_files.png(before=STALE, after=STALE))


def greetings(data: dict[str, Any]) -> list[str]:
    return [data["first_mes"], *data["alternate_greetings"]]


def sillytavern(png: bytes) -> dict[str, Any]:
    """SillyTavern 1.18's rule: every checksum must fit, tEXt only, keyword in any case, ccv3 over chara."""
    texts = card_files.texts(png)  # raises on a wrong checksum, as png-chunks-extract does
    for wanted in ("ccv3", "chara"):
        for keyword, text in texts:
            if keyword.lower() == wanted:
                loose = re.sub(rb"[^A-Za-z0-9+/]", b"", text.replace(b"-", b"+").replace(b"_", b"/"))
                found: dict[str, Any] = json.loads(base64.b64decode(loose + b"=" * (-len(loose) % 4)))
                return found
    raise ValueError("no card")


def sillytavern_book(book: dict[str, Any]) -> dict[int, dict[str, Any]]:
    """SillyTavern's convertCharacterBook in short: keyed by id, off unless enabled says otherwise."""
    entries: dict[int, dict[str, Any]] = {}
    for index, entry in enumerate(book["entries"]):
        number = entry.get("id") if entry.get("id") is not None else index
        exact = entry["extensions"].get("position")
        entries[number] = {
            "key": entry["keys"],
            "content": entry["content"],
            "disable": not entry.get("enabled"),
            "position": exact if exact is not None else 0 if entry.get("position") == "before_char" else 1,
            "caseSensitive": entry["extensions"].get("case_sensitive"),
            "comment": entry.get("comment", ""),
        }
    return entries


def first_text(png: bytes) -> dict[str, Any]:
    """Agnai's rule: the first tEXt chunk, whatever it is called."""
    found: dict[str, Any] = json.loads(base64.b64decode(card_files.texts(png)[0][1]))
    return found


def test_sillytavern_reads_the_v3_card(written: bytes) -> None:
    found = sillytavern(written)
    assert found["spec"] == "chara_card_v3"
    assert {field: found["data"][field] for field in KEEPER_TEXTS} == KEEPER_TEXTS
    assert greetings(found["data"]) == greetings(KEEPER_V3["data"])


def test_sillytavern_gets_the_whole_lorebook(card: Card) -> None:
    assert card.data.character_book is not None
    entry = card.data.character_book.entries[0]
    ids: tuple[Any, ...] = (5, 5, None, None, "b")
    entries = tuple(entry.model_copy(update={"id": number, "case_sensitive": True}) for number in ids)
    book = card.data.character_book.model_copy(update={"entries": entries})
    crowded = card.model_copy(update={"data": card.data.model_copy(update={"character_book": book})})
    found = sillytavern_book(
        sillytavern(card_bytes(crowded, "png", picture=card_files.png()))["data"]["character_book"]
    )
    assert len(found) == 5
    assert not any(entry["disable"] for entry in found.values())
    assert {entry["position"] for entry in found.values()} == {0}
    assert {entry["caseSensitive"] for entry in found.values()} == {True}


def test_a_reader_of_the_first_text_chunk_gets_v2_with_v1_fields(written: bytes) -> None:
    found = first_text(written)
    assert found["spec"] == "chara_card_v2"
    assert {field: found[field] for field in KEEPER_TEXTS} == KEEPER_TEXTS


def test_pillow_sees_both_cards_without_loading_the_pixels(written: bytes) -> None:
    with Image.open(io.BytesIO(written)) as image:
        info = dict(image.info)
    assert json.loads(base64.b64decode(info["chara"]))["spec"] == "chara_card_v2"
    assert json.loads(base64.b64decode(info["ccv3"]))["spec"] == "chara_card_v3"


def test_a_slicing_reader_finds_the_card_right_before_the_image(written: bytes) -> None:
    # aichar slices between "tEXtchara" and what follows; nothing else may stand between the two.
    start = written.index(b"tEXtchara\0") + len(b"tEXtchara\0")
    text = re.match(rb"[A-Za-z0-9+/=]+", written[start:])
    assert text is not None
    with pytest.raises((binascii.Error, UnicodeDecodeError, ValueError)):
        json.loads(base64.b64decode(text.group()[:-9]))
    assert sum(kind == b"tEXt" for kind, _ in card_files.chunks(written)) == 4


def test_pillow_reads_both_texts(written: bytes) -> None:
    with Image.open(io.BytesIO(written)) as image:
        assert isinstance(image, PngImageFile)
        texts = dict(image.text)
    for keyword, spec in (("chara", "chara_card_v2"), ("ccv3", "chara_card_v3")):
        found = json.loads(base64.b64decode(texts[keyword]))
        assert found["spec"] == spec
        assert {field: found["data"][field] for field in KEEPER_TEXTS} == KEEPER_TEXTS


@pytest.mark.skipif(not AICHAR, reason="aichar has wheels for Linux on x86-64 only")
def test_aichar_reads_what_we_write(card: Card, tmp_path: Path) -> None:
    import aichar

    for target, name in (("png", "a.png"), ("json-v2", "a.v2.json")):
        write_card(card, tmp_path / name, target, picture=card_files.png())
    for found in (
        aichar.load_character_card_file(str(tmp_path / "a.png")),
        aichar.load_character_json_file(str(tmp_path / "a.v2.json")),
    ):
        assert (found.name, found.summary) == (KEEPER_TEXTS["name"], KEEPER_TEXTS["description"])
        assert (found.personality, found.scenario) == (KEEPER_TEXTS["personality"], KEEPER_TEXTS["scenario"])
        assert found.greeting_message == KEEPER_TEXTS["first_mes"]
        assert found.example_messages == KEEPER_TEXTS["mes_example"]


@pytest.mark.parametrize("target", ["charx", "jpeg-charx"])
def test_python_and_sillytavern_unpack_our_archives(card: Card, target: ExportTarget) -> None:
    from tavern_card import parse_card

    data = card_bytes(card, target, picture=card_files.png())
    sillytavern = data[data.index(b"PK\x03\x04") :]  # it cuts there and reads what follows
    for readable in (data, sillytavern):
        with zipfile.ZipFile(io.BytesIO(readable)) as archive:
            assert archive.testzip() is None
            assert [name for name in archive.namelist() if name.endswith("card.json")] == ["card.json"]
            found = parse_card(archive.read("card.json"))
            for asset in json.loads(archive.read("card.json"))["data"]["assets"]:
                if asset["uri"].startswith("embeded://"):
                    archive.getinfo(asset["uri"].removeprefix("embeded://"))
        assert {field: found["data"][field] for field in KEEPER_TEXTS} == KEEPER_TEXTS


def test_tavern_card_reads_what_we_write(written: bytes) -> None:
    from tavern_card import parse_png_card

    found = parse_png_card(written)
    assert found["spec"] == "chara_card_v3"
    assert {field: found["data"][field] for field in KEEPER_TEXTS} == KEEPER_TEXTS
    assert len(found["data"]["character_book"]["entries"]) == 2


@pytest.mark.parametrize("target", ["json-v2", "json-v3"])
def test_tavern_card_reads_our_json(card: Card, target: ExportTarget) -> None:
    from tavern_card import parse_card

    found = parse_card(card_bytes(card, target, picture=None))
    assert found["data"]["description"] == KEEPER_TEXTS["description"]
    assert greetings(found["data"]) == greetings(KEEPER_V3["data"])


def test_card_forge_reads_what_we_write(card: Card, tmp_path: Path) -> None:
    from forge.helper import extract_card_data

    write_card(card, tmp_path / "mira.png", "png", picture=card_files.png())
    found = extract_card_data(tmp_path / "mira.png")
    assert found is not None and found.spec == "chara_card_v3"
    assert found.data.nickname == "Keeper"
    assert [entry.keys for entry in found.data.character_book.entries] == [
        ["Gull Rock", "the rock"],
        ["Tobias"],
    ]


def test_card_forge_validates_both_versions(card: Card) -> None:
    from forge.models import CharacterCardV2, CharacterCardV3

    assert (
        CharacterCardV2.model_validate_json(card_bytes(card, "json-v2", picture=None)).data.name
        == "Mira Holt"
    )
    assert (
        CharacterCardV3.model_validate_json(card_bytes(card, "json-v3", picture=None)).data.name
        == "Mira Holt"
    )


def test_a_card_that_tavern_card_wrote_over_ours_is_seen_as_stale(written: bytes) -> None:
    from tavern_card import parse_png_card, write_png_card

    changed = parse_png_card(written)
    changed["data"]["personality"] = "Changed elsewhere."
    read = read_card(write_png_card(changed, written), "a.png")
    assert any("differ" in problem.message and "personality" in problem.message for problem in read.problems)


def test_the_pixels_are_those_of_the_picture(written: bytes) -> None:
    with warnings.catch_warnings(), Image.open(io.BytesIO(written)) as image:
        image.load()
        pixels = image.tobytes()
    with Image.open(io.BytesIO(card_files.png())) as image:
        assert image.tobytes() == pixels
    image_chunk = next(data for kind, data in card_files.chunks(card_files.png()) if kind == b"IDAT")
    assert chunk(b"IDAT", image_chunk) in written
