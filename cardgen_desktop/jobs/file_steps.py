"""Each file of a batch is one durable step, so that no stop makes a job do a finished file again."""

import asyncio
import hashlib
import os
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, Protocol, TypeVar

from ..domain.errors import HeldError, InputError
from ..domain.job import HoldReason, JobSnapshot
from ..domain.job_kinds import Refusal
from ..store import job_history
from ..store import steps as stored_steps
from ..store.engine import Connection, Database
from .found_files import FoundFile, FoundFiles, shown

T = TypeVar("T")

FILE_PREFIX = "file:"
MOST_REFUSALS = 1_000
"""How many refusals a result names; of what is beyond it tells the number."""

MOST_NOTED = 100


class BatchJob(Protocol):
    """What a batch needs of the job that a worker has; see `running.RunningJob`."""

    @property
    def id(self) -> int:
        """The job's id."""
        ...

    @property
    def snapshot(self) -> JobSnapshot:
        """The job at this moment."""
        ...

    @property
    def wants_pause(self) -> bool:
        """Whether the person wants the job to stop at a safe point."""
        ...

    def report(self, fraction: float, phase: str) -> None:
        """Progress from 0 to 1."""
        ...

    def note(self, kind: str, text: str) -> None:
        """Add a line to the job's log."""
        ...


def stop_here(job: BatchJob) -> None:
    """A safe point: everything finished is stored. Raises `StoppedError` when the person wants a pause."""
    from .running import StoppedError

    if job.wants_pause:
        raise StoppedError


def files_at_once() -> int:
    """How many files of one job are read or written side by side."""
    return min(4, max(2, os.cpu_count() or 1))


async def side_by_side(
    items: Iterable[T], work: Callable[[T], Awaitable[None]], *, at_once: int | None = None
) -> None:
    """Work on all items, a few at a time, in their order; the first failure stops the rest and is raised.

    Where that is `StoppedError`, the others come to a safe point first: cut off, a child that writes would
    leave a part of a file behind, and one that reads would have read for nothing.
    """
    from .running import StoppedError

    following, stopped = iter(items), False

    async def take() -> None:
        nonlocal stopped
        for item in following:
            try:
                await work(item)
            except StoppedError:
                stopped = True
                raise
            if stopped:
                return

    tasks = [asyncio.create_task(take()) for _ in range(at_once or files_at_once())]
    try:
        await asyncio.gather(*tasks)
    except StoppedError:
        await asyncio.gather(*tasks, return_exceptions=True)
        raise
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def settled(database: Database) -> None:
    """Wait until all that was written so far is there to be read.

    A run that was cancelled may have left a transaction that is about to be committed.
    """
    async with database.write(durable=False):
        pass


def file_key(path: Path) -> str:
    """The key of a file's step: of its name as bytes, which need not be text."""
    return FILE_PREFIX + hashlib.sha256(os.fsencode(path)).hexdigest()[:40]


