"""The whole service on the window's event loop, in a process of its own so that Qt stays out of this one."""

import os
import subprocess
import sys
from pathlib import Path

from .conftest import FAKE, write_book

SCRIPT = f"""
import asyncio, sys
from pathlib import Path
from PySide6.QtWidgets import QApplication
from cardgen_desktop.domain.errors import SourceError
from cardgen_desktop.domain.job_kinds import DraftRequest
from cardgen_desktop.jobs.workspace import open_workspace
from cardgen_desktop.ui.loop import AppLoop

async def main(home, good, hangs):
    async with open_workspace(home, tasks={FAKE!r}) as workspace:
        (added,) = await workspace.commands.add_files([good])
        request = DraftRequest(source_ids=(added.source.id,))
        job = await workspace.service.wait((await workspace.commands.start_drafts([request]))[0].id)
        reading = asyncio.ensure_future(workspace.commands.add_files([hangs]))
        await asyncio.sleep(0.4)
        reading.cancel()
        try:
            await reading
        except asyncio.CancelledError:
            print(job.state, job.character)
        left = await workspace.commands.add_text("Pew seconds=30 ran", "slow")
        await workspace.commands.start_drafts([DraftRequest(source_ids=(left.id,))])
        await asyncio.sleep(0.4)
    print("closed", [task.get_name() for task in asyncio.all_tasks() - {{asyncio.current_task()}}])

app = QApplication(sys.argv[:1])
app.setQuitOnLastWindowClosed(False)
with asyncio.Runner(loop_factory=lambda: AppLoop(app)) as runner:
    runner.run(main(*map(Path, sys.argv[1:])))
"""


def test_service_works_and_closes_on_the_qt_loop(home: Path, tmp_path: Path) -> None:
    books = (write_book(tmp_path), write_book(tmp_path, "hang", "slow.txt"))
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "QT_API": "pyside6"}
    command = [sys.executable, "-W", "error", "-c", SCRIPT, home, *books]
    run = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=90, check=False)
    assert run.stdout.splitlines() == ["succeeded Jim", "closed []"], run.stderr
    assert run.stderr == ""
