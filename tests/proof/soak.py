"""`python -m tests.proof.soak --minutes 20 --jobs 10000`: fake jobs for a long while, flat memory.

Watches the memory of the process, its open handles, the write-ahead log, and whatever nobody caught
(ux-and-reliability.md 4.3, test 37).
"""

import argparse
import asyncio
import logging
import os
import random
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cardgen_desktop.domain.job import JobState
from cardgen_desktop.jobs.service import JobService
from cardgen_desktop.jobs.workspace import Workspace, open_workspace
from tests.proof.runners import SideFile, Troubles, new_job, put_fakes
from tests.support.databases import place_empty_database

WARM_UP = 0.25
LOOKS = 60
MOST_GROWTH, MOST_WAL_BYTES, MOST_HANDLES_MORE = 1.10, 64 * 1024 * 1024, 2
DRAIN_SECONDS = 60.0


@dataclass
class Look:
    """The process at one moment: resident bytes, open handles, bytes of the write-ahead log, ended jobs."""

    memory: int
    handles: int
    wal: int
    ended: int


@dataclass
class Figures:
    """What was seen in a soak."""

    looks: list[Look] = field(default_factory=list)
    uncaught: list[str] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    jobs: int = 0

    def wrong(self) -> list[str]:
        """What is not as flat as it should be."""
        steady = self.looks[int(len(self.looks) * WARM_UP) :]
        before, after = _median(steady[: len(steady) // 3]), _median(steady[-(len(steady) // 3) :])
        wrong = list(self.uncaught)
        if after.memory > MOST_GROWTH * before.memory:
            wrong.append(f"memory grew from {before.memory:,} to {after.memory:,} bytes")
        if after.handles > before.handles + MOST_HANDLES_MORE:
            wrong.append(f"handles grew from {before.handles} to {after.handles}")
        if max(look.wal for look in self.looks) > MOST_WAL_BYTES:
            wrong.append("the write-ahead log grew without bound")
        if self.counts != {"succeeded": self.jobs}:
            wrong.append(f"jobs: {self.counts} of {self.jobs}")
        return wrong

    def __str__(self) -> str:
        first, last = self.looks[int(len(self.looks) * WARM_UP)], self.looks[-1]
        before, after = (f"{look.memory / 2**20:.1f} MiB" for look in (first, last))
        wal = max(look.wal for look in self.looks)
        return (
            f"{self.counts}; memory {before} after warming up, {after} at the end; "
            f"handles {first.handles}, {last.handles}; log at most {wal / 2**20:.1f} MiB; "
            f"{len(self.uncaught)} uncaught"
        )


def _median(looks: list[Look]) -> Look:
    middle = len(looks) // 2
    memory, handles = sorted(look.memory for look in looks), sorted(look.handles for look in looks)
    return Look(memory[middle], handles[middle], 0, 0)


class _Uncaught(logging.Handler):
    def __init__(self, figures: Figures) -> None:
        super().__init__(logging.ERROR)
        self._figures = figures

    def emit(self, record: logging.LogRecord) -> None:
        self._figures.uncaught.append(self.format(record))


def look_at(home: Path, ended: int) -> Look:
    """This process and its data folder now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    wal = home / "cardgen.db-wal"
    size = wal.stat().st_size if wal.exists() else 0
    return Look(pages * os.sysconf("SC_PAGE_SIZE"), len(os.listdir("/proc/self/fd")), size, ended)


async def soak(home: Path, seconds: float, jobs: int, seed: int) -> Figures:
    """Queue so many jobs evenly over the time, have all of them done, and look now and then."""
    figures, chance = Figures(jobs=jobs), random.Random(seed)
    place_empty_database(home / "cardgen.db")
    logging.getLogger().addHandler(_Uncaught(figures))

    def hear(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        figures.uncaught.append(str(context))

    asyncio.get_running_loop().set_exception_handler(hear)
    async with open_workspace(home, workers=6, start_workers=False) as workspace:
        side = SideFile(Path(os.devnull))
        troubles = Troubles(seed, transient=0.01, held=0.002, scale=0.3)
        put_fakes(workspace.service, workspace.service._database, side, troubles)
        workspace.service.start()
        await _fed(workspace, home, figures, seconds, chance)
        await _drained(workspace.service, figures)
        side.close()
    return figures


async def _fed(
    workspace: Workspace, home: Path, figures: Figures, seconds: float, chance: random.Random
) -> None:
    begin, made = time.monotonic(), 0
    while made < figures.jobs:
        passed = (time.monotonic() - begin) / seconds
        while made < min(figures.jobs, 1 + int(passed * figures.jobs)):
            await workspace.service.core.queue.enqueue(new_job("soak", made, chance))
            made += 1
        if passed * LOOKS >= len(figures.looks):
            ended = (await workspace.service.counts()).get(JobState.SUCCEEDED, 0)
            figures.looks.append(look_at(home, ended))
        await workspace.service.core.gates.probe()
        await asyncio.sleep(0.05)


async def _drained(service: JobService, figures: Figures) -> None:
    until = time.monotonic() + DRAIN_SECONDS
    while time.monotonic() < until:
        await service.core.gates.probe()
        counts = await service.counts()
        figures.counts = {state.value: count for state, count in counts.items() if count}
        if figures.counts == {"succeeded": figures.jobs}:
            return
        await asyncio.sleep(0.2)


def main() -> int:
    """The exit code is 0 when nothing grew and nothing was left."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=20.0)
    parser.add_argument("--jobs", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    begin = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        figures = asyncio.run(soak(Path(folder) / "home", 60 * options.minutes, options.jobs, options.seed))
    print(f"seed {options.seed}: {figures}; {time.monotonic() - begin:.0f} s")
    print(*figures.wrong(), sep="\n")
    return 1 if figures.wrong() else 0


if __name__ == "__main__":
    sys.exit(main())
