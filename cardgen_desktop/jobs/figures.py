"""The figures of the queue for the statistics page and `cardgen stats`."""

import time
from collections.abc import Callable, Iterable
from pathlib import Path

from .. import paths
from ..domain.queue import Backup, QueueFigures
from ..store import figures as stored_figures
from ..store.engine import Database
from .child import in_thread

_NO_BACKUPS: Callable[[Path], tuple[Backup, ...]] = lambda _: ()  # noqa: E731


async def figures_of(
    database: Database,
    home: Path,
    since: float | None,
    *,
    backups: Callable[[Path], tuple[Backup, ...]] = _NO_BACKUPS,
) -> QueueFigures:
    """Counters and timings of jobs that ended after a moment, or of all. `backups` lists those of a folder.

    Each part is a snapshot of its own, so that no writer waits for the whole of it to be read.
    """
    parts: dict[str, object] = {}
    async with database.read() as connection:
        parts["kinds"] = await stored_figures.kinds(connection, since)
    async with database.read() as connection:
        parts["steps"] = await stored_figures.steps(connection, since)
        parts["errors"] = await stored_figures.errors(connection, since)
    async with database.read() as connection:
        parts["states"] = await stored_figures.states(connection)
        parts |= await stored_figures.totals(connection)
    kept = await in_thread(backups, paths.backups(home))
    parts |= {"backups": len(kept), "last_backup_at": max((item.at for item in kept), default=None)}
    parts["log_bytes"] = await in_thread(_bytes_of, paths.logs(home).glob("*"))
    return QueueFigures.model_validate({**parts, "since": since, "at": time.time()})


def _bytes_of(files: Iterable[Path]) -> int:
    total = 0
    for file in files:
        try:
            total += file.stat().st_size
        except OSError:
            continue
    return total
