"""PNG cards: found wherever they stand and however they are packed; written where every program looks."""

import base64
import json
import struct
import time
import zlib
from typing import Any

import pytest

from cardgen_desktop.domain.errors import CardError
from cardgen_desktop.formats import limits
from cardgen_desktop.formats.registry import ReadBook, looks_like_card, read_card, read_content
from cardgen_desktop.formats.writing.export import card_bytes
from tests.support import card_files, picture_cards
from tests.support.card_files import (
    KEEPER_V2,
    KEEPER_V3,
    chunk,
    compressed_chunk,
    international_chunk,
    packed,
    png,
    text_chunk,
)

UTF8 = json.dumps(KEEPER_V2, ensure_ascii=False).encode()
BASE64 = base64.b64encode(UTF8)
LINES = b"\r\n".join(BASE64[place : place + 76] for place in range(0, len(BASE64), 76))


def named(card: dict[str, Any], name: str) -> dict[str, Any]:
    return {**card, "data": {**card["data"], "name": name}}


def messages(read: Any) -> str:
    return " | ".join(f"{problem.where}: {problem.message}" for problem in read.problems)


@pytest.mark.parametrize(
    "chunks",
    [
        {"before": text_chunk("chara", BASE64)},
        {"after": text_chunk("chara", BASE64)},
        {"before": text_chunk("CHARA", BASE64)},
        {"before": text_chunk("Ccv3", BASE64)},
        {"after": compressed_chunk("ccv3", BASE64)},
        {"after": international_chunk("chara", BASE64)},
        {"after": international_chunk("chara", BASE64, compressed=True)},
        {"before": international_chunk("chara", UTF8)},
        {"before": text_chunk("chara", UTF8)},
        {"before": text_chunk("chara", b"\xef\xbb\xbf" + UTF8)},
        {"before": text_chunk("chara", LINES)},
        {"before": text_chunk("chara", BASE64.rstrip(b"="))},
        {"before": text_chunk("chara", BASE64 + b"==")},
        {"before": text_chunk("chara", base64.urlsafe_b64encode(UTF8))},
        {"before": text_chunk("chara", BASE64 + b"\0\0")},
        {"before": text_chunk("chara", base64.b64encode(b"\xef\xbb\xbf" + UTF8 + b"\0"))},
        {"before": text_chunk("Software", b"GIMP"), "after": text_chunk("chara", BASE64)},
        {"after": text_chunk("character_card", BASE64)},
    ],
    ids=lambda chunks: " ".join(f"{place} {chunk[4:14]!r}" for place, chunk in chunks.items()),
)
def test_a_card_is_found_in_any_place_and_packing(chunks: dict[str, bytes]) -> None:
    data = png(**chunks)
    read = read_card(data, "mira.png")
    assert read.card.data.name == "Mira Holt"
    assert read.card.data.description == card_files.KEEPER_TEXTS["description"]
    assert read.original == KEEPER_V2
    assert (read.container, read.spec, read.spec_version) == ("png", "chara_card_v2", "2.0")
    assert read.picture == data
    assert not [problem for problem in read.problems if problem.level != "info"]
    assert looks_like_card(data, "photo.bin")


def test_what_was_repaired_in_the_packing_is_told() -> None:
    assert "line breaks" in messages(read_card(png(before=text_chunk("chara", LINES)), "a.png"))
    assert "padding" in messages(
        read_card(png(before=text_chunk("chara", BASE64.rstrip(b"=") + b"===")), "a")
    )
    assert "plain JSON" in messages(read_card(png(before=text_chunk("chara", UTF8)), "a.png"))
    assert not read_card(png(before=text_chunk("chara", BASE64)), "a.png").problems


