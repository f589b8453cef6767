"""Queuing drafts: shown at once, real or taken back with the reason; nobody twice; dropped files are kept."""

import asyncio
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from cardgen_desktop.domain.card_library import AddedFile
from cardgen_desktop.domain.errors import InternalError, StorageError, UsageError
from cardgen_desktop.domain.events import CardChanged, JobRemoved
from cardgen_desktop.domain.job import JobSnapshot, JobState
from cardgen_desktop.ui.context import UiContext
from cardgen_desktop.ui.draft.known import left_out_words
from cardgen_desktop.ui.draft.page import DraftPage
from cardgen_desktop.ui.draft.starting import make_order, refused, set_title
from cardgen_desktop.ui.jobs.page import JobsPage
from tests.support.commands import FakeCommands
from tests.support.messages import RecordingNotify
from tests.support.samples import NOW, sample_cards, sample_people, sample_texts, summary_of
from tests.support.waiting import until

NOVEL_PATH = Path("/home/jim/Books/treasure_island.epub")
NOTES_PATH = Path("/home/jim/Books/squire-trelawney-notes.md")
FULL = "The disk is full. Free 200 MB, then try again."


class Rows:
    """The rows that a page of jobs would show beside the real ones."""

    def __init__(self, page: DraftPage) -> None:
        self.pending: dict[str | None, JobSnapshot] = {}
        self.started: list[JobSnapshot] = []
        page.drafts_pending.connect(lambda jobs: self.pending.update((job.request_id, job) for job in jobs))
        page.drafts_withdrawn.connect(lambda ids: [self.pending.pop(key) for key in ids])
        page.draft_started.connect(self.started.append)


async def with_novel(page: DraftPage) -> Rows:
    page.add_paths([NOVEL_PATH])
    await until(lambda: page.picker.person is not None)
    return Rows(page)


# Shown at once


async def test_all_nine_rows_are_there_before_anything_is_saved(
    page: DraftPage, commands: FakeCommands
) -> None:
    rows = await with_novel(page)
    gate = commands.gates["start_drafts"] = asyncio.Event()
    page.panel.draft_all.click()
    assert len(rows.pending) == 7
    first = next(iter(rows.pending.values()))
    assert first.id < 0 and first.request_id and first.state is JobState.QUEUED
    assert (first.character, first.title, first.engine) == ("Long John Silver", "Treasure Island", "offline")
    assert len({job.id for job in rows.pending.values()}) == 7
    page.panel.draft_all.click()
    assert len(rows.pending) == 7
    gate.set()
    await until(lambda: len(rows.started) == 7)
    assert {job.request_id for job in rows.started} == set(rows.pending)


async def test_several_are_one_batch_with_the_title_of_the_source(
    page: DraftPage, commands: FakeCommands
) -> None:
    rows = await with_novel(page)
    page.panel.draft_all.click()
    await until(lambda: rows.started)
    assert len(commands.asked("start_drafts")) == 1
    assert commands.asked("start_drafts")[0][1] == "Treasure Island"
    assert {job.batch_id for job in rows.started} == {1}


async def test_one_is_no_batch(page: DraftPage, commands: FakeCommands) -> None:
    rows = await with_novel(page)
    page.panel.draft.click()
    await until(lambda: rows.started)
    assert commands.asked("start_drafts")[0][1] == "" and rows.started[0].batch_id is None


async def test_a_draft_that_is_at_work_already_leaves_no_row_behind(
    page: DraftPage, commands: FakeCommands
) -> None:
    rows = await with_novel(page)
    page.panel.draft.click()
    await until(lambda: rows.started)
    page.panel.draft.click()
    await until(lambda: len(rows.started) == 2)
    assert rows.started[0].id == rows.started[1].id
    assert list(rows.pending) == [rows.started[0].request_id]


# Taken back


async def test_what_cannot_be_saved_is_said_in_one_sentence_and_tried_again(
    page: DraftPage, commands: FakeCommands, messages: RecordingNotify
) -> None:
    rows = await with_novel(page)
    page.picker.list.setCurrentIndex(page.picker.model.index(2))
    chosen = page.picker.person
    commands.refusals["start_drafts"] = StorageError(FULL)
    page.panel.draft_all.click()
    asked = set(rows.pending)
    await until(lambda: page.orders.refusal.isVisible())
    banner = page.orders.refusal.banner
    assert banner.accessibleName() == (
        "Could not save 7\xa0jobs: the disk is full. Free 200 MB, then try again. Who you chose stays chosen."
    )
    assert rows.pending == {} and messages.toasts == []
    assert page.picker.person is chosen and page.panel.draft_all.isVisible()
    banner._action.click()
    assert set(rows.pending) == asked
    await until(lambda: len(rows.started) == 7)
    assert not page.orders.refusal.isVisible()
    assert {job.request_id for job in rows.started} == asked


