"""Acceptance test 3: whichever operation of the system fails, it is told in a sentence and nothing is lost.

Here some of the operations fail; `python -m tests.support.fault_loop FOLDER` takes every one of them.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

STRIDES = {
    "open a new folder": 13,
    "migrate": 17,
    "back up": 7,
    "enqueue": 7,
    "card files": 7,
    "export": 1,
    "restore": 17,
    "rebuild": 89,
}


@pytest.mark.parametrize("part", STRIDES)
def test_a_fault_of_the_system_is_told_and_costs_nothing(part: str) -> None:
    # In memory where there is such a place: thousands of syncs of a disk would take minutes.
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        words = [sys.executable, "-m", "tests.support.fault_loop", folder, str(STRIDES[part]), part]
        run = subprocess.run(words, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout[-3000:] + run.stderr[-3000:]
    assert "Traceback" not in run.stderr, run.stderr[-3000:]
    assert f"{part}: " in run.stdout
    assert "'ENOSPC': 0" not in run.stdout, "the faults have to reach the part"


@pytest.mark.skipif(sys.platform != "linux", reason="the calls of SQLite are replaced where it is a library")
def test_the_faults_strike_below_sqlite() -> None:
    with tempfile.TemporaryDirectory() as folder:
        words = [sys.executable, "-m", "tests.support.fault_loop", folder, "50", "export"]
        run = subprocess.run(words, capture_output=True, text=True, check=True)
    assert "system calls of SQLite: wrapped" in run.stdout
