"""The jobs table over a million jobs beside a bare windowed model under a stock view, measured in turns."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from .row import Row

SCRIPT = Path(__file__).with_name("table_script.py")
SHORT_STALL, LONG_STALL = 0.016, 0.050
MEGABYTE = 1_000_000.0


def rows() -> Iterator[Row]:
    """Jumps, the tick of 20 running jobs, stalls of the event loop, and memory."""
    yield from _rows("memory")
    yield from _rows("database")


def _rows(source: str) -> Iterator[Row]:
    seen = measured(source)
    over = f"table over 1,000,000 jobs in {'memory' if source == 'memory' else 'SQLite'}"
    # A bare model that reads SQLite itself stops the window meanwhile; it is a floor, not a choice.
    floor = 1.2 if source == "memory" else 3.0
    for share in ("p99", "p50"):
        ours = seen[f"jump_{share}"]
        yield Row(f"{over}: jump {share} / bare, same lists", "s", ours, seen[f"waiting_{share}"], 1.2)
        yield Row(f"{over}: jump {share} / bare, blocking", "s", ours, seen[f"equal_{share}"], floor)
        yield Row(f"{over}: jump {share} / bare, stock rows", "s", ours, seen[f"stock_{share}"], floor)
    yield Row(f"{over}: stall p99", "s", seen["stall_p99"], LONG_STALL, 1.0)
    yield Row(f"{over}: stall p95", "s", seen["stall_p95"], SHORT_STALL, 1.0)
    if source == "memory":
        yield Row("table: tick of 20 jobs / bare repaint", "s", seen["tick"], seen["bare_repaint"], 1.3)
        yield Row("table: 10,000 more jobs in memory", "MB", seen["memory_10k"] / MEGABYTE, 20.0, 1.0)
        yield Row("table: 100,000 more after that", "MB", seen["memory_flat"] / MEGABYTE, 20.0, 1.0)


def measured(source: str) -> dict[str, float]:
    """The figures of `table_script.py` over one source of jobs."""
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    with tempfile.TemporaryDirectory() as home:
        command = [sys.executable, str(SCRIPT), home, source]
        run = subprocess.run(
            command, env=environment, check=True, capture_output=True, text=True, timeout=600
        )
    figures: dict[str, float] = json.loads(run.stdout.splitlines()[-1])
    return figures
