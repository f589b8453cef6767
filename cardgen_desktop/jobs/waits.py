"""Jobs that wait for their next try, by a clock that nobody can set."""

from collections.abc import Mapping, Sequence

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

    def known(self) -> dict[int, float]:
        """When each job is due, as known now."""
        return dict(self._due)

    def learn(self, waiting: Sequence[WaitingJob], before: Mapping[int, float]) -> None:
        """Take over what the database said; a wait that is known keeps its end.

        `before` is what was known when the database was asked. Of that, what it does not have is over; a wait
        that has begun since is not.
        """
        for job_id in before.keys() - {job.id for job in waiting}:
            if self._due.get(job_id) == before[job_id]:
                del self._due[job_id]
        for job in waiting:
            remaining = min(max(0.0, job.run_at - self._clock.wall()), job.delay)
            self._due[job.id] = min(self._due.get(job.id, float("inf")), self._clock.steady() + remaining)

    def begin(self, job_id: int, seconds: float) -> None:
        """A job waits from now on."""
        self._due[job_id] = self._clock.steady() + seconds

    def take_due(self) -> dict[int, float]:
        """Jobs whose time has come, and when it came; they wait no more."""
        now = self._clock.steady()
        due = {job_id: moment for job_id, moment in self._due.items() if moment <= now}
        for job_id in due:
            del self._due[job_id]
        return due

    def give_back(self, due: Mapping[int, float]) -> None:
        """Jobs that were due could not be queued; one that has begun another wait keeps that."""
        self._due = {**due, **self._due}

    def next_in(self) -> float | None:
        """Seconds until the next job is due; None when none waits."""
        if not self._due:
            return None
        return max(0.0, min(self._due.values()) - self._clock.steady())
