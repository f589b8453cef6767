"""An import that is killed again and again still imports every card, and none of them twice."""

import base64
import hashlib
import random
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.support.card_files import packed, png, text_chunk

CARDS = 40
KILLS = 6


def write_cards(folder: Path) -> None:
    """Cards in PNG, each with a picture and an asset of its own."""
    folder.mkdir()
    for number in range(CARDS):
        data = {"name": f"Card {number}", "description": "Somebody.", "first_mes": "Hello."}
        card = {"spec": "chara_card_v2", "spec_version": "2.0", "data": data}
        asset = text_chunk("chara-ext-asset_:1", base64.b64encode(f"asset {number}".encode()))
        own = text_chunk("Number", str(number).encode())
        (folder / f"{number}.png").write_bytes(png(after=own + asset + text_chunk("chara", packed(card))))


def files_that_rows_lack(home: Path) -> list[str]:
    """Pictures and files that rows name and that are not whole: there may be none at any moment."""
    with closing(sqlite3.connect(home / "cardgen.db")) as connection:
        if not connection.execute("PRAGMA user_version").fetchone()[0]:
            return []  # killed before there was anything
        named = connection.execute("SELECT sha256 FROM picture UNION SELECT sha256 FROM card_file").fetchall()
    places = [home / "assets" / sha256[:2] / sha256 for (sha256,) in named]
    return [
        place.name
        for place in places
        if not place.is_file() or hashlib.sha256(place.read_bytes()).hexdigest() != place.name
    ]


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
    killed = 0
    for _ in range(KILLS):
        killed += not run_until(moments.uniform(0.8, 1.8), words)
        assert not (home / "cardgen.db").exists() or files_that_rows_lack(home) == []
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
    assert files_that_rows_lack(home) == []
    with closing(sqlite3.connect(home / "cardgen.db")) as connection:
        assert connection.execute("SELECT count(*) FROM card_file").fetchone() == (CARDS * len(jobs),)
