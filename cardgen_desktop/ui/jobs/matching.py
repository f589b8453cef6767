"""Whether a job passes the filter of a query, judged in memory as the store judges it."""

from collections.abc import Callable

from ...domain.job import JobQuery, JobSnapshot, needs_you


def matcher(query: JobQuery) -> Callable[[JobSnapshot], bool]:
    """A test for the filter of a query; its order, limit and offset do not count."""
    tests: list[Callable[[JobSnapshot], bool]] = []
    if query.states:
        states = frozenset(query.states)
        tests.append(lambda job: job.state in states)
    for name in ("status", "kind", "lane", "batch_id", "needs_review"):
        wanted = getattr(query, name)
        if wanted is not None:
            tests.append(lambda job, name=name, wanted=wanted: getattr(job, name) == wanted)  # type: ignore[misc]
    if query.needs_you:
        tests.append(needs_you)
    if query.since is not None or query.until is not None:
        since, until = query.since or 0.0, float("inf") if query.until is None else query.until
        tests.append(lambda job: since <= job.created_at < until)
    if text := query.text.casefold():
        tests.append(lambda job: _has_text(job, text))
    return lambda job: all(passes(job) for passes in tests)


def same_filter(one: JobQuery, other: JobQuery) -> bool:
    """Whether two queries let the same jobs through, in whatever order."""
    order = {"sort": other.sort, "descending": other.descending, "limit": other.limit, "offset": other.offset}
    return one.model_copy(update=order) == other


def _has_text(job: JobSnapshot, text: str) -> bool:
    fields = (job.character, job.title, job.engine, job.error or "")
    return any(text in field.casefold() for field in fields)