async def test_a_refusal_is_closed_and_gone_with_another_set(page: DraftPage, commands: FakeCommands) -> None:
    await with_novel(page)
    commands.refusals["start_drafts"] = UsageError("This source is no longer on the desk. Add it again.")
    page.panel.draft.click()
    await until(lambda: page.orders.refusal.isVisible())
    assert page.orders.refusal.banner._fact.text() == (
        "Could not save the job: this source is no longer on the desk."
    )
    page.orders.refusal.banner._close.click()
    assert not page.orders.refusal.isVisible()
    commands.refusals["start_drafts"] = StorageError(FULL)
    page.panel.draft.click()
    await until(lambda: page.orders.refusal.isVisible())
    page.add_paths([NOTES_PATH])
    await until(lambda: not page.orders.refusal.isVisible())


async def test_a_mistake_of_the_program_leaves_neither_rows_nor_a_dead_button(
    page: DraftPage, commands: FakeCommands, messages: RecordingNotify, caplog: pytest.LogCaptureFixture
) -> None:
    rows = await with_novel(page)

    async def broken(*_arguments: object, **_options: object) -> tuple[JobSnapshot, ...]:
        raise RuntimeError("a mistake")

    real, commands.start_drafts = commands.start_drafts, broken  # type: ignore[method-assign]
    page.panel.draft.click()
    await until(lambda: messages.errors)
    assert rows.pending == {}
    commands.start_drafts = real  # type: ignore[method-assign]
    page.panel.draft.click()
    await until(lambda: rows.started)


def test_sentences_of_a_refusal() -> None:
    source = summary_of(1, sample_texts()[0])
    order = make_order(sample_people()[:2], [source], NOW)
    told = refused(order, StorageError("HTTP said no."))
    assert (told.fact, told.text) == (
        "Could not save 2\xa0jobs: HTTP said no.",
        "Who you chose stays chosen.",
    )
    assert set_title([source, summary_of(2, sample_texts()[1])]) == "Treasure Island and 1 more"


# Nobody twice


async def test_who_is_done_or_at_work_is_left_out_and_said(page: DraftPage, commands: FakeCommands) -> None:
    rows = await with_novel(page)
    for number in range(3):
        page.picker.list.setCurrentIndex(page.picker.model.index(number))
        page.panel.draft.click()
        while len(rows.started) <= number:
            await asyncio.sleep(0.005)
    assert page.panel.left_out.text() == "4 to draft, 3 are at work"
    for job in rows.started[:2]:
        commands.move(job.id, state=JobState.SUCCEEDED)
    assert page.panel.left_out.text() == "4 to draft, 2 are done, 1 is at work"
    assert page.panel.draft_all.text() == "Draft the other 4 characters"
    page.panel.draft_all.click()
    await until(lambda: len(rows.started) == 7)
    asked = [request.character for request in commands.asked("start_drafts")[-1][0]]
    assert asked == ["Squire Trelawney", "Captain Smollett", "Billy Bones", "Ben Gunn"]
    assert page.panel.left_out.text() == "Nobody is left to draft, 2 are done, 5 are at work"
    assert page.panel.draft_all.isHidden()


async def test_the_focus_stays_in_the_panel_when_nobody_is_left(
    page: DraftPage, commands: FakeCommands
) -> None:
    rows = await with_novel(page)
    page.panel.draft_all.setFocus()
    page.panel.draft_all.click()
    await until(lambda: len(rows.started) == 7)
    assert page.panel.draft_all.isHidden() and page.window().focusWidget() is page.panel.draft


async def test_a_failed_draft_is_offered_again(page: DraftPage, commands: FakeCommands) -> None:
    rows = await with_novel(page)
    page.panel.draft.click()
    await until(lambda: rows.started)
    assert page.panel.left_out.text() == "6 to draft, 1 is at work"
    commands.move(rows.started[0].id, state=JobState.FAILED, error="It stopped.")
    assert page.panel.left_out.isHidden()
    assert page.panel.draft_all.text() == "Draft all 7 main characters"


async def test_a_card_counts_although_its_job_is_off_the_list(
    page: DraftPage, commands: FakeCommands
) -> None:
    await with_novel(page)
    record = sample_cards()[0]
    named = {"name": "Jim Hawkins", "source_title": "Treasure Island", "origin": "draft"}
    summary = record.summary.model_copy(update=named)
    commands.put_cards([record.model_copy(update={"summary": summary})])
    commands.events.announce(CardChanged(summary))
    await until(lambda: page.panel.left_out.text() == "6 to draft, 1 is done")
    commands.library_view.clear()
    commands.events.announce(JobRemoved(1))
    await until(lambda: page.panel.left_out.isHidden())


