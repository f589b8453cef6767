"""Jobs that wait for their next try, by a clock that nobody can set."""

from collections.abc import Iterable

from ..store.holds import WaitingJob
from .clock import Clock


class Waits:
    """When each waiting job is due. A wait is never longer than it was meant to be, whatever the clock does.

    `run_at` is a time of day and is looked at once, when the wait is learnt: what remains is
    `run_at - now`, within 0 and `delay` (ux-and-reliability.md 3.5, "Clock changes").
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._due: dict[int, float] = {}

    def learn(self, waiting: Iterable[WaitingJob]) -> None:
        """Take over what the database says; a wait that is known keeps its end."""
        known, self._due = self._due, {}
        for job in waiting:
            remaining = min(max(0.0, job.run_at - self._clock.wall()), job.delay)
            self._due[job.id] = min(known.get(job.id, float("inf")), self._clock.steady() + remaining)

    def begin(self, job_id: int, seconds: float) -> None:
        """A job waits from now on."""
        self._due[job_id] = self._clock.steady() + seconds

    def due(self) -> list[int]:
        """Jobs whose time has come."""
        now = self._clock.steady()
        return [job_id for job_id, moment in self._due.items() if moment <= now]

    def forget(self, job_ids: Iterable[int]) -> None:
        """Jobs wait no more."""
        for job_id in job_ids:
            self._due.pop(job_id, None)

    def next_in(self) -> float | None:
        """Seconds until the next job is due; None when none waits."""
        if not self._due:
            return None
        return max(0.0, min(self._due.values()) - self._clock.steady())
