"""The durable queue beside other queues on SQLite, all of them synced at every commit.

They are called in their own thread-blocking way, without an event loop between; ours is called by 32 tasks
at once, as the window and the workers do. Rows are left out for those that are not installed.
"""

import asyncio
import importlib.util
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .bare import Compared, compared
from .row import Row
from .storing import AT_ONCE, put_at_once, queue_in, work_at_once

BODY = '{"kind":"draft","title":"A book","character":"Ada Thorne","engine":"offline"}'


@dataclass(frozen=True, slots=True)
class Peer:
    """Another queue: what it calls putting one job in, and taking and finishing one."""

    put: Callable[[], object]
    work: Callable[[], object]


def huey(folder: Path) -> Peer:
    """Huey's storage with `fsync=True`; a result is stored for each task."""
    from huey.storage import SqliteStorage

    storage: Any = SqliteStorage(filename=str(folder / "huey.db"), fsync=True)

    def work() -> None:
        storage.dequeue()
        storage.put_data("result", b'{"said":"done"}')

    return Peer(lambda: storage.enqueue(BODY.encode()), work)


def persist_queue(folder: Path) -> Peer:
    """persist-queue's acknowledged queue; its commits are synced by default."""
    from persistqueue import SQLiteAckQueue

    queue: Any = SQLiteAckQueue(str(folder / "persist"))
    return Peer(lambda: queue.put(BODY), lambda: queue.ack(queue.get()))


def litequeue(folder: Path) -> Peer:
    """litequeue, made durable: by itself it does not sync its commits."""
    from litequeue import LiteQueue

    queue: Any = LiteQueue(str(folder / "lite.db"), sqlite_cache_size_bytes=8_000)
    queue.conn.execute("PRAGMA synchronous = FULL")
    return Peer(lambda: queue.put(BODY), lambda: queue.done(queue.pop().message_id))


PEERS: dict[str, tuple[str, Callable[[Path], Peer]]] = {
    "Huey": ("huey", huey),
    "persist-queue": ("persistqueue", persist_queue),
    "litequeue": ("litequeue", litequeue),
}


def rows() -> Iterator[Row]:
    """Seconds per job, of putting in and of taking and finishing."""
    for name, (module, make) in PEERS.items():
        if importlib.util.find_spec(module) is not None:
            put, work = asyncio.run(measured(make))
            yield from put.rows(f"enqueue, 32 callers at once / {name}", 1.0)
            verb = "get and ack" if name == "persist-queue" else "take and finish"
            yield from work.rows(f"claim and finish, 32 at once / {name} {verb}", 1.0)


async def measured(make: Callable[[Path], Peer]) -> tuple[Compared, Compared]:
    """Ours in turns with a peer, each on a database of its own on the same disk."""
    with tempfile.TemporaryDirectory() as folder:
        peer = make(Path(folder))
        async with queue_in(Path(folder) / "ours" / "cardgen.db") as queue:
            put = await compared(lambda: put_at_once(queue), lambda: times(peer.put), AT_ONCE)
            work = await compared(lambda: work_at_once(queue), lambda: times(peer.work), AT_ONCE)
    return put, work


async def times(step: Callable[[], object]) -> None:
    """One after the other: SQLite has one writer at a time."""
    for _ in range(AT_ONCE):
        step()
