"""`python -m tests.proof.stops --cancels 1000 --seed 1`: cancel streaming jobs at random moments.

Each cancel answers within a tenth of a second, and what was streamed before is kept (ux-and-reliability.md
4.3, test 16).
"""

import argparse
import asyncio
import random
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from cardgen_desktop.domain.job import Lane
from cardgen_desktop.jobs.events import EventBus
from cardgen_desktop.jobs.process import ProcessPool
from cardgen_desktop.jobs.running import RunningJob
from cardgen_desktop.jobs.service import JobService
from cardgen_desktop.store import progress
from cardgen_desktop.store.engine import Database, open_database
from cardgen_desktop.store.intake import NewJob
from tests.proof.runners import LIMITS, RUNNING, FakeResult
from tests.support.databases import place_empty_database

AT_ONCE_SECONDS = 0.1


@dataclass
class Figures:
    """How long each cancel took (seconds), how the jobs ended, and whose text is not whole."""

    seconds: list[float] = field(default_factory=list)
    states: Counter[str] = field(default_factory=Counter)
    lost: list[int] = field(default_factory=list)

    @property
    def median(self) -> float:
        """Seconds until half of the cancels had answered."""
        return sorted(self.seconds)[len(self.seconds) // 2]

    def __str__(self) -> str:
        late = sum(seconds > AT_ONCE_SECONDS for seconds in self.seconds)
        most = 1000 * max(self.seconds)
        return (
            f"{len(self.seconds)} cancels: median {1000 * self.median:.1f} ms, slowest {most:.0f} ms, {late} "
            f"over 100 ms; {dict(self.states)}, text lost in {len(self.lost)}"
        )


async def cancel_many(database: Database, home: Path, count: int, chance: random.Random) -> Figures:
    """Cancel so many jobs, twenty of them streaming at any time."""
    service = JobService(database, ProcessPool(1), EventBus(), home=home, workers=6)
    shown: dict[int, str] = {}

    async def stream(job: RunningJob) -> FakeResult:
        text = ""
        while True:
            text += f"word {len(text)} "
            job.report(0.5, "Writing")
            job.keep_partial("text", text)
            shown[job.id] = text
            await asyncio.sleep(0.005)

    service.core.set_runners({"stream": stream}, lambda _error: None)
    for lane, limit in LIMITS.items():
        service.core.lanes.set_limit(lane, limit)
    await service.recover()
    service.start()
    figures = Figures()
    turns = asyncio.Semaphore(RUNNING)
    lanes = [lane for lane, limit in LIMITS.items() for _ in range(limit)]

    async def one(number: int) -> None:
        async with turns:
            await _cancelled(service, lanes[number % RUNNING], shown, chance.uniform(0.0, 1.5), figures)

    await asyncio.gather(*(one(number) for number in range(count)))
    await service.aclose()
    return figures


async def _cancelled(
    service: JobService, lane: Lane, shown: dict[int, str], seconds: float, figures: Figures
) -> None:
    job = await service.core.queue.enqueue(NewJob(kind="stream", lane=lane, request={}))
    while job.id not in shown and seconds > 0.02:
        await asyncio.sleep(0.005)
    await asyncio.sleep(seconds)
    begin = time.monotonic()
    await service.actions.cancel_jobs([job.id])
    figures.seconds.append(time.monotonic() - begin)
    figures.states[(await service.wait(job.id)).state.value] += 1
    async with service._database.read() as connection:
        kept = (await progress.partials(connection, job.id)).get("text", "")
    if kept != shown.get(job.id, ""):
        figures.lost.append(job.id)


async def _main(folder: Path, cancels: int, seed: int) -> Figures:
    place_empty_database(folder / "cardgen.db")
    database = await open_database(folder / "cardgen.db")
    try:
        return await cancel_many(database, folder, cancels, random.Random(seed))
    finally:
        await database.aclose()


def main() -> int:
    """The exit code is 0 when no text was lost and every job was cancelled."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cancels", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        figures = asyncio.run(_main(Path(folder), options.cancels, options.seed))
    print(f"seed {options.seed}: {figures}")
    return 0 if not figures.lost and set(figures.states) == {"cancelled"} else 1


if __name__ == "__main__":
    sys.exit(main())
