"""Asking for jobs: the first page at once, the order of all ids beside it, then any page by its ids."""

import time
from array import array
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol, cast

from PySide6.QtCore import QObject, QTimer, Signal

from ...domain.errors import CardgenError
from ...domain.job import JobPage, JobQuery, JobSnapshot
from ..tasks import TaskOwner
from .arrangement import Arrangement, look_through
from .window import PAGE_ROWS, UNKNOWN, JobWindow

WANTED_PAGES = 3
"""Of the pages a fast scroll flew over, so many are still fetched; the last ones."""
ORDER_SECONDS = 1.0
"""The order is asked for again at most once in so many seconds."""
UNSEEN = -1
"""Stands for the rows that can be seen where others have the number of a page."""

Fetch = Callable[[JobQuery], Awaitable[JobPage]]


class JobSource(Protocol):
    """What can list jobs, such as the commands of the program."""

    async def jobs(self, query: JobQuery) -> JobPage:
        """A page of jobs in the order of the query."""
        ...

    async def job_order(self, query: JobQuery) -> "array[int]":
        """The ids of every job that matches, in order."""
        ...

    async def jobs_by_id(self, job_ids: Sequence[int]) -> tuple[JobSnapshot, ...]:
        """Those of some jobs that are in the list, in the order of the ids."""
        ...


@dataclass(frozen=True, slots=True)
class Listing:
    """The ways to ask. Without `order` and `by_id` every page is asked for by its offset."""

    page: Fetch
    order: Callable[[JobQuery], Awaitable["array[int]"]] | None = None
    by_id: Callable[[Sequence[int]], Awaitable[tuple[JobSnapshot, ...]]] | None = None

    @classmethod
    def of(cls, source: "JobSource | Fetch | Listing") -> "Listing":
        """A listing of whatever can list: commands, or a function that fetches pages."""
        if isinstance(source, Listing):
            return source
        if hasattr(source, "job_order"):
            known = cast("JobSource", source)
            return cls(known.jobs, known.job_order, known.jobs_by_id)
        return cls(source)


