"""Exporting a batch: cards of the library into one folder, one proved file each, under names of their own.

The names are chosen and stored before the first file is written, and each written file is a step with its
path and SHA-256. After a crash between the two, a file that is found under its chosen name and holds the card
counts as written: nothing is written twice under another number, and nothing that is not ours is replaced.
"""

import hashlib
import os
import shutil
import time
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import Any

from ..domain.card import Card
from ..domain.card_export import NAME_TEMPLATE, SUFFIXES
from ..domain.card_library import CardRecord
from ..domain.errors import CardgenError, HeldError, InputError, InternalError, StorageError, UsageError
from ..domain.job import HoldReason
from ..domain.job_kinds import ExportRequest, ExportResult, Refusal
from ..store import cards as stored_cards
from ..store import plain_cards
from ..store import steps as stored_steps
from ..store.engine import Database
from .card_processes import WholeCard
from .child import in_thread
from .file_steps import BatchJob, settled, side_by_side, stop_here
from .kinds import request_of
from .process import ProcessPool
from .whole_cards import whole_card

PLAN_KEY = "plan"
CARD_PREFIX = "card:"
FULL_BYTES = 64 * 1024 * 1024
"""With less room than this a failed write means a full disk, and the job waits for room."""

_CHUNK_BYTES = 1024 * 1024


class ExportRunner:
    """Runs claimed export jobs."""

    def __init__(self, database: Database, pool: ProcessPool) -> None:
        self._database = database
        self._pool = pool

    async def __call__(self, job: BatchJob) -> ExportResult:
        """Export what can be exported; raises `HeldError` on a full disk, `InputError` when no card could be
        written, `StorageError`, and `StoppedError` at a file's end when a pause is wanted."""
        request = request_of(job.snapshot)
        if not isinstance(request, ExportRequest):
            raise InternalError(f"Job {job.id} is not an export.")
        return await _ExportBatch(self._database, self._pool, job, request).run()


class FileNames:
    """Names in one folder that are one name to no system: none differs from another by case alone."""

    def __init__(self, taken: Iterable[str]) -> None:
        self._taken = {name.casefold() for name in taken}
        self._numbers: dict[str, int] = {}

    def choose(self, card: Card, suffix: str, template: str = NAME_TEMPLATE) -> str:
        """A legal name for a card that is not taken; a second "Ada" is "Ada-2".

        Raises `UsageError` for a template that names what no card has.
        """
        from ..domain.file_names import file_name

        chosen = plain = file_name(template, card, suffix)
        key = plain.casefold()
        number = self._numbers.get(key, 1)  # of ten thousand equal names, not each is counted from one
        while chosen.casefold() in self._taken:
            number += 1
            chosen = file_name(template, card, f"-{number}{suffix}")
        self._numbers[key] = number
        self._taken.add(chosen.casefold())
        return chosen


