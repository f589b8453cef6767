"""The filter row: chips, kinds, batches and what they ask for."""

from itertools import pairwise

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from cardgen_desktop.domain.job import JobQuery, JobState
from cardgen_desktop.domain.job_views import BatchView
from cardgen_desktop.ui.context import UiContext
from cardgen_desktop.ui.jobs.filters import FILTERS, FilterRow

BATCH = BatchView(id=2, title="Pride and Prejudice", total=40, finished=12)
COUNTS = {JobState.RUNNING: 4, JobState.QUEUED: 3, JobState.WAITING: 2, JobState.HELD: 2, JobState.PAUSED: 1}


@pytest.fixture
def row(context: UiContext) -> FilterRow:
    row = FilterRow(context=context)
    row.resize(1100, 36)
    row.show()
    return row


async def test_every_chip_asks_for_its_states(row: FilterRow) -> None:
    asked = {}
    for entry in FILTERS:
        row.choose(entry.key)
        asked[entry.key] = row.query
    assert asked["all"] == JobQuery()
    assert asked["waiting"] == JobQuery(states=(JobState.QUEUED, JobState.WAITING))
    assert asked["held"] == JobQuery(states=(JobState.HELD, JobState.PAUSED))
    assert asked["needs_you"] == JobQuery(needs_you=True)
    assert asked["cancelled"] == JobQuery(states=(JobState.CANCELLED,))


async def test_chips_count(row: FilterRow) -> None:
    names = [row.chips[entry.key].accessibleName() for entry in FILTERS]
    assert names == [entry.word for entry in FILTERS], "before the counts are read no chip claims none"
    row.set_counts(COUNTS, 7)
    names = [row.chips[entry.key].accessibleName() for entry in FILTERS]
    assert names == [
        "All, 12", "Running, 4", "Waiting, 5", "Held, 3", "Needs you, 7", "Done, 0", "Cancelled, 0",
    ]  # fmt: skip


async def test_filters_add_up_and_are_cleared_together(row: FilterRow) -> None:
    told: list[bool] = []
    row.changed.connect(lambda: told.append(True))
    row.choose("needs_you")
    row.choose_kind("import")
    row.choose_batch(BATCH)
    QTest.keyClicks(row.search, "darcy")
    QTest.keyClick(row.search, Qt.Key.Key_Return)
    assert row.query == JobQuery(needs_you=True, kind="import", batch_id=2, text="darcy")
    assert row.number == 4 and row.is_filtering and len(told) == 4
    row.clear()
    assert row.query == JobQuery() and row.number == 0 and row.search.text() == ""
    assert len(told) == 5, "the list is asked for once"


async def test_kinds_are_offered_when_there_are_several(row: FilterRow) -> None:
    row.set_kinds({"draft"})
    assert row.kinds.isHidden()
    row.set_kinds({"draft", "import", "read"})
    assert row.kinds.isVisible() and row.kinds.text() == "All kinds"
    menu = row.make_kinds_menu()
    assert [action.text() for action in menu.actions()] == ["All kinds", "Drafts", "Imports", "Reads"]
    menu.actions()[2].trigger()
    menu.deleteLater()
    assert row.query.kind == "import" and row.kinds.text() == "Import" and row.kinds.isChecked()
    assert row.subject == "Import"


@pytest.mark.parametrize("width", [360, 480, 628, 672, 900, 1100])
@pytest.mark.parametrize("direction", [Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft])
async def test_the_row_folds_and_nothing_overlaps(
    row: FilterRow, width: int, direction: Qt.LayoutDirection
) -> None:
    row.setLayoutDirection(direction)
    row.set_counts(dict.fromkeys(JobState, 1234), 99)
    row.set_kinds({"draft", "import"})
    row.resize(width, 36)
    parts = [part for part in (row.search, *row.chips.values(), row.more, row.kinds) if part.isVisible()]
    edges = sorted((part.geometry().left(), part.geometry().right()) for part in parts)
    assert edges[0][0] >= 0 and edges[-1][1] < width
    assert all(right < left for (_, right), (left, _) in pairwise(edges))
    if row.kinds.isHidden():
        menu = row.make_menu()
        assert "Imports" in [action.text() for action in menu.actions()]
        menu.deleteLater()
