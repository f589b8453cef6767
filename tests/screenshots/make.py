"""`python -m tests.screenshots.make [--out FOLDER]`: drop a book, draft cards, take the pictures of README.

Everything in them is real: the sample book is read, the jobs run, the editor shows the card they made. For
the faces that the window is drawn for, run it where Inter and Vollkorn are installed.
"""

import argparse
import asyncio
import os
import sys
import tempfile
import traceback
from decimal import Decimal
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PIL import Image
from PySide6.QtCore import QSize, QTimer
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QAbstractButton

from cardgen_desktop import app as program
from cardgen_desktop.domain.job import TERMINAL_STATES, JobQuery, JobState
from cardgen_desktop.domain.profile import OPENROUTER_URL, Profile
from cardgen_desktop.jobs.workspace import Workspace
from cardgen_desktop.launch import Options
from cardgen_desktop.paths import resource
from cardgen_desktop.ui.cards.prose_edit import ProseEdit

BOOK = resource("samples", "treasure_island.txt")
SIZE = QSize(1440, 900)
CHARACTER = "Silver"
TOAST_SECONDS = 8
DONE_IN_PICTURE = 4


class Photographer(program.Application):
    """The program, with somebody at it who takes pictures."""

    out = Path()

    def _begin(self, workspace: Workspace) -> None:
        super()._begin(workspace)
        self._commands = workspace.commands
        self._tasks.spawn(self._work_and_stop(), name="take pictures")

    async def _work_and_stop(self) -> None:
        try:
            await self._take_pictures()
        except Exception:  # noqa: BLE001 - shown, then the program ends
            traceback.print_exc()
        finally:
            self._stop.set()

    async def _take_pictures(self) -> None:
        self.window.resize(SIZE)
        await self._take("start")
        self.window.routes.add_paths([BOOK])
        await self._press("Draft card")
        await self._settle()
        self.window.pages.go_to("draft")
        await self._take("draft")
        await self._press("Draft the other")
        self.window.pages.go_to("jobs")
        await self._stop_half_way()
        await self._take("jobs")
        await self._commands.resume_queue()
        await self._settle()
        await self._open_card()
        await self._take("editor")
        await self._take_settings()
        self.window.pages.go_to("gallery")
        await self._take("gallery")

    async def _take_settings(self) -> None:
        """Engines, the page of one, prompt styles, and what nothing cost; keys are not asked for."""
        routes, commands = self.window.routes, self._commands
        writing_room = Profile(
            name="Writing room", kind="openrouter", base_url=OPENROUTER_URL, monthly_cap=Decimal(5)
        )
        for profile in (
            writing_room,
            Profile(name="Ollama at home", kind="ollama", base_url="http://127.0.0.1:11434/v1"),
        ):
            await commands.save_profile(profile)
        routes.show_settings("engines")
        await self._take("engines")
        routes.open_profile(writing_room.name)
        await self._take("engine")
        for part in ("styles", "costs"):
            routes.show_settings(part)
            await self._take(part)

    async def _stop_half_way(self) -> None:
        """Some jobs done, some at work, one paused and one cancelled; the rest waits."""
        jobs = (await self._commands.jobs(JobQuery(states=(JobState.QUEUED,)))).jobs
        await self._commands.pause_jobs([jobs[0].id])
        await self._commands.cancel_jobs([jobs[1].id])
        while (await self._commands.job_counts())[JobState.SUCCEEDED] < DONE_IN_PICTURE:
            await asyncio.sleep(0.02)
        await self._commands.pause_queue()
        await asyncio.sleep(TOAST_SECONDS)

    async def _open_card(self) -> None:
        cards = await self._commands.cards(CHARACTER)
        self.window.routes.open_card(cards[-1].id)
        await asyncio.sleep(1.0)
        editor = next(edit for edit in self.window.findChildren(ProseEdit) if edit.isVisible())
        editor.setFocus()
        cursor = editor.textCursor()
        cursor.setPosition(editor.toPlainText().find("crutch"))
        editor.setTextCursor(QTextCursor(cursor))
        await asyncio.sleep(0.5)

    async def _press(self, text: str) -> None:
        button = None
        while button is None:
            await asyncio.sleep(0.05)
            buttons = self.window.findChildren(QAbstractButton)
            button = next((b for b in buttons if b.text().startswith(text) and b.isEnabled()), None)
        await asyncio.sleep(0.3)
        QTimer.singleShot(0, button.click)
        await asyncio.sleep(0.3)

    async def _settle(self) -> None:
        """Wait until no job is under way."""
        while True:
            await asyncio.sleep(0.2)
            jobs = (await self._commands.jobs(JobQuery())).jobs
            if jobs and all(job.state in TERMINAL_STATES | {JobState.PAUSED} for job in jobs):
                await asyncio.sleep(TOAST_SECONDS)
                return

    async def _take(self, name: str) -> None:
        for mode in ("dark", "light"):
            self.context.theme.set_mode(mode)
            await asyncio.sleep(0.8)
            path = self.out / f"{name}-{mode}.png"
            self.window.grab().save(str(path))
            await asyncio.to_thread(make_small, path)


def make_small(path: Path) -> None:
    """A picture of a window has few colours: a palette holds them in a third of the size."""
    with Image.open(path) as picture:
        small = picture.convert("RGB").quantize(256)
    small.save(path, optimize=True)


def main() -> int:
    """Take the pictures in a data folder that is thrown away."""
    parser = argparse.ArgumentParser(prog="python -m tests.screenshots.make")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent)
    Photographer.out = parser.parse_args().out
    program.Application = Photographer
    with tempfile.TemporaryDirectory() as home:
        return program.main(Options(Path(home)))


if __name__ == "__main__":
    sys.exit(main())
