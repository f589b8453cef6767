"""What can be done with a job, by state; buttons, menu and keys all ask here."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from ...domain.job import TERMINAL_STATES, JobSnapshot, JobState, JobWant, Priority
from ...domain.job_kinds import DRAFT

ActionKey = Literal[
    "open", "seen", "retry", "pause", "resume", "cancel", "now", "priority", "top", "bottom", "remove"
]

AT_REST = frozenset({JobState.QUEUED, JobState.HELD, JobState.WAITING, JobState.PAUSED})
MENU_ORDER: tuple[ActionKey, ...] = (
    "open", "seen", "retry", "resume", "pause", "cancel", "now", "priority", "top", "bottom", "remove",
)  # fmt: skip
PRIORITIES: tuple[tuple[Priority, str], ...] = (
    (Priority.HIGHEST, "Highest"),
    (Priority.HIGH, "High"),
    (Priority.NORMAL, "Normal"),
    (Priority.LOW, "Low"),
    (Priority.LOWEST, "Lowest"),
)
"""The five priorities in words, the most urgent first."""

KEYS: dict[ActionKey, str] = {
    "open": "Return",
    "retry": "Ctrl+R",
    "pause": "Ctrl+P",
    "resume": "Ctrl+P",
    "cancel": "Ctrl+Backspace",
    "now": "Ctrl+Return",
    "top": "Ctrl+T",
    "bottom": "Ctrl+B",
    "remove": "Del",
}
"""The keys of the actions; the same key pauses what goes and resumes what stands."""


@dataclass(frozen=True, slots=True)
class JobAction:
    """One verb. `many` is the verb for several jobs, with `{count}` in it."""

    key: ActionKey
    word: str
    many: str
    icon: str
    shortcut: str = ""


def _action(key: ActionKey, word: str, many: str, icon: str) -> JobAction:
    return JobAction(key, word, many, icon, KEYS.get(key, ""))


_OPEN = _action("open", "Open card", "Open {count} cards", "card")
_REVIEW = _action("open", "Review card", "Open {count} cards", "eye")
_SEEN = _action("seen", "Mark as seen", "Mark {count} jobs as seen", "check")
_RETRY = _action("retry", "Try again", "Try {count} jobs again", "retry")
_AGAIN = _action("retry", "Draft again", "Run {count} jobs again", "retry")
_REPEAT = _action("retry", "Run again", "Run {count} jobs again", "retry")
_PAUSE = _action("pause", "Pause", "Pause {count} jobs", "pause")
_RESUME = _action("resume", "Resume", "Resume {count} jobs", "play")
_TRY_NOW = _action("resume", "Try now", "Resume {count} jobs", "play")
_CANCEL = _action("cancel", "Cancel", "Cancel {count} jobs", "close")
_NOW = _action("now", "Run now", "Run {count} jobs now", "play")
_PRIORITY = _action("priority", "Priority", "Priority of {count} jobs", "jobs")
_TOP = _action("top", "Move to the top", "Move {count} jobs to the top", "chevron-up")
_BOTTOM = _action("bottom", "Move to the bottom", "Move {count} jobs to the bottom", "chevron-down")
_REMOVE = _action("remove", "Remove", "Remove {count} jobs", "trash")

_UNFINISHED: dict[JobState, tuple[JobAction, ...]] = {
    JobState.RUNNING: (_PAUSE, _CANCEL),
    JobState.QUEUED: (_PAUSE, _CANCEL),
    JobState.WAITING: (_TRY_NOW, _PAUSE, _CANCEL),
    JobState.HELD: (_TRY_NOW, _PAUSE, _CANCEL),
    JobState.PAUSED: (_RESUME, _CANCEL),
}


def actions_for(job: JobSnapshot) -> tuple[JobAction, ...]:
    """The likeliest action first. A job that was asked to stop, or is not saved yet, offers nothing."""
    if job.id < 0:
        return ()
    again = _AGAIN if job.kind == DRAFT else _REPEAT
    if job.state is JobState.SUCCEEDED:
        return (*_result_actions(job), again, _REMOVE)
    if job.state is JobState.FAILED:
        return (_RETRY, _REMOVE)
    if job.state is JobState.CANCELLED:
        return (again, _REMOVE)
    if job.want is JobWant.CANCEL:
        return ()
    if job.state is JobState.RUNNING and job.want is JobWant.PAUSE:
        return (_RESUME, _CANCEL)
    return _UNFINISHED[job.state]


def _result_actions(job: JobSnapshot) -> tuple[JobAction, ...]:
    """What can be done with what a job made; looking at a card is to review it."""
    if job.kind == DRAFT:
        return (_REVIEW if job.needs_review else _OPEN,)
    return (_SEEN,) if job.needs_review else ()


def all_actions(job: JobSnapshot) -> tuple[JobAction, ...]:
    """Everything that can be done with a job, the likeliest first."""
    actions = actions_for(job)
    if job.state in TERMINAL_STATES or not actions:
        return actions
    now = (_NOW,) if job.state in AT_REST and _NOW not in actions else ()
    return (*actions, *now, _PRIORITY, _TOP, _BOTTOM)


def offers(jobs: Iterable[JobSnapshot]) -> tuple[tuple[JobAction, int], ...]:
    """What a selection can be asked, each with the number of jobs it fits, in the order of the menu."""
    found: dict[ActionKey, tuple[JobAction, int]] = {}
    for job in jobs:
        for action in all_actions(job):
            first, count = found.get(action.key, (action, 0))
            found[action.key] = (first, count + 1)
    return tuple(found[key] for key in MENU_ORDER if key in found)


def allows(job: JobSnapshot, key: ActionKey) -> bool:
    """Whether an action makes sense for a job now."""
    return any(action.key == key for action in all_actions(job))


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
