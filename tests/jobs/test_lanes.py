"""Lanes: how many jobs run at once in each, what a busy provider changes, and what is remembered."""

from typing import Any

import pytest

from cardgen_desktop.domain.job import Lane
from cardgen_desktop.jobs.lanes import MOST_AT_ONCE, RAISED_AFTER_SECONDS, Lanes, default_limits


@pytest.fixture
def lanes() -> Lanes:
    return Lanes(default_limits(4))


def test_room_is_the_limit_less_what_runs(lanes: Lanes) -> None:
    assert lanes.room([], 0.0) == default_limits(4)
    room = lanes.room([Lane.CPU] * 3 + [Lane.EXPORT] + [Lane.NETWORK] * 9, 0.0)
    assert room == {Lane.INTERACTIVE: 1, Lane.LOCAL: 1, Lane.CPU: 1}


def test_default_leaves_a_core_for_the_window() -> None:
    assert default_limits(3)[Lane.CPU] == 3
    assert default_limits()[Lane.CPU] >= 1
    assert set(default_limits()) == set(Lane)


def test_busy_provider_halves_its_lane_which_grows_back_one_by_one(lanes: Lanes) -> None:
    lanes.set_limit(Lane.NETWORK, 8)
    lanes.lower(Lane.NETWORK, 100.0)
    assert lanes.limit(Lane.NETWORK, 100.0) == 4
    lanes.lower(Lane.NETWORK, 110.0)
    assert lanes.limit(Lane.NETWORK, 110.0) == 2
    for _ in range(5):
        lanes.lower(Lane.NETWORK, 120.0)
    assert lanes.limit(Lane.NETWORK, 120.0) == 1
    grown = [lanes.limit(Lane.NETWORK, 120.0 + minute * RAISED_AFTER_SECONDS) for minute in range(10)]
    assert grown == [1, 2, 3, 4, 5, 6, 7, 8, 8, 8]
    assert lanes.limit(Lane.CPU, 120.0) == 4


def test_lane_says_that_it_is_lowered_until_it_has_grown_back(lanes: Lanes) -> None:
    def lowered(now: float) -> bool:
        (network,) = [lane for lane in lanes.status([], {}, now) if lane.lane is Lane.NETWORK]
        return network.lowered

    assert not lowered(0.0)
    lanes.lower(Lane.NETWORK, 0.0)
    assert lowered(1.0)
    assert not lowered(RAISED_AFTER_SECONDS * 3)


def test_steady_clock_that_seems_to_go_back_lowers_nothing_more(lanes: Lanes) -> None:
    lanes.lower(Lane.NETWORK, 100.0)
    assert lanes.limit(Lane.NETWORK, 50.0) == 1


def test_chosen_limit_is_bounded_and_ends_what_was_lowered(lanes: Lanes) -> None:
    lanes.lower(Lane.NETWORK, 0.0)
    lanes.set_limit(Lane.NETWORK, 6)
    assert lanes.limit(Lane.NETWORK, 0.0) == 6
    for limit, expected in ((0, 1), (-5, 1), (10**9, MOST_AT_ONCE)):
        lanes.set_limit(Lane.CPU, limit)
        assert lanes.limit(Lane.CPU, 0.0) == expected


def test_paused_lanes_have_no_room(lanes: Lanes) -> None:
    lanes.pause(Lane.CPU, paused=True)
    assert Lane.CPU not in lanes.room([], 0.0) and Lane.EXPORT in lanes.room([], 0.0)
    lanes.pause(None, paused=True)
    assert lanes.room([], 0.0) == {}
    lanes.pause(None, paused=False)
    assert Lane.CPU not in lanes.room([], 0.0)
    lanes.pause(Lane.CPU, paused=False)
    assert lanes.room([], 0.0) == default_limits(4)


def test_status_counts_each_lane(lanes: Lanes) -> None:
    lanes.pause(Lane.EXPORT, paused=True)
    status = {lane.lane: lane for lane in lanes.status([Lane.CPU, Lane.CPU], {Lane.EXPORT: 7}, 0.0)}
    assert set(status) == set(Lane)
    assert (status[Lane.CPU].running, status[Lane.CPU].limit, status[Lane.CPU].paused) == (2, 4, False)
    assert (status[Lane.EXPORT].queued, status[Lane.EXPORT].paused) == (7, True)


def test_pauses_and_limits_are_remembered(lanes: Lanes) -> None:
    lanes.pause(None, paused=True)
    lanes.pause(Lane.LOCAL, paused=True)
    lanes.set_limit(Lane.NETWORK, 7)
    lanes.lower(Lane.NETWORK, 0.0)  # a busy provider is forgotten
    other = Lanes(default_limits(1))
    other.restore(lanes.kept())
    assert other.all_paused
    other.pause(None, paused=False)
    assert Lane.LOCAL not in other.room([], 0.0)
    assert other.limit(Lane.NETWORK, 0.0) == 7
    assert other.limit(Lane.CPU, 0.0) == 1  # nobody chose it, so that the default counts


def test_lanes_with_processes_say_how_many_run_at_once(lanes: Lanes) -> None:
    before = lanes.at_once
    lanes.set_limit(Lane.CPU, 9)
    lanes.set_limit(Lane.NETWORK, 60)
    assert lanes.at_once == before + 5


@pytest.mark.parametrize(
    "garbage",
    [
        {},
        {"paused": "yes", "lanes": ["fast", 3], "limits": {"cpu": "many", "fast": 3}},
        {"paused": 1, "lanes": 5, "limits": [1, 2]},
        {"lanes": {"cpu": 1}, "limits": {"cpu": True}},
        {"lanes": None, "limits": None},
        {"lanes": [["cpu"], {}], "limits": {"cpu": 2.5, "": 1}},
        {"lanes": "cpu", "limits": {"cpu": None}},
    ],
)
def test_garbage_that_was_remembered_changes_nothing(garbage: dict[str, Any]) -> None:
    lanes = Lanes(default_limits(4))
    lanes.restore(garbage)
    assert not lanes.all_paused
    room = lanes.room([], 0.0)
    assert {**default_limits(4), **room} == default_limits(4)
    assert Lane.EXPORT in room


@pytest.mark.parametrize("limit", [0, -1, 10**30])
def test_remembered_number_is_bounded(limit: int) -> None:
    lanes = Lanes(default_limits(4))
    lanes.restore({"limits": {"cpu": limit}})
    assert 1 <= lanes.limit(Lane.CPU, 0.0) <= MOST_AT_ONCE
