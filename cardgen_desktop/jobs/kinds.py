"""The kinds of jobs: the lane they run in, and the models their stored requests and results must fit."""

from dataclasses import dataclass

from pydantic import ValidationError

from ..domain.errors import StorageError
from ..domain.job import JobSnapshot, Lane
from ..domain.job_kinds import (
    DRAFT,
    EXPORT,
    IMPORT,
    READ,
    DraftRequest,
    DraftResult,
    ExportRequest,
    ExportResult,
    ImportRequest,
    ImportResult,
    ReadRequest,
    ReadResult,
)
from ..domain.value import Value


@dataclass(frozen=True, slots=True)
class JobKind:
    """One kind of job, and the lane it runs in."""

    name: str
    lane: Lane
    request: type[Value]
    result: type[Value]


KINDS: dict[str, JobKind] = {
    kind.name: kind
    for kind in (
        JobKind(DRAFT, Lane.CPU, DraftRequest, DraftResult),
        JobKind(IMPORT, Lane.CPU, ImportRequest, ImportResult),
        JobKind(EXPORT, Lane.EXPORT, ExportRequest, ExportResult),
        JobKind(READ, Lane.CPU, ReadRequest, ReadResult),
    )
}
"""Every kind by name."""


def request_of(job: JobSnapshot) -> Value:
    """The request of a stored job; raises `StorageError` with a sentence that costs this job alone."""
    if job.kind not in KINDS:
        raise StorageError(
            f'Job {job.id} is of the kind "{job.kind}", which this version of CardGen does not know. '
            "Update CardGen to run it."
        )
    try:
        return KINDS[job.kind].request.model_validate(job.request)
    except ValidationError as error:
        raise StorageError(
            f"What the database holds of job {job.id} is damaged, so it cannot run. Everything else is kept. "
            "Start it anew from its sources.",
            details=str(error),
        ) from error
