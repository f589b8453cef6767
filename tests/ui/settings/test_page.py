"""The settings under their tabs, and the ways that lead there."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from cardgen_desktop.ui.components import Button
from cardgen_desktop.ui.context import UiContext
from cardgen_desktop.ui.jobs.page import JobsPage
from cardgen_desktop.ui.settings.page import SettingsPage
from cardgen_desktop.ui.shell.main_window import MainWindow
from tests.support.commands import FakeCommands
from tests.support.provider_samples import ATTIC, WRITING_ROOM
from tests.support.waiting import until


@pytest.fixture
def commands() -> FakeCommands:
    return FakeCommands.busy()


@pytest.fixture
async def window(context: UiContext, commands: FakeCommands) -> AsyncIterator[MainWindow]:
    window = MainWindow(context=context, request_quit=lambda: None)
    window.resize(1440, 900)
    window.show()
    await window.make_pages()
    window.attach(commands, commands.events)
    yield window
    await window.aclose()
    window.allow_close()
    window.close()
    window.deleteLater()


def settings(window: MainWindow) -> SettingsPage:
    page = window.pages.page("settings")
    assert isinstance(page, SettingsPage)
    return page


def part(window: MainWindow) -> str:
    return settings(window).part


async def test_parts_are_made_when_they_are_shown(window: MainWindow) -> None:
    page = settings(window)
    window.routes.show_settings()
    assert part(window) == "general" and set(page._parts) == {"general"}
    page.tabs.setFocus()
    QTest.keyClick(page.tabs, Qt.Key.Key_Right)
    assert part(window) == "engines" and page.engines.isVisible()
    page.show_part("styles")
    assert page.styles.isVisible()
    page.show_part("costs")
    assert page.costs.isVisible() and not page.styles.isVisible()
    await until(lambda: page.styles.panel.style_shown is not None and page.costs.report is not None)


async def test_a_closed_gate_leads_to_the_field_of_its_engine(
    window: MainWindow, commands: FakeCommands
) -> None:
    jobs = window.pages.go_to("jobs")
    assert isinstance(jobs, JobsPage)
    await until(lambda: len(jobs.listing.banners.banners) == 2)
    jobs.listing.banners.banners[1].action_triggered.emit()
    page = settings(window)
    assert window.pages.current == "settings" and part(window) == "engines"
    await until(lambda: page.engines.editor.form.key.input.isVisible())
    assert page.engines.editor.title.text() == WRITING_ROOM


@pytest.mark.parametrize("field", ["", "key", "cap", "test", "model", "address"])
async def test_every_page_can_lead_to_an_engine(window: MainWindow, field: str) -> None:
    window.routes.open_profile(ATTIC, field)
    engines = settings(window).engines
    await until(lambda: engines.page is not engines.overview)
    assert engines.editor.title.text() == ATTIC
    assert (engines.page is engines.picker) == (field == "model")
    await asyncio.sleep(0)


async def test_statistics_lead_to_the_costs_and_costs_to_the_cap(window: MainWindow) -> None:
    statistics = window.pages.go_to("statistics")
    next(b for b in statistics.findChildren(Button) if b.text() == "Costs").click()
    page = settings(window)
    assert window.pages.current == "settings" and part(window) == "costs"
    page.costs.engine_requested.emit(WRITING_ROOM)
    await until(lambda: page.engines.editor.title.text() == WRITING_ROOM)
    assert part(window) == "engines"


async def test_new_drafts_begin_with_what_was_chosen(window: MainWindow, context: UiContext) -> None:
    window.routes.show_settings("engines")
    engines = settings(window).engines
    await until(lambda: engines.desk.was_read)
    engines.overview.tiles.chosen.emit("openrouter")
    context.settings.save()
    from cardgen_desktop.settings import SettingsFile

    assert SettingsFile(context.settings.path).value.engine == WRITING_ROOM
