"""Jobs in words: what the person reads in the table and the details."""

import pytest

from cardgen_desktop.domain.job import JobSnapshot, JobState, JobWant
from cardgen_desktop.ui.jobs import words
from cardgen_desktop.ui.jobs.actions import actions_for, all_actions, allows, card_id_of
from cardgen_desktop.ui.jobs.page import facts_line
from cardgen_desktop.ui.jobs.reasons import kept_words
from tests.support import samples
from tests.support.job_samples import busy_jobs
from tests.support.samples import NOW, sample_jobs, sample_steps

JOBS = {job.character: job for job in sample_jobs()}
BUSY = {job.character: job for job in busy_jobs()}


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


@pytest.mark.parametrize(
    ("character", "word", "line"),
    [
        ("Mr. Bingley", "Held", "Offline · goes on by itself"),
        ("Mr. Collins", "Held", "The key was not accepted"),
        ("Jane Bennet", "Waiting", "Busy · tries again in 38\xa0s"),
        ("Charlotte Lucas", "Paused", "Paused at scenario · 4 of 9"),
        ("Lydia Bennet", "Pausing", "Pausing · Writing examples · 6 of 9"),
        ("Mr. Wickham", "Stopping", "Stopping · what is written is kept"),
        ("Lady Catherine", "Failed", "The model does not exist any more"),
    ],
)
def test_every_reason_to_stand_still_has_its_words(character: str, word: str, line: str) -> None:
    job = BUSY[character]
    assert (words.state_word(job), words.progress_words(job, NOW)) == (word, line)


def test_what_waits_counts_down_and_never_longer_than_it_was_to_wait() -> None:
    job = BUSY["Jane Bennet"]
    assert words.waiting_words(job, NOW + 36) == "Busy · tries again in 2\xa0s"
    assert words.waiting_words(job, NOW + 38) == "Busy · tries again now"
    assert words.waiting_words(job, NOW - 9000) == "Busy · tries again in 1\xa0min", "the clock was set back"
    assert words.waiting_words(job.model_copy(update={"run_at": NOW + 240, "delay": None}), NOW).endswith(
        "4\xa0min"
    )


def test_a_wish_has_a_word_of_its_own_until_it_is_fact() -> None:
    wish = {"metadata": {words.WISH: "resume"}}
    assert words.state_word(BUSY["Charlotte Lucas"].model_copy(update=wish)) == "Resuming"
    assert words.state_word(BUSY["Mr. Darcy"].model_copy(update={"want": JobWant.PAUSE})) == "Pausing"
    assert words.state_word(BUSY["Mr. Darcy"].model_copy(update={"want": JobWant.CANCEL})) == "Stopping"
    assert words.state_word(BUSY["Mr. Darcy"].model_copy(update={"id": -3})) == "Saving"


def test_rows_of_every_kind_name_what_they_work_on() -> None:
    rows = [
        (words.character_name(job), words.second_line(job), words.portrait_icon(job), words.result_words(job))
        for job in busy_jobs()[-3:]
    ]
    assert rows[0] == ("12\xa0card files", "Import", "drop", "3\xa0cards · 1 repaired · 1 refused")
    folder = busy_jobs()[-3].model_copy(update={"result": {"card_ids": [1], "skipped": 2}})
    assert words.result_words(folder) == "1\xa0card · 2\xa0pictures without a card"
    assert rows[1][:3] == ("3\xa0cards", "Export to Cards", "export")
    assert rows[2][:3] == ("Books", "Read", "book")
    assert words.portrait_icon(BUSY["Mr. Darcy"]) == ""
    assert words.second_line(BUSY["Mr. Darcy"]) == "Pride and Prejudice · in a batch"
    assert words.second_line(BUSY["Jane Bennet"]) == "Pride and Prejudice"


def test_what_a_model_made_is_told_by_what_is_to_be_looked_at() -> None:
    job = JOBS["Pew"].model_copy(update={"state": JobState.SUCCEEDED, "needs_review": True})
    drafted = job.model_copy(update={"result": {"fields": 9, "unsupported": 2}})
    assert words.result_words(drafted) == "2 unsupported"
    assert words.result_words(drafted.model_copy(update={"needs_review": False})) == "9\xa0fields"
    proposing = job.model_copy(update={"request": {"card_id": 3}, "result": {"fields": 1, "proposals": 1}})
    assert words.result_words(proposing) == "1\xa0proposal"
    assert words.second_line(proposing).startswith("All texts · ")
    one = {"card_id": 3, "paths": ["alternate_greetings[1]"]}
    same = proposing.model_copy(update={"request": one, "result": {"fields": 0, "proposals": 0}})
    assert words.second_line(same).startswith("Greeting 2 · ")
    assert words.result_words(same) == "nothing to change"