def test_text_that_is_not_utf8_is_read_with_a_warning() -> None:
    latin = json.dumps(named(KEEPER_V2, "Bjørn"), ensure_ascii=False).replace("Å", "A")
    latin = latin.replace("’", "'").replace("—", "-").replace("“", "'").replace("”", "'")
    read = read_card(png(before=text_chunk("chara", base64.b64encode(latin.encode("cp1252")))), "a.png")
    assert read.card.data.name == "Bjørn"
    assert "Windows-1252" in messages(read)
    undefined = base64.b64encode(latin.encode("cp1252").replace(b"\xf8", b"\x81"))
    assert "Latin-1" in messages(read_card(png(before=text_chunk("chara", undefined)), "a.png"))


def test_a_wrong_checksum_is_passed_over() -> None:
    broken = bytearray(png(before=text_chunk("chara", BASE64)))
    place = broken.find(b"tEXt") + 4 + len(b"chara\0") + len(BASE64)
    broken[place] ^= 0xFF
    read = read_card(bytes(broken), "a.png")
    assert read.card.data.name == "Mira Holt"
    assert "checksum" in messages(read) and "tEXt" in messages(read)


def test_bytes_after_the_end_and_a_cut_picture_do_not_hide_the_card() -> None:
    whole = png(before=text_chunk("chara", BASE64))
    assert read_card(whole + b"trailing", "a.png").card.data.name == "Mira Holt"
    cut = read_card(whole[:-20], "a.png")
    assert cut.card.data.name == "Mira Holt"
    assert "cut short" in messages(cut)
    assert cut.picture is None


def test_ccv3_wins_over_chara_and_their_disagreement_is_told() -> None:
    old = named(KEEPER_V2, "Old name")
    data = png(before=text_chunk("chara", packed(old)) + text_chunk("ccv3", packed(KEEPER_V3)))
    read = read_card(data, "a.png")
    assert read.card.data.name == "Mira Holt"
    assert read.spec == "chara_card_v3"
    assert "differ in name; `ccv3` is used" in messages(read)
    assert [other.data.name for other in read.alternatives] == ["Old name"]


def test_copies_that_agree_are_not_reported() -> None:
    data = png(before=text_chunk("ccv3", packed(KEEPER_V3)), after=text_chunk("chara", packed(KEEPER_V2)))
    read = read_card(data, "a.png")
    assert "differ" not in messages(read)
    assert read.alternatives == ()


def test_a_backfill_notice_in_chara_is_no_disagreement_and_is_cut_off() -> None:
    notice = (
        "This character card is Character Card V3, but it is loaded as a Character Card V2. Please use a "
        "Character Card V3 compatible application to use this character card properly.\n"
    )
    noted = {**KEEPER_V2, "data": {**KEEPER_V2["data"], "creator_notes": notice + "Written for tests."}}
    both = png(before=text_chunk("chara", packed(noted)) + text_chunk("ccv3", packed(KEEPER_V3)))
    assert "differ" not in messages(read_card(both, "a.png"))
    alone = read_card(png(before=text_chunk("chara", packed(noted))), "a.png")
    assert alone.card.data.creator_notes == "Written for tests."


def test_of_two_equal_chunks_the_first_readable_is_used() -> None:
    one, two = (packed(named(KEEPER_V2, name)) for name in ("One", "Two"))
    read = read_card(png(before=text_chunk("chara", one) + text_chunk("chara", two)), "a.png")
    assert read.card.data.name == "One"
    assert "two different `chara` cards" in messages(read)
    emptied = read_card(png(before=text_chunk("chara", b"") + text_chunk("chara", two)), "a.png")
    assert emptied.card.data.name == "Two"


def test_a_broken_ccv3_gives_way_to_a_sound_chara() -> None:
    data = png(before=text_chunk("ccv3", BASE64[:-7]) + text_chunk("chara", BASE64))
    read = read_card(data, "a.png")
    assert read.card.data.name == "Mira Holt"
    assert "`ccv3` cannot be read; `chara` is used" in messages(read)