class JobPages(QObject):
    """Fetches for one query after another; it never changes the window, it only reads ids from it.

    An answer to an earlier query is dropped. A page by offset that was overtaken by `outdate` (rows came or
    went while it was under way) is asked for again. A page that failed is not asked for again until the next
    `start` or `order`.

    Signals: `opened(JobPage)` with the first page of a query, `arranged(Arrangement)` with an order,
    `paged(JobPage)` with a page by offset, `arrived(asked ids, jobs, first row)` with a page by ids,
    `failed(CardgenError)`, `busy(bool)`.
    """

    opened = Signal(object)
    arranged = Signal(object)
    paged = Signal(object)
    arrived = Signal(object, object, object)
    failed = Signal(object)
    busy = Signal(object)

    def __init__(
        self,
        listing: Listing,
        window: JobWindow,
        tasks: TaskOwner,
        held: Callable[[], Iterable[int]],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._listing, self._window, self._tasks, self._held = listing, window, tasks, held
        self.query = JobQuery(limit=PAGE_ROWS)
        self.kept: int | None = None
        self._early: Arrangement | None = None
        self._generation = self.arrangement = self._orders = 0
        self._is_ordering = self._order_again = False
        self.order_seconds = ORDER_SECONDS
        self._ordered_at = -ORDER_SECONDS
        self._opening = False
        self._wanted: list[int] = []
        self._seen: tuple[int, int] | None = None
        self._refused: set[int] = set()
        self._asking: int | None = None
        self._working = self._waited_for = 0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._work_on)
        self._order_timer = QTimer(self)
        self._order_timer.setSingleShot(True)
        self._order_timer.timeout.connect(self._order_now)

    @property
    def is_busy(self) -> bool:
        """Whether an answer is under way."""
        return self._working > 0

    @property
    def can_arrange(self) -> bool:
        """Whether the order of all ids can be asked for."""
        return self._listing.order is not None

    def start(self, query: JobQuery) -> None:
        """Ask another question; its first page comes as `opened`, the order of all as `arranged`."""
        self.query = query.model_copy(update={"limit": PAGE_ROWS, "offset": 0})
        self._generation += 1
        self._opening, self._early = True, None
        self._refused.clear()
        self._wanted, self._seen, self._asking = [], None, None
        self._spawn(self._open(self._generation), "list jobs")
        self.order(self.query, waited_for=False)

    def order(self, query: JobQuery, *, waited_for: bool) -> None:
        """Ask how all jobs are ordered; an order that is still under way is dropped."""
        if self._listing.order is None:
            return
        self._orders += 1
        self._is_ordering, self._order_again = True, False
        self._refused.clear()
        self._spawn(self._arrange(query, self._orders, waited_for), "order jobs")

    def order_again(self) -> None:
        """Ask for the order of the present query again: now, or when that is not too soon."""
        self._order_again = True
        if not self._is_ordering and not self._order_timer.isActive():
            rest = self._ordered_at + self.order_seconds - time.monotonic()
            self._order_timer.start(max(0, round(rest * 1000)))

    def want(self, page: int) -> None:
        """Ask for a page soon; wishes of one moment are gathered."""
        if page in self._refused or page == self._asking or self._opening:
            return
        if page in self._wanted:
            self._wanted.remove(page)
        self._wanted = [*self._wanted[1 - WANTED_PAGES :], page]
        if not self._timer.isActive():
            self._timer.start(0)

    def want_rows(self, first: int, last: int) -> None:
        """Ask for the rows that can be seen: exactly those, before anything else."""
        if self._opening:
            return
        if not self._knows_ids(first, last + 1):
            for page in range(first // PAGE_ROWS, last // PAGE_ROWS + 1):
                self.want(page)
            return
        self._seen = first, last + 1
        if not self._timer.isActive():
            self._timer.start(0)

    def outdate(self) -> None:
        """Rows came or went: answers by offset that are under way count rows differently. (`arrangement`)"""
        self.arrangement += 1

    def _work_on(self) -> None:
        if self._asking is None:
            self._spawn(self._work(self._generation), "list jobs")

    def _order_now(self) -> None:
        if self._order_again and not self._is_ordering:
            self.order(self.query, waited_for=False)

    def _spawn(self, work: Coroutine[Any, Any, None], name: str) -> None:
        self._working += 1
        task = self._tasks.spawn(self._counted(work), name=name)
        if task is None:
            self._working -= 1
            work.close()
        else:
            # A task that is cancelled before its first step leaves the work inside it untouched.
            task.add_done_callback(lambda _task: work.close())

    async def _counted(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        finally:
            self._working -= 1

    def _show_busy(self, step: int) -> None:
        self._waited_for += step
        if step and self._waited_for == max(0, step):
            self.busy.emit(step > 0)

    async def _open(self, generation: int) -> None:
        query = self.query
        self._show_busy(1)
        try:
            page = await self._listing.page(query)
            if generation == self._generation:
                self._opening = False
                self.opened.emit(page)
                self._hand_over(self._early)
        except CardgenError as error:
            self.failed.emit(error)
        finally:
            self._show_busy(-1)
            if generation == self._generation:
                self._opening = False

    async def _work(self, generation: int) -> None:
        self._show_busy(1)
        try:
            while (self._seen or self._wanted) and generation == self._generation:
                if self._seen:
                    self._asking, seen, self._seen = UNSEEN, self._seen, None
                    await self._ask(UNSEEN, self._ask_by_id(*seen, generation), generation)
                    continue
                self._asking = page = self._wanted.pop()
                await self._ask(page, self._ask_page(page, generation), generation)
        finally:
            self._show_busy(-1)
            if generation == self._generation:
                self._asking = None

    async def _ask(self, page: int, answer: Awaitable[None], generation: int) -> None:
        try:
            await answer
        except Exception as error:
            if generation == self._generation:
                self._refused.add(page)
            if not isinstance(error, CardgenError):
                raise
            self.failed.emit(error)

    async def _ask_page(self, page: int, generation: int) -> None:
        first = page * PAGE_ROWS
        if self._knows_ids(first, first + PAGE_ROWS):
            await self._ask_by_id(first, first + PAGE_ROWS, generation)
        else:
            await self._ask_by_offset(page, generation)

    def _knows_ids(self, first: int, last: int) -> bool:
        return self._listing.by_id is not None and UNKNOWN not in self._window.ids[first:last]

    async def _ask_by_id(self, first: int, last: int, generation: int) -> None:
        """Ask for what is missing of some rows; wherever they are when the answer comes."""
        window = self._window
        rows = [row for row in range(first, min(last, len(window))) if window.lacks(window.id_at(row))]
        if rows and self._listing.by_id is not None:
            asked = [window.id_at(row) for row in rows]
            jobs = await self._listing.by_id(asked)
            if generation == self._generation:
                self.arrived.emit(asked, jobs, rows[0])

    async def _ask_by_offset(self, page: int, generation: int) -> None:
        arrangement = self.arrangement
        offset = max(0, page * PAGE_ROWS - self._window.pending)
        answer = await self._listing.page(self.query.model_copy(update={"offset": offset}))
        if generation != self._generation:
            return
        if arrangement != self.arrangement:
            self._wanted.append(page)
            return
        if len(answer.jobs) < min(PAGE_ROWS, answer.total - answer.offset):
            self._refused.add(page)
        self.paged.emit(answer)

    async def _arrange(self, query: JobQuery, number: int, waited_for: bool) -> None:
        self._show_busy(1 if waited_for else 0)
        try:
            arrangement = await self._look_through(query, number)
            if number == self._orders:
                self._hand_over(arrangement)
        except CardgenError as error:
            if number == self._orders:
                self.failed.emit(error)
        finally:
            self._show_busy(-1 if waited_for else 0)
            if number == self._orders:
                self._end_ordering()

    def _hand_over(self, arrangement: Arrangement | None) -> None:
        """An order that is there before the first page waits for it."""
        self._early = arrangement if self._opening else None
        if arrangement is not None and not self._opening:
            self.arranged.emit(arrangement)

    def _end_ordering(self) -> None:
        self._is_ordering = False
        self._ordered_at = time.monotonic()
        if self._order_again:
            self.order_again()

    async def _look_through(self, query: JobQuery, number: int) -> Arrangement | None:
        assert self._listing.order is not None
        ids = await self._listing.order(query)
        arrangement = await look_through(query, ids, set(self._held()), lambda: number == self._orders)
        if arrangement is None:
            return None
        return replace(arrangement, kept=await self._still_there(arrangement.rows))

    async def _still_there(self, rows: dict[int, int]) -> JobSnapshot | None:
        """The kept job, when it left the filter but not the list."""
        kept = self.kept
        if kept is None or kept <= UNKNOWN or kept in rows or self._listing.by_id is None:
            return None
        jobs = await self._listing.by_id([kept])
        return jobs[0] if jobs and self.kept == kept else None
