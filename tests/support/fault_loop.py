"""`python -m tests.support.fault_loop FOLDER [STRIDE [PART]]`: the k-th operation fails, for every k.

Each part of the program runs on a copy of a prepared data folder, once for each of its operations and each
kind of fault. Allowed are success and a `CardgenError` with a sentence; afterwards the folder must open, be
sound, and hold what it held before or what the part has made. With a STRIDE only every so many operations
fail, beginning at another place for each kind. Prints one line for each part, and every complaint.
"""

import asyncio
import contextlib
import shutil
import sqlite3
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from cardgen_desktop.domain.card import Card, CardData
from cardgen_desktop.domain.errors import CardgenError, InternalError
from cardgen_desktop.domain.events import CardChanged
from cardgen_desktop.formats.writing.export import write_card
from cardgen_desktop.jobs import recovery as mending
from cardgen_desktop.jobs.events import EventBus
from cardgen_desktop.jobs.sidecars import CardFiles
from cardgen_desktop.store import backups, recovery, schema
from cardgen_desktop.store import cards as stored_cards
from cardgen_desktop.store.engine import open_database
from tests.support import faults
from tests.support.filled_databases import counts, fill, make_version

NOW = 1_795_000_000.0
ADA = Card(data=CardData(name="Ada", description="A keeper of lights."))
INSERT_JOB = (
    "INSERT INTO job (kind, lane, state, request, search_text, created_at, queued_at, updated_at) "
    "VALUES ('draft', 'cpu', 'queued', '{}', 'a new book', 1, 1, 1)"
)


def open_new(home: Path) -> None:
    schema.prepare(home / "cardgen.db")


def back_up(home: Path) -> None:
    backups.back_up(home / "cardgen.db", home / "backups", NOW, force=True)


def enqueue(home: Path) -> None:
    """Two transactions and a look, as the service does them."""

    async def work() -> None:
        database = await open_database(home / "cardgen.db")
        try:
            async with database.write() as connection:
                await connection.exec_driver_sql(INSERT_JOB)
                await connection.exec_driver_sql(
                    "INSERT INTO event (job_id, at, kind) VALUES (41, 1, 'created')"
                )
            async with database.read() as connection:
                await stored_cards.listed(connection)
            async with database.write(durable=False) as connection:
                await connection.exec_driver_sql("UPDATE job SET progress = 5 WHERE id = 41")
        finally:
            await database.aclose()

    asyncio.run(work())


def card_files(home: Path) -> None:
    """A card is stored and its file written; what fails of the file is for the log."""

    async def work() -> None:
        database = await open_database(home / "cardgen.db")
        try:
            bus = EventBus()
            files = CardFiles(database, bus, home / "cards", delay=0)
            files.start()
            try:
                async with database.write() as connection:
                    summary = await stored_cards.add(connection, ADA, 2.0, origin="import")
                bus.announce(CardChanged(summary))
            finally:
                await files.aclose()
        finally:
            await database.aclose()

    asyncio.run(work())


def export(home: Path) -> None:
    write_card(ADA, home / "ada.json", "json-v3", overwrite=True)


def restore(home: Path) -> None:
    recovery.restore_backup(home / "cardgen.db", backups.named(home / "backups")[-1][1])


def rebuild(home: Path) -> None:
    asyncio.run(mending.rebuild(home))


@dataclass
class Part:
    """A part of the program: what it needs, what it does, and what may be there afterwards."""

    name: str
    make: Callable[[Path], None]
    run: Callable[[Path], None]
    may_be_new: bool = False
    operations: dict[str, int] = field(default_factory=dict)
    told: int = 0
    complaints: list[str] = field(default_factory=list)


def nothing(home: Path) -> None:
    home.mkdir(mode=0o700)


def old_schema(home: Path) -> None:
    make_version(home / "cardgen.db", "0001", 1000)
    fill(home / "cardgen.db")


def newest_schema(home: Path) -> None:
    schema.prepare(home / "cardgen.db")
    fill(home / "cardgen.db")


def with_old_export(home: Path) -> None:
    newest_schema(home)
    (home / "ada.json").write_text("the old file")


def with_backup(home: Path) -> None:
    newest_schema(home)
    back_up(home)


