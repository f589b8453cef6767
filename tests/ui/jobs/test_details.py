"""The details of a job: what is said about each state, what stays while it changes, what the buttons do."""

import asyncio
import time
from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog

from cardgen_desktop.domain.costs import Usage
from cardgen_desktop.domain.errors import StorageError, UsageError
from cardgen_desktop.domain.job import JobSnapshot, JobState, JobWant
from cardgen_desktop.domain.job_views import JobAttempt, JobLogLine, JobStepView
from cardgen_desktop.domain.job_views import JobDetails as Details
from cardgen_desktop.ui.context import UiContext
from cardgen_desktop.ui.jobs.details import JobDetails, tail_of
from cardgen_desktop.ui.jobs.details_foot import places_of
from cardgen_desktop.ui.jobs.feed import DetailsFeed
from cardgen_desktop.ui.jobs.log_view import MOST_SHOWN
from cardgen_desktop.ui.jobs.timeline import spent_on, step_lines, usage_words
from cardgen_desktop.ui.tasks import TaskOwner
from tests.support.commands import FakeCommands
from tests.support.messages import RecordingNotify
from tests.support.samples import NOW
from tests.support.waiting import until


class Clock:
    """A clock that a test moves."""

    now = NOW

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def pane(context: UiContext, clock: Clock) -> AsyncIterator[JobDetails]:
    pane = JobDetails(context=context, clock=clock)
    pane.resize(336, 700)
    pane.show()
    yield pane
    pane.close()
    pane.deleteLater()


@pytest.fixture
def commands() -> FakeCommands:
    return FakeCommands.busy()


@pytest.fixture
async def feed(
    pane: JobDetails, commands: FakeCommands, messages: RecordingNotify
) -> AsyncIterator[DetailsFeed]:
    tasks = TaskOwner(on_error=lambda _name, error: messages.error(error))
    yield DetailsFeed(commands, tasks, pane)
    await tasks.aclose()


def job(state: JobState, **more: object) -> JobSnapshot:
    fields: dict[str, object] = {
        "id": 7,
        "kind": "draft",
        "state": state,
        "character": "Pew",
        "engine": "offline",
        "title": "Treasure Island",
        "request": {"source_ids": (1,), "character": "Pew", "engine": "offline"},
        "created_at": NOW - 300,
        "updated_at": NOW - 20,
    }
    return JobSnapshot.model_validate(fields | more)


def lines(number: int) -> tuple[JobLogLine, ...]:
    return tuple(JobLogLine(at=NOW + index, kind="step", text=f"Line {index}.") for index in range(number))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        (
            {"state": JobState.HELD, "hold_reason": "offline"},
            "You are offline It goes on by itself once the connection is back.",
        ),
        (
            {"state": JobState.HELD, "hold_reason": "key", "hold_scope": "Writing room"},
            "The key is missing or was refused: Writing room It goes on once there is a key that works.",
        ),
        (
            {"state": JobState.HELD, "hold_reason": "weather", "phase": "It rains"},
            "It rains It goes on once that is there.",
        ),
        (
            {"state": JobState.WAITING, "run_at": NOW + 38, "error": "Busy. The provider asked to wait."},
            "Busy The provider asked to wait. Tries again in 38\xa0s. What is done is kept.",
        ),
        ({"state": JobState.PAUSED}, "Paused by you What is done is kept. Resume goes on from there."),
        (
            {"state": JobState.RUNNING, "want": JobWant.CANCEL},
            "Stopping It stops at the next safe point. What is written is kept.",
        ),
        (
            {"state": JobState.FAILED, "error": "The model was not found. The server offers 3 others."},
            "The model was not found The server offers 3 others. Kept: the sources. Nothing was written yet.",
        ),
        ({"id": -1, "state": JobState.QUEUED}, "Being saved It is in the list for good in a moment."),
    ],
)
async def test_a_job_that_stands_still_says_why_and_when_it_goes_on(
    pane: JobDetails, changes: dict[str, object], sentence: str
) -> None:
    pane.show_job(job(**({"state": JobState.HELD} | changes)))  # type: ignore[arg-type]
    assert pane._failure.isVisible()
    assert pane._failure.words == sentence
    assert pane._failure.accessibleName() == sentence


