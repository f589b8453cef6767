"""The known part of a list of jobs."""

from cardgen_desktop.domain.job import JobSnapshot, JobState
from cardgen_desktop.ui.jobs.window import KEPT_PAGES, PAGE_ROWS, JobWindow, runs


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
