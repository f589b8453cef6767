"""Running a draft: steps in a child process, each stored before the next; then files; then the card.

The card row and the end of the job are one transaction, guarded by the epoch (ux-and-reliability.md 3.4,
"Complete"). Files asked for while the job runs are written before it ends.
"""

import hashlib
import json
import logging
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from pydantic import ValidationError

from .. import __version__
from ..domain.card import Card, CardData, ExportTarget
from ..domain.card_library import CardSummary
from ..domain.draft import DraftedCard, StepOutput
from ..domain.errors import CardgenError, InternalError, StorageError
from ..domain.events import CardChanged, JobChanged
from ..domain.evidence import EvidenceFile, EvidenceSource, FieldEvidence
from ..domain.job import JobSnapshot
from ..domain.job_kinds import DraftRequest, DraftResult
from ..domain.source import SourceText
from ..domain.value import Value
from ..store import cards as stored_cards
from ..store import jobs as stored_jobs
from ..store import progress as stored_progress
from ..store import sources as stored_sources
from ..store import steps as stored_steps
from ..store.engine import Connection, Database
from . import frames
from .child import in_thread
from .events import EventBus
from .kinds import request_of
from .process import ProcessPool, set_key
from .running import RunningJob, RunningJobs, SupersededError

_log = logging.getLogger(__name__)

DRAFTING_SHARE = 0.95
"""How much of a job's progress is drafting; the rest is writing files."""

PICTURE_KEY = "picture_sha256"
"""Where the metadata of a job names its picture, which was checked and stored when the job was queued."""


class Draft(NamedTuple):
    """A draft on its way into the library and into files."""

    card: Card
    evidence: FieldEvidence
    picture: str | None
    sources: Sequence[SourceText]


