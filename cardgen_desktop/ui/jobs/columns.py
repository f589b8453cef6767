"""The columns of the jobs table, as values: whoever needs to know about a column asks this table."""

from collections.abc import Callable
from dataclasses import dataclass, field

from PySide6.QtCore import Qt

from ...domain.job import TERMINAL_STATES, JobSnapshot, JobSort, JobState
from . import words
from .figures import cost_words, lane_words, priority_words, tokens_words

_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter

Text = Callable[[JobSnapshot, float], str]
NEVER_FOLDED = 0


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `width` is in logical pixels; `text` gets the job and the present time in Unix seconds.

    `spoken` is what a screen reader says, `tip` the whole text under the pointer, where the text alone would
    not do. `sort` is what its header sorts by, with the largest first when `largest_first`. `shown` columns
    are there from the start; of those, the highest `rank` folds first where the window is too narrow.
    """

    key: str
    title: str
    width: int
    text: Text
    align: Qt.AlignmentFlag = _LEFT
    spoken: Callable[[JobSnapshot], str] | None = None
    tip: Callable[[JobSnapshot], str] | None = None
    sort: JobSort | None = None
    largest_first: bool = False
    shown: bool = False
    rank: int = NEVER_FOLDED
    least: int = 56
    at_end: bool = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "at_end", bool(self.align & Qt.AlignmentFlag.AlignRight))

    @property
    def fills(self) -> bool:
        """Whether it takes the width that is left."""
        return self.key == "progress"

    @property
    def order(self) -> Qt.SortOrder:
        """The order of a first click."""
        return Qt.SortOrder.DescendingOrder if self.largest_first else Qt.SortOrder.AscendingOrder


def left_words(job: JobSnapshot, now: float) -> str:
    """What remains, as a range; the heading says that it is time left."""
    return words.time_left(job, now).removesuffix(" left") or words.DASH


def place_words(job: JobSnapshot) -> str:
    """Its number in the queue; a finished job has none."""
    return words.DASH if job.state in TERMINAL_STATES else f"{job.position:g}"


def is_ticking(job: JobSnapshot | None) -> bool:
    """Whether the words of a job change by time alone."""
    return job is not None and (
        job.state is JobState.RUNNING or (job.state is JobState.WAITING and job.run_at is not None)
    )


COLUMNS: tuple[Column, ...] = (
    Column(
        "character", "Character", 272, lambda job, _now: words.character_name(job), least=140,
        tip=lambda job: f"{words.character_name(job)}\n{words.second_line(job)}",
        sort=JobSort.CHARACTER, shown=True,
    ),
    Column(
        "state", "State", 112, lambda job, _now: words.state_word(job), sort=JobSort.STATE, shown=True,
        least=88,
    ),
    Column(
        "progress", "Progress", 200, words.progress_words, spoken=words.spoken, tip=words.tip, least=160,
        sort=JobSort.PROGRESS, largest_first=True, shown=True,
    ),
    Column(
        "engine", "Engine", 116, lambda job, _now: words.engine_name(job), sort=JobSort.ENGINE, shown=True,
        rank=2,
    ),
    Column(
        "started", "Started", 80, lambda job, now: words.clock_time(job.started_at, now), _RIGHT,
        sort=JobSort.STARTED, largest_first=True, shown=True, rank=3,
    ),
    Column(
        "time", "Time", 72, lambda job, now: words.duration(words.elapsed(job, now)), _RIGHT,
        sort=JobSort.TIME, largest_first=True, shown=True, rank=1,
    ),
    Column("left", "Left", 96, left_words, _RIGHT, shown=True, rank=4),
    Column(
        "cost", "Cost", 96, lambda job, _now: words.cost_short(job), _RIGHT, spoken=cost_words,
        sort=JobSort.COST, largest_first=True, shown=True, rank=5,
    ),
    Column("title", "Title", 200, lambda job, _now: job.title or words.DASH, sort=JobSort.TITLE),
    Column("kind", "Kind", 88, lambda job, _now: words.kind_name(job.kind), sort=JobSort.KIND),
    Column("lane", "Lane", 120, lambda job, _now: lane_words(job.lane)),
    Column(
        "priority", "Priority", 92, lambda job, _now: priority_words(job.priority), sort=JobSort.PRIORITY,
        largest_first=True,
    ),
    Column(
        "batch", "Batch", 72,
        lambda job, _now: words.DASH if job.batch_id is None else f"{job.batch_id}", _RIGHT,
    ),
    Column(
        "attempts", "Attempts", 92, lambda job, _now: f"{job.attempts}" if job.attempts else words.DASH,
        _RIGHT, sort=JobSort.ATTEMPTS, largest_first=True,
    ),
    Column(
        "tokens", "Tokens", 80, lambda job, _now: words.tokens_short(job), _RIGHT, spoken=tokens_words,
        sort=JobSort.TOKENS, largest_first=True,
    ),
    Column(
        "created", "Created", 84, lambda job, now: words.clock_time(job.created_at or None, now), _RIGHT,
        sort=JobSort.CREATED, largest_first=True,
    ),
    Column(
        "finished", "Finished", 84, lambda job, now: words.clock_time(job.finished_at, now), _RIGHT,
        sort=JobSort.FINISHED, largest_first=True,
    ),
    Column("queue", "In queue", 88, lambda job, _now: place_words(job), _RIGHT, sort=JobSort.QUEUE),
)  # fmt: skip
INDEX = {column.key: number for number, column in enumerate(COLUMNS)}
"""Column numbers by key."""
SORTED_COLUMN = {column.sort: number for number, column in enumerate(COLUMNS) if column.sort is not None}
"""Column numbers by what they sort by."""

SORT_KEYS: dict[JobSort, Callable[[JobSnapshot], object]] = {
    JobSort.CREATED: lambda job: job.created_at,
    JobSort.CHARACTER: lambda job: job.character,
    JobSort.TITLE: lambda job: job.title,
    JobSort.KIND: lambda job: job.kind,
    JobSort.STATE: lambda job: job.state,
    JobSort.PRIORITY: lambda job: job.priority,
    JobSort.PROGRESS: lambda job: job.progress,
    JobSort.ENGINE: lambda job: job.engine,
    JobSort.STARTED: lambda job: job.started_at,
    JobSort.FINISHED: lambda job: job.finished_at,
    JobSort.TIME: lambda job: job.active_seconds,
    JobSort.ATTEMPTS: lambda job: job.attempts,
    JobSort.TOKENS: lambda job: (job.tokens_in, job.tokens_out),
    JobSort.COST: lambda job: job.cost_nanos,
    JobSort.QUEUE: lambda job: (job.priority, job.position),
}
"""What each order looks at: a row whose value of it changed is not where the order would put it now."""
