"""The editor as a person uses it: typing, saving, undoing, moving about."""

import asyncio

import pytest
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from cardgen_desktop.domain.card import Card, CardData
from cardgen_desktop.domain.errors import StorageError, UsageError
from cardgen_desktop.ui.cards import saving
from cardgen_desktop.ui.cards.prose_field import ProseField
from cardgen_desktop.ui.cards.saving import SaveState
from cardgen_desktop.ui.context import UiContext
from tests.support.messages import RecordingNotify
from tests.support.waiting import until

from .conftest import BONES, CRUSOE, Desk

CTRL = Qt.KeyboardModifier.ControlModifier


async def test_typed_text_is_saved_by_itself(desk: Desk) -> None:
    await desk.open()
    desk.type("description", " He owes us money.")
    assert desk.editor.header.state_words == "Saving…"
    await until(lambda: desk.saves == 1, seconds=1.0)
    await until(lambda: desk.editor.header.state_words == "Saved")
    assert desk.stored().description.endswith("He owes us money.")


async def test_opening_and_looking_saves_nothing(desk: Desk) -> None:
    await desk.open()
    for tab in ("greetings", "lorebook", "details", "card"):
        desk.editor.show_tab(tab)  # type: ignore[arg-type]
    await asyncio.sleep(saving.DELAY + 0.1)
    assert desk.saves == 0
    assert not desk.editor.session.document.history.canUndo()  # type: ignore[union-attr]


async def test_losing_the_focus_saves_at_once(desk: Desk) -> None:
    await desk.open()
    desk.type("description", " More.")
    desk.field("personality").edit.setFocus()
    await until(lambda: desk.saves == 1, seconds=saving.DELAY / 2)


async def test_switching_to_another_card_saves_the_first(desk: Desk) -> None:
    await desk.open()
    desk.type("description", " More.")
    await desk.open(1)
    await until(lambda: desk.stored().description.endswith("More."))
    assert desk.field("description").edit.text == desk.stored(1).description


async def test_closing_the_page_saves(desk: Desk) -> None:
    await desk.open()
    desk.type("scenario", " At dusk.")
    await desk.page.aclose()
    assert desk.stored().scenario.endswith("At dusk.")
    assert not desk.page.unsaved


async def test_going_back_to_all_cards_saves(desk: Desk) -> None:
    await desk.open()
    desk.type("scenario", " At dusk.")
    desk.page.show_library()
    await until(lambda: desk.stored().scenario.endswith("At dusk."))
    assert desk.page.stack.currentWidget() is desk.page.library_view


async def test_failed_save_keeps_the_text_and_offers_another_try(desk: Desk) -> None:
    await desk.open()
    desk.commands.refusals["save_card"] = StorageError("The disk is full. Free 200 MB, then save.")
    desk.type("description", " Kept.")
    await desk.editor.flush()
    header, banner = desk.editor.header, desk.editor.banner
    assert header.state_words.startswith("Not saved since ")
    assert header._retry.isVisible() and banner.isVisible()
    assert "The disk is full." in banner.banner.accessibleName()
    assert desk.field("description").edit.text.endswith("Kept.")
    assert desk.page.unsaved
    header._retry.click()
    await until(lambda: header.state_words == "Saved")
    assert desk.stored().description.endswith("Kept.")
    assert not banner.isVisible() and not header._retry.isVisible()


async def test_text_that_cannot_be_saved_can_be_written_elsewhere(desk: Desk, tmp_path) -> None:
    await desk.open()
    desk.commands.refusals["save_card"] = StorageError("The disk is full.")
    desk.type("description", " Kept.")
    await desk.editor.flush()
    desk.dialogs.save_to = tmp_path / "copy.json"
    desk.editor.banner.banner._action.click()
    await until(lambda: desk.dialogs.save_to.exists() and desk.dialogs.save_to.stat().st_size > 10)
    card = Card.model_validate_json(desk.dialogs.save_to.read_text(encoding="utf-8"))
    assert card.data.description.endswith("Kept.")


def changed_elsewhere(desk: Desk) -> None:
    record = desk.commands.library_view[BONES]
    data = record.card.data.model_copy(update={"description": "Theirs."})
    summary = record.summary.model_copy(update={"version": record.summary.version + 5})
    desk.commands.library_view[BONES] = record.model_copy(
        update={"card": Card(data=data), "summary": summary}
    )


