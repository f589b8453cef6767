"""The details of a job, put together from what the database holds of it."""

from ..domain.job import JobSnapshot
from ..domain.job_views import JobDetails
from ..store import job_history
from ..store import progress as stored_progress
from ..store import steps as stored_steps
from ..store.engine import Connection
from .generation_views import is_by_model, readable
from .job_log import log_lines
from .redaction import safe_line
from .step_views import steps_of


async def details_of(connection: Connection, job: JobSnapshot) -> JobDetails:
    """Steps, attempts, log and partial text of a stored job."""
    attempts = await job_history.attempts(connection, job.id)
    return JobDetails(
        steps=await steps_of(connection, job),
        attempts=tuple(item.model_copy(update={"reason": safe_line(item.reason)}) for item in attempts),
        log=log_lines(await job_history.events(connection, job.id)),
        partial=await _partial_text(connection, job),
    )


async def _partial_text(connection: Connection, job: JobSnapshot) -> str:
    """What was streamed and not finished; of a model's answers the texts in them."""
    if not is_by_model(job):
        return await job_history.partial_text(connection, job.id)
    partials = await stored_progress.partials(connection, job.id)
    done = await stored_steps.steps(connection, job.id) if partials else ()
    return "\n\n".join(readable(job, done, partials).values())
