"""Jobs: states, the moves between them, and the snapshots that other layers see."""

from enum import StrEnum
from typing import Any, Literal

from pydantic import Field

from .value import Value


class JobState(StrEnum):
    """The fact of a job. What the person wants of it is `JobWant`."""

    QUEUED = "queued"  # waits for a worker
    RUNNING = "running"  # a worker of the current epoch has it
    HELD = "held"  # a gate is closed; `hold_reason` says which
    WAITING = "waiting"  # tries again at `run_at`
    PAUSED = "paused"  # stopped by the person at a safe point
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


class JobWant(StrEnum):
    """The person's intent, stored before it becomes fact."""

    RUN = "run"
    PAUSE = "pause"
    CANCEL = "cancel"


TERMINAL_STATES = frozenset({JobState.SUCCEEDED, JobState.FAILED, JobState.CANCELLED})

JOB_MOVES: dict[JobState, frozenset[JobState]] = {
    JobState.QUEUED: frozenset({JobState.RUNNING, JobState.HELD, JobState.PAUSED, JobState.CANCELLED}),
    JobState.RUNNING: frozenset(JobState) - {JobState.RUNNING},
    JobState.HELD: frozenset({JobState.QUEUED, JobState.PAUSED, JobState.CANCELLED}),
    JobState.WAITING: frozenset({JobState.QUEUED, JobState.PAUSED, JobState.CANCELLED}),
    JobState.PAUSED: frozenset({JobState.QUEUED, JobState.CANCELLED}),
    JobState.SUCCEEDED: frozenset({JobState.QUEUED}),
    JobState.FAILED: frozenset({JobState.QUEUED}),
    JobState.CANCELLED: frozenset({JobState.QUEUED}),
}

PublicStatus = Literal["pending", "processing", "completed", "failed", "cancelled"]

STATUS_OF_STATE: dict[JobState, PublicStatus] = {
    JobState.QUEUED: "pending",
    JobState.HELD: "pending",
    JobState.WAITING: "pending",
    JobState.PAUSED: "pending",
    JobState.RUNNING: "processing",
    JobState.SUCCEEDED: "completed",
    JobState.FAILED: "failed",
    JobState.CANCELLED: "cancelled",
}


class JobSnapshot(Value):
    """One job at one moment. `progress` runs 0 to 100; times are Unix seconds; `active_seconds` counts work.

    `result` is the job kind's result as JSON once it succeeded (a draft: `DraftResult`).
    """

    id: int
    kind: str
    state: JobState
    want: JobWant = JobWant.RUN
    hold_reason: str | None = None
    progress: float = 0.0
    phase: str = ""
    character: str = ""
    engine: str = ""
    title: str = ""
    attempts: int = 0
    needs_review: bool = False
    error: str | None = None
    error_code: str | None = None
    error_details: str | None = None
    request_id: str | None = None
    request: dict[str, Any] = Field(default_factory=dict)
    result: dict[str, Any] | None = None
    metadata: dict[str, Any] = Field(default_factory=dict)
    created_at: float = 0.0
    updated_at: float = 0.0
    started_at: float | None = None
    finished_at: float | None = None
    active_seconds: float = 0.0
    version: int = 0

    @property
    def status(self) -> PublicStatus:
        """The state as other programs see it."""
        return STATUS_OF_STATE[self.state]


class JobStepView(Value):
    """One step of a job for the details panel."""

    key: str
    phase: str
    done: bool
    seconds: float | None = None
    summary: str = ""


class JobQuery(Value):
    """A filter over jobs; newest first. `states` empty means all."""

    states: tuple[JobState, ...] = ()
    status: PublicStatus | None = None
    kind: str | None = None
    text: str = ""
    since: float | None = None
    limit: int = Field(default=100, ge=0, le=10_000)
    offset: int = Field(default=0, ge=0)


class JobPage(Value):
    """A page of jobs; `total` counts every job that matches the filter."""

    jobs: tuple[JobSnapshot, ...]
    total: int
    limit: int
    offset: int


class DraftRequest(Value):
    """Request of a `draft` job. `source_ids` are stored sources, in the order of the set.

    `character` is a name as the sources have it; empty means the main one. `outputs` are paths to export to.
    """

    source_ids: tuple[int, ...] = Field(min_length=1)
    character: str = ""
    engine: Literal["offline"] = "offline"
    outputs: tuple[str, ...] = ()
    avatar: str | None = None
    evidence_path: str | None = None


class DraftResult(Value):
    """Result of a `draft` job."""

    card_id: int
    character: str
    fields: int
    lorebook_entries: int
    outputs: tuple[str, ...] = ()
