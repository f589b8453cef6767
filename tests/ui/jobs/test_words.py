"""Jobs in words: what the person reads in the table and the details."""

import pytest

from cardgen_desktop.domain.job import JobSnapshot, JobState, JobWant
from cardgen_desktop.ui.jobs import words
from cardgen_desktop.ui.jobs.actions import actions_for, allows, card_id_of
from cardgen_desktop.ui.jobs.details import kept_words
from cardgen_desktop.ui.jobs.operations import removed_words
from cardgen_desktop.ui.jobs.page import facts_line
from tests.support import samples
from tests.support.samples import NOW, sample_jobs, sample_steps

JOBS = {job.character: job for job in sample_jobs()}


def test_state_words_cover_every_state() -> None:
    assert {words.state_word(job) for job in JOBS.values()} == {
        "Done", "Cancelled", "Paused", "To review", "Failed", "Held", "Waiting", "Queued", "Running",
    }  # fmt: skip


def test_a_job_asked_to_stop_says_so_and_offers_nothing() -> None:
    job = JOBS["Pew"].model_copy(update={"want": JobWant.CANCEL})
    assert words.state_word(job) == "Stopping"
    assert words.progress_words(job).startswith("Stopping")
    assert actions_for(job) == ()


@pytest.mark.parametrize(
    ("character", "line", "percent", "action"),
    [
        ("Long John Silver", "Writing personality · 3 of 9", "62\xa0%", ""),
        ("Captain Smollett", "Starts when its turn comes", "", ""),
        ("Captain Flint, the old buccaneer", "Disk full · goes on by itself", "0\xa0%", ""),
        ("Dr. Livesey", "The disk is full", "71\xa0%", "Try again"),
        ("Squire Trelawney", "11\xa0lorebook entries", "", "Review"),
        ("Jim Hawkins", "14\xa0lorebook entries", "", "Open"),
        ("Mrs. Hawkins", "Cancelled · sources kept", "", ""),
    ],
)
def test_progress_cell_words(character: str, line: str, percent: str, action: str) -> None:
    job = JOBS[character]
    assert (words.progress_words(job), words.percent(job), words.action_word(job)) == (line, percent, action)


def test_a_running_job_without_progress_is_of_unknown_length() -> None:
    job = JOBS["Pew"].model_copy(update={"progress": 0.0, "phase": ""})
    assert words.is_indeterminate(job) and words.percent(job) == ""
    assert words.progress_words(job) == "Starting"


def test_screen_reader_hears_state_percent_and_phase() -> None:
    assert words.spoken(JOBS["Long John Silver"]) == "Running, 62 percent, Writing personality · 3 of 9"
    assert words.spoken(JOBS["Jim Hawkins"]) == "Done, 14\xa0lorebook entries"


def test_times() -> None:
    assert [words.duration(seconds) for seconds in (None, 4.2, 552, 4000)] == ["–", "0:04", "9:12", "1:06:40"]
    assert words.clock_time(None, NOW) == "–"
    assert len(words.clock_time(NOW - 60, NOW)) == 5
    assert words.clock_time(NOW - 3 * 86_400, NOW).isalpha()
    assert words.clock_time(NOW - 30 * 86_400, NOW).split()[0].isdigit()


def test_the_clock_of_a_running_job_goes_on_between_reports_and_never_back() -> None:
    job = JOBS["Long John Silver"]
    assert words.elapsed(job, NOW + 3) == 7.0
    assert words.elapsed(job.model_copy(update={"active_seconds": 30.0}), NOW + 3) == 30.0
    assert words.elapsed(JOBS["Jim Hawkins"], NOW + 500) == JOBS["Jim Hawkins"].active_seconds
    assert words.elapsed(JOBS["Captain Smollett"], NOW) is None


def test_a_finished_job_took_at_least_a_moment() -> None:
    job = JOBS["Jim Hawkins"].model_copy(update={"active_seconds": 0.04})
    assert words.took(job) == "took 0.1\xa0s" and words.duration(words.elapsed(job, NOW)) == "0:01"
    assert words.took(job.model_copy(update={"active_seconds": 75.0})) == "took 1:15"
    assert words.took(JOBS["Pew"]) == ""


def test_time_left_is_a_range_and_silent_while_it_would_be_a_guess() -> None:
    job = JOBS["Long John Silver"].model_copy(
        update={"progress": 50.0, "active_seconds": 10.0, "updated_at": NOW}
    )
    job = job.model_copy(update={"started_at": NOW - 10})
    assert words.time_left(job, NOW) == "8–14\xa0s left"
    assert words.time_left(job.model_copy(update={"progress": 1.0}), NOW) == ""
    assert words.time_left(JOBS["Dr. Livesey"], NOW) == ""


def test_actions_fit_the_state() -> None:
    keys = {job.state: [action.key for action in actions_for(job)] for job in JOBS.values()}
    assert keys[JobState.RUNNING] == keys[JobState.QUEUED] == keys[JobState.WAITING] == ["cancel"]
    assert keys[JobState.FAILED] == ["retry", "remove"]
    assert keys[JobState.SUCCEEDED] == ["open", "retry", "remove"]
    assert keys[JobState.CANCELLED] == ["retry", "remove"]
    assert not allows(JOBS["Pew"], "remove")


def test_card_of_a_finished_draft() -> None:
    assert card_id_of(JOBS["Billy Bones"]) == 2
    assert card_id_of(JOBS["Pew"]) is None


def test_what_was_kept_and_removed() -> None:
    steps = sample_steps(JOBS["Dr. Livesey"])
    assert kept_words(steps) == "Kept: 5 of 8\xa0steps; they are used again."
    assert kept_words(()) == "Kept: the sources. Nothing was written yet."
    jobs = [JOBS["Pew"], JOBS["Ben Gunn"]]
    assert removed_words(jobs[:1], 0) == "Job of Pew removed"
    assert removed_words(jobs, 1) == "2\xa0jobs removed · 1 not finished stayed"


def test_facts_line() -> None:
    assert facts_line({}) == ""
    assert facts_line({JobState.SUCCEEDED: 3}) == "3\xa0jobs"
    counts = {JobState.RUNNING: 2, JobState.HELD: 1, JobState.SUCCEEDED: 8}
    assert facts_line(counts) == "2 running · 1 held · 8\xa0others"


def test_an_unnamed_draft_asks_for_the_main_character() -> None:
    job = JobSnapshot(id=1, kind="draft", state=JobState.QUEUED, created_at=samples.NOW)
    assert words.character_name(job) == "Main character"
