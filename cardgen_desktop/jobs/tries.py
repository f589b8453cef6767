"""How often a job is tried again: counted for each class of failure (ux-and-reliability.md 3.4, "Retry")."""

from collections import Counter

from ..domain.errors import CardgenError, ProviderError, TransientError
from ..domain.job import JobSnapshot

MOST_TRIES = 6
"""Tries of a job in all, whatever the classes: its snapshot counts them, across restarts too."""


class Tries:
    """The tries of jobs that met a passing failure, by class, for as long as this process runs."""

    def __init__(self) -> None:
        self._counted: dict[int, Counter[str]] = {}

    def after(self, job: JobSnapshot, failure: TransientError) -> CardgenError:
        """The failure itself when the job is to be tried again, else what the end of its tries means.

        A job whose attempts were forgiven since, because a step was finished, begins to count anew.
        """
        if job.attempts <= 1:
            self._counted.pop(job.id, None)
        counted = self._counted.setdefault(job.id, Counter())
        counted[failure.kind] += 1
        if counted[failure.kind] < failure.attempts and job.attempts < max(MOST_TRIES, failure.attempts):
            return failure
        del self._counted[job.id]
        then = getattr(failure, "then", None)
        if isinstance(then, CardgenError):
            return then
        return ProviderError(failure.message, details=failure.details, kind=failure.kind or failure.code)
