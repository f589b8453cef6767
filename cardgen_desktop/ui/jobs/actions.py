"""What can be done with a job, by state; buttons, menu and keys all ask here."""

from dataclasses import dataclass
from typing import Literal

from ...domain.job import TERMINAL_STATES, JobSnapshot, JobState, JobWant

ActionKey = Literal["open", "retry", "cancel", "remove"]


@dataclass(frozen=True, slots=True)
class JobAction:
    """One verb. `many` is the verb for several jobs, with `{count}` in it."""

    key: ActionKey
    word: str
    many: str
    icon: str
    shortcut: str = ""


_OPEN = JobAction("open", "Open card", "Open {count} cards", "card", "Return")
_REVIEW = JobAction("open", "Review card", "Open {count} cards", "eye", "Return")
_RETRY = JobAction("retry", "Try again", "Try {count} jobs again", "retry", "Ctrl+R")
_AGAIN = JobAction("retry", "Draft again", "Draft {count} again", "retry", "Ctrl+R")
_CANCEL = JobAction("cancel", "Cancel", "Cancel {count} jobs", "close")
_REMOVE = JobAction("remove", "Remove", "Remove {count} jobs", "trash", "Del")


def actions_for(job: JobSnapshot) -> tuple[JobAction, ...]:
    """The likeliest action first. A job that was asked to stop offers nothing until it has."""
    if job.state is JobState.SUCCEEDED:
        return (_REVIEW if job.needs_review else _OPEN, _AGAIN, _REMOVE)
    if job.state is JobState.FAILED:
        return (_RETRY, _REMOVE)
    if job.state is JobState.CANCELLED:
        return (_AGAIN, _REMOVE)
    return () if job.want is JobWant.CANCEL else (_CANCEL,)


def allows(job: JobSnapshot, key: ActionKey) -> bool:
    """Whether an action makes sense for a job now."""
    return any(action.key == key for action in actions_for(job))


def card_id_of(job: JobSnapshot) -> int | None:
    """The card a finished draft made."""
    card_id = (job.result or {}).get("card_id")
    return card_id if isinstance(card_id, int) else None


def details_text(job: JobSnapshot) -> str:
    """Everything about a job as text, for a report."""
    lines = [
        f"job {job.id}: {job.kind}, {job.state.value}",
        f"character: {job.character}",
        f"source: {job.title}",
        f"engine: {job.engine}",
        f"progress: {job.progress:.0f} percent, {job.phase}",
        f"attempts: {job.attempts}",
    ]
    lines += [text for text in (job.error, job.error_details) if text]
    return "\n".join(lines)


def is_finished(job: JobSnapshot) -> bool:
    """Whether nothing happens to the job any more unless the person asks."""
    return job.state in TERMINAL_STATES
