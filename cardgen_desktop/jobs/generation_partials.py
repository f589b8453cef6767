"""Text that a stopped job had received: kept as it is, gone on with, or discarded; never lost unasked."""

import time
from collections.abc import Iterable
from typing import TYPE_CHECKING

from pydantic import ValidationError

from ..domain.checking import Finding
from ..domain.draft import StepOutput
from ..domain.errors import UsageError
from ..domain.evidence_pack import EvidencePack
from ..domain.job import JobSnapshot, JobState
from ..domain.job_kinds import DraftRequest
from ..store import progress as stored_progress
from ..store import sources as stored_sources
from ..store import steps as stored_steps
from ..store.engine import Database
from ..store.steps import StoredStep
from .generation_answer import Judged
from .generation_cards import CARD_STEP
from .generation_views import is_by_model, plan_shown
from .kinds import request_of
from .process import ProcessPool

if TYPE_CHECKING:
    from ..drafting.generative.steps import GenerationStep

KEPT = "kept"
"""In place of the hash of its input: the person has taken the step as it is."""

ENDS_HERE = "ends here"
"""A step that says: the job is to end with what there is, and nobody is asked again."""

_ENDED = (JobState.FAILED, JobState.CANCELLED)


def outputs_of(stored: Iterable[StoredStep]) -> dict[str, StepOutput]:
    """The outputs of all steps that can be read, whatever they were made from."""
    found = {}
    for step in stored:
        if step.output is None or step.key in (CARD_STEP, ENDS_HERE):
            continue
        try:
            found[step.key] = StepOutput.model_validate(step.output)
        except ValidationError:
            continue
    return found


async def discard(database: Database, job: JobSnapshot) -> None:
    """Forget the unfinished text of a job."""
    async with database.write() as connection:
        await stored_progress.drop_partials(connection, job.id)


async def keep(database: Database, pool: ProcessPool, job: JobSnapshot) -> None:
    """Make the unfinished texts of a job finished steps; one that was over ends with what there is.

    Raises `UsageError` when there is no such text.
    """
    async with database.read() as connection:
        partials = await stored_progress.partials(connection, job.id)
        stored = await stored_steps.steps(connection, job.id)
    steps = {step.key: step for step in plan_shown(job, stored, list(partials)).steps}
    kept = {
        key: output
        for key, raw in partials.items()
        if key in steps and (output := await _output_of(database, pool, job, steps[key], raw)) is not None
    }
    if not kept:
        raise UsageError(f"Job {job.id} has no unfinished text that could be kept.")
    async with database.write() as connection:
        now = time.time()
        for key, output in kept.items():
            value = output.model_dump(mode="json")
            await stored_steps.save_step(connection, job.id, key, KEPT, value, 0.0, now)
            await stored_progress.drop_partial(connection, job.id, key)
        if job.state in _ENDED:
            await stored_steps.save_step(connection, job.id, ENDS_HERE, "", {}, 0.0, now)


async def _output_of(
    database: Database, pool: ProcessPool, job: JobSnapshot, step: "GenerationStep", raw: str
) -> StepOutput | None:
    """A cut answer as the output of its step, checked as far as it goes; None when nothing can be read."""
    from ..drafting.generative.answers import read_answer

    request = request_of(job)
    assert isinstance(request, DraftRequest)
    async with database.read() as connection:
        sources = await stored_sources.texts(connection, request.source_ids)
    pack = EvidencePack(character=job.character)
    answer = read_answer(step, raw, pack, request.options, is_cut=True)
    if not answer.texts and not answer.values:
        return None
    report = await pool.check(sources, job.character, answer.texts, answer.cited)
    output = Judged(answer, raw, report).output(None)
    return output.model_copy(update={"findings": (*_others(output.findings), *map(stopped, answer.texts))})


def _others(findings: Iterable[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.kind not in ("truncated", "empty")]


def stopped(path: str) -> Finding:
    """What is said of a text that was kept before its end."""
    return Finding(kind="truncated", path=path, message="This was kept before its end.", repairable=True)


def refuse_unfit(job: JobSnapshot) -> None:
    """Raises `UsageError` for a job that has no unfinished text to decide about."""
    if not is_by_model(job):
        raise UsageError(f"Job {job.id} is no draft of a language model, so it has no unfinished text.")
    if job.state is JobState.RUNNING:
        raise UsageError(f"Job {job.id} is still writing. Pause it first.")
    if job.state is JobState.SUCCEEDED:
        raise UsageError(f"Job {job.id} has finished, so nothing of it is unfinished.")
