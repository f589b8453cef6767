"""A busy queue: every kind of job, every reason to wait, two batches, money, figures and backups."""

from typing import Any

from cardgen_desktop.domain.job import JobSnapshot, JobState, JobWant, Lane, Priority
from cardgen_desktop.domain.job_views import JobAttempt, JobDetails, JobLogLine
from cardgen_desktop.domain.queue import (
    Backup,
    BundleFile,
    GateStatus,
    KindFigures,
    LaneStatus,
    QueueFigures,
    QueueStatus,
    Timing,
)

from .samples import NOW, sample_steps

BATCH_TITLES = {1: "Treasure Island", 2: "Pride and Prejudice"}
OFFLINE_SENTENCE = "The network cannot be reached."
KEY_SENTENCE = "The key of “Writing room” was not accepted."


def idle_queue() -> QueueStatus:
    """A queue with nothing to do and every gate open."""
    limits = {Lane.INTERACTIVE: 2, Lane.NETWORK: 3, Lane.LOCAL: 1, Lane.CPU: 1, Lane.EXPORT: 1}
    return QueueStatus(lanes=tuple(LaneStatus(lane=lane, limit=limit) for lane, limit in limits.items()))


def queue_status() -> QueueStatus:
    """The queue of `busy_jobs`: two gates closed, one lane lowered by a busy provider."""
    lanes = (
        LaneStatus(lane=Lane.INTERACTIVE, limit=2, running=0),
        LaneStatus(lane=Lane.NETWORK, limit=3, running=2, queued=4, lowered=True),
        LaneStatus(lane=Lane.LOCAL, limit=1),
        LaneStatus(lane=Lane.CPU, limit=2, running=2, queued=3),
        LaneStatus(lane=Lane.EXPORT, limit=1, paused=True, queued=1),
    )
    gates = (
        GateStatus(reason="offline", sentence=OFFLINE_SENTENCE, since=NOW - 300, held=1),
        GateStatus(reason="key", scope="Writing room", sentence=KEY_SENTENCE, since=NOW - 60, held=1),
    )
    return QueueStatus(lanes=lanes, gates=gates)


def job(job_id: int, state: JobState, character: str = "", **more: Any) -> JobSnapshot:
    """A job by a paid service, of the second novel."""
    fields: dict[str, Any] = {
        "id": job_id,
        "kind": "draft",
        "state": state,
        "lane": Lane.NETWORK,
        "position": float(job_id),
        "character": character,
        "engine": "story-large",
        "title": "Pride and Prejudice",
        "request": {"source_ids": (2,), "character": character, "engine": "offline"},
        "created_at": NOW - 1800 + job_id,
        "queued_at": NOW - 1800 + job_id,
        "updated_at": NOW - 30,
        "version": 1,
    }
    return JobSnapshot.model_validate(fields | more)


def _waiting() -> tuple[JobSnapshot, ...]:
    return (
        job(12, JobState.HELD, "Mr. Bingley", hold_reason="offline", batch_id=2),
        job(13, JobState.HELD, "Mr. Collins", hold_reason="key", hold_scope="Writing room", batch_id=2),
        job(14, JobState.WAITING, "Jane Bennet", run_at=NOW + 38, delay=60.0, attempts=2,
            started_at=NOW - 200, progress=44.0, active_seconds=31.0,
            tokens_in=18_200, tokens_out=2_100, cost_nanos=84_000_000),
        job(15, JobState.PAUSED, "Charlotte Lucas", progress=33.0, phase="Paused at scenario · 4 of 9",
            started_at=NOW - 900, active_seconds=22.0, batch_id=2),
        job(16, JobState.QUEUED, "Mr. Darcy", priority=int(Priority.HIGHEST), batch_id=2),
    )  # fmt: skip


def _at_work() -> tuple[JobSnapshot, ...]:
    return (
        job(17, JobState.RUNNING, "Lydia Bennet", want=JobWant.PAUSE, progress=58.0, started_at=NOW - 40,
            updated_at=NOW - 40, phase="Writing examples · 6 of 9"),
        job(18, JobState.RUNNING, "Mr. Wickham", want=JobWant.CANCEL, progress=12.0, started_at=NOW - 9,
            updated_at=NOW - 9, phase="Reading · chapter 3 of 61"),
        job(19, JobState.RUNNING, "Elizabeth Bennet", progress=62.0, started_at=NOW - 30, updated_at=NOW - 30,
            phase="Writing personality · 3 of 9", tokens_in=41_000, tokens_out=5_300, cost_nanos=312_000_000,
            batch_id=2),
    )  # fmt: skip


