"""Rows that stand for jobs on their way become those jobs, whatever the list is doing meanwhile."""

import asyncio

import pytest

from cardgen_desktop.domain.job import JobSnapshot, JobState
from cardgen_desktop.domain.job_kinds import DraftRequest
from cardgen_desktop.ui.context import UiContext
from cardgen_desktop.ui.jobs.page import JobsPage
from tests.support.commands import FakeCommands
from tests.support.waiting import until


@pytest.mark.parametrize("filled", [False, True])
@pytest.mark.parametrize("pause", [0.0, 0.05, 0.2])
async def test_real_jobs_take_over_after_the_list_was_read_again(
    context: UiContext, filled: bool, pause: float
) -> None:
    commands = FakeCommands.filled() if filled else FakeCommands()
    page = JobsPage(context=context)
    page.show()
    page.attach(commands, commands.events)
    await until(lambda: page.model is not None and commands.asked("job_order"))
    model = page.model
    assert model is not None
    names = ("Pew", "Black Dog", "Ben Gunn")
    for number, name in enumerate(names, 1):
        model.note_pending(
            JobSnapshot(
                id=-number, kind="draft", state=JobState.QUEUED, character=name, request_id=f"r{number}"
            )
        )
    await asyncio.sleep(pause)
    model.refresh()
    await asyncio.sleep(pause)
    requests = [DraftRequest(source_ids=(9,), character=name) for name in names]
    jobs = await commands.start_drafts(requests, request_ids=["r1", "r2", "r3"])
    page.choose(jobs[0].id)
    wanted = sorted(commands.queue, reverse=True)

    def shown() -> list[int | None]:
        found = [model.job(row) for row in range(model.rowCount())]
        return [job.id if job else None for job in found]

    await until(lambda: shown() == wanted)
    await asyncio.sleep(0.2)
    assert shown() == wanted
    current = page.listing.current_job()
    assert current is not None and current.id == jobs[0].id
    await page.aclose()
    page.close()
    page.deleteLater()
