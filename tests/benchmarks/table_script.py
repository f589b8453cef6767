"""Measures the jobs table offscreen: `python table_script.py HOME SOURCE`; prints JSON, times in seconds."""

import asyncio
import gc
import json
import os
import random
import sqlite3
import statistics
import sys
import time
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))

from PySide6.QtCore import QAbstractItemModel, QAbstractTableModel, QModelIndex, QSize, Qt
from PySide6.QtWidgets import QApplication, QTableView

from cardgen_desktop.app import make_context
from cardgen_desktop.domain.job import JobQuery
from cardgen_desktop.ui.jobs.model import JobsModel
from cardgen_desktop.ui.jobs.view import JobsView
from cardgen_desktop.ui.loop import AppLoop
from cardgen_desktop.ui.tasks import TaskOwner
from tests.benchmarks.table_listing import MemoryListing, StoreListing, filled_database

ROWS, JUMPS, TICKS, RUNNING = 1_000_000, 400, 150, 20
COLUMNS, PAGE_ROWS, KEPT_PAGES = 8, 200, 50
OUR_ROW, STOCK_ROW = 56, 30
SIZE = QSize(1280, 700)
STREAM_SECONDS = 6.0
MEMORY_ROWS = 10_000


PAGE = """
SELECT character, state, phase, engine, started_at || '', active_seconds || '', '–', '–' FROM job
WHERE id <= ? ORDER BY id DESC LIMIT ?
"""


class BareModel(QAbstractTableModel):
    """The least that shows a window on many rows: pages of texts, made when asked for."""

    def __init__(self, database: sqlite3.Connection | None) -> None:
        super().__init__()
        self._database = database
        self._pages: OrderedDict[int, list[tuple[str, ...]]] = OrderedDict()

    def rowCount(self, parent: QModelIndex = QModelIndex()) -> int:  # noqa: B008 - as Qt has it
        return ROWS

    def columnCount(self, parent: QModelIndex = QModelIndex()) -> int:  # noqa: B008 - as Qt has it
        return COLUMNS

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        page, row = divmod(index.row(), PAGE_ROWS)
        if page not in self._pages:
            self._pages[page] = self._fetched(page)
            if len(self._pages) > KEPT_PAGES:
                self._pages.popitem(last=False)
        return self._pages[page][row][index.column()]

    def _fetched(self, page: int) -> list[tuple[str, ...]]:
        """A page by primary key, the fastest that SQL has, or made up where there is no database."""
        if self._database is None:
            return [self._texts(page * PAGE_ROWS + n) for n in range(PAGE_ROWS)]
        return self._database.execute(PAGE, (ROWS - page * PAGE_ROWS, PAGE_ROWS)).fetchall()

    def _texts(self, row: int) -> tuple[str, ...]:
        return (f"Somebody {row}", "Running", "Setting the scene", "offline", "09:41", "0:04", "1–4 s", "–")


class WaitingModel(BareModel):
    """The same over the lists of the store: a page is asked for in the background and shown when it comes."""

    def __init__(self, listing: MemoryListing | StoreListing, tasks: TaskOwner) -> None:
        super().__init__(None)
        self._listing, self._tasks = listing, tasks
        self._asked: set[int] = set()

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        page = index.row() // PAGE_ROWS
        if page in self._pages:
            return super().data(index, role)
        if page not in self._asked:
            self._asked.add(page)
            self._tasks.spawn(self._fetch(page), name="fetch")
        return None

    def is_there(self, row: int) -> bool:
        """Whether a row can be painted."""
        return row // PAGE_ROWS in self._pages

    async def _fetch(self, page: int) -> None:
        first = page * PAGE_ROWS
        jobs = await self._listing.jobs_by_id(range(ROWS - first, ROWS - first - PAGE_ROWS, -1))
        self._pages[page] = [(job.character, *self._texts(0)[1:]) for job in jobs]
        self._asked.discard(page)
        if len(self._pages) > KEPT_PAGES:
            self._pages.popitem(last=False)
        last = self.index(first + PAGE_ROWS - 1, COLUMNS - 1)
        self.dataChanged.emit(self.index(first, 0), last)


def bare_view(model: BareModel, row_height: int) -> QTableView:
    """A stock view with the stock delegate."""
    view = QTableView()
    view.setModel(model)
    view.verticalHeader().setDefaultSectionSize(row_height)
    return view