def test_money_and_tokens() -> None:
    assert words.tokens_short(BUSY["Elizabeth Bennet"]) == "46.3k"
    assert words.cost_short(BUSY["Elizabeth Bennet"]) == "$0.31"
    assert words.cost_short(JOBS["Pew"]) == "nothing"
    assert words.cost_short(BUSY["Mr. Darcy"]) == words.tokens_short(BUSY["Mr. Darcy"]) == "–"
    assert words.cost_short(BUSY["Mr. Darcy"].model_copy(update={"cost_nanos": 900_000})) == "$0.00090"
    assert words.cost_short(BUSY["Lady Catherine"]).endswith("+")
    assert words.tip(BUSY["Lady Catherine"]).endswith("The last request may have been billed.")


def test_the_row_offers_what_goes_on_only_when_the_person_acts() -> None:
    offered = {name: words.action_word(job) for name, job in BUSY.items()}
    assert offered["Mr. Collins"] == "Try now" and offered["Mr. Bingley"] == ""
    assert offered["Lady Catherine"] == "Try again" and offered["Mrs. Bennet"] == "Review"
    assert words.action_word(busy_jobs()[-3]) == "", "an import has no card to open"


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
    assert keys[JobState.RUNNING] == keys[JobState.QUEUED] == ["pause", "cancel"]
    assert keys[JobState.WAITING] == keys[JobState.HELD] == ["resume", "pause", "cancel"]
    assert keys[JobState.PAUSED] == ["resume", "cancel"]
    assert keys[JobState.FAILED] == ["retry", "remove"]
    assert keys[JobState.SUCCEEDED] == ["open", "retry", "remove"]
    assert keys[JobState.CANCELLED] == ["retry", "remove"]
    assert not allows(JOBS["Pew"], "remove") and not allows(JOBS["Pew"], "now")
    assert allows(JOBS["Pew"], "top") and allows(JOBS["Captain Smollett"], "priority")


def test_a_pausing_job_can_go_on_and_a_stopping_or_unsaved_one_is_left_alone() -> None:
    pausing = JOBS["Pew"].model_copy(update={"want": JobWant.PAUSE})
    assert [action.key for action in actions_for(pausing)] == ["resume", "cancel"]
    assert all_actions(JOBS["Pew"].model_copy(update={"want": JobWant.CANCEL})) == ()
    assert all_actions(JOBS["Pew"].model_copy(update={"id": -1})) == ()


def test_every_action_has_one_key_and_no_two_share_one() -> None:
    keys = {action.key: action.shortcut for job in JOBS.values() for action in all_actions(job)}
    assert keys.pop("priority") == ""
    assert keys["pause"] == keys.pop("resume"), "one key pauses and resumes"
    assert len(set(keys.values())) == len(keys) == 8


def test_card_of_a_finished_draft() -> None:
    assert card_id_of(JOBS["Billy Bones"]) == 2
    assert card_id_of(JOBS["Pew"]) is None


def test_what_was_kept() -> None:
    steps = sample_steps(JOBS["Dr. Livesey"])
    assert kept_words(steps) == "Kept: 5 of 8\xa0steps; they are used again."
    assert kept_words(()) == "Kept: the sources. Nothing was written yet."


def test_facts_line() -> None:
    assert facts_line({}) == ""
    assert facts_line({JobState.SUCCEEDED: 3}) == "3\xa0jobs"
    counts = {JobState.RUNNING: 2, JobState.HELD: 1, JobState.SUCCEEDED: 8}
    assert facts_line(counts) == "2 running · 1 held · 8\xa0others"
    counts = {JobState.QUEUED: 1200, JobState.WAITING: 4, JobState.PAUSED: 2, JobState.HELD: 1}
    assert facts_line(counts) == "1,204 waiting · 3 held", "the numbers of the chips of these names"


def test_an_unnamed_draft_asks_for_the_main_character() -> None:
    job = JobSnapshot(id=1, kind="draft", state=JobState.QUEUED, created_at=samples.NOW)
    assert words.character_name(job) == "Main character"
