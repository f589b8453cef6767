"""Results that want to be looked at: offered by name, marked once they were, and never cleared unseen."""

from collections.abc import AsyncIterator

import pytest

from cardgen_desktop.domain.job import JobQuery, JobSnapshot, JobState
from cardgen_desktop.ui.context import UiContext
from cardgen_desktop.ui.jobs import words
from cardgen_desktop.ui.jobs.actions import actions_for
from cardgen_desktop.ui.jobs.page import JobsPage
from tests.support.commands import FakeCommands
from tests.support.samples import NOW
from tests.support.waiting import until


@pytest.fixture
def commands() -> FakeCommands:
    return FakeCommands.busy()


@pytest.fixture
async def page(context: UiContext, commands: FakeCommands) -> AsyncIterator[JobsPage]:
    page = JobsPage(context=context, clock=lambda: NOW)
    page.resize(1216, 900)
    page.show()
    page.attach(commands, commands.events)
    await until(lambda: page.model is not None and page.model.rowCount() == len(commands.queue))
    yield page
    await page.aclose()
    page.close()
    page.deleteLater()


def to_review(commands: FakeCommands) -> list[JobSnapshot]:
    return [job for job in commands.queue.values() if job.needs_review]


def test_a_partly_refused_batch_is_marked_as_seen() -> None:
    job = JobSnapshot(id=1, kind="import", state=JobState.SUCCEEDED, needs_review=True)
    assert [action.key for action in actions_for(job)] == ["seen", "retry", "remove"]
    assert words.action_word(job) == "Mark as seen"
    seen = job.model_copy(update={"needs_review": False})
    assert [action.key for action in actions_for(seen)] == ["retry", "remove"]


async def test_opening_a_card_reviews_it(page: JobsPage, commands: FakeCommands) -> None:
    job = next(job for job in to_review(commands) if job.kind == "draft")
    page.actions_of_rows.act("open", [job])
    await until(lambda: not commands.queue[job.id].needs_review)


async def test_clearing_leaves_what_was_not_looked_at(page: JobsPage, commands: FakeCommands) -> None:
    waiting = {job.id for job in to_review(commands)}
    page.queue.clear_finished()
    await until(lambda: bool(commands.hidden))
    assert waiting
    assert not waiting & commands.hidden


async def test_the_bar_counts_what_it_would_clear(page: JobsPage, commands: FakeCommands) -> None:
    cleared = JobQuery(states=(JobState.SUCCEEDED, JobState.CANCELLED), needs_review=False, limit=0)
    total = (await commands.jobs(cleared)).total
    await until(lambda: page.listing.queue_bar.finished == total)
    assert total < sum(
        job.state in (JobState.SUCCEEDED, JobState.CANCELLED) for job in commands.queue.values()
    )
