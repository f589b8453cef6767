"""Drives the real window offscreen with a watchdog on its loop: `python journey_script.py NOVEL FOLDER`."""

import asyncio
import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))

from cardgen_desktop import app as program
from cardgen_desktop.domain.job import TERMINAL_STATES, DraftRequest, JobQuery, JobState

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


async def until(condition: Callable[[], object]) -> None:
    """Wait for the window to get there."""
    while not condition():
        await asyncio.sleep(0.02)


class Journey(program.Application):
    """The program with a person at it."""

    novel: Path
    folder: Path

    async def _open_data(self, stack: object) -> int:
        code = await super()._open_data(stack)
        self._tasks.spawn(self._travel(), name="journey")
        return code

    async def _attach_data(self, stack: object) -> None:
        attach = self.window.attach

        def keep(commands: object, events: object) -> None:
            self.commands = commands
            attach(commands, events)

        self.window.attach = keep
        await super()._attach_data(stack)

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
        sources: tuple[object, ...] = ()
        while not sources:
            await asyncio.sleep(0.02)
            sources = await self.commands.sources()
        page = self.window.pages.page("draft")
        await until(lambda: page.people)
        request = DraftRequest(source_ids=[source.id for source in sources], character=page.people[0].name)
        job = await self.commands.start_draft(request)
        self.window.pages.go_to("jobs")
        while job.state not in TERMINAL_STATES:
            await asyncio.sleep(0.02)
            job = (await self.commands.jobs(JobQuery(limit=1))).jobs[0]
        if job.state is not JobState.SUCCEEDED:
            raise SystemExit(job.error)
        self.window.pages.go_to("cards")
        return int(job.result["card_id"])


if __name__ == "__main__":
    Journey.novel, Journey.folder = Path(sys.argv[1]), Path(sys.argv[2])
    program.Application = Journey
    sys.exit(program.main(["--home", str(Journey.folder / "home")]))
