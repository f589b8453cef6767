"""The trash in the window: seen, put back from, and emptied once the person has said so."""

import asyncio
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from cardgen_desktop.domain.card_library import CardSummary, Removal
from cardgen_desktop.domain.errors import UsageError
from cardgen_desktop.ui.cards.library_model import LibraryModel
from cardgen_desktop.ui.cards.trash_flow import DeleteDialog, removal_words
from cardgen_desktop.ui.cards.trash_view import TrashRows
from cardgen_desktop.ui.components.question import QUESTION_WIDTH
from cardgen_desktop.ui.context import UiContext
from tests.support.messages import RecordingNotify
from tests.support.waiting import until

from .conftest import BONES, CRUSOE, Desk


@pytest.fixture
async def trash(desk: Desk) -> Desk:
    """Two cards in the trash, which is shown."""
    for card_id in (BONES, CRUSOE):
        await desk.commands.remove_card(card_id)
    desk.page.library_view.trash_requested.emit()
    await until(lambda: len(desk.page.trash.view.model.cards) == 2)
    return desk


def dialogs() -> list[DeleteDialog]:
    return [
        each for each in QApplication.topLevelWidgets() if isinstance(each, DeleteDialog) and each.isVisible()
    ]


def choose(desk: Desk, *rows: int) -> None:
    view = desk.page.trash.view.list
    view.clearSelection()
    for row in rows:
        selection = view.selectionModel()
        selection.select(desk.page.trash.view.model.index(row, 0), selection.SelectionFlag.Select)


async def test_cards_are_put_back_from_the_trash(trash: Desk, messages: RecordingNotify) -> None:
    view = trash.page.trash.view
    assert trash.page.stack.currentWidget() is view and not view.restore.isEnabled()
    choose(trash, 0)
    view.restore.click()
    await until(lambda: len(view.model.cards) == 1)
    assert "1 card put back" in messages.toasts[-1].text.replace("\N{NO-BREAK SPACE}", " ")
    assert len(trash.commands.library_view) == 3
    view.back.click()
    await until(lambda: trash.page.stack.currentWidget() is trash.page.library_view)


async def test_nothing_is_deleted_until_the_person_says_so(trash: Desk, messages: RecordingNotify) -> None:
    view = trash.page.trash.view
    choose(trash, 0)
    QTest.keyClick(view.list, Qt.Key.Key_Delete)
    await until(dialogs)
    (dialog,) = dialogs()
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    await until(lambda: not dialogs())
    assert len(trash.commands.trash) == 2
    view.empty_all.click()
    await until(dialogs)
    (dialog,) = dialogs()
    dialog.go.click()
    await until(lambda: not trash.commands.trash and view.stack.currentIndex() == 1)
    assert trash.commands.asked("remove_cards") and not view.empty_all.isVisibleTo(view)
    assert messages.toasts[-1].text.replace("\N{NO-BREAK SPACE}", " ") == "2 cards deleted for good"


async def test_only_what_was_asked_about_is_deleted(trash: Desk) -> None:
    trash.page.trash.view.empty_all.click()
    await until(dialogs)
    later = next(iter(trash.commands.library_view))
    await trash.commands.remove_card(later)
    dialogs()[0].go.click()
    await until(lambda: list(trash.commands.trash) == [later])


async def test_a_refusal_is_told_and_an_undo_of_a_deleted_card_ends_quietly(
    trash: Desk, messages: RecordingNotify
) -> None:
    trash.commands.refusals["remove_cards"] = UsageError("Job 3 is not done with the card.")
    choose(trash, 0, 1)
    trash.page.trash.view.remove.click()
    await until(dialogs)
    dialogs()[0].go.click()
    await until(lambda: messages.errors == ["Job 3 is not done with the card."])
    trash.page.trash.bring_back(999)
    await asyncio.sleep(0.05)
    assert len(messages.errors) == 1


