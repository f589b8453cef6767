"""Actions on jobs, the queue, batches, figures and diagnostics from the command line."""

import csv
import io
import json
import zipfile
from pathlib import Path

import pytest
import yaml

from tests.cli.conftest import Cardgen, Ran


@pytest.fixture
def drafted(cardgen: Cardgen, book: Path, tmp_path: Path) -> Cardgen:
    """A data folder with one finished draft, job 1 of card 1."""
    assert cardgen("draft", book, "--out", tmp_path / "a.json").code == 0
    return cardgen


def states(cardgen: Cardgen, *filters: object) -> list[str]:
    return [job["state"] for job in cardgen("jobs", "list", *filters, "--json").json("jobs")["jobs"]]


def moved(ran: Ran) -> tuple[int, int, list[str]]:
    assert ran.code == 0, ran.err
    value = ran.json("jobs-moved")
    return value["count"], value["skipped"], [job["state"] for job in value["jobs"]]


def test_every_action_and_its_undo(drafted: Cardgen) -> None:
    assert drafted("jobs", "retry", 1, "--json").json("job")["state"] == "queued"
    assert moved(drafted("jobs", "pause", 1, "--json")) == (1, 0, ["paused"])
    assert moved(drafted("jobs", "resume", 1, "--json")) == (1, 0, ["queued"])
    assert moved(drafted("jobs", "priority", 1, "high", "--json")) == (1, 0, ["queued"])
    assert drafted("jobs", "show", 1, "--json").json("job")["priority"] == 1
    assert moved(drafted("jobs", "move", 1, "bottom", "--json")) == (1, 0, ["queued"])
    assert moved(drafted("jobs", "run-now", 1, "--json")) == (1, 0, ["queued"])
    assert drafted("jobs", "show", 1, "--json").json("job")["lane"] == "interactive"
    assert drafted("jobs", "cancel", 1, "--json").json("job")["state"] == "cancelled"
    assert moved(drafted("jobs", "remove", 1, "--json")) == (1, 0, ["cancelled"])
    assert states(drafted) == []
    assert drafted("jobs", "undo").out.startswith("Taken back: Remove 1")
    assert states(drafted) == ["cancelled"]
    assert drafted("jobs", "redo").out.startswith("Done again: Remove 1")
    assert states(drafted) == []


def test_an_action_that_fits_nothing_says_why(drafted: Cardgen) -> None:
    for arguments, words in (
        (("pause", 1), "can be paused"),
        (("resume", 1), "nothing to resume"),
        (("run-now", 1), "nothing to put first"),
        (("move", 1, "top"), "nothing to move"),
        (("priority", 1, "low"), "unfinished"),
        (("cancel", 1, 99), "no job 99"),
        (("undo",), "nothing to undo"),
    ):
        ran = drafted("jobs", *arguments)
        assert ran.code == 2 and words in ran.complaints[0], ran
    drafted("jobs", "retry", 1)
    assert "Job 1 has not finished" in drafted("jobs", "retry", 1).complaints[0]
    assert "Job 1 has not finished" in drafted("jobs", "remove", 1).complaints[0]


def test_an_action_says_what_became_of_the_jobs(drafted: Cardgen) -> None:
    assert drafted("jobs", "cancel", 1).out.startswith("There was nothing to cancel.\nJob 1: completed")
    drafted("jobs", "retry", 1)
    assert drafted("jobs", "pause", 1).out == "1 job paused.\n"
    assert drafted("jobs", "resume", 1).out == "1 job resumed.\n"
    assert drafted("jobs", "priority", 1, "low").out == "1 job given the new priority.\n"
    drafted("jobs", "cancel", 1)
    assert drafted("jobs", "remove", 1).out == "1 job removed.\n"


def test_a_copy_with_changes(drafted: Cardgen) -> None:
    copy = drafted("jobs", "retry", 1, "--set", "character=Bill", "--json").json("job")
    assert (copy["id"], copy["state"], copy["request"]["character"]) == (2, "queued", "Bill")
    assert copy["input_data"] == copy["request"]
    assert drafted("jobs", "retry", 1, "--set", "colour=red").code == 2
    assert drafted("jobs", "retry", 1, "--set", "colour").code == 2


def test_lists_filter_and_sort(drafted: Cardgen, tmp_path: Path) -> None:
    drafted("jobs", "retry", 1, "--set", "character=Nobody At All")
    drafted("jobs", "run")
    assert states(drafted, "--state", "failed", "--state", "queued") == ["failed"]
    assert states(drafted, "--needs-you") == ["failed"]
    assert states(drafted, "--kind", "draft", "--lane", "cpu", "--sort", "state", "--reverse") == [
        "failed", "succeeded",
    ]  # fmt: skip
    assert states(drafted, "--lane", "export") == []
    assert states(drafted, "--until", "2020-01-01") == []
    assert states(drafted, "--batch", 7) == []
    assert drafted("jobs", "batches", "--json").json("job-batches") == []


