"""The engines of the settings, over commands in memory."""

from collections.abc import AsyncIterator

import pytest

from cardgen_desktop.ui.context import UiContext
from cardgen_desktop.ui.providers.engines import EnginesView
from tests.support.commands import FakeCommands
from tests.support.waiting import until


@pytest.fixture
def commands() -> FakeCommands:
    """Four engines."""
    commands = FakeCommands()
    commands.fill_providers()
    return commands


@pytest.fixture
async def view(context: UiContext, commands: FakeCommands) -> AsyncIterator[EnginesView]:
    """The engines, read and shown."""
    view = EnginesView(context=context)
    view.resize(1216, 780)
    view.show()
    view.attach(commands, commands.events)
    await until(lambda: view.desk.was_read)
    yield view
    await view.aclose()
    view.close()
    view.deleteLater()
