"""A job in words: its state, its progress, its times. Plain functions of a snapshot (visual language, 9)."""

import time
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from ...domain.job import NEEDS_PERSON, TERMINAL_STATES, HoldReason, JobSnapshot, JobState, JobWant
from ...domain.job_kinds import DRAFT, EXPORT, IMPORT, READ
from ..cards.fields import label_of
from ..money import money
from ..states import look_of, state_of
from ..wording import NO_BREAK, counted, reason_of

DASH = "–"
NANOS = 1_000_000_000
WISH = "wish of the window"
"""The key in `metadata` under which a row carries what the person asked for until the queue answers."""
QUEUE = "queue of the window"
"""The key in `metadata` under which a waiting row carries that nothing of its kind starts at present."""
WISHES = {"resume": "Resuming", "retry": "Queuing", "now": "Starting", "remove": "Removing"}

KINDS = {DRAFT: "Draft", IMPORT: "Import", EXPORT: "Export", READ: "Read"}
KIND_ICONS = {IMPORT: "drop", EXPORT: "export", READ: "book"}

ENGINES = {"offline": "Offline drafter"}
HOLD_REASONS: dict[str, str] = {
    HoldReason.OFFLINE: "Offline · goes on by itself",
    HoldReason.DISK: "Disk full · goes on by itself",
    HoldReason.ENDPOINT: "The model does not answer",
    HoldReason.KEY: "The key was not accepted",
    HoldReason.ACCESS: "This key may not use the model",
    HoldReason.CREDITS: "The credit is used up",
    HoldReason.BUDGET: "The budget is reached",
    HoldReason.MODEL: "The model is not there",
    HoldReason.SOURCE: "A source is missing",
    HoldReason.CONTEXT: "The source is too long for the model",
}


def state_word(job: JobSnapshot) -> str:
    """The state in one word; what was asked for and is not fact yet has a word of its own."""
    if job.id < 0:
        return "Saving"
    if wish := WISHES.get(job.metadata.get(WISH, "")):
        return wish
    if job.state not in TERMINAL_STATES and job.want is JobWant.CANCEL:
        return "Stopping"
    if job.state is not JobState.PAUSED and job.want is JobWant.PAUSE and job.state not in TERMINAL_STATES:
        return "Pausing"
    return look_of(state_of(job)).word


def engine_name(job: JobSnapshot) -> str:
    """The engine as the person knows it."""
    return ENGINES.get(job.engine, job.engine)


def character_name(job: JobSnapshot) -> str:
    """The name of a row: whose card a draft makes, or what the other kinds work on."""
    match job.kind:
        case "import":
            return _files(job, "card file")
        case "export":
            return counted(len(job.request.get("card_ids") or ()), "card")
        case "read":
            return _files(job, "document")
    return job.character or "Main character"


def _files(job: JobSnapshot, noun: str) -> str:
    paths: Sequence[str] = job.request.get("paths") or ()
    if len(paths) == 1:
        return last_part(paths[0]) or f"1 {noun}"
    return counted(len(paths), noun)


def last_part(path: str) -> str:
    """The name of a file or folder of either kind of system."""
    return path.replace("\\", "/").rstrip("/").rpartition("/")[2]


def kind_name(kind: str) -> str:
    """A kind of job as the person reads it; one from a newer program keeps its own word."""
    return KINDS.get(kind, kind.replace("_", " ").capitalize())


def portrait_icon(job: JobSnapshot) -> str:
    """The icon in place of a portrait, for jobs that are not about a character; empty for those that are."""
    return "" if job.kind == DRAFT or job.character else KIND_ICONS.get(job.kind, "jobs")


def second_line(job: JobSnapshot) -> str:
    """The quiet line under the name: the source, or the kind of job; rows of a batch say so."""
    if job.kind == EXPORT:
        line = f"Export to {last_part(str(job.request.get('folder') or '')) or 'a folder'}"
    else:
        line = job.title if job.kind == DRAFT else kind_name(job.kind)
    batch = "in a batch" if job.batch_id is not None else ""
    return " · ".join(part for part in (_places(job), line, batch) if part)


def _places(job: JobSnapshot) -> str:
    """What of a card is written anew: "Personality", "23 texts"."""
    paths = job.request.get("paths") or ()
    if not is_proposing(job) or not isinstance(paths, list | tuple):
        return ""
    return (
        label_of(str(paths[0])) if len(paths) == 1 else counted(len(paths), "text") if paths else "All texts"
    )


def named(job: JobSnapshot) -> str:
    """A job inside a sentence: "Draft of Pew"."""
    return f"{kind_name(job.kind)} of {character_name(job)}"


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


def is_proposing(job: JobSnapshot) -> bool:
    """Whether a draft makes proposals for a card that there is, instead of a new one."""
    return job.kind == DRAFT and job.request.get("card_id") is not None


