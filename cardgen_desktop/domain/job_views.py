"""What the details of a job show: steps, attempts, log, partial text; and the batches jobs came in."""

from typing import Any

from pydantic import Field

from .costs import Usage
from .value import Value


class JobStepView(Value):
    """One step of a job for the details panel; `usage` is what it took of a language model."""

    key: str
    phase: str
    done: bool
    seconds: float | None = None
    summary: str = ""
    usage: Usage | None = None


class JobAttempt(Value):
    """One time that a worker had a job. `outcome` is None while it does; times are Unix seconds.

    `possibly_billed` says that a paid request was under way when the program ended.
    """

    number: int
    started_at: float
    ended_at: float | None = None
    outcome: str | None = None
    reason: str = ""
    possibly_billed: bool = False


class JobLogLine(Value):
    """One line of a job's log. `kind` is a word such as "started"; `text` is a sentence without secrets."""

    at: float
    kind: str
    text: str = ""


class JobDetails(Value):
    """Everything about one job beside its snapshot. `partial` is text that was streamed and not finished."""

    steps: tuple[JobStepView, ...] = ()
    attempts: tuple[JobAttempt, ...] = ()
    log: tuple[JobLogLine, ...] = ()
    partial: str = ""


class BatchView(Value):
    """Jobs that were queued together: "12 of 40". `finished` counts every end, `failed` is part of it."""

    id: int
    title: str
    total: int
    finished: int
    failed: int = 0
    running: int = 0
    progress: float = 0.0
    created_at: float = 0.0


class JobExport(Value):
    """A job with everything a report needs, free of secrets."""

    program: dict[str, str] = Field(default_factory=dict)
    job: dict[str, Any]
    steps: tuple[dict[str, Any], ...] = ()
    attempts: tuple[JobAttempt, ...] = ()
    log: tuple[JobLogLine, ...] = ()
    partial: str = ""
