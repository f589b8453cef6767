"""Power cut after power cut: the same command, killed wherever it happens to be, still ends with one card."""

import json
import random
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

BOOK = Path(__file__).parent.parent / "data" / "treasure_island_opening.txt"
KILLS = 8


def command(home: Path, out: Path) -> list[str]:
    """The command that is repeated until it comes through."""
    words = ["draft", str(BOOK), "--out", str(out), "--json"]
    return [sys.executable, "-m", "cardgen_desktop.cli", "--home", str(home), *words]


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
def test_a_draft_survives_kills_at_random_moments(tmp_path: Path) -> None:
    home, out = tmp_path / "home", tmp_path / "card.png"
    words = command(home, out)
    moments = random.Random(20)
    killed = sum(not run_until(moments.uniform(0.2, 1.2), words) for _ in range(KILLS))
    assert killed, "no run was interrupted; the test proves nothing"
    last = subprocess.run(words, capture_output=True, text=True, check=False, timeout=60)
    assert last.returncode == 0, last.stderr
    assert out.read_bytes().startswith(b"\x89PNG")
    assert json.loads(last.stdout)["outputs"]
    assert not list(tmp_path.glob("*.tmp*")), "a torn export was left behind"
    with sqlite3.connect(home / "cardgen.db") as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        states = [row[0] for row in connection.execute("SELECT state FROM job")]
        doubled = connection.execute("SELECT job_id FROM card GROUP BY job_id HAVING count(*) > 1").fetchall()
    assert set(states) == {"succeeded"}
    assert not doubled