def damaged(home: Path) -> None:
    """It does not open, yet all of its rows can be read."""
    with_backup(home)
    with closing(sqlite3.connect(home / "cardgen.db")) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = 'x'")


PARTS = (
    Part("open a new folder", nothing, open_new, may_be_new=True),
    Part("migrate", old_schema, open_new),
    Part("back up", newest_schema, back_up),
    Part("enqueue", newest_schema, enqueue),
    Part("card files", newest_schema, card_files),
    Part("export", with_old_export, export),
    Part("restore", damaged, restore),
    Part("rebuild", damaged, rebuild),
)


def main(folder: Path, stride: int, only: str = "") -> int:
    """Run every part with every kind of fault; the exit code is 0 when nothing complained."""
    print("system calls of SQLite:", "wrapped" if faults.install() else "not wrapped")
    for part in (part for part in PARTS if only in part.name):
        begin = time.monotonic()
        template = folder / f"{part.name} template"
        part.make(template)
        part.run(copied(template, folder / "warm up"))
        for number, kind in enumerate((*faults.ERRNOS, *faults.ANSWERS)):
            loop(part, template, folder, kind, 1 + number % stride, stride)
        took = time.monotonic() - begin
        print(f"{part.name}: {part.operations}, {part.told} told, {took:.1f} s", flush=True)
        print(*part.complaints, sep="\n", end="\n" if part.complaints else "", flush=True)
    return 1 if any(part.complaints for part in PARTS) else 0


def loop(part: Part, template: Path, folder: Path, kind: str, first: int, stride: int) -> None:
    """Strike at operation first, first + stride, … until the part ends before the fault."""
    strike_at = first
    while True:
        home = copied(template, folder / "home")
        with faults.FAULTS.armed(kind, home, strike_at):
            complaint = told_plainly(part, home)
        struck = faults.FAULTS.struck
        if not struck:
            part.operations[kind] = faults.FAULTS.count
            return
        for what in filter(None, (complaint, *spoiled(part, home, template))):
            part.complaints.append(f"  {kind} at {strike_at} ({struck}): {what}")
        strike_at += stride


def copied(template: Path, home: Path) -> Path:
    """A fresh copy to run on."""
    shutil.rmtree(home, ignore_errors=True)
    shutil.copytree(template, home)
    return home


def told_plainly(part: Part, home: Path) -> str:
    """ "" for success or a sentence; anything else with its last lines."""
    try:
        part.run(home)
    except CardgenError as error:
        part.told += 1
        if isinstance(error, InternalError) or not error.message.endswith("."):
            return f"{type(error).__name__}: {error.message}"
    except Exception:  # noqa: BLE001  (this is what is looked for)
        return traceback.format_exc()
    return ""


def spoiled(part: Part, home: Path, template: Path) -> Iterator[str]:
    """What is wrong with the folder after the fault, once the system works again."""
    path = home / "cardgen.db"
    try:
        if part.run is restore or part.run is rebuild:
            if path.exists():
                with contextlib.suppress(CardgenError):
                    schema.prepare(path)
                    yield from lost(path, template)
            part.run(home)  # the backup and the damaged file are still there to do it again
        schema.prepare(path)
    except CardgenError as error:
        yield f"does not open afterwards: {error.message} {error.details}"
        return
    if problems := recovery.check(path):
        yield f"is not sound: {problems}"
    yield from lost(path, template)
    if part.run is export and (home / "ada.json").read_bytes()[:1] not in (b"t", b"{"):
        yield "the old file is gone, and no new one there"
    for _, backup in backups.named(home / "backups"):
        try:
            backups.check_backup(backup)
        except CardgenError as error:
            yield f"a backup is not whole: {error.message}"


def lost(path: Path, template: Path) -> Iterator[str]:
    """Rows that were there before and are not any more."""
    if not (template / "cardgen.db").exists():
        return
    before, after = counts(template / "cardgen.db"), counts(path)
    if fewer := {table: (before[table], after[table]) for table in before if after[table] < before[table]}:
        yield f"rows are lost: {fewer}"


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), int((*sys.argv, 1)[2]), "".join(sys.argv[3:])))
