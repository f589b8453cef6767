"""The shapes of everything that `--json` prints; `cardgen schema` and the tests use the same models."""

from datetime import UTC, datetime
from typing import Any

from pydantic import BaseModel, Field, TypeAdapter

from ..domain.card import Card, CardProblem, InspectedCard
from ..domain.card_library import ExportReport
from ..domain.data_folder import DatabaseCheck, RebuildReport, RestoreReport
from ..domain.evidence import EvidenceFile, EvidenceSource
from ..domain.job import JobSnapshot, JobState, PublicStatus
from ..domain.job_kinds import DraftRequest, DraftResult
from ..domain.job_views import JobStepView
from ..domain.people import Person, Quotation
from ..domain.queue import Backup
from ..domain.source import SourceKind, SourceText, SourceWarning, Span
from ..domain.value import OpenValue, Value


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
    """A finished draft: the job that made it, the card in the library, and the files that were written."""

    job: int
    character: str
    card: int
    fields: int
    lorebook_entries: int
    outputs: tuple[str, ...]
    evidence: str | None
    seconds: float = Field(description="seconds of work, waiting not counted")
    sources: tuple[EvidenceSource, ...]


class ConvertedCard(Value):
    """A card file that was written, read back and found equal; `losses` is what it could not hold."""

    path: str
    out: str
    target: str
    bytes: int
    losses: tuple[str, ...]


class Job(Value):
    """A job as other programs see it. `progress` runs from 0 to 100; times are in UTC."""

    id: int
    status: PublicStatus
    state: JobState
    job_type: str
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


class JobDetails(Job):
    """A job with its request, its result, its steps and the details of its failure."""

    request: dict[str, Any]
    result: dict[str, Any] | None
    steps: tuple[JobStepView, ...]
    error_details: str | None


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


def job_details(snapshot: JobSnapshot, steps: tuple[JobStepView, ...]) -> JobDetails:
    """The output of `jobs show`."""
    return JobDetails(
        **_job_fields(snapshot),
        request=snapshot.request,
        result=snapshot.result,
        steps=steps,
        error_details=snapshot.error_details,
    )


def _job_fields(snapshot: JobSnapshot) -> dict[str, Any]:
    return {
        "id": snapshot.id,
        "status": snapshot.status,
        "state": snapshot.state,
        "job_type": snapshot.kind,
        "title": snapshot.title,
        "character": snapshot.character,
        "engine": snapshot.engine,
        "progress": round(snapshot.progress, 1),
        "progress_message": snapshot.phase,
        "created_at": _time(snapshot.created_at),
        "updated_at": _time(snapshot.updated_at),
        "started_at": _time(snapshot.started_at),
        "completed_at": _time(snapshot.finished_at),
        "seconds": round(snapshot.active_seconds, 3),
        "attempts": snapshot.attempts,
        "error": snapshot.error,
        "error_code": snapshot.error_code,
    }


def _time(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def as_json(value: BaseModel) -> Any:
    """A value as plain JSON data. What a card or a read file leaves out is no key, not null."""
    if isinstance(value, ReadFile):
        return value.model_dump(mode="json", exclude_none=True)
    if isinstance(value, InspectedCard):
        card = None if value.card is None else card_object(value.card)
        return value.model_dump(mode="json") | {"card": card}
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
    "jobs": (JobList, "what `jobs list --json` prints"),
    "job": (JobDetails, "what `jobs show`, `jobs cancel` and `jobs retry` print with --json"),
    "jobs-run": (list[JobDetails], "what `jobs run --json` prints"),
    "card": (Card, "a normalised character card (V3)"),
    "draft-request": (DraftRequest, "the stored request of a draft job"),
    "draft-result": (DraftResult, "the stored result of a draft job"),
    "source": (SourceText, "a source document with its text, headings and set-aside parts"),
    "person": (Person, "a character as the window shows it"),
    "export-report": (ExportReport, "a card file that was written"),
    "database-check": (DatabaseCheck, "what `database check --json` prints"),
    "database-backups": (list[Backup], "what `database backups --json` prints"),
    "database-backup": (Backup, "what `database backup --json` prints"),
    "database-restore": (RestoreReport, "what `database restore --json` prints"),
    "database-rebuild": (RebuildReport, "what `database rebuild --json` prints"),
    "card-problem": (CardProblem, "something found while reading a card"),
}
"""Every name that `cardgen schema` knows, its type, and what it is."""


def schema_of(name: str) -> dict[str, Any]:
    """The JSON Schema of an output, request or result by its name; KeyError for an unknown name."""
    return TypeAdapter(SCHEMAS[name][0]).json_schema(mode="serialization")