async def test_what_an_import_mended_is_named(pane: JobDetails) -> None:
    problem = {"level": "warning", "where": "data.tags", "message": "Found one text; split at its commas."}
    repairs = [{"subject": f"/cards/{number}.png", "problems": [problem] * 3} for number in range(7)]
    result = {"card_ids": [1], "repaired": 2, "repairs": repairs[:2]}
    pane.show_job(job(JobState.SUCCEEDED, kind="import", result=result))
    assert pane._failure._what.text() == "2 were repaired"
    first = "0.png: Tags: Found one text; split at its commas. And 2 more."
    assert pane._failure._why.text().splitlines()[0] == first
    refused = [{"subject": "/cards/a.png", "reason": "It is empty."}]
    both = {"card_ids": [1], "repaired": 7, "repairs": repairs, "refused": refused}
    pane.show_job(job(JobState.SUCCEEDED, kind="import", result=both))
    assert pane._failure._what.text() == "1 could not be used, 7 were repaired"
    assert pane._failure._why.text().splitlines()[-1].startswith("and 2 more")
    pane.show_job(job(JobState.SUCCEEDED, kind="import", result={"card_ids": [1], "repairs": "nonsense"}))
    assert not pane._failure.isVisible()


async def test_what_a_batch_could_not_use_is_named(pane: JobDetails) -> None:
    refused = [{"subject": f"/cards/{number}.png", "reason": "It holds no card."} for number in range(7)]
    shown = job(JobState.SUCCEEDED, kind="import", needs_review=True,
                result={"card_ids": [1], "refused": refused[:1]})  # fmt: skip
    pane.show_job(shown)
    assert pane._failure.words == "1 could not be used 0.png: It holds no card. Everything else is done."
    pane.show_job(shown.model_copy(update={"result": {"card_ids": [1], "refused": refused}}))
    assert pane._failure._what.text() == "7 could not be used"
    assert pane._failure._why.text().splitlines()[-1] == "and 2 more; the report names them all"
    pane.show_job(job(JobState.SUCCEEDED, result={"card_id": 1, "refused": "nonsense"}))
    assert not pane._failure.isVisible()


async def test_a_running_job_has_nothing_to_explain(pane: JobDetails) -> None:
    pane.show_job(job(JobState.RUNNING, started_at=NOW - 10, progress=40.0))
    assert not pane._failure.isVisible()


async def test_waiting_counts_down_and_trusts_no_clock_that_jumped(pane: JobDetails, clock: Clock) -> None:
    pane.show_job(job(JobState.WAITING, run_at=NOW + 38, delay=40.0))
    clock.now = NOW + 10
    pane.tick()
    assert "Tries again in 28\xa0s" in pane._failure.words
    clock.now = NOW - 86_400
    pane.tick()
    assert "Tries again in 40\xa0s" in pane._failure.words
    clock.now = NOW + 60
    pane.tick()
    assert "Tries again now" in pane._failure.words


async def test_the_clock_stops_when_the_job_ended_or_nobody_looks(pane: JobDetails) -> None:
    pane.show_job(job(JobState.WAITING, run_at=NOW + 38))
    assert pane._second.isActive()
    pane.hide()
    assert not pane._second.isActive()
    pane.show()
    assert pane._second.isActive()
    pane.show_job(job(JobState.SUCCEEDED))
    assert not pane._second.isActive()


