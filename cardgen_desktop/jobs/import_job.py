"""Importing a batch: card files and folders of them into the library, each file once and for good.

The card row and the file's step are one transaction, so that no stop can import a file twice. Files with the
same bytes become one card.
"""

import os
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from ..domain.card import CardProblem
from ..domain.card_library import CARD_SUFFIXES, CardSummary
from ..domain.chat_marks import is_chat_json
from ..domain.errors import CardgenError, InputError, InternalError, StorageError
from ..domain.events import CardChanged, CardsChanged
from ..domain.job_kinds import ImportRequest, ImportResult, Repair
from ..store import cards as stored_cards
from ..store.engine import Connection, Database
from .events import EventBus
from .file_steps import BatchJob, FileSteps, Refusals, file_key, hold_if_all_gone, side_by_side, stop_here
from .found_files import FoundFile, FoundFiles, find_files, shown
from .kinds import request_of
from .opened import OpenedCard, OpenedFile
from .process import ProcessPool

MOST_CHILDREN = 16
MOST_TOGETHER = 16
"""How many files one child reads for one transaction."""

Numbered = tuple[int, FoundFile]
_LEVELS = ("error", "warning", "info")
MOST_TOLD = 100
TOLD_EVERY = 5.0
"""How many cards of one import are announced one by one, and seconds between two announcements of more."""

MOST_REPAIRS = 100
MOST_PROBLEMS = 20
"""Of how many repaired files a result tells what was made of them, and how much of each."""


class ImportRunner:
    """Runs claimed import jobs."""

    def __init__(self, database: Database, pool: ProcessPool, bus: EventBus) -> None:
        self._database = database
        self._pool = pool
        self._bus = bus

    async def __call__(self, job: BatchJob) -> ImportResult:
        """Import what can be imported; raises `HeldError` when every path has vanished, `InputError` when
        nothing could be used, `StorageError`, and `StoppedError` at a file's end when a pause is wanted."""
        request = request_of(job.snapshot)
        if not isinstance(request, ImportRequest):
            raise InternalError(f"Job {job.id} is not an import.")
        batch = _ImportBatch(self._database, self._pool, self._bus, job)
        return await batch.run(request.paths)


class Told:
    """Announces cards: the first ones each, of very many some together from time to time."""

    def __init__(self, bus: EventBus, *, every: float = TOLD_EVERY) -> None:
        self._bus = bus
        self._every = every
        self._count = 0
        self._waiting: list[int] = []
        self._last = time.monotonic()

    def add(self, cards: Sequence[CardSummary]) -> None:
        """These are in the library now."""
        for card in cards:
            self._count += 1
            if self._count <= MOST_TOLD:
                self._bus.announce(CardChanged(card))
            else:
                self._waiting.append(card.id)
        if time.monotonic() - self._last >= self._every:
            self.end()

    def end(self) -> None:
        """Announce what is left."""
        if self._waiting:
            waiting, self._waiting = self._waiting, []
            self._bus.announce(CardsChanged(tuple(waiting)))
        self._last = time.monotonic()