def _ended() -> tuple[JobSnapshot, ...]:
    done: dict[str, Any] = {
        "started_at": NOW - 600,
        "finished_at": NOW - 500,
        "progress": 100.0,
        "active_seconds": 96.0,
    }
    bill = {"tokens_in": 152_000, "tokens_out": 9_800, "cost_nanos": 1_204_000_000}
    card = {"card_id": 1, "character": "Mrs. Bennet", "fields": 9, "lorebook_entries": 12}
    return (
        job(20, JobState.SUCCEEDED, "Mrs. Bennet", needs_review=True, result=card, batch_id=2, **done,
            **bill),
        job(21, JobState.FAILED, "Lady Catherine", error="The model does not exist any more. Choose another.",
            error_code="model", attempts=3, possibly_billed=True, batch_id=2, **(done | {"progress": 18.0})),
    )  # fmt: skip


def _other_kinds() -> tuple[JobSnapshot, ...]:
    local = {"engine": "", "title": "", "lane": Lane.CPU}
    imported = {
        "card_ids": [4, 5, 6],
        "repaired": 1,
        "refused": [{"subject": "map.png", "reason": "No card."}],
    }
    files = [f"/home/jim/Cards/{number}.png" for number in range(1, 13)]
    done: dict[str, Any] = {
        "started_at": NOW - 300,
        "finished_at": NOW - 290,
        "progress": 100.0,
        "active_seconds": 8.4,
    }
    return (
        job(22, JobState.SUCCEEDED, kind="import", request={"paths": files}, result=imported, **local,
            **done),
        job(23, JobState.QUEUED, kind="export", request={"card_ids": [1, 2, 3], "folder": "/home/jim/Cards",
            "target": "png"}, **(local | {"lane": Lane.EXPORT})),
        job(24, JobState.RUNNING, kind="read", request={"paths": ["/home/jim/Books"]}, progress=25.0,
            phase="Reading emma.epub · 2 of 8", started_at=NOW - 3, updated_at=NOW - 3, **local),
    )  # fmt: skip


def busy_jobs() -> tuple[JobSnapshot, ...]:
    """Jobs 12 to 24, beside the eleven of `sample_jobs`."""
    return _waiting() + _at_work() + _ended() + _other_kinds()


def sample_details(shown: JobSnapshot) -> JobDetails:
    """Steps, attempts and log of a job as far as its snapshot tells."""
    attempts = tuple(
        JobAttempt(
            number=number,
            started_at=(shown.started_at or NOW) - 60 * (shown.attempts - number),
            ended_at=None if number == shown.attempts and shown.state is JobState.RUNNING else NOW - 20,
            outcome=None
            if number == shown.attempts and shown.state is JobState.RUNNING
            else shown.state.value,
            reason=shown.error or "",
            possibly_billed=shown.possibly_billed,
        )
        for number in range(1, shown.attempts + 1)
    )
    log = (
        JobLogLine(at=shown.created_at, kind="queued", text="Queued."),
        *(
            JobLogLine(at=item.started_at, kind="started", text=f"Attempt {item.number}.")
            for item in attempts
        ),
    )
    return JobDetails(steps=sample_steps(shown), attempts=attempts, log=log)


def sample_figures(since: float | None = None) -> QueueFigures:
    """An evening's figures."""
    draft = KindFigures(
        kind="draft", lane="network", succeeded=28, failed=2, cancelled=1, unfinished=9, attempts=35,
        retries=4, crashes=1, work=Timing(count=31, total=2_480.0, median=74.0, p95=141.0),
        wait=Timing(count=31, total=400.0, median=9.0, p95=48.0),
    )  # fmt: skip
    imports = KindFigures(kind="import", lane="cpu", succeeded=3, attempts=3,
                          work=Timing(count=3, total=21.0, median=7.0, p95=9.0))  # fmt: skip
    return QueueFigures(
        kinds=(draft, imports),
        steps={"description": Timing(count=30, total=600.0, median=19.0, p95=34.0)},
        states={"succeeded": 31, "failed": 2, "queued": 3},
        errors={"model": 1, "storage": 1},
        cards=42, sources=6, database_bytes=18_400_000, log_bytes=310_000, backups=2,
        last_backup_at=NOW - 7200, since=since, at=NOW,
    )  # fmt: skip


def sample_bundle() -> tuple[BundleFile, ...]:
    """What a diagnostics bundle holds."""
    text = "CardGen Desktop\nLinux, 8 GB\n"
    return (BundleFile(name="program.txt", bytes=len(text), text=text),)


def sample_backups() -> tuple[Backup, ...]:
    """Two backups, newest first."""
    return (
        Backup(path="/home/jim/CardGen/backups/2.db", at=NOW - 7200, bytes=18_200_000, jobs=36, cards=42),
        Backup(path="/home/jim/CardGen/backups/1.db", at=NOW - 93_600, bytes=17_100_000, jobs=20, cards=31),
    )