class _ExportBatch:
    """One run of an export job."""

    def __init__(self, database: Database, pool: ProcessPool, job: BatchJob, request: ExportRequest) -> None:
        self._database = database
        self._pool = pool
        self._job = job
        self._request = request
        self._folder = Path(request.folder)
        self._template = request.options.template
        self._ids = tuple(dict.fromkeys(request.card_ids))
        self._done: dict[str, dict[str, Any]] = {}
        self._names: dict[int, str] = {}
        self._files: dict[int, str] = {}
        self._refused: dict[int, Refusal] = {}
        self._finished = 0

    async def run(self) -> ExportResult:
        """Choose the names, write the files, and say what became of the cards."""
        self._job.report(0.0, "Choosing file names")
        await in_thread(_make_folder, self._folder)
        await settled(self._database)
        async with self._database.read() as connection:
            stored = await stored_steps.steps(connection, self._job.id)
            named = await plain_cards.name_parts(connection, self._ids)
        self._done = {step.key: step.output for step in stored if step.output is not None}
        await self._choose_names(named)
        await side_by_side(self._ids, self._take)
        files = tuple(self._files[card_id] for card_id in self._ids if card_id in self._files)
        refused = tuple(self._refused[card_id] for card_id in self._ids if card_id in self._refused)
        if not files:
            raise _nothing_written(refused)
        return ExportResult(files=files, refused=refused)

    async def _choose_names(self, named: dict[int, Card]) -> None:
        """Give every card its name, and store the names before anything is written."""
        plan = self._done.get(PLAN_KEY, {}).get("names", {})
        self._names = {int(key): name for key, name in plan.items() if isinstance(name, str)}
        unnamed = [card_id for card_id in self._ids if card_id in named and card_id not in self._names]
        listed = [] if self._request.overwrite else await in_thread(_listed, self._folder)
        self._free = await in_thread(FileNames, [*listed, *self._names.values()])
        if unnamed:
            await in_thread(self._name_all, {card_id: named[card_id] for card_id in unnamed})
            await self._store_names()

    def _name_all(self, cards: dict[int, Card]) -> None:
        """In a thread: ten thousand names take a second."""
        suffix = SUFFIXES[self._request.target]
        for card_id, card in cards.items():
            self._names[card_id] = self._free.choose(card, suffix, self._template)

    async def _store_names(self) -> None:
        names = {str(card_id): name for card_id, name in self._names.items()}
        async with self._database.write() as connection:
            await stored_steps.save_step(
                connection, self._job.id, PLAN_KEY, "", {"names": names}, 0.0, time.time()
            )

    async def _take(self, card_id: int) -> None:
        stop_here(self._job)
        try:
            await self._export(card_id)
        except (StorageError, HeldError) as error:
            await in_thread(_hold_if_full, self._folder, error)
            raise
        except CardgenError as error:
            subject = self._names.get(card_id) or f"Card {card_id}"
            self._refused[card_id] = Refusal(subject=subject, reason=error.message)
            self._job.note("refused", f"{subject}: {error.message}")
        self._finished += 1
        phase = f"Exporting {min(self._finished + 1, len(self._ids)):,} of {len(self._ids):,}"
        self._job.report(self._finished / len(self._ids), phase)

    async def _export(self, card_id: int) -> None:
        async with self._database.read() as connection:
            record = await stored_cards.record(connection, card_id, avatar=False)
            whole = None if record is None else await whole_card(connection, record)
        if record is None or whole is None or card_id not in self._names:
            raise InputError(f"Card {card_id} is no longer in the library. It was left out.")
        started = time.monotonic()
        ours = await self._state_of_file(card_id, record, whole)
        if ours != "current":
            overwrite = self._request.overwrite or ours == "outdated"
            await self._write(record, card_id, whole, overwrite=overwrite)
        await self._note_written(card_id, record, started)

    async def _state_of_file(self, card_id: int, record: CardRecord, whole: WholeCard) -> str:
        """What stands under the chosen name: "current" (this card), "outdated" (ours) or "other"."""
        path = self._folder / self._names[card_id]
        step = self._done.get(f"{CARD_PREFIX}{card_id}")
        found = await in_thread(_digest, path)
        if not found:
            return "other"
        if step is not None and step.get("path") == str(path) and step.get("sha256") == found:
            return "current" if step.get("version") == record.summary.version else "outdated"
        # Named by this job when nothing was there: written by it unless somebody was quick.
        is_ours = not self._request.overwrite and await self._holds(path, whole)
        return "current" if is_ours else "other"

    async def _holds(self, path: Path, whole: WholeCard) -> bool:
        try:
            return await self._pool.holds(path, whole, self._request.target, self._request.options)
        except CardgenError:
            return False

    async def _write(self, record: CardRecord, card_id: int, whole: WholeCard, *, overwrite: bool) -> None:
        """Write and prove one file; when its name was taken meanwhile, under another."""
        target, options = self._request.target, self._request.options
        write = partial(self._pool.export_whole, whole, target=target, options=options)
        path = self._folder / self._names[card_id]
        try:
            await write(path=path, overwrite=overwrite)
        except UsageError:
            if overwrite or not await in_thread(os.path.lexists, path):
                raise
            self._names[card_id] = self._free.choose(record.card, SUFFIXES[target], self._template)
            await self._store_names()
            await write(path=self._folder / self._names[card_id], overwrite=False)

    async def _note_written(self, card_id: int, record: CardRecord, started: float) -> None:
        path = self._folder / self._names[card_id]
        digest = await in_thread(_digest, path)
        value = {"path": str(path), "sha256": digest, "version": record.summary.version}
        async with self._database.write() as connection:
            seconds, now = time.monotonic() - started, time.time()
            key = f"{CARD_PREFIX}{card_id}"
            await stored_steps.save_step(connection, self._job.id, key, digest, value, seconds, now)
        self._files[card_id] = str(path)


def _make_folder(folder: Path) -> None:
    """Make the folder, rid of what a killed export left in it; raises `StorageError` with the reason."""
    from ..formats.writing.file_writing import remove_stale_parts

    try:
        folder.mkdir(parents=True, exist_ok=True)
        remove_stale_parts(folder)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "its name is not valid"
        raise StorageError(
            f'The folder "{folder}" cannot be made: {reason}. Nothing was exported. Choose another folder.',
            details=str(error),
        ) from error


def _listed(folder: Path) -> list[str]:
    try:
        return os.listdir(folder)  # noqa: PTH208  (names are all that is needed)
    except OSError as error:
        raise StorageError(
            f'The folder "{folder}" cannot be looked at: {error.strerror}. Choose another folder.'
        ) from error


def _digest(path: Path) -> str:
    """The SHA-256 of a file; empty when there is none, or it cannot be read."""
    digest = hashlib.sha256()
    try:
        if not path.is_file():
            return ""
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK_BYTES):
                digest.update(chunk)
    except OSError:
        return ""
    return digest.hexdigest()


def _hold_if_full(folder: Path, error: CardgenError) -> None:
    """Raise `HeldError` when there is no room left: the job goes on by itself once there is."""
    try:
        free = shutil.disk_usage(folder).free
    except OSError:
        return
    if free < FULL_BYTES and not isinstance(error, HeldError):
        sentence = (
            f'The disk that holds "{folder}" is full. What was exported is kept. '
            "Free some space; the job then goes on by itself."
        )
        raise HeldError(HoldReason.DISK, sentence, scope=str(folder), details=error.message) from error


def _nothing_written(refused: tuple[Refusal, ...]) -> InputError:
    if len(refused) == 1:
        return InputError(refused[0].reason)
    details = "\n".join(f"{item.subject}: {item.reason}" for item in refused)
    return InputError(
        f"None of the {len(refused):,} cards could be exported. The first: {refused[0].reason}",
        details=details,
    )
