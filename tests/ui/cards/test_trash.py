"""The trash in the window: seen, put back from, and emptied once the person has said so."""

import asyncio
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from cardgen_desktop.domain.card_library import Removal
from cardgen_desktop.domain.errors import UsageError
from cardgen_desktop.ui.cards.trash_flow import DeleteDialog, removal_words
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