async def test_attempts_say_when_how_long_why_and_what_may_have_been_billed(pane: JobDetails) -> None:
    began = time.mktime((2025, 10, 9, 9, 41, 0, 0, 0, -1))
    shown = time.strftime("%H:%M", time.localtime(began))
    pane._clock = lambda: began + 200
    attempts = (
        JobAttempt(number=1, started_at=began, ended_at=began + 12, outcome="waiting",
                   reason="Connection dropped. 412 words kept."),
        JobAttempt(number=2, started_at=began + 60, ended_at=began + 75, outcome="crashed",
                   possibly_billed=True),
        JobAttempt(number=3, started_at=began + 120),
    )  # fmt: skip
    pane.show_job(job(JobState.RUNNING, started_at=began, progress=10.0))
    pane.show_details(Details(attempts=attempts))
    assert [(line.left, line.right, line.billed) for line in pane._attempts.lines] == [
        (f"1 · {shown} · 0:12", "connection dropped", False),
        (f"2 · {time.strftime('%H:%M', time.localtime(began + 60))} · 0:15", "the program ended", True),
        (f"3 · {time.strftime('%H:%M', time.localtime(began + 120))} · 1:20", "at work", False),
    ]
    assert pane._attempts_sum.text() == "3 in 3\xa0min 20\xa0s"
    assert "possibly billed" in pane._attempts.accessibleName()
    assert pane._attempts.sizeHint().height() == 4 * 22


async def test_what_possibly_billed_means_is_said_only_where_it_stands(pane: JobDetails) -> None:
    pane.show_job(job(JobState.FAILED))
    attempts = [
        JobAttempt(number=number, started_at=NOW, ended_at=NOW + 4, outcome="failed") for number in (1, 2)
    ]
    pane.show_details(Details(attempts=tuple(attempts)))
    assert pane._billed.isHidden()
    attempts[1] = attempts[1].model_copy(update={"possibly_billed": True})
    pane.show_details(Details(attempts=tuple(attempts)))
    assert not pane._billed.isHidden() and "asked for afterwards" in pane._billed.text()


async def test_steps_say_what_they_took_of_a_model(pane: JobDetails) -> None:
    usage = Usage(tokens_in=3400, tokens_out=310, tokens_cached=3000, cost=Decimal("0.0031"))
    steps = (
        JobStepView(
            key="a", phase="Writing scenario", done=True, seconds=4.2, summary="112 words", usage=usage
        ),
        JobStepView(key="b", phase="Writing tags", done=True, usage=usage),
        JobStepView(key="c", phase="Writing lorebook", done=False),
    )
    pane.show_job(job(JobState.FAILED))
    pane.show_details(Details(steps=steps))
    assert pane._steps_count.text() == "2 of 3 · 7,420\xa0tokens · $0.0062"
    told = pane._timeline.lines[0].whole.splitlines()
    assert told == [
        "Writing scenario",
        "112 words · 4.2\xa0s",
        "3,400 tokens in (3,000 cached), 310 out · $0.0031",
    ]
    assert usage_words(steps[2]) == "" == spent_on(steps[2:])


async def test_a_hundred_attempts_show_the_last_thirty(pane: JobDetails) -> None:
    attempts = tuple(
        JobAttempt(number=number, started_at=NOW, ended_at=NOW + 1, outcome="failed")
        for number in range(1, 101)
    )
    pane.show_job(job(JobState.FAILED, error="It stopped."))
    pane.show_details(Details(attempts=attempts))
    assert len(pane._attempts.lines) == 31
    assert pane._attempts.lines[0].left == "70\xa0earlier attempts"


async def test_one_uneventful_attempt_is_not_worth_a_list(pane: JobDetails) -> None:
    pane.show_job(job(JobState.SUCCEEDED))
    pane.show_details(
        Details(attempts=(JobAttempt(number=1, started_at=NOW, ended_at=NOW + 4, outcome="succeeded"),))
    )
    assert not pane._attempts.isVisible()


