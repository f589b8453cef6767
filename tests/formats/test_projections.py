"""What a kind of file holds of any card: read back it is what was said, and writing it again is the same."""

import io
import json
from collections.abc import Callable
from typing import Any, BinaryIO

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cardgen_desktop.domain.card import Card, CardData, Lorebook, LorebookEntry
from cardgen_desktop.formats.books import lone_books, risu_lorebook
from cardgen_desktop.formats.model.differences import card_differences
from cardgen_desktop.formats.programs import agnai, pygmalion, yaml_cards
from cardgen_desktop.formats.read_card import ReadBook
from cardgen_desktop.formats.registry import read_content
from cardgen_desktop.formats.writing.export_order import ExportOrder
from cardgen_desktop.formats.writing.targets import TARGETS
from tests.support.foreign_files import card_of

QUICK = settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
Write = Callable[[ExportOrder, BinaryIO], None]

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | texts,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(texts, inner, max_size=2),
    max_leaves=4,
)
settings_of_st = st.fixed_dictionaries(
    {},
    optional={
        "position": st.integers(0, 7),
        "depth": st.integers(0, 9),
        "role": st.integers(0, 2),
        "probability": st.integers(0, 100),
        "useProbability": st.booleans(),
        "selectiveLogic": st.integers(0, 3),
        "exclude_recursion": st.booleans(),
        "vendor": values,
    },
)
optional_flags = st.none() | st.booleans()
entries = st.builds(
    LorebookEntry,
    keys=st.lists(texts.filter(str.strip), max_size=3).map(tuple),
    content=texts,
    extensions=settings_of_st,
    enabled=st.booleans(),
    insertion_order=st.integers(-5, 500),
    use_regex=st.booleans(),
    case_sensitive=optional_flags,
    constant=optional_flags,
    name=st.none() | texts,
    comment=st.none() | texts,
    priority=st.none() | st.integers(0, 9),
    id=st.none() | st.integers(0, 5) | texts,
    selective=optional_flags,
    secondary_keys=st.none() | st.lists(texts, max_size=2).map(tuple),
    position=st.sampled_from([None, "before_char", "after_char"]),
)
books = st.builds(
    Lorebook,
    name=st.none() | texts,
    description=st.none() | texts,
    scan_depth=st.none() | st.integers(0, 9),
    extensions=st.dictionaries(texts, values, max_size=1),
    entries=st.lists(entries, max_size=3).map(tuple),
)
cards = st.builds(
    Card,
    data=st.builds(
        CardData,
        name=texts.filter(str.strip),
        description=texts,
        personality=texts,
        scenario=texts,
        first_mes=texts,
        mes_example=texts,
        creator_notes=texts,
        alternate_greetings=st.lists(texts, max_size=2).map(tuple),
        tags=st.lists(texts, max_size=2).map(tuple),
        extensions=st.dictionaries(texts, values, max_size=2),
        character_book=books,
        nickname=st.none() | texts,
    ),
)
WRITERS: dict[str, Write] = {
    "st-worldinfo": lone_books.write_world_info,
    "lorebook-v3": lone_books.write_lorebook_v3,
    "risu-lorebook": risu_lorebook.write_risu_lorebook,
    "yaml": yaml_cards.write_yaml,
    "ooba": pygmalion.write_ooba,
    "agnai": agnai.write_agnai,
}


def written(card: Card, write: Write) -> bytes:
    file = io.BytesIO()
    write(ExportOrder(card), file)
    return file.getvalue()


def read(data: bytes) -> Card:
    found = read_content(data, "back")
    assert not [problem for problem in found.problems if problem.level == "error"]
    return card_of(found.book) if isinstance(found, ReadBook) else found.card


@pytest.mark.parametrize("name", WRITERS)
def test_what_is_read_back_is_what_the_target_says_it_holds(name: Any) -> None:
    @QUICK
    @given(cards)
    def check(card: Card) -> None:
        back = read(written(card, WRITERS[name]))
        assert card_differences(TARGETS[name].held(card), back) == ()

    check()


@pytest.mark.parametrize("name", WRITERS)
def test_writing_what_was_read_back_gives_the_same_file(name: str) -> None:
    @QUICK
    @given(cards)
    def check(card: Card) -> None:
        once = written(card, WRITERS[name])
        assert written(read(once), WRITERS[name]) == once

    check()


@QUICK
@given(cards)
def test_world_info_holds_every_setting_of_every_entry(card: Card) -> None:
    made = json.loads(written(card, WRITERS["st-worldinfo"]))["entries"]
    book = card.data.character_book
    assert book is not None
    assert len(made) == len(book.entries)
    for key, entry, raw in zip(made, book.entries, made.values(), strict=True):
        assert raw["uid"] == int(key)
        assert (raw["key"], raw["content"], raw["disable"]) == (
            list(entry.keys),
            entry.content,
            not entry.enabled,
        )
        assert raw["order"] == entry.insertion_order
        for name in ("depth", "role", "probability", "selectiveLogic"):
            if name in entry.extensions:
                assert raw[name] == entry.extensions[name]
    back = read(written(card, WRITERS["st-worldinfo"])).data.character_book
    assert back is not None
    for entry, other in zip(book.entries, back.entries, strict=True):
        for field in ("keys", "content", "enabled", "insertion_order", "priority"):
            assert getattr(entry, field) == getattr(other, field)
        assert bool(entry.constant) == bool(other.constant)
        assert tuple(entry.secondary_keys or ()) == tuple(other.secondary_keys or ())


@QUICK
@given(cards)
def test_agnai_holds_all_but_the_border_between_description_and_personality(card: Card) -> None:
    back = read(written(card, WRITERS["agnai"])).data
    for field in (
        "name",
        "scenario",
        "first_mes",
        "mes_example",
        "creator_notes",
        "alternate_greetings",
        "tags",
    ):
        assert getattr(back, field) == getattr(card.data, field)
    joined = "\n".join(part for part in (card.data.description, card.data.personality) if part)
    assert back.description == joined
