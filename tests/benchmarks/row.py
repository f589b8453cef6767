"""One measured claim, and the ways to measure it fairly on a busy machine."""

import statistics
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """A claim: `ours` and `reference` are costs in the same unit (`unit`), so a smaller ratio is better.

    `reference` is a floor, a peer, or the budget that the program promises. `target` bounds the ratio.
    """

    name: str
    unit: str
    ours: float
    reference: float
    target: float

    @property
    def ratio(self) -> float:
        """Our cost by the reference's."""
        return self.ours / self.reference if self.reference else float("inf")

    @property
    def ok(self) -> bool:
        """Whether the claim holds in this run."""
        return self.ratio <= self.target

    def as_json(self) -> dict[str, object]:
        """The row as `--json` writes it."""
        return {
            "name": self.name,
            "ours": round(self.ours, 6),
            "reference": round(self.reference, 6),
            "ratio": round(self.ratio, 3),
            "target": self.target,
            "ok": self.ok,
        }


def seconds(action: Callable[[], object]) -> float:
    """Wall time of one call."""
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def interleaved(
    ours: Callable[[], float], reference: Callable[[], float], repeats: int
) -> tuple[float, float]:
    """Medians of two measurements taken in turns, so that a busy neighbour disturbs both alike."""
    pairs = [(ours(), reference()) for _ in range(repeats)]
    return statistics.median(a for a, _ in pairs), statistics.median(b for _, b in pairs)


def process_seconds(command: Sequence[str], environment: dict[str, str] | None = None) -> float:
    """Wall time of a whole process; raises when it fails."""
    return seconds(lambda: subprocess.run(command, env=environment, check=True, capture_output=True))
