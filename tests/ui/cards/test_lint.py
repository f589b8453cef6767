"""Lint in the editor: found while writing, shown with its place, mended by one click, undone by one key."""

import asyncio

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from cardgen_desktop.domain.card import CardData, Lorebook, LorebookEntry
from cardgen_desktop.domain.lint import LintChange, LintFinding, LintFix
from cardgen_desktop.ui.cards.lint_pane import facts_of
from cardgen_desktop.ui.cards.lint_places import editor_path, place_words
from tests.support.messages import RecordingNotify
from tests.support.waiting import until

from .conftest import Desk

FIX = LintFix(title="Remove it", changes=(LintChange(where="data.tags[0]", removes=True),))
EMPTY_TAG = LintFinding(
    rule="tag.empty", level="info", where="data.tags[0]", reason="This tag is empty.", fix=FIX
)
OPEN_MACRO = LintFinding(
    rule="macro.open", level="error", where="data.personality", reason="“{{ch” is not closed.", start=3, end=5
)


@pytest.mark.parametrize(
    ("where", "path", "words"),
    [
        ("data.description", "description", "Description"),
        ("data.tags[3]", "tags", "Tags"),
        ("data.alternate_greetings[1]", "alternate_greetings[1]", "Greeting 2"),
        ("data.group_only_greetings[0]", "group_only_greetings[0]", "Group greeting 1"),
        ("data.assets[2].uri", "assets[2]", "Asset 3"),
        (
            "data.character_book.entries[0].keys[1]",
            "character_book.entries[0].content",
            "Lorebook, Rum: keys",
        ),
        ("data.character_book.entries[7]", "character_book.entries[7].content", "Lorebook, entry 8"),
        ("chat", "chat", "Beside the card"),
    ],
)
def test_places_of_findings(where: str, path: str, words: str) -> None:
    data = CardData(character_book=Lorebook(entries=(LorebookEntry(name="Rum"),)))
    assert editor_path(where) == path
    assert place_words(where, data) == words


def test_findings_are_counted_by_their_level() -> None:
    assert facts_of((OPEN_MACRO, EMPTY_TAG)).replace("\u00a0", " ") == (
        "1 not working · 1 worth a look. 1 has a fix by one click."
    )


async def test_a_card_is_looked_over_when_it_opens_and_after_a_pause_in_typing(desk: Desk) -> None:
    desk.commands.lints = (EMPTY_TAG,)
    await desk.open()
    assert desk.editor.header.lint.isHidden()
    await until(lambda: desk.editor.header.lint.isVisible())
    assert desk.editor.header.lint.text() == "1 to look at"
    desk.commands.lints = ()
    desk.type("description", " More.")
    await until(lambda: desk.editor.header.lint.isHidden())
    card, _ = desk.commands.asked("lint_card")[-1]
    assert card.data.description.endswith("More."), "the text of the moment counts, not the stored one"


async def test_findings_are_listed_and_lead_to_their_place(desk: Desk) -> None:
    desk.commands.lints = (OPEN_MACRO, EMPTY_TAG)
    await desk.open()
    desk.editor.show_tab("details")
    desk.editor.lint.show()
    pane = desk.editor.panes.lint
    await until(lambda: pane.model.rowCount() == 2)
    assert pane.reason.text() == OPEN_MACRO.reason and pane.fix.isHidden()
    pane.go.click()
    assert desk.editor.tab == "card"
    edit = desk.field("personality").edit
    assert edit.textCursor().position() == 3
    QTest.keyClick(pane, Qt.Key.Key_Escape)
    assert desk.editor.panes.currentWidget() is desk.editor.panes.evidence


async def test_a_fix_is_one_step_that_can_be_undone(desk: Desk) -> None:
    await desk.open()
    before = desk.editor.session.document.data.tags  # type: ignore[union-attr]
    assert before
    desk.commands.lints = (EMPTY_TAG,)
    desk.editor.lint.show()
    pane = desk.editor.panes.lint
    await until(lambda: pane.fix.isVisible())
    desk.commands.lints = ()
    pane.fix.click()
    assert desk.editor.session.document.data.tags == before[1:]  # type: ignore[union-attr]
    await until(lambda: pane.empty.isVisible())
    assert "“remove it”" in desk.editor.session.document.history.undoText()  # type: ignore[union-attr]
    desk.editor.undo()
    assert desk.editor.session.document.data.tags == before  # type: ignore[union-attr]


async def test_the_keyboard_stays_with_the_findings(desk: Desk) -> None:
    desk.commands.lints = (EMPTY_TAG, OPEN_MACRO)
    await desk.open()
    await until(lambda: desk.editor.header.lint.isVisible())
    desk.editor.header.lint.click()
    pane = desk.editor.panes.lint
    assert pane.list.hasFocus()
    pane.fix.setFocus()
    QTest.keyClick(pane.list, Qt.Key.Key_Down)
    assert pane.finding == OPEN_MACRO and pane.fix.isHidden()
    assert pane.list.hasFocus(), "not the sidebar"
    desk.commands.lints = ()
    desk.editor.lint.flow.look()
    await until(lambda: pane.empty.isVisible())
    focus = pane.window().focusWidget()
    assert focus is not None and pane.isAncestorOf(focus)


async def test_a_fix_for_a_text_that_has_changed_says_so(desk: Desk, messages: RecordingNotify) -> None:
    gone = LintFix(title="Remove it", changes=(LintChange(where="data.tags[99]", removes=True),))
    await desk.open()
    data = desk.editor.session.document.data  # type: ignore[union-attr]
    desk.editor.lint.flow.fix(EMPTY_TAG.model_copy(update={"fix": gone}))
    await until(lambda: messages.sentences)
    assert "has changed" in messages.sentences[0]
    assert desk.editor.session.document.data is data  # type: ignore[union-attr]


async def test_findings_of_another_card_do_not_stay(desk: Desk) -> None:
    desk.commands.lints = (EMPTY_TAG,)
    await desk.open()
    await until(lambda: desk.editor.header.lint.isVisible())
    desk.commands.gates["lint_card"] = asyncio.Event()
    await desk.open(1)
    assert desk.editor.header.lint.isHidden()
    desk.commands.gates.pop("lint_card").set()
    await until(lambda: desk.editor.header.lint.isVisible())
