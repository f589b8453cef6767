"""The statistics page as a person uses it."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest

from cardgen_desktop.domain.errors import StorageError
from cardgen_desktop.domain.events import JobChanged
from cardgen_desktop.domain.queue import QueueFigures
from cardgen_desktop.ui.components import Badge
from cardgen_desktop.ui.context import UiContext
from cardgen_desktop.ui.statistics.page import StatisticsPage
from cardgen_desktop.ui.statistics.table import WordsModel
from tests.support.commands import FakeCommands
from tests.support.messages import RecordingNotify
from tests.support.samples import NOW
from tests.support.waiting import until


class Figures(FakeCommands):
    """Commands whose figures a test sets."""

    told: QueueFigures | None = None

    async def figures(self, since: float | None = None) -> QueueFigures:
        figures = await super().figures(since)
        return figures if self.told is None else self.told


@pytest.fixture
def commands() -> Figures:
    return Figures()


@pytest.fixture
async def page(context: UiContext, commands: Figures) -> AsyncIterator[StatisticsPage]:
    page = StatisticsPage(context=context, clock=lambda: NOW)
    page.resize(1216, 900)
    page.show()
    page.attach(commands, commands.events)
    yield page
    await page.aclose()
    page.close()
    page.deleteLater()


async def test_everything_is_told(page: StatisticsPage) -> None:
    await until(lambda: page.figures is not None)
    assert page.header._facts.text() == "34\xa0jobs ended · 42\xa0cards · 6\xa0sources"
    assert [row[0] for row in page.kinds.words.rows] == ["Draft", "Import"]
    assert [row[0] for row in page.errors.words.rows] == [
        "The model was not there",
        "The data folder or the disk",
    ]
    badges = [badge.text for badge in page.states.findChildren(Badge)]
    assert badges == ["Queued 3", "Done 31", "Failed 2"]
    assert page.storage.values["database"].text() == "18.4\xa0MB"
    assert page.storage.values["backups"].text().startswith("2\xa0backups, the last ")
    assert [label.isVisible() for label in page.storage.backups] == [True, True, False, False, False]
    assert not page.nothing.isVisible()
    index = page.kinds.words.index(0, 2)
    assert index.data(Qt.ItemDataRole.AccessibleTextRole) == "Done: 28"


async def test_a_range_is_chosen_by_key(page: StatisticsPage, commands: Figures) -> None:
    await until(lambda: page.figures is not None)
    assert commands.asked("figures") == [(NOW - 7 * 86_400,)]
    chip = page.chips["all"]
    chip.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(chip, Qt.Key.Key_Space)
    await until(lambda: commands.asked("figures")[-1] == (None,))
    assert chip.isChecked() and not page.chips["week"].isChecked()
    assert chip.accessibleName() == "Figures of: All"


async def test_nothing_ran_in_the_range(page: StatisticsPage, commands: Figures) -> None:
    commands.told = QueueFigures(database_bytes=4096)
    page.choose_range("today")
    await until(lambda: page.nothing.isVisible())
    assert page.nothing.text() == "No job ended today."
    assert not page.kinds.isVisible() and not page.steps.isVisible() and not page.errors.isVisible()
    assert page.storage.values["database"].text() == "4\xa0kB"
    assert page.storage.values["backups"].text() == "none yet"


async def test_a_backup_is_made_now_and_once(
    page: StatisticsPage, commands: Figures, messages: RecordingNotify
) -> None:
    await until(lambda: page.figures is not None)
    gate = commands.gates["back_up"] = asyncio.Event()
    page.storage.now.click()
    page.storage.now.click()
    assert page.storage.now.text() == "Backing up…"
    gate.set()
    await until(lambda: messages.sentences == ["Backed up and read back, 18.2\xa0MB"])
    assert len(commands.asked("back_up")) == 1
    assert page.storage.now.isEnabled() and page.storage.now.text() == "Back up now"
    await until(lambda: page.storage.backups[2].isVisible())


async def test_a_backup_that_fails_says_so_and_offers_to_try_again(
    page: StatisticsPage, commands: Figures, messages: RecordingNotify
) -> None:
    await until(lambda: page.figures is not None)
    commands.refusals["back_up"] = StorageError("The disk is full. The older backups are kept.")
    page.storage.now.click()
    await until(lambda: messages.errors == ["The disk is full. The older backups are kept."])
    assert messages.toasts[-1].action == "Try again" and page.storage.now.isEnabled()


async def test_figures_that_cannot_be_read(
    context: UiContext, commands: Figures, messages: RecordingNotify
) -> None:
    commands.refusals["figures"] = StorageError("The data folder cannot be read.")
    page = StatisticsPage(context=context, clock=lambda: NOW)
    page.show()
    page.attach(commands, commands.events)
    await until(lambda: page.problem.isVisible())
    assert page.problem._title.text() == "The figures could not be read"
    page.problem.action.click()
    await until(lambda: page.figures is not None and not page.problem.isVisible())
    commands.refusals["figures"] = StorageError("The data folder cannot be read.")
    page.choose_range("all")
    await until(lambda: messages.errors)
    assert page.kinds.words.rows and not page.problem.isVisible()
    await page.aclose()
    page.close()
    page.deleteLater()


async def test_jobs_that_end_bring_new_figures_while_they_are_looked_at(
    page: StatisticsPage, commands: Figures
) -> None:
    await until(lambda: page.figures is not None)
    page._later.setInterval(10)
    done = FakeCommands.filled().queue[1]
    for _ in range(50):
        commands.events.announce(JobChanged(done))
    await until(lambda: len(commands.asked("figures")) == 2)
    await asyncio.sleep(0.05)
    assert len(commands.asked("figures")) == 2
    page.hide()
    commands.events.announce(JobChanged(done))
    await asyncio.sleep(0.05)
    assert len(commands.asked("figures")) == 2
    page.show()
    await until(lambda: len(commands.asked("figures")) == 3)


def test_the_model_keeps_the_rules(qapp: object) -> None:
    model = WordsModel(("Step", "Times"))
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    for rows in ([("a", "1")], [("a", "2"), ("b", "1"), ("c", "3")], [("b", "1")], [], [("d", "4")] * 7):
        model.show_rows(rows)
        assert list(model.rows) == rows