async def test_drafts_of_other_sources_do_not_count(page: DraftPage, commands: FakeCommands) -> None:
    commands.put_jobs(
        [
            JobSnapshot(id=1, kind="draft", state=JobState.SUCCEEDED, character="Jim Hawkins",
                        request={"source_ids": [1, 2], "character": "Jim Hawkins"}),
            JobSnapshot(id=2, kind="draft", state=JobState.SUCCEEDED, character="Ben Gunn",
                        request={"source_ids": [1], "character": "Ben Gunn"}),
        ]
    )  # fmt: skip
    await with_novel(page)
    await until(lambda: page.panel.left_out.text() == "6 to draft, 1 is done")
    assert page.panel.left_out.isVisible()


def test_left_out_in_words() -> None:
    assert left_out_words(9, []) == ""
    assert left_out_words(7, ["done", "done"]) == "7 to draft, 2 are done"
    assert left_out_words(0, ["done"]) == "Nobody is left to draft, 1 is done"


# Rows in the table of jobs


async def test_rows_stand_in_the_table_at_once_and_become_real(
    page: DraftPage, commands: FakeCommands, context: UiContext
) -> None:
    jobs = JobsPage(context=context)
    jobs.attach(commands, commands.events)
    await until(lambda: jobs.model is not None and commands.asked("jobs"))
    await with_novel(page)
    model = jobs.model
    assert model is not None
    page.drafts_pending.connect(lambda found: list(map(model.note_pending, found)))
    page.drafts_withdrawn.connect(lambda ids: list(map(model.withdraw, ids)))
    gate = commands.gates["start_drafts"] = asyncio.Event()
    page.panel.draft_all.click()
    assert model.rowCount() == 7
    commands.refusals["start_drafts"] = StorageError(FULL)
    gate.set()
    await until(lambda: model.rowCount() == 0)
    page.orders.refusal.banner._action.click()
    assert model.rowCount() == 7
    await until(lambda: all((job := model.job(row)) is not None and job.id > 0 for row in range(7)))
    await asyncio.sleep(0.2)
    assert model.rowCount() == 7
    await jobs.aclose()
    jobs.deleteLater()


# Dropped files


class FullDisk(FakeCommands):
    """Commands that read files and cannot store them."""

    full = True

    def _add(self, path: Path) -> AddedFile:
        if self.full:
            return AddedFile(path=str(path), error=FULL, error_code="storage")
        return super()._add(path)


@pytest.mark.parametrize("whole", [True, False])
async def test_dropped_files_that_cannot_be_stored_are_kept_and_tried_again(
    context: UiContext, whole: bool
) -> None:
    commands = FullDisk()
    commands.full = not whole
    page = DraftPage(context=context)
    page.resize(1216, 900)
    page.show()
    page.attach(commands, commands.events)
    await until(lambda: page.desk is not None and commands.asked("sources"))
    if whole:
        commands.refusals["add_files"] = StorageError(FULL)
    page.add_paths([NOVEL_PATH, NOTES_PATH])
    await until(lambda: page.desk is not None and len(page.desk.unstored) == 2)
    assert page.sources.unstored.isVisible()
    assert page.sources.unstored.accessibleName() == "2 files are kept here. Not stored yet."
    rows = page.sources.list.rows
    assert rows.rowCount() == 2 and all((row := rows.row(n)) and row.state == "failed" for n in range(2))
    commands.full = False
    action = page.sources.unstored._action
    action.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(action, Qt.Key.Key_Return)
    await until(lambda: page.picker.person is not None)
    assert not page.sources.unstored.isVisible() and rows.rowCount() == 2
    await page.aclose()
    page.close()
    page.deleteLater()


async def test_a_file_that_cannot_be_read_is_no_matter_of_storing(page: DraftPage) -> None:
    page.add_paths([Path("/home/jim/Books/benbow-ledger-scan.pdf")])
    await until(lambda: page.sources.list.rows.rowCount() == 1 and not page.desk.is_reading)  # type: ignore[union-attr]
    assert not page.sources.unstored.isVisible()


async def test_a_mistake_while_reading_loses_no_file(
    page: DraftPage, commands: FakeCommands, messages: RecordingNotify, caplog: pytest.LogCaptureFixture
) -> None:
    commands.refusals["add_files"] = InternalError("CardGen made a mistake.")
    page.add_paths([NOVEL_PATH])
    await until(lambda: page.sources.list.rows.rowCount() == 1 and not page.desk.is_reading)  # type: ignore[union-attr]
    row = page.sources.list.rows.row(0)
    assert row is not None and row.state == "failed" and row.sentence == "CardGen made a mistake."
    assert page.sources.unstored.isVisible()


async def test_pasted_text_that_cannot_be_stored_is_kept_by_its_message(
    page: DraftPage, commands: FakeCommands, messages: RecordingNotify
) -> None:
    commands.refusals["add_text"] = StorageError(FULL)
    page.add_text("It was a dark and stormy night.")
    await until(lambda: messages.errors == [FULL])
    toast = messages.toasts[-1]
    assert toast.action == "Try again" and toast.callback is not None
    toast.callback()
    await until(lambda: page.sources.list.rows.rowCount() == 1)
    assert commands.asked("add_text")[1] == commands.asked("add_text")[0]
