"""The steps of a job as its details show them: reading, the plan of its engine, and the files asked for."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..domain.job import JobSnapshot, JobState
from ..domain.job_views import JobStepView
from ..store.steps import StoredOutput, StoredStep
from .kinds import DRAFT

READING = JobStepView(key="read", phase="Reading the sources", done=False)


def step_views(
    job: JobSnapshot, done: Sequence[StoredStep], outputs: Sequence[StoredOutput]
) -> tuple[JobStepView, ...]:
    """The steps in order; `done` tells which of them a next run would not repeat."""
    if job.kind != DRAFT:
        return ()
    from ..drafting.plan import plan

    finished = {step.key: step for step in done}
    reading = READING.model_copy(update={"done": bool(done) or job.state is JobState.SUCCEEDED})
    drafting = [_drafting(step.key, step.phase, finished.get(step.key)) for step in plan(job.engine)]
    return (reading, *drafting, *map(_writing, outputs))


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
