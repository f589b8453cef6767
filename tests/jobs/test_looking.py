"""A data folder that can only be looked at: all is shown and exported, nothing runs or is written."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from cardgen_desktop.domain.errors import ReadOnlyDataError
from cardgen_desktop.domain.job import JobQuery
from cardgen_desktop.jobs.lock import folder_lock
from cardgen_desktop.jobs.read_only import why_read_only
from cardgen_desktop.jobs.workspace import open_workspace
from cardgen_desktop.store import schema
from tests.support.filled_databases import fill

CARDGEN = """
import sys
from tests.support.rights import give_up_rights_of_root
give_up_rights_of_root()
from cardgen_desktop.cli.main import main
sys.exit(main(sys.argv[1:]))
"""
LOOK = """
import asyncio, sys
from pathlib import Path
from tests.support.rights import give_up_rights_of_root
give_up_rights_of_root()
from cardgen_desktop.domain.errors import ReadOnlyDataError
from cardgen_desktop.domain.job import JobQuery
from cardgen_desktop.jobs.workspace import open_workspace

async def look(home, out):
    async with open_workspace(home, tasks="tests.jobs.fake_tasks:TASKS") as workspace:
        print(bool(workspace.read_only), len(await workspace.commands.cards()))
        print((await workspace.commands.jobs(JobQuery())).total)
        report = await workspace.commands.export_card(1, out, "json-v3")
        print(Path(report.path).exists())
        try:
            await workspace.commands.remove_card(1)
        except ReadOnlyDataError as error:
            print("read-only" in error.message)

asyncio.run(look(Path(sys.argv[1]), Path(sys.argv[2])))
"""

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="rights of POSIX")


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """A folder with 12 cards and 40 jobs that its owner may not write."""
    home = tmp_path / "home"
    schema.prepare(home / "cardgen.db")
    fill(home / "cardgen.db")
    home.chmod(0o555)
    yield home
    home.chmod(0o755)


def ran(code: str, *words: object) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-c", code, *map(str, words)], capture_output=True, text=True, check=False
    )


def test_everything_is_shown_and_exported_elsewhere(home: Path, tmp_path: Path) -> None:
    before = {item.name: item.read_bytes() for item in home.iterdir()}
    run = ran(LOOK, home, tmp_path / "ada.json")
    assert run.returncode == 0, run.stderr
    assert run.stdout.split() == ["True", "12", "40", "True", "True"]
    assert {item.name: item.read_bytes() for item in home.iterdir()} == before, "no lock, no log, no backup"


def test_the_command_line_lists_and_refuses_to_write(home: Path) -> None:
    listed = ran(CARDGEN, "--home", home, "jobs", "list", "--json")
    assert listed.returncode == 0 and '"Person 39"' in listed.stdout, listed.stderr
    refused = ran(CARDGEN, "--home", home, "database", "backup")
    assert refused.returncode == 5 and "Traceback" not in refused.stderr
    assert refused.stderr.startswith("cardgen: ") and "cannot be written" in refused.stderr


async def test_a_folder_in_use_can_be_looked_at(tmp_path: Path) -> None:
    home = tmp_path / "home"
    schema.prepare(home / "cardgen.db")
    fill(home / "cardgen.db")
    with folder_lock(home / "cardgen.lock", "another program"):
        async with open_workspace(home, read_only=True, tasks="tests.jobs.fake_tasks:TASKS") as workspace:
            assert workspace.read_only
            assert len(await workspace.commands.cards()) == 12
            assert (await workspace.commands.jobs(JobQuery())).total == 40
            with pytest.raises(ReadOnlyDataError):
                await workspace.commands.remove_card(1)


async def test_only_a_folder_that_exists_and_cannot_be_written_is_read_only(tmp_path: Path) -> None:
    assert await why_read_only(tmp_path) == ""
    home = tmp_path / "home"
    schema.prepare(home / "cardgen.db")
    assert await why_read_only(home) == ""
    with tempfile.TemporaryDirectory() as other:
        assert await why_read_only(Path(other) / "missing") == ""
    assert not any(item.name.startswith(".") for item in home.iterdir())
    assert os.access(home, os.W_OK)
