"""The strip of batches."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from cardgen_desktop.domain.job_views import BatchView
from cardgen_desktop.ui.context import UiContext
from cardgen_desktop.ui.jobs.batch_bar import BatchBar, batch_words, ended_words

PRIDE = BatchView(
    id=2, title="Pride and Prejudice", total=40, finished=12, failed=3, running=2, progress=31.0
)
ISLAND = BatchView(id=1, title="Treasure Island", total=6, finished=6, progress=100.0)


def test_batches_in_words() -> None:
    assert batch_words(PRIDE) == "Pride and Prejudice: 12 of 40"
    assert ended_words(PRIDE.model_copy(update={"finished": 40})) == (
        "Pride and Prejudice: 37\xa0jobs done · 3 failed"
    )
    assert ended_words(ISLAND) == "Treasure Island: 6\xa0jobs done"
    assert batch_words(BatchView(id=3, title="", total=2, finished=1)) == "Jobs queued together: 1 of 2"


@pytest.fixture
def bar(context: UiContext) -> BatchBar:
    bar = BatchBar(context=context)
    bar.resize(628, 28)
    bar.show_batches((PRIDE, ISLAND))
    return bar


async def test_only_batches_under_way_are_shown_and_change_in_place(bar: BatchBar) -> None:
    assert list(bar.chips) == [2] and not bar.isHidden()
    chip = bar.chips[2]
    bar.show_batches((PRIDE.model_copy(update={"finished": 13}), ISLAND))
    assert bar.chips[2] is chip
    assert chip.accessibleName() == "Pride and Prejudice: 13 of 40 · 3 failed"
    bar.show_batches((PRIDE.model_copy(update={"finished": 40}), ISLAND))
    assert bar.chips == {} and bar.isHidden()


async def test_the_batch_in_sight_stays_when_it_ends(bar: BatchBar) -> None:
    bar.set_current(2)
    bar.show_batches((PRIDE.model_copy(update={"finished": 40}),))
    assert list(bar.chips) == [2] and bar.chips[2].isChecked()


async def test_a_click_shows_a_batch_alone_and_a_second_one_all(bar: BatchBar) -> None:
    chosen: list[BatchView] = []
    cleared: list[bool] = []
    bar.chosen.connect(chosen.append)
    bar.cleared.connect(lambda: cleared.append(True))
    QTest.mouseClick(bar.chips[2], Qt.MouseButton.LeftButton, pos=QPoint(20, 14))
    assert chosen == [PRIDE]
    QTest.keyClick(bar.chips[2], Qt.Key.Key_Space)
    assert cleared == [True]


async def test_the_menu_of_a_batch(bar: BatchBar) -> None:
    asked: list[str] = []
    bar.cancel_requested.connect(lambda batch: asked.append(f"cancel {batch.id}"))
    bar.retry_requested.connect(lambda batch: asked.append(f"retry {batch.id}"))
    menu = bar.make_menu(PRIDE)
    texts = [action.text() for action in menu.actions()]
    assert texts == ["Show only this batch", "Cancel the rest (28)", "Try failed again (3)"]
    menu.actions()[1].trigger()
    menu.actions()[2].trigger()
    assert asked == ["cancel 2", "retry 2"]
    menu.deleteLater()
    menu = bar.make_menu(ISLAND)
    assert [action.text() for action in menu.actions()] == ["Show only this batch"]
    menu.deleteLater()


@pytest.mark.parametrize("direction", [Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft])
async def test_batches_that_do_not_fit_are_in_a_menu_and_the_chosen_one_is_in_sight(
    bar: BatchBar, direction: Qt.LayoutDirection
) -> None:
    bar.setLayoutDirection(direction)
    many = [
        PRIDE.model_copy(update={"id": number, "title": f"A long title {number} " * 3}) for number in range(8)
    ]
    bar.set_current(7)
    bar.show_batches(many)
    shown = [chip for chip in bar.chips.values() if not chip.isHidden()]
    assert 7 in [chip.batch.id for chip in shown] and len(shown) == 1
    assert bar.more.text() == "7 more"
    for widget in (*shown, bar.more):
        assert bar.rect().contains(widget.geometry())
    menu = bar.make_more_menu()
    assert len(menu.actions()) == 7
    menu.deleteLater()
