"""Greetings, lorebook and library as lists, under Qt's own model tester."""

import time
from datetime import datetime
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QWidget

from cardgen_desktop.domain.card import Card, CardData, Lorebook, LorebookEntry
from cardgen_desktop.domain.card_library import CardRecord, CardSummary
from cardgen_desktop.ui.cards.document import CardDocument
from cardgen_desktop.ui.cards.fields import first_tab
from cardgen_desktop.ui.cards.greetings_model import GreetingsModel, preview
from cardgen_desktop.ui.cards.kept_fields import kept_parts
from cardgen_desktop.ui.cards.library_model import LibraryModel, date_words, facts_of
from cardgen_desktop.ui.cards.lorebook_model import COLUMNS, ENABLED, LorebookModel
from cardgen_desktop.ui.cards.row_sync import moved
from cardgen_desktop.ui.cards.row_views import drop_row
from tests.support.messages import RecordingNotify
from tests.support.samples import NOW
from tests.support.waiting import until

from .conftest import CRUSOE, Desk

FATAL = QAbstractItemModelTester.FailureReportingMode.Fatal
ALT = Qt.KeyboardModifier.AltModifier


def document(**fields: object) -> CardDocument:
    data = CardData.model_validate({"name": "Jim", **fields})
    summary = CardSummary(id=1, name="Jim", version=1)
    return CardDocument(CardRecord(summary=summary, card=Card(data=data), evidence={}, sources=()))


def entries(count: int) -> Lorebook:
    return Lorebook(entries=tuple(LorebookEntry(name=f"E{n}", keys=(f"k{n}",)) for n in range(count)))


@pytest.mark.parametrize(
    ("start", "target", "expected"),
    [(0, 2, "bac"), (0, 3, "bca"), (2, 0, "cab"), (1, 1, "abc"), (1, 2, "abc"), (9, 0, "abc")],
)
def test_row_moves_before_another(start: int, target: int, expected: str) -> None:
    assert "".join(moved(tuple("abc"), start, target)) == expected


def test_greetings_model_through_every_change(qapp: object) -> None:
    card = document(first_mes="one", alternate_greetings=["two", "three"])
    model = GreetingsModel()
    model.set_document(card)
    QAbstractItemModelTester(model, FATAL)
    assert model.add("four") == 3
    model.move(3, 0)
    assert (card.data.first_mes, card.data.alternate_greetings) == ("four", ("one", "two", "three"))
    assert card.history.undoText() == "making Greeting 3 the first message"
    model.remove(2)
    model.remove(0)
    assert (card.data.first_mes, card.data.alternate_greetings) == ("four", ("one", "three"))
    for _ in range(3):
        card.history.undo()
    assert [model.index(row, 0).data() for row in range(model.rowCount())] == ["one", "two", "three"]
    card.history.redo()
    model.set_document(document())
    assert model.rowCount() == 1 and model.index(0, 0).data() == "Empty"


def test_preview_is_one_line() -> None:
    assert preview("  one\n\n two ") == "one two"


def test_lorebook_model_through_every_change(qapp: object) -> None:
    card = document(character_book=entries(5).model_dump())
    model = LorebookModel()
    model.set_document(card)
    QAbstractItemModelTester(model, FATAL)
    assert model.columnCount() == len(COLUMNS)
    box = model.index(1, ENABLED)
    assert model.setData(box, Qt.CheckState.Unchecked, Qt.ItemDataRole.CheckStateRole)
    assert not card.entries[1].enabled and card.history.undoText() == "turning off E1"
    assert model.duplicate(1) == 2
    assert card.entries[2].name == "E1 (copy)" and card.entries[2].keys == ("k1",)
    model.move(0, 6)
    model.remove(0)
    assert [entry.name for entry in card.entries] == ["E1 (copy)", "E2", "E3", "E4", "E0"]
    assert model.add() == 5
    card.edit_entries((), name="clearing")
    while card.history.canUndo():
        card.history.undo()
    assert [entry.name for entry in card.entries] == ["E0", "E1", "E2", "E3", "E4"]
    while card.history.canRedo():
        card.history.redo()
    assert model.rowCount() == 0


def test_lorebook_cells_say_what_a_screen_reader_needs(qapp: object) -> None:
    book = Lorebook(
        entries=(
            LorebookEntry(comment="Inn", content="x" * 8),
            LorebookEntry(keys=("rum",), constant=True, enabled=False),
        )
    )
    model = LorebookModel()
    model.set_document(document(character_book=book.model_dump()))
    texts = [model.index(0, column).data() for column in range(1, 4)]
    assert texts == ["Inn", "No keys: never sent", "2"]
    assert model.index(1, 2).data() == "Always sent · rum"
    assert model.index(1, 0).data(Qt.ItemDataRole.AccessibleTextRole) == "rum, off"