async def test_conflict_asks_and_this_text_can_win(desk: Desk) -> None:
    await desk.open()
    changed_elsewhere(desk)
    desk.type("description", " Mine.")
    await desk.editor.flush()
    assert desk.editor.session.status.state is SaveState.CONFLICT  # type: ignore[union-attr]
    assert desk.stored().description == "Theirs."
    assert desk.editor.banner.banner.accessibleName().startswith("This card was changed elsewhere.")
    desk.editor.banner.banner._action.click()
    await until(lambda: desk.stored().description.endswith("Mine."))
    await until(lambda: not desk.editor.banner.isVisible())


async def test_conflict_asks_and_the_other_version_can_win(desk: Desk) -> None:
    await desk.open()
    changed_elsewhere(desk)
    desk.type("description", " Mine.")
    await desk.editor.flush()
    desk.editor.banner.second.click()
    assert desk.field("description").edit.text == "Theirs."
    assert desk.editor.header.state_words == "Saved"
    desk.type("description", " And mine.")
    await desk.editor.flush()
    assert desk.stored().description == "Theirs. And mine."


async def test_card_removed_elsewhere_can_be_put_back(desk: Desk) -> None:
    await desk.open()
    desk.type("description", " Mine.")
    await desk.commands.remove_card(BONES)
    await desk.editor.flush()
    assert desk.page.stack.currentWidget() is desk.editor
    desk.editor.banner.banner._action.click()
    await until(lambda: BONES in desk.commands.library_view and desk.stored().description.endswith("Mine."))


async def test_change_elsewhere_is_shown_while_nothing_is_unsaved(desk: Desk) -> None:
    await desk.open()
    await desk.commands.save_card(BONES, desk.stored().model_copy(update={"personality": "Loud."}), version=1)
    await until(lambda: desk.field("personality").edit.text == "Loud.")
    desk.type("personality", " And sly.")
    assert await desk.editor.flush()


def caret_is_seen(field: ProseField) -> bool:
    line = field.edit.cursorRect()
    return field.edit.viewport().visibleRegion().contains(line.center())


async def test_the_page_follows_the_caret_through_a_text_that_is_taller_than_it(desk: Desk) -> None:
    await desk.open()
    field = desk.field("description")
    desk.type("description", "\nA line." * 60)
    QTest.keyClick(field.edit, Qt.Key.Key_End, CTRL)
    await until(lambda: caret_is_seen(field), seconds=2.0)
    QTest.keyClick(field.edit, Qt.Key.Key_Home, CTRL)
    await until(lambda: caret_is_seen(field), seconds=2.0)
    assert field._label.visibleRegion().boundingRect() == field._label.rect(), (
        "on the first line one sees what the text is"
    )
    desk.editor.show_tab("details")
    desk.editor.undo()
    await until(lambda: caret_is_seen(field), seconds=2.0)


async def test_undo_and_redo_name_their_step_and_go_where_it_was(desk: Desk) -> None:
    await desk.open()
    desk.type("description", " More.")
    desk.field("personality").edit.setFocus()
    desk.editor.show_tab("details")
    desk.forms.details.tags.input.setText("rum")
    QTest.keyClick(desk.forms.details.tags.input, Qt.Key.Key_Return)
    header = desk.editor.header
    assert header._undo.text() == "Undo adding a tag"
    desk.editor.undo()
    assert "rum" not in desk.editor.session.document.data.tags  # type: ignore[union-attr]
    assert header._undo.text() == "Undo typing in Description"
    desk.editor.undo()
    assert desk.editor.tabs.currentIndex() == 0
    assert not desk.field("description").edit.text.endswith("More.")
    assert header._redo.text() == "Redo typing in Description"
    assert not header._undo.isEnabled() and header._undo.text() == "Nothing to undo"
    desk.editor.redo()
    assert desk.field("description").edit.text.endswith("More.")


@pytest.mark.parametrize("keys", [QKeySequence.StandardKey.Undo])
async def test_a_box_hands_its_undo_key_to_the_card(desk: Desk, keys: QKeySequence.StandardKey) -> None:
    await desk.open()
    before = desk.field("description").edit.text
    desk.type("description", " More.")
    QTest.keyClick(desk.field("description").edit, Qt.Key.Key_Z, CTRL)
    assert desk.field("description").edit.text == before
    QTest.keyClick(desk.field("description").edit, Qt.Key.Key_Z, CTRL | Qt.KeyboardModifier.ShiftModifier)
    assert desk.field("description").edit.text == before + " More."


async def test_undone_text_is_saved_too(desk: Desk) -> None:
    await desk.open()
    before = desk.stored().description
    desk.type("description", " More.")
    await desk.editor.flush()
    desk.editor.undo()
    await desk.editor.flush()
    assert desk.stored().description == before


