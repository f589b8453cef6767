"""The known part of a list of jobs."""

import random
from array import array

import pytest

from cardgen_desktop.domain.job import JobSnapshot, JobState
from cardgen_desktop.ui.jobs.rows import common_ends
from cardgen_desktop.ui.jobs.window import KEPT_PAGES, PAGE_ROWS, JobWindow, rows_of, runs


def job(job_id: int, version: int = 1, progress: float = 0.0) -> JobSnapshot:
    return JobSnapshot(id=job_id, kind="draft", state=JobState.RUNNING, version=version, progress=progress)


def window_of(total: int, *ids: int) -> JobWindow:
    window = JobWindow()
    window.clear(total)
    window.fill(0, [job(job_id) for job_id in ids])
    return window


def test_runs_join_neighbours() -> None:
    assert list(runs([7, 1, 2, 3, 9, 8, 2])) == [(1, 3), (7, 9)]
    assert list(runs([])) == []


def test_rows_and_ids_both_ways() -> None:
    window = window_of(5, 50, 40, 30)
    assert [window.row_of(job_id) for job_id in (50, 40, 30, 20)] == [0, 1, 2, None]
    assert window.job(3) is None and window.job(99) is None


def test_inserting_on_top_moves_rows_but_keeps_identity() -> None:
    window = window_of(3, 50, 40, 30)
    window.insert(0, [job(60)])
    assert [window.row_of(job_id) for job_id in (60, 50, 30)] == [0, 1, 3]
    window.remove(1, 2)
    assert [window.row_of(job_id) for job_id in (60, 50, 40, 30)] == [0, None, None, 1]


def test_a_row_never_goes_back_to_an_older_version() -> None:
    window = window_of(1, 50)
    assert window.put(0, job(50, version=3, progress=60))
    assert window.fill(0, [job(50, version=2, progress=10)]) == []
    assert window.job(0) == job(50, version=3, progress=60)


def test_fill_tells_which_rows_changed() -> None:
    window = window_of(3, 50, 40, 30)
    assert window.fill(0, [job(50), job(40, version=2, progress=5), job(30)]) == [1]


def test_place_is_exact_only_where_the_neighbours_are_known() -> None:
    window = window_of(3, 50, 40, 30)
    assert [window.place_for(job_id) for job_id in (60, 45, 10)] == [0, 1, 3]
    gap = window_of(6, 50, 40, 30)
    assert gap.place_for(10) is None


def test_memory_is_bounded_by_pages() -> None:
    total = (KEPT_PAGES + 2) * PAGE_ROWS
    window = JobWindow()
    window.clear(total)
    for offset in range(0, total, PAGE_ROWS):
        window.fill(offset, [job(total - offset - row) for row in range(PAGE_ROWS)])
    assert sum(window.job(row) is not None for row in range(total)) == KEPT_PAGES * PAGE_ROWS
    assert window.job(0) is None and window.known(total) is None and window.row_of(total) == 0
    assert window.job(total - 1) is not None


def listed(*ids: int) -> "array[int]":
    return array("q", ids)


def test_common_ends_are_exact_in_long_lists() -> None:
    old = array("q", range(200_000, 0, -1))
    assert common_ends(old, old) == (200_000, 0)
    assert common_ends(old, listed(200_001) + old) == (0, 200_000)
    gone = old[:70_000] + old[70_010:]
    assert common_ends(old, gone) == (70_000, 129_990)
    assert common_ends(listed(1, 1), listed(1, 1, 1)) == (2, 0)
    assert common_ends(listed(), old) == (0, 0)


def test_an_order_tells_where_every_id_is() -> None:
    window = window_of(6, 60, 50, 40)
    window.rearrange(listed(60, 50, 40, 30, 20, 10), {60: 0, 50: 1, 40: 2}, True)
    assert window.is_complete and window.row_of(20) == 4 and window.row_of(25) is None
    assert window.place_for(25) == 4 and window.place_for(70) == 0 and window.place_for(5) == 6
    window.rearrange(listed(10, 30, 20), {}, False)
    assert window.row_of(30) is None and window.place_for(40) is None
    assert window.search([30, 99]) == {30: 1}


def test_an_order_agrees_when_it_only_fills_what_was_unknown() -> None:
    window = window_of(4, 40, 30)
    assert window.agrees_with(listed(40, 30, 20, 10))
    assert not window.agrees_with(listed(40, 31, 20, 10)) and not window.agrees_with(listed(40, 30, 20))


def test_what_is_outdated_is_shown_until_it_is_read_again() -> None:
    window = window_of(2, 50, 40)
    window.outdate()
    assert window.job(0) == job(50) and not window.is_fresh(0) and window.lacks(50)
    assert window.fill_by_id([job(50, version=2)]) == [0]
    assert window.is_fresh(0) and not window.is_fresh(1)


@pytest.mark.parametrize("seed", range(5))
def test_rows_are_found_after_any_inserts_removals_and_moves(seed: int) -> None:
    chance, plain = random.Random(seed), list(range(1000, 0, -10))
    window = window_of(100, *plain)
    for number in range(300):
        action, row = chance.choice(["insert", "remove", "move"]), chance.randrange(len(plain))
        if action == "insert":
            plain[row:row] = [2000 + number, 5000 + number]
            window.insert(row, [job(2000 + number), job(5000 + number)])
        elif action == "remove" and len(plain) > 20:
            last = min(len(plain) - 1, row + 2)
            del plain[row : last + 1]
            window.remove(row, last)
        elif action == "move":
            to = chance.randrange(len(plain))
            plain.insert(to, plain.pop(row))
            window.move(row, to)
        window.falling = False
        assert [window.row_of(key) for key in plain] == list(range(len(plain)))
        assert window.ids.tolist() == plain == [window.job(at).id for at in range(len(plain))]  # type: ignore[union-attr]


def test_rows_of_some_ids_in_one_walk() -> None:
    assert rows_of(listed(5, 9, 7), [7, 5, 1]) == {5: 0, 7: 2}
