"""The shapes of everything that `--json` prints; `cardgen schema` and the tests use the same models."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import BaseModel, Field, TypeAdapter

from ..domain.card import Card, CardProblem, InspectedCard
from ..domain.card_differences import DifferenceReport
from ..domain.card_library import CardSummary, ExportReport, Removal
from ..domain.data_folder import DatabaseCheck, RebuildReport, RestoreReport
from ..domain.evidence import EvidenceFile, EvidenceSource
from ..domain.job import JobSnapshot, JobState, JobWant, Lane, PublicStatus
from ..domain.job_kinds import (
    DraftRequest,
    DraftResult,
    ExportRequest,
    ExportResult,
    ImportRequest,
    ImportResult,
    ReadRequest,
    ReadResult,
    Refusal,
)
from ..domain.job_views import BatchView, JobAttempt, JobExport, JobLogLine, JobStepView
from ..domain.job_views import JobDetails as DomainDetails
from ..domain.people import Person, Quotation
from ..domain.queue import Backup, BundleFile, JobsMoved, QueueFigures, QueueStatus
from ..domain.source import SourceKind, SourceText, SourceWarning, Span
from ..domain.value import OpenValue, Value
from . import draft_outputs, provider_outputs, verify_outputs


class FailedFile(Value):
    """A file that could not be used, and the sentence that says why and what to do."""

    path: str
    error: str


class ReadFile(Value):
    """One source document; `text` is there when it was asked for. `language` is "" when it is not known."""

    path: str
    kind: SourceKind
    title: str
    language: str
    chars: int
    words: int
    sha256: str
    warnings: tuple[SourceWarning, ...]
    text: str | None = Field(default=None, description="left out without --text")


class Character(Value):
    """A character of a set; `aliases` are the other names, the most frequent first."""

    name: str
    aliases: tuple[str, ...]
    mentions: int
    quotes: int
    first: Span


class DraftReport(Value):
    """A finished draft: the job that made it, the card in the library, and the files that were written.

    `supported`, `inferred` and `unsupported` count the sentences that a model wrote; the offline drafter
    quotes, and has none. `findings` counts what else the checks have to say: the card then `needs_review`.
    """

    job: int
    character: str
    card: int
    fields: int
    lorebook_entries: int
    outputs: tuple[str, ...]
    evidence: str | None
    seconds: float = Field(description="seconds of work, waiting not counted")
    sources: tuple[EvidenceSource, ...]
    supported: int = 0
    inferred: int = 0
    unsupported: int = 0
    findings: int = 0
    needs_review: bool = False


class ConvertedCard(Value):
    """A card file that was written, read back and found equal; `losses` is what it could not hold."""

    path: str
    out: str
    target: str
    bytes: int
    losses: tuple[str, ...]


class Job(Value):
    """A job as other programs see it. `progress` runs from 0 to 100; times are in UTC.

    `hold_reason` says which closed gate holds a job, `run_at` when a waiting one tries again, `batch_id` what
    it was queued together with; `cost_nanos` is money in billionths of a dollar.
    """

    id: int
    status: PublicStatus
    state: JobState
    want: JobWant
    job_type: str
    lane: Lane
    priority: int
    title: str
    character: str
    engine: str
    progress: float
    progress_message: str
    created_at: datetime
    updated_at: datetime
    started_at: datetime | None
    completed_at: datetime | None
    seconds: float = Field(description="seconds of work, waiting not counted")
    attempts: int
    error: str | None
    error_code: str | None
    hold_reason: str | None
    run_at: datetime | None
    batch_id: int | None
    request_id: str | None
    needs_review: bool
    possibly_billed: bool
    tokens_in: int | None
    tokens_out: int | None
    cost_nanos: int | None


class Attempt(Value):
    """One time that a worker had a job; `outcome` is null while it does."""

    number: int
    started_at: datetime
    ended_at: datetime | None
    outcome: str | None
    reason: str
    possibly_billed: bool


class LogLine(Value):
    """One line of a job's log, free of secrets."""

    at: datetime
    kind: str
    text: str


class JobDetails(Job):
    """A job with its request, its result, its steps, its log and the details of its failure.

    `input_data` is the same as `request`; `attempts` counts, `attempt_history` tells.
    """

    request: dict[str, Any]
    input_data: dict[str, Any]
    result: dict[str, Any] | None
    metadata: dict[str, Any]
    steps: tuple[JobStepView, ...]
    attempt_history: tuple[Attempt, ...]
    log: tuple[LogLine, ...]
    partial: str = Field(description="text that was received of an unfinished step")
    error_details: str | None