async def test_text_that_streamed_is_shown_and_counted(pane: JobDetails, messages: RecordingNotify) -> None:
    pane.show_job(job(JobState.WAITING, run_at=NOW + 9))
    text = "He was a very silent man by custom. " * 60
    pane.show_details(Details(partial=text))
    assert pane._written_title.text() == "Written so far"
    assert pane._kept.text() == "480\xa0words kept"
    assert pane._written.isVisible() and pane._written.text.endswith("by custom.")
    assert len(pane._written.text) < 260
    pane._copy_partial.click()
    assert QGuiApplication.clipboard().text() == text
    assert messages.sentences == ["Text copied"]
    pane.show_job(job(JobState.FAILED, error="The connection dropped."))
    assert "480\xa0words written so far" in pane._failure.words


def model_steps(count: int = 15) -> tuple[JobStepView, ...]:
    names = ["Reading the sources", "Collecting facts", *(f"Writing part {n}" for n in range(count - 2))]
    return tuple(JobStepView(key=name, phase=name, done=False) for name in names)


async def test_text_that_is_being_written_stands_above_the_steps_which_fold(pane: JobDetails) -> None:
    running = job(JobState.RUNNING, engine="Writing room", phase="Collecting facts, 1 of 14")
    pane.show_job(running)
    pane.show_details(Details(steps=model_steps()))
    assert [line.text for line in pane._timeline.lines] == [
        "1\xa0step done", "Collecting facts", "13\xa0steps to come"
    ]  # fmt: skip
    assert pane._steps_count.text() == "1 of 15", "whoever collects facts has read the sources"
    pane.show_streamed("alternate_greetings[1]", "The bell rang.")
    assert pane._written_title.text() == "Greeting 2"
    section = pane._written.parentWidget()
    steps = pane._timeline.parentWidget()
    assert section is not None and steps is not None
    await until(lambda: section.isVisible() and section.y() < steps.y())
    pane._more_steps.click()
    assert len(pane._timeline.lines) == 15 and pane._timeline.lines[0].done
    assert pane._more_steps.text() == "Fewer"
    pane._more_steps.click()
    pane.show_job(running.model_copy(update={"state": JobState.FAILED, "error": "It stopped."}))
    assert len(pane._timeline.lines) == 15 and not pane._more_steps.isVisible()
    pane.show_job(job(JobState.RUNNING))
    pane.show_details(Details(steps=model_steps()))
    assert len(pane._timeline.lines) == 15, "the offline drafter streams nothing that needs the room"


async def test_between_two_steps_the_last_text_stays(pane: JobDetails) -> None:
    pane.show_job(job(JobState.RUNNING, engine="Writing room"))
    pane.show_streamed("personality", "He growls.")
    pane.show_details(Details(steps=model_steps(), partial=""))
    assert pane._written.isVisible() and pane._written.text == "He growls."
    pane._copy_partial.click()
    assert QGuiApplication.clipboard().text() == "He growls."
    pane.show_streamed("scenario", "An inn.")
    assert pane._written_title.text() == "Scenario" and pane._written.text == "An inn."
    pane.show_job(job(JobState.RUNNING, id=9, engine="Writing room"))
    assert not pane._written.isVisible()


async def test_a_growing_text_never_gets_lower(pane: JobDetails) -> None:
    pane.show_job(job(JobState.RUNNING, engine="Writing room"))
    pane.show_streamed("personality", "He growls and he pays nobody. " * 12)
    tall = pane._written.heightForWidth(280)
    pane.show_streamed("scenario", "An inn.")
    assert pane._written.heightForWidth(280) == tall
    pane.show_job(job(JobState.RUNNING, id=8, engine="Writing room"))
    pane.show_streamed("scenario", "An inn.")
    assert pane._written.heightForWidth(280) < tall


