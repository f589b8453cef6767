"""Jobs: states, the moves between them, and the snapshots that other layers see."""

from enum import IntEnum, StrEnum
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


class HoldReason(StrEnum):
    """Which closed gate holds a job (ux-and-reliability.md 2.2)."""

    OFFLINE = "offline"
    ENDPOINT = "endpoint"
    KEY = "key"
    ACCESS = "access"
    CREDITS = "credits"
    BUDGET = "budget"
    MODEL = "model"
    DISK = "disk"
    SOURCE = "source"
    CONTEXT = "context"


class Lane(StrEnum):
    """What a job needs to run; each lane has its own number of jobs at once."""

    INTERACTIVE = "interactive"
    NETWORK = "network"
    LOCAL = "local"  # a language model on this computer
    CPU = "cpu"
    EXPORT = "export"


class Priority(IntEnum):
    """How urgent a job is. A queued job gains a level for every ten minutes it waits."""

    LOWEST = -2
    LOW = -1
    NORMAL = 0
    HIGH = 1
    HIGHEST = 2


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

    `is_remote` jobs need the network, whatever lane they are in. `hold_reason` is a `HoldReason` (a newer
    program may know more of them), `hold_scope` what the gate is about, such as a profile. `run_at` is
    when a waiting job tries again, `delay` how long it was to wait.
    `result` is the job kind's result as JSON once it succeeded. `batch_id` names the group it was queued in.
    `cost_nanos` is money in billionths of a dollar. A row that the window shows before the database has it
    has an `id` below 0.
    """

    id: int
    kind: str
    state: JobState
    want: JobWant = JobWant.RUN
    lane: Lane = Lane.CPU
    is_remote: bool = False
    priority: int = 0
    position: float = 0.0
    hold_reason: str | None = None
    hold_scope: str = ""
    run_at: float | None = None
    delay: float | None = None
    progress: float = 0.0
    phase: str = ""
    character: str = ""
    engine: str = ""
    title: str = ""
    attempts: int = 0
    crashes: int = 0
    needs_review: bool = False
    possibly_billed: bool = False
    error: str | None = None
    error_code: str | None = None
    error_details: str | None = None
    batch_id: int | None = None
    request_id: str | None = None
    request: dict[str, Any] = Field(default_factory=dict)
    result: dict[str, Any] | None = None
    metadata: dict[str, Any] = Field(default_factory=dict)
    tokens_in: int | None = None
    tokens_out: int | None = None
    cost_nanos: int | None = None
    created_at: float = 0.0
    queued_at: float = 0.0
    updated_at: float = 0.0
    started_at: float | None = None
    finished_at: float | None = None
    active_seconds: float = 0.0
    version: int = 0

    @property
    def status(self) -> PublicStatus:
        """The state as other programs see it."""
        return STATUS_OF_STATE[self.state]


class JobSort(StrEnum):
    """What a list of jobs is ordered by; ties are broken by id."""

    CREATED = "created"
    CHARACTER = "character"
    TITLE = "title"
    KIND = "kind"
    STATE = "state"
    PRIORITY = "priority"
    PROGRESS = "progress"
    ENGINE = "engine"
    STARTED = "started"
    FINISHED = "finished"
    TIME = "time"  # seconds of work
    ATTEMPTS = "attempts"
    TOKENS = "tokens"
    COST = "cost"
    QUEUE = "queue"  # the order in which workers take them


class JobQuery(Value):
    """A filter over jobs and their order, newest first unless it says otherwise.

    `states` empty means all. `needs_you` lets through what goes on only when the person acts: failed jobs,
    results to review, and jobs held by a gate that does not open by itself; `needs_review` is about results
    alone. `until` is exclusive.
    """

    states: tuple[JobState, ...] = ()
    status: PublicStatus | None = None
    kind: str | None = None
    lane: Lane | None = None
    batch_id: int | None = None
    needs_you: bool = False
    needs_review: bool | None = None
    text: str = ""
    since: float | None = None
    until: float | None = None
    sort: JobSort = JobSort.CREATED
    descending: bool = True
    limit: int = Field(default=100, ge=0, le=10_000)
    offset: int = Field(default=0, ge=0)


class JobPage(Value):
    """A page of jobs; `total` counts every job that matches the filter."""

    jobs: tuple[JobSnapshot, ...]
    total: int
    limit: int
    offset: int


NEEDS_PERSON = frozenset(
    {HoldReason.KEY, HoldReason.ACCESS, HoldReason.CREDITS, HoldReason.BUDGET, HoldReason.MODEL,
     HoldReason.ENDPOINT, HoldReason.CONTEXT, HoldReason.SOURCE}
)  # fmt: skip
"""Gates that the person has to open; the others open by themselves."""


def needs_you(job: JobSnapshot) -> bool:
    """Whether a job goes on only when the person acts, or has a result they should look at."""
    held = job.state is JobState.HELD and job.hold_reason in NEEDS_PERSON
    return held or job.state is JobState.FAILED or job.needs_review
