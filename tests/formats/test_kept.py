"""What no field holds is kept under our namespace, laid under the way back, and never trusted blindly."""

import io
import json
from typing import Any

import pytest

from cardgen_desktop.domain.card import Card, CardData, Lorebook, LorebookEntry
from cardgen_desktop.formats.books import lone_books, risu_lorebook
from cardgen_desktop.formats.model.kept import KEPT, Wording, kept, same, with_kept, without_kept
from cardgen_desktop.formats.programs import agnai, pygmalion, yaml_cards
from cardgen_desktop.formats.registry import read_content
from cardgen_desktop.formats.writing.export_order import ExportOrder


def wording() -> Wording[CardData]:
    return Wording(
        "mine", {"title": "name", "note": "extensions.note"}, lambda raw: CardData(name=raw["title"])
    )


def test_only_what_writing_would_not_make_is_kept() -> None:
    raw = {"title": "A", "colour": "red", "number": 1}
    fresh = {"title": "A", "number": 1.0, "added": None}
    data = wording().remembered(raw, CardData(name="A"), fresh)
    assert data.extensions == {
        KEPT: {"mine": {"values": {"colour": "red", "number": 1}, "absent": ["added"]}}
    }
    assert wording().written(data, fresh) == raw


def test_nothing_odd_leaves_no_trace() -> None:
    assert wording().remembered({"title": "A"}, CardData(name="A"), {"title": "A"}).extensions == {}


def test_a_kept_value_yields_to_an_edit() -> None:
    data = wording().remembered({"title": 5}, CardData(name="5"), {"title": "5"})
    five: Wording[CardData] = Wording("mine", {"title": "name"}, lambda raw: CardData(name=str(raw["title"])))
    assert five.written(data, {"title": "5"}) == {"title": 5}
    assert five.written(data.model_copy(update={"name": "B"}), {"title": "B"}) == {"title": "B"}


def test_notes_of_several_formats_stand_side_by_side() -> None:
    extensions = with_kept(with_kept({"vendor": 1}, "a", {"values": {"x": 1}}), "b", {"absent": ["y"]})
    assert kept(extensions, "a") == {"values": {"x": 1}}
    assert kept(without_kept(extensions, "a"), "b") == {"absent": ["y"]}
    assert without_kept(without_kept(extensions, "a"), "b") == {"vendor": 1}
    assert with_kept(with_kept({}, "a", {"values": {}}), "a", {}) == {}


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        (1, 1, True),
        (1, 1.0, False),
        (1, True, False),
        (None, "", False),
        ([1], (1,), True),
        ({"a": [1]}, {"a": [1]}, True),
        ({"a": 1}, {"a": 1, "b": 2}, False),
        ([1], [1, 2], False),
    ],
)
def test_equal_means_equal_in_json(one: Any, other: Any, equal: bool) -> None:
    assert same(one, other) is equal


HOSTILE_NOTES: list[Any] = [
    5,
    "text",
    [],
    {"values": 5, "absent": "x"},
    {"values": [], "absent": [1, None, {}]},
    {"absent": ["name", "char_name", "key", "entries", "data", "keys", "greeting", "context", "persona"]},
    {"absent_in_entries": 5, "originalData": 5, "of": []},
    {"absent_in_entries": ["key", 5], "originalData": {"entries": [5, {"id": {}}]}, "of": "x"},
    {
        "values": {
            "spec": "chara_card_v3",
            "data": 5,
            "kind": "memory",
            "type": "x",
            "entries": 5,
            "uid": {},
            "key": 7,
            "name": {},
            "char_name": [],
            "persona": 5,
            "extensions": 5,
            "characterBook": 5,
        }
    },
]


@pytest.mark.parametrize("note", HOSTILE_NOTES, ids=range(len(HOSTILE_NOTES)))
@pytest.mark.parametrize(
    ("name", "write"),
    [
        ("st-worldinfo", lone_books.write_world_info),
        ("lorebook-v3", lone_books.write_lorebook_v3),
        ("risu-lorebook", risu_lorebook.write_risu_lorebook),
        ("agnai", agnai.write_agnai),
        ("agnai-memory", agnai.write_agnai),
        ("pygmalion", pygmalion.write_ooba),
        ("ooba", yaml_cards.write_yaml),
    ],
)
def test_a_hostile_note_neither_stops_writing_nor_hides_what_the_card_says(
    name: str, write: Any, note: Any
) -> None:
    extensions = {KEPT: {name: note}}
    entry = LorebookEntry(keys=("rock",), content="A skerry.", extensions=extensions)
    book = Lorebook(name="B", entries=(entry,), extensions=extensions)
    data = CardData(
        name="Mira", description="Keeps.", first_mes="Hi", extensions=extensions, character_book=book
    )
    file = io.BytesIO()
    write(ExportOrder(Card(data=data)), file)
    read = read_content(file.getvalue(), "back")
    if hasattr(read, "card"):
        assert (read.card.data.name, read.card.data.description, read.card.data.first_mes) == (
            "Mira",
            "Keeps.",
            "Hi",
        )
    else:
        assert [(item.keys, item.content) for item in read.book.entries] == [(("rock",), "A skerry.")]


def test_a_note_that_is_no_object_is_as_none() -> None:
    assert kept({KEPT: 5}, "a") == {} == kept({KEPT: {"a": 5}}, "a")
    assert json.dumps(with_kept({KEPT: 5}, "a", {"absent": ["b"]}))