def test_the_spec_counts_and_not_the_keyword() -> None:
    read = read_card(png(before=text_chunk("chara", packed(KEEPER_V3))), "a.png")
    assert read.spec == "chara_card_v3"
    assert read.card.data.nickname == "Keeper"


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (png(before=text_chunk("chara", b"!!!not base64!!!")), "broken base64"),
        (png(before=text_chunk("chara", BASE64[:-7])), "broken base64"),
        (png(before=text_chunk("chara", base64.b64encode(UTF8[:200]))), "JSON is broken"),
        (png(before=text_chunk("chara", packed([1, 2]))), "not a"),
        (png(before=text_chunk("chara", packed({"a": 1}))), "not a character card"),
        (png(before=text_chunk("chara", b"rcc||rccv1||" + BASE64 + b"||hash||e30=")), "encrypted by RisuAI"),
        (png(before=text_chunk("chara", base64.b64encode(b"rcc||rccv1||x"))), "encrypted by RisuAI"),
        (png(before=chunk(b"zTXt", b"chara\0\0" + zlib.compress(BASE64)[:-9])), "cut short"),
        (png(before=chunk(b"zTXt", b"chara\0\0garbage")), "damaged"),
        (png(), "picture without a card"),
        (png()[:30], "picture without a card"),
        (png(before=text_chunk("chara", BASE64), claims=(9000, 9000)), "limit is 32 million"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_png_that_cannot_be_read_gets_a_sentence(data: bytes, sentence: str) -> None:
    with pytest.raises(CardError, match=sentence) as caught:
        read_card(data, "mira.png")
    assert caught.value.message.startswith('"mira.png" ')
    assert caught.value.exit_code == 3


def test_limits_of_chunks_and_texts_are_named() -> None:
    with pytest.raises(CardError, match="4,096 chunks"):
        read_card(png(before=chunk(b"prVt", b"") * limits.PNG_CHUNKS), "a.png")
    with pytest.raises(CardError, match="16 MB"):
        read_card(png(before=text_chunk("chara", b"A" * (limits.TEXT_CHUNK_BYTES + 1))), "a.png")
    with pytest.raises(CardError, match="16 MB"):
        read_card(png(before=compressed_chunk("chara", bytes(limits.TEXT_CHUNK_BYTES + 1))), "a.png")
    with pytest.raises(CardError, match="64 MB"):
        read_card(png(before=compressed_chunk("chara", b" " * limits.TEXT_CHUNK_BYTES) * 5), "a.png")


def test_a_large_foreign_text_is_no_obstacle() -> None:
    # Pillow refuses both: a zTXt over 1 MB, and texts over 64 MB in all.
    data = png(before=compressed_chunk("ginger", bytes(3 * limits.MEGABYTE)) + text_chunk("chara", BASE64))
    assert read_card(data, "a.png").card.data.name == "Mira Holt"


def test_both_cards_are_written_first_and_before_the_image_data() -> None:
    picture = png(before=text_chunk("Software", b"GIMP"), after=text_chunk("Comment", b"late"))
    written = card_bytes(read_card(png(before=text_chunk("chara", BASE64)), "a").card, "png", picture=picture)
    assert [keyword for keyword, _ in card_files.texts(written)] == ["chara", "ccv3", "Software", "Comment"]
    kinds = [kind for kind, _ in card_files.chunks(written)]
    assert kinds == [b"IHDR", b"tEXt", b"tEXt", b"tEXt", b"IDAT", b"tEXt", b"IEND"]


def test_what_is_written_is_true_to_each_specification() -> None:
    card = read_card(json.dumps(KEEPER_V3).encode(), "a.json").card
    written = card_bytes(card, "png", picture=png())
    chara, ccv3 = card_files.payload(written, "chara"), card_files.payload(written, "ccv3")
    assert (chara["spec"], chara["spec_version"]) == ("chara_card_v2", "2.0")
    assert (ccv3["spec"], ccv3["spec_version"]) == ("chara_card_v3", "3.0")
    for field, text in card_files.KEEPER_TEXTS.items():
        assert chara[field] == chara["data"][field] == ccv3["data"][field] == text
    assert "nickname" not in chara["data"] and "assets" not in chara["data"]
    assert ccv3["data"]["group_only_greetings"] == ["“All of you? In this boat?”"]
    assert ccv3["data"]["assets"] == KEEPER_V3["data"]["assets"]
    assert all(entry["use_regex"] is False for entry in ccv3["data"]["character_book"]["entries"])


def test_stale_cards_go_and_everything_else_stays_byte_for_byte() -> None:
    extra = chunk(b"gAMA", struct.pack(">I", 45455)) + text_chunk("chara-ext-asset_:1", b"AAAA")
    stale = text_chunk("Chara", b"x") + compressed_chunk("CCV3", b"x") + international_chunk("chara", b"x")
    foreign_card = text_chunk("character_card", BASE64)
    picture = png(before=stale + extra + foreign_card, after=stale + text_chunk("card", b"a birthday card"))
    written = card_bytes(read_card(UTF8, "a").card, "png", picture=picture)
    clean = png(before=extra, after=text_chunk("card", b"a birthday card"))
    kept = [
        pair
        for pair in card_files.chunks(written)
        if pair[1][:6] not in (b"chara\0", b"ccv3\0" + pair[1][5:6])
    ]
    assert kept == list(card_files.chunks(clean))


def test_writing_mends_checksums_because_sillytavern_refuses_wrong_ones() -> None:
    picture = bytearray(png(before=text_chunk("Software", b"GIMP")))
    picture[picture.find(b"GIMP") + 4] ^= 0xFF
    written = card_bytes(read_card(UTF8, "a").card, "png", picture=bytes(picture))
    assert ("Software", b"GIMP") in card_files.texts(written)


def test_frames_of_an_animation_are_left_alone() -> None:
    animated = card_files.animated_png()
    written = card_bytes(read_card(animated, "a.png").card, "png", picture=animated)
    kinds = (b"acTL", b"fcTL", b"fdAT", b"IDAT")
    frames = [pair for pair in card_files.chunks(animated) if pair[0] in kinds]
    assert len(frames) == 5
    assert [pair for pair in card_files.chunks(written) if pair[0] in kinds] == frames


def test_a_cut_picture_is_not_written_into() -> None:
    with pytest.raises(CardError, match=r"picture is damaged.*Choose another"):
        card_bytes(read_card(UTF8, "a").card, "png", picture=png()[:-6])


def test_a_card_too_large_for_a_chunk_names_the_limit() -> None:
    card = read_card(UTF8, "a").card
    huge = card.model_copy(update={"data": card.data.model_copy(update={"description": "x" * 13_000_000})})
    with pytest.raises(CardError, match="16 MB"):
        card_bytes(huge, "png", picture=png())


def test_a_stale_card_in_exif_goes_and_a_photos_exif_stays() -> None:
    stale = picture_cards.backyard_png(picture_cards.backyard(4))
    photo = png(before=chunk(b"eXIf", picture_cards.exif(b"ASCII\0\0\0A day at the sea")))
    card = read_card(UTF8, "a").card
    assert b"eXIf" not in [kind for kind, _ in card_files.chunks(card_bytes(card, "png", picture=stale))]
    kept = dict(card_files.chunks(card_bytes(card, "png", picture=photo)))
    assert kept[b"eXIf"] == dict(card_files.chunks(photo))[b"eXIf"]


def test_gingers_text_is_foreign_and_stays() -> None:
    ginger = compressed_chunk("ginger", b"<ginger/>")
    picture = png(before=text_chunk("chara", BASE64) + ginger)
    read = read_card(picture, "a.png")
    assert not read.problems
    assert ginger in card_bytes(read.card, "png", picture=read.picture)


@pytest.mark.parametrize(
    "tail", [b"\0" * 900, b"PK\x03\x04 and an archive", png()], ids=["NUL", "zip", "png"]
)
def test_a_polyglot_is_read_and_keeps_its_second_half(tail: bytes) -> None:
    data = png(before=text_chunk("chara", BASE64)) + tail
    read = read_card(data, "a.png")
    assert read.card.data.name == "Mira Holt" and read.picture == data
    assert card_bytes(read.card, "png", picture=read.picture).endswith(chunk(b"IEND", b"") + tail)


LOREBOOK = {
    "lorebookVersion": 4,
    "entries": [{"text": "A skerry.", "keys": ["Gull Rock"], "displayName": "place", "enabled": True}],
}


def test_a_lorebook_of_novelai_is_recognised_in_its_picture() -> None:
    data = png(before=text_chunk("naidata", packed(LOREBOOK)))
    assert looks_like_card(data, "a.png")
    read = read_content(data, "a.png")
    assert isinstance(read, ReadBook)
    assert (read.container, read.format, read.original) == ("png", "novelai-lorebook", LOREBOOK)
    assert [(entry.keys, entry.content) for entry in read.book.entries] == [(("Gull Rock",), "A skerry.")]
    with pytest.raises(CardError, match="a lorebook, not a character card"):
        read_card(data, "a.png")
    both = png(before=text_chunk("naidata", packed(LOREBOOK)), after=text_chunk("chara", BASE64))
    assert read_card(both, "a.png").card.data.name == "Mira Holt"
    with pytest.raises(CardError, match="broken base64"):
        read_content(png(before=text_chunk("naidata", b"!!!")), "a.png")


def test_checksums_of_pixels_are_not_computed_to_read_a_card() -> None:
    broken = bytearray(png(before=text_chunk("chara", BASE64)))
    broken[broken.find(b"IDAT") + 8] ^= 1
    assert not read_card(bytes(broken), "a.png").problems


def test_hostile_pictures_are_refused_in_no_time() -> None:
    started = time.perf_counter()
    for data, sentence in (
        (card_files.SIGNATURE + chunk(b"tEXt", b"") * 1_000_000, "4,096 chunks"),
        (card_files.SIGNATURE + chunk(b"IDAT", b"") * 1_000_000, "4,096 chunks"),
        (png(before=text_chunk("chara", BASE64), claims=(40_000, 40_000)), "limit is 32 million"),
        (png(claims=(0xFFFFFFFF, 0xFFFFFFFF)), "limit is 32 million"),
        (card_files.SIGNATURE + b"\xff\xff\xff\xffIHDR" + bytes(40), "without a card"),
        (png(before=compressed_chunk("chara", bytes(40 * limits.MEGABYTE))), "16 MB"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "none of the ways"),
    ):
        with pytest.raises(CardError, match=sentence):
            read_card(data, "a.png")
    assert time.perf_counter() - started < 2


@pytest.mark.parametrize("keyword", ["chara", "card"])
def test_thousands_of_bombs_are_refused_after_the_first_few(keyword: str) -> None:
    bomb = compressed_chunk(keyword, bytes(limits.TEXT_CHUNK_BYTES + 1))
    data = png(before=bomb * (limits.PNG_CHUNKS - 10))
    started = time.process_time()
    looks_like_card(data, "a.png")
    with pytest.raises(CardError, match="64 MB"):
        read_card(data, "a.png")
    card_bytes(read_card(UTF8, "a").card, "png", picture=data)
    assert time.process_time() - started < 4
    behind = png(before=text_chunk("ccv3", packed(KEEPER_V3)) + bomb * 100)
    assert "not looked at" in messages(read_card(behind, "a.png"))


@pytest.mark.parametrize("make", [text_chunk, compressed_chunk], ids=["plain", "compressed"])
def test_a_large_card_within_the_limits_is_read_whole(make: Any) -> None:
    long = "She counts the ships. Åse’s ledger. " * 140_000
    card = {**KEEPER_V2, "data": {**KEEPER_V2["data"], "description": long}}
    read = read_card(png(before=make("chara", packed(card))), "a.png")
    assert len(long) > 5_000_000 and read.card.data.description == long
    assert not read.problems
    with pytest.raises(CardError, match="larger than 16 MB"):
        read_card(png(before=make("chara", b"A" * 60 * limits.MEGABYTE)), "a.png")
