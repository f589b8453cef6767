"""`kill -9` while models write, in short; `python -m tests.proof.killed_drafts` does it fifty times."""

import subprocess
import sys

import pytest

pytestmark = [
    pytest.mark.soak,
    pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL"),
]


def test_nothing_is_lost_or_paid_twice_by_kills() -> None:
    words = [
        "-m",
        "tests.proof.killed_drafts",
        "--seed",
        "3",
        "--kills",
        "2",
        "--pace",
        "0.05",
        "--behind",
        "2",
    ]
    done = subprocess.run([sys.executable, *words], capture_output=True, text=True, check=False, timeout=240)
    assert done.returncode == 0, done.stdout + done.stderr
