"""What language models have cost, as a person looks at it."""

import time
from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog

from cardgen_desktop.domain.costs import CostQuery, CostReport, CostRow
from cardgen_desktop.domain.errors import StorageError
from cardgen_desktop.domain.events import CostsChanged
from cardgen_desktop.ui.components import Button, Label
from cardgen_desktop.ui.context import UiContext
from cardgen_desktop.ui.costs import rows
from cardgen_desktop.ui.costs.page import CostsView
from tests.support.commands import FakeCommands
from tests.support.messages import RecordingNotify
from tests.support.provider_samples import ATTIC, OLLAMA, WRITING_ROOM, ledger, profiles
from tests.support.samples import NOW
from tests.support.waiting import until

VIEWS = {view.profile.name: view for view in profiles()}


@pytest.fixture
def commands() -> FakeCommands:
    commands = FakeCommands()
    commands.fill_providers()
    return commands


@pytest.fixture
async def view(context: UiContext, commands: FakeCommands) -> AsyncIterator[CostsView]:
    view = CostsView(context=context, clock=lambda: NOW)
    view.resize(1216, 800)
    view.show()
    view.attach(commands, commands.events)
    yield view
    await view.aclose()
    view.close()
    view.deleteLater()


def words(view: CostsView) -> list[str]:
    return [label.text() for label in view.month.findChildren(Label)]


async def test_this_month_stands_beside_its_caps(view: CostsView) -> None:
    await until(lambda: view.report is not None)
    told = words(view)
    assert told[told.index(WRITING_ROOM) : told.index(WRITING_ROOM) + 3] == [
        WRITING_ROOM, "4\xa0requests", "$1.23 of $5",
    ]  # fmt: skip
    assert told[told.index(ATTIC) + 2] == "Cost not known" and told[told.index(OLLAMA) + 2] == "Nothing"
    buttons = [button.accessibleName() for button in view.month.findChildren(Button)]
    assert buttons == [f"Change the cap of {WRITING_ROOM}", f"Change the cap of {ATTIC}"]
    asked: list[str] = []
    view.engine_requested.connect(asked.append)
    view.month.findChildren(Button)[0].click()
    assert asked == [WRITING_ROOM]


async def test_sums_by_day_with_what_they_leave_out(view: CostsView) -> None:
    await until(lambda: view.report is not None)
    table = view.tables["day"].words.rows
    assert [row[0] for row in table] == ["9 Oct 2025", "8 Oct 2025", "7 Oct 2025", "In all"]
    assert table[0] == ("9 Oct 2025", "3", "12,006", "1,800", "$0.4334", "–", "1")
    assert table[2][4] == "nothing" and table[3][4] == "$1.2345"
    assert view.facts.text() == "$1.23 · 6\xa0requests · 27,621\xa0tokens"
    billed, unknown = view.notes
    assert billed.accessibleName().startswith(
        "1\xa0request was possibly billed. The program or the connection"
    )
    assert unknown.accessibleName().startswith("The cost of 1\xa0request is not known.")
    assert billed.isVisible() and unknown.isVisible()


async def test_sums_are_chosen_by_key(view: CostsView, commands: FakeCommands) -> None:
    await until(lambda: view.report is not None)
    chip = view.groups["model"]
    assert chip.accessibleName() == "Sums by: Model"
    chip.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(chip, Qt.Key.Key_Space)
    await until(lambda: "model" in view.tables and view.tables["model"].isVisible())
    assert not view.tables["day"].isVisible()
    assert "moonlit/story-large" in [row[0] for row in view.tables["model"].words.rows]
    QTest.keyClick(view.stretches["all"], Qt.Key.Key_Space)
    await until(lambda: view.report is not None and view.report.since is None)
    since = [query.since for (query,) in commands.asked("costs") if query.by == "model"]
    assert since == [rows.month_start(NOW), None]


