"""A job as a report: everything that somebody who looks into it needs, and nothing that is secret."""

import csv
import io
import json
import os
import platform
import sqlite3
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal, get_args

from .. import __version__
from ..domain.errors import StorageError, UsageError
from ..domain.job import JobSnapshot
from ..domain.job_views import JobDetails, JobExport
from ..store.steps import StoredStep
from .redaction import safe_text, safe_value
from .yaml_text import to_yaml

ReportFormat = Literal["json", "yaml", "csv"]
FORMATS: tuple[ReportFormat, ...] = get_args(ReportFormat)
MOST_STEPS = 1_000
"""How many stored steps a report lists; of what is beyond it tells the number."""

_SUFFIXES: dict[str, ReportFormat] = {".json": "json", ".yaml": "yaml", ".yml": "yaml", ".csv": "csv"}
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def export_of(job: JobSnapshot, details: JobDetails, stored: tuple[StoredStep, ...]) -> JobExport:
    """A job with its steps, attempts and log. `stored` are its finished steps; their texts are not told."""
    return JobExport(
        program=program_versions(),
        job=safe_value({**job.model_dump(mode="json"), "status": job.status}),
        steps=tuple(_steps(details, stored)),
        attempts=details.attempts,
        log=details.log,
        partial=safe_text(details.partial),
    )


def program_versions() -> dict[str, str]:
    """What this program runs on."""
    return {
        "cardgen": __version__,
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "system": platform.platform(),
    }


def _steps(details: JobDetails, stored: tuple[StoredStep, ...]) -> Iterator[dict[str, Any]]:
    shown = {step.key for step in details.steps}
    kept = {step.key: step for step in stored}
    for view in details.steps:
        yield safe_value(view.model_dump(mode="json") | _facts(kept.get(view.key)))
    others = [step for step in stored if step.key not in shown]
    for step in others[:MOST_STEPS]:
        facts = {name: value for name, value in (step.output or {}).items() if name in _TOLD}
        told = {"key": step.key, "done": True, "seconds": step.seconds, **_facts(step), **facts}
        yield safe_value(told)
    if len(others) > MOST_STEPS:
        yield {"key": "more", "summary": f"{len(others) - MOST_STEPS:,} more steps"}


_TOLD = frozenset({"path", "refused", "card_id", "source_id", "same_as", "repaired", "sha256", "words"})


def _facts(step: StoredStep | None) -> dict[str, Any]:
    if step is None:
        return {}
    size = len(json.dumps(step.output)) if step.output is not None else 0
    return {"input_hash": step.input_hash, "finished_at": step.finished_at, "output_chars": size}


def job_report(export: JobExport, format: ReportFormat) -> str:  # noqa: A002  (the word of the command line)
    """The report as text; raises `UsageError` for another format."""
    value = export.model_dump(mode="json")
    if format == "json":
        return json.dumps(value, ensure_ascii=False, indent=2) + "\n"
    if format == "yaml":
        return to_yaml(value)
    if format == "csv":
        return _to_csv(value)
    raise UsageError(f'"{format}" is no format of a report. Use {", ".join(FORMATS)}.')


def _to_csv(value: Mapping[str, Any]) -> str:
    """One row for each fact: the part of the report, the number of the item in it, its field, its value."""
    text = io.StringIO(newline="")
    rows = csv.writer(text)
    rows.writerow(("part", "item", "field", "value"))
    for part in ("program", "job"):
        rows.writerows((part, "", name, _cell(item)) for name, item in value[part].items())
    for part in ("steps", "attempts", "log"):
        for number, item in enumerate(value[part], 1):
            rows.writerows((part, number, name, _cell(entry)) for name, entry in item.items())
    rows.writerow(("partial", "", "text", _cell(value["partial"])))
    return text.getvalue()


def _cell(value: Any) -> str:
    """A value as text that no spreadsheet takes for a formula."""
    if isinstance(value, str):
        return f"'{value}" if value.startswith(_FORMULA_STARTS) else value
    return "" if value is None else json.dumps(value, ensure_ascii=False)


def format_of(path: Path) -> ReportFormat:
    """The format that a file name asks for; raises `UsageError`."""
    if path.suffix.casefold() not in _SUFFIXES:
        raise UsageError(f'"{path.name}" does not say what to write. Use .json, .yaml or .csv.')
    return _SUFFIXES[path.suffix.casefold()]


def save_report(path: Path, text: str) -> None:
    """Write a report in one step, in place of what was there; it blocks. Raises `StorageError`."""
    from ..formats.writing.file_writing import write_file

    content = text.encode("utf-8", "replace")

    def prove(found: bytes) -> None:
        if found != content:
            raise StorageError(f'"{path.name}" did not read back as it was written. Check the disk.')

    write_file(Path(os.path.abspath(path)), content, overwrite=True, check=prove)  # noqa: PTH100
