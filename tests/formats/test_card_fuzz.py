"""Hostile and random files: a reader answers with a card or with one sentence, and nothing else ever."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cardgen_desktop.domain.card import CardData, LorebookEntry
from cardgen_desktop.domain.errors import CardError, InputError
from cardgen_desktop.formats.model.differences import card_differences
from cardgen_desktop.formats.pictures.picture import check_avatar
from cardgen_desktop.formats.registry import looks_like_card, read_card
from cardgen_desktop.formats.writing.export import TARGETS, ExportOrder, card_bytes, write_card
from tests.support import card_files
from tests.support.card_files import KEEPER_V2, KEEPER_V3, chunk, packed, png, text_chunk

QUICK = settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))

texts = st.text(st.characters(exclude_categories=[]), max_size=12)
scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts
trees: st.SearchStrategy[Any] = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)
entry_keys = [
    *LorebookEntry.model_fields,
    "key",
    "uid",
    "disable",
    "order",
    "depth",
    "vendor",
    "model_config",
]
entries = st.dictionaries(st.sampled_from(entry_keys), trees, max_size=6)
books = st.dictionaries(st.sampled_from(["name", "scan_depth", "extensions", "vendor"]), trees, max_size=3)
book_trees = st.builds(
    lambda book, found: {**book, "entries": found}, books, st.lists(entries, max_size=3) | trees
)
data_keys = [*CardData.model_fields, "vendor", "model_fields", "__class__", "data"]
datas = st.dictionaries(st.sampled_from(data_keys), trees, max_size=8)
cards = st.builds(
    lambda root, data, book: {**root, "spec": "chara_card_v2", "data": {**data, "character_book": book}},
    st.dictionaries(
        st.sampled_from(["spec_version", "name", "chat", "fav", "vendor", "tags"]), trees, max_size=4
    ),
    datas,
    book_trees | trees,
)


def answer(data: bytes) -> None:
    """Read, and accept a card or a `CardError` with one short sentence about the file."""
    looks_like_card(data, "fuzz")
    try:
        message = f'"fuzz" is {read_card(data, "fuzz").card.spec}'
    except CardError as error:
        message = error.message
    assert message.startswith('"fuzz" ') and len(message) < 400


@QUICK
@given(st.binary(max_size=300))
def test_random_bytes(data: bytes) -> None:
    answer(data)
    answer(card_files.SIGNATURE + data)
    answer(b"{" + data)


@QUICK
@given(
    st.sampled_from(["chara", "ccv3", "character"]),
    st.sampled_from([b"tEXt", b"zTXt", b"iTXt"]),
    st.binary(max_size=80),
)
def test_random_text_chunks(keyword: str, kind: bytes, data: bytes) -> None:
    answer(png(before=chunk(kind, keyword.encode() + b"\0" + data)))
    answer(png(before=text_chunk(keyword, packed(data.decode("latin-1")))))


@QUICK
@given(st.data())
def test_sound_cards_with_damage(data: st.DataObject) -> None:
    whole = png(before=text_chunk("chara", packed(KEEPER_V2)), after=text_chunk("ccv3", packed(KEEPER_V3)))
    place = data.draw(st.integers(0, len(whole) - 1))
    answer(whole[:place])
    answer(whole[:place] + data.draw(st.binary(min_size=1, max_size=8)) + whole[place + 8 :])


@QUICK
@given(cards)
def test_any_tree_in_a_card_is_read_and_written_and_read_the_same(card: dict[str, Any]) -> None:
    try:
        read = read_card(json.dumps(card).encode(), "fuzz")
    except CardError as error:
        pytest.fail(error.message + error.details)
    for target in ("json-v3", "json-v2"):
        back = read_card(card_bytes(read.card, target, picture=None, original=read.original), "back")
        held = TARGETS[target].held(read.card, ExportOrder(read.card, original=read.original))
        assert card_differences(held, back.card, dates=target != "json-v2") == ()
        again = card_bytes(back.card, target, picture=None, original=back.original)
        assert json.loads(again) == back.original


@QUICK
@given(trees, trees, trees, trees)
def test_unknown_keys_survive_at_every_level(root: Any, data: Any, book: Any, entry: Any) -> None:
    card = json.loads(json.dumps(KEEPER_V3))
    card["vendor"], card["data"]["vendor"] = root, data
    card["data"]["extensions"]["vendor"] = data
    card["data"]["assets"][0]["vendor"] = book
    card["data"]["character_book"]["vendor"] = card["data"]["character_book"]["extensions"]["vendor"] = book
    first = card["data"]["character_book"]["entries"][0]
    first["vendor"] = first["extensions"]["vendor"] = entry
    sound = json.loads(json.dumps(card).encode("utf-8", "replace"))
    read = read_card(json.dumps(sound).encode(), "fuzz")
    made = json.loads(card_bytes(read.card, "json-v3", picture=None))
    wanted = read.original  # half characters are replaced in it
    assert made["vendor"] == wanted["vendor"]
    assert made["data"]["vendor"] == made["data"]["extensions"]["vendor"] == wanted["data"]["vendor"]
    assert made["data"]["assets"][0]["vendor"] == wanted["data"]["assets"][0]["vendor"]
    made_book, wanted_book = made["data"]["character_book"], wanted["data"]["character_book"]
    assert made_book["vendor"] == made_book["extensions"]["vendor"] == wanted_book["vendor"]
    made_entry, wanted_entry = made_book["entries"][0], wanted_book["entries"][0]
    assert made_entry["vendor"] == made_entry["extensions"]["vendor"] == wanted_entry["vendor"]


@QUICK
@given(st.binary(max_size=120), st.sampled_from(["PNG", "JPEG", "WEBP"]), st.integers(0, 400))
def test_random_pictures_are_refused_with_a_sentence(noise: bytes, kind: str, place: int) -> None:
    whole = card_files.photo(kind)
    for data in (noise, card_files.SIGNATURE + noise, whole[:place] + noise + whole[place + len(noise) :]):
        try:
            assert check_avatar(data).startswith(card_files.SIGNATURE)
        except InputError as error:
            message = error.message
        else:
            message = "The picture is sound"
        assert message.startswith("The picture")


def test_writing_random_texts_ends_in_the_same_texts(tmp_path: Any) -> None:
    @settings(max_examples=15, deadline=None, derandomize=True)
    @given(st.dictionaries(st.sampled_from(["name", "description", "first_mes"]), texts, min_size=1))
    def write(fields: dict[str, str]) -> None:
        card = read_card(
            json.dumps({**KEEPER_V2, "data": {**KEEPER_V2["data"], **fields}}).encode(), "a"
        ).card
        write_card(card, tmp_path / "a.png", "png", picture=png(), overwrite=True)

    write()
