"""`draft` and `jobs`: the same service and database as the window, from the command line."""

import contextlib
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cardgen_desktop.cli.jobs import parse_time
from cardgen_desktop.sources.registry import read_source
from tests.cli.conftest import Cardgen

ROOT = Path(__file__).resolve().parents[2]


def folded(text: str, name: str) -> str:
    return " ".join(text.replace("{{char}}", name).split())


def test_draft_writes_every_output_and_its_evidence(cardgen: Cardgen, book: Path, tmp_path: Path) -> None:
    outs = [tmp_path / name for name in ("card.png", "card.json", "card.v2.json")]
    proof = tmp_path / "evidence.json"
    arguments = [value for out in outs for value in ("--out", out)]
    ran = cardgen("draft", book, "--character", "BILL", *arguments, "--evidence", proof, "--json")
    assert (ran.code, ran.err) == (0, "")
    report = ran.json("draft")
    assert "Bill" in report["character"]
    assert report["outputs"] == [str(out) for out in outs]
    data = json.loads(outs[1].read_text("utf-8"))["data"]
    assert data["name"] == report["character"]
    assert json.loads(outs[2].read_text("utf-8"))["spec"] == "chara_card_v2"
    assert outs[0].read_bytes().startswith(b"\x89PNG")
    check_evidence(json.loads(proof.read_text("utf-8")), data, book)


def check_evidence(evidence: dict[str, object], data: dict[str, object], book: Path) -> None:
    """The pieces of a field make the field, and verbatim ones stand in the text."""
    text, name = read_source(book).text, str(data["name"])
    assert [Path(source["path"]) for source in evidence["sources"]] == [book]  # type: ignore[attr-defined]
    fields = evidence["fields"]
    assert isinstance(fields, dict)
    verbatim = 0
    for field in ("description", "personality", "scenario", "first_mes", "mes_example"):
        assert "".join(piece["text"] for piece in fields[field]) == data[field]
        for piece in fields[field]:
            if piece["kind"] == "verbatim":
                verbatim += 1
                assert folded(text[piece["start"] : piece["end"]], name) == folded(piece["text"], name)
    assert verbatim > 3


def test_unknown_and_unreadable_leave_no_card(cardgen: Cardgen, book: Path, tmp_path: Path) -> None:
    out = tmp_path / "card.png"
    ran = cardgen("draft", book, "--character", "Nobody At All", "--out", out)
    assert ran.code == 2
    assert "Livesey" in ran.complaints[0]
    ran = cardgen("draft", tmp_path / "missing.txt", "--out", out)
    assert (ran.code, '"missing.txt" was not found' in ran.complaints[0]) == (3, True)
    assert not out.exists()


def test_no_output_replaces_an_input_or_another_output(cardgen: Cardgen, book: Path, tmp_path: Path) -> None:
    story, face, link = tmp_path / "story.json", tmp_path / "face.png", tmp_path / "link.txt"
    story.write_bytes(book.read_bytes())
    face.write_bytes(b"picture")
    os.link(story, link)
    out = tmp_path / "card.json"
    for arguments in (
        [story, "--out", story],
        [story, "--out", out, "--evidence", link],
        [story, "--avatar", face, "--out", tmp_path / "." / "face.png"],
        [story, "--out", out, "--evidence", tmp_path / ".." / tmp_path.name / "card.json"],
    ):
        ran = cardgen("draft", *arguments)
        assert (ran.code, len(ran.complaints)) == (2, 1)
    assert (story.read_bytes(), face.read_bytes()) == (book.read_bytes(), b"picture")
    assert not out.exists()


def test_a_failed_job_is_named_once(cardgen: Cardgen, book: Path, tmp_path: Path) -> None:
    assert cardgen("draft", book, "--out", tmp_path / "card.json").code == 0
    with contextlib.closing(sqlite3.connect(tmp_path / "home" / "cardgen.db")) as database, database:
        database.execute("UPDATE job SET kind = 'paint', state = 'queued', finished_at = NULL")
    ran = cardgen("jobs", "run")
    assert (ran.code, ran.complaints[0].count("Job 1")) == (5, 1)


def test_a_set_goes_on_without_the_file_that_cannot_be_read(
    cardgen: Cardgen, book: Path, tmp_path: Path
) -> None:
    card = tmp_path / "first.png"
    assert cardgen("draft", book, "--out", card).code == 0
    out = tmp_path / "second.json"
    ran = cardgen("draft", tmp_path / "missing.txt", book, "--out", out)
    assert (ran.code, len(ran.complaints)) == (3, 1)
    assert '"missing.txt" was not found' in ran.complaints[0]
    assert out.exists()


def test_a_finished_card_can_be_drafted_from(cardgen: Cardgen, book: Path, tmp_path: Path) -> None:
    card, again = tmp_path / "first.png", tmp_path / "again.json"
    assert cardgen("draft", book, "--out", card).code == 0
    assert cardgen("draft", card, "--out", again).code == 0
    first, second = (
        found["card"]["data"] for found in cardgen("inspect", card, again, "--json").json("inspect")
    )
    assert (second["name"], second["first_mes"]) == (first["name"], first["first_mes"])


