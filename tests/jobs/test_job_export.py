"""A report of a job holds everything that helps, in three formats, and no secret."""

import csv
import io
import json
from pathlib import Path

import pytest
import yaml

from cardgen_desktop.domain.errors import UsageError
from cardgen_desktop.domain.job import JobSnapshot, JobState
from cardgen_desktop.domain.job_views import JobAttempt, JobDetails, JobExport, JobLogLine, JobStepView
from cardgen_desktop.jobs import job_export
from cardgen_desktop.jobs.job_export import export_of, format_of, job_report, save_report
from cardgen_desktop.store.steps import StoredStep

KEY = "sk-or-v1-" + "a1b2c3d4" * 6


def exported(stored: tuple[StoredStep, ...] = ()) -> JobExport:
    job = JobSnapshot(
        id=7, kind="draft", state=JobState.FAILED, character="=Ada", error="It failed.",
        error_details=f"Traceback\n  Bearer {KEY}\n", request={"source_ids": [1], "api_key": KEY},
    )  # fmt: skip
    details = JobDetails(
        steps=(JobStepView(key="name", phase="Writing the name", done=True, seconds=1.5),),
        attempts=(JobAttempt(number=1, started_at=10.0, ended_at=12.0, outcome="failed"),),
        log=(JobLogLine(at=10.0, kind="started", text="Started."),),
        partial=f"She said {KEY}",
    )
    return export_of(job, details, stored)


def test_the_report_is_whole_and_free_of_secrets() -> None:
    step = StoredStep(key="name", input_hash="abc", output={"values": {"name": "Ada"}}, seconds=1.5)
    other = StoredStep(key="file:1", input_hash="", output={"refused": "No.", "mark": "x"}, seconds=0.1)
    report = exported((step, other))
    assert report.job["status"] == "failed" and report.job["request"]["source_ids"] == [1]
    assert report.steps[0]["input_hash"] == "abc" and report.steps[0]["phase"] == "Writing the name"
    assert report.steps[1]["refused"] == "No." and "mark" not in report.steps[1]
    assert {"cardgen", "python", "sqlite", "system"} <= report.program.keys()
    assert "She said" in report.partial
    for name in job_export.FORMATS:
        assert "a1b2c3d4" not in job_report(report, name)


def test_json_and_yaml_tell_the_same_and_csv_as_much() -> None:
    report = exported()
    read = json.loads(job_report(report, "json"))
    assert yaml.safe_load(job_report(report, "yaml")) == read == report.model_dump(mode="json")
    rows = list(csv.reader(io.StringIO(job_report(report, "csv"))))
    assert rows[0] == ["part", "item", "field", "value"]
    assert ["job", "", "id", "7"] in rows
    assert ["log", "1", "text", "Started."] in rows
    assert ["attempts", "1", "outcome", "failed"] in rows
    assert len(rows) > len(read["job"])


def test_a_spreadsheet_takes_no_cell_for_a_formula() -> None:
    assert ["job", "", "character", "'=Ada"] in list(csv.reader(io.StringIO(job_report(exported(), "csv"))))


def test_a_long_list_of_steps_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job_export, "MOST_STEPS", 2)
    stored = tuple(StoredStep(key=f"file:{n}", input_hash="", output={}, seconds=0.0) for n in range(5))
    assert exported(stored).steps[-1] == {"key": "more", "summary": "3 more steps"}


def test_the_suffix_says_the_format() -> None:
    found = [format_of(Path(name)) for name in ("a.json", "a.YAML", "a.yml", "a.csv")]
    assert found == ["json", "yaml", "yaml", "csv"]
    with pytest.raises(UsageError, match=r"\.json, \.yaml or \.csv"):
        format_of(Path("a.txt"))


def test_a_report_takes_the_place_of_an_older_one(tmp_path: Path) -> None:
    path = tmp_path / "report.csv"
    path.write_text("old")
    save_report(path, "new ü")
    assert path.read_text("utf-8") == "new ü"
    assert list(tmp_path.iterdir()) == [path]