class DraftRunner:
    """Runs claimed draft jobs; see `worker.Runner`."""

    def __init__(self, database: Database, pool: ProcessPool, bus: EventBus, running: RunningJobs) -> None:
        self._database = database
        self._pool = pool
        self._bus = bus
        self._running = running

    async def __call__(self, job: RunningJob) -> Value | None:
        """Run one job to its end, which it stores itself with the card.

        Raises `CardgenError`, and `StoppedError` at the end of a step when a pause is wanted.
        """
        request = request_of(job.snapshot)
        if not isinstance(request, DraftRequest):
            raise InternalError(f"Job {job.id} is not a draft.")
        sources = await self._sources(request)
        job.note("read", f"Took up {_counted(sources)}.")
        drafted = await self._drafted(job, request, sources)
        draft = await self._as_edited(job.snapshot, drafted, sources)
        failure: CardgenError | None = None
        while not await self._end(job, draft, failure):
            job.stop_if_wanted()
            failure = await self._write_files(job, draft)
        return None

    async def _sources(self, request: DraftRequest) -> tuple[SourceText, ...]:
        async with self._database.read() as connection:
            sources = await stored_sources.texts(connection, request.source_ids)
        if len(sources) != len(request.source_ids):
            raise StorageError(
                "A source of this draft is no longer in the database. Start it anew from its files."
            )
        return sources

    async def _drafted(
        self, job: RunningJob, request: DraftRequest, sources: Sequence[SourceText]
    ) -> DraftedCard:
        base = [request.engine, set_key(sources), request.character.strip().casefold()]
        done = await self._steps_done(job.id, base)
        async with self._pool.draft(sources, request.character, done, engine=request.engine) as talk:
            async for message in talk:
                await self._hear(job, message, base)
            return talk.result

    async def _hear(self, job: RunningJob, message: object, base: list[str]) -> None:
        if isinstance(message, frames.Progress):
            job.report(DRAFTING_SHARE * message.fraction, message.phase)
        elif isinstance(message, frames.CharacterFound):
            job.note("found", f"Found {message.name} in the sources.")
            await self._keep_name(job, message.name)
        elif isinstance(message, frames.StepDone):
            await self._keep_step(job, message, base)
            job.stop_if_wanted()

    async def _keep_name(self, job: RunningJob, name: str) -> None:
        if name == job.snapshot.character:
            return
        async with self._database.write() as connection:
            epoch, now = self._running.epoch, time.time()
            snapshot = await stored_jobs.set_character(connection, job.id, epoch, name, now)
        if snapshot is not None:
            job.moved(snapshot)

    async def _keep_step(self, job: RunningJob, step: frames.StepDone, base: list[str]) -> None:
        output = step.output.model_dump(mode="json")
        hashed = input_hash(base, step.key)
        async with self._database.write() as connection:
            await stored_steps.save_step(
                connection, job.id, step.key, hashed, output, step.seconds, time.time()
            )
        job.note("step", f"Finished the step {step.key} in {step.seconds:.1f} s.")

    async def _steps_done(self, job_id: int, base: list[str]) -> dict[str, StepOutput]:
        """Stored steps whose inputs are still the same; whatever cannot be read is done again."""
        async with self._database.read() as connection:
            stored = await stored_steps.steps(connection, job_id)
        done: dict[str, StepOutput] = {}
        for step in stored:
            if step.output is not None and step.input_hash == input_hash(base, step.key):
                try:
                    done[step.key] = StepOutput.model_validate(step.output)
                except ValidationError as error:
                    _log.info("job %d: step %s is done again: %s", job_id, step.key, error)
        return done

    async def _as_edited(
        self, job: JobSnapshot, drafted: DraftedCard, sources: Sequence[SourceText]
    ) -> Draft:
        """The draft; or, when the job ran before and its card was edited since, that card."""
        picture = job.metadata.get(PICTURE_KEY)
        data = drafted.card.model_copy(update={"creation_date": int(job.created_at)})
        draft = Draft(Card(data=data), drafted.evidence, picture, sources)
        async with self._database.read() as connection:
            known = await stored_cards.of_job(connection, job.id)
            if known is None or known.version == 1:
                return draft
            record = await stored_cards.record(connection, known.id, in_trash=True)
            picture = await stored_cards.picture_of(connection, known.id)
        assert record is not None
        return draft._replace(card=record.card, evidence=record.evidence, picture=picture)

    async def _write_files(self, job: RunningJob, draft: Draft) -> CardgenError | None:
        """Write every file still asked for; the first failure is returned after the others were written."""
        async with self._database.read() as connection:
            outputs = await stored_steps.outputs(connection, job.id)
        failure: CardgenError | None = None
        for number, output in enumerate(outputs, 1):
            if output.done:
                continue
            share = DRAFTING_SHARE + (1 - DRAFTING_SHARE) * number / (len(outputs) + 1)
            job.report(share, f"Writing {Path(output.path).name}")
            try:
                await self._write_file(job, draft, output)
            except CardgenError as error:
                job.note("refused", error.message)
                failure = failure or error
        return failure

    async def _write_file(self, job: RunningJob, draft: Draft, output: stored_steps.StoredOutput) -> None:
        started = time.monotonic()
        path = Path(output.path)
        if output.kind == "evidence":
            await in_thread(write_evidence, path, draft)
        else:
            await self._export(draft, path)
        async with self._database.write() as connection:
            seconds = time.monotonic() - started
            await stored_steps.output_done(connection, job.id, output.path, seconds, time.time())
        job.note("written", f'Wrote "{path.name}" and read it back.')

    async def _export(self, draft: Draft, path: Path) -> None:
        target = await in_thread(_target_of, path)
        async with self._database.read() as connection:
            picture = await stored_cards.picture_data(connection, draft.picture)
        await self._pool.export(draft.card, path, target, picture=picture, overwrite=True)

    async def _end(self, job: RunningJob, draft: Draft, failure: CardgenError | None) -> bool:
        """Store the card and end the job in one transaction; False when files are still to be written."""
        async with self._database.write() as connection:
            outputs = await stored_steps.outputs(connection, job.id)
            if failure is None and not all(output.done for output in outputs):
                return False
            summary = await self._keep_card(connection, job.snapshot, draft)
            written = tuple(output.path for output in outputs if output.done and output.kind == "card")
            ended = await self._ended(connection, job, draft, summary, written, failure)
        self._bus.announce(CardChanged(summary))
        self._bus.announce(JobChanged(ended))
        return True

    async def _keep_card(self, connection: Connection, job: JobSnapshot, draft: Draft) -> CardSummary:
        now = time.time()
        known = await stored_cards.of_job(connection, job.id)
        if known is not None:
            return await stored_cards.replace_draft(
                connection, known.id, draft.card, draft.evidence, draft.picture, now
            )
        return await stored_cards.add(
            connection,
            draft.card,
            now,
            origin="draft",
            source_title=job.title,
            source_ids=request_ids(job),
            evidence=draft.evidence,
            picture_sha256=draft.picture,
            job_id=job.id,
        )

    async def _ended(
        self,
        connection: Connection,
        job: RunningJob,
        draft: Draft,
        card: CardSummary,
        written: tuple[str, ...],
        failure: CardgenError | None,
    ) -> JobSnapshot:
        if job.left_behind.is_set():  # another worker of this epoch may have the job by now
            raise SupersededError(f"job {job.id} was left behind")
        epoch, now = self._running.epoch, time.time()
        await stored_progress.save_reports(connection, epoch, [job.take_report()], now)
        if failure is None:
            result = _result(draft, card, written).model_dump(mode="json")
            ended = await stored_jobs.succeed(connection, job.id, epoch, result=result, now=now)
        else:
            ended = await stored_jobs.fail(
                connection,
                job.id,
                epoch,
                error=f"{failure.message} The drafted card is in the library.",
                error_code=failure.code,
                error_details=failure.details,
                now=now,
            )
        if ended is None:
            raise SupersededError(f"job {job.id} is not running in epoch {epoch}")
        return ended


