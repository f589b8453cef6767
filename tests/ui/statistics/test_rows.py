"""The figures of the queue in words."""

import time

import pytest

from cardgen_desktop.domain.queue import Backup, KindFigures, QueueFigures, Timing
from cardgen_desktop.ui.statistics import rows
from cardgen_desktop.ui.wording import size_words
from tests.support.job_samples import sample_figures

NOON = time.mktime((2025, 10, 9, 12, 0, 0, 0, 0, -1))


def test_each_kind_in_each_lane_is_a_row() -> None:
    assert rows.kind_rows(sample_figures()) == (
        ("Draft", "Network", "28", "2", "1", "4", "74\xa0s", "2\xa0min 21\xa0s", "9.0\xa0s", "48\xa0s"),
        ("Import", "This computer", "3", "–", "–", "–", "7.0\xa0s", "9.0\xa0s", "–", "–"),
    )


def test_a_kind_and_a_lane_of_a_newer_program_keep_their_words() -> None:
    figures = QueueFigures(kinds=(KindFigures(kind="paint_portrait", lane="gpu_pool", attempts=1),))
    assert rows.kind_rows(figures)[0][:2] == ("Paint portrait", "Gpu pool")


def test_steps_and_errors_are_ordered_by_what_matters() -> None:
    figures = QueueFigures(
        steps={"read": Timing(count=2, total=1.0, median=0.5, p95=0.6),
               "first_mes": Timing(count=2, total=60.0, median=30.0, p95=31.0)},
        errors={"storage": 1, "model": 7, "new_code": 2},
    )  # fmt: skip
    assert [row[0] for row in rows.step_rows(figures)] == ["First message", "Reading the sources"]
    assert rows.error_rows(figures) == (
        ("The model was not there", "7"),
        ("New code", "2"),
        ("The data folder or the disk", "1"),
    )


def test_states_come_work_first() -> None:
    figures = QueueFigures(states={"failed": 2, "succeeded": 31, "queued": 3, "held": 0, "frozen": 1})
    assert rows.state_counts(figures) == (("queued", 3), ("succeeded", 31), ("failed", 2), ("frozen", 1))


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.04, "0.0\xa0s"),
        (9.94, "9.9\xa0s"),
        (74, "74\xa0s"),
        (200, "3\xa0min 20\xa0s"),
        (7500, "2\xa0h 5\xa0min"),
    ],
)
def test_seconds(seconds: float, words: str) -> None:
    assert rows.seconds_words(seconds) == words


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (0, "0\xa0B"),
        (999, "999\xa0B"),
        (310_000, "310\xa0kB"),
        (18_400_000, "18.4\xa0MB"),
        (2.5e12, "2,500\xa0GB"),
    ],
)
def test_sizes(size: float, words: str) -> None:
    assert size_words(size) == words


def test_moments_carry_their_day() -> None:
    assert rows.moment_words(None, NOON) == "never"
    assert rows.moment_words(NOON - 3600, NOON) == "today 11:00"
    assert rows.moment_words(NOON - 86_400, NOON) == "yesterday 12:00"
    assert rows.moment_words(NOON - 10 * 86_400, NOON) == "29 Sep 12:00"
    assert rows.moment_words(NOON - 400 * 86_400, NOON).startswith("4 Sep 2024")
    backup = Backup(path="x", at=NOON, bytes=18_200_000, jobs=36, cards=1)
    assert rows.backup_words(backup, NOON) == "Today 12:00 · 18.2\xa0MB · 36\xa0jobs, 1\xa0card"


def test_ranges_begin_at_midnight_or_so_many_days_ago() -> None:
    today, week, _month, every = rows.RANGES
    since = today.since(NOON)
    assert since is not None and time.localtime(since)[:5] == (2025, 10, 9, 0, 0)
    assert week.since(NOON) == NOON - 7 * 86_400
    assert every.since(NOON) is None