def result_words(job: JobSnapshot) -> str:
    """What a finished job made."""
    result = job.result or {}
    match job.kind:
        case "import":
            made = _imported(result)
            if repaired := result.get("repaired"):
                made += f" · {repaired} repaired"
            if isinstance(skipped := result.get("skipped"), int) and skipped:
                made += f" · {counted(skipped, 'picture')} without a card"
            return _with_refusals(made, result)
        case "export":
            return _with_refusals(f"{counted(len(result.get('files') or ()), 'file')} written", result)
        case "read":
            return _with_refusals(counted(len(result.get("source_ids") or ()), "source"), result)
    if is_proposing(job):
        count = int(result.get("proposals") or 0)
        return counted(count, "proposal") if count else "nothing to change"
    if job.needs_review and (unsupported := result.get("unsupported")):
        return f"{unsupported:,} unsupported"
    entries, fields = result.get("lorebook_entries"), result.get("fields")
    if isinstance(entries, int) and entries:
        return counted(entries, "lorebook entry", "lorebook entries")
    return counted(fields, "field") if isinstance(fields, int) else "The card is ready"


def _imported(result: dict[str, Any]) -> str:
    """How many cards came in; what was there already is not counted as new."""
    count, already = len(result.get("card_ids") or ()), int(result.get("already") or 0)
    if not already:
        return counted(count, "card")
    new = counted(count - already, "new card") if count > already else "nothing new"
    return f"{new} · {already:,} there already"


def _with_refusals(made: str, result: dict[str, object]) -> str:
    refused = result.get("refused")
    return f"{made} · {len(refused)} refused" if isinstance(refused, (list, tuple)) and refused else made


def progress_words(job: JobSnapshot, now: float | None = None) -> str:
    """The line above the bar, or in its place; `now` in Unix seconds lets what waits count down."""
    match job.state:
        case JobState.SUCCEEDED:
            return result_words(job)
        case JobState.FAILED:
            return reason_of(job.error or "") or "It stopped"
        case JobState.CANCELLED:
            return "Cancelled · sources kept"
    if job.want is JobWant.CANCEL:
        return "Stopping · what is written is kept"
    if job.want is JobWant.PAUSE and job.state is JobState.RUNNING:
        return f"Pausing · {job.phase}" if job.phase else "Pausing · what is written is kept"
    return _unfinished_words(job, now)


def _unfinished_words(job: JobSnapshot, now: float | None) -> str:
    match job.state:
        case JobState.HELD:
            return HOLD_REASONS.get(job.hold_reason or "", job.phase or "Goes on by itself")
        case JobState.WAITING:
            return waiting_words(job, now)
        case JobState.PAUSED:
            return job.phase or "Paused by you · what is written is kept"
        case JobState.QUEUED:
            return _turn_words(job)
    return job.phase or "Starting"


def _turn_words(job: JobSnapshot) -> str:
    """Why a job in the queue has not begun."""
    return "Waits · the queue is paused" if QUEUE in job.metadata else "Starts when its turn comes"


def waiting_words(job: JobSnapshot, now: float | None = None) -> str:
    """Why a job waits and how long: "Busy · tries again in 38 s"."""
    reason = job.phase.partition(" · ")[0] or "Busy"
    if job.run_at is None:
        return f"{reason} · goes on by itself"
    left = job.run_at - (time.time() if now is None else now)
    left = min(left, job.delay) if job.delay is not None else left
    return f"{reason} · tries again {'now' if left < 1 else 'in ' + span(left)}"


def span(seconds: float) -> str:
    """How long in one unit: "38 s", "4 min", "2 h"."""
    if seconds < 60:
        return f"{seconds:.0f}{NO_BREAK}s"
    if seconds < 3600:
        return f"{seconds / 60:.0f}{NO_BREAK}min"
    return f"{seconds / 3600:.0f}{NO_BREAK}h"


def action_word(job: JobSnapshot) -> str:
    """The one action offered inside the row, or nothing."""
    if job.id < 0 or WISH in job.metadata:
        return ""
    if job.state is JobState.FAILED:
        return "Try again"
    if job.state is JobState.HELD and job.hold_reason in NEEDS_PERSON:
        return "Try now"
    if job.state is JobState.SUCCEEDED and job.kind == DRAFT:
        return "Review" if job.needs_review else "Open"
    if job.state is JobState.SUCCEEDED and job.needs_review:
        return "Mark as seen"
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


def tokens_short(job: JobSnapshot) -> str:
    """Tokens read and written together, as a column shows them: "46.3k"."""
    if job.tokens_in is None and job.tokens_out is None:
        return DASH
    total = (job.tokens_in or 0) + (job.tokens_out or 0)
    if total < 1000:
        return f"{total}"
    return f"{total / 1000:.1f}k" if total < 100_000 else f"{total / 1000:,.0f}k"


def dollars(nanos: int) -> Decimal:
    """Billionths of a dollar as dollars, exactly."""
    return Decimal(nanos) / NANOS


def cost_short(job: JobSnapshot) -> str:
    """What a job cost, as a column shows it; a "+" where a crash left a doubt."""
    if job.cost_nanos is None:
        cost = "nothing" if job.engine in ("", "offline") else DASH
    else:
        cost = money(dollars(max(0, job.cost_nanos)))
    return f"{cost} +" if job.possibly_billed else cost


def tip(job: JobSnapshot) -> str:
    """The whole of what the progress cell may have had to cut."""
    line = (job.error if job.state is JobState.FAILED else "") or progress_words(job)
    return f"{line}\nThe last request may have been billed." if job.possibly_billed else line


def spoken(job: JobSnapshot) -> str:
    """The progress cell for a screen reader."""
    words = [state_word(job), progress_words(job)]
    if has_bar(job) and not is_indeterminate(job):
        words.insert(1, f"{job.progress:.0f} percent")
    return ", ".join(words)
