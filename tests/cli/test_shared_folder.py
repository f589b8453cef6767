"""Commands on a data folder that another program has open: its owner works, they show and wait."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from .conftest import Cardgen

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX"),
    pytest.mark.usefixtures("run_parent"),
]
ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def running(*words: object, folder: Path = ROOT) -> Iterator["subprocess.Popen[str]"]:
    """Another program, killed at the end."""
    process = subprocess.Popen(
        [sys.executable, "-m", *map(str, words)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=folder,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


@contextmanager
def owner(home: Path) -> Iterator["subprocess.Popen[str]"]:
    """A program that has the data folder open, with the small tasks of `tests.jobs.fake_tasks`."""
    with running("tests.jobs.hold_folder", home) as process:
        assert process.stdout is not None
        while not process.stdout.readline().startswith("ready"):
            assert process.poll() is None
        yield process


def until(condition: object, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < deadline
        time.sleep(0.02)


def states(home: Path) -> list[str]:
    if not (home / "cardgen.db").exists():
        return []
    with closing(sqlite3.connect(home / "cardgen.db")) as connection:
        try:
            return [row[0] for row in connection.execute("SELECT state FROM job ORDER BY id")]
        except sqlite3.OperationalError:
            return []


def test_draft_hands_over_and_the_owner_writes_where_the_command_was_given(
    cardgen: Cardgen, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "book.txt").write_text("Jim met Pew. Jim ran.", "utf-8")
    monkeypatch.chdir(tmp_path)
    with owner(tmp_path / "home") as holder:
        ran = cardgen("draft", "book.txt", "--out", "card.png", "--evidence", "proof.json", "--json")
        assert (ran.code, ran.err) == (0, "")
        report = ran.json("draft")
        assert report["character"] == "Jim"
        assert report["outputs"] == [str(tmp_path / "card.png")]
        assert (tmp_path / "card.png").read_text("utf-8") == "Jim", "the owner's small tasks wrote it"
        listed = cardgen("jobs", "list", "--json").json("jobs")
        assert [job["status"] for job in listed["jobs"]] == ["completed"]
        shown = cardgen("jobs", "show", report["job"], "--json").json("job")
        assert shown["request"]["outputs"] == [str(tmp_path / "card.png")]
        missing = cardgen("jobs", "show", 999)
        assert (missing.code, "There is no job 999" in missing.complaints[0]) == (2, True)
        unread = cardgen("draft", "missing.txt", "--out", "other.png")
        assert unread.code == 3 and "missing.txt" in unread.complaints[0]
        assert holder.poll() is None


def test_a_frozen_owner_is_named_and_nothing_is_waited_for(cardgen: Cardgen, tmp_path: Path) -> None:
    with owner(tmp_path / "home") as holder:
        holder.send_signal(signal.SIGSTOP)
        began = time.monotonic()
        ran = cardgen("jobs", "list")
        assert time.monotonic() - began < 16
        assert ran.code == 5
        assert f"The holder (process {holder.pid})" in ran.complaints[0]
        assert "does not answer" in ran.complaints[0]


def test_a_draft_goes_on_when_the_window_that_had_it_is_killed(book: Path, tmp_path: Path) -> None:
    home, out = tmp_path / "home", tmp_path / "card.png"
    with running("cardgen_desktop", "--home", home) as window:
        until(lambda: b'"address":"/' in _read(home / "cardgen.lock"))
        with running("cardgen_desktop.cli", "--home", home, "draft", book, "--out", out) as command:
            until(lambda: states(home))
            window.kill()
            out_text, complaints = command.communicate(timeout=60)
            assert (command.returncode, complaints) == (0, ""), out_text
    assert states(home) == ["succeeded"]
    assert out.read_bytes().startswith(b"\x89PNG")


def _read(path: Path) -> bytes:
    return path.read_bytes() if path.exists() else b""


def test_the_same_command_twice_at_once_is_one_job(book: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    words = ("cardgen_desktop.cli", "--home", home, "draft", book, "--json", "--out")
    with running(*words, tmp_path / "a.png") as first, running(*words, tmp_path / "b.png") as second:
        reports = [process.communicate(timeout=90) for process in (first, second)]
        assert [process.returncode for process in (first, second)] == [0, 0], reports
    for name in ("a.png", "b.png"):
        assert (tmp_path / name).read_bytes().startswith(b"\x89PNG")
    assert set(states(home)) == {"succeeded"}
    assert all(json.loads(out)["character"] for out, _ in reports)


def test_an_interrupted_owner_leaves_the_others_job_to_it(book: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    (other := tmp_path / "other.txt").write_text(book.read_text("utf-8") + "\nThe end.\n", "utf-8")
    words = ("cardgen_desktop.cli", "--home", home, "draft")
    with running(*words, book, "--out", tmp_path / "a.png") as first:
        until(lambda: states(home))
        with running(*words, other, "--out", tmp_path / "b.png") as second:
            until(lambda: len(states(home)) == 2 or first.poll() is not None)
            first.send_signal(signal.SIGINT)
            _, complaints = second.communicate(timeout=60)
            assert (second.returncode, complaints) == (0, "")
            first.communicate(timeout=60)
            assert first.returncode in (0, 130)
    assert (tmp_path / "b.png").read_bytes().startswith(b"\x89PNG")
