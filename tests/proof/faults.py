"""`python -m tests.proof.faults [--stride 1] [--folder /dev/shm]`: the k-th operation fails, or is the last.

From enqueueing to undo, jobs run on a fresh data folder, once for each operation on a file or the database
and each kind of fault; with EXIT the process ends there and then. Allowed are commands that are refused with
a sentence, and jobs that wait for the disk. Afterwards, without faults, everything has to come to its end,
once (ux-and-reliability.md 4.3, tests 2 and 3).
"""

import argparse
import asyncio
import json
import logging
import os
import shutil
import sqlite3
import sys
import tempfile
import time
import traceback
from contextlib import closing
from pathlib import Path
from typing import Any

from cardgen_desktop.domain.errors import CardgenError, InternalError
from cardgen_desktop.domain.events import Event, JobChanged
from cardgen_desktop.domain.job import HoldReason, JobSnapshot, JobState, Lane
from cardgen_desktop.domain.value import Value
from cardgen_desktop.formats.writing.file_writing import write_file
from cardgen_desktop.jobs.child import in_thread
from cardgen_desktop.jobs.core import Timing
from cardgen_desktop.jobs.events import EventBus
from cardgen_desktop.jobs.process import ProcessPool
from cardgen_desktop.jobs.running import RunningJob
from cardgen_desktop.jobs.service import JobService
from cardgen_desktop.store import steps
from cardgen_desktop.store.engine import Database, open_database
from cardgen_desktop.store.intake import NewJob
from tests.support import faults
from tests.support.databases import place_empty_database

EXIT, EXIT_CODE = "EXIT", 9
KINDS = (EXIT, *faults.ERRNOS, *faults.ANSWERS)
ALLOWED = {JobState.SUCCEEDED, JobState.HELD, JobState.QUEUED, JobState.CANCELLED}
SECONDS = 8.0
CONTENT = b"A card.\n" * 400


class Ending(faults.Faults):
    """Faults, one kind of which ends the process."""

    def strikes(self, what: str, path: object = None, *, answers: bool = False) -> bool:
        """As for the others, but nobody hears of it."""
        if (
            what == "sqlite fcntl"
        ):  # also unlocking, which no system refuses; SQLITE_BUSY is the lock that fails
            return False
        struck = super().strikes(what, path, answers=answers)
        if struck and self.kind == EXIT:
            os._exit(EXIT_CODE)
        return struck


class Said(Value):
    """What a fake job answers."""

    of: int


class Complaints(logging.Handler):
    """What the program itself takes for its own mistake."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.found: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep it."""
        self.found.append(self.format(record))


