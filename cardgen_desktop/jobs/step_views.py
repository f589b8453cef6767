"""The steps of a job as its details show them.

A draft has its reading, the plan of its engine, and the files asked for. A batch has one line for finding its
files and one for all of them: there may be a hundred thousand.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..domain.draft import OFFLINE_ENGINE
from ..domain.job import JobSnapshot, JobState
from ..domain.job_kinds import DRAFT, EXPORT, IMPORT, READ
from ..domain.job_views import JobStepView
from ..store import steps as stored_steps
from ..store.engine import Connection
from ..store.steps import StoredOutput, StoredStep
from .export_job import CARD_PREFIX
from .file_steps import FILE_PREFIX
from .generation_views import is_by_model, steps_shown

READING = JobStepView(key="read", phase="Reading the sources", done=False)

_BATCHES = {
    IMPORT: ("Looking for card files", "Importing", "file", FILE_PREFIX),
    READ: ("Looking for documents", "Reading", "document", FILE_PREFIX),
    EXPORT: ("Choosing file names", "Exporting", "card", CARD_PREFIX),
}
"""For each kind: what is done first, what is done with each item, its name, and the keys of its steps."""


async def steps_of(connection: Connection, job: JobSnapshot) -> tuple[JobStepView, ...]:
    """The steps of a stored job in order."""
    if job.kind in _BATCHES:
        count, seconds = await stored_steps.step_sums(connection, job.id, _BATCHES[job.kind][3])
        return batch_views(job, count, seconds)
    done = await stored_steps.steps(connection, job.id)
    return step_views(job, done, await stored_steps.outputs(connection, job.id))


def step_views(
    job: JobSnapshot, done: Sequence[StoredStep], outputs: Sequence[StoredOutput]
) -> tuple[JobStepView, ...]:
    """The steps of a draft in order; `done` tells which of them a next run would not repeat."""
    if job.kind != DRAFT:
        return ()
    reading = READING.model_copy(update={"done": bool(done) or job.state is JobState.SUCCEEDED})
    drafting = steps_shown(job, done) if is_by_model(job) else _offline_views(done)
    return (reading, *drafting, *map(_writing, outputs))


def _offline_views(done: Sequence[StoredStep]) -> list[JobStepView]:
    from ..drafting.plan import plan

    finished = {step.key: step for step in done}
    return [_drafting(step.key, step.phase, finished.get(step.key)) for step in plan(OFFLINE_ENGINE)]


def batch_views(job: JobSnapshot, count: int, seconds: float) -> tuple[JobStepView, ...]:
    """The steps of a batch, of whose items `count` have been dealt with in so many seconds of work."""
    first, doing, item, _ = _BATCHES[job.kind]
    succeeded = job.state is JobState.SUCCEEDED
    refused = len((job.result or {}).get("refused") or ())
    summary = f"{count:,} {item if count == 1 else item + 's'}" if count else ""
    if refused:
        summary = f"{summary}, {refused:,} could not be used".removeprefix(", ")
    items = JobStepView(
        key="items", phase=doing, done=succeeded, seconds=seconds if count else None, summary=summary
    )
    return (JobStepView(key="find", phase=first, done=succeeded or count > 0), items)


def _drafting(key: str, phase: str, step: StoredStep | None) -> JobStepView:
    if step is None:
        return JobStepView(key=key, phase=phase, done=False)
    return JobStepView(key=key, phase=phase, done=True, seconds=step.seconds, summary=_passages(step.output))


def _passages(output: dict[str, Any] | None) -> str:
    """How much of the source a step has used."""
    evidence = (output or {}).get("evidence", {})
    count = sum(
        1
        for records in evidence.values()
        for record in records
        if record.get("kind") in ("verbatim", "adapted")
    )
    return f"{count} {'passage' if count == 1 else 'passages'}" if count else ""


def _writing(output: StoredOutput) -> JobStepView:
    phase = f"Writing {Path(output.path).name}"
    return JobStepView(key=output.path, phase=phase, done=output.done, seconds=output.seconds)
