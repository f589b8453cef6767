"""The durable queue beside bare SQLAlchemy Core, and beside a file with a synced line for each row."""

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncEngine

from cardgen_desktop.domain.job import Lane
from cardgen_desktop.jobs.clock import SystemClock
from cardgen_desktop.jobs.events import EventBus
from cardgen_desktop.jobs.queue import JobQueue
from cardgen_desktop.jobs.running import RunningJobs
from cardgen_desktop.store.claims import FinishedJob
from cardgen_desktop.store.engine import open_database
from cardgen_desktop.store.intake import NewJob

from . import bare
from .bare import Compared, SyncedFile, bare_engine, compared
from .row import Row

ONE_BY_ONE, AT_ONCE = 10, 32
NEW = NewJob(
    kind="draft", lane=Lane.CPU, request={}, title="A book", character="Ada Thorne", engine="offline"
)


def rows() -> Iterator[Row]:
    """Each job is on disk before its caller hears of it."""
    one_in, one_work, many_in, many_work = asyncio.run(measured())
    yield from one_in.rows("enqueue a job durably / the same rows by bare Core", 1.25)
    yield from one_work.rows("claim and finish a job / the same rows by bare Core", 1.25)
    yield from many_in.rows("enqueue, 32 callers at once / append and fsync a line", 1.0)
    yield from many_work.rows("claim and finish, 32 at once / append and fsync twice", 1.0)


@asynccontextmanager
async def queue_in(path: Path) -> AsyncIterator[JobQueue]:
    """A queue on a database of its own."""
    database = await open_database(path)
    running = RunningJobs(database)
    queue = JobQueue(database, EventBus(), running, SystemClock())
    await queue.recover()
    try:
        yield queue
    finally:
        await database.aclose()


async def measured() -> tuple[Compared, Compared, Compared, Compared]:
    """Seconds per job, one by one and 32 at once, of enqueueing and of claiming and finishing."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        await (await open_database(home / "bare" / "cardgen.db")).aclose()
        engine, synced = bare_engine(home / "bare" / "cardgen.db"), SyncedFile(home / "lines")
        try:
            async with queue_in(home / "ours" / "cardgen.db") as queue:
                return await _measured(queue, engine, synced)
        finally:
            synced.close()
            await engine.dispose()


async def _measured(
    queue: JobQueue, engine: AsyncEngine, synced: SyncedFile
) -> tuple[Compared, Compared, Compared, Compared]:
    return (
        await compared(lambda: put_singly(queue), lambda: bare_put_singly(engine), ONE_BY_ONE),
        await compared(lambda: work_singly(queue), lambda: bare_work_singly(engine), ONE_BY_ONE),
        await compared(lambda: put_at_once(queue), lambda: synced.append(AT_ONCE), AT_ONCE),
        await compared(lambda: work_at_once(queue), lambda: synced.append(2 * AT_ONCE), AT_ONCE),
    )


async def put_singly(queue: JobQueue) -> None:
    """Some jobs, one after the other."""
    for _ in range(ONE_BY_ONE):
        await queue.enqueue(NEW)


async def bare_put_singly(engine: AsyncEngine) -> None:
    """The same rows."""
    for _ in range(ONE_BY_ONE):
        await bare.put(engine)


async def put_at_once(queue: JobQueue) -> None:
    """32 callers, each of whom waits for its own job."""
    await asyncio.gather(*(queue.enqueue(NEW) for _ in range(AT_ONCE)))


async def work_singly(queue: JobQueue) -> None:
    """Claim and finish some jobs, one after the other."""
    for _ in range(ONE_BY_ONE):
        await _work(queue, 1)


async def bare_work_singly(engine: AsyncEngine) -> None:
    """The same rows."""
    for _ in range(ONE_BY_ONE):
        await bare.work(engine)


async def work_at_once(queue: JobQueue) -> None:
    """Claim 32 jobs, then 32 workers finish at the same time."""
    await _work(queue, AT_ONCE)


async def _work(queue: JobQueue, count: int) -> None:
    claimed = await queue.claim({Lane.CPU: count})
    if len(claimed) != count:
        raise RuntimeError("the queue ran dry")
    now = time.time()
    finished = [FinishedJob(id=job.id, result={"said": "done"}, seconds=now - now) for job in claimed]
    ended = await asyncio.gather(*map(queue.succeed, claimed, finished))
    if not all(ended):
        raise RuntimeError("a job was not finished")