def test_library_model_through_every_change(qapp: object) -> None:
    model = LibraryModel()
    QAbstractItemModelTester(model, FATAL)
    cards = [CardSummary(id=number, name=f"Card {number}", updated_at=NOW) for number in range(6)]
    model.set_cards(cards)
    model.set_cards(cards[1:])
    model.put(cards[3].model_copy(update={"name": "Renamed"}))
    model.put(CardSummary(id=99, name="New"))
    assert [card.name for card in model.cards][:4] == ["New", "Card 1", "Card 2", "Renamed"]
    assert model.take(2) == (cards[2], 2)
    assert model.take(2) is None
    model.put(cards[2], 2)
    assert model.row_of(2) == 2
    model.set_cards(())
    assert model.rowCount() == 0


@pytest.mark.parametrize(
    ("days", "expected"),
    [(0, "14:02"), (1, "yesterday"), (30, "9 Nov"), (400, "4 Nov 2024")],
)
def test_dates_are_as_short_as_they_can_be(days: int, expected: str) -> None:
    now = datetime(2025, 12, 9, 14, 2).astimezone()
    assert date_words(now.timestamp() - days * 86_400, now) == expected


def test_facts_count_imports() -> None:
    one, two = CardSummary(id=1, name="A"), CardSummary(id=2, name="B", origin="import")
    assert facts_of([one]) == "1 card"
    assert facts_of([one, two]) == "2 cards · 1 imported"


async def test_greetings_are_added_reordered_promoted_and_removed(desk: Desk) -> None:
    await desk.open()
    desk.editor.show_tab("greetings")
    form = desk.forms.greetings
    first = desk.stored().first_mes
    form.add.click()
    assert form.row == 3 and form.field.edit.hasFocus()
    assert desk.editor.tabs.tabText(1) == "Greetings" and desk.editor.tabs._counts[1] == 4
    form.field.edit.insertPlainText("Ahoy!")
    form.list.setFocus()
    QTest.keyClick(form.list, Qt.Key.Key_Up, ALT)
    assert form.row == 2 and form.field.edit.text == "Ahoy!"
    form.promote.click()
    assert form.row == 0 and form.field.edit.text == "Ahoy!"
    assert not form.remove.isEnabled() and not form.promote.isVisible()
    form.select(3)
    QTest.keyClick(form.list, Qt.Key.Key_Delete)
    assert await desk.editor.flush()
    assert desk.stored().first_mes == "Ahoy!"
    assert desk.stored().alternate_greetings[0] == first
    assert len(desk.stored().alternate_greetings) == 2


def test_group_greetings_stand_behind_the_others_and_stay_there(qapp: object) -> None:
    card = document(first_mes="one", alternate_greetings=["two"], group_only_greetings=["all", "each"])
    model = GreetingsModel()
    model.set_document(card)
    QAbstractItemModelTester(model, FATAL)
    titles = [model.title(row) for row in range(model.rowCount())]
    assert titles == ["First message", "Greeting 1", "Group greeting 1", "Group greeting 2"]
    paths = [model.path(row) for row in range(model.rowCount())]
    assert [model.row_of(path) for path in paths] == [0, 1, 2, 3]
    model.move(3, 0)
    assert card.data.group_only_greetings == ("each", "all")
    model.move(0, 4)
    assert (card.data.first_mes, card.data.alternate_greetings) == ("two", ("one",))
    assert model.add("three") == 2
    assert model.add("both", is_group=True) == 5
    assert card.data.alternate_greetings == ("one", "three")
    model.remove(3)
    assert card.data.group_only_greetings == ("all", "both")
    assert card.history.undoText() == "removing Group greeting 1"
    for _ in range(5):
        card.history.undo()
    assert card.data.group_only_greetings == ("all", "each")
    assert [model.index(row, 0).data() for row in range(model.rowCount())] == ["one", "two", "all", "each"]


