"""A real database in a fresh folder for each test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from cardgen_desktop.store.engine import Database, open_database
from tests.support.databases import place_empty_database


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "home" / "cardgen.db"


@pytest.fixture
async def database(path: Path) -> AsyncIterator[Database]:
    place_empty_database(path)
    database = await open_database(path)
    yield database
    await database.aclose()