class FileSteps:
    """The steps of one job's files: what is done, and the way to store more in the caller's transaction."""

    def __init__(self, database: Database, job: BatchJob) -> None:
        self._database = database
        self._job = job
        self._done: dict[str, stored_steps.StoredStep] = {}
        self._asked_again_at = 0.0

    async def load(self) -> None:
        """Read what earlier runs of the job have done."""
        await settled(self._database)
        async with self._database.read() as connection:
            stored = await stored_steps.steps(connection, self._job.id)
            self._asked_again_at = await job_history.last_event(connection, self._job.id, job_history.RETRIED)
        self._done = {step.key: step for step in stored if step.output is not None}

    def all(self) -> dict[str, dict[str, Any]]:
        """What is stored, by key."""
        return {key: step.output for key, step in self._done.items() if step.output is not None}

    def of(self, key: str) -> dict[str, Any] | None:
        """What is stored under one key."""
        step = self._done.get(key)
        return None if step is None else step.output

    def known(self, file: FoundFile) -> dict[str, Any] | None:
        """What was stored of a file that has not changed since.

        A refusal counts only within one run: who runs the job again wants the file tried again.
        """
        step = self._done.get(file_key(file.path))
        if step is None or step.output is None or not file.mark or step.output.get("mark") != file.mark:
            return None
        return None if "refused" in step.output and self.is_earlier(step.key) else step.output

    def is_earlier(self, key: str) -> bool:
        """Whether a step was stored before the person asked for the job once more."""
        return self._done[key].finished_at < self._asked_again_at

    async def save_all(
        self,
        connection: Connection,
        files: Sequence[FoundFile],
        digests: Sequence[str],
        outputs: Sequence[dict[str, Any]],
        seconds: float,
    ) -> None:
        """Store the steps of several files as `save` does; each took so many seconds."""
        values = {
            file_key(file.path): (digest, {"path": shown(file.path), "mark": file.mark, **output})
            for file, digest, output in zip(files, digests, outputs, strict=True)
        }
        await stored_steps.save_steps(connection, self._job.id, values, seconds, time.time())

    async def save(
        self, connection: Connection, file: FoundFile, digest: str, output: dict[str, Any], seconds: float
    ) -> None:
        """Store a file's step; `digest` is the SHA-256 of its content, empty when nothing could be read."""
        value = {"path": shown(file.path), "mark": file.mark, **output}
        await stored_steps.save_step(
            connection, self._job.id, file_key(file.path), digest, value, seconds, time.time()
        )


class Refusals:
    """What could not be used, in the order of the files; each is also a line of the job's log."""

    def __init__(self, job: BatchJob, found: FoundFiles) -> None:
        self._job = job
        self._first = list(found.refused) + [_gone(path) for path in found.missing]
        self._of_files: dict[int, Refusal] = {}
        for refusal in self._first:
            self._note(refusal)

    def __len__(self) -> int:
        return len(self._first) + len(self._of_files)

    def add(self, number: int, path: Path, reason: str) -> None:
        """The file with this number could not be used."""
        self._of_files[number] = Refusal(subject=shown(path), reason=reason)
        self._note(self._of_files[number])

    def _note(self, refusal: Refusal) -> None:
        if len(self) <= MOST_NOTED:
            self._job.note("refused", f"{refusal.subject}: {refusal.reason}")

    def listed(self) -> tuple[Refusal, ...]:
        """All of them up to a bound, then how many more there are."""
        every = [*self._first, *(self._of_files[number] for number in sorted(self._of_files))]
        if len(every) <= MOST_REFUSALS:
            return tuple(every)
        more = len(every) - MOST_REFUSALS
        rest = Refusal(subject=f"{more:,} more", reason="They could not be used either; add them in parts.")
        return (*every[:MOST_REFUSALS], rest)

    def as_failure(self, done: str) -> InputError:
        """The failure of a job that could use nothing at all; `done` is the verb, such as "imported"."""
        listed = self.listed()
        details = "\n".join(f"{item.subject}: {item.reason}" for item in listed)
        if len(self) == 1:
            return InputError(listed[0].reason, details=details)
        return InputError(
            f"None of the {len(self):,} files could be {done}. The first: {listed[0].reason}", details=details
        )


def _gone(path: Path) -> Refusal:
    reason = f'"{shown(path)}" is no longer there. Put it back, then run the job again.'
    return Refusal(subject=shown(path), reason=reason)


def hold_if_all_gone(found: FoundFiles) -> None:
    """Raise `HeldError` when every named path has vanished, such as with the disk it was on."""
    if not found.missing or found.files or found.refused:
        return
    first = shown(found.missing[0])
    what = f'"{first}"' if len(found.missing) == 1 else f'"{first}" and {len(found.missing) - 1} more'
    verb = "was" if len(found.missing) == 1 else "were"
    raise HeldError(
        HoldReason.SOURCE,
        f"{what} {verb} moved or removed since the job was queued. Put the files back, then resume it.",
        scope=first,
    )
