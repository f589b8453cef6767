"""Some hundred jobs in a short while; `python -m tests.proof.soak` runs ten thousand in twenty minutes."""

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [
    pytest.mark.soak,
    pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="reads /proc"),
]


def test_memory_and_handles_stay_flat_over_many_jobs() -> None:
    words = ["-m", "tests.proof.soak", "--minutes", "0.12", "--jobs", "160"]
    done = subprocess.run([sys.executable, *words], capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