async def test_cancelling_keeps_the_focus_in_the_foot_and_off_remove(pane: JobDetails) -> None:
    pane.activateWindow()
    pane.show_job(job(JobState.RUNNING))
    foot = pane.foot_buttons
    pause, cancel = foot.buttons[:2]
    cancel.setFocus()
    await until(cancel.hasFocus)
    pane.show_job(job(JobState.RUNNING, want=JobWant.CANCEL))
    assert foot.copy_button.hasFocus(), "nothing can be done with a job that is stopping"
    pane.show_job(job(JobState.CANCELLED))
    assert pause.hasFocus() and pause.text() == "Draft again"
    pane.show_job(job(JobState.HELD))
    foot.buttons[1].setFocus()
    pane.show_job(job(JobState.RUNNING))
    assert foot.buttons[0].hasFocus() and foot.buttons[0].text() == "Pause", "it went with its action"


def test_the_tail_of_a_text_begins_with_a_word() -> None:
    assert tail_of("short text") == "short text"
    assert tail_of("word " * 300).startswith("…word word")


async def test_figures_tell_tokens_money_lane_priority_and_doubt(pane: JobDetails) -> None:
    pane.show_job(
        job(JobState.FAILED, error="It stopped.", engine="story-large", tokens_in=41_000, tokens_out=5_300,
            cost_nanos=312_000_000, possibly_billed=True, priority=1, lane="network", batch_id=4, attempts=3,
            crashes=1)
    )  # fmt: skip
    figures = dict(pane.figures.figures)
    assert figures["Tokens"] == "41,000 in · 5,300 out"
    assert figures["Cost"] == "$0.31, possibly more"
    assert (figures["Lane"], figures["Priority"], figures["Batch"]) == ("Network", "High", "4")
    assert figures["Attempts"] == "3, 1 cut short"
    assert pane.figures_fold.heading.right == "$0.31, possibly more"
    pane.show_job(job(JobState.SUCCEEDED))
    assert dict(pane.figures.figures)["Cost"] == "nothing"
    assert "Batch" not in dict(pane.figures.figures)


async def test_an_unknown_cost_with_a_doubt_is_only_the_doubt(pane: JobDetails) -> None:
    pane.show_job(job(JobState.FAILED, error="It stopped.", engine="story-large", possibly_billed=True))
    assert dict(pane.figures.figures)["Cost"] == "possibly billed"


async def test_the_keyboard_goes_through_the_pane_from_top_to_bottom(pane: JobDetails) -> None:
    pane.show_job(job(JobState.FAILED, error="It stopped."))
    pane.show_details(Details(log=lines(3), partial="Some words"))
    names, widget = [], pane.nextInFocusChain()
    while widget is not pane and widget is not None:
        if widget.isVisible() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
            names.append(widget.accessibleName())
        widget = widget.nextInFocusChain()
    about_partial, names = names[:3], names[3:]
    assert about_partial == ["Continue", "Keep as it is", "Discard it"]
    assert names[:5] == ["Copy", "Figures", "Log, 3\xa0lines", "Copy details", "Save report…"]
    assert names[5] == "Try again" and names[-1] == "More actions" and all(names)


async def test_the_log_is_folded_until_it_is_opened(pane: JobDetails) -> None:
    pane.show_job(job(JobState.RUNNING))
    pane.show_details(Details(log=lines(3)))
    heading = pane.log_fold.heading
    assert heading.accessibleName() == "Log, 3\xa0lines" and not pane.log.isVisible()
    assert heading.accessibleDescription() == "Folded"
    heading.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(heading, Qt.Key.Key_Return)
    assert pane.log.isVisible() and heading.accessibleDescription() == "Open"
    assert pane.log.text.toPlainText().splitlines()[-1].endswith("step  Line 2.")


