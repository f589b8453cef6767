"""The queue as a whole: its lanes and gates, what moved, what can be undone, and its figures."""

from typing import Literal

from pydantic import Field

from .job import JobSnapshot, Lane
from .value import Value


class LaneStatus(Value):
    """One lane. `limit` is how many jobs run at once, `lowered` whether a busy provider made it smaller."""

    lane: Lane
    limit: int
    running: int = 0
    queued: int = 0
    paused: bool = False
    lowered: bool = False


class GateStatus(Value):
    """A closed gate: why, since when, and how many jobs it holds. `scope` is what it is about."""

    reason: str
    scope: str = ""
    sentence: str = ""
    since: float = 0.0
    held: int = 0


class QueueStatus(Value):
    """The whole queue. `paused` is the person's wish that nothing new starts."""

    paused: bool = False
    lanes: tuple[LaneStatus, ...] = ()
    gates: tuple[GateStatus, ...] = ()


TOLD_ONE_BY_ONE = 200
"""An action that moves more jobs than this announces one `JobListChanged` in place of each."""


class JobsMoved(Value):
    """What an action on several jobs did: how many changed, and how many it did not fit.

    `jobs` are the changed ones, at most `TOLD_ONE_BY_ONE` of them. `name` is the step in words ("Cancel 12
    jobs"), `undo_id` names it for `undo`; None when there is nothing to take back.
    """

    count: int
    skipped: int = 0
    jobs: tuple[JobSnapshot, ...] = ()
    name: str = ""
    undo_id: int | None = None


class UndoStep(Value):
    """One named step that can be taken back or done again: "Cancel 12 jobs"."""

    id: int
    name: str
    at: float
    jobs: int = 0


class UndoHistory(Value):
    """The steps in order: the last of `undo` is taken back next, the last of `redo` is done again next."""

    undo: tuple[UndoStep, ...] = ()
    redo: tuple[UndoStep, ...] = ()


Place = Literal["top", "bottom"]


class Timing(Value):
    """Seconds over some finished jobs: how many, in all, the median and the 95th percentile."""

    count: int = 0
    total: float = 0.0
    median: float = 0.0
    p95: float = 0.0


class KindFigures(Value):
    """Counters and timings of one kind of job in one lane. `wait` is from queued to started."""

    kind: str
    lane: str
    succeeded: int = 0
    failed: int = 0
    cancelled: int = 0
    unfinished: int = 0
    attempts: int = 0
    retries: int = 0
    crashes: int = 0
    work: Timing = Field(default_factory=Timing)
    wait: Timing = Field(default_factory=Timing)


class QueueFigures(Value):
    """Figures for the statistics page and `cardgen stats`. Sizes are bytes, times Unix seconds."""

    kinds: tuple[KindFigures, ...] = ()
    steps: dict[str, Timing] = Field(default_factory=dict)
    states: dict[str, int] = Field(default_factory=dict)
    errors: dict[str, int] = Field(default_factory=dict)
    cards: int = 0
    sources: int = 0
    database_bytes: int = 0
    log_bytes: int = 0
    backups: int = 0
    last_backup_at: float | None = None
    since: float | None = None
    at: float = 0.0


class BundleFile(Value):
    """One file of a diagnostics bundle as it is previewed; `text` is exactly what will be written."""

    name: str
    bytes: int
    text: str


class Backup(Value):
    """A backup of the database that was read back and found whole."""

    path: str
    at: float
    bytes: int
    jobs: int = 0
    cards: int = 0
