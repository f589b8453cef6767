"""How often a passing failure lets a job try again: counted by class, bounded over all."""

from cardgen_desktop.domain.errors import HeldError, ProviderError, TransientError
from cardgen_desktop.domain.job import JobSnapshot, JobState
from cardgen_desktop.jobs.tries import Tries


def job(attempts: int) -> JobSnapshot:
    return JobSnapshot(id=1, kind="draft", state=JobState.RUNNING, attempts=attempts)


def test_each_class_has_tries_of_its_own() -> None:
    tries = Tries()
    busy = TransientError("Busy.", kind="rate.429")
    broken = TransientError("Out of order.", kind="srv.5xx", attempts=2)
    assert [tries.after(job(attempt), busy) for attempt in (1, 2)] == [busy, busy]
    assert tries.after(job(3), broken) is broken, "a 500 is tried again once, whatever came before it"
    last = tries.after(job(4), broken)
    assert isinstance(last, ProviderError)
    assert (last.kind, last.message) == ("srv.5xx", "Out of order.")


def test_six_tries_are_the_most_in_all() -> None:
    tries = Tries()
    classes = ["rate.429", "time.idle", "stream.cut", "srv.5xx", "time.ttft", "time.total"]
    ends = [tries.after(job(n), TransientError("No.", kind=kind)) for n, kind in enumerate(classes, 1)]
    assert [isinstance(end, ProviderError) for end in ends] == [False] * 5 + [True]


def test_end_of_the_tries_may_be_a_closed_gate() -> None:
    held = HeldError("endpoint", "Nobody is there.", scope="model")
    refused = TransientError("Nobody is there.", kind="net.refused", attempts=2, then=held)
    tries = Tries()
    assert tries.after(job(1), refused) is refused
    assert tries.after(job(2), refused) is held


def test_job_that_came_further_counts_anew() -> None:
    tries = Tries()
    broken = TransientError("Out of order.", kind="srv.5xx", attempts=2)
    assert tries.after(job(1), broken) is broken
    assert tries.after(job(1), broken) is broken, "its attempts were forgiven when a step was finished"
