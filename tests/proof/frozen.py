"""`python -m tests.proof.frozen HOME SIDE`: twenty fake jobs, and one whose child must not be silent long.

Works until every job has ended, and prints how. `test_hazards.py` freezes it meanwhile.
"""

import asyncio
import json
import sys
from pathlib import Path

from cardgen_desktop.domain.job import JobQuery, Lane
from cardgen_desktop.jobs.events import EventBus
from cardgen_desktop.jobs.process import ProcessPool
from cardgen_desktop.jobs.running import RunningJob
from cardgen_desktop.jobs.service import JobService
from cardgen_desktop.store.engine import open_database
from cardgen_desktop.store.intake import NewJob
from tests.jobs.fake_tasks import source_of
from tests.proof.runners import RUNNING, FakeResult, SideFile, Troubles, new_job, put_fakes

SILENCE_SECONDS = 5.0
BOOK = b"Jim met Pew. Jim ran. seconds=1.2 "


async def main(home: Path, side: SideFile) -> list[dict[str, object]]:
    """Run everything; how each job ended."""
    database, bus = await open_database(home / "cardgen.db"), EventBus()
    async with ProcessPool(2, tasks="tests.jobs.fake_tasks:TASKS", silence_seconds=SILENCE_SECONDS) as pool:

        async def draft(job: RunningJob) -> FakeResult:
            async with pool.draft([source_of(BOOK, "book.txt")], "", {}, engine="offline") as talk:
                async for message in talk:
                    side.note("child", job.id, type(message).__name__)
            return FakeResult(of=job.id, steps=3)

        await pool.characters([source_of(b"Jim met Pew.", "start.txt")])  # a child's start is no silence
        service = JobService(database, pool, bus, home=home, workers=6)
        troubles = Troubles(5, transient=0.0, held=0.0, scale=2.0)
        put_fakes(service, database, side, troubles)
        service.core.set_runners({"talk": draft}, lambda _error: None)
        await service.recover()
        kept = NewJob(kind="talk", lane=Lane.INTERACTIVE, request={}, title="talk")
        jobs = [kept, *(new_job("frozen", number, troubles.chance) for number in range(RUNNING))]
        stored = await asyncio.gather(*(service.core.queue.enqueue(job) for job in jobs))
        service.start()
        await asyncio.gather(*(service.wait(job.id) for job in stored))
        ended = (await service.jobs(JobQuery(limit=100))).jobs
        await service.aclose()
        await database.aclose()
    return [job.model_dump(mode="json", include={"kind", "state", "attempts", "error"}) for job in ended]


if __name__ == "__main__":
    print(json.dumps(asyncio.run(main(Path(sys.argv[1]), SideFile(Path(sys.argv[2]))))))
