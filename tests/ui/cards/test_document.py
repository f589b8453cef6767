"""One history across all fields: named, merged while typing, and blind to keys it does not know."""

from typing import Any

import pytest

from cardgen_desktop.domain.card import Card, CardData, Lorebook, LorebookEntry
from cardgen_desktop.domain.card_library import CardRecord, CardSummary
from cardgen_desktop.ui.cards.document import MERGE_SECONDS, CardDocument, Change
from cardgen_desktop.ui.cards.fields import FIELDS, label_of, tab_of, text_at


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def record(data: CardData) -> CardRecord:
    summary = CardSummary(id=1, name=data.name, version=1)
    return CardRecord(summary=summary, card=Card(data=data), evidence={}, sources=())


def raw_card() -> CardData:
    return CardData.model_validate(
        {
            "name": "Jim",
            "description": "A boy.",
            "alternate_greetings": ["Hello.", "Ahoy."],
            "foreign": {"kept": [1, 2]},
            "extensions": {"fav": False},
            "character_book": {
                "name": "Book",
                "x_book": 7,
                "entries": [
                    {"keys": ["rum"], "content": "Rum.", "x_entry": "stays"},
                    {"keys": ["map"], "content": "A map."},
                ],
            },
        }
    )


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def document(qapp: Any, clock: Clock) -> CardDocument:
    return CardDocument(record(raw_card()), clock=clock)


def test_typing_becomes_one_named_step(document: CardDocument) -> None:
    for text in ("A boy", "A boy of", "A boy of twelve."):
        document.type_text("description", text)
    assert document.history.count() == 1
    assert document.history.undoText() == "typing in Description"
    document.history.undo()
    assert document.data.description == "A boy."
    assert document.history.redoText() == "typing in Description"
    document.history.redo()
    assert document.data.description == "A boy of twelve."


def test_pause_other_field_and_lost_focus_begin_a_new_step(document: CardDocument, clock: Clock) -> None:
    document.type_text("description", "one")
    clock.now += MERGE_SECONDS + 0.1
    document.type_text("description", "two")
    document.type_text("personality", "brave")
    document.type_text("description", "three")
    document.end_burst()
    document.type_text("description", "four")
    assert document.history.count() == 5


def test_typing_that_ends_where_it_began_leaves_no_step(document: CardDocument) -> None:
    document.type_text("description", "A boy.x")
    document.type_text("description", "A boy.")
    assert document.history.count() == 0


def test_same_value_is_no_step(document: CardDocument) -> None:
    document.type_text("description", "A boy.")
    document.edit("tags", (), name="adding a tag")
    assert document.history.count() == 0


def test_greetings_and_entries_are_edited_by_path(document: CardDocument) -> None:
    document.type_text("alternate_greetings[1]", "Ahoy there.")
    document.type_text("character_book.entries[0].content", "Dark rum.")
    assert document.data.alternate_greetings == ("Hello.", "Ahoy there.")
    assert document.text("character_book.entries[0].content") == "Dark rum."
    assert document.history.undoText() == "typing in Lorebook entry 1"
    document.history.undo()
    assert document.history.undoText() == "typing in Greeting 2"


def test_typing_in_neighbouring_greetings_does_not_merge(document: CardDocument) -> None:
    document.type_text("alternate_greetings[0]", "Hi.")
    document.type_text("alternate_greetings[1]", "Hoy.")
    assert document.history.count() == 2


def test_unknown_keys_survive_edits_at_every_level(document: CardDocument) -> None:
    document.type_text("description", "Changed.")
    document.type_text("character_book.entries[0].content", "Changed.")
    document.edit_entry(0, {"enabled": False}, name="turning an entry off")
    dumped = document.data.model_dump(mode="json")
    assert dumped["foreign"] == {"kept": [1, 2]}
    assert dumped["character_book"]["x_book"] == 7
    assert dumped["character_book"]["entries"][0]["x_entry"] == "stays"
    assert dumped["character_book"]["entries"][0]["enabled"] is False
    assert dumped["extensions"] == {"fav": False}


def test_change_tells_where_and_whether_history_did_it(document: CardDocument) -> None:
    heard: list[Change] = []
    document.changed.connect(heard.append)
    document.type_text("alternate_greetings[1]", "Ahoy there.")
    document.history.undo()
    document.history.redo()
    path = "alternate_greetings[1]"
    assert heard == [
        Change(("alternate_greetings",), path, by_history=False),
        Change(("alternate_greetings",), path, by_history=True),
        Change(("alternate_greetings",), path, by_history=True),
    ]


def test_card_without_a_lorebook_gets_one_with_its_first_entry(qapp: Any) -> None:
    document = CardDocument(record(CardData()))
    document.edit_entries((LorebookEntry(name="Inn"),), name="adding an entry")
    assert document.data.character_book == Lorebook(entries=(LorebookEntry(name="Inn"),))
    document.history.undo()
    assert document.data.character_book is None


def test_absent_nickname_is_absent_again_when_emptied(qapp: Any) -> None:
    document = CardDocument(record(CardData()))
    document.type_text("nickname", "J")
    document.end_burst()
    document.type_text("nickname", "")
    assert document.data.nickname is None


def test_other_version_replaces_everything_and_drops_the_steps(document: CardDocument) -> None:
    document.type_text("description", "mine")
    document.adopt(record(CardData(name="Jim", description="theirs")))
    assert document.data.description == "theirs"
    assert not document.history.canUndo()


def test_every_field_of_the_form_is_a_text_of_the_card() -> None:
    data = raw_card()
    for spec in FIELDS:
        assert isinstance(text_at(data, spec.key), str)
        assert spec.label and spec.help.endswith(".")
        assert tab_of(spec.key) == spec.tab


def test_paths_that_are_gone_read_as_empty() -> None:
    assert text_at(CardData(), "alternate_greetings[3]") == ""
    assert text_at(CardData(), "character_book.entries[3].content") == ""
    assert label_of("character_book.entries[3].content") == "Lorebook entry 4"
    assert tab_of("tags") == "details"
