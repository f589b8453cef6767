"""The columns of the jobs table, as values: whoever needs to know about a column asks this table."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt

from ...domain.job import JobSnapshot
from . import words

_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `width` is in logical pixels; `text` gets the job and the present time in Unix seconds.

    `spoken` is what a screen reader says, `tip` the whole text under the pointer, where the text alone would
    not do. `narrow` tells whether the column
    stays in a narrow window, `fills` whether it takes the width that is left.
    """

    key: str
    title: str
    width: int
    text: Callable[[JobSnapshot, float], str]
    align: Qt.AlignmentFlag = _LEFT
    spoken: Callable[[JobSnapshot], str] | None = None
    tip: Callable[[JobSnapshot], str] | None = None
    narrow: bool = True
    fills: bool = False


COLUMNS: tuple[Column, ...] = (
    Column(
        "character",
        "Character",
        272,
        lambda job, _now: words.character_name(job),
        tip=lambda job: f"{words.character_name(job)}\n{job.title}",
    ),
    Column("state", "State", 112, lambda job, _now: words.state_word(job)),
    Column(
        "progress",
        "Progress",
        200,
        lambda job, _now: words.progress_words(job),
        spoken=words.spoken,
        tip=words.tip,
        fills=True,
    ),
    Column("engine", "Engine", 116, lambda job, _now: words.engine_name(job), narrow=False),
    Column(
        "started", "Started", 72, lambda job, now: words.clock_time(job.started_at, now), _RIGHT, narrow=False
    ),
    Column("time", "Time", 72, lambda job, now: words.duration(words.elapsed(job, now)), _RIGHT),
)
INDEX = {column.key: number for number, column in enumerate(COLUMNS)}
"""Column numbers by key."""