async def test_ten_thousand_lines_show_the_last_five_hundred_quickly(
    pane: JobDetails, messages: RecordingNotify
) -> None:
    pane.show_job(job(JobState.RUNNING))
    pane.log_fold.heading.setChecked(True)
    log = lines(10_000)
    began = time.perf_counter()
    pane.show_details(Details(log=log))
    more = (*log, JobLogLine(at=NOW, kind="step", text="One more."))
    pane.show_details(Details(log=more))
    assert time.perf_counter() - began < 0.5
    assert pane.log.text.document().blockCount() == MOST_SHOWN
    assert pane.log.text.toPlainText().endswith("One more.")
    assert pane.log._note.text() == "The last 500 of 10,001\xa0lines"
    pane.log.copy_button.click()
    assert len(QGuiApplication.clipboard().text().splitlines()) == 10_001
    assert messages.sentences == ["Log copied, 10,001\xa0lines"]


async def test_a_reader_of_the_log_is_left_where_they_are(pane: JobDetails) -> None:
    pane.show_job(job(JobState.RUNNING))
    pane.log_fold.heading.setChecked(True)
    pane.show_details(Details(log=lines(200)))
    bar = pane.log.text.verticalScrollBar()
    assert bar.value() == bar.maximum()
    bar.setValue(20)
    first = pane.log.text.firstVisibleBlock().text()
    pane.show_details(Details(log=lines(220)))
    assert pane.log.text.firstVisibleBlock().text() == first
    pane.show_details(Details(log=lines(510)))
    assert pane.log.text.firstVisibleBlock().text() == first


async def test_the_place_and_what_is_open_stay_while_the_job_goes_on(pane: JobDetails) -> None:
    pane.show_job(job(JobState.RUNNING, progress=10.0, started_at=NOW))
    pane.log_fold.heading.setChecked(True)
    pane.figures_fold.heading.setChecked(True)
    pane.show_details(Details(log=lines(50)))
    await asyncio.sleep(0.02)
    bar = pane.scroller.verticalScrollBar()
    bar.setValue(bar.maximum() - 5)
    place = bar.value()
    assert place > 0
    for number in range(3):
        pane.show_job(job(JobState.RUNNING, progress=20.0 + number, started_at=NOW, version=number))
        pane.show_details(Details(log=lines(51 + number)))
        await asyncio.sleep(0.01)
    assert bar.value() == place and pane.log_fold.is_open and pane.figures_fold.is_open
    pane.show_job(job(JobState.RUNNING, id=8))
    assert bar.value() == 0 and pane.log_fold.is_open
    assert pane.log.text.toPlainText() == ""


async def test_long_names_and_errors_do_not_widen_the_pane(pane: JobDetails) -> None:
    width = pane.width()
    pane.show_job(job(JobState.FAILED, character="Ludwig " * 60, error="It broke. " + "why " * 5000))
    await asyncio.sleep(0.02)
    assert pane.width() == width and pane.minimumSizeHint().width() == 288
    assert len(pane._failure._why.text()) <= 4001


async def test_actions_the_likeliest_first(pane: JobDetails) -> None:
    wishes: list[object] = []
    pane.action_requested.connect(wishes.append)
    pane.show_job(job(JobState.FAILED, error="It stopped."))
    assert pane.buttons[0].text() == "Try again" and pane.buttons[0].variant == "primary"
    pane.buttons[0].click()
    assert wishes == ["retry"]
    pane.show_job(job(JobState.RUNNING))
    assert all(button.variant != "primary" for button in pane.buttons if button.isVisible())


def test_the_buttons_leave_no_holes() -> None:
    def columns(actions: int, *, has_primary: bool, has_more: bool) -> list[set[int]]:
        places = places_of(actions, has_primary=has_primary, has_more=has_more)[:actions]
        found: dict[int, set[int]] = {}
        for row, column, _height, width in places:
            found.setdefault(row, set()).update(range(column, column + width))
        return list(found.values())

    for actions in (1, 2, 3):
        for has_primary in (True, False):
            assert all(row == {0, 1} for row in columns(actions, has_primary=has_primary, has_more=False))
            first, *others = columns(actions, has_primary=has_primary, has_more=True)
            assert first == {0, 1} and all(row == {0, 1, 2} for row in others)