async def test_group_greetings_are_written_and_undone_in_their_place(desk: Desk) -> None:
    await desk.open()
    desk.editor.show_tab("greetings")
    form = desk.forms.greetings
    form.add_group.click()
    assert form.row == 3 and form.field.edit.hasFocus() and form.promote.isHidden()
    assert not form.up.isEnabled() and not form.down.isEnabled()
    form.field.edit.insertPlainText("All hands!")
    assert await desk.editor.flush()
    assert desk.stored().group_only_greetings == ("All hands!",)
    form.select(0)
    desk.editor.undo()
    assert form.row == 3
    assert form.field.edit.text == ""
    QTest.keyClick(form.list, Qt.Key.Key_Delete)
    assert desk.editor.session is not None
    assert desk.editor.session.document.data.group_only_greetings == ()


def test_a_card_that_is_only_a_lorebook_opens_with_it() -> None:
    book = Lorebook(entries=(LorebookEntry(keys=("rum",), content="Rum."),))
    assert first_tab(CardData(name="Isles", character_book=book)) == "lorebook"
    assert first_tab(CardData(name="Isles", character_book=book, first_mes="Ahoy.")) == "card"
    assert first_tab(CardData(name="Isles")) == "card"


async def test_what_is_not_edited_here_is_shown_and_kept(desk: Desk) -> None:
    record = desk.commands.library_view[CRUSOE]
    more = {
        "source": ("https://example.org/1",),
        "creator_notes_multilingual": {"de": "Ein Licht.", "x9": "?"},
    }
    card = record.card.model_copy(update={"data": record.card.data.model_copy(update=more)})
    desk.commands.library_view[CRUSOE] = record.model_copy(update={"card": card})
    await desk.open(CRUSOE)
    desk.editor.show_tab("details")
    kept = desk.forms.details.kept
    assert kept.isVisible()
    assert kept.parts == (
        ("Creator’s notes, German", "Ein Licht."),
        ("Creator’s notes, x9", "?"),
        ("Where it came from", "https://example.org/1"),
    )
    await desk.open()
    desk.editor.show_tab("details")
    assert kept.isHidden()


async def test_tab_visits_chips_where_they_stand(desk: Desk) -> None:
    def after(widget: QWidget, steps: int) -> list[QWidget | None]:
        widget.setFocus(Qt.FocusReason.TabFocusReason)
        visited = []
        for _ in range(steps):
            QTest.keyClick(desk.page.window().focusWidget(), Qt.Key.Key_Tab)
            visited.append(desk.page.window().focusWidget())
        return visited

    await desk.open()
    desk.editor.show_tab("details")
    details = desk.forms.details
    chips = details.tags._chips
    last = list(details.lines.values())[-1].edit
    assert after(last, len(chips) + 2) == [*chips, details.tags.input, details.fields[0].edit]
    desk.editor.show_tab("lorebook")
    entry = desk.forms.lorebook.form
    keys = entry.keys._chips
    assert keys
    assert after(entry.name.edit, len(keys) + 2) == [*keys, entry.keys.input, entry.content.edit]


def test_very_much_of_it_is_cut_and_counted() -> None:
    data = CardData(source=tuple(f"s{number}" for number in range(30)))
    assert kept_parts(data)[0][1].endswith("s19\nand 10 more")
    assert len(kept_parts(CardData(source=("x" * 9000,)))[0][1]) == 2000


async def test_an_imported_lorebook_is_shown_first(desk: Desk) -> None:
    record = desk.commands.library_view[CRUSOE]
    alone = record.card.model_copy(update={"data": CardData(name="Isles", character_book=entries(2))})
    desk.commands.library_view[CRUSOE] = record.model_copy(update={"card": alone})
    await desk.open()
    assert desk.editor.tab == "card"
    await desk.open(CRUSOE)
    assert desk.editor.tab == "lorebook"
    assert desk.editor.tabs.hasFocus()


async def test_evidence_follows_a_greeting_to_its_new_place(desk: Desk) -> None:
    await desk.open()
    desk.editor.show_tab("greetings")
    form = desk.forms.greetings
    form.select(1)
    form.promote.click()
    assert [place.verdict for place in form.field.edit.located] == ["supported"]
    assert [place.verdict for place in desk.field("first_mes").edit.located] == ["supported"]
    form.select(1)
    assert {place.verdict for place in form.field.edit.located} == {"supported"}


async def test_undo_shows_the_greeting_it_changed(desk: Desk) -> None:
    await desk.open()
    desk.editor.show_tab("greetings")
    desk.forms.greetings.select(2)
    desk.forms.greetings.field.edit.setFocus()
    desk.forms.greetings.field.edit.insertPlainText("More. ")
    desk.forms.greetings.select(0)
    desk.editor.show_tab("card")
    desk.editor.undo()
    assert desk.editor.tabs.currentIndex() == 1
    assert desk.forms.greetings.row == 2
    assert "More." not in desk.forms.greetings.field.edit.text