async def test_nothing_was_spent(context: UiContext) -> None:
    commands = FakeCommands()
    view = CostsView(context=context, clock=lambda: NOW)
    view.show()
    view.attach(commands, commands.events)
    await until(view.empty.isVisible)
    assert "Nothing was spent." in [label.text() for label in view.empty.findChildren(Label)]
    commands.fill_providers()
    view._later.setInterval(1)
    commands.events.announce(CostsChanged())
    await until(lambda: not view.empty.isVisible() and view.tables["day"].isVisible())
    await view.aclose()
    view.deleteLater()


async def test_a_stretch_without_requests_says_so(view: CostsView, commands: FakeCommands) -> None:
    await until(lambda: view.report is not None)
    commands.requests = tuple(entry for entry in ledger() if entry.started_at < NOW - 86_400)
    view.choose_stretch("today")
    await until(lambda: view.facts.text() == "Nothing was spent. No model was asked today.")
    assert not view.tables["day"].isVisible() and not view.notes[0].isVisible()


async def test_requests_go_to_a_csv_file(
    view: CostsView, commands: FakeCommands, messages: RecordingNotify, tmp_path: Path
) -> None:
    await until(lambda: view.report is not None)
    view.choose_stretch("all")
    view.export.click()
    await until(lambda: view.window().findChild(QFileDialog) is not None)
    dialog = view.window().findChild(QFileDialog)
    assert isinstance(dialog, QFileDialog)
    dialog.filesSelected.emit([str(tmp_path / "money")])
    dialog.accept()
    await until(lambda: commands.exported_costs)
    ((path, query),) = commands.exported_costs.items()
    assert path == tmp_path / "money.csv" and query.since is None
    await until(lambda: messages.sentences == ["Saved as money.csv"])


async def test_sums_that_cannot_be_read(view: CostsView, commands: FakeCommands, context: UiContext) -> None:
    await until(lambda: view.report is not None)
    commands.refusals["costs"] = StorageError("The database does not answer.")
    view.refresh()
    await until(lambda: isinstance(context.notify, RecordingNotify) and context.notify.errors)
    assert view.tables["day"].isVisible(), "what was there stays"


def test_rows_say_what_is_not_known() -> None:
    unknown = CostRow(key="attic-70b", label="attic-70b", requests=2, unknown=2)
    assert rows.cost_rows(CostReport(rows=(unknown,), total=unknown))[0][4] == "not known"
    assert rows.facts_words(unknown) == "Cost not known · 2\xa0requests · 0\xa0tokens"
    tiny = unknown.model_copy(update={"unknown": 0, "cost": Decimal("0.00002")})
    assert rows.cost_rows(CostReport(rows=(tiny,), total=tiny))[0][4] == "under $0.0001"
    named = unknown.model_copy(update={"label": "Jim Hawkins", "key": "7"})
    assert rows.label_words(named) == "Jim Hawkins"


def test_a_cap_that_is_reached_is_told() -> None:
    row = CostRow(key=WRITING_ROOM, label=WRITING_ROOM, requests=3, cost=Decimal("5.01"))
    gone = CostRow(key="Cellar", label="Cellar", requests=1, cost=Decimal("6"))
    lines = rows.month_lines(CostReport(rows=(row, gone), total=row), VIEWS)
    assert [(line.name, line.words) for line in lines] == [("Cellar", "$6.00"), (WRITING_ROOM, "$5.01 of $5")]
    assert lines[1].note == "3\xa0requests · the cap is reached, jobs are held"
    assert lines[0].note.endswith("removed") and not lines[0].may_cap


def test_stretches_begin_at_local_midnight(qapp: QApplication) -> None:
    today, week, month, ever = (one.since(NOW) for one in rows.STRETCHES)
    assert today is not None and week is not None and month is not None and ever is None
    assert time.localtime(today)[3:6] == (0, 0, 0) and today <= NOW < today + 90_000
    assert today - week == 6 * 86_400
    assert time.localtime(month)[2:6] == (1, 0, 0, 0)
    assert rows.query_of("day", rows.STRETCHES[3], NOW) == CostQuery(by="day", limit=rows.MOST_ROWS)
