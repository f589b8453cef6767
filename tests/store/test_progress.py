"""Progress, notes and streamed text of running jobs."""

from cardgen_desktop.store import progress
from cardgen_desktop.store.engine import Database
from cardgen_desktop.store.progress import Report
from tests.support.stored_jobs import claimed_all, execute, found, several


async def test_reports_of_many_jobs_are_stored_without_a_new_version(database: Database) -> None:
    ids = await several(database, 3)
    running = await claimed_all(database, 2)
    reports = [
        Report(job_id=job_id, percent=10.0 * number, phase=f"Step {number}\ud800", seconds=number)
        for number, job_id in enumerate(ids, 1)
    ]
    async with database.write(durable=False) as connection:
        await progress.save_reports(connection, 1, reports, 300.0)
    stored = [await found(database, job_id) for job_id in ids]
    assert [(job.progress, job.phase) for job in stored] == [
        (10.0, "Step 1?"),
        (20.0, "Step 2?"),
        (0.0, ""),  # it is not running
    ]
    assert [job.version for job in stored[:2]] == [job.version for job in running]


async def test_notes_and_streamed_text_come_with_a_report(database: Database) -> None:
    (job_id,) = await several(database, 1)
    await claimed_all(database, 1)
    for text in ("It was", "It was a dark"):
        report = Report(
            job_id=job_id, percent=1.0, phase="", seconds=1.0, notes=((250.0, "found", "A name."),),
            partials=(("greeting", text), ("tags", "\udc00")),
        )  # fmt: skip
        async with database.write() as connection:
            await progress.save_reports(connection, 1, [report], 300.0)
    async with database.read() as connection:
        assert await progress.partials(connection, job_id) == {"greeting": "It was a dark", "tags": "?"}
    notes = await execute(database, "SELECT at, kind, data FROM event WHERE kind = 'found'")
    assert notes == [(250.0, "found", '{"text":"A name."}')] * 2
    async with database.write() as connection:
        await progress.drop_partial(connection, job_id, "greeting")
        assert await progress.partials(connection, job_id) == {"tags": "?"}
