"""How a draft ends: its files are written, then the card or its proposals and the job's end are one commit.

The card row and the end of the job are guarded by the epoch (ux-and-reliability.md 3.4, "Complete"). Files
asked for while the job runs are written before it ends.
"""

import time
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from ..domain.card import Card, CardData, ExportTarget
from ..domain.card_library import CardSummary
from ..domain.checking import Finding
from ..domain.draft import DraftedCard
from ..domain.errors import CardgenError, StorageError
from ..domain.events import CardChanged, JobChanged
from ..domain.evidence import EvidenceFile, EvidenceSource, FieldEvidence
from ..domain.job import JobSnapshot
from ..domain.job_kinds import DraftResult
from ..domain.source import SourceText
from ..store import cards as stored_cards
from ..store import jobs as stored_jobs
from ..store import progress as stored_progress
from ..store import steps as stored_steps
from ..store.engine import Connection, Database
from .child import in_thread
from .events import EventBus
from .process import ProcessPool
from .running import RunningJob, RunningJobs, SupersededError

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
    findings: tuple[Finding, ...] = ()


class Ending(NamedTuple):
    """What a job ends with: its result, or the failure that stands in its place."""

    result: DraftResult
    needs_review: bool = False
    failure: CardgenError | None = None


class DraftEnd:
    """Ends draft jobs that make a card."""

    def __init__(self, database: Database, pool: ProcessPool, bus: EventBus, running: RunningJobs) -> None:
        self._database = database
        self._pool = pool
        self._bus = bus
        self._running = running

    async def __call__(self, job: RunningJob, drafted: DraftedCard, sources: Sequence[SourceText]) -> None:
        """Write the files of a draft, store its card, and end its job; raises `CardgenError`."""
        draft = await self._as_edited(job.snapshot, drafted, sources)
        failure: CardgenError | None = None
        while not await self._end(job, draft, failure):
            job.stop_if_wanted()
            failure = await self._write_files(job, draft)

    async def _as_edited(
        self, job: JobSnapshot, drafted: DraftedCard, sources: Sequence[SourceText]
    ) -> Draft:
        """The draft; or, when the job ran before and its card was edited since, that card."""
        picture = job.metadata.get(PICTURE_KEY)
        data = drafted.card.model_copy(update={"creation_date": int(job.created_at)})
        draft = Draft(Card(data=data), drafted.evidence, picture, sources, drafted.findings)
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
            result = _result(draft, summary, written)
            ending = Ending(result, needs_review=bool(draft.findings), failure=_kept(failure))
            ended = await store_end(connection, job, self._running.epoch, ending)
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
            source_ids=_source_ids(job),
            evidence=draft.evidence,
            picture_sha256=draft.picture,
            job_id=job.id,
        )


async def store_end(connection: Connection, job: RunningJob, epoch: int, ending: Ending) -> JobSnapshot:
    """End a running job in the transaction that stores what it made; raises `SupersededError`."""
    if job.left_behind.is_set():  # another worker of this epoch may have the job by now
        raise SupersededError(f"job {job.id} was left behind")
    now = time.time()
    await stored_progress.save_reports(connection, epoch, [job.take_report()], now)
    if (failure := ending.failure) is None:
        result = ending.result.model_dump(mode="json")
        ended = await stored_jobs.succeed(
            connection, job.id, epoch, result=result, now=now, needs_review=ending.needs_review
        )
    else:
        ended = await stored_jobs.fail(
            connection,
            job.id,
            epoch,
            error=failure.message,
            error_code=failure.kind or failure.code,
            error_details=failure.details,
            now=now,
        )
    if ended is None:
        raise SupersededError(f"job {job.id} is not running in epoch {epoch}")
    return ended


def _kept(failure: CardgenError | None) -> CardgenError | None:
    if failure is not None:
        failure.message = f"{failure.message} The drafted card is in the library."
    return failure


def verdicts(evidence: FieldEvidence) -> dict[str, Any]:
    """How many sentences of a draft were found supported, inferred or unsupported."""
    counts = Counter(record.verdict for records in evidence.values() for record in records if record.verdict)
    return {name: counts[name] for name in ("supported", "inferred", "unsupported")}


def failure_behind(findings: Iterable[Finding]) -> dict[str, Any]:
    """The failure that left the first text unfit, as a result of a job names it; nothing without one."""
    found = next((finding for finding in findings if finding.failure), None)
    return {"failure": found.failure, "failed": found.message} if found else {}


def _result(draft: Draft, card: CardSummary, written: tuple[str, ...]) -> DraftResult:
    return DraftResult(
        card_id=card.id,
        character=card.name,
        fields=filled_fields(draft.card.data),
        lorebook_entries=card.lorebook_entries,
        outputs=written,
        findings=len(draft.findings),
        **failure_behind(draft.findings),
        **verdicts(draft.evidence),
    )


def filled_fields(data: CardData) -> int:
    """How many fields of a card hold something."""
    values: tuple[Any, ...] = (
        data.name, data.description, data.personality, data.scenario, data.first_mes, data.mes_example,
        data.creator_notes, data.system_prompt, data.post_history_instructions, data.alternate_greetings,
        data.tags, data.character_book,
    )  # fmt: skip
    return sum(1 for value in values if value)


def _source_ids(job: JobSnapshot) -> tuple[int, ...]:
    return tuple(job.request.get("source_ids", ()))


def _target_of(path: Path) -> ExportTarget:
    """In a thread: the first import of the formats would hold the event loop for 50 ms."""
    from ..formats.writing.export import target_for

    return target_for(path)


def write_evidence(path: Path, draft: Draft) -> None:
    """Write where every piece of the card comes from; raises `StorageError`."""
    from ..formats.writing.file_writing import write_file

    sources = tuple(EvidenceSource(path=source.path, sha256=source.sha256) for source in draft.sources)
    content = EvidenceFile(sources=sources, fields=draft.evidence).model_dump_json(indent=1).encode()
    write_file(path, content, overwrite=True, check=lambda found: _prove(found, content, path))


def _prove(found: bytes, written: bytes, path: Path) -> None:
    if found != written:
        raise StorageError(
            f'"{path.name}" did not read back as it was written, so it was not kept. Check the disk.'
        )