async def test_lorebook_is_edited_in_table_and_form(desk: Desk) -> None:
    await desk.open()
    desk.editor.show_tab("lorebook")
    form, entry = desk.forms.lorebook, desk.forms.lorebook.form
    assert entry.name.edit.text() == "Admiral Benbow" and entry.keys.values == ("Admiral Benbow", "the inn")
    form.select(2)
    entry.name.edit.setFocus()
    entry.name.edit.end(False)
    QTest.keyClicks(entry.name.edit, "!")
    entry.keys.input.setText("bottle")
    QTest.keyClick(entry.keys.input, Qt.Key.Key_Return)
    entry.constant.click()
    entry.case.click()
    entry.order.setText("7")
    entry.order.editingFinished.emit()
    entry.position.setCurrentIndex(1)
    entry.position.activated.emit(1)
    entry.content.edit.setFocus()
    entry.content.edit.insertPlainText("Always. ")
    await desk.editor.flush()
    stored = desk.stored().character_book.entries[2]
    assert (stored.name, stored.keys) == ("Rum!", ("rum", "grog", "bottle"))
    assert (stored.constant, stored.case_sensitive, stored.insertion_order) == (True, True, 7)
    assert stored.position == "before_char" and stored.content.startswith("Always. ")
    for _ in range(7):
        desk.editor.undo()
    assert (
        desk.editor.session.document.entries
        == desk.editor.session.document.record.card.data.character_book.entries
    )  # type: ignore[union-attr]
    assert entry.name.edit.text() == "Rum" and not entry.constant.isChecked()


async def test_lorebook_rows_are_switched_moved_copied_and_removed_by_keyboard(desk: Desk) -> None:
    await desk.open()
    desk.editor.show_tab("lorebook")
    form = desk.forms.lorebook
    form.table.setFocus()
    QTest.keyClick(form.table, Qt.Key.Key_Space)
    assert not desk.editor.session.document.entries[0].enabled  # type: ignore[union-attr]
    assert not form.form.enabled.isChecked()
    QTest.keyClick(form.table, Qt.Key.Key_Down, ALT)
    assert form.row == 1
    QTest.keyClick(form.table, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    assert form.row == 2
    names = [entry.name for entry in desk.editor.session.document.entries]  # type: ignore[union-attr]
    assert names == ["Black Dog", "Admiral Benbow", "Admiral Benbow (copy)", "Rum"]
    for _ in range(4):
        QTest.keyClick(form.table, Qt.Key.Key_Delete)
    assert form.currentWidget() is form.empty
    form.empty.action.click()
    assert form.currentWidget() is not form.empty and form.form.name.edit.hasFocus()


async def test_box_of_an_entry_is_switched_with_the_mouse(desk: Desk) -> None:
    await desk.open()
    desk.editor.show_tab("lorebook")
    table = desk.forms.lorebook.table
    rect = table.visualRect(desk.forms.lorebook.model.index(1, 0))
    QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=rect.center())
    assert not desk.editor.session.document.entries[1].enabled  # type: ignore[union-attr]
    QTest.mouseClick(
        table.viewport(), Qt.MouseButton.LeftButton,
        pos=table.visualRect(desk.forms.lorebook.model.index(1, 1)).center(),
    )  # fmt: skip
    assert not desk.editor.session.document.entries[1].enabled  # type: ignore[union-attr]


async def test_row_is_dropped_above_or_below_another(desk: Desk) -> None:
    await desk.open()
    desk.editor.show_tab("lorebook")
    form = desk.forms.lorebook
    middle = form.table.visualRect(form.model.index(1, 1))
    assert drop_row(form.table, middle.center() + QPoint(0, 4)) == 2
    assert drop_row(form.table, middle.center() - QPoint(0, 4)) == 1
    assert drop_row(form.table, QPoint(20, 5000)) == 3
    form.table.row_dropped.emit(2, 0)
    assert desk.editor.session.document.entries[0].name == "Rum"  # type: ignore[union-attr]
    assert form.row == 0


async def test_drop_from_elsewhere_is_not_taken_for_a_row(desk: Desk) -> None:
    await desk.open()
    desk.editor.show_tab("lorebook")
    table = desk.forms.lorebook.table
    mime = desk.forms.lorebook.model.mimeData([desk.forms.lorebook.model.index(0, 0)])
    event = QDropEvent(
        QPointF(30, 30), Qt.DropAction.MoveAction, mime, Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )  # fmt: skip
    table.dropEvent(event)
    assert not event.isAccepted()


