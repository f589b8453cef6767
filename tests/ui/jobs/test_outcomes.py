"""What the toasts of actions say."""

import pytest

from cardgen_desktop.domain.job import JobSnapshot, Priority
from cardgen_desktop.domain.queue import JobsMoved
from cardgen_desktop.ui.jobs.actions import MENU_ORDER, ActionKey
from cardgen_desktop.ui.jobs.outcomes import (
    moved_words,
    nothing_words,
    redone_words,
    step_words,
    undone_words,
)
from tests.support.job_samples import busy_jobs
from tests.support.samples import sample_jobs

JOBS = {job.character or job.kind: job for job in sample_jobs() + busy_jobs()}


@pytest.mark.parametrize(
    ("key", "character", "sentence"),
    [
        ("cancel", "Mr. Darcy", "Draft of Mr. Darcy cancelled"),
        ("cancel", "Elizabeth Bennet", "Draft of Elizabeth Bennet is stopping"),
        ("pause", "Mr. Darcy", "Draft of Mr. Darcy paused"),
        ("pause", "Pew", "Draft of Pew is pausing"),
        ("resume", "Ben Gunn", "Draft of Ben Gunn resumed"),
        ("retry", "Dr. Livesey", "Draft of Dr. Livesey queued again"),
        ("now", "Mr. Darcy", "Draft of Mr. Darcy put ahead of the queue"),
        ("top", "Mr. Darcy", "Draft of Mr. Darcy moved to the top"),
        ("bottom", "export", "Export of 3\xa0cards moved to the bottom"),
        ("remove", "import", "Import of 12\xa0card files removed"),
    ],
)
def test_one_job_is_named(key: ActionKey, character: str, sentence: str) -> None:
    job = JOBS[character]
    assert moved_words(key, JobsMoved(count=1, jobs=(job,)), [job]) == sentence


def test_several_jobs_are_counted_and_those_that_stayed_are_told() -> None:
    assert (
        moved_words("remove", JobsMoved(count=12, skipped=3)) == "12\xa0jobs removed · 3 not finished stayed"
    )
    assert moved_words("cancel", JobsMoved(count=1204)) == "1,204\xa0jobs cancelled"
    running: tuple[JobSnapshot, ...] = (JOBS["Pew"], JOBS["Mr. Darcy"])
    assert moved_words("pause", JobsMoved(count=2, jobs=running), running) == "2\xa0jobs are pausing"


def test_a_priority_is_told_by_its_word() -> None:
    moved = JobsMoved(count=2, skipped=1)
    sentence = moved_words("priority", moved, (), Priority.HIGH)
    assert sentence == "2\xa0jobs now high priority · 1 stayed as they were"


def test_an_action_that_fits_nothing_says_why() -> None:
    assert moved_words("remove", JobsMoved(count=0, skipped=2)) == nothing_words("remove")
    assert nothing_words("remove") == "Only finished jobs can be removed. Cancel first, then remove"
    assert len({nothing_words(key) for key in MENU_ORDER}) == len(MENU_ORDER) - 1, "top and bottom share one"


def test_steps_are_named_inside_a_sentence() -> None:
    assert step_words("Cancel 12 jobs") == "cancel 12 jobs"
    assert undone_words(JobsMoved(count=12, name="Cancel 12 jobs")) == "Undone: cancel 12 jobs"
    moved = JobsMoved(count=10, skipped=2, name="Cancel 12 jobs")
    assert undone_words(moved) == "Undone: cancel 12 jobs · 2 had moved on and stayed"
    nothing = undone_words(JobsMoved(count=0, skipped=12, name="Cancel 12 jobs"))
    assert nothing == "Nothing to undo in “Cancel 12 jobs”: the jobs have moved on"
    assert redone_words(JobsMoved(count=1, name="Remove 1 job")) == "Done again: remove 1 job"
