"""What two cards say differently, and what counts as the same."""

from typing import Any

import pytest

from cardgen_desktop.domain.card import Asset, Card, CardData, Lorebook, LorebookEntry
from cardgen_desktop.domain.card_differences import Difference
from cardgen_desktop.formats.model.differences import book_differences, card_differences, digests_of
from cardgen_desktop.formats.read_card import ContainedFile


def mira(**fields: Any) -> Card:
    return Card(data=CardData(name="Mira", **fields))


def with_entry(**fields: Any) -> Card:
    return mira(character_book=Lorebook(entries=(LorebookEntry.model_validate({"keys": ("a",), **fields}),)))


def places(before: Card, after: Card) -> list[str]:
    return [item.where for item in card_differences(before, after)]


@pytest.mark.parametrize(
    ("before", "after", "where"),
    [
        (mira(description="a"), mira(description="b"), "data.description"),
        (mira(tags=("a", "b")), mira(tags=("a", "c")), "data.tags[1]"),
        (mira(tags=("a", "b", "c")), mira(tags=("a", "c")), "data.tags[1]"),
        (mira(extensions={"x": {"y": [1]}}), mira(extensions={"x": {"y": [2]}}), "data.extensions.x.y[0]"),
        (mira(extensions={"x": 1}), mira(extensions={"x": True}), "data.extensions.x"),
        (mira(vendor=1), mira(vendor=2), "data.vendor"),
        (Card(vendor=1), Card(vendor=2), "vendor"),  # type: ignore[call-arg]
        (mira(nickname="M"), mira(), "data.nickname"),
        (mira(source=("a",)), mira(source=("b",)), "data.source[0]"),
        (with_entry(content="a"), with_entry(content="b"), "data.character_book.entries[0].content"),
        (with_entry(enabled=True), with_entry(enabled=False), "data.character_book.entries[0].enabled"),
        (with_entry(id="x"), with_entry(id="y"), "data.character_book.entries[0].id"),
        (with_entry(), mira(), "data.character_book"),
        (
            with_entry(extensions={"position": 4}),
            with_entry(extensions={"position": 5}),
            "data.character_book.entries[0].extensions.position",
        ),
        (
            with_entry(extensions={"depth": 4}),
            with_entry(extensions={"depth": 2}),
            "data.character_book.entries[0].extensions.depth",
        ),
        (
            with_entry(keys=("/a/",), use_regex=True),
            with_entry(keys=("/a/",)),
            "data.character_book.entries[0].use_regex",
        ),
        (
            mira(assets=(Asset(type="x_a", uri="https://example.org/1"),)),
            mira(assets=(Asset(type="x_a", uri="https://example.org/2"),)),
            "data.assets[0].uri",
        ),
    ],
)
def test_a_difference_has_its_place(before: Card, after: Card, where: str) -> None:
    assert places(before, after) == [where]
    assert places(after, before) == [where]
    assert places(before, before) == places(after, after) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (mira(), mira(assets=(Asset(),))),
        (mira(assets=(Asset(uri="embeded://assets/icon/a.png", ext="jpeg"),)), mira()),
        (mira(creation_date=1, modification_date=2), mira(creation_date=3)),
        (mira(create_date="x"), mira(create_date="x", modification_date=9)),
        (mira(nickname=""), mira()),
        (mira(source=(), creator_notes_multilingual={}), mira()),
        (mira(character_book=Lorebook()), mira()),
        (mira(extensions={"x": None}), mira()),
        (Card(spec_version="3.1"), Card()),
        (mira(description="\ud83d"), mira(description="\ufffd")),
        (with_entry(id=1), with_entry(id=7)),
        (with_entry(id="x"), with_entry(id=0, extensions={"cardgen_desktop": {"id": "x"}})),
        (with_entry(name="label"), with_entry(name="label", comment="label")),
        (with_entry(constant=None, selective=None), with_entry(constant=False, selective=False)),
        (with_entry(secondary_keys=("b",)), with_entry(secondary_keys=("b",), selective=True)),
        (with_entry(position="before_char"), with_entry(extensions={"position": 0})),
        (with_entry(), with_entry(position="after_char", extensions={"position": 1})),
        (
            with_entry(case_sensitive=True),
            with_entry(case_sensitive=True, extensions={"case_sensitive": True}),
        ),
        (with_entry(depth=2), with_entry(depth=2, extensions={"depth": 2})),
        (with_entry(), with_entry(extensions={"probability": 100, "group": "", "sticky": None})),
        (with_entry(use_regex=True), with_entry()),
    ],
)
def test_what_is_aside(one: Card, other: Card) -> None:
    assert places(one, other) == places(other, one) == []


def test_before_and_after_are_whole_values() -> None:
    (item,) = card_differences(mira(), mira(tags=("sea",)))
    assert item == Difference(where="data.tags", before=None, after=["sea"])


def test_dates_count_when_they_are_asked_for() -> None:
    (item,) = card_differences(mira(creation_date=1), mira(creation_date=2), dates=True)
    assert (item.where, item.before, item.after) == ("data.creation_date", 1, 2)


def test_an_entry_put_in_the_middle_is_one_difference() -> None:
    def book(*contents: str) -> Lorebook:
        return Lorebook(entries=tuple(LorebookEntry(content=content) for content in contents))

    (item,) = book_differences(book("a", "b", "c"), book("a", "new", "b", "c"))
    assert item.where == "entries[1]" and item.before is None and item.after["content"] == "new"
    assert [item.where for item in book_differences(book("a", "b"), book("b"))] == ["entries[0]"]


def test_files_are_compared_by_what_is_in_them() -> None:
    def card(address: str) -> Card:
        return mira(assets=(Asset(type="emotion", uri=address, name="joy"),))

    archive, chunk = card("embeded://joy.png"), card("__asset:0")
    data, other = card("data:image/png;base64,am95"), card("data:;base64,c2Fk")
    in_archive = digests_of([ContainedFile("joy.png", 3, lambda: b"joy")])
    in_chunk = digests_of([ContainedFile("__asset:0", 3, lambda: b"joy")])
    assert card_differences(archive, chunk) == card_differences(archive, data) == ()
    assert card_differences(archive, chunk, digests=(in_archive, in_chunk)) == ()
    assert card_differences(archive, data, digests=(in_archive, {})) == ()
    assert len(card_differences(archive, other, digests=(in_archive, {}))) == 1
    assert len(card_differences(archive, chunk, digests=(in_archive, {}))) == 1