class Story:
    """The life of three jobs: one has steps, one writes a file, one is cancelled."""

    def __init__(self, database: Database, home: Path) -> None:
        self.database, self.home = database, home
        self.bus = EventBus()
        timing = Timing(stagger=0.0, storage_retry=0.02)
        self.service = JobService(database, ProcessPool(1), self.bus, home=home, workers=2, timing=timing)
        core = self.service.core
        core.set_runners({"steps": self._steps, "file": self._file, "slow": self._slow}, lambda _error: None)
        for reason in HoldReason:
            core.gates.set_probe(reason, _opens)
        self.seen: dict[int, JobSnapshot] = {}
        self.internal: list[str] = []
        self.bus.subscribe(self._hear)

    def _hear(self, event: Event) -> None:
        if isinstance(event, JobChanged):
            self.seen[event.job.id] = event.job
            if event.job.error_code == "internal":
                self.internal.append(f"job {event.job.id}: {event.job.error_details}")

    async def _steps(self, job: RunningJob) -> Said:
        async with self.database.read() as connection:
            done = {step.key for step in await steps.steps(connection, job.id)}
        for key in sorted({"one", "two"} - done):
            job.report(0.5, f"Doing {key}")
            job.keep_partial(key, "some words")
            await self._save(job, key)
        return Said(of=job.id)

    async def _file(self, job: RunningJob) -> Said:
        path = self.home / "out" / "card.json"
        await in_thread(_written, path)
        await self._save(job, "written")
        return Said(of=job.id)

    async def _slow(self, job: RunningJob) -> Said:
        await asyncio.sleep(60)
        return Said(of=job.id)

    async def _save(self, job: RunningJob, key: str) -> None:
        async with self.database.write() as connection:
            await steps.save_step(connection, job.id, key, "same", {"of": key}, 0.1, time.time())

    async def told(self) -> None:
        """From enqueueing to undo. A command that is refused is given once more."""
        queue, actions = self.service.core.queue, self.service.actions
        await again(lambda: queue.enqueue(_new("slow", Lane.EXPORT)))
        await again(lambda: queue.enqueue(_new("steps", Lane.CPU)))
        await again(lambda: queue.enqueue(_new("file", Lane.CPU)))
        await self._until("steps", JobState.SUCCEEDED)
        await self._until("file", JobState.SUCCEEDED)
        await self._until("slow", JobState.RUNNING, JobState.CANCELLED)
        await again(lambda: actions.cancel_jobs([self._id("slow")]))
        await self._until("slow", JobState.CANCELLED)
        await again(lambda: actions.remove_jobs([self._id("steps")]))
        if (await again(actions.undo_history)).undo:
            await again(actions.undo)
        await again(self.service.counts)

    def _id(self, kind: str) -> int:
        return next((job.id for job in self.seen.values() if job.kind == kind), 0)

    async def _until(self, kind: str, *states: JobState) -> None:
        while (number := self._id(kind)) == 0 or self.seen[number].state not in states:
            await asyncio.sleep(0.005)
            if any(job.state is JobState.HELD for job in self.seen.values()):
                await self.service.core.gates.probe()
            job = self.seen.get(number)
            if job is not None and job.kind == "file" and job.error_code == "storage":
                await again(
                    lambda: self.service.actions.retry_jobs([number])
                )  # its file was refused, plainly


async def again(command: Any) -> Any:
    """Give a command; when it is refused, once more."""
    try:
        return await command()
    except InternalError:
        raise
    except CardgenError:
        return await command()


async def _opens(_scope: str) -> bool:
    return True


def _new(kind: str, lane: Lane) -> NewJob:
    return NewJob(kind=kind, lane=lane, request={}, title=kind, request_id=f"the {kind} one")


def _written(path: Path) -> None:
    write_file(path, CONTENT, overwrite=True, check=lambda _found: None)


async def live(home: Path, kind: str, strike_at: int) -> dict[str, Any]:
    """One life with one fault; what is wrong, and whether the fault came."""
    complaints = Complaints()
    logging.getLogger().addHandler(complaints)
    database = await open_database(home / "cardgen.db")
    story = Story(database, home)
    await story.service.recover()
    wrong: list[str] = []
    with faults.FAULTS.armed(kind, home, strike_at):
        story.service.start()
        try:
            async with asyncio.timeout(SECONDS):
                await story.told()
        except Exception:  # noqa: BLE001  (this is what is looked for)
            if os.environ.get("PYTHON_TASKS"):
                for task in asyncio.all_tasks():
                    task.print_stack()
            states = {
                job.kind: (job.state, job.error, job.phase, job.error_details) for job in story.seen.values()
            }
            wrong.append(f"{traceback.format_exc()}{states}")
        count, struck = faults.FAULTS.count, faults.FAULTS.struck
    await story.service.aclose()
    await database.aclose()
    return {"wrong": [*wrong, *story.internal, *complaints.found], "count": count, "struck": struck}


