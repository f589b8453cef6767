"""Text that grows in a proposal beside a bare text box that is filled in the same pieces."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from .row import Row

SCRIPT = Path(__file__).with_name("proposing_script.py")


def rows() -> Iterator[Row]:
    """2,000 tokens as they are shown, twenty at a time."""
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    with tempfile.TemporaryDirectory() as home:
        command = [sys.executable, str(SCRIPT), home]
        run = subprocess.run(
            command, env=environment, check=True, capture_output=True, text=True, timeout=300
        )
    seen: dict[str, float] = json.loads(run.stdout.splitlines()[-1])
    yield Row("2,000 tokens in a proposal / in a plain box", "s", seen["proposal"], seen["coalesced"], 1.25)
    yield Row("the same / a plain box for each token", "s", seen["proposal"], seen["each_token"], 0.2)