class _ImportBatch:
    """One run of an import job."""

    def __init__(self, database: Database, pool: ProcessPool, bus: EventBus, job: BatchJob) -> None:
        self._database = database
        self._pool = pool
        self._bus = bus
        self._job = job
        self._steps = FileSteps(database, job)
        self._cards: dict[int, int] = {}
        self._imported: dict[str, int] = {}
        self._kept: set[int] = set()
        self._lost: set[str] = set()
        self._owners: dict[bytes, str] = {}
        self._repaired: dict[int, int] = {}
        self._told = Told(bus)
        self._skipped = 0
        self._finished = 0

    async def run(self, paths: tuple[str, ...]) -> ImportResult:
        """Find the files, import them, and say what became of them."""
        self._job.report(0.0, "Looking for card files")
        await self._load()
        found = await find_files(
            paths, CARD_SUFFIXES, self._on_folder, fits=lambda path: not is_chat_json(path)
        )
        found.missing = [path for path in found.missing if file_key(path) not in self._imported]
        if not self._imported:
            hold_if_all_gone(found)
        self._refusals, self._total = Refusals(self._job, found), len(found.files)
        if not found.files and not self._refusals and not self._imported:
            raise InputError("There is no card file in this folder. Choose one that has cards in it.")
        self._job.note("found", f"Found {self._total:,} {'file' if self._total == 1 else 'files'}.")
        at_once = cards_at_once()
        self._pool.ensure(at_once + 1)
        # Two more than work at once: while one waits for its commit, another's child is at work.
        try:
            await side_by_side(_batches(found.files, at_once), self._take, at_once=at_once + 2)
        finally:
            self._told.end()
        return await self._result(found)

    async def _result(self, found: FoundFiles) -> ImportResult:
        """The cards in the order of their files, then those whose file has gone since it was imported."""
        keys = {file_key(file.path) for file in found.files}
        ids = [self._cards[number] for number in sorted(self._cards)]
        ids += [card_id for key, card_id in self._imported.items() if key not in keys]
        if not ids:
            raise self._nothing_imported()
        if self._skipped:
            files = "1 picture holds" if self._skipped == 1 else f"{self._skipped:,} pictures hold"
            self._job.note("skipped", f"{files} no card; left out.")
        return ImportResult(
            card_ids=tuple(dict.fromkeys(ids)),
            repaired=len(set(self._repaired.values())),
            refused=self._refusals.listed(),
            repairs=await self._repairs(found),
            skipped=self._skipped,
            already=len(self._kept.intersection(ids)),
        )

    def _nothing_imported(self) -> InputError:
        if self._skipped and not len(self._refusals):
            return InputError(
                f"None of the {self._skipped:,} pictures holds a card. Choose files exported as cards."
            )
        return self._refusals.as_failure("imported")

    async def _repairs(self, found: FoundFiles) -> tuple[Repair, ...]:
        """What was wrong with the first files that were mended; their cards know."""
        first = [(number, self._repaired[number]) for number in sorted(self._repaired)[:MOST_REPAIRS]]
        async with self._database.read() as connection:
            problems = await stored_cards.problems(connection, [card_id for _, card_id in first])
        return tuple(
            Repair(
                subject=shown(found.files[number].path),
                problems=_first_of(problems.get(card_id, ())),
                card_id=card_id,
            )
            for number, card_id in first
        )

    def _on_folder(self, folder: Path, found: int) -> None:
        stop_here(self._job)
        self._job.report(0.0, f"Looking in {folder.name or folder}, {found:,} files so far")

    async def _load(self) -> None:
        """What earlier runs imported counts; a card that was lost since is imported again."""
        await self._steps.load()
        stored = {key: step for key, step in self._steps.all().items() if "card_id" in step}
        async with self._database.read() as connection:
            trash = await stored_cards.in_trash(connection, [step["card_id"] for step in stored.values()])
        self._lost = {key for key, step in stored.items() if step["card_id"] not in trash}
        for key in stored.keys() - self._lost:
            self._imported[key] = stored[key]["card_id"]
            self._owners[_key(stored[key]["digest"])] = key
        earlier = {self._imported[key] for key in self._imported if self._steps.is_earlier(key)}
        self._kept = {card_id for card_id in earlier if not trash[card_id]}
        await self._restore(sorted(earlier - self._kept))

    async def _restore(self, card_ids: list[int]) -> None:
        """Who runs an import again wants the cards back that are in the trash."""
        for card_id in card_ids:
            async with self._database.write() as connection:
                summary = await stored_cards.restore(connection, card_id)
            if summary is not None:
                self._bus.announce(CardChanged(summary))

    async def _take(self, batch: Sequence[Numbered]) -> None:
        """Import a few files; a pause is heeded between what fits into one answer of a child."""
        fresh: list[Numbered] = []
        for number, file in batch:
            known = self._known(file)
            if known is None:
                fresh.append((number, file))
            else:
                self._count(number, file, known)
        self._report()
        while fresh:
            stop_here(self._job)
            started = time.monotonic()
            opened = await self._opened([file for _, file in fresh])
            taken, fresh = fresh[: len(opened)], fresh[len(opened) :]
            outcomes = await self._keep([file for _, file in taken], opened, started)
            for (number, file), outcome in zip(taken, outcomes, strict=True):
                self._count(number, file, outcome)
            self._report()

    def _known(self, file: FoundFile) -> dict[str, Any] | None:
        return None if file_key(file.path) in self._lost else self._steps.known(file)

    def _count(self, number: int, file: FoundFile, outcome: dict[str, Any]) -> None:
        if "card_id" in outcome:
            self._cards[number] = outcome["card_id"]
            if outcome.get("repaired"):
                self._repaired[number] = outcome["card_id"]
        elif "skipped" in outcome:
            self._skipped += 1
        elif "refused" in outcome:
            self._refusals.add(number, file.path, outcome["refused"])
        self._finished += 1

    def _report(self) -> None:
        phase = f"Importing {min(self._finished + 1, self._total):,} of {self._total:,}"
        self._job.report(self._finished / max(1, self._total), phase)

    async def _opened(self, files: Sequence[FoundFile]) -> tuple[OpenedFile, ...]:
        """Read the first of some files; where one of them ends the child, each alone."""
        try:
            return await self._pool.open_cards([(file.path, not file.is_named) for file in files])
        except StorageError:
            raise
        except CardgenError:
            return tuple([await self._opened_alone(file) for file in files])

    async def _opened_alone(self, file: FoundFile) -> OpenedFile:
        try:
            return await self._pool.open_file(
                file.path, cards_only=True, in_folder=not file.is_named, digest=True
            )
        except StorageError:
            raise
        except CardgenError as error:
            return OpenedFile(refused=error.message)

    async def _keep(
        self, files: Sequence[FoundFile], opened: Sequence[OpenedFile], started: float
    ) -> list[dict[str, Any]]:
        """The cards and the steps that say so, in one transaction; what became of each file."""
        outcomes: list[dict[str, Any]] = []
        added: list[CardSummary] = []
        async with self._database.write() as connection:
            for file, found in zip(files, opened, strict=True):
                outcome = self._judged(file, found)
                if outcome is None:
                    assert found.card is not None
                    added.append(await add_imported(connection, found.card))
                    repaired = is_repaired(found.card)
                    outcome = {"card_id": added[-1].id, "digest": found.sha256, "repaired": repaired}
                outcomes.append(outcome)
            seconds = (time.monotonic() - started) / len(files)
            digests = [found.sha256 for found in opened]
            await self._steps.save_all(connection, files, digests, outcomes, seconds)
        self._told.add(added)
        return outcomes

    def _judged(self, file: FoundFile, found: OpenedFile) -> dict[str, Any] | None:
        """What becomes of a file without a card of its own, also where its bytes have one; else None."""
        if found.refused:
            return {"refused": found.refused}
        if found.card is None:
            return {"skipped": True}
        key = file_key(file.path)
        owner = self._owners.setdefault(_key(found.sha256), key) if found.sha256 else key
        if owner != key:
            return {"same_as": owner}
        before = self._steps.of(key)
        if before is None or key not in self._imported or before.get("digest") != found.sha256:
            return None
        # The file was touched or moved through a backup, but holds what was imported from it before.
        return {name: value for name, value in before.items() if name not in ("path", "mark")}


