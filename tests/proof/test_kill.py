"""`kill -9` at random moments, in short; `python -m tests.proof.kill` does it two hundred times."""

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [
    pytest.mark.soak,
    pytest.mark.skipif(sys.platform == "win32", reason="forks"),
]


def test_nothing_is_lost_doubled_or_hidden_by_kills(tmp_path: Path) -> None:
    words = ["-m", "tests.proof.kill", "--seed", "7", "--rounds", "10", "--behind", "2"]
    done = subprocess.run([sys.executable, *words], capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
