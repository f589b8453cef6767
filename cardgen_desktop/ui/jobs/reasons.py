"""Why a job stands still, what was kept, and when it goes on (ux-and-reliability.md 2.2). Plain functions."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ...domain.card import CardData
from ...domain.job import HoldReason, JobSnapshot, JobState, JobWant
from ...domain.job_views import JobStepView
from ..cards.lint_places import place_words
from ..wording import NO_BREAK, counted, first_sentence
from .words import last_part

HOUR = 3600.0
NAMED = 5
"""How many refusals are named."""


@dataclass(frozen=True, slots=True)
class Standstill:
    """A fact, what explains it, what is kept or happens next; `kind` is danger, warning or neutral."""

    fact: str
    why: str
    goes_on: str
    kind: str = "warning"
    icon: str = "held"


_HELD: dict[str, tuple[str, str]] = {
    HoldReason.OFFLINE: ("You are offline", "It goes on by itself once the connection is back."),
    HoldReason.ENDPOINT: ("The model cannot be reached", "It goes on once the address answers."),
    HoldReason.KEY: ("The key is missing or was refused", "It goes on once there is a key that works."),
    HoldReason.ACCESS: ("This key may not use the model", "It goes on with another model or another key."),
    HoldReason.CREDITS: ("The credit is used up", "It goes on once there is credit again."),
    HoldReason.BUDGET: ("The budget is reached", "It goes on next month, or once the budget is raised."),
    HoldReason.MODEL: ("The model is not there", "It goes on with another model."),
    HoldReason.DISK: ("The disk is almost full", "It goes on by itself once there is room."),
    HoldReason.SOURCE: ("A source is missing", "It goes on once the source is back where it was."),
    HoldReason.CONTEXT: ("The source is too long for the model", "It goes on once you choose how to cut it."),
}


def standstill(job: JobSnapshot, now: float) -> Standstill | None:
    """Why a job stands still, or what it could not use; None when there is nothing to explain."""
    if job.state is JobState.SUCCEEDED:
        return _both(refusals(job), repairs(job))
    if job.id < 0:
        return Standstill("Being saved", "", "It is in the list for good in a moment.", "neutral", "queued")
    if job.state is JobState.HELD:
        return _held(job)
    if job.state is JobState.WAITING:
        return _waiting(job, now)
    if job.state is JobState.PAUSED:
        return Standstill(
            "Paused by you", "", "What is done is kept. Resume goes on from there.", "neutral", "paused"
        )
    if job.state is JobState.RUNNING and job.want is not JobWant.RUN:
        word = "Pausing" if job.want is JobWant.PAUSE else "Stopping"
        return Standstill(word, "", "It stops at the next safe point. What is written is kept.", "neutral")
    return None


def _held(job: JobSnapshot) -> Standstill:
    known = _HELD.get(job.hold_reason or "")
    fact, goes_on = known or (job.phase or "Something is missing", "It goes on once that is there.")
    if job.hold_scope:
        fact = f"{fact}: {job.hold_scope}"
    told = (job.error or "").strip()
    return Standstill(fact, "" if first_sentence(told) == fact else told, goes_on)


def _waiting(job: JobSnapshot, now: float) -> Standstill:
    told = (job.error or "").strip()
    fact = first_sentence(told) or first_sentence(job.phase.partition(" · ")[0]) or "It did not work yet"
    rest = told[len(fact) :].lstrip(". ")
    return Standstill(fact, rest, f"{next_try(job, now)}. What is done is kept.", icon="waiting")


def next_try(job: JobSnapshot, now: float) -> str:
    """When a waiting job tries again: "Tries again in 38 s"."""
    if job.run_at is None:
        return "Tries again by itself"
    left = job.run_at - now
    # A clock that jumped must not promise more than the wait was meant to be.
    left = min(left, job.delay) if job.delay is not None else left
    if left <= 0:
        return "Tries again now"
    return f"Tries again {in_words(left, job.run_at)}"


def in_words(seconds: float, moment: float) -> str:
    """How far off a moment is: seconds, then minutes, then the time of day."""
    if seconds < 100:
        return f"in {max(1, round(seconds))}{NO_BREAK}s"
    if seconds < HOUR:
        return f"in {round(seconds / 60)}{NO_BREAK}min"
    return f"at {time.strftime('%H:%M', time.localtime(moment))}"


def kept_words(steps: Sequence[JobStepView], partial: str = "") -> str:
    """What a failed or cancelled job left behind."""
    done = sum(step.done for step in steps)
    words = len(partial.split())
    written = f"{counted(words, 'word')} written so far" if words else ""
    if not done:
        return (
            f"Kept: the sources and {written}." if written else "Kept: the sources. Nothing was written yet."
        )
    kept = f"Kept: {done} of {counted(len(steps), 'step')}; they are used again."
    return f"{kept} Also kept: {written}." if written else kept


def refusals(job: JobSnapshot) -> Standstill | None:
    """Which files or cards a finished job could not use, and why; the first few of them by name."""
    found = (job.result or {}).get("refused")
    told = [one for one in found if isinstance(one, dict)] if isinstance(found, (list, tuple)) else []
    if not told:
        return None
    lines = [f"{last_part(str(one.get('subject', '')))}: {one.get('reason', '')}" for one in told[:NAMED]]
    if len(told) > NAMED:
        lines.append(f"and {len(told) - NAMED:,} more; the report names them all")
    fact = "1 could not be used" if len(told) == 1 else f"{len(told):,} could not be used"
    return Standstill(fact, "\n".join(lines), "Everything else is done.", icon="warning")


def _both(refused: Standstill | None, repaired: Standstill | None) -> Standstill | None:
    if refused is None or repaired is None:
        return refused or repaired
    fact, why = f"{refused.fact}, {repaired.fact}", f"{refused.why}\n{repaired.why}"
    return Standstill(fact, why, refused.goes_on, refused.kind, refused.icon)


def repairs(job: JobSnapshot) -> Standstill | None:
    """Which files of a finished import were mended, and what was made of each; the first few of them."""
    told = _repairs_of(job)
    if not told:
        return None
    repaired = int((job.result or {}).get("repaired") or len(told))
    lines = [_repair_line(one) for one in told[:NAMED]]
    if repaired > NAMED:
        lines.append(f"and {repaired - NAMED:,} more; each card tells what was repaired in it")
    fact = "1 was repaired" if repaired == 1 else f"{repaired:,} were repaired"
    return Standstill(fact, "\n".join(lines), "Your files were not changed.", "neutral", "info")


def _repairs_of(job: JobSnapshot) -> list[dict[str, Any]]:
    found = (job.result or {}).get("repairs")
    return [one for one in found if isinstance(one, dict)] if isinstance(found, (list, tuple)) else []


def _repair_line(repair: dict[str, Any]) -> str:
    """The gravest thing that was mended in a file, and how many more there were."""
    problems = [one for one in repair.get("problems") or () if isinstance(one, dict)]
    name = last_part(str(repair.get("subject", "")))
    if not problems:
        return name
    first = problems[0]
    where = f"{place_words(str(first['where']), CardData())}: " if first.get("where") else ""
    more = f" And {len(problems) - 1:,} more." if len(problems) > 1 else ""
    return f"{name}: {where}{first.get('message', '')}{more}"


def failed(job: JobSnapshot, kept: str) -> Standstill:
    """A failed job in the same three parts."""
    error = (job.error or "It stopped.").strip()
    fact = first_sentence(error) or "It stopped"
    return Standstill(fact, error[len(fact) :].lstrip(". "), kept, "danger", "failed")
