"""Mending a data folder that nobody uses: check it, restore a backup, rebuild from what can be read."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .. import paths
from ..domain.data_folder import DatabaseCheck, RebuildReport, RestoreReport
from ..domain.errors import StorageError
from ..domain.queue import Backup
from ..store import backups as stored_backups
from ..store import failures, recovery
from ..store.filesystems import place_of
from .child import in_thread

PROGRAM = "cardgen"


async def check(home: Path) -> DatabaseCheck:
    """Read the whole database, beside whoever uses it. Raises `StorageError` when there is none."""
    return await in_thread(_checked, home)


def _checked(home: Path) -> DatabaseCheck:
    path = paths.database(home)
    with failures.told_plainly(path):
        return _read_whole(home, path)


def _read_whole(home: Path, path: Path) -> DatabaseCheck:
    if not path.exists() and not stored_backups.named(paths.backups(home)):
        raise StorageError(f'There is no database in "{home}". Nothing was changed.')
    problems = tuple(recovery.check(path).splitlines()) if path.exists() else ("It is missing.",)
    place = place_of(home)
    jobs, cards = recovery.counts(path)
    return DatabaseCheck(
        path=str(path),
        is_sound=not problems,
        problems=problems,
        bytes=path.stat().st_size if path.exists() else 0,
        jobs=jobs,
        cards=cards,
        card_files=recovery.count_card_files(paths.cards(home)),
        newest_backup=stored_backups.newest_good(paths.backups(home)),
        place=place.kind,
        warning=place.warning,
    )


async def listed(home: Path) -> tuple[Backup, ...]:
    """The backups of a data folder that can be read, newest first."""
    return await in_thread(stored_backups.listed, paths.backups(home))


async def back_up(home: Path) -> Backup:
    """Back the database up, beside whoever uses it. Raises `StorageError`."""
    return await in_thread(_backed_up, home)


def _backed_up(home: Path) -> Backup:
    path = paths.database(home)
    with failures.told_plainly(path):
        if not path.exists():
            raise StorageError(f'There is no database in "{home}". Nothing was changed.')
        backup = stored_backups.back_up(path, paths.backups(home), time.time(), force=True)
    if backup is None:
        raise StorageError("The backup was given up. The older ones are kept.")
    return backup


async def restore(home: Path, backup: Path | None = None) -> RestoreReport:
    """Put a backup, by default the newest whole one, in the database's place; the database is set aside.

    A sound database is backed up first, so that the restoring can be taken back. Raises `StorageError` with
    everything as it was, also when another program uses the folder.
    """
    return await in_thread(_restored, home, backup)


def _restored(home: Path, backup: Path | None) -> RestoreReport:
    with _owned(home):
        chosen = _chosen(home, backup)
        aside = recovery.restore_backup(paths.database(home), Path(chosen.path))
    return RestoreReport(backup=chosen, aside=str(aside) if aside else None)


def _chosen(home: Path, backup: Path | None) -> Backup:
    if backup is not None:
        with failures.told_plainly(backup):
            is_there = backup.is_file()
        if not is_there:
            raise StorageError(f'There is no backup "{backup}". Nothing was changed.')
        return stored_backups.check_backup(backup)
    newest = stored_backups.newest_good(paths.backups(home))
    if newest is None:
        raise StorageError("There is no backup that can be read. Nothing was changed. Rebuild the database.")
    return newest


async def rebuild(home: Path) -> RebuildReport:
    """Make a database from what can be read of the present one and from the cards kept as files.

    The present one is set aside as it is. Raises `StorageError` with everything as it was, also when another
    program uses the folder.
    """
    from ..store.engine import open_database
    from ..store.salvage import salvage
    from .sidecars import rebuild_from_sidecars

    path = paths.database(home)
    with _owned(home):
        place = await in_thread(recovery.Placing, path)
        try:
            database = await open_database(place.fresh)
            await database.aclose()
            found = await in_thread(salvage, path, place.fresh)
            database = await open_database(place.fresh)
            try:
                added = await rebuild_from_sidecars(database, paths.cards(home))
            finally:
                await database.aclose()
            aside = await in_thread(place.finish)
        finally:
            await in_thread(place.abandon)
    return RebuildReport(
        aside=str(aside) if aside else None,
        cards=found.cards + added,
        jobs=found.jobs,
        cards_from_files=added,
        rows={name: count for name, count in found.copied.items() if count},
        refused=found.refused,
        holes=found.holes,
    )


@contextmanager
def _owned(home: Path) -> Iterator[None]:
    from .lock import folder_lock

    with failures.told_plainly(home):
        is_there = home.is_dir()
    if not is_there:
        raise StorageError(f'There is no data folder "{home}". Nothing was changed.')
    with folder_lock(paths.lock(home), PROGRAM):
        yield
