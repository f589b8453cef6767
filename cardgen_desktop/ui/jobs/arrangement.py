"""An answer to how all jobs are ordered, looked through in turns with everything else the window does."""

import asyncio
from array import array
from collections.abc import Callable, Collection
from dataclasses import dataclass

from ...domain.job import JobQuery, JobSnapshot, JobSort

WALKED_AT_ONCE = 50_000
"""Ids looked at between two turns of the event loop: some 2 ms."""


@dataclass(frozen=True, slots=True)
class Arrangement:
    """An answer of the order: all ids, where some of them are, whether ids fall, and the highest of them.

    `query` is the question it answers; `kept` the job that stays in the list although it is not in the order.
    """

    query: JobQuery
    ids: "array[int]"
    rows: dict[int, int]
    falling: bool
    newest: int = 0
    kept: JobSnapshot | None = None


async def look_through(
    query: JobQuery, ids: "array[int]", wanted: Collection[int], is_needed: Callable[[], bool]
) -> Arrangement | None:
    """Find some ids in an order, and whether ids fall; None when the answer is not needed any more."""
    rows, newest = dict[int, int](), 0
    falling = query.sort is JobSort.CREATED and query.descending
    for base in range(0, len(ids), WALKED_AT_ONCE):
        if not is_needed():
            return None
        # One id more, so that the step from part to part is looked at too.
        part = ids[base : base + WALKED_AT_ONCE + 1]
        falling = falling and part == array("q", sorted(part, reverse=True))
        rows.update((key, row) for row, key in enumerate(part, base) if key in wanted)
        newest = max(newest, part[0] if falling else max(part))
        await asyncio.sleep(0)
    return Arrangement(query, ids, rows, falling, newest)