async def test_history_is_kept_while_other_cards_are_edited(desk: Desk) -> None:
    await desk.open()
    desk.type("description", " More.")
    await desk.open(1)
    assert not desk.editor.session.document.history.canUndo()  # type: ignore[union-attr]
    await desk.open(BONES)
    assert desk.editor.session.document.history.undoText() == "typing in Description"  # type: ignore[union-attr]


async def test_name_is_edited_in_details_and_shown_in_the_header(desk: Desk) -> None:
    await desk.open()
    desk.editor.header.portrait.click()
    line = desk.forms.details.lines["name"].edit
    assert line.hasFocus()
    line.selectAll()
    QTest.keyClicks(line, "Captain Bones")
    assert desk.editor.header._name.text() == "Captain Bones"
    assert desk.editor.session.document.history.undoText() == "typing in Name"  # type: ignore[union-attr]
    QTest.keyClick(line, Qt.Key.Key_Z, CTRL)
    assert line.text() == "Billy Bones"
    assert desk.editor.session.document.history.count() == 1  # type: ignore[union-attr]


async def test_no_break_spaces_and_foreign_line_ends_survive_a_look(desk: Desk) -> None:
    text = "One\u00a0two.\r\nThree."
    record = desk.commands.library_view[1]
    data = record.card.data.model_copy(update={"description": text, "scenario": "plain"})
    desk.commands.library_view[1] = record.model_copy(update={"card": Card(data=data)})
    await desk.open(1)
    desk.type("scenario", "!")
    await desk.editor.flush()
    assert desk.stored(1).description == text
    desk.type("description", "!")
    await desk.editor.flush()
    assert desk.stored(1).description == "One\u00a0two.\nThree.!"


async def test_only_plain_text_is_pasted_and_files_are_left_to_the_window(desk: Desk) -> None:
    await desk.open()
    edit = desk.field("scenario").edit
    mime = QMimeData()
    mime.setHtml("<b>bold</b>")
    mime.setText("bold")
    edit.insertFromMimeData(mime)
    assert "bold" in edit.text and "<b>" not in edit.toHtml().split("<body", 1)[1]
    files = QMimeData()
    files.setUrls([QUrl.fromLocalFile("/tmp/x.txt")])
    files.setText("/tmp/x.txt")
    assert not edit.canInsertFromMimeData(files)


async def test_budget_and_tokens_follow_the_text(desk: Desk) -> None:
    await desk.open()
    meter = desk.field("scenario")._meter
    desk.type("scenario", "x" * 400)
    assert meter.words == "110 of 120"
    desk.type("scenario", "x" * 400)
    assert "More than most chats leave room for." in meter.accessibleName()
    assert "Always sent 357" in desk.editor.panes.evidence.tokens.accessibleName()


async def test_foot_names_the_lorebook_entries_of_the_focused_text(desk: Desk) -> None:
    await desk.open()
    desk.field("scenario").edit.setFocus()
    words = desk.forms.card.triggers
    assert words.words == "Admiral Benbow has a lorebook entry: sent only when it is named."
    desk.type("scenario", " Black Dog came.")
    both = "Admiral Benbow and Black Dog have lorebook entries: sent only when they are named."
    await until(lambda: words.words == both)
    words._open.click()
    assert desk.editor.tabs.currentIndex() == 2


async def test_empty_card_explains_its_fields(desk: Desk) -> None:
    record = desk.commands.library_view[1]
    desk.commands.library_view[1] = record.model_copy(update={"card": Card(data=CardData())})
    await desk.open(1)
    assert desk.editor.header._name.text() == "Unnamed card"
    assert desk.field("description").edit.accessibleDescription().startswith("Who the character is")
    assert desk.field("description").edit.height() > desk.field("scenario").edit.height()


async def test_card_that_is_gone_is_said_and_nothing_opens(desk: Desk, messages: RecordingNotify) -> None:
    desk.page.open_card(99)
    await until(lambda: messages.errors)
    assert messages.errors == ["There is no card 99."]
    assert desk.page.stack.currentWidget() is desk.page.library_view


async def test_card_asked_for_before_the_data_is_there_is_opened_later(context: UiContext, commands) -> None:
    from cardgen_desktop.ui.cards.page import CardsPage

    page = CardsPage(context=context)
    page.open_card(BONES)
    page.attach(commands, commands.events)
    await until(lambda: page.editor.session is not None)
    await page.aclose()
    page.deleteLater()