def forked(home: Path, kind: str, strike_at: int) -> dict[str, Any]:
    """The same in a process of its own; an empty answer when it ended at the fault."""
    ours, theirs = os.pipe()
    child = os.fork()
    if not child:
        answer: dict[str, Any] = {"wrong": ["the process died"], "count": 0, "struck": "?"}
        try:
            answer = asyncio.run(live(home, kind, strike_at))
        except BaseException:  # noqa: BLE001  (handed to the parent)
            answer = {"wrong": [traceback.format_exc()], "count": 0, "struck": "?"}
        finally:
            os.write(theirs, json.dumps(answer).encode()[:60_000])
            os._exit(0)
    os.close(theirs)
    with os.fdopen(ours, "rb") as pipe:
        answer = pipe.read()
    _, status = os.waitpid(child, 0)
    ended = os.WIFEXITED(status) and os.WEXITSTATUS(status) == EXIT_CODE
    return {"wrong": [], "count": 0, "struck": "exit"} if ended else json.loads(answer)


def spoiled(home: Path) -> list[str]:
    """What is wrong in the folder when everything has come to its end."""
    with closing(sqlite3.connect(home / "cardgen.db")) as look:
        wrong = [str(row) for row in look.execute("PRAGMA integrity_check").fetchall() if row != ("ok",)]
        jobs = look.execute("SELECT kind, state, removed_at FROM job ORDER BY kind").fetchall()
        twice = "SELECT job_id FROM event WHERE kind = 'succeeded' GROUP BY job_id HAVING count(*) > 1"
        wrong += [f"ended twice: {row}" for row in look.execute(twice)]
        wrong += [
            f"open attempt: {row}" for row in look.execute("SELECT * FROM attempt WHERE ended_at IS NULL")
        ]
        tally = look.execute("SELECT state, sum(jobs) FROM tally GROUP BY 1 HAVING sum(jobs) ORDER BY 1")
        counted = "SELECT state, count(*) FROM job WHERE removed_at IS NULL GROUP BY 1 ORDER BY 1"
        wrong += [] if tally.fetchall() == look.execute(counted).fetchall() else ["the tally is wrong"]
    states = [(kind, state) for kind, state, _ in jobs]
    right = [("file", "succeeded"), ("slow", "cancelled"), ("steps", "succeeded")]
    wrong += [] if states == right else [f"jobs: {jobs}"]
    if (home / "out" / "card.json").read_bytes() != CONTENT:
        wrong.append("the file is torn")
    return wrong


def strike(template: Path, folder: Path, kind: str, strike_at: int) -> dict[str, Any]:
    """One fault, the next start without one, and what is wrong then."""
    home = folder / "home"
    shutil.rmtree(home, ignore_errors=True)
    shutil.copytree(template, home)
    answer = forked(home, kind, strike_at)
    if answer["struck"]:
        healed = forked(home, "EIO", 0)
        answer["wrong"] += [f"afterwards: {item}" for item in healed["wrong"]]
    answer["wrong"] += spoiled(home) if not answer["wrong"] else []
    return answer


def run(folder: Path, stride: int, kinds: tuple[str, ...]) -> tuple[int, list[str]]:
    """Every fault of these kinds, or each `stride`-th; how many came, and what was wrong."""
    faults.FAULTS = Ending()
    faults.install()
    template = folder / "template"
    place_empty_database(template / "cardgen.db")
    (template / "out").mkdir()
    came, complaints = 0, []
    for number, kind in enumerate(kinds):
        strike_at, begin = 1 + number % stride, time.monotonic()
        while (answer := strike(template, folder, kind, strike_at))["struck"]:
            complaints += [f"{kind} at {strike_at} ({answer['struck']}): {item}" for item in answer["wrong"]]
            came, strike_at = came + 1, strike_at + stride
        complaints += [f"{kind} without a fault: {item}" for item in answer["wrong"]]
        print(f"{kind}: {answer['count']} operations, {time.monotonic() - begin:.0f} s", flush=True)
    return came, complaints


def main() -> int:
    """The exit code is 0 when every fault was borne."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stride", type=int, default=1)
    parser.add_argument("--kinds", nargs="*", default=KINDS, choices=KINDS)
    parser.add_argument("--folder", type=Path, default=None, help="where to work, such as /dev/shm")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        came, complaints = run(Path(folder), options.stride, tuple(options.kinds))
    print(*complaints, f"{came} faults, {len(complaints)} complaints", sep="\n")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
