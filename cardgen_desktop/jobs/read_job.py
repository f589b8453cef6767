"""Reading a batch: documents and folders of them onto the desk, in the order in which they were given."""

import time
from pathlib import Path
from typing import Any

from ..domain.chat_marks import JSON_SUFFIX, is_chat_file
from ..domain.errors import CardgenError, InputError, InternalError, StorageError
from ..domain.events import SourcesChanged
from ..domain.job_kinds import ReadRequest, ReadResult
from ..domain.source import DOCUMENT_SUFFIXES, SourceText
from ..store import sources as stored_sources
from ..store.engine import Database
from .events import EventBus
from .file_steps import BatchJob, FileSteps, Refusals, file_key, hold_if_all_gone, side_by_side, stop_here
from .found_files import FoundFile, find_files
from .kinds import request_of
from .process import ProcessPool

ANNOUNCE_SECONDS = 0.5

_SUFFIXES = DOCUMENT_SUFFIXES | {JSON_SUFFIX}


class ReadRunner:
    """Runs claimed jobs that read documents."""

    def __init__(self, database: Database, pool: ProcessPool, bus: EventBus) -> None:
        self._database = database
        self._pool = pool
        self._bus = bus

    async def __call__(self, job: BatchJob) -> ReadResult:
        """Read what can be read; raises `HeldError` when every path has vanished, `InputError` when nothing
        could be used, `StorageError`, and `StoppedError` at a file's end when a pause is wanted."""
        request = request_of(job.snapshot)
        if not isinstance(request, ReadRequest):
            raise InternalError(f"Job {job.id} does not read documents.")
        return await _ReadBatch(self._database, self._pool, self._bus, job).run(request.paths)


class _ReadBatch:
    """One run of such a job."""

    def __init__(self, database: Database, pool: ProcessPool, bus: EventBus, job: BatchJob) -> None:
        self._database = database
        self._pool = pool
        self._bus = bus
        self._job = job
        self._steps = FileSteps(database, job)
        self._sources: dict[int, int] = {}
        self._finished = 0
        self._announced_at = 0.0

    async def run(self, paths: tuple[str, ...]) -> ReadResult:
        """Find the documents, read them, put them in order, and say what became of them."""
        self._job.report(0.0, "Looking for documents")
        await self._steps.load()
        found = await find_files(paths, _SUFFIXES, self._on_folder, fits=_is_document)
        hold_if_all_gone(found)
        self._refusals, self._total = Refusals(self._job, found), len(found.files)
        if not found.files and not self._refusals:
            raise InputError("There is no document in this folder. Choose one with texts, books or PDFs.")
        self._job.note("found", f"Found {self._total:,} {'document' if self._total == 1 else 'documents'}.")
        await side_by_side(list(enumerate(found.files)), self._take)
        if not self._sources:
            raise self._refusals.as_failure("read")
        ids = tuple(dict.fromkeys(self._sources[number] for number in sorted(self._sources)))
        await self._put_in_order(ids)
        return ReadResult(source_ids=ids, refused=self._refusals.listed())

    def _on_folder(self, folder: Path, found: int) -> None:
        stop_here(self._job)
        self._job.report(0.0, f"Looking in {folder.name or folder}, {found:,} documents so far")

    async def _put_in_order(self, source_ids: tuple[int, ...]) -> None:
        async with self._database.write() as connection:
            await stored_sources.put_in_order(connection, source_ids)
        self._bus.announce(SourcesChanged())

    async def _take(self, item: tuple[int, FoundFile]) -> None:
        number, file = item
        stop_here(self._job)
        known = self._known(file)
        outcome = await self._read(file) if known is None else known
        if "source_id" in outcome:
            self._sources[number] = outcome["source_id"]
        else:
            self._refusals.add(number, file.path, outcome["refused"])
        self._finished += 1
        phase = f"Reading {min(self._finished + 1, self._total):,} of {self._total:,}"
        self._job.report(self._finished / max(1, self._total), phase)

    def _known(self, file: FoundFile) -> dict[str, Any] | None:
        """Who runs the job again wants its documents on the desk again, so that they are read anew."""
        known = self._steps.known(file)
        return None if known is None or self._steps.is_earlier(file_key(file.path)) else known

    async def _read(self, file: FoundFile) -> dict[str, Any]:
        started = time.monotonic()
        try:
            opened = await self._pool.open_file(file.path, sources_only=True)
        except StorageError:
            raise
        except CardgenError as error:
            return await self._keep(file, error.message, started)
        assert opened.source is not None
        return await self._add(file, opened.source, started)

    async def _keep(self, file: FoundFile, reason: str, started: float) -> dict[str, Any]:
        outcome = {"refused": reason}
        async with self._database.write() as connection:
            await self._steps.save(connection, file, "", outcome, time.monotonic() - started)
        return outcome

    async def _add(self, file: FoundFile, text: SourceText, started: float) -> dict[str, Any]:
        """The source and the step that says so, in one transaction."""
        async with self._database.write() as connection:
            summary = await stored_sources.add(connection, text, time.time())
            outcome: dict[str, Any] = {"source_id": summary.id, "words": summary.words}
            await self._steps.save(connection, file, text.sha256, outcome, time.monotonic() - started)
        self._announce()
        return outcome

    def _announce(self) -> None:
        """The whole desk is read again for each announcement, so that they are few."""
        now = time.monotonic()
        if now - self._announced_at >= ANNOUNCE_SECONDS:
            self._announced_at = now
            self._bus.announce(SourcesChanged())


def _is_document(path: Path) -> bool:
    """Whether a file of a folder is a document: of JSON only the chats are, cards go to the library."""
    return path.suffix.casefold() != JSON_SUFFIX or is_chat_file(path)
