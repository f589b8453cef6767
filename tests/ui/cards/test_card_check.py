"""The check of a card against sources: verdicts under its sentences, findings beside them."""

from collections.abc import Sequence

import pytest

from cardgen_desktop.domain.card import CardData
from cardgen_desktop.domain.checking import CheckedSentence, CheckReport, Finding
from cardgen_desktop.domain.errors import UsageError
from cardgen_desktop.ui.cards import findings_list
from cardgen_desktop.ui.cards.card_check import SourcesDialog
from cardgen_desktop.ui.cards.page import CardsPage
from cardgen_desktop.ui.components import LINE_ROLE
from cardgen_desktop.ui.context import UiContext
from tests.support.commands import FakeCommands
from tests.support.waiting import until

from .conftest import BONES, CRUSOE, Desk


@pytest.fixture
async def page(desk: Desk) -> CardsPage:
    await desk.open()
    return desk.page


def finding(path: str, text: str) -> Finding:
    return Finding(kind="unsupported", path=path, message="No passage says it.", text=text)


def report_of(path: str, text: str) -> CheckReport:
    sentence = CheckedSentence(text=text, verdict="unsupported")
    return CheckReport(
        fields={path: (sentence,)}, findings=(finding(path, text),), supported=3, unsupported=1
    )


def test_findings_hold_as_long_as_their_words_stand_in_the_card() -> None:
    data = CardData(personality="He sings.", tags=("sea",))
    gone, tag, whole = finding("personality", "He laughs."), finding("tags", "sea"), finding("scenario", "")
    kept = (finding("personality", "He sings."), tag, whole)
    assert findings_list.still_true((gone, *kept), data) == kept


def test_verdicts_in_a_line() -> None:
    assert findings_list.report_words(report_of("x", "y")) == "3 supported · 1 not in the source"
    assert findings_list.report_words(CheckReport()) == "Nothing to check"


async def test_findings_of_the_draft_are_shown_and_led_to(
    desk: Desk, page: CardsPage, commands: FakeCommands
) -> None:
    words = desk.stored().alternate_greetings[1]
    commands.findings[BONES] = (finding("alternate_greetings[1]", words), finding("scenario", "not there"))
    await desk.open(CRUSOE)
    await desk.open(BONES)
    section = page.editor.panes.evidence.findings
    await until(section.isVisible)
    assert section.model.rowCount() == 1 and "1\N{NO-BREAK SPACE}finding" in section.facts.text()
    index = section.model.index(0)
    assert index.data() == words and index.data(LINE_ROLE) == "Greeting 2 · No passage says it"
    assert section.told.text() == "1\N{NO-BREAK SPACE}finding", "also where the list cannot be seen"
    section.list.clicked.emit(index)
    assert page.editor.tab == "greetings"
    assert desk.forms.greetings.field.path == "alternate_greetings[1]"
    section.closed.emit()
    assert not section.isVisible()
    await desk.open(CRUSOE)
    await desk.open(BONES)
    assert not section.isVisible(), "closed, it stays away"


async def test_a_check_underlines_every_sentence_and_lists_what_it_found(
    desk: Desk, page: CardsPage, commands: FakeCommands
) -> None:
    field = desk.field("personality")
    desk.type("personality", ". He sings.")
    commands.report = report_of("personality", "He sings.")
    page.editor.header.check_requested.emit()
    section = page.editor.panes.evidence.findings
    await until(lambda: section.model.rowCount() == 1)
    (data, source_ids, _character) = commands.asked("verify_card")[0]
    assert data.personality.endswith("He sings.") and source_ids
    assert commands.asked("keep_check")[0][2] == source_ids
    assert "3 supported · 1 not in the source" in section.facts.text()
    assert "unsupported" in {place.verdict for place in field.edit.located}
    field.edit.selectAll()
    field.edit.insertPlainText("He is quiet.")
    assert section.model.rowCount() == 0 and "Nothing to correct is left" in section.facts.text()


async def test_an_imported_card_is_checked_against_chosen_sources_and_keeps_them(
    desk: Desk, page: CardsPage, commands: FakeCommands
) -> None:
    await desk.open(CRUSOE)
    asked: list[int] = []

    async def choose(sources: Sequence[object], *_: object) -> tuple[int, ...]:
        asked.append(len(sources))
        return (1,)

    page.editor.writing.check._choose = choose
    commands.report = report_of("description", desk.stored(CRUSOE).description)
    assert desk.field("description").rewrite.isHidden()
    page.editor.header.check_requested.emit()
    await until(lambda: not desk.field("description").rewrite.isHidden())
    assert asked and commands.asked("verify_card")[0][1] == (1,)
    assert desk.field("description").edit.located[0].verdict == "unsupported"


async def test_a_check_that_fails_says_so_and_changes_nothing(
    desk: Desk, page: CardsPage, commands: FakeCommands
) -> None:
    before = [place.verdict for place in desk.field("description").edit.located]
    commands.refusals["verify_card"] = UsageError("A source to check against is no longer there.")
    page.editor.header.check_requested.emit()
    await until(lambda: bool(commands.asked("verify_card")))
    section = page.editor.panes.evidence.findings
    await until(lambda: not section.isVisible())
    assert not commands.asked("keep_check")
    assert [place.verdict for place in desk.field("description").edit.located] == before


async def test_sources_are_ticked_before_they_are_checked_against(
    context: UiContext, commands: FakeCommands
) -> None:
    dialog = SourcesDialog(await commands.sources(), context=context)
    boxes = list(dialog.boxes.values())
    assert boxes[0].isChecked() and dialog.check.isEnabled()
    for box in boxes:
        box.setChecked(False)
    assert not dialog.check.isEnabled() and dialog.chosen == ()
    for box in boxes[:2]:
        box.setChecked(True)
    assert list(dialog.chosen) == sorted(dialog.chosen)
    dialog.deleteLater()