async def test_more_actions_offer_changes_for_a_finished_draft_only(pane: JobDetails) -> None:
    foot = pane.foot_buttons
    pane.show_job(job(JobState.FAILED, error="It stopped."))
    assert foot.more.isVisible() and foot.more.accessibleName() == "More actions"
    menu = foot.more_menu()
    assert menu.actions()[0].text() == "Try again with changes…"
    menu.deleteLater()
    pane.show_job(job(JobState.FAILED, kind="import", error="It stopped."))
    menu = foot.more_menu()
    assert "Try again with changes…" not in [action.text() for action in menu.actions()]
    menu.deleteLater()


# What is read for it


async def test_a_job_is_read_at_most_four_times_a_second(
    feed: DetailsFeed, pane: JobDetails, commands: FakeCommands
) -> None:
    shown = commands.queue[19]
    began = time.perf_counter()
    for number in range(60):
        feed.show(shown.model_copy(update={"version": number, "progress": float(number)}))
        await asyncio.sleep(0.01)
    spent = time.perf_counter() - began
    assert 2 <= len(commands.asked("job_details")) <= spent / 0.25 + 2
    await until(lambda: pane._timeline.lines)


async def test_one_question_at_a_time_and_the_answer_for_another_job_is_dropped(
    feed: DetailsFeed, pane: JobDetails, commands: FakeCommands
) -> None:
    gate = commands.gates["job_details"] = asyncio.Event()
    feed.show(commands.queue[6])
    await until(lambda: commands.asked("job_details"))
    feed.show(commands.queue[9])
    await asyncio.sleep(0.05)
    assert commands.asked("job_details") == [(6,)]
    gate.set()
    await until(lambda: commands.asked("job_details") == [(6,), (9,)])
    await until(lambda: pane._timeline.lines)
    assert [line.icon for line in pane._timeline.lines] == ["queued"] * 8


async def test_coming_back_before_the_answer_reads_again(
    feed: DetailsFeed, pane: JobDetails, commands: FakeCommands
) -> None:
    feed.show(commands.queue[6])
    await until(lambda: pane._timeline.lines)
    feed.show(commands.queue[9])
    feed.show(commands.queue[6])
    assert pane._timeline.lines == ()
    await until(lambda: len(pane._timeline.lines) == 8 and pane._timeline.lines[0].icon == "done")


async def test_a_batch_is_named_and_asked_for_once(
    feed: DetailsFeed, pane: JobDetails, commands: FakeCommands
) -> None:
    feed.show(commands.queue[19])
    await until(lambda: dict(pane.figures.figures).get("Batch") == "Pride and Prejudice")
    feed.show(commands.queue[20])
    await until(lambda: dict(pane.figures.figures).get("Batch") == "Pride and Prejudice")
    assert len(commands.asked("batches")) == 1
    feed.show(commands.queue[6])
    assert "Batch" not in dict(pane.figures.figures)


async def test_nothing_is_read_for_a_row_that_is_being_saved_or_out_of_sight(
    feed: DetailsFeed, pane: JobDetails, commands: FakeCommands
) -> None:
    feed.show(job(JobState.QUEUED, id=-3, request_id="a"))
    await asyncio.sleep(0.05)
    assert commands.asked("job_details") == []
    parent = pane.parentWidget()
    assert parent is None
    pane.hide()
    pane.show_job(commands.queue[6])
    await asyncio.sleep(0.02)
    assert commands.asked("job_details") == []
    pane.show()
    await until(lambda: commands.asked("job_details") == [(6,)])


# Saving a report, and a copy with changes


def file_dialog() -> QFileDialog | None:
    from PySide6.QtWidgets import QApplication

    widgets = QApplication.topLevelWidgets()
    return next((one for one in widgets if isinstance(one, QFileDialog) and one.isVisible()), None)


