"""The whole way of a person: drop a 100,000-word novel, pick the main character, draft, export."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from cardgen_desktop.paths import resource

from .row import Row

SCRIPT = Path(__file__).with_name("journey_script.py")
WORDS = 100_000


def rows() -> Iterator[Row]:
    """One run of the real window; its script reports what it saw."""
    with tempfile.TemporaryDirectory() as folder:
        novel = Path(folder) / "novel.txt"
        novel.write_text(long_novel(), "utf-8")
        environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
        command = [sys.executable, str(SCRIPT), str(novel), folder]
        run = subprocess.run(
            command, env=environment, check=True, capture_output=True, text=True, timeout=300
        )
    seen = json.loads(run.stdout.splitlines()[-1])
    yield Row("novel dropped to card exported / 30 s", "s", seen["seconds"], 30.0, 1.0)
    yield Row("event loop blocked, p99 / 50 ms", "s", seen["blocked_p99"], 0.050, 1.0)
    yield Row("event loop blocked, longest / 100 ms", "s", seen["blocked_max"], 0.100, 1.0)
    yield Row("memory of all processes, peak / 600 MB", "MB", seen["megabytes"], 600.0, 1.0)


def long_novel() -> str:
    """A public-domain novel, and so much of a second one that the whole has 100,000 words."""
    first = resource("samples", "secret_garden.txt").read_text("utf-8")
    second = resource("samples", "treasure_island.txt").read_text("utf-8")
    missing = WORDS - len(first.split())
    words, cut = 0, 0
    for line in second.splitlines(keepends=True):
        if words >= missing:
            break
        words += len(line.split())
        cut += len(line)
    return first + "\n\n" + second[:cut]
