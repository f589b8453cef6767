"""How long jobs wait before their next try."""

import random
import statistics

import pytest

from cardgen_desktop.jobs.backoff import FIRST_SECONDS, LONGEST_ASKED_SECONDS, LONGEST_SECONDS, backoff


@pytest.mark.parametrize("attempts", [0, 1, 2, 3, 5, 8, 9, 60, 10**6])
def test_wait_is_spread_evenly_below_a_bound_that_doubles(attempts: int) -> None:
    chance = random.Random(attempts)
    longest = min(LONGEST_SECONDS, FIRST_SECONDS * 2.0 ** min(max(0, attempts - 1), 30))
    waits = [backoff(attempts, chance=chance) for _ in range(4_000)]
    assert 0.0 <= min(waits) < 0.02 * longest
    assert 0.98 * longest < max(waits) <= longest
    assert statistics.mean(waits) == pytest.approx(longest / 2, rel=0.05)
    below = [sum(wait < longest * part for wait in waits) / 4_000 for part in (0.25, 0.5, 0.75)]
    assert below == pytest.approx([0.25, 0.5, 0.75], abs=0.03)


@pytest.mark.parametrize("asked", [3.0, 38.0, 600.0])
def test_wait_that_was_asked_for_is_never_cut_short_and_little_exceeded(asked: float) -> None:
    waits = [backoff(1, asked) for _ in range(200)]
    assert all(asked <= wait <= 1.1 * asked for wait in waits)
    assert len(set(waits)) > 100  # not all come back at the same moment


def test_longer_wait_of_our_own_stays() -> None:
    waits = [backoff(8, 1.0) for _ in range(200)]
    assert all(1.0 <= wait <= 256.0 for wait in waits)
    assert max(waits) > 10.0


@pytest.mark.parametrize("asked", [None, 0.0, -5.0])
def test_nothing_asked_is_nothing_added(asked: float | None) -> None:
    assert all(backoff(1, asked) <= FIRST_SECONDS for _ in range(200))


@pytest.mark.parametrize("asked", [1e9, float("inf")])
def test_absurd_wait_is_bounded_by_a_day(asked: float) -> None:
    assert LONGEST_ASKED_SECONDS <= backoff(1, asked) <= 1.1 * LONGEST_ASKED_SECONDS
