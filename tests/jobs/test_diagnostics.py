"""The bundle: previewed as it is written, useful, and proven to hold no secret and no text of the person."""

import base64
import json
import zipfile
from pathlib import Path

import pytest

from cardgen_desktop import paths
from cardgen_desktop.domain.errors import InternalError, StorageError
from cardgen_desktop.domain.queue import BundleFile, QueueFigures
from cardgen_desktop.jobs.diagnostics import bundle_of, write_bundle
from cardgen_desktop.jobs.secrets_scan import known_secrets, refuse_secrets, without_secrets
from cardgen_desktop.store.engine import Database, open_database
from cardgen_desktop.store.tables import job
from tests.support.databases import place_empty_database

LOOKS_LIKE_ONE = "sk-or-v1-" + "d15c0bab" * 6
ONLY_KNOWN = "correct horse/battery+staple"
PRIVATE = "The secret life of Ada"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder with a canary wherever somebody could have left one."""
    monkeypatch.setenv("OTHER_API_KEY", ONLY_KNOWN)
    monkeypatch.setenv("SHORT_TOKEN", "true")
    home = tmp_path / "home"
    logs = paths.logs(home)
    logs.mkdir(parents=True)
    report = {"level": "CRITICAL", "report": f"CardGen 1.0\nKeyError at {ONLY_KNOWN}"}
    lines = [f"key {LOOKS_LIKE_ONE}", f"said {ONLY_KNOWN}", json.dumps(report), "Cookie: a=b; c=d"]
    (logs / "cardgen.log").write_text("\n".join(lines))
    (logs / "fault.log").write_text(f"Fatal: {base64.b64encode(ONLY_KNOWN.encode()).decode()}")
    paths.settings(home).write_text(f'theme = "dark"\nlast_folder = "/books/{ONLY_KNOWN}"\n')
    place_empty_database(paths.database(home))
    return home


async def fill(database: Database) -> None:
    fields = {
        "kind": "draft", "lane": "cpu", "state": "failed", "created_at": 1.0, "queued_at": 1.0,
        "updated_at": 1.0, "finished_at": 2.0, "error_code": "provider", "title": PRIVATE,
        "character": PRIVATE,
        "error": f"{PRIVATE} {LOOKS_LIKE_ONE}", "request": json.dumps({"key": LOOKS_LIKE_ONE}),
        "error_details": ONLY_KNOWN,
    }  # fmt: skip
    async with database.write() as connection:
        await connection.execute(job.insert().values(fields))


async def bundle(home: Path) -> tuple[BundleFile, ...]:
    database = await open_database(paths.database(home))
    try:
        await fill(database)
        return await bundle_of(database, home, QueueFigures(cards=3), verdict="ok")
    finally:
        await database.aclose()


async def test_no_canary_is_in_the_bundle_and_what_helps_is(home: Path, tmp_path: Path) -> None:
    files = {file.name: file.text for file in await bundle(home)}
    whole = "\n".join(files.values())
    for canary in (LOOKS_LIKE_ONE, ONLY_KNOWN, PRIVATE, base64.b64encode(ONLY_KNOWN.encode()).decode()[:20]):
        assert canary not in whole
    versions = json.loads(files["versions.json"])
    assert {"cardgen", "python", "sqlite", "system"} <= versions.keys()
    assert versions["packages"]["PySide6-Essentials"]
    assert json.loads(files["settings.json"])["theme"] == "dark"
    assert json.loads(files["settings.json"])["last_folder"] is True
    assert json.loads(files["figures.json"])["cards"] == 3
    (row,) = json.loads(files["jobs.json"])
    assert (row["state"], row["error_code"]) == ("failed", "provider")
    assert not {"title", "character", "error", "request", "error_details"} & row.keys()
    assert files["database.txt"].startswith("check: ok")
    assert "KeyError at [hidden]" in files["crashes.txt"]
    assert "said [hidden]" in files["logs/cardgen.log"]


async def test_what_is_written_is_what_was_previewed(home: Path, tmp_path: Path) -> None:
    files = await bundle(home)
    path = write_bundle(tmp_path / "bundle.zip", files)
    with zipfile.ZipFile(path) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == {
            file.name: file.text.encode() for file in files
        }
    assert all(file.bytes == len(file.text.encode()) for file in files)


@pytest.mark.parametrize("canary", [LOOKS_LIKE_ONE, ONLY_KNOWN, "correct%20horse%2Fbattery%2Bstaple"])
def test_a_bundle_that_holds_a_secret_is_not_written(home: Path, tmp_path: Path, canary: str) -> None:
    text = f"slipped in: {canary}"
    with pytest.raises(InternalError, match="nothing was written"):
        write_bundle(tmp_path / "bundle.zip", [BundleFile(name="a.txt", bytes=len(text), text=text)])
    assert not list(tmp_path.glob("*bundle*")) and not list(tmp_path.glob(".*"))


def test_a_folder_that_is_not_there_costs_nothing(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="does not exist"):
        write_bundle(tmp_path / "no" / "bundle.zip", [BundleFile(name="a.txt", bytes=1, text="a")])


def test_known_secrets_are_those_of_telling_names_and_some_length() -> None:
    variables = {
        "A_KEY": "x" * 8,
        "MY_PASSWORD": "y" * 9,
        "SHORT_SECRET": "1",
        "PATH": "z" * 30,
        "X": "w" * 20,
    }
    assert known_secrets(variables) == ("x" * 8, "y" * 9)


def test_what_was_made_safe_passes_the_scan() -> None:
    text = without_secrets(f"a {ONLY_KNOWN} {LOOKS_LIKE_ONE} https://u:p@h/x?y=1 token=abcdef", [ONLY_KNOWN])
    refuse_secrets("a.txt", text, [ONLY_KNOWN])