class Moved(Value):
    """What an action on several jobs did: how many changed, and how many it did not fit.

    `jobs` are the changed ones, at most 200 of them; `undo_id` names the step for `jobs undo`.
    """

    count: int
    skipped: int
    name: str
    undo_id: int | None
    jobs: tuple[Job, ...]


class Imported(Value):
    """A finished import: the job, the cards in the library, and what could not be imported."""

    job: int
    cards: tuple[int, ...]
    repaired: int
    refused: tuple[Refusal, ...]


class Exported(Value):
    """A finished export: the job, the files that were written and read back, and what could not be."""

    job: int
    files: tuple[str, ...]
    refused: tuple[Refusal, ...]


class DiagnosticsBundle(Value):
    """A diagnostics bundle; `path` is null when it was only looked at."""

    path: str | None
    files: tuple[BundleFile, ...]


class JobList(Value):
    """A page of jobs, newest first; `total` counts every job that matches the filters."""

    jobs: tuple[Job, ...]
    total: int
    limit: int
    offset: int


def read_file(path: str, source: SourceText, *, with_text: bool) -> ReadFile:
    """The output for one source document."""
    return ReadFile(
        path=path,
        kind=source.kind,
        title=source.title,
        language=source.language,
        chars=source.chars,
        words=source.words,
        sha256=source.sha256,
        warnings=source.warnings,
        text=source.text if with_text else None,
    )


def character(person: Person, first: Span) -> Character:
    """The output for one character."""
    aliases = tuple(alias.name for alias in person.aliases if alias.name != person.name)
    return Character(
        name=person.name, aliases=aliases, mentions=person.mentions, quotes=person.quotes, first=first
    )


def job(snapshot: JobSnapshot) -> Job:
    """The output for one job."""
    return Job(**_job_fields(snapshot))


def job_details(snapshot: JobSnapshot, details: DomainDetails) -> JobDetails:
    """The output of `jobs show`."""
    return JobDetails(
        **_job_fields(snapshot),
        request=snapshot.request,
        input_data=snapshot.request,
        result=snapshot.result,
        metadata=snapshot.metadata,
        steps=details.steps,
        attempt_history=tuple(map(_attempt, details.attempts)),
        log=log_lines(details.log),
        partial=details.partial,
        error_details=snapshot.error_details,
    )


def _attempt(attempt: JobAttempt) -> Attempt:
    times = {"started_at": _time(attempt.started_at), "ended_at": _time(attempt.ended_at)}
    return Attempt.model_validate({**attempt.model_dump(), **times})


def log_lines(lines: Sequence[JobLogLine]) -> tuple[LogLine, ...]:
    """The output of `jobs log`."""
    return tuple(
        LogLine(at=datetime.fromtimestamp(line.at, UTC), kind=line.kind, text=line.text) for line in lines
    )


def imported(job_id: int, result: ImportResult) -> Imported:
    """The output of `import`."""
    return Imported(job=job_id, cards=result.card_ids, repaired=result.repaired, refused=result.refused)


def exported(job_id: int, result: ExportResult) -> Exported:
    """The output of `export`."""
    return Exported(job=job_id, files=result.files, refused=result.refused)


def diagnostics(files: Sequence[BundleFile], written: Path | None) -> DiagnosticsBundle:
    """The output of `diagnostics`."""
    path = None if written is None else str(written)
    return DiagnosticsBundle(path=path, files=tuple(files))


def moved(done: JobsMoved) -> Moved:
    """The output of an action on jobs."""
    return Moved(
        count=done.count,
        skipped=done.skipped,
        name=done.name,
        undo_id=done.undo_id,
        jobs=tuple(map(job, done.jobs)),
    )


_PLAIN = (
    "id", "status", "state", "want", "lane", "priority", "title", "character", "engine", "attempts", "error",
    "error_code", "hold_reason", "batch_id", "request_id", "needs_review", "possibly_billed", "tokens_in",
    "tokens_out", "cost_nanos",
)  # fmt: skip


def _job_fields(snapshot: JobSnapshot) -> dict[str, Any]:
    return {name: getattr(snapshot, name) for name in _PLAIN} | {
        "job_type": snapshot.kind,
        "progress": round(snapshot.progress, 1),
        "progress_message": snapshot.phase,
        "created_at": _time(snapshot.created_at),
        "updated_at": _time(snapshot.updated_at),
        "started_at": _time(snapshot.started_at),
        "completed_at": _time(snapshot.finished_at),
        "run_at": _time(snapshot.run_at),
        "seconds": round(snapshot.active_seconds, 3),
    }