async def test_position_that_only_another_program_knows_is_kept(desk: Desk) -> None:
    record = desk.commands.library_view[1]
    book = Lorebook(entries=(LorebookEntry(name="Inn", position="at_depth"),))
    data = record.card.data.model_copy(update={"character_book": book})
    desk.commands.library_view[1] = record.model_copy(update={"card": Card(data=data)})
    await desk.open(1)
    desk.editor.show_tab("lorebook")
    entry = desk.forms.lorebook.form
    assert entry.position.currentText() == "at_depth"
    QTest.keyClicks(entry.name.edit, "!")
    await desk.editor.flush()
    assert desk.stored(1).character_book.entries[0].position == "at_depth"


async def test_long_text_with_two_hundred_entries_is_typed_in_quickly(desk: Desk) -> None:
    record = desk.commands.library_view[1]
    data = record.card.data.model_copy(
        update={"character_book": entries(200), "description": "A long sentence about nothing. " * 3000}
    )
    desk.commands.library_view[1] = record.model_copy(update={"card": Card(data=data)})
    await desk.open(1)
    edit = desk.field("description").edit
    edit.setFocus()
    begun = time.process_time()
    for _ in range(20):
        QTest.keyClick(edit, Qt.Key.Key_X)
    assert (time.process_time() - begun) / 20 < 0.05


async def test_search_finds_says_when_not_and_is_cleared(desk: Desk) -> None:
    library = desk.page.library_view
    library.search.setText("pirate")
    await until(lambda: len(library.model.cards) == 1)
    assert library.stack.currentIndex() == 0
    library.search.setText("blackspot")
    await until(lambda: library.stack.currentWidget() is library.no_match)
    assert library.no_match._title.text() == "No card matches “blackspot”"
    library.no_match.action.click()
    await until(lambda: len(library.model.cards) == 4)
    assert library.search.text() == ""


async def test_entries_of_a_file_are_added_as_one_step(
    desk: Desk, messages: RecordingNotify, tmp_path: Path
) -> None:
    await desk.open()
    desk.editor.show_tab("lorebook")
    document = desk.editor.session.document  # type: ignore[union-attr]
    before = document.entries
    desk.commands.books["inn.json"] = Lorebook(
        name="Inn", entries=(LorebookEntry(id=0, keys=("inn",)), LorebookEntry(id=1, keys=("cove",)))
    )
    desk.dialogs.files = [tmp_path / "inn.json"]
    desk.forms.lorebook.bring.click()
    await until(lambda: len(document.entries) == len(before) + 2)
    assert document.entries[: len(before)] == before
    assert [entry.keys for entry in document.entries[len(before) :]] == [("inn",), ("cove",)]
    assert all(entry.id is None for entry in document.entries[len(before) :]), "their numbers may be taken"
    assert desk.forms.lorebook.row == len(before)
    desk.editor.undo()
    assert document.entries == before


async def test_a_card_without_a_lorebook_takes_the_whole_of_one(desk: Desk, tmp_path: Path) -> None:
    await desk.open(CRUSOE)
    document = desk.editor.session.document  # type: ignore[union-attr]
    document.edit("character_book", None, name="removing the lorebook")
    desk.editor.show_tab("lorebook")
    book = Lorebook(name="Inn", scan_depth=3, entries=(LorebookEntry(id=7, keys=("inn",)),))
    desk.commands.books["inn.json"] = book
    desk.dialogs.files = [tmp_path / "inn.json"]
    desk.forms.lorebook.empty.third.click()
    await until(lambda: document.data.character_book == book)


async def test_a_file_without_a_lorebook_is_told(
    desk: Desk, messages: RecordingNotify, tmp_path: Path
) -> None:
    await desk.open()
    desk.editor.show_tab("lorebook")
    desk.dialogs.files = [tmp_path / "photo.png"]
    desk.forms.lorebook.bring.click()
    await until(lambda: messages.errors == ["“photo.png” holds no lorebook."])


async def test_the_facts_of_a_large_lorebook_are_cut_with_dots_where_there_is_little_room(desk: Desk) -> None:
    await desk.open()
    desk.page.resize(760, 600)
    desk.editor.show_tab("lorebook")
    facts = desk.forms.lorebook._facts
    facts.setText("200 entries · about 11,390,000 tokens")
    desk.page.grab()
    assert facts.geometry().right() < desk.forms.lorebook.bring.geometry().left()
    assert facts.toolTip(), "what is cut is told by the tooltip"
