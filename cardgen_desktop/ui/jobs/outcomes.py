"""What an action on jobs did, in words: the sentence of its toast, and why it did nothing."""

from collections.abc import Sequence

from ...domain.job import JobSnapshot, JobState, Priority
from ...domain.queue import JobsMoved
from ..wording import counted
from . import words
from .actions import PRIORITIES, ActionKey

_DONE: dict[ActionKey, str] = {
    "cancel": "cancelled",
    "pause": "paused",
    "resume": "resumed",
    "retry": "queued again",
    "now": "put ahead of the queue",
    "top": "moved to the top",
    "bottom": "moved to the bottom",
    "remove": "removed",
    "seen": "marked as seen",
}
_ASKED: dict[ActionKey, tuple[str, str]] = {
    "cancel": ("is stopping", "are stopping"),
    "pause": ("is pausing", "are pausing"),
}
_STAYED: dict[ActionKey, str] = {
    "cancel": "had ended already",
    "pause": "could not be paused",
    "resume": "did not stand still",
    "retry": "not finished stayed",
    "now": "were not waiting",
    "priority": "stayed as they were",
    "top": "had ended already",
    "bottom": "had ended already",
    "remove": "not finished stayed",
}
_NOTHING: dict[ActionKey, str] = {
    "open": "There is no card to open yet",
    "seen": "There is nothing to look at here",
    "cancel": "Nothing to cancel: this has ended already",
    "pause": "Only queued, waiting and running jobs can be paused",
    "resume": "Only paused, held and waiting jobs can be resumed",
    "retry": "Only finished jobs can run again",
    "now": "Only jobs that wait can be put ahead",
    "priority": "Nothing to change: this has that priority, or has ended",
    "top": "Only unfinished jobs can be moved",
    "bottom": "Only unfinished jobs can be moved",
    "remove": "Only finished jobs can be removed. Cancel first, then remove",
}


def moved_words(
    key: ActionKey, moved: JobsMoved, known: Sequence[JobSnapshot] = (), priority: Priority | None = None
) -> str:
    """What happened: "12 jobs removed · 3 not finished stayed". `known` are the jobs as they were before."""
    if not moved.count:
        return nothing_words(key)
    subject = words.named(known[0]) if moved.count == 1 and len(known) == 1 else counted(moved.count, "job")
    stayed = f" · {moved.skipped:,} {_STAYED[key]}" if moved.skipped and key in _STAYED else ""
    return f"{subject} {_verb(key, moved, priority)}{stayed}"


def _verb(key: ActionKey, moved: JobsMoved, priority: Priority | None) -> str:
    if key == "priority":
        return f"now {dict(PRIORITIES)[priority].lower()} priority" if priority is not None else "changed"
    still_running = any(job.state is JobState.RUNNING for job in moved.jobs)
    if still_running and key in _ASKED:
        return _ASKED[key][moved.count > 1]
    return _DONE.get(key, "changed")


def nothing_words(key: ActionKey) -> str:
    """Why an action did nothing."""
    return _NOTHING[key]


def step_words(name: str) -> str:
    """The name of a step inside a sentence: "Undo: cancel 12 jobs"."""
    return name[:1].lower() + name[1:]


def undone_words(moved: JobsMoved) -> str:
    """What taking a step back did."""
    if not moved.count:
        return f"Nothing to undo in “{moved.name}”: the jobs have moved on"
    stayed = f" · {moved.skipped:,} had moved on and stayed" if moved.skipped else ""
    return f"Undone: {step_words(moved.name)}{stayed}"


def redone_words(moved: JobsMoved) -> str:
    """What doing a step again did."""
    return f"Done again: {step_words(moved.name)}"
