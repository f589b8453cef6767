"""A data folder that is damaged, cannot be written, or lies oddly, as the window tells it and mends it."""

import asyncio
from datetime import datetime
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from cardgen_desktop import paths
from cardgen_desktop.domain.errors import DamagedDatabaseError
from cardgen_desktop.domain.queue import Backup
from cardgen_desktop.jobs import recovery
from cardgen_desktop.store import schema
from cardgen_desktop.ui.shell.folder_words import backup_words
from cardgen_desktop.ui.shell.problem import ProblemPage
from tests.app.test_application import Data, application, until
from tests.support.filled_databases import counts, fill


@pytest.fixture
async def damaged(tmp_path: Path) -> DamagedDatabaseError:
    """A folder with a cut database and one whole backup of it, and how opening it fails."""
    path = paths.database(tmp_path)
    schema.prepare(path)
    fill(path)
    await recovery.back_up(tmp_path)
    path.write_bytes(path.read_bytes()[:50_000])
    with pytest.raises(DamagedDatabaseError) as caught:
        schema.prepare(path)
    return caught.value


def buttons(problem: ProblemPage) -> list[str]:
    return [button.text() for button in (problem.state.action, *problem.others, problem.quit) if button]


async def test_the_last_backup_is_offered_by_name_and_restored(
    damaged: DamagedDatabaseError, tmp_path: Path, qapp: QApplication
) -> None:
    application_ = application(tmp_path, Data(refusals=[damaged]))
    running = asyncio.create_task(application_.run())
    await until(lambda: application_.window.problem is not None)
    problem = application_.window.problem
    assert problem is not None and problem.sentence == damaged.message
    assert damaged.backup is not None
    moment = datetime.fromtimestamp(damaged.backup.at).strftime("%H:%M")
    assert buttons(problem) == [
        f"Restore the backup of {moment} (12 cards, 40 jobs)",
        "Rebuild from what can be read",
        "Open read-only",
        "Quit",
    ]
    problem.state.action.click()
    await until(lambda: application_.window.pages.is_attached)
    assert application_.window.problem is None
    assert counts(paths.database(tmp_path))["card"] == 12
    assert list(tmp_path.glob("cardgen.damaged-*.db"))
    application_.window.close()
    assert await running == 0


async def test_rebuilding_is_offered_and_nothing_else_can_be_chosen_meanwhile(
    damaged: DamagedDatabaseError, tmp_path: Path, qapp: QApplication
) -> None:
    application_ = application(tmp_path, Data(refusals=[damaged]))
    running = asyncio.create_task(application_.run())
    await until(lambda: application_.window.problem is not None)
    problem = application_.window.problem
    assert problem is not None
    problem.others[0].click()
    await until(lambda: not problem.state.action.isEnabled())
    assert not any(button.isEnabled() for button in problem.others)
    await until(lambda: application_.window.pages.is_attached)
    assert not recovery.recovery.check(paths.database(tmp_path))
    application_.window.close()
    assert await running == 0


async def test_a_remedy_that_fails_says_so_and_the_others_stay(
    damaged: DamagedDatabaseError, tmp_path: Path, qapp: QApplication
) -> None:
    for backup in paths.backups(tmp_path).iterdir():
        backup.write_bytes(b"rotten in the meantime")
    application_ = application(tmp_path, Data(refusals=[damaged]))
    running = asyncio.create_task(application_.run())
    await until(lambda: application_.window.problem is not None)
    first = application_.window.problem
    assert first is not None
    offered = buttons(first)
    first.state.action.click()
    await until(lambda: application_.window.problem not in (None, first))
    second = application_.window.problem
    assert second is not None and "is damaged" in second.sentence and buttons(second) == offered
    second.quit_requested.emit()
    assert await running == 5


async def test_a_look_that_fails_leaves_the_way_back_on_offer(
    damaged: DamagedDatabaseError, tmp_path: Path, qapp: QApplication
) -> None:
    unseen = DamagedDatabaseError("It cannot even be looked at.")
    application_ = application(tmp_path, Data(refusals=[damaged, unseen]))
    running = asyncio.create_task(application_.run())
    await until(lambda: application_.window.problem is not None)
    first = application_.window.problem
    assert first is not None
    offered = buttons(first)
    next(button for button in first.others if button.text() == "Open read-only").click()
    await until(lambda: application_.window.problem not in (None, first))
    second = application_.window.problem
    assert second is not None and second.sentence == unseen.message and buttons(second) == offered
    second.quit_requested.emit()
    assert await running == 5


async def test_without_a_backup_a_rebuild_comes_first(tmp_path: Path, qapp: QApplication) -> None:
    application_ = application(tmp_path, Data(refusals=[DamagedDatabaseError("It is damaged.")]))
    running = asyncio.create_task(application_.run())
    await until(lambda: application_.window.problem is not None)
    problem = application_.window.problem
    assert problem is not None and buttons(problem)[0] == "Rebuild from what can be read"
    application_.window.close()
    assert await running == 5


async def test_a_read_only_folder_and_an_odd_place_are_told_by_banners(
    tmp_path: Path, qapp: QApplication
) -> None:
    data = Data(
        read_only="Cards can be exported.", warning="Your data is in a folder that Dropbox syncs. Move it."
    )
    application_ = application(tmp_path, data)
    running = asyncio.create_task(application_.run())
    await until(lambda: application_.window.pages.is_attached)
    assert application_.window.banners.keys == ("read-only", "folder place")
    assert application_.window.problem is None, "nothing stands in the way"
    application_.window.close()
    assert await running == 0


def test_a_backup_of_another_day_is_named_with_its_day() -> None:
    backup = Backup(path="b", at=datetime(2026, 11, 20, 8, 30).timestamp(), bytes=1, jobs=1, cards=1200)
    assert backup_words(backup, datetime(2026, 11, 20, 9)) == "backup of 08:30 (1,200 cards, 1 job)"
    assert backup_words(backup, datetime(2026, 11, 23)) == "backup of 20 November, 08:30 (1,200 cards, 1 job)"
