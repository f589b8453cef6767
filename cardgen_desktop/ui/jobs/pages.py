"""Asking for pages of jobs: the last wish first, one at a time; answers that came too late are dropped."""

from collections.abc import Awaitable, Callable

from PySide6.QtCore import QObject, QTimer, Signal

from ...domain.errors import CardgenError
from ...domain.job import JobPage, JobQuery
from ..tasks import TaskOwner
from .window import PAGE_ROWS

WANTED_PAGES = 3
"""Of the pages a fast scroll flew over, so many are still fetched; the last ones."""

Fetch = Callable[[JobQuery], Awaitable[JobPage]]


class JobPages(QObject):
    """Fetches pages for one query after another.

    An answer to an earlier query is dropped. An answer that was overtaken by `outdate` (rows came or went
    while it was under way) is asked for again. A page that failed is not asked for again until `start`.

    Signals: `opened(JobPage)` with the first page of a query, `arrived(JobPage)` with any other,
    `failed(CardgenError)`, `busy(bool)`.
    """

    opened = Signal(object)
    arrived = Signal(object)
    failed = Signal(object)
    busy = Signal(object)

    def __init__(self, fetch: Fetch, tasks: TaskOwner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._fetch, self._tasks = fetch, tasks
        self._query = JobQuery(limit=PAGE_ROWS)
        self._generation = self._arrangement = 0
        self._opening = False
        self._wanted: list[int] = []
        self._refused: set[int] = set()
        self._asking: int | None = None
        self._working = 0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._work_on)

    @property
    def query(self) -> JobQuery:
        """The query whose pages are asked for."""
        return self._query

    @property
    def is_busy(self) -> bool:
        """Whether an answer is under way."""
        return self._working > 0

    def start(self, query: JobQuery) -> None:
        """Ask another question; its first page comes as `opened`."""
        self._query = query.model_copy(update={"limit": PAGE_ROWS, "offset": 0})
        self._generation += 1
        self._opening = True
        self._refused.clear()
        self._wanted, self._asking = [0], None
        self._spawn()

    def want(self, page: int) -> None:
        """Ask for a page soon; wishes of one moment are gathered."""
        if page in self._refused or page == self._asking or self._opening:
            return
        if page in self._wanted:
            self._wanted.remove(page)
        self._wanted = [*self._wanted[1 - WANTED_PAGES :], page]
        if not self._timer.isActive():
            self._timer.start(0)

    def outdate(self) -> None:
        """Rows came or went: answers under way count rows differently."""
        self._arrangement += 1

    def _work_on(self) -> None:
        if not self._working:
            self._spawn()

    def _spawn(self) -> None:
        self._tasks.spawn(self._work(self._generation), name="list jobs")

    async def _work(self, generation: int) -> None:
        self._count(1)
        try:
            while self._wanted and generation == self._generation:
                self._asking = self._wanted.pop()
                await self._ask(self._asking, generation)
        finally:
            if generation == self._generation:
                self._asking = None
            self._count(-1)

    def _count(self, step: int) -> None:
        self._working += step
        if self._working == max(0, step):
            self.busy.emit(step > 0)

    async def _ask(self, page: int, generation: int) -> None:
        arrangement = self._arrangement
        try:
            answer = await self._fetch(self._query.model_copy(update={"offset": page * PAGE_ROWS}))
        except CardgenError as error:
            self._refuse(page, generation)
            self.failed.emit(error)
            return
        except Exception:
            self._refuse(page, generation)
            raise
        if generation != self._generation:
            return
        if arrangement != self._arrangement:
            self._wanted.append(page)
        else:
            self._hand_over(answer, page)

    def _refuse(self, page: int, generation: int) -> None:
        if generation == self._generation:
            self._refused.add(page)
            self._opening = False

    def _hand_over(self, answer: JobPage, page: int) -> None:
        if self._opening:
            self._opening = False
            self.opened.emit(answer)
            return
        if len(answer.jobs) < min(PAGE_ROWS, answer.total - answer.offset):
            self._refused.add(page)
        self.arrived.emit(answer)
