"""Drives the real window offscreen with a watchdog on its loop: `python journey_script.py NOVEL FOLDER`."""

import asyncio
import json
import os
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QAbstractButton

from cardgen_desktop import app as program
from cardgen_desktop.domain.job import TERMINAL_STATES, JobQuery, JobSnapshot, JobState
from cardgen_desktop.jobs.workspace import Workspace

BEAT = 0.005


class Watchdog:
    """Wakes every 5 ms; how much later it wakes is how long the loop was blocked."""

    def __init__(self) -> None:
        self.late: list[float] = []
        self.megabytes = 0.0

    async def run(self) -> None:
        """Measure until cancelled."""
        while True:
            before = time.perf_counter()
            await asyncio.sleep(BEAT)
            self.late.append(max(0.0, time.perf_counter() - before - BEAT))

    async def weigh(self) -> None:
        """Add up the resident memory of this process and its children five times a second."""
        while True:
            await asyncio.sleep(0.2)
            self.megabytes = max(self.megabytes, await asyncio.to_thread(family_megabytes))


def family_megabytes() -> float:
    """Resident memory of this process and every descendant, in MB."""
    parents: dict[int, int] = {}
    pages: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rsplit(")", 1)[1].split()
            except OSError:
                continue
            parents[int(entry.name)], pages[int(entry.name)] = int(fields[1]), int(fields[21])
    family = {os.getpid()}
    for pid in sorted(parents):
        if parents[pid] in family:
            family.add(pid)
    return sum(pages[pid] for pid in family) * os.sysconf("SC_PAGE_SIZE") / 1e6


class Journey(program.Application):
    """The program with a person at it."""

    novel: Path
    folder: Path

    def _begin(self, workspace: Workspace) -> None:
        super()._begin(workspace)
        self.commands = workspace.commands
        self._tasks.spawn(self._travel(), name="journey")

    async def _travel(self) -> None:
        await asyncio.sleep(0.5)
        watchdog = Watchdog()
        watches = [asyncio.create_task(watchdog.run()), asyncio.create_task(watchdog.weigh())]
        started = time.perf_counter()
        self.window.routes.add_paths([self.novel])
        card_id = await self._draft()
        await self.commands.export_card(card_id, self.folder / "card.png", "png")
        spent = time.perf_counter() - started
        await asyncio.sleep(0.3)
        for watch in watches:
            watch.cancel()
        late = statistics.quantiles(watchdog.late, n=1000)
        report = {"seconds": spent, "blocked_p99": late[989], "blocked_max": max(watchdog.late)}
        print(json.dumps({**report, "megabytes": watchdog.megabytes}), flush=True)
        self._stop.set()

    async def _draft(self) -> int:
        """Wait for the picker, press its button, follow the job; returns the card's id."""
        button = None
        while button is None:
            await asyncio.sleep(0.02)
            button = self._draft_button()
        QTimer.singleShot(0, button.click)
        jobs: tuple[JobSnapshot, ...] = ()
        while not jobs or jobs[0].state not in TERMINAL_STATES:
            await asyncio.sleep(0.02)
            jobs = (await self.commands.jobs(JobQuery(limit=1))).jobs
        if jobs[0].state is not JobState.SUCCEEDED or jobs[0].result is None:
            raise SystemExit(jobs[0].error)
        card_id = int(jobs[0].result["card_id"])
        self.window.routes.open_card(card_id)
        await asyncio.sleep(0.5)
        return card_id

    def _draft_button(self) -> QAbstractButton | None:
        buttons = self.window.findChildren(QAbstractButton)
        return next((b for b in buttons if b.text() == "Draft card" and b.isEnabled()), None)


if __name__ == "__main__":
    Journey.novel, Journey.folder = Path(sys.argv[1]), Path(sys.argv[2])
    program.Application = Journey
    sys.exit(program.main(["--home", str(Journey.folder / "home")]))
