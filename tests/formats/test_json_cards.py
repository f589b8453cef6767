"""JSON cards: V1, V2, V3 and hybrids, judged by content; broken and hostile JSON gets a sentence."""

import json
from typing import Any

import pytest

from cardgen_desktop.domain.errors import CardError
from cardgen_desktop.formats.registry import looks_like_card, read_card
from tests.support import card_files
from tests.support.card_files import KEEPER_TEXTS, KEEPER_V2, KEEPER_V3, png, text_chunk


def encoded(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


def short_id(value: object) -> str | None:
    """A short name for a case: its sentence, or the first bytes (a whole one may have megabytes)."""
    return repr(value[:20]) if isinstance(value, bytes) else None


@pytest.mark.parametrize(
    ("name", "spec", "version"),
    [
        ("keeper_v1.json", None, None),
        ("keeper_v2.json", "chara_card_v2", "2.0"),
        ("keeper_v3.json", "chara_card_v3", "3.0"),
    ],
)
def test_each_version_is_read_without_a_complaint(name: str, spec: str | None, version: str | None) -> None:
    read = read_card((card_files.DATA / name).read_bytes(), name)
    assert (read.container, read.spec, read.spec_version) == ("json", spec, version)
    assert (read.card.spec, read.card.spec_version) == ("chara_card_v3", "3.0")
    assert {field: getattr(read.card.data, field) for field in KEEPER_TEXTS} == KEEPER_TEXTS
    assert read.problems == ()
    assert read.picture is None


def test_a_v3_card_keeps_every_field_and_every_foreign_key() -> None:
    card = read_card(encoded(KEEPER_V3), "a.json").card
    dumped = json.loads(card.model_dump_json(exclude_none=True))
    assert dumped["data"].pop("character_book")["vendor_book_key"] == "kept"
    wanted = json.loads(json.dumps(KEEPER_V3))
    del wanted["data"]["character_book"]
    wanted["data"]["extensions"] = dumped["data"]["extensions"] = card.data.extensions
    assert dumped == wanted
    assert card.data.extensions == KEEPER_V3["data"]["extensions"]
    assert card.data.character_book is not None
    assert card.data.character_book.entries[0].model_extra == {"vendor_entry_key": {"kept": 1}}


def test_nesting_is_counted_exactly() -> None:
    def nested(levels: int) -> bytes:
        pairs = ['{"]":[', "]}"] if levels % 2 == 0 else ['{"a\\"":[', "]}"]
        inner = pairs[0] * ((levels - 1) // 2) + "1" + pairs[1] * ((levels - 1) // 2)
        return f'{{"name": "a", "first_mes": "{{[[", "x": {inner}}}'.encode()

    assert read_card(nested(63), "a").card.data.name == "a"
    with pytest.raises(CardError, match="64 levels"):
        read_card(nested(67), "a")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_other_encodings_of_unicode_are_read(encoding: str) -> None:
    data = json.dumps(KEEPER_V2, ensure_ascii=False).encode(encoding)
    assert read_card(data, "a.json").card.data.description == KEEPER_TEXTS["description"]
    assert looks_like_card(data, "a.json")


def test_content_decides_and_not_the_suffix() -> None:
    read = read_card(encoded(KEEPER_V2), "lies.png")
    assert read.container == "json"
    assert read.problems[0].message == "The name ends in .png, but the content is JSON; the content counts."
    assert (
        read_card(png(before=text_chunk("chara", card_files.packed(KEEPER_V2))), "lies.json").container
        == "png"
    )


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "is empty"),
        (b"\0\1\2\3 binary", "none of the ways in which cards"),
        (b"<!doctype html><p>Not found</p>", "web page"),
        (b"[1, 2]", "JSON list"),
        (card_files.photo("JPEG"), "picture without a card"),
        (card_files.photo("WEBP"), "picture without a card"),
        (card_files.photo("GIF"), "GIF picture"),
        (b"PK\x03\x04rest", "archive"),
        (b"%PDF-1.7", "PDF"),
        (encoded(KEEPER_V2)[:-30], "JSON is broken at line 1, column"),
        (encoded({"hello": "world"}), "not a character card"),
        (encoded({"name": "left-pad", "version": "1.0", "description": "a package"}), "not a character card"),
        (encoded({"spec": "lorebook_v3", "data": {"entries": []}}), "lorebook"),
        (encoded({"entries": {"0": {"uid": 0, "key": ["a"]}}}), "lorebook"),
        (b'{"name": "a", "first_mes": "b", "x": NaN}', "NaN"),
        (b'{"name": "a", "first_mes": "b", "x": -Infinity}', "Infinity"),
        (b'{"name": "a", "first_mes": "b", "x": 1e999}', "number that is too large"),
        (b'{"name": "a", "first_mes": "b", "x": ' + b"9" * 5000 + b"}", "number that is far too long"),
        (b'{"name": "a", "first_mes": ' + b"[" * 100 + b"]" * 100 + b"}", "64 levels"),
        (b'{"name": "a", "first_mes": ' + b'{"a":' * 9000 + b"1" + b"}" * 9001, "64 levels"),
        (b"{" + b'"a":"' + b"x" * (32 * 1024 * 1024) + b'"}', "32 MB"),
        (encoded({**KEEPER_TEXTS, "character_book": {"entries": [{}] * 10_001}}), "limit is 10,000"),
    ],
    ids=short_id,
)
def test_what_is_no_card_gets_a_sentence_with_the_name(data: bytes, sentence: str) -> None:
    with pytest.raises(CardError, match=sentence) as caught:
        read_card(data, "drop.me")
    assert caught.value.message.startswith('"drop.me" ')
    assert len(caught.value.message) < 300


def test_the_last_of_equal_keys_wins_with_a_warning() -> None:
    read = read_card(b'{"name": "One", "first_mes": "Hi", "name": "Two"}', "a.json")
    assert read.card.data.name == "Two"
    assert any('"name" appears more than once' in problem.message for problem in read.problems)


def test_raw_line_breaks_inside_texts_are_kept() -> None:
    read = read_card(b'{"name": "One", "first_mes": "Hi\nthere"}', "a.json")
    assert read.card.data.first_mes == "Hi\nthere"


def test_half_characters_are_replaced_so_that_the_card_can_be_stored() -> None:
    read = read_card(rb'{"name": "One \ud83d", "first_mes": "\ud83d\ude00"}', "a.json")
    assert read.card.data.name == "One \ufffd"
    assert read.card.data.first_mes == "\U0001f600"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (encoded(KEEPER_V2), True),
        (encoded(KEEPER_TEXTS), True),
        (encoded({"char_name": "A", "char_persona": "b"}), True),
        (encoded(KEEPER_V2)[:-30], True),
        (encoded({"hello": "world"}), False),
        (encoded({"name": "left-pad", "version": "1.0", "description": "a package"}), False),
        (b'{"description": ', False),
        (b"", False),
        (png(), False),
        (png(before=text_chunk("Comment", b"chara")), False),
        (card_files.photo("PNG"), False),
        (card_files.photo("JPEG"), False),
        (b"Mira Holt kept the light.", False),
    ],
    ids=short_id,
)
def test_dropped_files_are_told_apart(data: bytes, expected: bool) -> None:
    assert looks_like_card(data, "dropped") is expected


def test_a_png_that_means_to_be_a_card_counts_although_it_is_broken() -> None:
    assert looks_like_card(png(before=text_chunk("chara", b"broken")), "a.png")
