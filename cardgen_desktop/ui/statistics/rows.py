"""The figures of the queue as rows of words. Plain functions of `QueueFigures`."""

import time
from dataclasses import dataclass

from ...domain.queue import Backup, QueueFigures, Timing
from ..jobs.figures import lane_words
from ..jobs.words import DASH, kind_name
from ..wording import NO_BREAK, counted, size_words

Row = tuple[str, ...]
DAY = 86_400.0
KIND_COLUMNS = (
    "Kind",
    "Lane",
    "Done",
    "Failed",
    "Cancelled",
    "Retries",
    "Work",
    "Work 95 %",
    "Wait",
    "Wait 95 %",
)
STEP_COLUMNS = ("Step", "Times", "Median", "95 %", "In all")
ERROR_COLUMNS = ("What went wrong", "Jobs")
STATE_ORDER = ("running", "queued", "waiting", "held", "paused", "succeeded", "failed", "cancelled")
STEPS = {
    "read": "Reading the sources",
    "first_mes": "First message",
    "mes_example": "Example dialogue",
    "alternate_greetings": "Other greetings",
}
ERRORS = {
    "storage": "The data folder or the disk",
    "source": "A source could not be read",
    "input": "A file could not be used",
    "card": "A card file could not be read",
    "usage": "The request did not fit",
    "provider": "The provider",
    "model": "The model was not there",
    "internal": "A mistake of the program",
    "crash": "The program ended",
}


@dataclass(frozen=True, slots=True)
class Range:
    """A stretch of time that figures are asked for; `empty` says that nothing happened in it."""

    key: str
    word: str
    days: int | None
    empty: str

    def since(self, now: float) -> float | None:
        """Where it begins: local midnight for today, so many days back, None for all."""
        if self.days is None:
            return None
        if self.days > 0:
            return now - self.days * DAY
        today = time.localtime(now)
        return time.mktime((today.tm_year, today.tm_mon, today.tm_mday, 0, 0, 0, 0, 0, -1))


RANGES = (
    Range("today", "Today", 0, "No job ended today."),
    Range("week", "7 days", 7, "No job ended in the last 7 days."),
    Range("month", "30 days", 30, "No job ended in the last 30 days."),
    Range("all", "All", None, "No job has ended yet."),
)


def kind_rows(figures: QueueFigures) -> tuple[Row, ...]:
    """One row for each kind of job in each lane."""
    return tuple(
        (
            kind_name(one.kind),
            lane_words(one.lane),
            number_words(one.succeeded),
            number_words(one.failed),
            number_words(one.cancelled),
            number_words(one.retries),
            *_pair(one.work),
            *_pair(one.wait),
        )
        for one in figures.kinds
    )


def step_rows(figures: QueueFigures) -> tuple[Row, ...]:
    """One row for each step, the one that took most in all first."""
    ordered = sorted(figures.steps.items(), key=lambda item: -item[1].total)
    return tuple(
        (step_name(key), number_words(timing.count), *_pair(timing), seconds_words(timing.total))
        for key, timing in ordered
    )


def error_rows(figures: QueueFigures) -> tuple[Row, ...]:
    """One row for each kind of failure, the most frequent first."""
    ordered = sorted(figures.errors.items(), key=lambda item: (-item[1], item[0]))
    return tuple((error_name(code), number_words(count)) for code, count in ordered)


def state_counts(figures: QueueFigures) -> tuple[tuple[str, int], ...]:
    """The states that any job is in, work first, ends last."""
    known = [(state, figures.states[state]) for state in STATE_ORDER if figures.states.get(state)]
    others = [(state, count) for state, count in figures.states.items() if state not in STATE_ORDER and count]
    return (*known, *others)


def has_jobs(figures: QueueFigures) -> bool:
    """Whether there is anything to put into the tables."""
    return any(one.succeeded or one.failed or one.cancelled or one.attempts for one in figures.kinds)


def facts_words(figures: QueueFigures) -> str:
    """The line under the title."""
    ended = sum(one.succeeded + one.failed + one.cancelled for one in figures.kinds)
    parts = (
        counted(ended, "job") + " ended",
        counted(figures.cards, "card"),
        counted(figures.sources, "source"),
    )
    return " · ".join(parts)


def number_words(number: int) -> str:
    """A count; none is a dash, so that what happened stands out."""
    return f"{number:,}" if number else DASH


def seconds_words(seconds: float) -> str:
    """How long in at most two units: "0.4 s", "74 s", "3 min 20 s", "2 h 5 min"."""
    if seconds < 10:
        return f"{seconds:.1f}{NO_BREAK}s"
    if seconds < 100:
        return f"{seconds:.0f}{NO_BREAK}s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes}{NO_BREAK}min" + (f" {rest}{NO_BREAK}s" if rest else "")
    hours, minutes = divmod(minutes, 60)
    return f"{hours:,}{NO_BREAK}h" + (f" {minutes}{NO_BREAK}min" if minutes else "")


def moment_words(moment: float | None, now: float) -> str:
    """A moment with its day: "today 06:53", "yesterday 06:53", "9 Oct 06:53"."""
    if moment is None:
        return "never"
    then = time.localtime(moment)
    clock = time.strftime("%H:%M", then)
    for word, day in (("today", now), ("yesterday", now - DAY)):
        if then[:3] == time.localtime(day)[:3]:
            return f"{word} {clock}"
    year = f" {then.tm_year}" if then.tm_year != time.localtime(now).tm_year else ""
    return f"{then.tm_mday} {time.strftime('%b', then)}{year} {clock}"


def backup_words(backup: Backup, now: float) -> str:
    """One backup: when, how big, what is in it."""
    held = f"{counted(backup.jobs, 'job')}, {counted(backup.cards, 'card')}"
    when = moment_words(backup.at, now)
    return f"{when[:1].upper()}{when[1:]} · {size_words(backup.bytes)} · {held}"


def step_name(key: str) -> str:
    """A step as the person reads it."""
    return STEPS.get(key, key.replace("_", " ").strip().capitalize())


def error_name(code: str) -> str:
    """A class of failure as the person reads it; one from a newer program keeps its own word."""
    return ERRORS.get(code, code.replace("_", " ").replace(".", " ").strip().capitalize())


def _pair(timing: Timing) -> Row:
    if not timing.count:
        return DASH, DASH
    return seconds_words(timing.median), seconds_words(timing.p95)