async def test_zoom_stays_within_its_bounds(desk: Desk, context: UiContext) -> None:
    await desk.open()
    height = desk.field("description").edit.line_height
    for _ in range(20):
        desk.editor.fields.zoom(10)
    assert context.settings.value.prose_zoom == 200
    assert desk.field("description").edit.line_height == 2 * height
    desk.editor.fields.zoom(0)
    assert desk.field("description").edit.line_height == height


async def test_theme_change_repaints_without_touching_the_text(desk: Desk, context: UiContext) -> None:
    await desk.open()
    text = desk.field("description").edit.text
    context.theme.set_mode("dark")
    desk.page.grab()
    context.theme.set_mode("light")
    assert desk.field("description").edit.text == text
    assert desk.saves == 0


def tab_order(start: QWidget, inside: QWidget) -> list[QWidget]:
    """Widgets that Tab reaches, in order."""
    order, widget = [], start
    while True:
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isVisibleTo(inside):
            order.append(widget)
        widget = widget.nextInFocusChain()
        if widget is start:
            return order


@pytest.mark.parametrize("tab", ["card", "greetings", "lorebook", "details"])
async def test_everything_can_be_reached_by_keyboard_and_has_a_name(desk: Desk, tab: str) -> None:
    await desk.open()
    desk.editor.show_tab(tab)  # type: ignore[arg-type]
    reached = tab_order(desk.editor.header, desk.editor)
    assert desk.editor.header.export in reached and desk.editor.tabs in reached
    unnamed = [
        widget for widget in reached if desk.editor.isAncestorOf(widget) and not widget.accessibleName()
    ]
    assert unnamed == []
    for field in desk.editor.fields.all:
        assert (field.edit in reached) == field.isVisible()


async def test_tab_leaves_a_text_box_and_goes_to_the_next(desk: Desk) -> None:
    await desk.open()
    desk.field("description").edit.setFocus()
    QTest.keyClick(desk.field("description").edit, Qt.Key.Key_Tab)
    assert desk.field("personality").edit.hasFocus()
    assert desk.stored().description == desk.field("description").edit.text


async def test_tags_are_visited_in_their_order(desk: Desk) -> None:
    await desk.open()
    desk.editor.show_tab("details")
    tags = desk.forms.details.tags
    tags.input.setText("rum, sea")
    QTest.keyClick(tags.input, Qt.Key.Key_Return)
    assert tags.values == ("Treasure Island", "pirate", "novel", "rum", "sea")
    order = [widget for widget in tab_order(desk.editor.header, desk.editor) if tags.isAncestorOf(widget)]
    assert [widget.accessibleName() for widget in order] == [*tags.values, "Add a tag"]
    QTest.keyClick(order[1], Qt.Key.Key_Delete)
    assert tags.values == ("Treasure Island", "novel", "rum", "sea")
    QTest.keyClick(tags.input, Qt.Key.Key_Backspace)
    assert tags.values == ("Treasure Island", "novel", "rum")


async def test_leaving_a_tab_does_not_drop_the_keyboard_on_any_widget(desk: Desk) -> None:
    await desk.open()
    desk.field("description").edit.setFocus()
    desk.editor.show_tab("details")
    assert QApplication.focusWidget() is desk.editor.tabs


async def test_refused_command_without_a_conflict_is_a_failure(desk: Desk) -> None:
    await desk.open()
    desk.commands.refusals["save_card"] = UsageError("A card needs a name.")
    desk.type("description", "!")
    await desk.editor.flush()
    assert desk.editor.session.status.state is SaveState.FAILED  # type: ignore[union-attr]


async def test_imported_card_is_not_underlined_at_all(desk: Desk) -> None:
    await desk.open(CRUSOE)
    desk.type("description", " I was afraid.")
    assert desk.field("description").edit.located == []


async def test_endless_text_is_kept_whole_and_shown_to_read(desk: Desk) -> None:
    endless = "A sentence. " * 50_000
    record = desk.commands.library_view[1]
    data = record.card.data.model_copy(update={"description": endless, "name": "N" * 40_000})
    desk.commands.library_view[1] = record.model_copy(update={"card": Card(data=data)})
    await desk.open(1)
    field = desk.field("description")
    assert field.edit.isReadOnly() and len(field.edit.text) == 20_000
    assert field.legend.accessibleName().startswith("600,000 characters, kept whole.")
    desk.type("personality", "Quiet.")
    line = desk.forms.details.lines["name"].edit
    desk.editor.show_tab("details")
    line.setFocus()
    line.end(False)
    QTest.keyClicks(line, "!")
    await desk.editor.flush()
    assert desk.stored(1).description == endless
    assert desk.stored(1).name == "N" * 40_000 + "!"
    await desk.open(BONES)
    assert not desk.field("description").edit.isReadOnly()