def _time(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def as_json(value: BaseModel) -> Any:
    """A value as plain JSON data. What a card or a read file leaves out is no key, not null."""
    if isinstance(value, ReadFile):
        return value.model_dump(mode="json", exclude_none=True)
    if isinstance(value, InspectedCard):
        card = None if value.card is None else card_object(value.card)
        book = None if value.book is None else card_object(value.book)
        return value.model_dump(mode="json") | {"card": card, "book": book}
    return value.model_dump(mode="json")


def card_object(value: Any) -> Any:
    """A normalised card as an object: optional keys that are absent are left out, foreign keys are kept."""
    if isinstance(value, OpenValue):
        declared = {name: getattr(value, name) for name in type(value).model_fields}
        present = {name: card_object(item) for name, item in declared.items() if item is not None}
        return present | (value.model_extra or {})
    return [card_object(item) for item in value] if isinstance(value, tuple) else value


SCHEMAS: dict[str, tuple[Any, str]] = {
    "read": (list[ReadFile | FailedFile], "what `read --json` prints"),
    "characters": (list[Character], "what `characters --json` prints"),
    "quotes": (list[Quotation], "what `quotes --json` prints"),
    "draft": (DraftReport, "what `draft --json` prints"),
    "evidence": (EvidenceFile, "the file that `draft --evidence` writes"),
    "inspect": (list[InspectedCard], "what `inspect --json` prints"),
    "convert": (list[ConvertedCard | FailedFile], "what `convert --json` prints"),
    "diff": (DifferenceReport, "what `diff --json` prints"),
    "jobs": (JobList, "what `jobs list --json` prints"),
    "job": (JobDetails, "what `jobs show` prints with --json, and `cancel` and `retry` of one job"),
    "jobs-moved": (Moved, "what the other actions of `jobs` print with --json"),
    "job-log": (list[LogLine], "what `jobs log --json` prints"),
    "job-report": (JobExport, "what `jobs export` writes"),
    "job-batches": (list[BatchView], "what `jobs batches --json` prints"),
    "queue": (QueueStatus, "what `queue --json` prints"),
    "stats": (QueueFigures, "what `stats --json` prints"),
    "import": (Imported, "what `import --json` prints"),
    "export": (Exported, "what `export --json` prints"),
    "cards": (list[CardSummary], "what `cards trash --json` and `cards restore --json` print"),
    "cards-removed": (Removal, "what `cards remove --json` prints"),
    "diagnostics": (DiagnosticsBundle, "what `diagnostics --json` prints"),
    "jobs-run": (list[JobDetails], "what `jobs run --json` prints"),
    "card": (Card, "a normalised character card (V3)"),
    "draft-request": (DraftRequest, "the stored request of a draft job"),
    "draft-result": (DraftResult, "the stored result of a draft job"),
    "import-request": (ImportRequest, "the stored request of an import job"),
    "import-result": (ImportResult, "the stored result of an import job"),
    "export-request": (ExportRequest, "the stored request of an export job"),
    "export-result": (ExportResult, "the stored result of an export job"),
    "read-request": (ReadRequest, "the stored request of a job that reads documents"),
    "read-result": (ReadResult, "the stored result of a job that reads documents"),
    "source": (SourceText, "a source document with its text, headings and set-aside parts"),
    "person": (Person, "a character as the window shows it"),
    "export-report": (ExportReport, "a card file that was written"),
    "database-check": (DatabaseCheck, "what `database check --json` prints"),
    "database-backups": (list[Backup], "what `database backups --json` prints"),
    "database-backup": (Backup, "what `database backup --json` prints"),
    "database-restore": (RestoreReport, "what `database restore --json` prints"),
    "database-rebuild": (RebuildReport, "what `database rebuild --json` prints"),
    "card-problem": (CardProblem, "something found while reading a card"),
    **provider_outputs.SCHEMAS,
    **draft_outputs.SCHEMAS,
    **verify_outputs.SCHEMAS,
}
"""Every name that `cardgen schema` knows, its type, and what it is."""


def schema_of(name: str) -> dict[str, Any]:
    """The JSON Schema of an output, request or result by its name; KeyError for an unknown name."""
    return TypeAdapter(SCHEMAS[name][0]).json_schema(mode="serialization")