async def save_as(pane: JobDetails, path: Path, suffix: str) -> None:
    menu = pane.foot_buttons.report_menu()
    texts = {"json": "JSON file…", "yaml": "YAML file…", "csv": "CSV file…"}
    next(action for action in menu.actions() if action.text() == texts[suffix]).trigger()
    menu.deleteLater()
    await until(lambda: file_dialog() is not None)
    dialog = file_dialog()
    assert dialog is not None
    assert dialog.defaultSuffix() == suffix
    dialog.filesSelected.emit([str(path)])
    dialog.accept()


async def test_a_report_is_saved_where_the_person_says(
    feed: DetailsFeed, pane: JobDetails, commands: FakeCommands, messages: RecordingNotify, tmp_path: Path
) -> None:
    feed.show(commands.queue[6])
    path = tmp_path / "livesey.yaml"
    await save_as(pane, path, "yaml")
    await until(lambda: messages.sentences == ["Report saved as livesey.yaml"])
    assert commands.asked("save_job_report") == [(6, path)]


async def test_a_report_that_cannot_be_written_offers_to_try_again(
    feed: DetailsFeed, pane: JobDetails, commands: FakeCommands, messages: RecordingNotify, tmp_path: Path
) -> None:
    commands.refusals["save_job_report"] = StorageError("The disk is full. Nothing was written.")
    feed.show(commands.queue[6])
    await save_as(pane, tmp_path / "livesey.csv", "csv")
    await until(lambda: messages.errors == ["The disk is full. Nothing was written."])
    assert messages.toasts[-1].action == "Try again"
    assert messages.toasts[-1].callback is not None
    messages.toasts[-1].callback()
    await until(lambda: messages.sentences[-1] == "Report saved as livesey.csv")


async def test_a_copy_with_changes_is_queued_beside_the_job(
    feed: DetailsFeed, pane: JobDetails, commands: FakeCommands, messages: RecordingNotify
) -> None:
    feed.show(commands.queue[6])
    pane.changes_requested.emit()
    await until(lambda: feed.reports.dialog is not None and feed.reports.dialog.isVisible())
    dialog = feed.reports.dialog
    assert dialog is not None
    assert dialog.character.text() == "Dr. Livesey"
    dialog.character.setText("The doctor")
    commands.refusals["retry_copy"] = UsageError("Nobody is called “The doctor” in these sources.")
    dialog.go.click()
    await until(lambda: dialog.character.error_label.isVisible())
    assert dialog.character.error_label.text() == "Nobody is called “The doctor” in these sources."
    assert dialog.isVisible() and dialog.character.text() == "The doctor"
    dialog.character.setText("Livesey")
    dialog.go.click()
    await until(lambda: feed.reports.dialog is None)
    assert commands.asked("retry_copy")[-1] == (6, {"character": "Livesey"})
    assert messages.sentences == ["A copy of Dr. Livesey is queued"]


async def test_giving_up_the_changes_queues_nothing(
    feed: DetailsFeed, pane: JobDetails, commands: FakeCommands
) -> None:
    feed.show(commands.queue[6])
    pane.changes_requested.emit()
    await until(lambda: feed.reports.dialog is not None and feed.reports.dialog.isVisible())
    assert feed.reports.dialog is not None
    feed.reports.dialog.cancel.click()
    await until(lambda: feed.reports.dialog is None)
    assert commands.asked("retry_copy") == []


def test_steps_of_items_side_by_side_claim_no_more_time_than_the_job() -> None:
    job = next(iter(FakeCommands.busy().queue.values())).model_copy(
        update={"kind": "import", "state": JobState.SUCCEEDED, "finished_at": NOW, "active_seconds": 0.8}
    )
    together = JobStepView(key="items", phase="Reading cards", done=True, seconds=3.0, summary="50 files")
    assert step_lines(job, (together,))[0].right == "50 files"
    alone = together.model_copy(update={"seconds": 0.6})
    assert step_lines(job, (alone,))[0].right == "50 files · 0.6\xa0s"
