"""The dialog that asks, and the words that fit it."""

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog

from cardgen_desktop.domain.job import JobState
from cardgen_desktop.ui.components import Button, EmptyState, Label, QuestionDialog, breakable
from cardgen_desktop.ui.context import UiContext
from cardgen_desktop.ui.jobs.changes import ChangesDialog
from tests.support.job_samples import job
from tests.support.waiting import until

BREAK = "\N{ZERO WIDTH SPACE}"


@pytest.fixture
def question(context: UiContext, qtbot: Any) -> QuestionDialog:
    answer = Button("Draft it", context=context, variant="primary")
    dialog = QuestionDialog("Draft it again?", "The card stays.", answer, context=context)
    dialog.begin_at(dialog.cancel)
    qtbot.addWidget(dialog)
    return dialog


async def test_cancel_has_the_keyboard_and_shows_it(question: QuestionDialog) -> None:
    question.open()
    question.activateWindow()
    await until(question.cancel.hasFocus)
    assert question.cancel.shows_ring
    QTest.keyClick(question.cancel, Qt.Key.Key_Return)
    assert question.result() == QDialog.DialogCode.Rejected and not question.isVisible()


async def test_enter_on_cancel_queues_nothing(context: UiContext, qtbot: Any) -> None:
    """Enter in the name's field answers; on Cancel it means Cancel."""
    before = job(1, JobState.FAILED, "Ada")
    asked: list[object] = []
    dialog = ChangesDialog(before, context=context)
    qtbot.addWidget(dialog)
    dialog.submitted.connect(asked.append)
    dialog.open()
    dialog.activateWindow()
    await until(dialog.character.hasFocus)
    QTest.keyClick(dialog.character, Qt.Key.Key_Return)
    assert len(asked) == 1
    dialog.refuse("Nobody of this name is in the sources.")
    dialog.cancel.setFocus()
    QTest.keyClick(dialog.cancel, Qt.Key.Key_Return)
    assert len(asked) == 1 and not dialog.isVisible()


def test_only_long_words_are_made_breakable() -> None:
    assert breakable("A short title of many words") == "A short title of many words"
    name = "The.Lamp.2019.S01E01.The.Harbour.Is.Closed.srt"
    assert breakable(f"“{name}” is damaged").replace(BREAK, "") == f"“{name}” is damaged"
    assert len(breakable(name).split(BREAK)) == len(name)
    witches = "🧙‍♀️" * 20
    assert breakable(witches).split(BREAK) == ["🧙‍♀️"] * 20


def test_a_long_file_name_is_not_cut_off_in_an_empty_state(context: UiContext, qtbot: Any) -> None:
    state = EmptyState("warning", "", "", kind="problem", context=context)
    qtbot.addWidget(state)
    state.say("“The.Lamp.2019.S01E01.The.Harbour.Is.Closed.1080p.WEB-DL.srt” is damaged", "Copy it again.")
    state.resize(300, 400)
    assert all(label.minimumSizeHint().width() <= 252 for label in state.findChildren(Label))