def test_jobs_are_listed_filtered_and_shown(cardgen: Cardgen, book: Path, tmp_path: Path) -> None:
    assert cardgen("draft", book, "--out", tmp_path / "a.json").code == 0
    assert cardgen("draft", book, "--character", "Nobody At All", "--out", tmp_path / "b.json").code == 2
    listed = cardgen("jobs", "list", "--json").json("jobs")
    assert (listed["total"], listed["limit"], listed["offset"]) == (2, 100, 0)
    failed, done = listed["jobs"]
    assert (failed["id"], failed["status"], failed["state"], failed["error_code"]) == (
        2,
        "failed",
        "failed",
        "usage",
    )
    assert (done["status"], done["state"], done["job_type"], done["progress"]) == (
        "completed",
        "succeeded",
        "draft",
        100,
    )
    assert datetime.now(UTC) - datetime.fromisoformat(done["completed_at"]) < timedelta(minutes=1)

    def found(*filters: object) -> tuple[list[int], int]:
        page = cardgen("jobs", "list", *filters, "--json").json("jobs")
        return [job["id"] for job in page["jobs"]], page["total"]

    assert found("--status", "completed") == ([1], 1)
    assert found("--status", "succeeded") == ([1], 1)
    assert found("--text", "nobody at") == ([2], 1)
    assert found("--type", "other") == ([], 0)
    assert found("--since", "2h") == ([2, 1], 2)
    assert found("--since", "2999-01-01") == ([], 0)
    assert found("--limit", 1, "--offset", 1) == ([1], 2)
    shown = cardgen("jobs", "show", 1, "--json").json("job")
    assert shown["result"]["outputs"] == [str(tmp_path / "a.json")]
    assert all(step["done"] for step in shown["steps"])
    assert "Job 1: completed, 100%" in cardgen("jobs", "show", 1).out
    assert cardgen("jobs", "list").out.splitlines()[2].split()[:3] == ["1", "completed", "100%"]


def test_retry_queues_run_works_and_cancel_stops(cardgen: Cardgen, book: Path, tmp_path: Path) -> None:
    out = tmp_path / "a.json"
    assert cardgen("draft", book, "--out", out).code == 0
    out.unlink()
    assert cardgen("jobs", "retry", 1, "--json").json("job")["status"] == "pending"
    assert not out.exists()
    (ran,) = cardgen("jobs", "run", "--json").json("jobs-run")
    assert (ran["id"], ran["status"]) == (1, "completed")
    assert out.exists()
    assert cardgen("jobs", "run").out == "No job is queued.\n"
    assert cardgen("jobs", "retry", 1).code == 0
    assert cardgen("jobs", "cancel", 1, "--json").json("job")["status"] == "cancelled"
    assert cardgen("jobs", "run", "--json").json("jobs-run") == []


def test_run_gives_the_code_of_the_failure(cardgen: Cardgen, book: Path, tmp_path: Path) -> None:
    cardgen("draft", book, "--character", "Nobody At All", "--out", tmp_path / "b.json")
    cardgen("jobs", "retry", 1)
    ran = cardgen("jobs", "run", 1)
    assert (ran.code, ran.complaints[0].startswith("cardgen: Job 1: ")) == (2, True)
    assert "Job 1: failed" in ran.out


def running_job(database: Path) -> bool:
    """Whether some process is working on a job of this database."""
    with (
        contextlib.suppress(sqlite3.Error),
        contextlib.closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=1)) as connection,
    ):
        return bool(connection.execute("SELECT count(*) FROM job WHERE state = 'running'").fetchone()[0])
    return False


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals for other processes")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_draft_is_put_back(
    cardgen: Cardgen, book: Path, tmp_path: Path, number: signal.Signals
) -> None:
    long = tmp_path / "long.txt"
    long.write_bytes(book.read_bytes() * 150)
    home = tmp_path / "home"
    command = [
        sys.executable,
        "-m",
        "cardgen_desktop.cli",
        "--home",
        home,
        "draft",
        long,
        "--out",
        tmp_path / "x.png",
    ]
    process = subprocess.Popen(
        [str(part) for part in command], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    deadline = time.monotonic() + 60
    while not running_job(home / "cardgen.db") and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.05)
    busy = cardgen("jobs", "list")
    # The folder is in use: its owner answers.
    assert (busy.code, "processing" in busy.out) == (0, True), busy.err
    process.send_signal(number)
    out, err = process.communicate(timeout=90)
    assert (process.returncode, out) == (130, b"")
    assert err.startswith(b"cardgen: Interrupted.")
    assert [job["state"] for job in cardgen("jobs", "list", "--json").json("jobs")["jobs"]] == ["queued"]
    assert cardgen("jobs", "cancel", 1, "--json").json("job")["status"] == "cancelled"


def test_times() -> None:
    now = time.time()
    assert abs(parse_time("90m") - (now - 5_400)) < 5
    assert parse_time("1700000000.5") == 1_700_000_000.5
    assert parse_time("2026-01-02T03:04:05Z") == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC).timestamp()
    assert parse_time("2026-01-02") == datetime(2026, 1, 2).timestamp()


def test_the_same_request_id_starts_nothing_twice(cardgen: Cardgen, book: Path, tmp_path: Path) -> None:
    out = tmp_path / "card.json"
    command = ("draft", book, "--out", out, "--request-id", "script 7", "--json")
    first, again = cardgen(*command).json("draft"), cardgen(*command).json("draft")
    assert first["job"] == again["job"]
    assert cardgen("jobs", "list", "--json").json("jobs")["total"] == 1
    assert cardgen("draft", book, "--out", out, "--request-id", "").code == 2
