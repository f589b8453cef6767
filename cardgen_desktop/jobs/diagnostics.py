"""The diagnostics bundle: files that say how the program is doing, shown before they are written.

What is previewed is exactly what is written. Texts of sources, cards and jobs are never in it. Before the zip
file takes its place it is opened again and every member is searched for secrets (`secrets_scan`).
"""

import io
import json
import os
import shutil
import sys
import zipfile
from collections.abc import Iterator, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

from .. import paths
from ..domain.errors import StorageError
from ..domain.job import JobQuery, JobSnapshot
from ..domain.queue import BundleFile, QueueFigures
from ..store import job_lists
from ..store.engine import Database
from .child import in_thread
from .job_export import program_versions
from .redaction import safe_value
from .secrets_scan import known_secrets, refuse_secrets, without_secrets

JOBS_TOLD = 200
LOG_BYTES = 1024 * 1024
"""How much of the end of each log file is told."""

LOGS_TOLD = 6
REPORTS_TOLD = 50

_PACKAGES = (
    "PySide6-Essentials", "shiboken6", "qasync", "SQLAlchemy", "aiosqlite", "alembic", "httpx", "pydantic",
    "platformdirs", "Pillow", "pypdfium2", "lxml", "selectolax", "charset-normalizer",
)  # fmt: skip
_JOB_FIELDS = frozenset(
    {
        "id", "kind", "state", "want", "lane", "priority", "hold_reason", "run_at", "delay", "progress",
        "engine", "attempts", "crashes", "needs_review", "possibly_billed", "error_code", "batch_id",
        "tokens_in",
        "tokens_out", "cost_nanos", "created_at", "queued_at", "updated_at", "started_at", "finished_at",
        "active_seconds", "version",
    }
)  # fmt: skip
_FOLDERS = frozenset({"last_folder", "last_export_folder"})


async def bundle_of(
    database: Database, home: Path, figures: QueueFigures, *, verdict: str
) -> tuple[BundleFile, ...]:
    """The files of a bundle. `verdict` is what a check of the database said."""
    async with database.read() as connection:
        page = await job_lists.page(connection, JobQuery(limit=JOBS_TOLD))
    parts = [
        ("versions.json", _json(await in_thread(_versions))),
        ("settings.json", _json(await in_thread(_settings, home))),
        ("figures.json", _json(figures.model_dump(mode="json"))),
        ("jobs.json", _json([_job(job) for job in page.jobs])),
        ("database.txt", await in_thread(_database, database.path, verdict)),
        *await in_thread(_logs, paths.logs(home)),
    ]
    return await in_thread(_files, parts)


def _files(parts: Sequence[tuple[str, str]]) -> tuple[BundleFile, ...]:
    secrets = known_secrets()
    texts = [(name, without_secrets(text, secrets)) for name, text in parts]
    return tuple(BundleFile(name=name, bytes=len(text.encode()), text=text) for name, text in texts)


def _json(value: Any) -> str:
    return json.dumps(safe_value(value), ensure_ascii=False, indent=1) + "\n"


def _versions() -> dict[str, Any]:
    """Program, libraries and system; nothing that names the person or the computer."""
    return {
        **program_versions(),
        "packages": {name: version for name in _PACKAGES if (version := _version(name))},
        "platform": sys.platform,
        "bits": 64 if sys.maxsize > 2**32 else 32,
        "cores": os.cpu_count(),
        "encoding": sys.getfilesystemencoding(),
        "bundled": bool(getattr(sys, "frozen", False)),
    }


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return ""


def _settings(home: Path) -> dict[str, Any]:
    """The settings in force; of folders only that one is remembered."""
    from ..settings import SettingsFile

    values = SettingsFile(paths.settings(home)).value.model_dump(mode="json")
    return {name: bool(value) if name in _FOLDERS else value for name, value in values.items()}


def _job(job: JobSnapshot) -> dict[str, Any]:
    """A job without its texts: no title, name, request, result or sentence."""
    return job.model_dump(mode="json", include=set(_JOB_FIELDS))


def _database(path: Path, verdict: str) -> str:
    lines = [f"check: {verdict}"]
    for file in (path, path.with_name(f"{path.name}-wal")):
        size = file.stat().st_size if file.exists() else 0
        lines.append(f"{file.name}: {size:,} bytes")
    try:
        lines.append(f"free on its disk: {shutil.disk_usage(path.parent).free:,} bytes")
    except OSError as error:
        lines.append(f"free on its disk: unknown ({error.strerror})")
    return "\n".join(lines) + "\n"


def _logs(folder: Path) -> list[tuple[str, str]]:
    """The ends of the log files, the newest first, and the crash reports found in them."""
    files = sorted((file for file in folder.glob("*.log*") if file.is_file()), key=_age)[:LOGS_TOLD]
    told = [(f"logs/{file.name}", _end_of(file)) for file in files]
    reports = [report for _, text in told for report in _reports(text)][:REPORTS_TOLD]
    crashes = "\n\n".join(reports) if reports else "No crash was recorded."
    return [("crashes.txt", crashes + "\n"), *told]


def _age(file: Path) -> float:
    try:
        return -file.stat().st_mtime
    except OSError:
        return 0.0


def _end_of(file: Path) -> str:
    """The end of a log, from the beginning of a line."""
    try:
        with file.open("rb") as stream:
            size = stream.seek(0, os.SEEK_END)
            stream.seek(max(0, size - LOG_BYTES))
            data = stream.read(LOG_BYTES)
    except OSError as error:
        return f"This log could not be read: {error.strerror}.\n"
    if size > LOG_BYTES:
        data = data.partition(b"\n")[2]
    return data.decode("utf-8", "replace")


def _reports(text: str) -> Iterator[str]:
    for line in text.splitlines():
        if '"report"' not in line:
            continue
        try:
            report = json.loads(line).get("report")
        except (ValueError, AttributeError):
            continue
        if isinstance(report, str):
            yield report


def write_bundle(path: Path, files: Sequence[BundleFile]) -> Path:
    """Write the bundle as a zip file in one step; it blocks. Returns the whole path.

    Raises `InternalError` when a secret is found in it and `StorageError` when it cannot be written; in both
    cases nothing is left behind.
    """
    from ..formats.writing.file_writing import write_file

    path = Path(os.path.abspath(path))  # noqa: PTH100  (nothing on the way is looked at)
    secrets = known_secrets()
    write_file(path, _zipped(files), overwrite=True, check=lambda found: _prove(found, files, secrets, path))
    return path


def _zipped(files: Sequence[BundleFile]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in files:
            archive.writestr(file.name, file.text.encode())
    return stream.getvalue()


def _prove(found: bytes, files: Sequence[BundleFile], secrets: Sequence[str], path: Path) -> None:
    """What was written holds what was previewed and no secret."""
    try:
        with zipfile.ZipFile(io.BytesIO(found)) as archive:
            written = {name: archive.read(name).decode() for name in archive.namelist()}
    except (zipfile.BadZipFile, ValueError) as error:
        raise StorageError(
            f'"{path.name}" did not read back as it was written. Check the disk.', details=str(error)
        ) from error
    if written != {file.name: file.text for file in files}:
        raise StorageError(f'"{path.name}" did not read back as it was written. Check the disk.')
    for name, text in written.items():
        refuse_secrets(name, text, secrets)
