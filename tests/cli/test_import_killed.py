"""An import that is killed again and again still imports every card, and none of them twice."""

import json
import random
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

CARDS = 40
KILLS = 6


def write_cards(folder: Path) -> None:
    folder.mkdir()
    for number in range(CARDS):
        data = {"name": f"Card {number}", "description": "Somebody.", "first_mes": "Hello."}
        card = {"spec": "chara_card_v2", "spec_version": "2.0", "data": data}
        (folder / f"{number}.json").write_text(json.dumps(card))


def run_until(seconds: float, words: list[str]) -> bool:
    """Start the command and kill it by force after some time; True when it ended before."""
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        return process.wait(seconds) == 0
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL if sys.platform != "win32" else signal.SIGTERM)
        process.wait()
        return False


@pytest.mark.soak
def test_an_import_survives_kills_at_random_moments(tmp_path: Path) -> None:
    home, folder = tmp_path / "home", tmp_path / "cards"
    write_cards(folder)
    words = [
        sys.executable,
        "-m",
        "cardgen_desktop.cli",
        "--home",
        str(home),
        "import",
        str(folder),
        "--json",
    ]
    moments = random.Random(7)
    killed = sum(not run_until(moments.uniform(0.8, 1.8), words) for _ in range(KILLS))
    assert killed, "no run was interrupted; the test proves nothing"
    last = subprocess.run(words, capture_output=True, text=True, check=False, timeout=120)
    assert last.returncode == 0, last.stderr
    with sqlite3.connect(home / "cardgen.db") as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        names = [row[0] for row in connection.execute("SELECT name FROM card ORDER BY id")]
        jobs = connection.execute("SELECT id, state FROM job").fetchall()
    # A run that came through is followed by a job of its own, which imports the folder once more.
    assert {state for _, state in jobs} == {"succeeded"}
    assert sorted(names) == sorted(f"Card {number}" for number in range(CARDS) for _ in jobs)