def input_hash(base: Sequence[str], step_key: str) -> str:
    """What a step's output depends on: program, engine, set of sources, character and step."""
    return hashlib.sha256(json.dumps([__version__, *base, step_key]).encode()).hexdigest()


def _counted(sources: Sequence[SourceText]) -> str:
    """The size of a set in words: "3 sources, 58,000 words"."""
    words = sum(source.words for source in sources)
    return f"{len(sources)} {'source' if len(sources) == 1 else 'sources'}, {words:,} words"


def request_ids(job: JobSnapshot) -> tuple[int, ...]:
    """The source ids of a draft job."""
    return tuple(job.request.get("source_ids", ()))


def _target_of(path: Path) -> ExportTarget:
    """In a thread: the first import of the formats would hold the event loop for 50 ms."""
    from ..formats.export import target_for

    return target_for(path)


def write_evidence(path: Path, draft: Draft) -> None:
    """Write where every piece of the card comes from; raises `StorageError`."""
    from ..formats.file_writing import write_file

    sources = tuple(EvidenceSource(path=source.path, sha256=source.sha256) for source in draft.sources)
    content = EvidenceFile(sources=sources, fields=draft.evidence).model_dump_json(indent=1).encode()
    write_file(path, content, overwrite=True, check=lambda found: _prove(found, content, path))


def _prove(found: bytes, written: bytes, path: Path) -> None:
    if found != written:
        raise StorageError(
            f'"{path.name}" did not read back as it was written, so it was not kept. Check the disk.'
        )


def _result(draft: Draft, card: CardSummary, written: tuple[str, ...]) -> DraftResult:
    return DraftResult(
        card_id=card.id,
        character=card.name,
        fields=filled_fields(draft.card.data),
        lorebook_entries=card.lorebook_entries,
        outputs=written,
    )


def filled_fields(data: CardData) -> int:
    """How many fields of a card hold something."""
    values = (
        data.name, data.description, data.personality, data.scenario, data.first_mes, data.mes_example,
        data.creator_notes, data.alternate_greetings, data.tags, data.character_book,
    )  # fmt: skip
    return sum(1 for value in values if value)
