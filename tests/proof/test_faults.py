"""The k-th fault from enqueueing to undo, in short; `python -m tests.proof.faults` takes every operation."""

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [
    pytest.mark.soak,
    pytest.mark.skipif(sys.platform == "win32", reason="forks"),
]


def test_every_fault_is_borne(tmp_path: Path) -> None:
    words = ["-m", "tests.proof.faults", "--stride", "101", "--folder", str(tmp_path)]
    done = subprocess.run([sys.executable, *words], capture_output=True, text=True, check=False, timeout=180)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "\n0 faults" not in done.stdout
