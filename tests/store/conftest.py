"""A real database in a fresh folder for each test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from cardgen_desktop.store.engine import Database, open_database


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "home" / "cardgen.db"


@pytest.fixture
async def database(path: Path) -> AsyncIterator[Database]:
    database = await open_database(path)
    yield database
    await database.aclose()
