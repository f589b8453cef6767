"""What was repaired while a card was read is said once, quietly."""

import pytest
from pytestqt.qtbot import QtBot

from cardgen_desktop.domain.card import CardData, CardProblem
from cardgen_desktop.domain.card_library import CardRecord
from cardgen_desktop.ui.cards.bullet_list import SHOWN_AT_FIRST, BulletList
from cardgen_desktop.ui.cards.import_banner import MOST_LINES, ImportBanner, fact_of, lines_of
from cardgen_desktop.ui.context import UiContext

from .conftest import BONES, CRUSOE, Desk

NULL = CardProblem(level="info", where="data.tags", message="Found null; read as an empty list.")
PADDED = CardProblem(
    level="info", where="", message="The base64 text has the wrong padding; read all the same."
)


def with_problems(record: CardRecord, *problems: CardProblem) -> CardRecord:
    return record.model_copy(update={"problems": problems})


@pytest.fixture
def banner(context: UiContext, qtbot: QtBot) -> ImportBanner:
    banner = ImportBanner(context=context)
    qtbot.addWidget(banner)
    return banner


async def test_an_imported_card_says_what_was_repaired(desk: Desk) -> None:
    desk.commands.library_view[CRUSOE] = with_problems(desk.commands.library_view[CRUSOE], NULL, PADDED)
    await desk.open(CRUSOE)
    imported = desk.editor.imported
    assert imported.isVisible() and imported.banner._fact.text() == "Imported with 2\xa0notes."
    assert not imported.list.isVisible()
    imported.banner._action.click()
    assert imported.list.isVisible()
    assert imported.list.sentences == (f"Tags: {NULL.message}", PADDED.message)
    imported.banner._action.click()
    assert not imported.list.isVisible()
    await desk.open(BONES)
    assert not imported.isVisible()


async def test_closed_it_stays_away(desk: Desk, banner: ImportBanner) -> None:
    record = with_problems(desk.commands.library_view[CRUSOE], NULL)
    other = with_problems(desk.commands.library_view[BONES], NULL)
    banner.show_record(record)
    banner.banner._close.click()
    for shown, expected in ((record, True), (other, False), (record, True)):
        banner.show_record(shown)
        assert banner.isHidden() is expected


def test_a_long_list_is_cut_and_counted() -> None:
    lines = lines_of([NULL] * (MOST_LINES + 5), CardData())
    assert len(lines) == MOST_LINES + 1 and lines[-1] == "And 5 more"


def test_repairs_stand_before_notes() -> None:
    mended = CardProblem(level="warning", where="data.assets[2].uri", message="Missing.")
    assert lines_of([NULL, mended], CardData())[0] == "Asset 3: Missing."


def test_a_long_list_is_opened_on_demand(context: UiContext, qtbot: QtBot) -> None:
    bullets = BulletList("Losses", context=context)
    qtbot.addWidget(bullets)
    bullets.show_sentences([f"Loss {number}." for number in range(SHOWN_AT_FIRST + 1)])
    assert len(bullets.shown) == SHOWN_AT_FIRST + 1 and bullets.more.isHidden()
    bullets.show_sentences([f"Loss {number}." for number in range(20)])
    assert len(bullets.shown) == SHOWN_AT_FIRST and bullets.more.text() == "Show 14 more"
    bullets.more.click()
    assert bullets.shown == bullets.sentences and bullets.more.isHidden()
    bullets.show_sentences(["One."])
    assert bullets.shown == ("One.",)
    bullets.show_sentences([])
    assert bullets.isHidden()


def test_repairs_and_notes_are_counted_as_the_import_counts_them() -> None:
    mended = CardProblem(level="warning", where="data.tags", message="Split at its commas.")
    assert fact_of([mended]) == "Imported with 1\xa0repair."
    assert fact_of([mended, NULL, mended]) == "Imported with 2\xa0repairs and 1\xa0note."