def test_show_has_the_public_shape(drafted: Cardgen) -> None:
    shown = drafted("jobs", "show", 1, "--json").json("job")
    public = {
        "id", "status", "progress", "progress_message", "error", "error_details", "created_at", "updated_at",
        "completed_at", "job_type", "input_data", "result", "request_id", "metadata",
    }  # fmt: skip
    assert public <= shown.keys()
    (attempt,) = shown["attempt_history"]
    assert (attempt["number"], attempt["outcome"]) == (1, "succeeded")
    kinds = [line["kind"] for line in shown["log"]]
    assert kinds[:3] == ["created", "started", "read"] and kinds[-1] == "succeeded"
    assert shown["log"][2]["text"].startswith("Took up 1 source, ")
    assert [line["kind"] for line in drafted("jobs", "log", 1, "--json").json("job-log")] == kinds
    assert "Finished." in drafted("jobs", "log", 1).out


def test_reports_in_three_formats(drafted: Cardgen, tmp_path: Path) -> None:
    printed = json.loads(drafted("jobs", "export", 1).out)
    assert printed["job"]["id"] == 1 and printed["steps"] and printed["log"]
    written = tmp_path / "report.yaml"
    assert drafted("jobs", "export", 1, "--out", written).code == 0
    assert yaml.safe_load(written.read_text("utf-8"))["job"]["request"] == printed["job"]["request"]
    rows = list(csv.reader(io.StringIO(drafted("jobs", "export", 1, "--format", "csv").out)))
    assert ["job", "", "status", "completed"] in rows
    assert drafted("jobs", "export", 1, "--out", tmp_path / "report.doc").code == 2
    assert drafted("jobs", "export", 9).code == 2


def test_the_queue_pauses_and_lanes_have_limits(drafted: Cardgen) -> None:
    assert drafted("queue", "pause", "--json").json("queue")["paused"] is True
    assert "The queue is paused." in drafted("queue").out
    assert drafted("queue", "resume", "--json").json("queue")["paused"] is False
    status = drafted("queue", "--lane", "cpu", "--limit", 3, "--json").json("queue")
    assert next(lane["limit"] for lane in status["lanes"] if lane["lane"] == "cpu") == 3
    status = drafted("queue", "pause", "--lane", "export", "--json").json("queue")
    assert [lane["lane"] for lane in status["lanes"] if lane["paused"]] == ["export"]
    assert drafted("queue", "--limit", 3).code == 2
    assert drafted("queue", "try", "--json").json("queue")["gates"] == []


def test_cards_go_out_and_come_in_again(drafted: Cardgen, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    exported = drafted("export", "--all", "--to", "json-v3", "--folder", folder, "--json").json("export")
    (file,) = exported["files"]
    assert Path(file).parent == folder and json.loads(Path(file).read_text("utf-8"))["data"]["name"]
    (folder / "broken.json").write_text("{")
    ran = drafted("import", folder, tmp_path / "gone", "--json")
    imported = ran.json("import")
    assert (ran.code, imported["cards"], len(imported["refused"])) == (3, [2], 1)
    assert len(ran.complaints) == 2 and "gone" in ran.complaints[0] and "broken.json" in ran.complaints[1]
    assert drafted("jobs", "list", "--kind", "import", "--json").json("jobs")["total"] == 1
    shown = drafted("jobs", "show", imported["job"], "--json").json("job")
    assert shown["result"]["card_ids"] == [2]
    assert [step["summary"] for step in shown["steps"]] == ["", "2 files, 1 could not be used"]
    assert drafted("export", 1, 2, "--folder", folder).code == 0
    assert drafted("export", "--folder", folder).code == 2
    assert drafted("export", 99, "--folder", folder).code == 3
    assert drafted("import", tmp_path / "gone").code == 3


def test_figures_of_the_queue(drafted: Cardgen) -> None:
    figures = drafted("stats", "--json").json("stats")
    (drafts,) = figures["kinds"]
    assert (drafts["kind"], drafts["lane"], drafts["succeeded"], drafts["attempts"]) == ("draft", "cpu", 1, 1)
    assert drafts["work"]["count"] == 1 and figures["cards"] == figures["sources"] == 1
    assert figures["steps"] and figures["database_bytes"] > 0
    assert drafted("stats", "--since", "2999-01-01", "--json").json("stats")["kinds"] == []
    assert "draft" in drafted("stats").out


def test_diagnostics_are_shown_and_written(
    drafted: Cardgen, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOME_API_KEY", "canary-value-7391")
    shown = drafted("diagnostics", "--json").json("diagnostics")
    assert shown["path"] is None
    assert {"versions.json", "settings.json", "figures.json", "jobs.json", "database.txt"} <= {
        file["name"] for file in shown["files"]
    }
    path = tmp_path / "bundle.zip"
    assert "searched for secrets" in drafted("diagnostics", "--out", path).out
    with zipfile.ZipFile(path) as archive:
        texts = [archive.read(name).decode() for name in archive.namelist()]
    assert not any("canary-value-7391" in text or str(Path.home()) + "/" in text for text in texts)
