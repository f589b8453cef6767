"""Measures the jobs table offscreen: `python table_script.py HOME`; prints medians in seconds as JSON."""

import asyncio
import json
import os
import random
import statistics
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QSize, Qt
from PySide6.QtWidgets import QApplication, QTableView

from cardgen_desktop.app import make_context
from cardgen_desktop.domain.job import JobPage, JobQuery, JobSnapshot, JobState
from cardgen_desktop.ui.jobs.model import JobsModel
from cardgen_desktop.ui.jobs.view import JobsView
from cardgen_desktop.ui.loop import AppLoop
from cardgen_desktop.ui.tasks import TaskOwner

ROWS, JUMPS, TICKS = 100_000, 60, 60
SIZE = QSize(1100, 700)


def job(number: int) -> JobSnapshot:
    """One job of the list; every tenth runs."""
    running = number % 10 == 0
    return JobSnapshot(
        id=number, kind="draft", state=JobState.RUNNING if running else JobState.SUCCEEDED, title="A book",
        character=f"Somebody {number}", engine="offline", progress=40.0 if running else 100.0,
        phase="Setting the scene", started_at=1.7e9, finished_at=None if running else 1.7e9,
    )  # fmt: skip


async def fetch(query: JobQuery) -> JobPage:
    """A page as the service would give it, newest first."""
    first = query.offset
    numbers = range(ROWS - first, max(0, ROWS - first - query.limit), -1)
    return JobPage(jobs=tuple(map(job, numbers)), total=ROWS, limit=query.limit, offset=first)


class BareModel(QAbstractTableModel):
    """The least that shows a window on many rows: pages of texts, made when asked for."""

    def __init__(self) -> None:
        super().__init__()
        self._pages: dict[int, list[tuple[str, ...]]] = {}

    def rowCount(self, parent: QModelIndex = QModelIndex()) -> int:  # noqa: B008 - as Qt has it
        return ROWS

    def columnCount(self, parent: QModelIndex = QModelIndex()) -> int:  # noqa: B008 - as Qt has it
        return 6

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        page, row = divmod(index.row(), 200)
        if page not in self._pages:
            self._pages[page] = [
                (f"Somebody {page * 200 + n}", "Running", "40 %", "offline", "09:41", "0:04")
                for n in range(200)
            ]
        return self._pages[page][row][index.column()]


async def jumps(view: QTableView, model: QAbstractTableModel) -> float:
    """Median seconds from a jump to the painted rows, with the answer of their page in between."""
    spent, chance = [], random.Random(7)
    for _ in range(JUMPS):
        row = chance.randrange(ROWS)
        start = time.perf_counter()
        view.scrollTo(model.index(row, 0), QTableView.ScrollHint.PositionAtTop)
        view.viewport().repaint()
        while model.data(model.index(row, 0)) is None:
            await asyncio.sleep(0)
        view.viewport().repaint()
        spent.append(time.perf_counter() - start)
        await asyncio.sleep(0.002)
    return statistics.median(spent)


async def ticks(view: JobsView, model: JobsModel) -> tuple[float, float]:
    """Medians of telling 20 changed rows with its repaint, and of one full repaint."""
    changed, full = [], []
    view.scrollToTop()
    await asyncio.sleep(0.2)
    for turn in range(TICKS):
        for row in range(20):
            if shown := model.job(row):
                model.note(shown.model_copy(update={"progress": float(turn), "version": turn + 1}))
        start = time.perf_counter()
        model.flush()
        view.viewport().repaint()
        changed.append(time.perf_counter() - start)
        start = time.perf_counter()
        view.viewport().repaint()
        full.append(time.perf_counter() - start)
        await asyncio.sleep(0.002)
    return statistics.median(changed), statistics.median(full)


async def measure(app: QApplication, home: Path) -> dict[str, float]:
    """Both tables, one after the other."""
    tasks = TaskOwner(on_error=lambda name, error: print(name, error, file=sys.stderr))
    model = JobsModel(fetch, tasks)
    view = JobsView(context=make_context(app, home))
    view.setModel(model)
    model.set_query(JobQuery())
    bare, bare_model = QTableView(), BareModel()
    bare.setModel(bare_model)
    bare.verticalHeader().setDefaultSectionSize(56)
    for widget in (view, bare):
        widget.resize(SIZE)
        widget.show()
    await asyncio.sleep(0.5)
    found = {"jump": await jumps(view, model), "bare_jump": await jumps(bare, bare_model)}
    found["tick"], found["repaint"] = await ticks(view, model)
    await tasks.aclose()
    return found


def main() -> None:
    """Measure and print."""
    app = QApplication(sys.argv[:1])
    with asyncio.Runner(loop_factory=lambda: AppLoop(app)) as runner:
        print(json.dumps(runner.run(measure(app, Path(sys.argv[1])))), flush=True)


if __name__ == "__main__":
    main()