def test_the_words_say_what_goes_and_what_stays(context: UiContext, qtbot: Any) -> None:
    dialog = DeleteDialog(Removal(cards=3, bytes=2_400_000, backups=1), "", context=context)
    qtbot.addWidget(dialog)
    words = dialog.words.text().replace("\N{NO-BREAK SPACE}", " ")
    assert "cannot be undone" in words and "2.4 MB" in words and "Backups are not touched" in words
    assert dialog.go.text().replace("\N{NO-BREAK SPACE}", " ") == "Delete 3 cards"
    assert "Backups" not in removal_words(Removal(cards=1, bytes=0))


async def test_the_trash_is_worked_by_the_keyboard_alone(trash: Desk) -> None:
    """Enter puts back the row the keyboard is at, which then is at the next one; Esc leads out."""
    view = trash.page.trash.view
    await until(lambda: view.list.currentIndex().isValid())
    assert view.list.hasFocus() and not view.chosen
    first, second = view.model.cards
    QTest.keyClick(view.list, Qt.Key.Key_Return)
    await until(lambda: view.model.cards == (second,))
    assert first.id in trash.commands.library_view and not view.chosen
    assert view.list.hasFocus() and view.list.currentIndex().row() == 0
    QTest.keyClick(view.list, Qt.Key.Key_Delete)
    await until(dialogs)
    assert dialogs()[0].cancel.shows_ring
    QTest.keyClick(dialogs()[0].cancel, Qt.Key.Key_Return)
    await until(lambda: not dialogs())
    assert list(trash.commands.trash) == [second.id]
    QTest.keyClick(view.list, Qt.Key.Key_Escape)
    await until(lambda: trash.page.stack.currentWidget() is trash.page.library_view)


async def test_when_the_last_card_is_put_back_the_keyboard_is_at_the_way_out(trash: Desk) -> None:
    view = trash.page.trash.view
    await until(lambda: view.list.hasFocus())
    view.list.selectAll()
    view.restore.setFocus()
    view.restore.click()
    await until(lambda: not view.model.cards)
    assert view.empty.action.hasFocus()


async def test_the_ring_of_a_row_is_for_the_keyboard(trash: Desk) -> None:
    view = trash.page.trash.view
    await until(lambda: view.list.currentIndex().isValid())
    rows = view.list.itemDelegate()
    QTest.keyClick(view.list, Qt.Key.Key_Down)
    assert rows.shows_focus
    QTest.mouseClick(view.list.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(60, 20))
    assert not rows.shows_focus and len(view.chosen) == 1


@pytest.mark.parametrize("name", ["A" * 200, "محمد " * 40, "🧙‍♀️" * 60, "Ada"])
def test_the_question_stays_narrow_whatever_the_card_is_called(
    context: UiContext, qtbot: Any, name: str
) -> None:
    dialog = DeleteDialog(Removal(cards=1, bytes=0), name, context=context)
    qtbot.addWidget(dialog)
    dialog.show()
    assert dialog.width() <= QUESTION_WIDTH + 1
    assert dialog.title.height() >= dialog.title.heightForWidth(dialog.title.width())


def test_a_name_that_looks_like_markup_is_no_markup_in_its_tooltip(context: UiContext) -> None:
    model = LibraryModel()
    model.set_cards([CardSummary(id=1, name="<b>Bold</b>"), CardSummary(id=2, name="")])
    assert "&lt;b&gt;" in model.data(model.index(0, 0), Qt.ItemDataRole.ToolTipRole)
    assert model.data(model.index(1, 0), Qt.ItemDataRole.ToolTipRole).startswith("Unnamed card")


async def test_the_date_of_a_row_says_what_it_is_of(trash: Desk) -> None:
    view = trash.page.trash.view
    rows = view.list.itemDelegate()
    assert isinstance(rows, TrashRows)
    card = view.model.cards[0].model_copy(update={"updated_at": 1e9, "trashed_at": 1.4e9})
    assert rows.date_of(card) == "removed 13 May 2014"
    assert rows.date_of(card.model_copy(update={"trashed_at": None})) == "last changed 9 Sep 2001"


async def test_the_empty_trash_offers_the_way_back_once(trash: Desk) -> None:
    view = trash.page.trash.view
    assert not view.back.isHidden()
    view.show_cards(())
    assert view.back.isHidden() and view.empty.action.text() == "All cards"
