"""The draft page over commands in memory."""

from collections.abc import AsyncIterator

import pytest

from cardgen_desktop.ui.context import UiContext
from cardgen_desktop.ui.draft.page import DraftPage
from tests.support.commands import FakeCommands
from tests.support.waiting import until


@pytest.fixture
def commands() -> FakeCommands:
    return FakeCommands()


@pytest.fixture
async def page(context: UiContext, commands: FakeCommands) -> AsyncIterator[DraftPage]:
    page = DraftPage(context=context)
    page.resize(1216, 900)
    page.show()
    page.attach(commands, commands.events)
    await until(lambda: commands.asked("sources"))
    yield page
    await page.aclose()
    page.close()
    page.deleteLater()
