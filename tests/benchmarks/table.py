"""The jobs table beside a bare windowed model under a bare view."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from .row import Row

SCRIPT = Path(__file__).with_name("table_script.py")


def rows() -> Iterator[Row]:
    """Jumps over 100,000 jobs, and the tick of 20 running ones."""
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    with tempfile.TemporaryDirectory() as home:
        command = [sys.executable, str(SCRIPT), home]
        run = subprocess.run(
            command, env=environment, check=True, capture_output=True, text=True, timeout=180
        )
    seen = json.loads(run.stdout.splitlines()[-1])
    yield Row("jobs table: jump and repaint / bare model and view", "s", seen["jump"], seen["bare_jump"], 4.0)
    yield Row("jobs table: 20 rows change / one full repaint", "s", seen["tick"], seen["repaint"], 1.3)