def percentile(values: list[float], share: float) -> float:
    """The value that so large a share of all values does not exceed."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def is_there(model: QAbstractItemModel, row: int) -> bool:
    """Whether a row can be painted now."""
    if isinstance(model, JobsModel):
        return model.job(row) is not None
    return model.is_there(row) if isinstance(model, WaitingModel) else True


async def jump(view: QTableView, row: int) -> float:
    """Seconds from a jump to the painted rows, with the answer of their page in between.

    A table that waits is painted without its rows first, and again as soon as the answer is told.
    """
    model = view.model()
    start = time.perf_counter()
    view.scrollTo(model.index(row, 0), QTableView.ScrollHint.PositionAtTop)
    view.viewport().repaint()
    if is_there(model, row):
        return time.perf_counter() - start
    painted: asyncio.Future[float] = asyncio.get_running_loop().create_future()

    def paint() -> None:
        if is_there(model, row) and not painted.done():
            view.viewport().repaint()
            painted.set_result(time.perf_counter())

    connection = model.dataChanged.connect(paint)
    end = await painted
    model.disconnect(connection)
    return end - start


async def jumps(views: dict[str, QTableView]) -> dict[str, float]:
    """Median and p99 of the same jumps in each view, taken in turns."""
    chance, spent = random.Random(7), {name: list[float]() for name in views}
    for _ in range(JUMPS):
        row = chance.randrange(ROWS - 100)
        for name, view in views.items():
            spent[name].append(await jump(view, row))
            await asyncio.sleep(0.001)
    found = {f"{name}_p50": statistics.median(times) for name, times in spent.items()}
    return found | {f"{name}_p99": percentile(times, 0.99) for name, times in spent.items()}


def note_progress(model: JobsModel, first: int, turn: int) -> None:
    """Twenty jobs report, as they do ten times a second."""
    for row in range(first, first + RUNNING):
        if shown := model.job(row):
            changes = {"progress": turn % 100 + 0.5, "version": turn + 2, "phase": f"Scene {turn}"}
            model.note(shown.model_copy(update=changes))


async def ticks(view: JobsView, model: JobsModel, bare: QTableView) -> dict[str, float]:
    """Medians of telling 20 changed rows with its repaint, and of full repaints of both tables."""
    changed, ours, floor = [], [], []
    view.scrollToTop()
    await asyncio.sleep(0.3)
    for turn in range(TICKS):
        note_progress(model, 0, turn)
        start = time.perf_counter()
        model.flush()
        view.viewport().repaint()
        changed.append(time.perf_counter() - start)
        for table, times in ((view, ours), (bare, floor)):
            start = time.perf_counter()
            table.viewport().repaint()
            times.append(time.perf_counter() - start)
        await asyncio.sleep(0.001)
    return {
        "tick": statistics.median(changed),
        "repaint": statistics.median(ours),
        "bare_repaint": statistics.median(floor),
    }


async def stalls(view: JobsView, model: JobsModel) -> dict[str, float]:
    """How late a 5 ms heartbeat is while twenty jobs report and the person scrolls up and down."""
    loop, late, turn = asyncio.get_running_loop(), list[float](), 1000
    bar, end, chance = view.verticalScrollBar(), time.perf_counter() + STREAM_SECONDS, random.Random(3)
    beat, reported = time.perf_counter(), 0.0
    while (now := time.perf_counter()) < end:
        late.append(max(0.0, now - beat))
        if now - reported > 0.1:
            reported, turn = now, turn + 1
            note_progress(model, view.visible_rows()[0], turn)
        bar.setValue(chance.randrange(bar.maximum()) if turn % 10 == 0 else bar.value() + 40)
        beat = time.perf_counter() + 0.005
        await asyncio.sleep(0.005)
    assert loop.is_running()
    return {"stall_p95": percentile(late, 0.95), "stall_p99": percentile(late, 0.99), "stall_max": max(late)}


def resident() -> int:
    """Bytes of memory in use by this process."""
    with Path("/proc/self/statm").open() as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


async def memory(view: JobsView, model: JobsModel) -> dict[str, float]:
    """What looking at 10,000 more jobs takes, and at 100,000 more after that; bytes."""
    grown = []
    first = 200_000
    for rows in (MEMORY_ROWS, 10 * MEMORY_ROWS):
        gc.collect()
        before = resident()
        for row in range(first, first + rows, 200):
            await jump(view, row)
        gc.collect()
        grown.append(resident() - before)
        first += rows
    return {"memory_10k": float(max(1, grown[0])), "memory_flat": float(max(1, grown[1]))}


@asynccontextmanager
async def listing_of(source: str, home: Path) -> AsyncIterator[MemoryListing | StoreListing]:
    """Where the jobs come from: `memory` or `database`."""
    if source == "memory":
        yield MemoryListing(ROWS)
        return
    async with filled_database(home / "store" / "cardgen.db", ROWS) as listing:
        yield listing


async def measure(app: QApplication, home: Path, listing: MemoryListing | StoreListing) -> dict[str, float]:
    """Ours and two bare tables of the same size, in turns."""
    tasks = TaskOwner(on_error=lambda name, error: print(name, error, file=sys.stderr))
    before = resident()
    model = JobsModel(listing, tasks)
    view = JobsView(context=make_context(app, home))
    view.setModel(model)
    start = time.perf_counter()
    model.set_query(JobQuery())
    path = home / "store" / "cardgen.db"
    bare_model = BareModel(sqlite3.connect(path) if path.exists() else None)
    equal, stock = bare_view(bare_model, OUR_ROW), bare_view(bare_model, STOCK_ROW)
    waiting = bare_view(WaitingModel(listing, tasks), OUR_ROW)
    for widget in (view, equal, stock, waiting):
        widget.resize(SIZE)
        widget.show()
    while not (model.rowCount() and model.is_complete):
        await asyncio.sleep(0.001)
    found = {"opened": time.perf_counter() - start, "opened_memory": float(resident() - before)}
    await asyncio.sleep(0.3)
    found |= await memory(view, model)
    found |= await jumps({"jump": view, "equal": equal, "stock": stock, "waiting": waiting})
    found |= await ticks(view, model, equal)
    found |= await stalls(view, model)
    await tasks.aclose()
    return found


async def run(app: QApplication, home: Path, source: str) -> dict[str, float]:
    """Measure over one source."""
    async with listing_of(source, home) as listing:
        return await measure(app, home, listing)


def main() -> None:
    """Measure and print."""
    app = QApplication(sys.argv[:1])
    with asyncio.Runner(loop_factory=lambda: AppLoop(app)) as runner:
        print(json.dumps(runner.run(run(app, Path(sys.argv[1]), sys.argv[2]))), flush=True)


if __name__ == "__main__":
    main()
