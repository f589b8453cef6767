"""Waiting jobs, by a clock that nobody can set."""

import pytest

from cardgen_desktop.jobs.waits import Waits
from cardgen_desktop.store.holds import WaitingJob
from tests.support.queue_in_use import HandClock


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def waits(clock: HandClock) -> Waits:
    return Waits(clock)


def test_job_is_due_when_its_time_has_passed(clock: HandClock, waits: Waits) -> None:
    waits.begin(1, 10.0)
    waits.begin(2, 30.0)
    assert (waits.take_due(), waits.next_in()) == ({}, 10.0)
    clock.pass_time(10.0)
    assert waits.next_in() == 0.0
    assert list(waits.take_due()) == [1]
    assert (waits.take_due(), waits.next_in()) == ({}, 20.0)
    clock.pass_time(1_000.0)
    assert list(waits.take_due()) == [2]
    assert waits.next_in() is None


@pytest.mark.parametrize("jump", [86_400.0, -86_400.0, 1e9])
def test_time_of_day_that_is_set_moves_no_wait(clock: HandClock, waits: Waits, jump: float) -> None:
    waits.begin(1, 10.0)
    clock.set_wall(jump)
    assert waits.next_in() == 10.0


@pytest.mark.parametrize(
    ("run_in", "delay", "remaining"),
    [
        (20.0, 60.0, 20.0),  # 40 seconds have passed since
        (-500.0, 60.0, 0.0),  # it was due while nothing ran
        (86_400.0, 60.0, 60.0),  # the clock was set back meanwhile: never longer than it was meant
        (-1e9, 60.0, 0.0),  # or forward
    ],
)
def test_wait_that_is_learnt_lasts_what_remains_within_its_delay(
    clock: HandClock, waits: Waits, run_in: float, delay: float, remaining: float
) -> None:
    waits.learn([WaitingJob(id=1, run_at=clock.wall() + run_in, delay=delay)], {})
    assert waits.next_in() == remaining


def test_learning_again_keeps_the_end_of_a_known_wait_and_what_began_since(
    clock: HandClock, waits: Waits
) -> None:
    for job_id in (1, 2, 3):
        waits.begin(job_id, 10.0)
    before = waits.known()
    waits.begin(2, 11.0)
    clock.set_wall(-3_600.0)
    waits.learn([WaitingJob(id=1, run_at=clock.wall() + 3_610.0, delay=10.0)], before)
    assert waits.next_in() == 10.0
    clock.pass_time(11.0)
    assert list(waits.take_due()) == [1, 2]


def test_wait_that_begins_while_an_older_one_ends_is_kept(clock: HandClock, waits: Waits) -> None:
    waits.begin(1, 0.0)
    waits.begin(2, 0.0)
    over = waits.take_due()
    waits.begin(1, 30.0)
    waits.give_back(over)
    assert list(waits.take_due()) == [2]
    assert waits.next_in() == 30.0