async def add_imported(connection: Connection, opened: OpenedCard) -> CardSummary:
    """Put the card of a file into the library, with its picture, its files and what was wrong with it."""
    return await stored_cards.add(
        connection,
        opened.card,
        time.time(),
        origin="import",
        problems=opened.problems,
        original=opened.original,
        picture_sha256=opened.picture.sha256 if opened.picture else None,
        files=opened.files,
    )


def is_repaired(card: OpenedCard) -> bool:
    """Whether something in the file was wrong and was mended."""
    return any(problem.level != "info" for problem in card.problems)


def cards_at_once() -> int:
    """How many children read cards at once: as many as there are cores."""
    return min(MOST_CHILDREN, max(2, os.cpu_count() or 1))


def _batches(files: Sequence[FoundFile], at_once: int) -> Iterator[list[Numbered]]:
    """The files with their numbers, a few together where there are many, so that all children have work."""
    size = max(1, min(MOST_TOGETHER, len(files) // (4 * at_once)))
    for start in range(0, len(files), size):
        yield list(enumerate(files[start : start + size], start))


def _key(digest: str) -> bytes:
    """A digest as it is kept for very many files."""
    return bytes.fromhex(digest)[:16]


def _first_of(problems: Sequence[CardProblem]) -> tuple[CardProblem, ...]:
    """What was mended, the worst first, up to a bound and then how many more there are."""
    mended = sorted(problems, key=lambda problem: _LEVELS.index(problem.level))
    if len(mended) <= MOST_PROBLEMS:
        return tuple(mended)
    more = f"{len(mended) - MOST_PROBLEMS:,} more; the card shows all of them."
    return (*mended[:MOST_PROBLEMS], CardProblem(level="info", where="", message=more))
