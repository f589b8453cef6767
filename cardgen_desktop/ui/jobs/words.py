"""A job in words: its state, its progress, its times. Plain functions of a snapshot (visual language, 9)."""

import time

from ...domain.job import JobSnapshot, JobState, JobWant
from ..states import look_of, state_of
from ..wording import NO_BREAK, counted, reason_of

DASH = "–"

ENGINES = {"offline": "Offline drafter"}
HOLD_REASONS = {
    "offline": "Offline · goes on by itself",
    "disk": "Disk full · goes on by itself",
    "source": "Source missing · goes on by itself",
    "key": "A key is missing",
    "credits": "The credit is used up",
    "budget": "The budget is reached",
    "model": "The model is not there",
    "context": "The source is too long for the model",
}


def state_word(job: JobSnapshot) -> str:
    """The state in one word; a job asked to stop says so."""
    if job.state is JobState.RUNNING and job.want is JobWant.CANCEL:
        return "Stopping"
    return look_of(state_of(job)).word


def engine_name(job: JobSnapshot) -> str:
    """The engine as the person knows it."""
    return ENGINES.get(job.engine, job.engine)


def character_name(job: JobSnapshot) -> str:
    """Whose card the job drafts; a draft without a name asks for the main character."""
    return job.character or "Main character"


def has_bar(job: JobSnapshot) -> bool:
    """Done and cancelled jobs have no bar, only words."""
    return job.state not in (JobState.SUCCEEDED, JobState.CANCELLED)


def percent(job: JobSnapshot) -> str:
    """Progress as the person reads it; nothing while the length is not known."""
    not_begun = job.state is JobState.QUEUED and job.progress <= 0
    if not has_bar(job) or is_indeterminate(job) or not_begun:
        return ""
    return f"{job.progress:.0f}{NO_BREAK}%"


def is_indeterminate(job: JobSnapshot) -> bool:
    """Whether a running job has not yet said how far it is."""
    return job.state is JobState.RUNNING and job.progress <= 0


def result_words(job: JobSnapshot) -> str:
    """What a finished draft holds."""
    result = job.result or {}
    entries, fields = result.get("lorebook_entries"), result.get("fields")
    if isinstance(entries, int) and entries:
        return counted(entries, "lorebook entry", "lorebook entries")
    return counted(fields, "field") if isinstance(fields, int) else "The card is ready"


def progress_words(job: JobSnapshot) -> str:
    """The line above the bar, or in its place."""
    match job.state:
        case JobState.SUCCEEDED:
            return result_words(job)
        case JobState.FAILED:
            return reason_of(job.error or "") or "It stopped"
        case JobState.CANCELLED:
            return "Cancelled · sources kept"
        case JobState.HELD:
            return HOLD_REASONS.get(job.hold_reason or "", job.phase or "Goes on by itself")
        case JobState.QUEUED:
            return "Starts when its turn comes"
        case JobState.RUNNING if job.want is JobWant.CANCEL:
            return "Stopping · what is written is kept"
    return job.phase or ("Starting" if job.state is JobState.RUNNING else "Goes on by itself")


def action_word(job: JobSnapshot) -> str:
    """The one action offered inside the row, or nothing."""
    if job.state is JobState.FAILED:
        return "Try again"
    if job.state is JobState.SUCCEEDED:
        return "Review" if job.needs_review else "Open"
    return ""


def elapsed(job: JobSnapshot, now: float) -> float | None:
    """Seconds of work so far; None before the first.

    `updated_at` of a running job is when its worker took it, so the clock goes on between two reports; the
    work of earlier attempts is in `active_seconds` only.
    """
    if job.started_at is None:
        return None
    if job.state is not JobState.RUNNING:
        return max(1.0, round(job.active_seconds)) if job.active_seconds > 0 else 0.0
    return max(job.active_seconds, now - job.updated_at)


def took(job: JobSnapshot) -> str:
    """How long a finished job worked."""
    if job.finished_at is None or job.started_at is None:
        return ""
    if job.active_seconds < 10:
        return f"took {max(0.1, job.active_seconds):.1f}{NO_BREAK}s"
    return f"took {duration(job.active_seconds)}"


def duration(seconds: float | None) -> str:
    """Seconds as minutes and seconds, with hours when there are any."""
    if seconds is None:
        return DASH
    whole = int(seconds)
    hours, minutes = divmod(whole // 60, 60)
    return f"{hours}:{minutes:02}:{whole % 60:02}" if hours else f"{minutes}:{whole % 60:02}"


def clock_time(moment: float | None, now: float) -> str:
    """A moment as a table shows it: the time today, the weekday this week, else the date."""
    if moment is None:
        return DASH
    then, today = time.localtime(moment), time.localtime(now)
    if then[:3] == today[:3]:
        return time.strftime("%H:%M", then)
    if 0 <= now - moment < 6 * 86_400:
        return time.strftime("%a", then)
    return f"{then.tm_mday} {time.strftime('%b', then)}"


def time_left(job: JobSnapshot, now: float) -> str:
    """An honest range for what remains, or nothing while it would be a guess."""
    worked = elapsed(job, now)
    if job.state is not JobState.RUNNING or worked is None or worked < 2 or not 5 <= job.progress < 100:
        return ""
    remaining = worked * (100 - job.progress) / job.progress
    low, high = int(remaining * 0.8), int(remaining * 1.3) + 1
    if high >= 120:
        return f"{max(1, low // 60)}–{high // 60 + 1}{NO_BREAK}min left"
    return f"{max(1, low)}–{max(2, high)}{NO_BREAK}s left"


def tip(job: JobSnapshot) -> str:
    """The whole of what the progress cell may have had to cut."""
    return (job.error or progress_words(job)) if job.state is JobState.FAILED else progress_words(job)


def spoken(job: JobSnapshot) -> str:
    """The progress cell for a screen reader."""
    words = [state_word(job), progress_words(job)]
    if has_bar(job) and not is_indeterminate(job):
        words.insert(1, f"{job.progress:.0f} percent")
    return ", ".join(words)


def second_line(job: JobSnapshot) -> str:
    """The quiet line under the name: the source."""
    return job.title
