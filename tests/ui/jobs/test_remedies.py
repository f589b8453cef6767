"""What is offered about a job that stands still, and what each offer does; text as it is written."""

from collections.abc import AsyncIterator

import pytest

from cardgen_desktop.domain.events import JobChanged, JobText
from cardgen_desktop.domain.failures import FAILURES, Action
from cardgen_desktop.domain.job import JobSnapshot, JobState
from cardgen_desktop.domain.job_views import JobDetails
from cardgen_desktop.ui.context import UiContext
from cardgen_desktop.ui.jobs.page import JobsPage
from cardgen_desktop.ui.jobs.remedies import REMEDIES, remedies_of
from cardgen_desktop.ui.jobs.streaming import StreamedText
from tests.support.commands import FakeCommands
from tests.support.samples import NOW
from tests.support.waiting import until

NOT_BUTTONS = {Action.WAIT, Action.SHOW_FLAGGED, Action.SHOW_RAW, Action.REVIEW, Action.LOCATE,
               Action.USE_EXTRACT, Action.FREE_SPACE, Action.CHANGE_FOLDER}  # fmt: skip
"""Waiting is what the job does anyway; the others are said in words, or belong to results and the disk."""


def stopped(state: JobState = JobState.HELD, code: str = "auth.401", **more: object) -> JobSnapshot:
    held = {"hold_reason": "key", "hold_scope": "Writing room"} if state is JobState.HELD else {}
    body = {"id": 7, "kind": "draft", "state": state, "error_code": code, "engine": "Writing room", **held}
    body |= {"request": {"source_ids": [1]}}
    return JobSnapshot.model_validate({**body, **more})


def words(job: JobSnapshot, *, has_partial: bool = False) -> list[str]:
    return [remedy.word for remedy in remedies_of(job, has_partial=has_partial)]


def test_every_action_of_every_class_has_a_button_or_needs_none() -> None:
    offered = {action for failure in FAILURES.values() for action in failure.actions}
    assert offered - NOT_BUTTONS <= set(REMEDIES)


def test_the_default_action_of_the_class_stands_first() -> None:
    assert words(stopped())[0] == "Update key"
    assert words(stopped(code="net.refused"))[:2] == ["Test connection", "Edit address"]
    assert words(stopped(JobState.FAILED, "req.400")) == ["Look at the options", "Copy details"]
    assert words(stopped(code="no such class")) == []
    assert words(stopped(JobState.RUNNING)) == []


def test_partial_text_can_be_gone_on_from_kept_or_discarded() -> None:
    cut = stopped(JobState.WAITING, "stream.cut", run_at=NOW, delay=1.0)
    assert words(cut, has_partial=True) == ["Continue", "Keep as it is", "Discard it", "Try again"]
    assert words(cut) == ["Try again"]
    cancelled = stopped(JobState.CANCELLED, "")
    assert words(cancelled, has_partial=True) == ["Continue", "Keep as it is", "Discard it"]


def test_other_settings_are_offered_only_where_a_copy_can_be_made() -> None:
    assert "Other engine…" not in words(stopped())
    assert words(stopped(JobState.FAILED, "out.refusal")) == [
        "Other model…",
        "Other style…",
        "Change the wish…",
    ]


@pytest.fixture
async def page(context: UiContext) -> AsyncIterator[JobsPage]:
    commands = FakeCommands()
    page = JobsPage(context=context, clock=lambda: NOW)
    page.commands = commands  # type: ignore[attr-defined]
    page.resize(1216, 900)
    page.show()
    page.attach(commands, commands.events)
    yield page
    await page.aclose()
    page.close()
    page.deleteLater()


async def shown(page: JobsPage, job: JobSnapshot, partial: str = "") -> FakeCommands:
    commands: FakeCommands = page.commands  # type: ignore[attr-defined]
    commands.put_jobs([job])
    commands.events.announce(JobChanged(job))
    page.choose(job.id)
    await until(lambda: page.details.job is not None and page.details.isVisible())
    if partial:
        page.details.show_details(JobDetails(partial=partial))
    return commands


def press(page: JobsPage, word: str) -> None:
    next(button for button in page.details.remedies.buttons if button.text() == word).click()


async def test_a_refused_key_leads_to_the_key_of_the_engine(page: JobsPage) -> None:
    led: list[tuple[str, str]] = []
    page.engine_requested.connect(lambda name, field: led.append((name, field)))
    await shown(page, stopped())
    press(page, "Update key")
    assert led == [("Writing room", "key")]


async def test_partial_text_is_settled(page: JobsPage) -> None:
    commands = await shown(page, stopped(JobState.FAILED, "stream.cut"), "She kept the light.")
    press(page, "Keep as it is")
    await until(lambda: commands.settled == [(7, "keep")])


async def test_the_offline_drafter_takes_over(page: JobsPage) -> None:
    commands = await shown(page, stopped(code="net.offline", hold_reason="offline", hold_scope=""))
    press(page, "Use the offline drafter")
    await until(lambda: commands.asked("cancel_jobs"))
    assert commands.asked("retry_copy")[0] == (7, {"engine": "offline"})


async def test_everything_that_waits_for_the_network_can_be_drafted_offline(page: JobsPage) -> None:
    commands = await shown(page, stopped(code="net.offline", hold_reason="offline", hold_scope=""))
    other = stopped(code="auth.401", hold_reason="key").model_copy(update={"id": 8})
    commands.put_jobs([other])
    page.queue.offline_requested.emit()
    await until(lambda: commands.asked("cancel_jobs"))
    assert [number for number, _ in commands.asked("retry_copy")] == [7], "another gate holds the other one"


async def test_text_is_shown_while_it_is_written(page: JobsPage) -> None:
    running = stopped(JobState.RUNNING, "", started_at=NOW)
    commands = await shown(page, running)
    for at, text in ((0, "She kept "), (9, "the light"), (9, "the lamp")):
        commands.events.announce(JobText(7, "description", "description", at, text))
    await until(lambda: page.details._written.text == "She kept the lamp")
    commands.events.announce(JobText(8, "description", "description", 0, "Another job"))
    commands.events.announce(JobText(7, "scenario", "scenario", 4, "a piece without its beginning"))
    commands.events.announce(JobText(7, "scenario", "scenario", 0, "A gale."))
    await until(lambda: page.details._written.text == "A gale.")


async def test_pieces_are_shown_together(context: UiContext) -> None:
    told: list[str] = []
    streamed = StreamedText(lambda _path, text: told.append(text))
    streamed.follow(1)
    for number in range(200):
        streamed.hear(JobText(1, "s", "description", number, "x"))
    await until(lambda: told)
    assert told == ["x" * 200]
    streamed.follow(2)
    streamed.hear(JobText(1, "s", "description", 200, "y"))
    streamed.hear(JobText(2, "s", "description", 0, "z"))
    await until(lambda: len(told) == 2)
    assert told[1] == "z"
